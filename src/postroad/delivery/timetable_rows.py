"""The rows of a region's timetable, as its office keeps them in a spreadsheet: what each asks for.

Pure: text comes in, values or what is wrong with them come out. A row is a community or one of its
libraries; a cell that is left empty is not known and changes nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum
from typing import Any

from postroad.directory.opening import ALWAYS, NEVER

LETTERS = re.compile(r"[M-][T-][W-][T-][F-][S-][S-]|[M-][T-][W-][T-][F-]", re.I)
NAMES: Mapping[str, int] = {
    word: day
    for day, words in enumerate(
        (
            "m mo mon",
            "t tu tue tues",
            "w we wed weds",
            "th thu thur thurs r",
            "f fr fri",
            "sa sat s",
            "su sun",
        )
    )
    for word in words.split()
}
# Workbooks have seconds in a time, whether they show them or not.
CLOCK = re.compile(r"(\d{1,2})(?:[:.h]?(\d{2})(?::\d{2})?)?\s*(a|p)?\.?\s*(?:m\.?)?", re.I)
YES = frozenset({"yes", "y", "true", "1", "x", "on demand"})
NO = frozenset({"no", "n", "false", "0", "-", "none"})


class Wrong(StrEnum):
    """What is wrong with a cell."""

    LIBRARY = "library"  # no such one, or several
    TWICE = "twice"  # it stands in another row already
    ROUTE = "route"
    PLACE = "place"
    DAYS = "days"
    CLOCK = "clock"
    WINDOW = "window"  # it ends before it begins
    NOTICE = "notice"
    YES_OR_NO = "yes-or-no"
    BEHIND = "behind"  # it is no hub town


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that cannot be read: its line as the spreadsheet numbers it, and what it says."""

    line: int
    column: str
    typed: str
    why: Wrong


@dataclass(frozen=True, slots=True)
class Asked:
    """What a row asks for; None is what it does not say."""

    line: int
    library: str = ""
    town: str = ""
    route: str | None = None
    place: int | None = None
    drop_days: str | None = None
    pick_up_days: str | None = None
    opens: time | None = None
    closes: time | None = None
    on_demand: bool | None = None
    notice_hours: int | None = None
    behind: str | None = None  # the library of its hub town; "" is none


class Unread(ValueError):
    """The cell says nothing that we know."""


def days(text: str) -> str:
    """ "MTWTF", "M-W-F--", "Mon, Wed & Fri", "MWF", "Tu Th", "daily", "none", "Mon-Fri"."""
    said = text.strip()
    if (LETTERS.fullmatch(said) and "-" in said) or said.upper() in ("MTWTF", "MTWTFS", "MTWTFSS"):
        letters = said.upper().ljust(len(ALWAYS), "-")
        return "".join(ALWAYS[at] if each != "-" else "-" for at, each in enumerate(letters))
    bare = said.casefold().strip(" .")
    if bare in ("daily", "every day", "weekdays", "monday to friday"):
        return "MTWTF--"
    if bare in ("none", "no", "never", "-"):
        return NEVER
    return _marked(_of_words(bare))


def _of_words(bare: str) -> set[int]:
    run = re.fullmatch(r"([a-z]+)\.?\s*(?:-|–|to|through)\s*([a-z]+)\.?", bare)
    if run:
        first, last = (_day(each) for each in run.groups())
        if last < first:
            raise Unread(bare)
        return set(range(first, last + 1))
    words = [each for each in re.split(r"[\s,;/&+.]+|\band\b", bare) if each]
    if len(words) == 1 and words[0] not in NAMES and not words[0].startswith(tuple(FULL)):
        words = re.findall(r"th|tu|sa|su|[mtwrf]", words[0])
        if "".join(words) != re.sub(r"\W", "", bare):
            raise Unread(bare)
    found = [_day(each) for each in words]
    if not found or len(found) != len(set(found)):
        raise Unread(bare)
    return set(found)


FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _day(word: str) -> int:
    bare = word.removesuffix("s") if word.endswith("days") else word
    if bare in FULL:
        return FULL.index(bare)
    if bare in NAMES:
        return NAMES[bare]
    raise Unread(word)


def _marked(found: Iterable[int]) -> str:
    days = set(found)
    return "".join(letter if at in days else "-" for at, letter in enumerate(ALWAYS))


def clock(text: str) -> time:
    """ "9", "9:30 a.m.", "1pm", "13.15", "09:00:00"; which half of the day "3" is, nobody knows."""
    match = CLOCK.fullmatch(text.strip())
    if match is None:
        raise Unread(text)
    hour, minute = int(match.group(1)), int(match.group(2) or 0)
    half = (match.group(3) or "").lower()
    if half and not 1 <= hour <= 12:
        raise Unread(text)
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif hour < 7:
        raise Unread(text)
    if hour > 23 or minute > 59:
        raise Unread(text)
    return time(hour, minute)


def number(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        bare = text.strip().removesuffix(".0")
        if not (bare.isascii() and bare.isdecimal() and int(bare[:9]) <= most and len(bare) < 9):
            raise Unread(text)
        return int(bare)

    return read


def yes_or_no(text: str) -> bool:
    bare = text.strip().casefold()
    if bare in YES:
        return True
    if bare in NO:
        return False
    raise Unread(text)


READ: Sequence[tuple[str, Callable[[str], Any], Wrong]] = (
    ("place", number(999), Wrong.PLACE),
    ("drop_days", days, Wrong.DAYS),
    ("pick_up_days", days, Wrong.DAYS),
    ("opens", clock, Wrong.CLOCK),
    ("closes", clock, Wrong.CLOCK),
    ("on_demand", yes_or_no, Wrong.YES_OR_NO),
    ("notice_hours", number(240), Wrong.NOTICE),
)


def read(line: int, cells: Mapping[str, str]) -> tuple[Asked, list[Bad]]:
    """A row, by our names of its columns; what cannot be read of it is not in it."""
    asked = Asked(line, cells.get("library", "").strip()[:160], cells.get("town", "").strip()[:80])
    bad = []
    if route := " ".join(cells.get("route", "").split()):
        if len(route) > 20:
            bad.append(Bad(line, "route", route[:60], Wrong.ROUTE))
        else:
            asked = replace(asked, route=route.upper())
    if town := cells.get("behind", "").strip()[:160]:
        asked = replace(asked, behind="" if town.casefold() in NO else town)
    for name, reads, why in READ:
        typed = cells.get(name, "")
        if not typed.strip():
            continue
        said: dict[str, Any] = {}
        try:
            said[name] = reads(typed)
        except Unread:
            bad.append(Bad(line, name, typed[:60], why))
        asked = replace(asked, **said)
    if asked.opens and asked.closes and asked.closes <= asked.opens:
        bad.append(Bad(line, "closes", cells.get("closes", "")[:60], Wrong.WINDOW))
    if asked.drop_days is not None and asked.pick_up_days is None and not bad:
        asked = replace(asked, pick_up_days=asked.drop_days)
    return asked, bad
