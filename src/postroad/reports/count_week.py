"""The yearly count week: filled in beforehand with what the ledger saw, confirmed or corrected by
each library, and what all said of it.

What was seen is never taken for all there was: beside it stands on how many of the van's days
somebody scanned anything at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from postroad.accounts.models import User
from postroad.delivery.models import Stop
from postroad.delivery.visits import MOST, NotThatMany
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.reports.models import CountRun, CountWeek, StopDay, WeekAnswer
from postroad.reports.van_figures import SEEN

LONGEST = timedelta(days=13)  # two weeks, at most
OPEN_FOR = timedelta(days=60)  # after its last day a library may still answer
NUMBERS = ("items_sent", "items_received", "bins_sent", "bins_received")
OF_ITEMS = (*SEEN["left"], *SEEN["taken"])


class WeekTaken(Refusal):
    """Another count week has some of these days."""

    code = "count-week-taken"


class NoCountWeek(Refusal):
    """It is not that week's time, or the office withdrew it."""

    code = "no-count-week"


class AnsweredMeanwhile(Refusal):
    """A colleague was quicker by a moment."""

    code = "count-week-answered"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the ledger saw of a week at a library, and on how many of its days anything."""

    items_sent: int = 0
    items_received: int = 0
    bins_sent: int = 0
    bins_received: int = 0
    typed_sent: int | None = None  # by drivers, as far as they confirmed their stops
    typed_received: int | None = None
    due: int = 0  # days on which the van was to come
    scanned: int = 0  # of these, those on which anything was scanned
    typed: int = 0  # those on which nothing was, and a driver typed numbers

    @property
    def silent(self) -> int:
        """Days of the van of which nobody said anything."""
        return self.due - self.scanned - self.typed

    @property
    def whole(self) -> bool:
        """Whether something was scanned on each of the van's days."""
        return self.due == self.scanned


def seen(week: CountWeek, libraries: Iterable[int] | None = None) -> dict[int, Seen]:
    """What the ledger saw at each library, or at these, in one query."""
    rows = StopDay.objects.filter(day__range=(week.first_day, week.last_day)).order_by()
    if libraries is not None:
        rows = rows.filter(library__in=libraries)
    anything = Q(bins_left__gt=0) | Q(bins_taken__gt=0)
    for name in OF_ITEMS:
        anything |= Q(**{f"{name}__gt": 0})
    sums = {f"sum_{name}": Sum(name) for name in (*OF_ITEMS, "bins_left", "bins_taken")}
    found = rows.values("library").annotate(
        **sums,
        typed_l=Sum("typed_left"),
        typed_t=Sum("typed_taken"),
        due_days=Count("pk", filter=Q(due=True)),
        scanned_days=Count("pk", filter=anything & Q(due=True)),
        typed_days=Count("pk", filter=~anything & Q(due=True, typed_left__isnull=False)),
    )
    return {
        row["library"]: Seen(
            sum(row[f"sum_{name}"] for name in SEEN["taken"]),
            sum(row[f"sum_{name}"] for name in SEEN["left"]),
            row["sum_bins_taken"],
            row["sum_bins_left"],
            row["typed_t"],
            row["typed_l"],
            row["due_days"],
            row["scanned_days"],
            row["typed_days"],
        )
        for row in found
    }


def seen_at(week: CountWeek, library: Library) -> Seen:
    return seen(week, [library.pk]).get(library.pk, Seen())


def in_force() -> QuerySet[CountWeek]:
    return CountWeek.objects.filter(withdrawn_at=None).order_by("-first_day", "-pk")


def to_answer(today: date) -> CountWeek | None:
    """The week that is over, or goes on, and that libraries may answer now."""
    return now_open(today).first()


def now_open(today: date) -> QuerySet[CountWeek]:
    return in_force().filter(first_day__lte=today, last_day__gte=today - OPEN_FOR)


def unanswered(library: Library, today: date) -> bool:
    """Whether this library has still to answer the week of now, in one query."""
    mine = WeekAnswer.objects.filter(week=OuterRef("pk"), library=library, withdrawn_at=None)
    week = now_open(today).annotate(said=Exists(mine)).first()
    return week is not None and not week.said


