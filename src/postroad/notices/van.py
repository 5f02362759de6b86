"""Telling of the van: a delay to the desks that it concerns, a later day to who waits."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery import delays, stops
from postroad.delivery.models import Delay, Happening
from postroad.directory.models import Library
from postroad.ill import road
from postroad.notices import tell
from postroad.notices.models import Kind, Notice

SOURCE = Happening._meta.label_lower


@dataclass(frozen=True, slots=True)
class DelayFacts:
    """What the templates may say of a delay. A day that is None is not known."""

    kind: str  # of `Delay.Kind`
    reason: str
    day: date
    until: date | None = None  # where it is more than a day
    new_day: date | None = None
    hours: int | None = None
    over: bool = False
    last_pick_up: date | None = None  # of a service that is wound down
    copies: bool = False  # nothing is lent while the service stops


@dataclass(frozen=True, slots=True)
class LaterFacts:
    """What the template may say of a thing that comes later."""

    title: str
    place: str  # where she picks it up
    was: date
    day: date | None
    why: str


def desks(happening: Happening, now: datetime) -> None:
    """Listener: each library where the van stops hears once of a delay and once of its end, and
    nothing of an end or of its undoing that was over before it heard of it."""
    delay = happening.delay
    if delay is None or delays.is_over(delay, timezone.localdate(now)):
        return
    over = delay.ended_at is not None
    if over != (happening.verb == "end"):
        return  # it was ended, or put back, before anybody was told
    last = heard_last(happening)
    waits = {library for library, kind in last.items() if kind == Kind.VAN_DELAY}
    concerned = Library.objects.filter(active=True).order_by("pk")
    if over:  # of what nobody heard, nobody need hear that it is over
        who = concerned.filter(pk__in=waits)
    else:
        who = concerned.filter(pk__in=stops.served(delay.scope)).exclude(pk__in=waits)
    kind, facts = (Kind.VAN_AGAIN if over else Kind.VAN_DELAY), of_delay(delay, over=over)
    tell.write(
        tell.compose(kind, library, facts, source=SOURCE, source_key=happening.pk, now=now)
        for library in who
    )


def heard_last(happening: Happening) -> dict[int | None, str]:
    """What each library heard last of its delay, apart from this."""
    others = Happening.objects.filter(delay=happening.delay_id).exclude(pk=happening.pk)
    keys = [str(pk) for pk in others.values_list("pk", flat=True)]
    heard = Notice.objects.filter(source=SOURCE, source_key__in=keys).order_by("pk")
    return dict(heard.values_list("library", "kind"))


def knows(patron: User, happening: Happening) -> bool:
    """Whether this very day is the last that she was told of the parcel: meanwhile it was to come
    earlier, and of that nobody hears."""
    others = Happening.objects.filter(parcel=happening.parcel_id).exclude(pk=happening.pk)
    days = {str(pk): facts.get("day") for pk, facts in others.values_list("pk", "facts")}
    heard = Notice.objects.to_person(patron).filter(source=SOURCE, source_key__in=days)
    last = heard.order_by("pk").values_list("source_key", flat=True).last()
    return last is not None and days[last] == happening.facts["day"]


def of_delay(delay: Delay, *, over: bool) -> DelayFacts:
    long = delay.last_day > delay.first_day and not delay.open_ended
    return DelayFacts(
        kind=delay.kind,
        reason=delay.reason,
        day=delay.first_day,
        until=delay.last_day if long else None,
        new_day=delay.new_day,
        hours=delay.hours,
        over=over,
        last_pick_up=delay.last_pick_up,
        copies=delay.instead == Delay.Instead.COPIES,
    )


def reader(happening: Happening, now: datetime) -> None:
    """Listener: who waits for a thing hears of its new day, if that is still its day."""
    if happening.parcel is None:
        return
    facts, parcel = happening.facts, happening.parcel
    loan = road.coming_in(parcel)
    day = date.fromisoformat(facts["day"]) if facts["day"] else None
    patron = loan.request.patron if loan else None
    if loan is None or patron is None or parcel.expected_on != day:
        return
    if knows(patron, happening):
        return
    tell.note(
        Kind.COMES_LATER,
        patron,
        LaterFacts(
            title=loan.request.title,
            place=parcel.to_library.name,
            was=date.fromisoformat(facts["was"]),
            day=day,
            why=facts["reason"],
        ),
        source=SOURCE,
        source_key=happening.pk,
        now=now,
        about=f"request:{loan.request.ref}",
    )
