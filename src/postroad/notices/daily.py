"""What waits at each desk, by mail: in the morning all of it, later in the day what is new.

A library that looks into Postroad once a day has its list of work there; one that does not is
reminded before its answer lapses. On closed days nothing is sent, when nothing waits neither, and a
library may do without (`Policy.daily_mail`). No patron is named.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from postroad.accounts.models import Role
from postroad.catalogue import citation
from postroad.delivery.models import Parcel, Search
from postroad.directory import closures
from postroad.directory.models import Kind as LibraryKind
from postroad.directory.models import Library
from postroad.directory.opening import Calendar
from postroad.ill import answer_links
from postroad.ill import waiting as at_desks
from postroad.ill.lifecycle import LENDERS_TURN, LoanState, Owner, State, SupplyState, Verb
from postroad.ill.models import Event, Loan, Question, Request, Supply
from postroad.ill.waiting import Borrowing
from postroad.notices import reach, tell
from postroad.notices.models import Kind, Notice, NoticeQuerySet
from postroad.notices.words import Facts

SOURCE = "desk"  # of these notices; the key is the day and the hour
HOURS = (7, 10, 13, 16)  # local: the morning's whole list, then what has come since the last
END = 19  # after this hour nobody is written to before the next morning
BATCH = 100  # libraries written to in one turn
SHOWN = 5  # titles in a letter
EVERY = Q(pk__isnull=False)
# What a borrowing desk has to do with things, as its own lists have it.
OF_THINGS = frozenset({Borrowing.OVERDUE, Borrowing.BACK, Borrowing.UNCLAIMED})
KEPT = timedelta(days=30)  # then a letter is deleted: what it listed has long moved on


@dataclass(frozen=True, slots=True)
class Hour:
    """One of the hours at which desks are written to, as a day of one time zone."""

    day: date
    hour: int
    zone: str

    @property
    def key(self) -> str:
        return f"{self.day} {self.hour:02}"

    @property
    def is_morning(self) -> bool:
        return self.hour == HOURS[0]

    @property
    def since(self) -> datetime:
        """When the hour before this one began; what was asked since then is new."""
        before = HOURS[max(HOURS.index(self.hour) - 1, 0)]
        return datetime.combine(self.day, time(before), ZoneInfo(self.zone))


@dataclass(slots=True)
class Waiting:
    """What waits at one desk: what it is, and how much of it; some of the titles."""

    counts: dict[str, int] = field(default_factory=dict)
    titles: list[str] = field(default_factory=list)
    lapsing: int = 0  # of these, what goes on to another library after the next working day

    def lines(self) -> tuple[str, ...]:
        lines = [
            str(words % {"n": self.counts[name]})
            for name, words in LINES.items()
            if self.counts.get(name)
        ]
        return (*lines, str(LAPSING % {"n": self.lapsing})) if self.lapsing else tuple(lines)

    @property
    def number(self) -> int:
        return sum(self.counts.values())


# What may wait, in the order of a day's work.
LINES: Mapping[str, Promise] = {
    "answer": ngettext_lazy("%(n)d request to answer", "%(n)d requests to answer", "n"),
    "copy": ngettext_lazy("%(n)d copy to make and send", "%(n)d copies to make and send", "n"),
    "ship": ngettext_lazy("%(n)d promised item to ship", "%(n)d promised items to ship", "n"),
    "question": ngettext_lazy(
        "%(n)d question about a loan to answer", "%(n)d questions about loans to answer", "n"
    ),
    Borrowing.REVIEW: ngettext_lazy(
        "%(n)d request from your readers to review",
        "%(n)d requests from your readers to review",
        "n",
    ),
    Borrowing.CONDITIONS: ngettext_lazy(
        "%(n)d offer on conditions to accept or decline",
        "%(n)d offers on conditions to accept or decline",
        "n",
    ),
    "call": ngettext_lazy(
        "%(n)d reader to tell in person: e-mail does not reach them",
        "%(n)d readers to tell in person: e-mail does not reach them",
        "n",
    ),
    Borrowing.OVERDUE: ngettext_lazy("%(n)d overdue loan", "%(n)d overdue loans", "n"),
    Borrowing.BACK: ngettext_lazy("%(n)d item to send home", "%(n)d items to send home", "n"),
    Borrowing.UNCLAIMED: ngettext_lazy(
        "%(n)d item on the hold shelf that nobody picked up",
        "%(n)d items on the hold shelf that nobody picked up",
        "n",
    ),
    "centre": ngettext_lazy(
        "%(n)d request that no member library could supply",
        "%(n)d requests that no member library could supply",
        "n",
    ),
    "late": ngettext_lazy("%(n)d late parcel", "%(n)d late parcels", "n"),
    "astray": ngettext_lazy(
        "%(n)d parcel left at the wrong library", "%(n)d parcels left at the wrong library", "n"
    ),
    "look": ngettext_lazy(
        "%(n)d item that did not arrive: look whether it is with you",
        "%(n)d items that did not arrive: look whether they are with you",
        "n",
    ),
}


# A working day before silence counts as a no.
LAPSING = ngettext_lazy(
    "%(n)d of these goes on to another library if nobody answers or ships it by the end of the "
    "next working day",
    "%(n)d of these go on to another library if nobody answers or ships them by the end of the "
    "next working day",
    "n",
)


def send(now: datetime) -> int:
    """Job: write to the desks whose hour has come; how many letters were written."""
    zones = Library.objects.members().order_by().values_list("time_zone", flat=True)
    hours = [hour for zone in zones.distinct() if (hour := of(now, zone))]
    written = sum(to_libraries(hour, now) for hour in hours)
    if here := of(now, settings.TIME_ZONE):
        written += to_offices(here, now)
    forget_old(now)
    return written


def forget_old(now: datetime) -> None:
    """What was listed has long moved on. The keys are days, so an index finds the old ones."""
    old = sent().filter(source_key__lt=str((now - KEPT).date())).order_by()
    for each in (old.filter(library__isnull=False), old.exclude(office="")):
        each.delete()


def sent() -> NoticeQuerySet:
    return Notice.objects.filter(source=SOURCE)


def of(now: datetime, zone: str) -> Hour | None:
    """The hour of a time zone that has begun, unless its day is over or has not begun."""
    local = now.astimezone(ZoneInfo(zone))
    begun = [hour for hour in HOURS if hour <= local.hour < END]
    return Hour(local.date(), begun[-1], zone) if begun else None


def to_libraries(hour: Hour, now: datetime) -> int:
    """A constant number of statements, however many libraries there are."""
    found = waiting(hour, now)
    told = sent().filter(source_key=hour.key, library__isnull=False).order_by()
    libraries = (
        Library.objects.filter(pk__in=found)
        .exclude(Q(email="") | Q(policy__daily_mail=False))
        .exclude(pk__in=told.values("library"))
    )
    calendars = closures.calendars(list(libraries), hour.day)
    at_work = [each for each in libraries if calendars[each.pk].is_open(hour.day)][:BATCH]
    bring_titles(found, at_work, hour)
    if hour.is_morning:
        warn(found, {each.pk: calendars[each.pk] for each in at_work}, now)
    tell.write([letter(each, found[each.pk], hour, now, "desk") for each in at_work])
    return len(at_work)


def waiting(hour: Hour, now: datetime) -> dict[int, Waiting]:
    """What waits at the desks of this time zone, by library: what is new, or in the morning all."""
    found: dict[int, Waiting] = defaultdict(Waiting)
    supplies = Supply.objects.of_members().waiting().filter(lender__time_zone=hour.zone)
    if not hour.is_morning:
        supplies = supplies.filter(state=SupplyState.ASKED, asked_at__gte=hour.since)
    # Who answers from the mail has one of its own for each (`mailbox`); who cannot sign in reads no
    # list, either.
    told = answer_links.without_account() if hour.is_morning else answer_links.lenders()
    supplies = supplies.exclude(lender__in=told.order_by().values("pk"))
    lending = {
        "answer": at_desks.ASKED,
        "copy": at_desks.COPIES,
        "ship": at_desks.PROMISED,
    }
    gather(found, supplies, "lender", lending)
    asked = Question.objects.open().filter(library__time_zone=hour.zone)
    if not hour.is_morning:
        asked = asked.filter(opened_at__gte=hour.since)
    gather(found, asked, "library", {"question": EVERY})
    if hour.is_morning:
        here = Request.objects.open().filter(library__time_zone=hour.zone)
        to_decide = {
            Borrowing.REVIEW.value: at_desks.TO_REVIEW,
            Borrowing.CONDITIONS.value: at_desks.ON_CONDITIONS,
        }
        gather(found, here.filter(any_of(to_decide.values())), "library", to_decide)
        gather(found, here.filter(reach.to_tell()), "library", {"call": EVERY})
        things = Loan.objects.open().filter(borrower__time_zone=hour.zone)
        # Who is written to is open today, so that today is the desk's own day (`to_libraries`).
        lists = at_desks.borrowing(now, hour.day)
        at_desk = {name.value: which for name, which in lists.items() if name in OF_THINGS}
        here_now = (LoanState.LENT, LoanState.BACK, LoanState.ARRIVED)
        gather(found, things.filter(state__in=here_now), "borrower", at_desk)
        missing = Search.objects.waiting().filter(library__time_zone=hour.zone)
        gather(found, missing, "library", {"look": EVERY})
    return dict(found)


def any_of(which: Iterable[Q]) -> Q:
    return reduce(or_, which)


def gather(
    found: dict[int, Waiting], rows: QuerySet[Any], library: str, which: Mapping[str, Q]
) -> None:
    """Count by library what waits there; one statement.

    Found first and counted then: counted at once, all there ever was would be read in their order.
    """
    counts = {f"n_{name}": Count("pk", filter=each) for name, each in which.items()}
    these = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
    for row in these.order_by().values(library).annotate(**counts):
        for name in which:
            if row[f"n_{name}"]:
                found[row[library]].counts[name] = row[f"n_{name}"]


def bring_titles(found: Mapping[int, Waiting], libraries: Iterable[Library], hour: Hour) -> None:
    """The first titles that each of these is asked for, the most urgent first; one statement."""
    asked = Supply.objects.waiting().filter(lender__in=libraries).exclude(at_desks.OFFERED)
    if not hour.is_morning:
        asked = asked.filter(state=SupplyState.ASKED, asked_at__gte=hour.since)
    for library, title in asked.order_by("due_at", "pk").values_list("lender", "request__title"):
        if library in found and len(found[library].titles) < SHOWN:
            found[library].titles.append(citation.short_title(title))


def warn(found: Mapping[int, Waiting], desks: Mapping[int, Calendar], now: datetime) -> None:
    """Count what lapses at the end of today or of the next day on which its lender works; one
    statement."""
    until = {library: desk.after(now, 1) for library, desk in desks.items()}
    latest = max((day for day in until.values() if day is not None), default=now)
    rows = Supply.objects.waiting().filter(lender__in=desks, state__in=LENDERS_TURN)
    for library, due_at in rows.filter(due_at__lte=latest).values_list("lender", "due_at"):
        day = until[library]
        if day is not None and due_at is not None and due_at <= day:
            found[library].lapsing += 1


def to_offices(hour: Hour, now: datetime) -> int:
    """The ILL centre and the delivery office, on the centre's own days."""
    if not office_calendar(hour).is_open(hour.day):
        return 0
    told = set(
        sent().filter(source_key=hour.key).exclude(office="").values_list("office", flat=True)
    )
    found = {Role.CENTRE: centre(hour), Role.DELIVERY: delivery(now) if hour.is_morning else None}
    letters = [
        letter(role, each, hour, now, role.value)
        for role, each in found.items()
        if each is not None and each.number and role not in told
    ]
    letters = [each for each in letters if each.mail_to]
    tell.write(letters)
    return len(letters)


