"""The numbers of other systems on a request: written down, mended, taken off, put back.

A Clio ID is of the request, and of one request only. An ILL number is of one attempt; several
requests may bear the same, as copies for one book club do, so that is told and not refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import IntegrityError, transaction

from postroad.errors import Refusal
from postroad.ill import spelling
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Verb
from postroad.ill.models import OF_THE_REQUEST, MovedMeanwhile, Number, Request, Supply, System

# By which system's number an outside lender's attempt is known, by how it was asked.
ASKED_THROUGH: Mapping[str, System] = {
    "OCLC WorldShare": System.OCLC,
    "Docline": System.DOCLINE,
    "RapidILL": System.RAPID,
}


class NotANumber(Refusal):
    """It has no digit, is too long, or has words in it."""

    code = "not-an-ill-number"


class NumberTaken(Refusal):
    """This Clio ID stands on another request."""

    code = "ill-number-taken"


class OneIsThere(Refusal):
    """There is a number of this system already; it is to be mended, or taken off first."""

    code = "ill-number-there"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose number it is: of a request (Clio), or of one of its attempts."""

    system: System
    supply: Supply | None = None

    def __post_init__(self) -> None:
        if (self.system in OF_THE_REQUEST) != (self.supply is None):
            raise ValueError("an ILL number is of an attempt, a Clio ID of the request")


@transaction.atomic
def enter(
    ill: Request,
    place: Place,
    typed: str,
    act: Act,
) -> Number:
    """Another system's number of this request was found out. The same twice is once."""
    value = read(typed)
    _lock(ill)
    there = next(iter(_at(ill, place, value)), None)
    if there is not None and there.value == value:
        return there
    if there is not None:
        raise OneIsThere(system=place.system.label, number=there.typed, ref=ill.ref)
    number = _write(ill, place, typed, value, act)
    _tell(number, Verb.NUMBER_ENTERED, ill, act)
    return number


@transaction.atomic
def mend(
    number: Number,
    place: Place,
    typed: str,
    act: Act,
    *,
    seen: str,
) -> Number:
    """It was mistyped, or is of another system. `seen` is what stood there on the page.

    Raises MovedMeanwhile if that is no longer so.
    """
    ill = number.request
    value = read(typed)
    number = _fresh(number, seen)
    before = _facts(number)
    if (number.system, number.supply_id, number.typed) == (
        place.system,
        place.supply.pk if place.supply else None,
        typed,
    ):
        return number
    others = [each for each in _at(ill, place, value) if each.pk != number.pk]
    if others:
        raise OneIsThere(system=place.system.label, number=others[0].typed, ref=ill.ref)
    number.system, number.supply, number.value, number.typed = (
        place.system,
        place.supply,
        value,
        typed,
    )
    number.entered_by, number.at = _name(act), act.at
    _save(number)
    _tell(number, Verb.NUMBER_CORRECTED, ill, act, before=before)
    return number


@transaction.atomic
def take_off(number: Number, act: Act, *, seen: str) -> Number:
    """It is not this request's. It can be put back."""
    ill = number.request
    number = _fresh(number, seen)
    number.off_at = act.at
    number.save(update_fields=["off_at"])
    _tell(number, Verb.NUMBER_TAKEN_OFF, ill, act)
    return number


@transaction.atomic
def put_back(number: Number, act: Act) -> Number:
    """It was right after all."""
    ill = number.request
    _lock(ill)
    number.refresh_from_db()
    number.request = ill
    if number.off_at is None:
        return number
    place = Place(System(number.system), number.supply)
    if others := _at(ill, place, number.value):
        raise OneIsThere(system=place.system.label, number=others[0].typed, ref=ill.ref)
    number.off_at = None
    _save(number)
    _tell(number, Verb.NUMBER_PUT_BACK, ill, act)
    return number


