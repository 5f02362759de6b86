"""The copies that a record lists, read by the layout of its library's system."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pymarc

from postroad import barcodes
from postroad.catalogue.marc import layouts, statuses
from postroad.catalogue.marc.fields import Fields, join, one, tidy
from postroad.catalogue.marc.layouts import Layout
from postroad.catalogue.marc.statuses import IN_LIBRARY_ONLY, meaning

ONLINE = frozenset({"ONLINE", "INTERNET", "WEB", "E-RESOURCE", "ELECTRONIC", "E-ELECTRONIC"})
CIRCULATION_TYPE = re.compile(r"FSC@a(.+)")  # of Follett Destiny
FOLIO = ("f", "f")  # indicators of a field 999 that holds FOLIO's own numbers
SHORT = 2  # signs of a status, which as a place mean nothing
NO = frozenset({"N", "NO", "FALSE"})


@dataclass(frozen=True, slots=True)
class Copy:
    """One item that the record lists."""

    barcode: str
    call_number: str = ""
    location: str = ""
    volume: str = ""
    status: str = "in"
    strange: str = ""  # what its system said of it and we do not know


@dataclass(frozen=True, slots=True)
class Reading:
    """How a library's items are read: its own layout first; others, where nobody has said that it
    is the only one; whether a record without any item is a copy all the same."""

    layout: Layout | None = None
    only: bool = False
    owns_without_items: bool = False

    def layouts(self) -> Iterator[Layout]:
        if self.layout:
            yield self.layout
        if not (self.layout and self.only):
            yield from (each for each in layouts.TRIED if each != self.layout)


UNSET = Reading()
UNKNOWN_COPY = Copy("", status="unknown")


def copies_of(fields: Fields, reading: Reading = UNSET) -> tuple[Copy, ...]:
    """The items, by the first layout that has barcodes, else by the first that has items at all;
    without any, one for each holding."""
    bare: tuple[Copy, ...] = ()
    for layout in reading.layouts():
        copies = items_of(fields, layout)
        if any(copy.barcode for copy in copies):
            return tuple(copies)
        bare = bare or tuple(dict.fromkeys(copies) if layout.tag == "852" else copies)
    if not bare and reading.owns_without_items:
        return (UNKNOWN_COPY,)
    return bare


def items_of(fields: Fields, layout: Layout) -> list[Copy]:
    """The items that stand in this layout. Where some holdings have barcodes, those that have none
    are summaries of them."""
    holdings = {link_of(each): each for each in fields.get(layout.holding, ())}
    copies = []
    for field in fields.get(layout.tag, ()):
        if field.subfields and is_item(field, layout):
            holding = holding_of(field, layout, holdings)
            if copy := copy_of(field, layout, holding):
                copies.append(copy)
    if layout.tag == "852" and any(copy.barcode for copy in copies):
        return [copy for copy in copies if copy.barcode]
    return copies


def is_item(field: pymarc.Field, layout: Layout) -> bool:
    """Whether it says of a thing on a shelf; fields of these tags hold other matters too."""
    if field.indicators and tuple(field.indicators) == FOLIO:
        return False
    if layout.holding or one(field, layout.barcode).strip():
        return True
    codes = {sub.code for sub in field.subfields if sub.value.strip()}
    if layout.barcode in codes:  # behind one that is empty
        return True
    if layout.tag == "852":
        return bool(codes & set("abchijkl"))
    said = bool(codes & set(layout.call_number)), bool(codes & set(layout.location))
    return any(said) if layout.tag == "952" else all(said)


def link_of(holding: pymarc.Field) -> str:
    return one(holding, "8").strip() or one(holding, "0").strip()


def holding_of(
    field: pymarc.Field, layout: Layout, holdings: dict[str, pymarc.Field]
) -> pymarc.Field:
    """Where its call number and location stand: in a field of its own, if it names one."""
    if not layout.holding:
        return field
    named = holdings.get(one(field, layout.link).strip())
    if named is None and len(holdings) == 1:
        [named] = holdings.values()
    return named or field


def copy_of(field: pymarc.Field, layout: Layout, holding: pymarc.Field) -> Copy | None:
    """One item, or None for what is not on any shelf."""
    stands = where(field, layout) if holding is field else where_of(field, layout, holding)
    if stands is None:
        return None
    location, status, strange = stands
    return Copy(
        barcode=barcodes.plain(tidy(one(field, layout.barcode)))[:40],
        call_number=tidy(join(holding, layout.call_number))[:120],
        location=location,
        volume=tidy(one(field, layout.volume))[:80],
        status=status,
        strange=strange,
    )


Where = tuple[str, str, str]  # location, status, what of it we do not know
MOST_REMEMBERED = 10_000
NAMES = frozenset({"system", "tag", "holding", "words"})  # of a layout: what is no code


class Memory:
    """Where the copies stand whose fields said this: all but their own numbers is said again and
    again."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        codes = {name: str(said) for name, said in layout.as_rules().items() if name not in NAMES}
        own = set("".join(codes.pop(name) for name in ("barcode", "call_number", "volume")))
        self.own = own.difference(*codes.values())
        self.known: dict[tuple[pymarc.Subfield, ...], Where | None] = {}


