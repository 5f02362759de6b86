"""A load in words: how far it is, what came of it, and what is wrong with the file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue.load_models import Load, LoadTrouble

EARLY = 3.0  # seconds, before which nobody can say how long it takes
WHERE = 4  # places of one complaint that are named

COUNTS = (
    ("read", gettext_lazy("Records read")),
    ("new", gettext_lazy("New")),
    ("joined", gettext_lazy("Joined to those of other libraries")),
    ("changed", gettext_lazy("Changed")),
    ("unchanged", gettext_lazy("As they were")),
    ("deleted", gettext_lazy("Deleted")),
    ("left_out", gettext_lazy("Left out")),
    ("copies_new", gettext_lazy("New copies")),
    ("copies_changed", gettext_lazy("Copies changed")),
    ("copies_withdrawn", gettext_lazy("Copies withdrawn")),
    ("copies_twice", gettext_lazy("Copies listed twice")),
    ("put_back", gettext_lazy("Copies put back")),
)
ALWAYS = frozenset({"read", "new", "copies_new"})


@dataclass(frozen=True, slots=True)
class Progress:
    percent: int | None
    done: str
    left: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one record or more; the first that shows it."""

    what: str
    count: int
    mended: bool
    where: Sequence[str]
    more: int  # places beyond those
    seen: str = ""


def progress(load: Load) -> Progress:
    """By bytes, of which the number is known beforehand."""
    percent = min(100, 100 * load.read_bytes // load.size) if load.size else None
    done = _("%(read)s of %(size)s") % {
        "read": words.loads.size(load.read_bytes),
        "size": words.loads.size(load.size),
    }
    return Progress(percent, done, words.loads.left(seconds_left(load)))


def seconds_left(load: Load) -> float | None:
    spent = float(load.counts.get("seconds", 0))
    if spent < EARLY or not load.read_bytes or not load.size:
        return None
    return spent * (load.size - load.read_bytes) / load.read_bytes


def counts(load: Load) -> list[tuple[str, int]]:
    """What came of it, as far as it is worth a line."""
    told = {**load.counts.get("written", {}), **load.counts}
    found = []
    for name, label in COUNTS:
        count = told.get(name, 0)
        if name == "deleted":
            count += told.get("deleted_unseen", 0)
        if count or name in ALWAYS:
            found.append((str(label), count))
    return found


def complaints(load: Load) -> list[Complaint]:
    """Each once: of records that were left out first."""
    of_rows = list(rows_of(list(load.troubles.exclude(column="").order_by("position", "pk"))))
    found = [*of_rows, *records_of(load)]
    return sorted(found, key=lambda each: each.mended)


def rows_of(troubles: Sequence[LoadTrouble]) -> Iterator[Complaint]:
    for reason, count in Counter(each.reason for each in troubles).items():
        those = [each for each in troubles if each.reason == reason]
        where = [place_of(each) for each in those[:WHERE]]
        yield Complaint(sentence(those[0]), count, those[0].mended, where, count - len(where))


def records_of(load: Load) -> Iterator[Complaint]:
    kept = list(load.troubles.filter(column="").order_by("pk"))
    for mended, reason, count in load.counts.get("complaints", ()):
        those = [each for each in kept if (each.mended, each.reason) == (mended, reason[:300])]
        where = [place_of(each) for each in those[:WHERE]]
        seen = next((each.seen for each in those if each.seen), "")
        yield Complaint(as_sentence(reason), count, mended, where, count - len(where), seen)


def sentence(trouble: LoadTrouble) -> str:
    """What is wrong, by itself."""
    if trouble.column:
        return words.label(words.loads.WRONG, trouble.reason) % {"text": trouble.seen}
    return as_sentence(trouble.reason)


def as_sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def place_of(trouble: LoadTrouble) -> str:
    if trouble.column:
        return _("line %(line)s, column %(column)s") % {
            "line": trouble.position,
            "column": trouble.column,
        }
    if trouble.control_number:
        return _("record %(number)s (number %(place)s in the file)") % {
            "number": trouble.control_number,
            "place": trouble.position,
        }
    return _("record number %(place)s in the file") % {"place": trouble.position}


def lines(load: Load) -> Iterator[Sequence[object]]:
    """The report as rows of a spreadsheet."""
    yield (_("What"), _("Number"), _("Line or place"), _("Column"), _("Record number"), _("Seen"))
    for label, count in counts(load):
        yield (label, count, "", "", "", "")
    if load.counts.get("without_copies"):
        yield (_("Records without copies"), load.counts["without_copies"], "", "", "", "")
    for word, count in load.counts.get("strange", {}).items():
        yield (_("Copies with an unknown status"), count, "", "", "", word)
    for each in load.troubles.order_by("mended", "position", "pk").iterator(chunk_size=500):
        what = sentence(each)
        became = _("loaded all the same") if each.mended else _("left out")
        yield (
            f"{what} ({became})",
            "",
            each.position,
            each.column,
            each.control_number,
            each.seen,
        )