def write(supply: Supply, system: str, typed: str, act: Act) -> None:
    """The ILL number of an outside lender's attempt as it stands now; none takes it off.

    Without an event: whoever asks a lender, or corrects that, tells the number with it.
    """
    place = Place(ASKED_THROUGH.get(system, System.LENDER), supply)
    there = of_lender(supply)
    if not typed:
        if there is not None:
            Number.objects.filter(pk=there.pk).update(off_at=act.at)
        return
    value = read(typed)
    others = [each for each in _at(supply.request, place, value) if there is None or each != there]
    if others:
        raise OneIsThere(system=place.system.label, number=others[0].typed, ref=supply.request.ref)
    if there is None:
        _write(supply.request, place, typed, value, act)
        return
    there.system, there.value, there.typed = place.system, value, typed
    there.entered_by, there.at = _name(act), act.at
    _save(there)


def of_lender(supply: Supply) -> Number | None:
    """The number under which an outside lender was asked: of the system it was asked through."""
    system = ASKED_THROUGH.get(supply.outside_system, System.LENDER)
    return Number.objects.standing().filter(supply=supply, system=system).first()


def read(typed: str) -> str:
    """The number as it is compared."""
    spelled = spelling.read(typed)
    if not spelled.value or not spelled.whole or len(typed) > spelling.AS_TYPED:
        raise NotANumber(number=typed[: spelling.LONGEST])
    return spelled.value


def also_on(numbers: Iterable[Number]) -> list[Request]:
    """Other open requests that bear one of these numbers: rightly, or by a slip of the hand."""
    refs: dict[int, Request] = {}
    for number in numbers:
        same = Number.objects.standing().filter(system=number.system, value=number.value)
        others = same.exclude(request=number.request_id).filter(request__closed_at=None)
        refs |= {each.request_id: each.request for each in others.select_related("request")}
    return list(refs.values())


def _at(ill: Request, place: Place, value: str) -> list[Number]:
    """What stands where this number would: of other systems a request may have several."""
    standing = Number.objects.standing().filter(request=ill, system=place.system)
    standing = standing.filter(supply=place.supply)
    return list(standing.filter(value=value) if place.system == System.OTHER else standing)


def _lock(ill: Request) -> None:
    """Who writes numbers of one request does so in turn."""
    Request.objects.select_for_update().only("pk").get(pk=ill.pk)


def _fresh(number: Number, seen: str) -> Number:
    """As it is now, if that is what was seen."""
    ill = number.request
    _lock(ill)
    now = Number.objects.standing().filter(pk=number.pk, typed=seen).first()
    if now is None:
        raise MovedMeanwhile(ref=ill.ref, verb=Verb.NUMBER_CORRECTED)
    now.request = ill
    return now


def _write(ill: Request, place: Place, typed: str, value: str, act: Act) -> Number:
    number = Number(
        request=ill,
        supply=place.supply,
        system=place.system,
        value=value,
        typed=typed,
        entered_by=_name(act),
        at=act.at,
    )
    _save(number)
    return number


def _save(number: Number) -> None:
    try:
        with transaction.atomic():
            number.save()
    except IntegrityError:
        holder = Number.objects.standing().filter(system=number.system, value=number.value)
        taken = holder.exclude(request=number.request_id).select_related("request").first()
        if taken is None:
            raise
        raise NumberTaken(
            system=System(number.system).label, number=number.typed, ref=taken.request.ref
        ) from None


def _name(act: Act) -> str:
    return str(act.by) if act.by is not None else ""


def _facts(number: Number) -> dict[str, str]:
    lender = number.supply.lender_name if number.supply else ""
    return {"of": number.system, "number": number.typed, "lender": lender}


def _tell(
    number: Number,
    verb: Verb,
    ill: Request,
    act: Act,
    *,
    before: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """It moves no state and no clock, and nobody but the history hears of it."""
    was = {f"was_{name}": fact for name, fact in before.items()}
    ill.write_down(verb, act, supply=number.supply, said={**_facts(number), **was})
