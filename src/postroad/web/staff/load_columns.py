"""What stands in each column of a spreadsheet: guessed by its headings, shown, and corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from postroad import spreadsheet, words
from postroad.catalogue import incoming, list_files, lists
from postroad.catalogue.lists import Line
from postroad.catalogue.load_models import Load, LoadTrouble
from postroad.web.staff import load_report
from postroad.web.staff.load_report import Complaint

SAMPLES = 3
SHOWN = 5  # rows as they are understood


@dataclass(frozen=True, slots=True)
class Column:
    """One of the file: its letters and heading, what is in it, and what that is taken for."""

    at: int
    letters: str
    heading: str
    samples: Sequence[str]
    chosen: str

    @property
    def name(self) -> str:
        return f"column-{self.at}"


class Columns:
    """All of them, as they are kept or as somebody has just chosen."""

    def __init__(self, load: Load, chosen: Mapping[str, str] | None) -> None:
        self.load = load
        self.rows = incoming.kept_rows(load)
        self.begins = int(load.columns.get("begins", 0))
        self.mistake = ""
        self.named: dict[str, int] = dict(load.columns.get("named", {}))
        if chosen is not None:
            self.choose(chosen)

    @property
    def wide(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)

    def choose(self, chosen: Mapping[str, str]) -> None:
        self.named = {}
        for at in range(self.wide):
            name = chosen.get(f"column-{at}", "")
            if name not in words.loads.COLUMNS:
                continue
            if name in self.named:
                self.mistake = _("Two columns are the same: %(what)s. Choose one.") % {
                    "what": words.loads.COLUMNS[name]
                }
            self.named.setdefault(name, at)

    @property
    def missing(self) -> str:
        """What must be said before anything of it can be loaded."""
        needed = "number" if self.load.kind == Load.Kind.DELETIONS else "title"
        if needed in self.named:
            return ""
        return _("Say in which column this is: %(what)s.") % {"what": words.loads.COLUMNS[needed]}

    def keep(self) -> bool:
        """Whether they could be kept."""
        if not self.mistake:
            self.mistake = self.missing
        if self.mistake:
            return False
        self.load.columns = {"begins": self.begins, "named": self.named}
        self.load.save(update_fields=["columns"])
        return True

    @cached_property
    def listed(self) -> list[Column]:
        heads = self.rows[self.begins - 1].cells if self.begins else ()
        below = self.rows[self.begins : self.begins + 50]
        by_place = {at: name for name, at in self.named.items()}
        found = []
        for at in range(self.wide):
            cells = [row.cells[at] for row in below if at < len(row.cells) and row.cells[at]]
            found.append(
                Column(
                    at,
                    spreadsheet.column(at),
                    heads[at] if at < len(heads) else "",
                    [each[:40] for each in cells[:SAMPLES]],
                    by_place.get(at, ""),
                )
            )
        return found

    @property
    def meanings(self) -> list[tuple[str, str]]:
        return [(name, str(label)) for name, label in words.loads.COLUMNS.items()]

    @cached_property
    def understood(self) -> list_files.Read:
        deletions = self.load.kind == Load.Kind.DELETIONS
        return lists.lines_of(self.rows[self.begins :], self.named, deletions=deletions)

    @property
    def first(self) -> list[Line]:
        return self.understood[0][:SHOWN]

    @property
    def good(self) -> int:
        return len(self.understood[0])

    @property
    def wrong(self) -> list[Complaint]:
        troubles = [
            LoadTrouble(
                position=each.line,
                column=each.column,
                reason=each.why,
                mended=not each.left_out,
                seen=each.text,
            )
            for each in self.understood[1]
        ]
        return sorted(load_report.rows_of(troubles), key=lambda each: each.mended)

    @property
    def without_barcode(self) -> int:
        return sum(not each.barcode for each in self.understood[0])
