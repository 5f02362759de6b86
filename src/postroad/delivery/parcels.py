"""What can happen to a parcel. Each verb adds a line to the ledger; none changes or deletes one.

Call these inside a transaction of your own. `at` is when it happened. What is asked about parcels
is in `finding` (which one), `custody` (who has it) and `promises` (when it comes).
"""

from datetime import date, datetime, timedelta

from postroad.accounts.models import User
from postroad.delivery import codes, custody, promises, stops, tracking
from postroad.delivery.custody import Noted, Scan
from postroad.delivery.models import (
    Carrier,
    Container,
    CustodyStep,
    How,
    Parcel,
    Purpose,
    Via,
)
from postroad.directory.models import Library


def make(
    *,
    from_library: Library,
    to_library: Library,
    item_barcode: str,
    title: str,
    ref: str,
    at: datetime,
    by: User | None,
    purpose: Purpose = Purpose.OTHER,
    item_library: Library | None = None,
    via: Via | None = None,
    tracking_number: str = "",
    need_by: date | None = None,
    expected_on: date | None = None,
    send_to: str = "",
) -> Parcel:
    """A parcel stands ready at its sender, with its way and its days as `promises.first` has them.

    `expected_on` is the day that a sender by mail has named.
    """
    parcel = Parcel(
        number=codes.new_number(),
        from_library=from_library,
        to_library=to_library,
        purpose=purpose,
        item_library=item_library,
        item_barcode=item_barcode,
        title=title[:300],
        ref=ref,
        need_by=need_by,
        carrier=carrier_of(tracking_number),
        tracking_number=tracking.tidy(tracking_number),
        made_at=at,
        expected_on=expected_on,
        send_to=send_to,
    )
    promises.first(parcel, via)
    custody.begin(parcel, by=by)
    return parcel


def carrier_of(tracking_number: str) -> str:
    """The only carrier that the number can belong to; "" if it can be nobody's or several's."""
    found = tracking.candidates(tracking_number)
    return Carrier(found[0].value) if len(found) == 1 else ""


def readdress(parcel: Parcel, was: Library, now: Library) -> None:
    """The library at one end was mistaken for another. It is where it is; its name was wrong."""
    ends = ("from_library", "to_library", "item_library", "last_library")
    wrong = [end for end in ends if getattr(parcel, f"{end}_id") == was.pk]
    for end in wrong:
        setattr(parcel, end, now)
    parcel.save(update_fields=wrong)


def send_on(parcel: Parcel, to: Library, *, at: datetime) -> bool:
    """It goes to another library than it was made for, wherever it is by now; whether the van stops
    there. Its days are reckoned anew."""
    known = stops.calendars((parcel.from_library_id, to.pk), (at - timedelta(days=2)).date())
    if to.pk not in known:
        return False
    parcel.to_library = to
    promises.set_days(parcel, known, at)
    days = [*promises.FORECAST, "late_at", "due_at"]
    parcel.save(update_fields=["to_library", *days])
    return True


def pick_up(
    parcel: Parcel,
    *,
    by: User | None,
    at: datetime,
    key: str = "",
    library: Library | None = None,
    holder: str = "",
    noted_at: datetime | None = None,
    how: How = How.SCANNED,
) -> Noted:
    """The van took it, at its sender unless another library is named."""
    place = library.pk if library else parcel.from_library_id
    scan = Scan(CustodyStep.PICKED_UP, at, by, place, key, holder, how, noted_at=noted_at)
    noted = custody.note(parcel, scan)
    return _promised_anew(noted, parcel, CustodyStep.PICKED_UP, at)


def _promised_anew(noted: Noted, parcel: Parcel, step: CustodyStep, at: datetime) -> Noted:
    if not noted.again and promises.wants_new_day(parcel, step, at):
        promises.expect_again(parcel, at)
    return noted


def load(parcel: Parcel, *, holder: str, by: User | None, at: datetime, key: str = "") -> Noted:
    """It left a hub on a route."""
    return custody.note(parcel, Scan(CustodyStep.PICKED_UP, at, by, None, key, holder))


def sort(
    parcel: Parcel,
    *,
    holder: str,
    by: User | None,
    at: datetime,
    into: Container | None = None,
    key: str = "",
) -> Noted:
    """A hub has it in hand: into a bin or bag, or out of one if none is named."""
    container = into.pk if into else None
    scan = Scan(CustodyStep.SORTED, at, by, None, key, holder, container=container)
    return custody.note(parcel, scan)


def hold(parcel: Parcel, *, holder: str, by: User | None, at: datetime, key: str = "") -> Noted:
    """It stays at the hub until it is released."""
    return custody.note(parcel, Scan(CustodyStep.HELD, at, by, None, key, holder))


def release(parcel: Parcel, *, holder: str, by: User | None, at: datetime, key: str = "") -> Noted:
    """It goes on from the hub that kept it."""
    noted = custody.note(parcel, Scan(CustodyStep.RELEASED, at, by, None, key, holder))
    return _promised_anew(noted, parcel, CustodyStep.RELEASED, at)


def found(parcel: Parcel, *, holder: str, by: User | None, at: datetime, key: str = "") -> Noted:
    """It was lying at a hub, and nobody had scanned it there. What was given up stays so: whose it
    is decides that."""
    return custody.note(parcel, Scan(CustodyStep.FOUND, at, by, None, key, holder))


def misroute(parcel: Parcel, *, holder: str, by: User | None, at: datetime, key: str = "") -> Noted:
    """It came to a hub at which it has no business, and is sent on from there."""
    return custody.note(parcel, Scan(CustodyStep.MISROUTED, at, by, None, key, holder))


def damaged(parcel: Parcel, *, holder: str, by: User | None, at: datetime, key: str = "") -> Noted:
    """A hub saw that it is damaged. It goes on all the same."""
    return custody.note(parcel, Scan(CustodyStep.DAMAGED, at, by, None, key, holder))


def drop(
    parcel: Parcel,
    *,
    library: Library,
    by: User | None,
    at: datetime,
    key: str = "",
    holder: str = "",
    noted_at: datetime | None = None,
) -> Noted:
    """The van left it at a library, be it the right one or not."""
    return custody.note(
        parcel, Scan(CustodyStep.DROPPED, at, by, library.pk, key, holder, noted_at=noted_at)
    )


def receive(
    parcel: Parcel,
    *,
    library: Library,
    by: User | None,
    at: datetime,
    key: str = "",
    how: How = How.SCANNED,
) -> Noted:
    """A library has it in hand. At its destination, or back at its sender, that ends the parcel."""
    return custody.note(parcel, Scan(CustodyStep.RECEIVED, at, by, library.pk, key, how=how))


def cancel(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """The sender keeps it after all; refused once the van has it."""
    scan = Scan(CustodyStep.CANCELLED, at, by, parcel.from_library_id, how=How.DECLARED)
    return custody.note(parcel, scan)


def give_up(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """It is lost on the way: nobody looks for it any more."""
    scan = Scan(CustodyStep.LOST, at, by, parcel.from_library_id, how=How.DECLARED)
    return custody.note(parcel, scan)


def undo_give_up(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """It is looked for again."""
    return custody.undo_step(parcel, CustodyStep.LOST, by=by, at=at)


def unreceive(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """It was not received after all."""
    return custody.undo_step(parcel, CustodyStep.RECEIVED, by=by, at=at)


def uncancel(parcel: Parcel, *, by: User | None, at: datetime) -> Noted:
    """It goes after all."""
    return custody.undo_step(parcel, CustodyStep.CANCELLED, by=by, at=at)
