"""A file of titles is laid beside those that are in effect, in steps as short as wanted: nobody is
answered by it before one row says that it is in effect from now on.

What a step does and how far the file is by then are one transaction, which the caller opens.
"""

from collections.abc import Sequence
from dataclasses import fields

from django.db.models import Q, QuerySet

from postroad.econtent.models import FileState, ListFile, Title, TitleList
from postroad.protocols.kbart import Row

SAID = [field.name for field in fields(Row) if field.name != "line"]
FOUND = ("mark", "pk", "seen", "until")
A_BATCH = 500
OVER = (FileState.DISCARDED, FileState.FAILED, FileState.UNDONE)


def tidy(file: ListFile) -> bool:
    """Put away some titles of earlier files that can never take effect again; False when there are
    none left."""
    title_list = file.title_list
    for other in unclean(title_list).filter(pk__lt=file.pk):
        sweep(other)
        return True
    current = title_list.files.filter(pk=title_list.current).first()
    title_list.oldest = (current and current.before) or 0
    title_list.save(update_fields=["oldest"])
    return remove(title_list.titles.filter(until__lte=title_list.oldest))


def unclean(title_list: TitleList) -> QuerySet[ListFile]:
    return title_list.files.filter(state__in=OVER, is_clean=False).order_by("pk")


def sweep(file: ListFile) -> None:
    """Take some of a file's titles away, and some of its marks; say so when that was all."""
    titles = Title.objects.filter(title_list=file.title_list_id)
    if remove(titles.filter(since=file.pk)):
        return
    marked = list(titles.filter(until=file.pk).order_by()[:A_BATCH].values_list("pk", flat=True))
    if not Title.objects.filter(pk__in=marked).update(until=None):
        file.is_clean = True
        file.save(update_fields=["is_clean"])


def remove(titles: QuerySet[Title]) -> bool:
    some = list(titles.order_by()[:A_BATCH].values_list("pk", flat=True))
    return bool(Title.objects.filter(pk__in=some).delete()[0])


def lay(file: ListFile, rows: Sequence[Row]) -> list[Row]:
    """Lay some rows down; returns those that say the same as one before them."""
    marks = {row.mark for row in rows}
    here = Title.objects.filter(Q(until=None) | Q(until=file.pk), mark__in=marks)
    there = here.filter(title_list=file.title_list_id).values_list(*FOUND)
    known = {mark: (pk, seen, until) for mark, pk, seen, until in there}
    laid = {mark for mark, (_pk, seen, _until) in known.items() if seen == file.pk}
    new, kept, repeated = list[Title](), list[int](), list[Row]()
    for row in rows:
        if row.mark in laid:
            repeated.append(row)
            continue
        laid.add(row.mark)
        if row.mark not in known:
            new.append(title_of(file, row))
            continue
        pk, _seen, until = known[row.mark]
        kept.append(pk)
        file.removed -= until == file.pk
    Title.objects.filter(pk__in=kept).update(seen=file.pk, until=None)
    Title.objects.bulk_create(new)
    file.added += len(new)
    file.kept += len(kept)
    return repeated


def title_of(file: ListFile, row: Row) -> Title:
    said = {name: getattr(row, name) for name in SAID}
    return Title(title_list_id=file.title_list_id, since=file.pk, seen=file.pk, **said)


def mark_missing(file: ListFile) -> bool:
    """Mark some of the titles that it no longer has; False when there are none left."""
    rows = Title.objects.filter(title_list=file.title_list_id, until=None, seen__lt=file.pk)
    keys = list(rows.order_by()[:A_BATCH].values_list("pk", flat=True))
    found = Title.objects.filter(pk__in=keys).update(until=file.pk)
    file.removed += found
    return found > 0


def added(file: ListFile) -> QuerySet[Title]:
    return Title.objects.filter(title_list=file.title_list_id, since=file.pk)


def removed(file: ListFile) -> QuerySet[Title]:
    return Title.objects.filter(title_list=file.title_list_id, until=file.pk)
