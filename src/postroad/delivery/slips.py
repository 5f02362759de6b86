"""The slips that travel on parcels: gathered from the tables, printed, and their printing counted.

The second printing of a slip says COPY.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import F
from django.utils import timezone

from postroad.delivery import contractors, ri_codes, routing, slip_drawing, slip_facts
from postroad.delivery.bars import Symbology
from postroad.delivery.models import Parcel, Purpose, SlipChoice, Via
from postroad.delivery.routing import Carried, Place
from postroad.delivery.slip_facts import Layout, SlipFacts
from postroad.directory.models import Address as Postal
from postroad.directory.models import Library, State
from postroad.errors import Refusal


class NothingToPrint(Refusal):
    """No parcel was chosen."""

    code = "nothing-to-print"


def slips(facts: Iterable[SlipFacts], layout: Layout = Layout.SHEET) -> bytes:
    """These slips and those for their way home, as PDF."""
    if not (addressed := slip_facts.addressed(facts)):
        raise NothingToPrint
    return slip_drawing.draw(addressed, layout)


def print_slips(parcels: Sequence[Parcel], layout: Layout = Layout.SHEET) -> bytes:
    """The slips of these parcels, in four queries, and the printing is counted."""
    printed = slips(facts_of(parcels), layout)
    Parcel.objects.filter(pk__in=[parcel.pk for parcel in parcels]).update(
        printings=F("printings") + 1
    )
    return printed


@dataclass(frozen=True, slots=True)
class Bare:
    """A thing of which no parcel is followed."""

    receiver: Library
    item: str = ""  # its own barcode, by which the sorter may know it
    title: str = ""


def print_bare(sender: Library, things: Sequence[Bare], layout: Layout = Layout.SHEET) -> bytes:
    """The slips of what goes home though no parcel of ours follows it."""
    known, choice = places({sender.pk, *(each.receiver.pk for each in things)}), choice_of(sender)
    here = known[sender.pk]
    mailed = [key for key, place in known.items() if not place.route]
    for library in Library.objects.filter(pk__in=mailed).prefetch_related("addresses"):
        if written := library.address_for(*Postal.TO_RETURN):
            known[library.pk] = replace(known[library.pk], lines=tuple(written.written))
    found = []
    for each in things:
        there = known[each.receiver.pk]
        by = routing.carried(here, there)
        if by is Carried.DELIVERY:
            there = replace(there, lines=())
        facts = SlipFacts("", here, there, title=each.title, by=by, item=each.item)
        found.append(replace(facts, symbology=Symbology(choice.symbology)))
    return slips(found, layout)


def facts_of(parcels: Sequence[Parcel]) -> list[SlipFacts]:
    ends = {end for parcel in parcels for end in (parcel.from_library_id, parcel.to_library_id)}
    known, written, choices = places(ends), postal(parcels), choices_of(ends)
    today = timezone.localdate()
    found = []
    for parcel in parcels:
        choice = choices.get(parcel.from_library_id) or SlipChoice()
        ways = {
            end: replace(
                known[library].on(parcel.expected_on or today),
                lines=written.get((parcel.number, end), ()),
            )
            for end, library in (("from", parcel.from_library_id), ("to", parcel.to_library_id))
        }
        found.append(
            SlipFacts(
                number=parcel.number,
                sender=ways["from"],
                receiver=ways["to"],
                ref=parcel.ref,
                title=parcel.title,
                need_by=parcel.need_by,
                by=Carried(parcel.via),
                copy=parcel.printings > 0,
                lent=parcel.purpose == Purpose.LOAN,
                item=parcel.item_barcode if choice.item_barcode else "",
                symbology=Symbology(choice.symbology),
            )
        )
    return found


def choice_of(library: Library) -> SlipChoice:
    """How it has its slips; as usual, where it never chose. Not saved by this."""
    return choices_of([library.pk]).get(library.pk) or SlipChoice(library=library)


def choices_of(libraries: Collection[int]) -> dict[int, SlipChoice]:
    return {each.library_id: each for each in SlipChoice.objects.filter(library__in=libraries)}


def postal(parcels: Iterable[Parcel]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The addresses of both ends of each that goes by mail, as far as they are known."""
    mailed = [parcel for parcel in parcels if parcel.via == Via.MAIL]
    if not mailed:
        return {}
    ends = {end for each in mailed for end in (each.from_library_id, each.to_library_id)}
    rows = Library.objects.filter(pk__in=ends).prefetch_related("addresses").order_by()
    known = {each.pk: each for each in rows}
    found = {}
    for parcel in mailed:
        # What comes back goes to the desk for that, where a library has one.
        to = Postal.TO_RETURN if parcel.purpose == Purpose.RETURN else Postal.TO_SEND
        found[parcel.number, "to"] = known[parcel.to_library_id].address_for(*to)
        found[parcel.number, "from"] = known[parcel.from_library_id].address_for(*Postal.TO_SEND)
    own = {(each.number, "to"): tuple(each.send_to.splitlines()) for each in mailed if each.send_to}
    return {key: tuple(each.written) for key, each in found.items() if each} | own


def places(libraries: Iterable[int]) -> dict[int, Place]:
    """What slips must know of these libraries today, in two queries; one more for Rhode Island's.
    What they bear on a later day is in them (`Place.on`)."""
    wanted, today = set(libraries), timezone.localdate()
    served = contractors.on_slips(wanted)
    rows = list(Library.objects.filter(pk__in=wanted).order_by())
    coded = {each.delivery_code for each in rows if each.state == State.RHODE_ISLAND}
    troubles = ri_codes.troubles(coded - {""}, today) if coded - {""} else {}
    clearinghouse = ri_codes.clearinghouse(today) if "" in coded else ""
    return {
        library.pk: Place(
            name=library.name,
            town=library.town,
            state=library.state,
            route=served[library.pk].route if library.pk in served else "",
            letter=served[library.pk].letter if library.pk in served else "",
            word=served[library.pk].word if library.pk in served else "",
            later=served[library.pk].later if library.pk in served else None,
            delivery_code=library.delivery_code,
            code_trouble=troubles.get(library.delivery_code),
            clearinghouse=clearinghouse,
        ).on(today)
        for library in rows
    }