@transaction.atomic
def plan(first_day: date, last_day: date, *, by: str, at: datetime) -> CountWeek:
    """The office names the week. The same said twice is one."""
    _one_at_a_time()
    overlapping = in_force().filter(first_day__lte=last_day, last_day__gte=first_day).first()
    if overlapping is not None:
        if (overlapping.first_day, overlapping.last_day) == (first_day, last_day):
            return overlapping
        raise WeekTaken(first=overlapping.first_day, last=overlapping.last_day)
    return CountWeek.objects.create(
        first_day=first_day, last_day=last_day, said_by=by[:150], said_at=at
    )


def _one_at_a_time() -> None:
    """Two offices that name weeks at once wait here for each other."""
    CountRun.objects.get_or_create(pk=1)
    CountRun.objects.select_for_update(no_key=True).get(pk=1)


def withdraw(week: CountWeek, *, at: datetime) -> None:
    """Nobody is asked for it any more; what was answered stays."""
    CountWeek.objects.filter(pk=week.pk, withdrawn_at=None).update(withdrawn_at=at)


@transaction.atomic
def put_back(week: CountWeek) -> None:
    """It is asked for again, unless another week took its days."""
    _one_at_a_time()
    others = in_force().filter(first_day__lte=week.last_day, last_day__gte=week.first_day)
    if (other := others.exclude(pk=week.pk).first()) is not None:
        raise WeekTaken(first=other.first_day, last=other.last_day)
    CountWeek.objects.filter(pk=week.pk).update(withdrawn_at=None)


@transaction.atomic
def answer(
    week: CountWeek,
    library: Library,
    numbers: Mapping[str, int | None],
    *,
    by: User,
    at: datetime,
) -> WeekAnswer:
    """What the library says; said anew, the last counts. A number that is not known is None."""
    if not in_force().filter(pk=week.pk).exists() or library.day_of(at) < week.first_day:
        raise NoCountWeek
    if any(each is not None and not 0 <= each <= MOST for each in numbers.values()):
        raise NotThatMany
    take_back(week, library, at=at)
    known = seen_at(week, library)
    try:
        with transaction.atomic():
            return WeekAnswer.objects.create(
                week=week,
                library=library,
                seen=asdict(known),
                said_by=str(by)[:150],
                said_at=at,
                **{name: numbers.get(name) for name in NUMBERS},
            )
    except IntegrityError as twice:
        raise AnsweredMeanwhile from twice


def take_back(week: CountWeek, library: Library, *, at: datetime) -> int:
    """The answer in force stays in the history; the library is asked again."""
    mine = WeekAnswer.objects.filter(week=week, library=library, withdrawn_at=None)
    return mine.update(withdrawn_at=at)


def answer_of(week: CountWeek, library: Library) -> WeekAnswer | None:
    return WeekAnswer.objects.filter(week=week, library=library, withdrawn_at=None).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """One library in a count week: what the ledger saw, and what it said."""

    library: Library
    route: str
    seen: Seen
    answer: WeekAnswer | None

    @property
    def corrected(self) -> bool:
        """Whether it said another number than was seen."""
        said = self.answer
        return said is not None and any(
            getattr(said, name) != said.seen.get(name) for name in NUMBERS
        )


def standings(week: CountWeek) -> Sequence[Standing]:
    """Every library at which the van stops or that has answered, by route and place, in three
    queries."""
    answers = {
        each.library_id: each
        for each in week.answers.filter(withdrawn_at=None).select_related("library")
    }
    known = seen(week)
    stops = Stop.objects.filter(active=True).select_related("library", "route")
    found = [
        Standing(
            stop.library,
            stop.route.code,
            known.get(stop.library_id, Seen()),
            answers.pop(stop.library_id, None),
        )
        for stop in stops.order_by("route__code", "place", "pk")
    ]
    found += [
        Standing(each.library, "", known.get(each.library_id, Seen()), each)
        for each in answers.values()
    ]
    return found
