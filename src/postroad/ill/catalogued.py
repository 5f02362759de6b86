"""What a blank request is for, in the union catalog: looked up while it is asked for, and matched
later by staff, after which the members can be asked."""

from dataclasses import dataclass, field

from django.db import transaction

from postroad.catalogue import search
from postroad.catalogue.models import Record
from postroad.catalogue.query import Query
from postroad.catalogue.search import NoIndex
from postroad.errors import Refusal
from postroad.ill import asking, materials
from postroad.ill.acts import Act
from postroad.ill.asking import NotLent
from postroad.ill.lifecycle import State, Verb
from postroad.ill.materials import Field
from postroad.ill.models import Request
from postroad.ill.wanted import NOT_LENT

MOST = 5  # records that are shown as the same, perhaps


class NotBlank(Refusal):
    """It was asked for by its record, so there is nothing to match."""

    code = "not-a-blank-request"


@dataclass(frozen=True, slots=True)
class Alike:
    """What the union catalog has that may be what is meant."""

    records: list[Record] = field(default_factory=list)
    by_number: bool = False  # then it is the very edition
    not_lent: Record | None = None  # what bears the number, and no library lends it: a journal
    unknown: bool = False  # the index cannot be asked just now


def alike(title: str, author: str = "", number: str = "") -> Alike:
    """By the number first, which is found at once; or by title and author."""
    numbered = search.by_number(number) if number else []
    if found := _lent(numbered):
        return Alike(found, by_number=True)
    if numbered:
        return Alike(not_lent=numbered[0])
    if not title.strip():
        return Alike()
    queries = [Query(words=title, author=author), *([Query(words=title)] if author else [])]
    try:
        for query in queries:
            answer = search.find(query)
            if found := _lent(answer.hits):
                return Alike(found, by_number=answer.by_number)
    except NoIndex:
        return Alike(unknown=True)
    return Alike()


def _lent(records: list[Record]) -> list[Record]:
    return [record for record in records if record.format not in NOT_LENT][:MOST]


@transaction.atomic
def match(ill: Request, act: Act, *, record: Record) -> None:
    """It is this one: from now on the request is for the record. What went to the center, or waits,
    goes round the members who own it.

    Raises NotBlank, NotLent, OutOfTurn where a lender looks for it already, MovedMeanwhile.
    """
    _refuse_not_blank(ill)
    if record.format in NOT_LENT and not ill.is_copy:
        raise NotLent(format=record.format)
    if ill.record_id == record.pk:
        return
    described = {} if ill.is_copy else asking.of_record(record)  # of which a part is wanted
    change = {"record": record, "due_at": ill.due_at, **described}
    said = {"record": record.pk, "title": record.title, "asked_as": asked_as(ill)}
    ill.move(Verb.MATCH, act, change=change, said=said)
    if ill.state in (State.CENTRE, State.WAITING):
        ill.move(Verb.REFER_AGAIN, act)


@transaction.atomic
def unmatch(ill: Request, act: Act) -> None:
    """It was another thing after all: the request says again what its reader wrote."""
    _refuse_not_blank(ill)
    citation = materials.read(ill.citation)
    if ill.record_id is None or citation is None:
        return
    change = {"record": None, "due_at": ill.due_at, **asking.of_citation(citation)}
    said = {"title": ill.title, "asked_as": asked_as(ill)}
    ill.move(Verb.UNMATCH, act, change=change, said=said)


def asked_as(ill: Request) -> str:
    """The title as its reader wrote it."""
    return str(ill.citation.get(Field.TITLE, ill.title))


def _refuse_not_blank(ill: Request) -> None:
    if not ill.citation:
        raise NotBlank(ref=ill.ref)
