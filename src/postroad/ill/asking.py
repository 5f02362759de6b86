"""Asking for a title, and changing what was asked while nothing has been shipped."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from postroad.accounts.models import Card, User
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.directory import closures, thresholds
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import asked_before, clocks, materials, prospects, referral, volumes
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Service, State, Verb, Wish
from postroad.ill.models import Event, MovedMeanwhile, Request, Supply, question
from postroad.ill.wanted import NOT_LENT, THIS_ONE, Acceptable, Wanted

SOON = timedelta(days=2)


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


class NeedByClosed(NeedByTooSoon):
    """Nobody is at work by that day, so nobody can send a file either."""

    code = "need-by-closed"


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


class NotCited(CannotAsk):
    """What was told of a thing that no catalog lists is not enough, or cannot be."""

    code = "not-cited"


class Unacceptable(CannotAsk):
    """What else would do was said in no way that we know: a language, a format, a cost."""

    code = "unacceptable"


def ask(
    record: Record,
    act: Act,
    *,
    patron: User,
    library: Library,
    need_by: date | None = None,
    note: str = "",
    note_for_lender: str = "",
    acceptable: Acceptable = THIS_ONE,
    volume: str = "",
    insists: bool = False,
    key: UUID | None = None,
) -> Request:
    """A patron asks for a title, to be fetched at `library`, which then answers for the loan.

    Of a title in several volumes, `volume` says which, or is a word of `volumes`.

    `key` names the form that was sent: a second press gives the first request again. What is on
    her own shelf, or asked for already, is refused unless she `insists`; then staff will look. So
    is a need-by day that nobody can keep.
    """
    wanted = Wanted(
        patron, library, record, None, need_by, note, note_for_lender, acceptable, insists, key
    )
    return _ask(replace(wanted, volume=volume), act)


def ask_blank(wanted: Wanted, act: Act) -> Request:
    """A patron asks for what no catalog lists, or for a copy of a part, by what she knows of it;
    limits, blocks and keys are those of `ask`. Raises NotCited with the `troubles` of each
    field."""
    citation = wanted.citation
    assert citation is not None  # what is wanted by its record is for `ask`
    citation = materials.tidied(citation.material, citation.said, citation.format)
    this_year = wanted.library.day_of(act.at).year
    if troubles := materials.troubles(citation, this_year):
        raise NotCited(troubles=troubles, material=citation.material)
    if citation.as_format not in citation.sheet.formats:
        raise Unacceptable(what=citation.as_format)
    record = wanted.record if citation.service == Service.COPY else None
    return _ask(replace(wanted, record=record, citation=citation), act)


def _ask(wanted: Wanted, act: Act) -> Request:
    """Write it once, if it may be asked."""
    key = wanted.key  # hers: no other's form is hit by a guess
    wanted = replace(wanted, key=uuid5(key, str(wanted.patron.pk)) if key else None)
    if first := _first_press(wanted.key):
        return first
    _may_ask(wanted, act.at)
    try:
        with transaction.atomic():
            return _write(wanted, act)
    except IntegrityError:
        if first := _first_press(wanted.key):
            return first
        raise


def _first_press(key: UUID | None) -> Request | None:
    return Request.objects.filter(key=key).first() if key else None


def _may_ask(wanted: Wanted, at: datetime) -> None:
    record, library, need_by = wanted.record, wanted.library, wanted.need_by
    homes = Card.objects.filter(user=wanted.patron).values_list("library", flat=True)
    if not homes:
        raise NoCard
    is_copy = wanted.service == Service.COPY
    if record is not None and record.format in NOT_LENT and not is_copy:
        raise NotLent(format=record.format)
    if wanted.acceptable.mistaken:
        raise Unacceptable
    if need_by is not None and need_by < library.day_of(at):
        raise NeedByPassed(need_by=need_by)
    if wanted.insists:
        return
    if asked := asked_before.request(wanted):
        raise AlreadyAsked(ref=asked.ref)
    if is_copy:  # what is on her own shelf can be copied there, and a file waits for no van
        _is_at_work_by(need_by, library, at)
        return
    if record is not None and (copy := own_copy(record.pk, {*homes, library.pk}, wanted.volume)):
        raise OnYourShelf(
            library=copy.library.name, call_number=copy.call_number, location=copy.location
        )
    if need_by is not None:
        _can_be_kept(need_by, record, library, at)


def _is_at_work_by(need_by: date | None, library: Library, at: datetime) -> None:
    """A file needs somebody at a desk. Her own library's days stand for those of the others: what
    closes all closes it too."""
    if need_by is None:
        return
    today = library.day_of(at)
    desk = closures.calendar(library, today)
    first_day = desk.next_open(today) if desk.known else None
    if first_day is not None and need_by < first_day:
        raise NeedByClosed(need_by=need_by, first_day=first_day)


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


@dataclass(frozen=True, slots=True)
class Terms:
    """What of a request may be changed until it is shipped."""

    need_by: date | None
    library: Library
    note: str
    note_for_lender: str
    acceptable: Acceptable

    @classmethod
    def of(cls, ill: Request) -> "Terms":
        return cls(ill.need_by, ill.library, ill.note, ill.note_for_lender, Acceptable.of(ill))

    def columns(self) -> dict[str, object]:
        return {
            "need_by": self.need_by,
            "library": self.library,
            "note": self.note,
            "note_for_lender": self.note_for_lender,
            **self.acceptable.columns(),
        }


@transaction.atomic
def amend(
    ill: Request,
    act: Act,
    *,
    need_by: date | None,
    library: Library,
    note: str,
    note_for_lender: str | None = None,
    acceptable: Acceptable | None = None,
    insists: bool = False,
) -> Event | None:
    """Change until when it is needed, where it is fetched, what else would do, or a note: as long
    as nothing was shipped. What is not given stays. Nothing is written where nothing changes; a day
    that nobody can keep is refused, unless somebody `insists`."""
    ill.refuse_out_of_turn(Verb.AMEND)
    was = Terms.of(ill)
    for_lender = was.note_for_lender if note_for_lender is None else note_for_lender
    terms = Terms(need_by, library, note, for_lender, acceptable or was.acceptable)
    if terms.acceptable.mistaken:
        raise Unacceptable
    if _stands_so(ill, was, terms):
        return None
    moved = library.pk != ill.library_id
    held = ill.supply if ill.state == State.REFERRED else None
    if moved and held is not None and held.lender_id == library.pk:
        raise PickUpIsLender(library=library.name)
    if need_by is not None and (moved or need_by != was.need_by):
        _may_be_needed_by(need_by, ill, library, act.at, insists=insists)
    change = terms.columns()
    if not moved:
        change["due_at"] = ill.due_at  # whose turn it is has no more time for it
    event = ill.move(Verb.AMEND, act, change=change, said=_amended(was, terms))
    if moved:
        question.follow(ill)
    if moved and held is not None:
        _expect_at(library, held, ill, act.at)
    return event


def _may_be_needed_by(
    need_by: date, ill: Request, library: Library, at: datetime, *, insists: bool
) -> None:
    """Another day, or the same one at another library, goes by the rules by which it is asked."""
    if need_by < library.day_of(at):
        raise NeedByPassed(need_by=need_by)
    if insists:
        return
    if ill.is_copy:  # a file waits for no van
        _is_at_work_by(need_by, library, at)
    else:
        in_hand = ill.state == State.REFERRED and ill.supply is not None
        _can_be_kept(need_by, ill.record, library, at, None if in_hand else ill)


def _amended(was: Terms, now: Terms) -> dict[str, Any]:
    """What is otherwise now, for the history."""
    said: dict[str, Any] = {}
    if now.need_by != was.need_by:
        said["need_by"] = now.need_by.isoformat() if now.need_by else None
    if now.library.pk != was.library.pk:
        said["library"] = now.library.name
    if now.acceptable != was.acceptable:
        said["acceptable"] = True
    return said


def _stands_so(ill: Request, was: Terms, terms: Terms) -> bool:
    """Whether it is so already: nothing is new, or another hand made the same change just before.

    Raises MovedMeanwhile if somebody made another one.
    """
    columns = (*(name for name in terms.columns() if name != "library"), "library_id")
    row = Request.objects.select_for_update(no_key=True).filter(pk=ill.pk)
    stands = row.values(*columns).get()

    def kept(of: Terms) -> dict[str, object]:
        facts = of.columns()
        facts.pop("library")
        return {**facts, "library_id": of.library.pk}

    if stands == kept(terms):
        return True
    if stands != kept(was):
        raise MovedMeanwhile(ref=ill.ref, verb=Verb.AMEND)
    return False


def _expect_at(library: Library, supply: Supply, ill: Request, at: datetime) -> None:
    """Say anew when the van could bring it, to another library than it was chosen for."""
    found = prospects.gather(ill.record, library, at)
    arrives = (each.arrives for each in found if each.code == supply.lender.code)
    supply.expected_on = next(arrives, None)
    supply.save(update_fields=["expected_on"])


def own_copy(record: int, libraries: Collection[int], volume: str = "") -> Item | None:
    """A copy of what is wanted that is in at one of these libraries, if any; by their keys."""
    there = Item.objects.filter(record=record, library__in=libraries, status=ItemStatus.IN)
    return volumes.first_that_fits(there, volume) if volume else there.first()


def _write(wanted: Wanted, act: Act) -> Request:
    running = clocks.of_wish(Wish.ASKED, act.at, borrower=wanted.library)
    ill = Request(
        patron=wanted.patron,
        library=wanted.library,
        record=wanted.record,
        **described(wanted),
        need_by=wanted.need_by,
        volume=wanted.volume,
        note=wanted.note,
        note_for_lender=wanted.note_for_lender,
        **wanted.acceptable.columns(),
        insists=wanted.insists,
        service=wanted.service,
        rush=wanted.service == Service.COPY and _is_rush(wanted, act.at),
        key=wanted.key,
        asked_at=act.at,
        owner=running.owner,
        due_at=running.due_at,
        turn_since=act.at,
        turn_until=running.due_at,
    )
    ill.save()
    ill.write_down(Verb.ASK, act)
    return ill


def _is_rush(wanted: Wanted, at: datetime) -> bool:
    """Whether it is asked for as such, or needed before a copy usually comes."""
    if wanted.need_by is None:
        return wanted.rush
    return wanted.rush or wanted.need_by - wanted.library.day_of(at) <= SOON


def described(wanted: Wanted) -> Mapping[str, Any]:
    """The thing itself, as the request keeps it: as its record says, or as its reader does."""
    if wanted.citation is None:
        assert wanted.record is not None  # one of the two is what she wants
        return of_record(wanted.record)
    return {**of_citation(wanted.citation), "citation": wanted.citation.written()}


def of_record(record: Record) -> Mapping[str, Any]:
    return {
        "title": record.title,
        "author": record.author,
        "year": record.year,
        "format": record.format,
    }


def of_citation(citation: materials.Citation) -> Mapping[str, Any]:
    return {
        "title": citation.title,
        "author": citation.of(materials.Field.AUTHOR),
        "year": citation.year,
        "format": citation.as_format,
    }
