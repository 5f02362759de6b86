"""The header of a title list: which columns there are, by whose rules, and what separates them."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from postroad.protocols.kbart.text import NotATitleList, Text

COLUMNS_2010 = (
    "publication_title print_identifier online_identifier date_first_issue_online"
    " num_first_vol_online num_first_issue_online date_last_issue_online num_last_vol_online"
    " num_last_issue_online title_url first_author title_id embargo_info coverage_depth"
).split()
COLUMNS_2014 = [
    *COLUMNS_2010,
    *(
        "notes publisher_name publication_type date_monograph_published_print"
        " date_monograph_published_online monograph_volume monograph_edition first_editor"
        " parent_publication_title_id preceding_publication_title_id access_type"
    ).split(),
]
OF_2014 = {"publication_type", "access_type", "date_monograph_published_online"}
CUFTS = {
    "title": "publication_title",
    "issn": "print_identifier",
    "e_issn": "online_identifier",
    "ft_start_date": "date_first_issue_online",
    "vol_ft_start": "num_first_vol_online",
    "iss_ft_start": "num_first_issue_online",
    "ft_end_date": "date_last_issue_online",
    "vol_ft_end": "num_last_vol_online",
    "iss_ft_end": "num_last_issue_online",
    "journal_url": "title_url",
    "publisher": "publisher_name",
    "coverage": "notes",
}
STRICT, LOOSE, OTHER = "RP-9-2014", "KBART 2010", "CUFTS"
WITHIN = 20  # lines
Unsplit = csv.Error  # a line whose quotation marks are not closed
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}


@dataclass(frozen=True, slots=True)
class Head:
    """What the header says. `columns` are the names of KBART, in the order of the file."""

    at: int
    separator: str
    columns: tuple[str, ...]
    layout: str
    warnings: tuple[str, ...] = ()

    @property
    def is_strict(self) -> bool:
        return self.layout == STRICT


def head_of(lines: Iterable[tuple[int, str]], text: Text) -> Head:
    """The header, within the first lines."""
    for at, line in takewhile(lambda each: each[0] <= WITHIN, lines):
        for separator in SEPARATORS:
            columns = columns_of(line, separator)
            if "publication_title" in columns or {"title", "issn", "ft_start_date"} <= {*columns}:
                return head(at, separator, columns, text)
    raise NotATitleList(
        "This is no KBART file: none of its first lines is a header with the column"
        " publication_title."
    )


def columns_of(line: str, separator: str) -> list[str]:
    try:
        return [cell.lower() for cell in split(line, separator)]
    except csv.Error:
        return []


def head(at: int, separator: str, columns: list[str], text: Text) -> Head:
    known = {*COLUMNS_2014, *CUFTS} & {*columns}
    if twice := [column for column in known if columns.count(column) > 1]:
        raise NotATitleList(f"The header names the column {min(twice)} twice.")
    layout = layout_of(columns)
    warnings = [text.warning, *of_form(at, separator), *of_columns(layout, columns)]
    if layout == OTHER:
        columns = [CUFTS.get(column, column) for column in columns]
    told = tuple(each for each in warnings if each)
    return Head(at, separator, tuple(columns), layout, told)


def layout_of(columns: list[str]) -> str:
    if "publication_title" not in columns:
        return OTHER
    if {*COLUMNS_2014} <= {*columns}:
        return STRICT
    if missing := [column for column in COLUMNS_2010 if column not in columns]:
        raise NotATitleList(f"The header lacks the column {missing[0]}.")
    return LOOSE


def of_form(at: int, separator: str) -> Iterator[str]:
    if separator != "\t":
        yield f"Its columns are separated by {SEPARATORS[separator]}, and KBART wants tabs."
    if at > 1:
        yield f"The header is line {at}, and KBART wants it first. What is above was not read."


def of_columns(layout: str, columns: list[str]) -> Iterator[str]:
    """What the header has otherwise than the rule."""
    if layout == OTHER:
        yield "This is the layout of CUFTS, not of KBART. Its columns were read for those of KBART."
    elif layout == LOOSE and OF_2014.isdisjoint(columns):
        yield (
            "This is the first version of KBART, of 2010. What RP-9-2014 demands besides was not"
            " looked for."
        )
    elif layout == LOOSE:
        missing = ", ".join(column for column in COLUMNS_2014 if column not in columns)
        yield f"The header lacks columns of RP-9-2014, so its rules were not applied: {missing}."
    elif wrong := [
        known for known, there in zip(COLUMNS_2014, columns, strict=False) if known != there
    ]:
        yield (
            "The columns are not in the order of RP-9-2014; they were read by their names. The"
            f" first that is not in its place is {wrong[0]}."
        )


def split(line: str, separator: str) -> list[str]:
    """The cells of a line. Tab-separated text has no quoting, so that one stray quotation mark
    cannot swallow the lines that follow; marks around a whole cell are taken off."""
    if separator == "\t":
        return [unquoted(cell.strip()) for cell in line.split("\t")]
    read = csv.reader([line], delimiter=separator, strict=True)
    return [cell.strip() for cell in next(read, [])]


def unquoted(cell: str) -> str:
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"').strip()
    return cell
