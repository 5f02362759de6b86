"""Licensed and open resources of vendors that do not exist, with several payers: a trial that ends
soon, one that has ended, one whose money ends, and each way of getting in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library
from postroad.econtent import editing, funding
from postroad.econtent.models import Allowed, Resource, Right

WHO = "Edie"
STATE, COMPACT, FRIENDS = (
    "Fund for Statewide Reading",
    "Five Rivers Compact",
    "Friends of Old Mills",
)
THANKS = {
    STATE: "Paid for by the Fund for Statewide Reading. Say so wherever you announce it.",
    COMPACT: "Licensed by the libraries of the Five Rivers Compact.",
    FRIENDS: "A gift of the Friends of Old Mills.",
}
Known = Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]  # facts, and who may use it
Kind, Who, How = Resource.Kind, Right.Who, Right.How
PUBLIC, SCHOOL, COLLEGE = (
    {"who": Who.KIND, "value": kind} for kind in ("public", "school", "academic")
)
MEMBERS = {"who": Who.MEMBERSHIP, "how": How.CARD, "card_pattern": "2 followed by 13 digits"}
PROXY = "https://proxy.example.org/login?qurl="


def make(libraries: Mapping[str, Library], today: date, now: datetime) -> None:
    for facts, rights in known(libraries[HOME], libraries[LENDER], today):
        resource = editing.add(
            {
                "provider": facts["name"].split()[0] + " House (invented)",
                "address": f"https://{facts['name'].split()[0].lower()}.example.com/",
                "acknowledgement": THANKS.get(facts.get("payer", ""), ""),
                "contact_name": "E-resources desk",
                "contact_email": "eresources@example.org",
                "contact_phone": "508-555-0188",
                **facts,
            },
            by=WHO,
            at=now,
        )
        for right in rights:
            editing.give(resource, right, by=WHO, at=now)
    editing.retire(Resource.objects.get(slug="lantern-slides-on-disc"), by=WHO, at=now)
    end = today + timedelta(days=40)
    funding.end(FRIENDS, end, by=WHO, at=now, today=today)


def known(home: Library, lender: Library, today: date) -> Known:
    yield from of_the_state(today)
    yield from of_the_compact(lender)
    yield from on_trial(home, today)
    yield from of_the_friends(home, lender)
    yield from of_others(home, today)


def of_the_state(today: date) -> Known:
    yield (
        {
            "name": "Harbor Newspapers",
            "kind": Kind.NEWS,
            "subjects": ["News", "Local history"],
            "description": "Newspapers of New England since 1837, page by page, with their ads.",
            "payer": STATE,
            "lending": Allowed.NO,
            "copying": Allowed.YES,
            "training_guide": "https://guides.example.org/harbor",
            "vendor_guide": "https://harbor.example.com/help",
        },
        [MEMBERS, {**PUBLIC, "how": How.PROXY, "prefix": PROXY}],
    )
    yield (
        {
            "name": "Quill General File",
            "subjects": ["General", "Science"],
            "description": "Articles of four thousand magazines and journals, most of them whole.",
            "payer": STATE,
            "ends_on": today + timedelta(days=210),
            "lending": Allowed.NO,
            "copying": Allowed.YES,
        },
        [MEMBERS],
    )
    yield (
        {
            "name": "Lantern Homework",
            "kind": Kind.LEARNING,
            "subjects": ["School", "General"],
            "description": "An encyclopedia in three reading levels, with maps to print.",
            "payer": STATE,
        },
        [
            {**SCHOOL, "how": How.SINGLE_SIGN_ON},
            {**PUBLIC, "how": How.CARD, "card_pattern": "2 followed by 13 digits"},
        ],
    )


def of_the_compact(lender: Library) -> Known:
    yield (
        {
            "name": "Saltmarsh Journals",
            "kind": Kind.JOURNALS,
            "subjects": ["Science"],
            "description": "Ninety journals of the sea, its shores and who lives there.",
            "payer": COMPACT,
            "copying": Allowed.YES,
        },
        [{**COLLEGE, "how": How.PROXY, "prefix": PROXY}],
    )
    yield (
        {
            "name": "Beacon E-Books",
            "kind": Kind.BOOKS,
            "subjects": ["General"],
            "description": "Sixty thousand e-books to borrow on a phone or reader.",
            "payer": COMPACT,
            "lending": Allowed.YES,
        },
        [
            {"who": Who.NETWORK, "network": lender.network, "how": How.CARD},
            {"who": Who.ZIP, "value": "01238", "how": How.CARD},
        ],
    )


def on_trial(home: Library, today: date) -> Known:
    yield (
        {
            "name": "Granite Law Forms",
            "subjects": ["Law"],
            "description": "Forms of the courts with what to write in each line.",
            "payer": COMPACT,
            "trial_until": today + timedelta(days=12),
            "lending": Allowed.NO,
        },
        [{"who": Who.LIBRARY, "library": home, "how": How.CARD}],
    )
    yield (
        {
            "name": "Thistle Languages",
            "kind": Kind.LEARNING,
            "subjects": ["Languages"],
            "description": "Seventy languages, from the first word on.",
            "payer": COMPACT,
            "trial_until": today - timedelta(days=9),
        },
        [{"who": Who.NETWORK, "network": home.network, "how": How.CARD}],
    )


def of_the_friends(home: Library, lender: Library) -> Known:
    yield (
        {
            "name": "Loom & Mill Archive",
            "kind": Kind.DATABASE,
            "subjects": ["Local history"],
            "description": "Pay books, plans and letters of sixty mills.",
            "payer": FRIENDS,
            "copying": Allowed.YES,
        },
        [
            {"who": Who.LIBRARY, "library": home, "how": How.CARD},
            {"who": Who.ON_SITE, "library": lender, "how": How.IP},
        ],
    )
    yield (
        {
            "name": "Millstone Pictures",
            "kind": Kind.MEDIA,
            "subjects": ["Local history", "Art"],
            "description": "Photographs of towns on rivers.",
            "payer": FRIENDS,
        },
        [{"who": Who.TOWN, "value": home.town, "how": How.CARD}],
    )
    yield (
        {"name": "Lantern Slides on Disc", "kind": Kind.MEDIA, "payer": FRIENDS},
        [{"who": Who.LIBRARY, "library": home, "how": How.IP}],
    )


def of_others(home: Library, today: date) -> Known:
    yield (
        {
            "name": "Kettle Family Trees",
            "subjects": ["Genealogy", "Local history"],
            "description": "Census pages, gravestones and ship lists.",
            "payer": home.name,
            "ends_on": today + timedelta(days=55),
            "lending": Allowed.NO,
            "copying": Allowed.NO,
        },
        [
            {
                "who": Who.ON_SITE,
                "library": home,
                "how": How.IP,
                "ranges": "192.0.2.0/25\n198.51.100.14",
            }
        ],
    )
    yield (
        {
            "name": "Commons Reader",
            "kind": Kind.OPEN,
            "subjects": ["General", "Art"],
            "description": "Books whose copyright is over, to read and to keep.",
            "lending": Allowed.YES,
            "copying": Allowed.YES,
        },
        [{"who": Who.EVERYBODY, "how": How.OPEN}],
    )
    yield (
        {"name": "Sextant Maps", "subjects": ["Science"], "description": "Charts and atlases."},
        [],
    )
