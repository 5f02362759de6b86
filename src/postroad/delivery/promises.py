"""The day on which a parcel should come, and from which on it is late: kept, and reckoned anew.

The reckoning itself is in `forecast`. What is late rings, again and again, until it is found.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from postroad.delivery import forecast, stops
from postroad.delivery.forecast import Forecast
from postroad.delivery.lanes import Van, Vans
from postroad.delivery.models import CustodyStep, Parcel, ParcelState, Purpose, Via
from postroad.delivery.stopping import Meanwhile, ServiceStopped, Stopped
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.directory.opening import ALWAYS, HORIZON, Calendar, weekdays

log = logging.getLogger(__name__)

BATCH = 200  # late parcels in one sweep; the next takes the rest
LATE = {Via.DELIVERY: "courier-late", Via.MAIL: "mail-late"}  # R10, R9
FORECAST = ["expected_on", "forecast"]
UNDER_WAY = (ParcelState.READY, ParcelState.MOVING)
ON_PLAN = (
    *(CustodyStep.MADE, CustodyStep.PICKED_UP, CustodyStep.SORTED),
    *(CustodyStep.HELD, CustodyStep.RELEASED),
)


def first(parcel: Parcel, via: Via | None) -> None:
    """Write on a new parcel how it goes, when it should come, and when it is late.

    It goes by delivery where the van calls at both ends and by mail elsewhere, unless told `via`.
    The van's day is reckoned; of what goes by mail only the sender can name one. While the whole
    service stops it goes by mail too, or raises ServiceStopped.
    """
    shipped = parcel.from_library.day_of(parcel.made_at)
    known = stops.calendars((parcel.from_library_id, parcel.to_library_id), shipped)
    served = {parcel.from_library_id, parcel.to_library_id} <= known.keys()
    lent = parcel.purpose == Purpose.LOAN
    stopped = known.stopped_on(shipped, lent=lent) if served and via is None else None
    if stopped is not None:
        via = _by_mail_meanwhile(parcel, stopped)
    parcel.via = via or (Via.DELIVERY if served else Via.MAIL)
    by_van = parcel.via == Via.DELIVERY
    if by_van:
        keep_forecast(parcel, reckon(parcel, known, parcel.made_at), known, parcel.made_at)
    parcel.late_days = thresholds.days(LATE[Via(parcel.via)], on=shipped, library=parcel.to_library)
    parcel.late_at = late_after(parcel, known if by_van else Vans({}))
    parcel.due_at = parcel.late_at


def _by_mail_meanwhile(parcel: Parcel, stopped: Stopped) -> Via:
    if stopped.meanwhile is Meanwhile.COPIES:
        raise ServiceStopped(reason=stopped.reason, title=parcel.title[:80])
    parcel.forecast = {"stopped": stopped.reason}
    return Via.MAIL


def every_day(library: Library) -> Van:
    """For a library without a stop, or what is on the road: only a time zone matters then."""
    days = Calendar(weekdays(ALWAYS), library.time_zone)
    return Van(days, days, library.state)


def wants_new_day(parcel: Parcel, step: str, at: datetime) -> bool:
    """Whether a day is to be named anew: the van took it later than the forecast counted on, or it
    was held without a day and goes on."""
    if parcel.state != ParcelState.MOVING:
        return False
    if step == CustodyStep.RELEASED:
        return parcel.expected_on is None
    return step == CustodyStep.PICKED_UP and after_plan(parcel, at)


def after_plan(parcel: Parcel, at: datetime) -> bool:
    """Whether the van took it on a later day than the forecast counted on."""
    steps = parcel.forecast.get("steps", [])
    planned = {step["leg"]: step["day"] for step in steps}.get(forecast.Leg.COLLECTED)
    return planned is not None and parcel.from_library.day_of(at).isoformat() > planned


def expect_again(parcel: Parcel, at: datetime) -> None:
    """A new expected day, counted from the day on which the van really took it."""
    ends = (parcel.from_library_id, parcel.to_library_id)
    known = stops.calendars(ends, (at - timedelta(days=2)).date())
    if expected := reckon(parcel, known, at):
        keep_forecast(parcel, expected, known, at)
        parcel.save(update_fields=FORECAST)


def expect_all_again(taken: Sequence[tuple[Parcel, datetime]]) -> None:
    """The same of many, each taken at a time of its own. To be called with their ends at hand."""
    if not taken:
        return
    ends = {end for parcel, _at in taken for end in (parcel.from_library_id, parcel.to_library_id)}
    known = stops.calendars(ends, (min(at for _parcel, at in taken) - timedelta(days=2)).date())
    moved = []
    for parcel, at in taken:
        if expected := reckon(parcel, known, at):
            keep_forecast(parcel, expected, known, at)
            moved.append(parcel)
    Parcel.objects.bulk_update(moved, FORECAST, batch_size=500)


def expect_anew(parcels: Sequence[Parcel], *, at: datetime) -> list[Parcel]:
    """After the timetable has changed: those of these open parcels whose days are others now.

    Where the van comes no more, no day is promised; those without one get one when it comes again.
    While deliveries to the receiver are suspended the clock stands still, whenever the suspension
    was entered or ended (R6). To be called with their ends at hand, in a transaction.
    """
    ends = {end for parcel in parcels for end in (parcel.from_library_id, parcel.to_library_id)}
    since = min((parcel.made_at for parcel in parcels), default=at) - timedelta(days=1)
    known = stops.calendars(ends, since.date())
    moved = [parcel for parcel in parcels if set_days(parcel, known, at)]
    Parcel.objects.bulk_update(moved, [*FORECAST, "late_at", "due_at"], batch_size=500)
    return moved


def set_days(parcel: Parcel, known: Vans, at: datetime) -> bool:
    """Reckon the expected day and the lateness of one parcel anew; whether either is another."""
    before = (parcel.expected_on, parcel.no_day_because, parcel.late_at)
    if may_be_promised_anew(parcel, at):
        expected = reckon(parcel, known, at)
        # What the hub keeps has no new day before it is released.
        kept = parcel.last_step == CustodyStep.HELD
        if expected is None or (not kept and expected.day != parcel.expected_on):
            keep_forecast(parcel, expected, known, at)
    set_lateness(parcel, known, at)
    return (parcel.expected_on, parcel.no_day_because, parcel.late_at) != before


def may_be_promised_anew(parcel: Parcel, at: datetime) -> bool:
    """What is under way and did not come on its day keeps that day: people wait since then."""
    if parcel.state not in UNDER_WAY or parcel.last_step not in ON_PLAN:
        return False
    today = parcel.to_library.day_of(at)
    missed = parcel.expected_on is not None and parcel.expected_on < today
    return not missed or parcel.state == ParcelState.READY


def set_lateness(parcel: Parcel, known: Vans, at: datetime) -> None:
    """Somebody was told already if the clock is past its first ring: then it rings as it would."""
    late_at = late_after(parcel, known)
    if parcel.due_at == parcel.late_at or late_at > at:
        parcel.due_at = late_at
    parcel.late_at = late_at


def late_after(parcel: Parcel, known: Vans) -> datetime:
    """The last moment at which it is not late: after so many days, without those suspended."""
    receiver = known.get(parcel.to_library_id) or every_day(parcel.to_library)
    shipped = parcel.from_library.day_of(parcel.made_at)
    return forecast.late_after(shipped, parcel.late_days, receiver.drop)


def reckon(parcel: Parcel, known: Vans, at: datetime) -> Forecast | None:
    """The forecast as it is at this moment: what waits leaves today or later, by the sender's day;
    what has left is under way, and comes no earlier than today, by the receiver's."""
    sender, receiver = known.get(parcel.from_library_id), known.get(parcel.to_library_id)
    if sender is None or receiver is None:
        return None
    left = parcel.last_step != CustodyStep.MADE
    ready = sender.day_of(parcel.last_at if left else max(parcel.made_at, at))
    nights = known.nights(sender, receiver, ready)
    if left and nights is not None:
        ready = max(ready, receiver.day_of(at) - timedelta(days=nights))
        sender = every_day(parcel.from_library)
    expected = forecast.expect(ready, sender, receiver, nights)
    if expected and not known.may_be_promised(expected.day, receiver.day_of(at)):
        return None
    return expected


