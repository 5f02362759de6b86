"""Which right opens a resource to a library's readers: one rule for pages, links and letters."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from postroad.directory.models import Address, Kind, Library
from postroad.econtent.models import Resource, Right
from postroad.econtent.terms import Answer, Facts, entitled, holds

# Of several rights the one that asks least of the reader comes first.
EASIEST = (
    Right.How.OPEN,
    Right.How.PROXY,
    Right.How.SINGLE_SIGN_ON,
    Right.How.CARD,
    Right.How.IP,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a resource is to one library's readers."""

    answer: Answer  # of all of them
    right: Right | None = None  # by which they get in
    some: Sequence[Right] = ()  # by which some of them may: who live there, who are in the building

    @property
    def is_for_all(self) -> bool:
        return self.answer is Answer.YES

    @property
    def is_for_some(self) -> bool:
        return not self.is_for_all and bool(self.some)

    @property
    def is_for_none(self) -> bool:
        return self.answer is Answer.NO


def facts_of(library: Library) -> Facts:
    """What is known of a reader of whom only the library is known."""
    networks = frozenset({str(library.network_id)} if library.network_id else ())
    return Facts(
        library=str(library.pk),
        kind=library.kind,
        membership=library.membership if library.active else "",
        networks=networks,
    )


def next_door(library: Library) -> Facts:
    """What is known of one who lives in its town and sits in the building."""
    return replace(facts_of(library), town=library.town, is_on_site=True)


def lives_in(facts: Facts, place: str) -> Facts:
    """The same of one who says where she lives: a town, or a ZIP code."""
    if not place:
        return facts
    return replace(facts, zip_code=place) if place[:5].isdecimal() else replace(facts, town=place)


def opening(rights: Collection[Right], library: Library | None, lives: str = "") -> Opening:
    """For one library's readers, all of them; for one of them if she says where she lives, without
    a library, too."""
    facts = lives_in(facts_of(library) if library else Facts(), lives)
    near = lives_in(next_door(library) if library else facts, lives)
    ranked = sorted(rights, key=lambda right: (EASIEST.index(Right.How(right.how)), right.pk))
    answers = [(right, holds(right.terms(), facts)) for right in ranked]
    return Opening(
        entitled(facts, [right.terms() for right in ranked]),
        next((right for right, answer in answers if answer is Answer.YES), None),
        tuple(
            right
            for right, answer in answers
            if answer is Answer.UNKNOWN and holds(right.terms(), near) is not Answer.NO
        ),
    )


def open_to_everybody(rights: Iterable[Right]) -> Right | None:
    """The right by which anybody gets in, of whom nothing is known at all."""
    for right in rights:
        if right.how == Right.How.OPEN and holds(right.terms(), Facts()) is Answer.YES:
            return right
    return None


def rights_of(resources: Iterable[Resource]) -> dict[int, list[Right]]:
    """The rights of many by their resource: one statement."""
    found = defaultdict[int, list[Right]](list)
    rows = Right.objects.filter(resource__in=[each.pk for each in resources])
    for right in rows.select_related("library", "network"):
        found[right.resource_id].append(right)
    return found


@dataclass(frozen=True, slots=True)
class Offer:
    """A resource as one library's readers find it."""

    resource: Resource
    rights: Sequence[Right]
    opening: Opening


def offered(library: Library, today: date) -> list[Offer]:
    """What this library's readers may use, all of them or some: two statements."""
    usable = list(Resource.objects.usable(today))
    rights = rights_of(usable)
    offers = [
        Offer(each, rights.get(each.pk, ()), opening(rights.get(each.pk, ()), library))
        for each in usable
    ]
    return [each for each in offers if each.opening.is_for_all or each.opening.is_for_some]


@dataclass(frozen=True, slots=True)
class Members:
    """All members: one with a reader next door who may use a resource loses something with it."""

    libraries: Sequence[Library]
    zips: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Members":
        """Two statements."""
        libraries = list(Library.objects.members().exclude(kind=Kind.CENTRE))
        zips = defaultdict[int, set[str]](set)
        rows = Address.objects.filter(library__in=libraries).exclude(zip="")
        for library, code in rows.values_list("library", "zip"):
            zips[library].add(code)
        return cls(libraries, {each: frozenset(codes) for each, codes in zips.items()})

    def reached(self, rights: Collection[Right]) -> list[Library]:
        """Those whose readers may use what has these rights, all of them or some."""
        terms = [right.terms() for right in rights]
        return [
            library
            for library in self.libraries
            if any(entitled(facts, terms) is Answer.YES for facts in self._next_door(library))
        ]

    def _next_door(self, library: Library) -> list[Facts]:
        facts = replace(facts_of(library), town=library.town, is_on_site=True)
        return [replace(facts, zip_code=code) for code in sorted(self.zips.get(library.pk) or {""})]
