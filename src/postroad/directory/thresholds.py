"""The numbers of days that the trade agreed on, each with the date from which it holds (R14)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple, Protocol

from django.core.cache import caches
from django.db import transaction
from django.db.models import Count, DateField, F, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from postroad.directory.models import Agreement, Library, Meanwhile, Threshold
from postroad.errors import Refusal

# What holds where no row says otherwise; the reason stands in docs/reference/thresholds.md.
DEFAULTS = {
    "courier-late": 14,  # calendar days since shipped, delivery between members (R10)
    "mail-late": 21,  # calendar days since shipped, by mail (R9)
    "centre-answer": 2,  # working days until the centre is reminded
    "staff-answer": 2,  # working days until borrowing staff are reminded
    "conditional-answer": 4,  # working days until an offer on conditions counts as declined
    "desk-answer": 3,  # working days until a desk is reminded of a question of another's
    "patron-answer": 5,  # calendar days until a reader is reminded of a question to her
    "search": 5,  # working days until somebody is reminded who looks for what did not come
    "look-again": 7,  # calendar days until a place is asked again to look on its shelf
    "claim-from": 2,  # months in transit before a lost item may be claimed (R12)
    "claim-until": 12,  # months in transit after which nothing may be claimed (R12)
    "claim-cap": 250,  # dollars that the carrier pays for one item at most (R12)
    "desk": 1,  # working days that an item may lie at a desk before it goes on
    "closure-patience": 4,  # calendar days that a request waits for a lender to open again
    "overdue-repeat": 7,  # calendar days between two reminders
    "overdue-desk": 7,  # calendar days overdue until the desk should talk to the reader
    "overdue-lender": 28,  # calendar days overdue until it is to be settled with the lender
    "way-home": 5,  # calendar days that a thing takes to its lender, where it is due there
    "due-soon": 3,  # calendar days before the due day on which the reader is reminded
    "status-ask": 30,  # calendar days of silence until a library is asked how it stands
    "status-stale": 45,  # calendar days until a library's last word counts as not confirmed
    "status-evidence": 14,  # calendar days for which what a website said counts (R3)
    "status-link": 14,  # calendar days for which the link in a mail works
    "answer-link": 30,  # calendar days for which a request's link in a mail works after the end
    "pause-after": 5,  # requests, not days: so many left unanswered, and a pause is suggested
    "forget-after-loan": 0,  # calendar days from check-in until the patron's name goes
    "acknowledge": 3,  # calendar days until staff are reminded of a notice, once
    "bounces": 3,  # letters that come back until an address is written to no more
    "updates-weekday": 1,  # on which weekly updates go out: 1 is Monday
    "forget-after-unfilled": 14,  # the same for a request that ended without a loan
    "case-new": 1,  # working days until somebody is reminded of a case nobody has answered
    "case-ours": 2,  # the same of one in which the asker wrote last
    "case-theirs": 14,  # calendar days that the asker of an answered case has to write again
    "copy-days": 30,  # calendar days for which a delivered copy may be opened
    "copy-views": 5,  # openings, not days: how often it may be
    "scan-days": 7,  # calendar days for which an uploaded scan waits to be filed
    "copy-hours": 48,  # hours at work, not days: from being asked for a copy to sending it
    "copy-hours-rush": 24,  # the same of one that is needed soon
    "copy-hours-unverified": 168,  # the same where it is to be found out first who has it
    "resource-ends": 60,  # calendar days before a licensed resource ends: its libraries are told
    "resource-ends-soon": 14,  # the same once more
    "case-addresses": 180,  # calendar days until the address of who asked is removed
}

# What is not counted in calendar days.
WORKING = frozenset(
    {
        *("centre-answer", "staff-answer", "desk", "case-new", "case-ours"),
        *("conditional-answer", "desk-answer", "search"),
    }
)
REQUESTS = frozenset({"pause-after"})
LETTERS = frozenset({"bounces"})
HOURS = frozenset({"copy-hours", "copy-hours-rush", "copy-hours-unverified"})
VIEWS = frozenset({"copy-views"})
MONTHS = frozenset({"claim-from", "claim-until"})
DOLLARS = frozenset({"claim-cap"})
WEEKDAYS = frozenset({"updates-weekday"})  # 1 is Monday

AT_HAND = 30  # seconds until a process reads the rows anew, and knows what another has changed


class HasKey(Protocol):
    """A library, or a row of it."""

    @property
    def pk(self) -> int: ...


def days(
    name: str,
    *,
    on: date,
    library: HasKey | None = None,
    agreement: Agreement | None = None,
) -> int:
    """The threshold `name` as it stood on a day: what two sides agreed on goes before a library's
    own, and that before everybody's.

    Raises KeyError for a name that nobody agreed on.
    """
    everybodys, own, agreed = _in_force(name, on)
    if agreement is not None and agreement.pk in agreed:
        return agreed[agreement.pk]
    return everybodys if library is None else own.get(library.pk, everybodys)


def usual(name: str, *, on: date) -> int:
    """What holds for everybody on a day, but for what holds only meanwhile."""
    begun = [row for row in _known(name) if row.holds(on) and row.is_everybodys]
    lasting = [row for row in begun if not row.meanwhile]
    return max(lasting, key=attrgetter("effective", "key")).days if lasting else DEFAULTS[name]


def since(name: str, *, on: date) -> date | None:
    """From which day on holds what holds for everybody; None where nobody ever changed it."""
    begun = [row.effective for row in _known(name) if row.holds(on) and row.is_everybodys]
    return max(begun, default=None)


def reached(name: str, condition: Callable[[int], Q], *, on: date, at: str = "library") -> Q:
    """A filter for rows of many libraries: `condition`, of the days that hold at each of them. `at`
    is the column by which a row has its library."""
    everybodys, own, _agreed = _in_force(name, on)
    found = ~Q(**{f"{at}__in": own}) & condition(everybodys)
    for library, count in own.items():
        found |= Q(**{at: library}) & condition(count)
    return found


class HoldsAlready(Refusal):
    """On this day another number was entered for the same ones."""

    code = "threshold-entered-already"


class HasBegun(Refusal):
    """It has held on some day, and what went by it must be told from it."""

    code = "threshold-has-begun"


def enter(
    name: str,
    count: int,
    *,
    effective: date,
    library: Library | None = None,
    agreement: Agreement | None = None,
    by: str,
    at: datetime,
) -> Threshold:
    """Another number from a day on; the history keeps those before it."""
    assert name in DEFAULTS
    row, fresh = Threshold.objects.get_or_create(
        name=name,
        effective=effective,
        library=library,
        agreement=agreement,
        defaults={"days": count, "entered_by": by, "entered_at": at},
    )
    if not fresh and row.days != count:
        raise HoldsAlready(day=effective, days=row.days)
    return row  # the same, if the form was sent twice


def withdraw(row: Threshold, *, today: date) -> None:
    """Take back a number that has not begun to hold."""
    if row.effective <= today:
        raise HasBegun(day=row.effective)
    row.delete()


def hold_meanwhile(
    numbers: Mapping[str, int],
    *,
    first_day: date,
    last_day: date,
    libraries: Iterable[Library] | None,
    source: str,
    today: date,
) -> None:
    """Other numbers for some days, for everybody (None) or for these libraries, and no others by
    this source from today on. Of several that overlap the one that begins later holds, and a
    library's own before everybody's.

    What held for some days keeps them; what is entered now begins on `first_day`.
    """
    assert set(numbers) <= set(DEFAULTS)
    scopes: list[int | None] = [None] if libraries is None else [each.pk for each in libraries]
    wanted = {(name, scope): days for name, days in numbers.items() for scope in scopes}
    lasting = list(Meanwhile.objects.filter(source=source, last_day__gte=today))
    kept = [row for row in lasting if wanted.get((row.name, row.library_id)) == row.days]
    for row in kept:
        del wanted[row.name, row.library_id]
        row.first_day = first_day if row.first_day > today else row.first_day
        row.last_day = last_day
    over = {row.pk for row in lasting} - {row.pk for row in kept}
    _end(Meanwhile.objects.filter(pk__in=over), today)
    Meanwhile.objects.bulk_update(kept, ["first_day", "last_day"])
    Meanwhile.objects.bulk_create(
        Meanwhile(
            name=name,
            days=days,
            first_day=first_day,
            last_day=last_day,
            library_id=library,
            source=source,
        )
        for (name, library), days in wanted.items()
    )
    _changed()


def end_meanwhile(source: str, *, today: date) -> None:
    """From today on holds again what holds else. What went by it before keeps it."""
    _end(Meanwhile.objects.filter(source=source), today)
    _changed()


def _end(rows: QuerySet[Meanwhile], today: date) -> None:
    rows.filter(first_day__gte=today).delete()  # they have held on no day
    rows.filter(last_day__gte=today).update(last_day=today - timedelta(days=1))


def _changed() -> None:
    caches["process"].delete("thresholds")
    transaction.on_commit(lambda: caches["process"].delete("thresholds"))


class ForAWhile(NamedTuple):
    """A number that holds for some days; one, however many libraries' rows it has."""

    name: str
    days: int
    first_day: date
    last_day: date
    source: str
    libraries: int  # for how many; 0: for everybody

    def holds(self, on: date) -> bool:
        return self.first_day <= on <= self.last_day

    @property
    def open_ended(self) -> bool:
        return self.last_day == date.max


