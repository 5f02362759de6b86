"""What libraries write of their holdings is read as a person reads it.

`labels.tsv` holds statements that were read by hand, one by one: the years, "open" where the serial
is still received, and which volumes of which series are there at least in part. They come from the
test data of psu-libraries/psulib_traject and psulib_blacklight, solrmarc/solrmarc (University of
Virginia), FOLIO-FSE/folio_migration_tools (Apache-2.0, MIT) and pulibrary/bibdata (BSD-2-Clause).
The part that is held back was chosen by chance; the reading was not changed for it.
"""

import csv
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from postroad.catalogue.serials import Kind, Reading, Run, Statement, read
from postroad.catalogue.serials.runs import Level

LABELS = Path(__file__).parent / "labels.tsv"
NEWEST = 1000  # stands for whatever comes
SPAN = re.compile(
    r"(?P<series>(?:n\.s\.|ser\.\d+)?) ?(?P<level>v\.|no\.)?(?P<low>\d+)(?:-(?P<high>\d*))?$"
)


def reading(*texts: str) -> Reading:
    return read(Statement(text) for text in texts)


def labels() -> list[dict[str, str]]:
    with LABELS.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def years(said: Reading) -> tuple[str, str]:
    return str(said.first_year or ""), "open" if said.is_open else str(said.last_year or "")


def numbers(run: Run) -> Iterator[tuple[str, int]]:
    """The volumes of a run, each with its series."""
    if run.first.volume is not None:
        last = run.last.volume if run.last.volume is not None else NEWEST
        for number in range(run.first.volume, last + 1):
            yield run.first.series, number


def volumes(said: Reading) -> set[tuple[str, int]]:
    return {each for run in said.runs if run.level for each in numbers(run)}


def told(label: str) -> set[tuple[str, int]]:
    """The volumes that a label names: v.1-25; n.s. v.3-"""
    found = set()
    for span in filter(None, label.split("; ")):
        parts = SPAN.match(span)
        assert parts, span
        low = int(parts["low"])
        high = low if parts["high"] is None else int(parts["high"] or NEWEST)
        found |= {(parts["series"], number) for number in range(low, high + 1)}
    return found


def is_right(label: dict[str, str]) -> bool:
    said = reading(label["statement"])
    right = (label["first_year"], label["last_year"])
    return years(said) == right and volumes(said) == told(label["volumes"])


@pytest.mark.parametrize("part", ["tuned", "held"])
def test_statements_are_read_as_a_person_read_them(part: str):
    of_part = [label for label in labels() if label["part"] == part]
    wrong = [label["statement"] for label in of_part if not is_right(label)]
    assert len(of_part) >= 15
    assert len(wrong) <= 0.05 * len(of_part), wrong
    silent = [text for text in wrong if reading(text).understood]
    assert silent == []


