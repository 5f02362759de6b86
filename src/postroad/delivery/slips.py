"""The slips that travel on parcels: gathered from the tables, printed, and their printing counted.

The second printing of a slip says COPY.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import F

from postroad.delivery import slip_drawing, slip_facts
from postroad.delivery.models import Parcel, Purpose, Stop, Via
from postroad.delivery.routing import Carried, Place
from postroad.delivery.slip_facts import Layout, SlipFacts
from postroad.directory.models import Address as Postal
from postroad.directory.models import Library
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
    """The slips of these parcels, in three queries, and the printing is counted."""
    printed = slips(facts_of(parcels), layout)
    Parcel.objects.filter(pk__in=[parcel.pk for parcel in parcels]).update(
        printings=F("printings") + 1
    )
    return printed


def print_bare(sender: Library, receiver: Library, layout: Layout = Layout.SHEET) -> bytes:
    """The slip of something that goes home though no parcel of ours follows it."""
    known = places({sender.pk, receiver.pk})
    return slips([SlipFacts("", known[sender.pk], known[receiver.pk])], layout)


def facts_of(parcels: Sequence[Parcel]) -> list[SlipFacts]:
    ends = {end for parcel in parcels for end in (parcel.from_library_id, parcel.to_library_id)}
    known, written = places(ends), postal(parcels)
    return [
        SlipFacts(
            number=parcel.number,
            sender=replace(
                known[parcel.from_library_id], lines=written.get((parcel.number, "from"), ())
            ),
            receiver=replace(
                known[parcel.to_library_id], lines=written.get((parcel.number, "to"), ())
            ),
            ref=parcel.ref,
            title=parcel.title,
            need_by=parcel.need_by,
            by=Carried(parcel.via),
            copy=parcel.printings > 0,
            lent=parcel.purpose == Purpose.LOAN,
        )
        for parcel in parcels
    ]


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
    """What slips must know of these libraries, in two queries."""
    wanted = set(libraries)
    stops = (
        Stop.objects.filter(library__in=wanted, active=True)
        .select_related("route__region")
        .order_by()
    )
    routes = {stop.library_id: stop.route for stop in stops}
    return {
        library.pk: Place(
            name=library.name,
            town=library.town,
            state=library.state,
            route=routes[library.pk].code if library.pk in routes else "",
            letter=routes[library.pk].letter if library.pk in routes else "",
            delivery_code=library.delivery_code,
        )
        for library in Library.objects.filter(pk__in=wanted).order_by()
    }
