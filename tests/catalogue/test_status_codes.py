"""What our presets say of 220 codes that libraries' own catalogs explain.

The expectation is read from the explanation of each code, not from our tables: who calls a code
unavailable, lent, lost or for use in the library must never hear from us that it is on the shelf.
"""

import csv
import re
from pathlib import Path

import pymarc
import pytest

from postroad.catalogue.marc.copies import items_of
from postroad.catalogue.marc.layouts import PRESETS, Layout

# Of each table: which of our presets reads it, and in which of its subfields the code stands.
READ_BY = {
    "evergreen": ("evergreen", "status"),
    "sierra (NYPL)": ("sierra", "status"),
    "sierra check-in card (NYPL)": ("sierra", "status"),
    "alma base_status (Princeton)": ("alma", "status"),
    "alma process_type (Princeton)": ("alma", "status"),
    "alma policy (Princeton)": ("alma", "kind"),
    "symphony current location (Penn State)": ("symphony-psu", "current"),
    "symphony item type (Penn State)": ("symphony-psu", "kind"),
}
# Not on its shelf, or not to be lent, by the words of whoever explains it.
NO = re.compile(
    r"unavailable|check(?:ed)? out|\blost\b|missing|hold|transi|transferred|bindery|order|\bill\b"
    r"|being (?!returned)|interlibrary|reserve|in[- ]library|use in library|not in place"
    r"|in process|damaged|overdue|discard|acqui|loan$|on display|onsite|processing|office"
    r"|service desk|\bcatalog|reference|archives|treasures|hathitrust|unknown|online|expected"
    r"|arrived|bound$|marking",
    re.I,
)
TYPES = ("symphony item type", "alma policy")  # say how long it is lent, not whether it is there
YES = re.compile(r"available|item in place|reshelving|being returned", re.I)


def may_be_in(row: dict[str, str]) -> bool:
    if "is_available=f" in row["flags"]:
        return False
    lent_so = row["system"].startswith(TYPES) and not row["meaning"].startswith("HathiTrust")
    words = re.sub(
        r"\b\w+[- ](?:hour|day|week)(?: \w+)? loan|year loan", "", row["meaning"], flags=re.I
    )
    return not NO.search(words if lent_so else row["meaning"])


def must_be_in(row: dict[str, str]) -> bool:
    told = bool(YES.search(row["meaning"])) and not row["system"].startswith(TYPES)
    return may_be_in(row) and told


def said(row: dict[str, str]) -> str:
    name, where = READ_BY[row["system"]]
    layout: Layout = PRESETS[name]
    values = {layout.barcode: "31", layout.call_number[0]: "PR1", layout.location[0]: "STACKS"}
    values[getattr(layout, where)] = row["code"]
    parts = [pymarc.Subfield(code, value) for code, value in values.items()]
    field = pymarc.Field(layout.tag, indicators=pymarc.Indicators(" ", " "), subfields=parts)
    found = items_of({layout.tag: [field]}, layout)
    if not found:
        return "no copy"
    return f"not known ({found[0].strange})" if found[0].strange else found[0].status


@pytest.mark.once
def test_nothing_is_on_the_shelf_that_its_library_says_is_not(shared: Path):
    table = shared / "data" / "ils-item-exports" / "status_codes.tsv"
    if not table.exists():
        pytest.skip(f"no {table.name} among the shared data")
    with table.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened, delimiter="\t"))
    assert len(rows) == 220
    told = [(row, said(row)) for row in rows]
    for row, says in told:
        print(f"{row['system']} {row['code']} ({row['meaning']}): {says}")
    wrong_yes = [row["code"] for row, says in told if says == "in" and not may_be_in(row)]
    wrong_no = [row["code"] for row, says in told if says != "in" and must_be_in(row)]
    assert (wrong_yes, wrong_no) == ([], [])
    assert sum(says == "in" for _, says in told) > 30
    assert sum(says.startswith("not known (") for _, says in told) < 10