def test_the_shared_labels_are_read_so_too(shared: Path):
    file = shared / "data" / "serial-holdings" / "labelled.tsv"
    if not file.exists():
        pytest.skip("no shared statements here")
    with file.open(newline="") as rows:
        shared_labels = list(csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(shared_labels) == 60
    right = [(each["first_year"], each["last_year"]) for each in shared_labels]
    assert [years(reading(each["statement"])) for each in shared_labels] == right
    for each in shared_labels:
        label = re.sub(r" \([^)]*\)", "", each["volumes"]).replace("; Suppl.", "")
        if re.search(r"fasc|ser\.\d v", label):  # other words for numbers, a run over nine series
            continue
        series = ""
        wanted = set()
        for span in filter(None, label.split("; ")):
            series = "n.s." if "n.s." in span else ""
            wanted |= {(series, number) for _, number in told(span.replace("n.s. ", "").strip())}
        assert volumes(reading(each["statement"])) == wanted, each["statement"]


@pytest.mark.parametrize(
    ("text", "first", "last", "held"),
    [
        # German, as the Zeitschriftendatenbank has it
        ("1.1970 - 15.1984; 17.1986 -", "1970", "open", "v.1-15; v.17-"),
        ("N.F. 1.1990 - 7.1996", "1990", "1996", "n.s. v.1-7"),
        ("12. Jahrgang (1987)", "1987", "1987", "v.12"),
        # French, Spanish, Italian, Swedish, Japanese, Chinese
        ("n° 1 (1990)-", "1990", "open", "no.1-"),
        ("t. 1 (1970) - t. 15 (1984)", "1970", "1984", "v.1-15"),
        ("año 5, n.º 3 (1990)", "1990", "1990", "v.5"),
        ("A. 1, n. 1 (1980)-", "1980", "open", "v.1-"),
        ("1巻1号(1980)-10巻(1989)", "1980", "1989", "v.1-10"),
        ("第12卷第3期 (1987)", "1987", "1987", "v.12"),
        # numerals, abbreviated years, signs for "goes on"
        ("Vol. XII, no. 3 (1987)", "1987", "1987", "v.12"),
        ("v.1-v.5 1980-84", "1980", "1984", "v.1-5"),
        ("1999-00", "1999", "2000", ""),
        ("1990+", "1990", "open", ""),
        ("v.1 (Jan. 1990) to present", "1990", "open", "v.1-"),
        ("vol. 12, 1987", "1987", "1987", "v.12"),
        ("1987 v.12", "1987", "1987", "v.12"),
        ("3rd ser. v.1-5 (1990-1994)", "1990", "1994", "ser.3 v.1-5"),
        ("v.23 no.3-4-v.29 no.3-4 (Fall 1985-Fall/Winter 1991)", "1985", "1991", "v.23-29"),
        ("v.19 nos.1, 3, 7-12 (Jan, Mar, Jul-Dec 1915)", "1915", "1915", "v.19"),
    ],
)
def test_many_ways_of_writing_are_read(text: str, first: str, last: str, held: str):
    said = reading(text)
    assert said.understood
    assert years(said) == (first, last)
    assert volumes(said) == told(held)


@pytest.mark.parametrize(
    "text",
    [
        "28 reels",
        "2 v.",
        "reels 1-25",
        "11 v.1-34 in 1v.",
        "2.1 54-62 1-1 1998-2006 21-21 g",
        "N1984: (2 (1))M1985: 2 (2 [summer])",
        "8,13,15,17,19,20-(1982-1994)",
        "1988:test issue no.3",
        "10(1)-12(4) 1980-1982",
        "v.1-20, some issues missing",
        "undefined",
        "",
    ],
)
def test_what_is_not_understood_is_never_taken_for_understood(text: str):
    assert not reading(text).understood


def test_a_line_that_ends_in_a_comma_or_within_parentheses_goes_on():
    assert volumes(reading("fasc.1,7,10,", "fasc.21,24,", "fasc.36")) == {
        ("", number) for number in (1, 7, 10, 21, 24, 36)
    }
    note = reading("*Continues:Another paper (Magdeburg,", "Germany:  1882)")
    assert note.first_year is None


def test_indexes_and_supplements_are_told_apart():
    said = reading("v.1-88(1857-1901) index", "v.266:supp.(1990)", "v.58 Suppl. (Sep 2003)")
    assert [run.kind for run in said.runs] == [Kind.INDEX, Kind.SUPPLEMENT, Kind.SUPPLEMENT]
    assert not list(said.basic)


def test_a_misprinted_year_is_doubted():
    said = reading("v.39(1942)-v.40:no.13(1972), v.41(1943)-v.48(1946), v.49(1947)-v.55(1950)")
    assert [run.doubted for run in said.runs] == [True, False, False]
    assert said.last_year == 1950


def test_a_reading_is_kept_as_json_and_comes_back_the_same():
    for label in labels():
        said = reading(label["statement"], "lacks v.3", "latest 5 years only")
        assert Reading.of_json(said.as_json()) == said


CAPTIONS = ("v.", "vol. ", "Bd.", "t.", "Jahrg.")


def made(dice: random.Random) -> tuple[str, set[tuple[str, int]], int, int | None]:
    """A statement, the volumes that it says are there, and its years."""
    caption, at, year = dice.choice(CAPTIONS), dice.randint(1, 60), dice.randint(1800, 1950)
    start, spans, held, is_open = year, [], set(), False
    for _ in range(dice.randint(1, 5)):
        last, until = at + dice.randint(1, 12), year + dice.randint(0, 12)
        is_open = dice.random() < 0.1
        if is_open:
            spans.append(f"{caption}{at}({year})-")
            held |= {("", number) for number in range(at, NEWEST + 1)}
            break
        form = dice.choice(
            ["{c}{a}({y})-{c}{b}({z})", "{c}{a}-{b} ({y}-{z})", "{c}{a} {y}-{c}{b} {z}"]
        )
        spans.append(form.format(c=caption, a=at, b=last, y=year, z=until))
        held |= {("", number) for number in range(at, last + 1)}
        at, year = last + dice.randint(2, 9), until + dice.randint(0, 5)
    return ", ".join(spans), held, start, None if is_open else until


def test_whatever_is_written_in_the_usual_ways_is_read_back():
    dice = random.Random(1987)
    for _ in range(100):
        text, held, first, last = made(dice)
        said = reading(text)
        assert said.understood, text
        assert volumes(said) == held, text
        assert (said.first_year, said.last_year) == (first, last), text
        assert {run.level for run in said.runs} == {Level.VOLUME}