def for_a_while(name: str | None = None, *, since: date | None = None) -> list[ForAWhile]:
    """What holds, will hold or held only meanwhile; the latest of several that overlap is last."""
    rows = Meanwhile.objects.filter(last_day__gte=F("first_day"))  # others have held no day
    if name is not None:
        rows = rows.filter(name=name)
    if since is not None:
        rows = rows.filter(last_day__gte=since)
    found = rows.values("name", "days", "last_day", "source").annotate(
        begins=Min("first_day"), libraries=Count("library", distinct=True), key=Min("pk")
    )
    return [
        ForAWhile(
            row["name"],
            row["days"],
            row["begins"],
            row["last_day"],
            row["source"],
            row["libraries"],
        )
        for row in found.order_by("begins", "key")
    ]


def _in_force(name: str, on: date) -> tuple[int, dict[int, int], dict[int, int]]:
    """What holds for everybody, for the libraries that have their own, and under agreements."""
    default = DEFAULTS[name]
    begun = [row for row in _known(name) if row.holds(on)]
    everybodys, own, agreed = default, dict[int, int](), dict[int, int]()
    for row in sorted(begun, key=attrgetter("meanwhile", "effective", "key")):
        if row.library is not None:
            own[row.library] = row.days
        elif row.agreement is not None:
            agreed[row.agreement] = row.days
        else:
            everybodys = row.days
    return everybodys, own, agreed


