"""A spreadsheet on its way in: made into records with numbers that stay, and loaded as these."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import BytesIO

import pymarc
from django.db import transaction
from django.db.models import Q

from postroad.catalogue import description, incoming, list_numbers, lists
from postroad.catalogue.folding import fold
from postroad.catalogue.list_numbers import PREFIX, Before
from postroad.catalogue.lists import Line, Wrong
from postroad.catalogue.load_models import Load, LoadTrouble
from postroad.catalogue.loading import Report
from postroad.catalogue.marc.copies import Copy
from postroad.catalogue.models import Contribution, ContributionState, Item, ItemStatus
from postroad.directory.models import Library
from postroad.home import put_whole

Read = tuple[list[Line], list[Wrong]]
MADE = ".made"  # how the name of a file of records ends that was made of a spreadsheet
TROUBLES_KEPT = 1000


def is_made(load: Load) -> bool:
    return load.file.endswith(MADE)


def read(load: Load) -> Read:
    """The rows below the headings, by the columns as they were looked at."""
    rows = incoming.kept_rows(load)[load.columns.get("begins", 0) :]
    deletions = load.kind == Load.Kind.DELETIONS
    return lists.lines_of(rows, load.columns.get("named", {}), deletions=deletions)


def make(load: Load) -> None:
    """The records that the rows are, in a file that takes the place of the rows."""
    good, wrong = read(load)
    out = BytesIO()
    for record in records_of(load, good):
        out.write(record.as_marc())
    made = load.file.rpartition(".")[0] + MADE
    sent = incoming.place(load)
    put_whole(sent.with_name(made), out.getvalue())
    report = Report(load.library.code)
    report.left_out = sum(each.left_out for each in wrong)
    report.nameless = report.left_out  # which of the library's records they are nobody knows
    report.mended = len({each.line for each in wrong if not each.left_out})
    with transaction.atomic():
        load.troubles.all().delete()
        keep_troubles(load, wrong)
        load.file, load.size, load.counts = made, out.tell(), report.as_json()
        load.save(update_fields=["file", "size", "counts"])
    sent.unlink(missing_ok=True)


def records_of(load: Load, good: Sequence[Line]) -> Iterable[pymarc.Record]:
    if load.kind == Load.Kind.DELETIONS:
        return (list_numbers.deletion_of(line) for line in good)
    books = list(lists.books(good))
    known = before(load.library, {book[0].number for book in books} - {""})
    full = load.kind == Load.Kind.FULL
    numbered = list_numbers.numbered(books, known, full=full)
    return (list_numbers.record_of(each) for each in numbered)


def keep_troubles(load: Load, wrong: Iterable[Wrong]) -> None:
    LoadTrouble.objects.bulk_create(
        LoadTrouble(
            load=load,
            position=each.line,
            column=each.column,
            reason=each.why,
            mended=not each.left_out,
            seen=each.text,
        )
        for each in list(wrong)[:TROUBLES_KEPT]
    )


def before(library: Library, numbers: set[str]) -> list[Before]:
    """The records of this library that came by a list, and those with these numbers."""
    ours = Q(control_number__startswith=PREFIX) | Q(control_number__in=numbers)
    copies = defaultdict[str, list[Copy]](list)
    items = Item.objects.filter(ours, library=library).exclude(status=ItemStatus.WITHDRAWN)
    columns = ("control_number", "barcode", "call_number", "location", "volume", "status")
    for control, *said in items.order_by("pk").values_list(*columns):
        copies[control].append(Copy(*said))
    kept = Contribution.objects.filter(ours, library=library, state=ContributionState.LIVE)
    found = []
    for control, facts in kept.order_by("pk").values_list("control_number", "facts"):
        said = description.read(description.unpacked(bytes(facts))) if facts else None
        if said is None:
            continue
        found.append(
            Before(
                control,
                fold(said.title),
                fold(said.author),
                frozenset(number.value for number in said.numbers if number.kind == "isbn"),
                tuple(copies[control]),
            )
        )
    return found
