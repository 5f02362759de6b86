"""Asking for a title, and changing what was asked while nothing has been shipped."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from postroad.accounts.models import Card, User
from postroad.catalogue.models import Format, Item, ItemStatus, Record
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import clocks, prospects, referral
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State, Verb, Wish
from postroad.ill.models import Event, MovedMeanwhile, Request, Supply

# What is asked for as a copy or opened on a screen: no library puts it into a parcel.
NOT_LENT = frozenset({Format.SERIAL.value, Format.ERESOURCE.value})


class CannotAsk(Refusal):
    """Asking was refused; nothing was written."""


class NoCard(CannotAsk):
    """Only somebody with a library card can ask."""

    code = "no-card"


class NeedByPassed(CannotAsk):
    """The need-by day lies in the past."""

    code = "need-by-passed"


class NeedByTooSoon(CannotAsk):
    """No member library could bring it by the need-by day."""

    code = "need-by-too-soon"


class NeedByFarAway(NeedByTooSoon):
    """No member library could bring it at all now, and what comes by mail takes longer."""

    code = "need-by-far-away"


class PickUpIsLender(CannotAsk):
    """The library that was asked to send it cannot be the one where it is fetched."""

    code = "pick-up-is-lender"


class AlreadyAsked(CannotAsk):
    """The same patron has an open request for the same title."""

    code = "already-asked"


class NotLent(CannotAsk):
    """No library lends a thing of this format: it is read where it is, or on a screen."""

    code = "not-lent"


class OnYourShelf(CannotAsk):
    """A copy is in at the patron's own library or where she would fetch it."""

    code = "on-your-shelf"


def ask(
    record: Record,
    act: Act,
    *,
    patron: User,
    library: Library,
    need_by: date | None = None,
    note: str = "",
    insists: bool = False,
    key: UUID | None = None,
) -> Request:
    """A patron asks for a title, to be fetched at `library`, which then answers for the loan.

    `key` names the form that was sent: a second press gives the first request again. What is on
    her own shelf, or asked for already, is refused unless she `insists`; then staff will look. So
    is a need-by day that nobody can keep.
    """
    key = uuid5(key, str(patron.pk)) if key else None  # hers: no other's form is hit by a guess
    if first := _first_press(key):
        return first
    _may_ask(record, patron, library, act.at, need_by, insists)
    try:
        with transaction.atomic():
            return _write(record, act, patron, library, need_by, note, insists, key)
    except IntegrityError:
        if first := _first_press(key):
            return first
        raise


def _first_press(key: UUID | None) -> Request | None:
    return Request.objects.filter(key=key).first() if key else None


def _may_ask(
    record: Record,
    patron: User,
    library: Library,
    at: datetime,
    need_by: date | None,
    insists: bool,
) -> None:
    homes = Card.objects.filter(user=patron).values_list("library", flat=True)
    if not homes:
        raise NoCard
    if record.format in NOT_LENT:
        raise NotLent(format=record.format)
    if need_by is not None and need_by < library.day_of(at):
        raise NeedByPassed(need_by=need_by)
    if insists:
        return
    if asked := already_asked(record, patron):
        raise AlreadyAsked(ref=asked.ref)
    if copy := own_copy(record.pk, {*homes, library.pk}):
        raise OnYourShelf(
            library=copy.library.name, call_number=copy.call_number, location=copy.location
        )
    if need_by is not None:
        _can_be_kept(need_by, record, library, at)


def _can_be_kept(
    need_by: date, record: Record | None, library: Library, at: datetime, ill: Request | None = None
) -> None:
    """Refuse a need-by day before the first on which it could be there, and say which that is."""
    soonest, today = referral.soonest(record, library, at, ill), library.day_of(at)
    if soonest is not None and need_by < soonest:
        raise NeedByTooSoon(need_by=need_by, first_day=soonest)
    by_mail = timedelta(days=thresholds.days("mail-late", on=today, library=library))
    if soonest is None and need_by < today + by_mail:
        raise NeedByFarAway(need_by=need_by, first_day=today + by_mail)