def _known(name: str) -> list["Row"]:
    known: dict[str, list[Row]] = caches["process"].get_or_set("thresholds", _rows, AT_HAND) or {}
    return known.get(name, [])


class Row(NamedTuple):
    """A threshold of one library, of one agreement, or of all, from a day on."""

    library: int | None
    agreement: int | None
    effective: date
    days: int
    until: date
    meanwhile: int  # 1: it goes before what holds else, as long as it lasts
    key: int

    def holds(self, on: date) -> bool:
        return self.effective <= on <= self.until

    @property
    def is_everybodys(self) -> bool:
        return self.library is None and self.agreement is None


def _rows() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for name, library, agreement, *row in _both().iterator():
        found.setdefault(name, []).append(Row(library, agreement or None, *row))
    return found


def _both() -> QuerySet[Any, Any]:
    """What holds, and what holds only meanwhile, in one statement."""
    columns = "name", "library", "agreement_key", "from_day", "days", "until", "meanwhile", "key"
    holds = Threshold.objects.annotate(
        agreement_key=Coalesce("agreement", 0),
        from_day=F("effective"),
        until=Value(date.max, DateField()),
        meanwhile=Value(0),
        key=F("pk"),
    )
    for_a_while = Meanwhile.objects.annotate(
        agreement_key=Value(0),
        from_day=F("first_day"),
        until=F("last_day"),
        meanwhile=Value(1),
        key=F("pk"),
    )
    return holds.values_list(*columns).union(for_a_while.values_list(*columns), all=True)
