"""Of a record, asking for a copy of a part: of a journal an article, of a book a chapter or some
pages."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue import citation
from postroad.catalogue.models import Format, Identifier, IdentifierKind, Record
from postroad.ill.materials import Field, Material
from postroad.ill.wanted import NOT_LENT

LABELS: Mapping[Material, Promise] = {
    Material.ARTICLE: gettext_lazy("Ask for an article"),
    Material.CHAPTER: gettext_lazy("Ask for a chapter or some pages"),
}
OF: Mapping[str, Material] = {
    Format.SERIAL: Material.ARTICLE,
    Format.ARTICLE: Material.ARTICLE,
    Format.BOOK: Material.CHAPTER,
    Format.LARGE_PRINT: Material.CHAPTER,
}
COUNTED = (Field.YEAR, Field.VOLUME, Field.ISSUE)


def label(record: Record) -> Promise | None:
    """What is said on the link; nothing of what no part of can be asked for."""
    material = OF.get(record.format)
    return LABELS[material] if material else None


def address(
    form: str,
    record: Record,
    numbers: Iterable[Identifier],
    typed: Mapping[str, str] | None = None,
    kept: Mapping[str, str] | None = None,
) -> str:
    """Of the form, with what the record says of the whole; and with the year and the volume that
    were typed on its page. Nothing where there is no form for it, or this reader has none."""
    material = OF.get(record.format)
    if material is None or not form:
        return ""
    facts = {"material": material.value, **(kept or {}), **said(record, material, numbers)}
    if record.format == Format.SERIAL:
        facts |= {name: (typed or {}).get(name, "").replace("\x00", "")[:40] for name in COUNTED}
    return f"{form}?{urlencode({name: text for name, text in facts.items() if text})}"


def said(record: Record, material: Material, numbers: Iterable[Identifier]) -> dict[str, str]:
    title = citation.short_title(record.title)[:300]
    if record.format == Format.ARTICLE:
        return {Field.TITLE: title, Field.AUTHOR: record.author, Field.YEAR: str(record.year or "")}
    kind = IdentifierKind.ISSN if material == Material.ARTICLE else IdentifierKind.ISBN
    number = next((each.value for each in numbers if each.kind == kind), "")
    facts = {Field.CONTAINER: title, Field.NUMBER: words.materials.printed(kind, number)}
    if material == Material.CHAPTER:
        facts |= {Field.YEAR: str(record.year or ""), Field.PUBLISHER: record.publisher[:200]}
        facts |= {Field.EDITION: record.edition[:200]}
    return {str(name): text for name, text in facts.items()}


def is_only_copied(record: Record) -> bool:
    """Whether nobody lends the whole, and a part of it can be asked for."""
    return record.format in NOT_LENT and record.format in OF