memories: dict[int, Memory] = {}


def memory_of(layout: Layout) -> Memory:
    memory = memories.get(id(layout))
    if memory is None or memory.layout is not layout:
        if len(memories) > len(layouts.TRIED) * 4:
            memories.clear()
        memory = memories[id(layout)] = Memory(layout)
    return memory


def where(field: pymarc.Field, layout: Layout) -> Where | None:
    """`where_of` of a field that says all of its item."""
    memory = memory_of(layout)
    own = memory.own
    key = tuple([sub for sub in field.subfields if sub[0] not in own])
    try:
        return memory.known[key]
    except KeyError:
        if len(memory.known) > MOST_REMEMBERED:
            memory.known.clear()
        memory.known[key] = found = where_of(field, layout, field)
        return found


def where_of(field: pymarc.Field, layout: Layout, holding: pymarc.Field) -> Where | None:
    """Its location and status, or None for what is not on any shelf."""
    places = places_of(holding, layout)
    if any(place.upper() in ONLINE for place in [*places, one(field, layout.kind).strip()]):
        return None
    status, strange = status_of(field, layout, places)
    return " ".join(dict.fromkeys(filter(None, places)))[:80], status, strange


def places_of(holding: pymarc.Field, layout: Layout) -> list[str]:
    places = [
        tidy(sub.value) for code in layout.location for sub in holding.subfields if sub.code == code
    ]
    if not any(places) and holding.tag == "852":
        places = [tidy(one(holding, "a"))]
    return places


def is_set(field: pymarc.Field, codes: str) -> bool:
    return any(one(field, code).strip(" 0-/") for code in codes)


def status_of(field: pymarc.Field, layout: Layout, places: list[str]) -> tuple[str, str]:
    """What the library's system said of the item when it wrote the file, and its word for it if we
    do not know that."""
    current, word = said_of(field, layout)
    kind, flags = one(field, layout.kind).strip(), flags_of(field, layout)
    of_places = {each: status for each, status in layout.words.items() if len(each) > SHORT}
    meant = {meaning(each, of_places) for each in places}
    meant |= {meaning(each, layout.words) for each in [current, word, *flags]}
    meant |= {meaning(kind, layout.words)} & {"reference", "unknown"}
    meant |= {layout.words.get(statuses.plain(kind), "")}
    strange = next((each for each in (current, word) if is_strange(each, layout, places)), "")
    if is_set(field, layout.withdrawn) or "withdrawn" in meant:
        return "withdrawn", ""
    if is_set(field, layout.lost) or "missing" in meant:
        return "missing", ""
    if "unknown" in meant or is_set(field, layout.damaged) or is_not_yet(field, layout):
        return "unknown", ""
    if is_set(field, layout.on_loan) or "out" in meant:
        return "out", ""
    if strange:
        return "unknown", strange
    only = is_for_use_here(field, layout, [*places, current, word, kind, *flags])
    return ("reference", "") if only or "reference" in meant else ("in", "")


def said_of(field: pymarc.Field, layout: Layout) -> tuple[str, str]:
    """Where it is just now, and its system's word for how it is."""
    return tidy(one(field, layout.current)), one(field, layout.status).strip()


def is_strange(word: str, layout: Layout, places: list[str]) -> bool:
    """Whether it says something that we do not know. At its own place it is where it should be."""
    return bool(word) and word not in places and not meaning(word, layout.words)


def words_in(fields: Fields, layout: Layout | None) -> Iterator[str]:
    """The words of a status that these items bear, known or not."""
    if layout is None:
        return
    holdings = {link_of(each): each for each in fields.get(layout.holding, ())}
    for field in fields.get(layout.tag, ()):
        if field.subfields and is_item(field, layout):
            places = places_of(holding_of(field, layout, holdings), layout)
            for word in said_of(field, layout):
                if meaning(word, layout.words) or is_strange(word, layout, places):
                    yield word


def flags_of(field: pymarc.Field, layout: Layout) -> list[str]:
    """Remarks of one word each, or the type of circulation among them."""
    said = [
        sub.value.strip() for sub in field.subfields if layout.flags and sub.code == layout.flags
    ]
    return [found[1] if (found := CIRCULATION_TYPE.match(each)) else each for each in said]


def is_not_yet(field: pymarc.Field, layout: Layout) -> bool:
    """Koha has a minus before what is not there yet: ordered, in process."""
    return any(one(field, code).strip().startswith("-") for code in layout.not_for_loan)


def is_for_use_here(field: pymarc.Field, layout: Layout, said: list[str]) -> bool:
    if is_set(field, layout.not_for_loan):
        return True
    if one(field, layout.circulates).strip().upper() in NO:
        return True
    return "unholdable" in said or any(map(IN_LIBRARY_ONLY.search, said))
