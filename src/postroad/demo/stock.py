"""What the demo's libraries own: invented, from a seed, after their size and taste.

Real are only the libraries and the titles. Barcodes have fourteen digits as in most American
libraries, with prefixes that are ours.
"""

import marshal
import random
import re
import subprocess
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from postroad.demo.facts import CENTRE, LibraryFact, TitleFact, libraries, title_facts


class StockFact(NamedTuple):
    """One copy."""

    library: str
    control_number: str
    barcode: str
    call_number: str
    location: str
    status: str  # in, out, missing or reference
    copy: int  # 1, 2, ... of this title in this library


@dataclass(frozen=True, slots=True)
class Shelf:
    """The libraries that would buy a kind of title, and how eagerly."""

    members: tuple[LibraryFact, ...]
    eagerness: tuple[float, ...]  # running total, as random.choices wants it

    def holders(self, wanted: int, dice: random.Random) -> list[LibraryFact]:
        """Different libraries, the large ones more often."""
        drawn = dice.choices(self.members, cum_weights=self.eagerness, k=wanted * 2)
        return list(dict.fromkeys(drawn))[:wanted]


# How many libraries own a title, by its fame: the middle of what the dice give.
HOLDERS = (3, 3.5, 4, 5, 6, 8, 12, 16, 24, 220)
SHARED_LABELS = 9999  # the Jefferson Schools bought their labels from the same shop


def stock(seed: int = 1) -> Iterator[StockFact]:
    """Every copy, title by title. The same seed gives the same copies."""
    dice = random.Random(seed)  # noqa: S311 - a story, not a secret
    shelves = {taste: shelf(taste) for taste in ("popular", "scholarly", "young")}
    labels = label_prefixes()
    counters = dict.fromkeys(labels, 0)
    for title in title_facts():
        if title.format == "eresource":
            continue  # nothing to put on a shelf
        for library in shelves[taste(title)].holders(holders(title, dice), dice):
            for copy in range(1, copies(title, library, dice) + 1):
                counters[library.code] += 1
                yield StockFact(
                    library=library.code,
                    control_number=title.control_number,
                    barcode=barcode(labels[library.code], counters[library.code]),
                    call_number=call_number(title, library),
                    location=location(title, library),
                    status=status(title, dice),
                    copy=copy,
                )


@contextmanager
def invented_beside() -> Iterator[Callable[[], list[StockFact]]]:
    """The same copies, thought up by a second process while this one does something else."""
    command = [sys.executable, "-m", "postroad.demo.stock"]
    # A group of its own: Ctrl-C is for us, and we end it.
    with subprocess.Popen(command, stdout=subprocess.PIPE, process_group=0) as beside:
        said = beside.stdout
        assert said is not None
        try:
            yield lambda: [StockFact(*fact) for fact in marshal.load(said)]  # noqa: S302  # of ours
        except BaseException:
            beside.kill()
            raise


def shelf(kind: str) -> Shelf:
    members = tuple(library for library in libraries() if eager(library, kind) > 0)
    return Shelf(members, tuple(accumulate(eager(library, kind) for library in members)))


def eager(library: LibraryFact, kind: str) -> float:
    """How readily a library buys a kind of title; 0 is never."""
    if library.code == CENTRE:
        return 0
    size: float = max(library.volumes, 6_000) ** 0.6
    likes = {
        "popular": {"public": 1.0, "academic": 0.35, "school": 0.5, "special": 0},
        "scholarly": {"public": 0.35, "academic": 1.0, "school": 0, "special": 1.2},
        "young": {"public": 1.0, "academic": 0.05, "school": 1.6, "special": 0},
    }
    return size * likes[kind][library.kind]


def taste(title: TitleFact) -> str:
    if is_for_children(title):
        return "young"
    is_learned = (
        title.source == "BL" or title.language != "eng" or title.format in {"serial", "map"}
    )
    return "scholarly" if is_learned and title.fame < 6 else "popular"


def is_for_children(title: TitleFact) -> bool:
    return title.congress == "PZ" or "uvenile" in title.subjects


def holders(title: TitleFact, dice: random.Random) -> int:
    return max(1, round(HOLDERS[title.fame] * dice.uniform(0.3, 1.7)))


def copies(title: TitleFact, library: LibraryFact, dice: random.Random) -> int:
    if title.fame < 8 or library.volumes < 60_000:
        return 1
    return dice.choice((1, 1, 1, 2, 3))


def status(title: TitleFact, dice: random.Random) -> str:
    chance = dice.random()
    if title.format in {"serial", "map"}:
        return "reference" if chance < 0.6 else "in"
    if chance < 0.02:
        return "missing"
    if chance < 0.05:
        return "reference"
    return "out" if chance < 0.05 + 0.02 * (1 + title.fame) else "in"


def label_prefixes() -> dict[str, int]:
    """Four digits for each library. Four schools have the same ones, so some barcodes collide."""
    return {
        library.code: SHARED_LABELS if library.name == "Jefferson School" else 1000 + 7 * place
        for place, library in enumerate(libraries())
    }


