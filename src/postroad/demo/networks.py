"""The network of schools and special libraries, with its page, its rules, and a school that asks to
join. All of it is invented."""

from datetime import date, datetime, timedelta

from postroad.cases import applying
from postroad.demo.people import HOME
from postroad.directory import network_rules, networks
from postroad.directory.models import AskOrder, Library, Network, NetworkRules

SCHOOLS, OFFICE = "chalkboard", "MUSEUM-OF"
WHO = "Museum of Early Roads"
PAGE = {
    "lead": "The shared catalog of schools and special libraries, from Newport to Pittsfield.",
    "about": (
        "A school with one room of books and a law library with twenty thousand have this in "
        "common: what they do not have, another of us often does.\n\n"
        "Whoever has a card of one of our libraries may ask for what any of them has. The van "
        "brings it to school."
    ),
    "email": "office@chalkboard.example.org",
    "phone": "508-555-0144",
    "takes_applications": True,
    "who_may_join": (
        "Schools, and special libraries such as those of hospitals, museums, courts and "
        "companies, in Massachusetts or Rhode Island. You need no library system: a spreadsheet of "
        "what is on your shelves is enough."
    ),
}
SCHOOL = {
    "name": "Turtle Brook School Library",
    "town": "Ashfield",
    "state": "MA",
    "kind": "school",
    "phone": "413-555-0117",
    "system": "a spreadsheet",
    "titles": 1800,
}


def make(libraries: dict[str, Library], today: date, now: datetime) -> None:
    """Its page and its rules; those of the reader's own network are looked after by her library."""
    schools = Network.objects.get(code=SCHOOLS)
    networks.change(schools, {**PAGE, "office": libraries[OFFICE]}, by=WHO, at=now)
    home = libraries[HOME].network
    if home is not None:
        networks.change(home, {"office": libraries[HOME]}, by="Olivia", at=now)
    for effective, facts in rules(today):
        nothing = {name: getattr(NetworkRules(), name) for name in network_rules.FIELDS}
        network_rules.enter(schools, nothing | facts, effective=effective, by=WHO, at=now)


def rules(today: date) -> list[tuple[date, dict[str, object]]]:
    """What holds since the last first of September, and what begins with the next."""
    year = today.year if today >= date(today.year, 9, 1) else today.year - 1
    holds = {
        "ask_order": AskOrder.NETWORK_FIRST,
        "loan_days": 21,
        "renewals": 1,
        "formats_kept": ["film", "map"],
        "own_allowed": ["loan_days"],
    }
    return [
        (date(year, 9, 1), holds),
        (date(year + 1, 9, 1), holds | {"renewals": 2}),
    ]


def ask(now: datetime) -> None:
    """One school is waiting for an answer."""
    facts = ", ".join(f"{name}: {SCHOOL[name]}" for name in ("kind", "phone", "system", "titles"))
    applying.ask(
        Network.objects.get(code=SCHOOLS),
        SCHOOL,
        text=f"{SCHOOL['name']}, {SCHOOL['town']}, asks to join Chalkboard Catalog.\n{facts}\n\n"
        "Our sixth grade has read everything we own about turtles. May we ask yours?",
        name="Priscilla Alden",
        email="priscilla@example.net",
        at=now - timedelta(days=1),
    )