def keep_forecast(parcel: Parcel, expected: Forecast | None, known: Vans, at: datetime) -> None:
    parcel.expected_on = expected.day if expected else None
    parcel.forecast = expected.as_json() if expected else no_day(parcel, known, at)


def no_day(parcel: Parcel, known: Vans, at: datetime) -> dict[str, object]:
    """Why nobody can say when it comes, and whether its clock stands still meanwhile (R6); nothing
    where it is the timetable that has no day."""
    sender, receiver = known.get(parcel.from_library_id), known.get(parcel.to_library_id)
    if sender is None or receiver is None:
        return {}
    today = receiver.day_of(at)
    far = today + timedelta(days=HORIZON)
    if shut := receiver.drop.shut_on(far):
        return {"no_day": shut.reason, "stands": True}
    if parcel.last_step == CustodyStep.MADE and (shut := sender.pick_up.shut_on(far)):
        return {"no_day": shut.reason, "stands": False}
    stopped = known.left_open(today)
    return {"no_day": stopped[0].reason, "stands": False} if stopped else {}


def ring(now: datetime) -> int:
    """Tell of the parcels whose clock has run out, and set it on; how many there were.

    The delivery office sees them among the late ones; the log tells whoever runs the house.
    """
    due = Parcel.objects.open().filter(due_at__lt=now).with_ends().order_by("due_at", "pk")
    return sum(remind(parcel, at=now) for parcel in due[:BATCH])


def remind(parcel: Parcel, *, at: datetime) -> bool:
    """Set the clock of a late parcel on; True for exactly one of those who ask at once."""
    today = parcel.to_library.day_of(at)
    days = thresholds.days("overdue-repeat", on=today, library=parcel.to_library)
    claimed = Parcel.objects.open().filter(pk=parcel.pk, due_at=parcel.due_at, due_at__lt=at)
    if not claimed.update(due_at=at + timedelta(days=days)):
        return False
    where = parcel.last_library.code if parcel.last_library else parcel.last_holder
    late = "parcel %s of request %s is late: %s at %s, %s"
    log.info(late, parcel.number, parcel.ref, parcel.last_step, where, parcel.last_at)
    return True