@transaction.atomic
def amend(
    ill: Request,
    act: Act,
    *,
    need_by: date | None,
    library: Library,
    note: str,
    insists: bool = False,
) -> Event | None:
    """Change until when it is needed, where it is fetched, or the note: as long as nothing was
    shipped. Nothing is written where nothing changes; a day that nobody can keep is refused, unless
    somebody `insists`."""
    ill.refuse_out_of_turn(Verb.AMEND)
    if _stands_so(ill, need_by, library, note):
        return None
    moved, later = library.pk != ill.library_id, need_by != ill.need_by
    held = ill.supply if ill.state == State.REFERRED else None
    if moved and held is not None and held.lender_id == library.pk:
        raise PickUpIsLender(library=library.name)
    if need_by is not None and (moved or later):
        if need_by < library.day_of(act.at):
            raise NeedByPassed(need_by=need_by)
        if not insists:
            _can_be_kept(need_by, ill.record, library, act.at, ill if held is None else None)
    change: dict[str, object] = {"need_by": need_by, "library": library, "note": note}
    if not moved:
        change["due_at"] = ill.due_at  # whose turn it is has no more time for it
    said = _amended(need_by, library if moved else None, later)
    event = ill.move(Verb.AMEND, act, change=change, said=said)
    if moved and held is not None:
        _expect_at(library, held, ill, act.at)
    return event


def _amended(need_by: date | None, library: Library | None, later: bool) -> dict[str, str | None]:
    """What is otherwise now, for the history."""
    said: dict[str, str | None] = {}
    if later:
        said["need_by"] = need_by.isoformat() if need_by else None
    if library is not None:
        said["library"] = library.name
    return said


def _stands_so(ill: Request, need_by: date | None, library: Library, note: str) -> bool:
    """Whether it is so already: nothing is new, or another hand made the same change just before.

    Raises MovedMeanwhile if somebody made another one.
    """
    row = Request.objects.select_for_update(no_key=True).filter(pk=ill.pk)
    stands = row.values_list("need_by", "library", "note").get()
    if stands == (need_by, library.pk, note):
        return True
    if stands != (ill.need_by, ill.library_id, ill.note):
        raise MovedMeanwhile(ref=ill.ref, verb=Verb.AMEND)
    return False


def _expect_at(library: Library, supply: Supply, ill: Request, at: datetime) -> None:
    """Say anew when the van could bring it, to another library than it was chosen for."""
    found = prospects.gather(ill.record, library, at)
    arrives = (each.arrives for each in found if each.code == supply.lender.code)
    supply.expected_on = next(arrives, None)
    supply.save(update_fields=["expected_on"])


def already_asked(record: Record, patron: User) -> Request | None:
    """The patron's request for this title that she waits for or has at home, if any."""
    return Request.objects.outstanding().of(patron).filter(record=record).first()


def own_copy(record: int, libraries: Collection[int]) -> Item | None:
    """A copy that is in at one of these libraries, if any; by their keys."""
    return Item.objects.filter(record=record, library__in=libraries, status=ItemStatus.IN).first()


def _write(
    record: Record,
    act: Act,
    patron: User,
    library: Library,
    need_by: date | None,
    note: str,
    insists: bool,
    key: UUID | None,
) -> Request:
    running = clocks.of_wish(Wish.ASKED, act.at, borrower=library)
    ill = Request(
        patron=patron,
        library=library,
        record=record,
        title=record.title,
        author=record.author,
        year=record.year,
        format=record.format,
        need_by=need_by,
        note=note,
        insists=insists,
        key=key,
        asked_at=act.at,
        owner=running.owner,
        due_at=running.due_at,
    )
    ill.save()
    ill.write_down(Verb.ASK, act)
    return ill
