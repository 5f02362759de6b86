"""A title list takes effect: all of it or nothing, and only what differs is written."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.db import transaction

from postroad.econtent.models import Title, TitleList
from postroad.protocols.kbart import Row, TitleFile

SAID = [field.name for field in fields(Row) if field.name not in {"line", "mark"}]
A_BATCH = 500


class HasBadLines(ValueError):
    """The file is to be corrected first."""


@dataclass(frozen=True, slots=True)
class Change:
    added: int
    removed: int
    kept: int


@transaction.atomic
def take(title_list: TitleList, found: TitleFile) -> Change:
    """Makes the list what the file says. The same file again changes nothing."""
    if found.bad:
        raise HasBadLines
    TitleList.objects.select_for_update().get(pk=title_list.pk)
    wanted = Counter(tuple(getattr(row, name) for name in SAID) for row in found.rows)
    gone, kept = [], 0
    for pk, *said in title_list.titles.order_by().values_list("pk", *SAID).iterator():
        if wanted[key := tuple(said)]:
            wanted[key] -= 1
            kept += 1
        else:
            gone.append(pk)
    for at in range(0, len(gone), A_BATCH):
        Title.objects.filter(pk__in=gone[at : at + A_BATCH]).delete()
    added = Title.objects.bulk_create(new(title_list, wanted), batch_size=A_BATCH)
    return Change(len(added), len(gone), kept)


def new(title_list: TitleList, wanted: Counter[tuple[object, ...]]) -> Iterator[Title]:
    for said in wanted.elements():
        yield Title(title_list=title_list, **dict(zip(SAID, said, strict=True)))