def barcode(prefix: int, number: int) -> str:
    """Kind of label, library, running number and the check digit of bank cards."""
    digits = f"3{prefix:04d}{number:08d}"
    doubled = (int(digit) * 2 for digit in digits[::2])
    total = sum(value // 10 + value % 10 for value in doubled) + sum(map(int, digits[1::2]))
    return digits + str(-total % 10)


# ------------------------------------------------------------------ where it stands

DEWEY = {
    "A": "030", "B": "190", "BC": "160", "BF": "150", "BJ": "170", "BL": "290", "BM": "296",
    "BR": "270", "BS": "220", "BT": "230", "BV": "240", "BX": "280", "C": "909", "CT": "920",
    "D": "940", "DA": "942", "DC": "944", "DD": "943", "DG": "945", "DK": "947", "DP": "946",
    "DS": "950", "DT": "960", "E": "973", "F": "974", "G": "910", "GN": "301", "GR": "398",
    "GV": "796", "H": "300", "HB": "330", "HD": "338", "HF": "650", "HG": "332", "HM": "301",
    "HQ": "306", "HV": "364", "HX": "335", "J": "320", "K": "340", "KF": "347", "L": "370",
    "LB": "371", "M": "780", "ML": "780", "N": "700", "NA": "720", "ND": "750", "P": "400",
    "PA": "880", "PN": "808", "PQ": "840", "PR": "820", "PS": "810", "PT": "830", "Q": "500",
    "QA": "510", "QB": "520", "QC": "530", "QD": "540", "QE": "550", "QH": "570", "QK": "580",
    "QL": "590", "QP": "612", "R": "610", "S": "630", "SB": "635", "SF": "636", "SH": "639",
    "T": "600", "TJ": "621", "TK": "621", "TL": "629", "TX": "641", "U": "355", "V": "359",
    "Z": "020",
}  # fmt: skip
MEDIA = {"music": "CD", "film": "DVD", "audiobook": "CDB", "score": "SCORE", "map": "MAP"}
LOCATIONS = {
    "music": "Music",
    "film": "Film",
    "audiobook": "Audiobooks",
    "score": "Music",
    "map": "Map Room",
    "serial": "Periodicals",
    "large-print": "Large Print",
}


def call_number(title: TitleFact, library: LibraryFact) -> str:
    """As its library would write it: colleges by the Library of Congress, others by Dewey."""
    if title.format in MEDIA:
        return f"{MEDIA[title.format]} {cutter(title)}"
    if title.format == "serial":
        return f"PER {cutter(title)}"
    front = "LP " if title.format == "large-print" else ""
    if library.kind in {"academic", "special"}:
        return front + congress_number(title)
    if is_for_children(title) and library.kind == "public":
        return f"{front}J FIC {cutter(title)}" if title.fiction else f"{front}J {dewey(title)}"
    return f"{front}FIC {cutter(title)}" if title.fiction else front + dewey(title)


def cutter(title: TitleFact) -> str:
    """The first three letters that the title is filed by."""
    text = title.author or re.sub(r"^(?:The|A|An|Le|La|Der|Die|Das) ", "", title.title)
    return letters(text)[:3].upper() or "ZZZ"


def letters(text: str) -> str:
    """Only letters and digits, without accents."""
    flat = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in flat if sign.isascii() and sign.isalnum())


def dewey(title: TitleFact) -> str:
    if title.dewey[:3].isdigit():
        return f"{title.dewey[:7]} {cutter(title)}"
    group = re.sub(r"[^A-Z].*", "", title.congress)
    number = DEWEY.get(group) or DEWEY.get(group[:1])
    return (
        f"{number} {cutter(title)}" if number else f"STACKS {title.year or 'UND'} {cutter(title)}"
    )


def congress_number(title: TitleFact) -> str:
    """The real number where there is one, else the class with a number that a hash gives."""
    if " " in title.congress or "." in title.congress:
        return title.congress
    group = re.sub(r"[^A-Z].*", "", title.congress) or ("PS" if title.fiction else "AC")
    number = title.congress.removeprefix(group).lstrip("0")
    hashed = zlib.crc32(title.control_number.encode())
    number = number or str(100 + hashed % 2900)
    return f"{group}{number} .{cutter(title)[:1]}{10 + hashed % 89} {title.year}".strip()


def location(title: TitleFact, library: LibraryFact) -> str:
    if title.format in LOCATIONS:
        return LOCATIONS[title.format]
    if library.kind in {"school", "special"}:
        return "Library"
    if library.kind == "academic":
        return "Stacks"
    if is_for_children(title):
        return "Children's Room"
    if title.fiction:
        return "Adult Fiction"
    return "Local History" if title.congress.startswith("F0") else "Adult Nonfiction"


if __name__ == "__main__":
    marshal.dump([tuple(fact) for fact in stock()], sys.stdout.buffer)
