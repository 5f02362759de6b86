"""What the law counts of the copies that requests bring: who asked for what, without her name.

The count and its rules are `documents`'; here is told what of a request they go by.
"""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from postroad.catalogue import serial_rows
from postroad.catalogue.models import Format, Identifier, IdentifierKind, Item, ItemStatus
from postroad.catalogue.serials import Answer
from postroad.documents import uses
from postroad.documents.copyright import Choice, Citation, Rights, Verdict
from postroad.documents.models import Use
from postroad.documents.uses import Asked, Chosen
from postroad.ill import borrowing, materials
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Verb
from postroad.ill.materials import Field, Material
from postroad.ill.models import Request, Supply


def verdict(ill: Request) -> Verdict:
    """What the count says of the copy that a request would bring."""
    return uses.verdict(asked(ill))


def record(supply: Supply, at: datetime) -> Use:
    """Count it as it is delivered; once, however often it is sent."""
    ill = supply.request
    return uses.record(asked(ill), at, chosen=chosen(ill), already=supply.use)


@transaction.atomic
def choose(ill: Request, act: Act, chosen: Chosen) -> None:
    """What her library does about a copy beyond the free ones. It can be said anew until the copy
    is counted; then it stands with the count. Raises OutOfTurn, MovedMeanwhile."""
    kept = {"choice": str(chosen.choice)}
    if chosen.cost is not None:
        kept["cost"] = str(chosen.cost)
    if ill.copyright == kept:
        return
    change = {"copyright": kept, "due_at": ill.due_at}  # whose turn it is has no more time for it
    ill.move(Verb.CHOOSE_COPYRIGHT, act, change=change, said=kept)


@transaction.atomic
def decline(ill: Request, act: Act, reason: str) -> None:
    """Her library wants no copy beyond the free ones: its reader is told, and the report keeps it.
    Raises OutOfTurn, MovedMeanwhile."""
    choose(ill, act, Chosen(Choice.DECLINED))
    borrowing.decline(ill, act, reason=reason)
    uses.decline(asked(ill))


def asked(ill: Request) -> Asked:
    """The copy as the law counts it."""
    citation = materials.read(ill.citation)
    of = citation.of if citation else lambda _name: ""
    is_periodical = citation is not None and citation.material == Material.ARTICLE
    counted = Citation(
        title=of(Field.CONTAINER) or (ill.record.title if ill.record else "") or ill.title,
        numbers=_numbers(ill, is_periodical=is_periodical),
        published=of(Field.YEAR),
        is_periodical=is_periodical,
    )
    return Asked(ill.library, counted, ill.asked_at, rights(ill))


def _numbers(ill: Request, *, is_periodical: bool) -> tuple[str, ...]:
    """Each number of the journal, or of the book, that is known: as told, and as cataloged."""
    kind = IdentifierKind.ISSN if is_periodical else IdentifierKind.ISBN
    told = ill.citation.get(kind.value, "")
    known = Identifier.objects.filter(record=ill.record_id, kind=kind) if ill.record_id else ()
    return tuple(dict.fromkeys([*([told] if told else []), *(each.value for each in known)]))


def rights(ill: Request) -> Rights:
    """What its own library has of it: what it has and asks for all the same, it cannot use."""
    return Rights(owns_unusable=has_it(ill))


def has_it(ill: Request) -> bool:
    """Whether its own library is known to have what is to be copied."""
    if ill.record_id is None or ill.record is None:
        return False
    if ill.record.format == Format.SERIAL:
        return _has_volume(ill)
    there = Item.objects.filter(record=ill.record_id, library=ill.library_id)
    return there.exclude(status=ItemStatus.WITHDRAWN).exists()


def _has_volume(ill: Request) -> bool:
    citation = materials.read(ill.citation)
    if citation is None or ill.record_id is None:
        return False
    then = ill.library.day_of(ill.asked_at)
    said = serial_rows.who_has(ill.record_id, materials.volume_of(citation), then)
    return said.get(ill.library_id) == Answer.HAS


def chosen(ill: Request) -> Chosen:
    """What her library does about it, if it is one beyond the free ones."""
    kept = ill.copyright
    try:
        cost = Decimal(kept["cost"]) if kept.get("cost") else None
    except InvalidOperation:
        cost = None
    return Chosen(Choice(kept.get("choice", "")), cost)
