"""A copy instead of a loan, or the reverse, under the same number."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from postroad.catalogue.models import Format
from postroad.errors import Refusal
from postroad.ill import asking, materials
from postroad.ill.acts import Act
from postroad.ill.asking import NotCited, NotLent
from postroad.ill.lifecycle import Ending, Service, State, Verb
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.models import Request, Supply
from postroad.ill.wanted import NOT_LENT

WITH_PAGES = frozenset({Format.BOOK, Format.LARGE_PRINT, Format.SCORE, Format.MAP, Format.OTHER})


class SoAlready(Refusal):
    """It is a copy, or a loan, already."""

    code = "service-already"


def may_change(ill: Request) -> bool:
    """Whether the other would make sense: of a journal only articles are wanted, and nobody wants
    pages of a film."""
    return ill.format not in NOT_LENT if ill.is_copy else ill.format in WITH_PAGES


def asked_now(ill: Request) -> Supply | None:
    """The attempt that ends by the change."""
    return ill.supply if ill.state == State.REFERRED else None


@transaction.atomic
def to_copy(ill: Request, act: Act, citation: Citation) -> None:
    """A copy of a part is enough: whoever looks for the thing need not, and who can copy it is
    asked. Raises NotCited, SoAlready, OutOfTurn, MovedMeanwhile."""
    if ill.is_copy:
        raise SoAlready(ref=ill.ref, service=ill.service)
    citation = materials.tidied(citation.material, citation.said, citation.format)
    troubles = materials.troubles(citation, ill.library.day_of(act.at).year)
    if troubles or citation.service != Service.COPY:
        raise NotCited(troubles=troubles, material=citation.material)
    _change(
        ill,
        act,
        Service.COPY,
        {**asking.of_citation(citation), "citation": citation.written(), "volume": ""},
    )


@transaction.atomic
def to_loan(ill: Request, act: Act) -> None:
    """The book itself is wanted after all. A serial is lent by nobody: raises NotLent."""
    if not ill.is_copy:
        raise SoAlready(ref=ill.ref, service=ill.service)
    citation = materials.read(ill.citation)
    assert citation is not None  # a copy was asked for by the part that is wanted
    record = ill.record
    if citation.material == Material.ARTICLE or (record and record.format in NOT_LENT):
        raise NotLent(format=record.format if record else citation.as_format)
    if record is not None:
        _change(ill, act, Service.LOAN, {**asking.of_record(record), "citation": {}})
        return
    book = materials.tidied(Material.BOOK, dict(_of_book(citation)))
    _change(ill, act, Service.LOAN, {**asking.of_citation(book), "citation": book.written()})


def as_pages(ill: Request, pages: str) -> Citation:
    """Some pages of what was asked for as a loan."""
    told = materials.read(ill.citation)
    known = {} if told is None else dict(told.said)
    said = {
        Field.CONTAINER: ill.title,
        Field.AUTHOR: ill.author,
        Field.YEAR: str(ill.year or ""),
        Field.NUMBER: known.get(Field.NUMBER, ""),
        Field.EDITION: known.get(Field.EDITION, ""),
        Field.PUBLISHER: known.get(Field.PUBLISHER, ""),
        Field.VOLUME: ill.volume if ill.volume[:1] != "*" else "",
        Field.PAGES: pages,
    }
    return Citation(Material.PAGES, said)


def _of_book(citation: Citation) -> Mapping[Field, str]:
    """What is known of the book that a part is of; whose the chapter is, is not whose the book
    is."""
    kept = (Field.YEAR, Field.NUMBER, Field.EDITION, Field.PUBLISHER, Field.VOLUME)
    author = citation.of(Field.AUTHOR) if citation.material == Material.PAGES else ""
    said = {name: citation.of(name) for name in kept}
    return {**said, Field.TITLE: citation.of(Field.CONTAINER), Field.AUTHOR: author}


def _change(ill: Request, act: Act, service: Service, change: Mapping[str, Any]) -> None:
    held = asked_now(ill)
    ill.move(
        Verb.CHANGE_SERVICE,
        act,
        supply=held,
        change={**change, "service": service, "rush": False},
        supply_change={"ending": Ending.WITHDRAWN},
        said={"service": service, **({"lender": held.lender_name} if held else {})},
    )