def office_calendar(hour: Hour) -> Calendar:
    """The days of the centre's own library; without one, all days of a working week."""
    centre = Library.objects.members().filter(kind=LibraryKind.CENTRE).order_by("pk").first()
    office = centre or Library(open_days="MTWTF--", time_zone=hour.zone)
    return closures.calendar(office, hour.day)


def centre(hour: Hour) -> Waiting:
    waits = Request.objects.filter(state=State.CENTRE)
    if not hour.is_morning:
        come = Event.objects.filter(verb=Verb.ESCALATE, at__gte=hour.since)
        waits = waits.filter(pk__in=come.values("request"))
    titles = waits.order_by("need_by", "asked_at", "pk").values_list("title", flat=True)[:SHOWN]
    asked = Question.objects.open().filter(owner=Owner.CENTRE)
    if not hour.is_morning:
        asked = asked.filter(opened_at__gte=hour.since)
    return Waiting(
        {"centre": waits.count(), "question": asked.count()},
        [citation.short_title(each) for each in titles],
    )


def delivery(now: datetime) -> Waiting:
    parcels = Parcel.objects
    return Waiting(
        {
            "late": parcels.late(now).count(),
            "astray": parcels.astray().count(),
            "look": Search.objects.at(None).waiting().count(),
        }
    )


def letter(to: Library | Role, what: Waiting, hour: Hour, now: datetime, about: str) -> Notice:
    """By mail alone: on the screen stands the list itself."""
    facts = Facts(
        library=to.name if isinstance(to, Library) else str(to.label),
        day=hour.day,
        lines=what.lines(),
        titles=tuple(what.titles),
        waiting=what.number,
    )
    kind = Kind.MORNING if hour.is_morning else Kind.NEWLY_ASKED
    notice = tell.compose(kind, to, facts, source=SOURCE, source_key=hour.key, now=now, about=about)
    notice.read_at = now
    return notice
