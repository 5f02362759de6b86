"""What libraries of the demonstration say of themselves. All of it is invented, and says so."""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO

from postroad.demo.people import HOME, LENDER
from postroad.directory import evidence, reading, saying
from postroad.directory.models import Kind, Library
from postroad.directory.saying import Words
from postroad.directory.standing import ALL, Service
from postroad.directory.statements import Source, StatusList

USUAL = 28  # libraries that say that all is as usual
DAY = timedelta(days=1)
LEND, RETURN, VAN, OPEN = Service.LENDING, Service.RETURNS, Service.DELIVERY, Service.OPEN
CREDIT = "Invented for this demonstration, after the lists that libraries keep together"
# days ago, days until it ends (0: nobody knows), what stops, and why
STOPS: Sequence[tuple[int, int, tuple[Service, ...], str]] = (
    (6, 24, (LEND, RETURN), "We are moving to new shelves (invented)"),
    (2, 9, (RETURN,), "Our mail room is being painted (invented)"),
    (11, 0, (LEND,), "No staff for interlibrary loan until further notice (invented)"),
    (4, 18, (VAN,), "The loading dock is closed (invented)"),
    (1, 0, (OPEN,), "The boiler burst (invented)"),
    (70, 0, (LEND,), "Inventory (invented)"),
)


def make(now: datetime) -> None:
    """Some forty statements: by libraries, by the center, by a list, and one that waits."""
    members = Library.objects.members().exclude(kind=Kind.CENTRE)
    away = members.exclude(code__in=(HOME, LENDER)).order_by("-yearly_loans", "pk")
    places = list(
        away[40 : 40 + USUAL + len(STOPS) + 4]
    )  # none of the largest: the story needs them
    for number, library in enumerate(members.filter(code__in=(HOME, LENDER))):
        usual(library, now - (number + 3) * DAY)
    for number, library in enumerate(places[:USUAL]):
        usual(library, now - (number * 2 % 55 + 1) * DAY)
    stopping = zip(places[USUAL:], STOPS, strict=False)
    for library, (ago, ahead, stopped, note) in stopping:
        at = now - ago * DAY
        until = library.day_of(now + ahead * DAY) if ahead else None
        words = Words(dict.fromkeys(stopped, False), until=until, note=note)
        saying.say(library, words, source=Source.OWN, said_by="", at=now, said_at=at)
    rest = places[USUAL + len(STOPS) :]
    if len(rest) == 4:
        others(rest, now)


def usual(library: Library, at: datetime) -> None:
    words = Words(dict.fromkeys(ALL, True), note="All as usual (invented)")
    saying.say(library, words, source=Source.OWN, at=at)


def others(places: Sequence[Library], now: datetime) -> None:
    waits, seen, *listed = places
    words = Words({LEND: False}, note="There was a note on the door (invented)")
    saying.say(
        waits, words, source=Source.ANYONE, said_by="A neighbor", contact="invented", at=now - DAY
    )
    evidence.note(
        seen,
        address="https://www.example.org/visit",
        seen="Staff are in the building on weekdays (invented)",
        staff_on_site=True,
        seen_on=seen.day_of(now - 2 * DAY),
        initials="CC",
        by="Carl Channing",
        at=now - 2 * DAY,
    )
    a_list(listed, now)


def a_list(places: Sequence[Library], now: datetime) -> None:
    """A list of others, with a library elsewhere and a name that somebody must choose for."""
    stamp = (now - 5 * DAY).strftime("%m/%d/%Y %H:%M")
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(["Timestamp", "OCLC symbol", "Library", "Accepting returns?", "Lending?"])
    for each in places:
        writer.writerow([stamp, "", each.name, "Yes", "No"])
    writer.writerow([stamp, "ZZINV", f"{places[0].name} Annex", "No", "No"])
    writer.writerow([stamp, "ZZFAR", "University of Far Away (invented)", "Yes", "Yes"])
    crowd = StatusList.objects.create(name="Invented list of statuses", credit=CREDIT)
    sent = table.getvalue().encode()
    file, _new = reading.receive(crowd, "invented.csv", sent, by="Carl Channing", at=now)
    reading.begin(file, now)
    reading.go_on(now)
