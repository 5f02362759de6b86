"""Days and moments as people and their programs write them."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta

# Days: as ISO 8601 writes them (so do the dates of workbooks arrive), as Americans write them in
# digits, and with the name of the month.

CLOCK = re.compile(r" \d\d?:\d\d?(?P<seconds>:\d\d?)?(?P<half> [ap]m)?$", re.IGNORECASE)
DAYS = (
    "%Y-%m-%d",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%m-%d-%Y",
    "%m-%d-%y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%d %b %Y",
    "%b %d %Y",
)
MONTH = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\b\.?",
    re.IGNORECASE,
)
FIRST_DAY_OF_A_SERIAL = datetime(1899, 12, 30)  # noqa: DTZ001, a spreadsheet knows no time zone
SERIALS = range(20_000, 80_000)  # the years from 1954 to 2119


def day(text: str) -> date | None:
    """The day that is meant, whatever the time beside it; None if it is not surely one."""
    found = moment(text)
    return found.date() if found else None


def moment(text: str) -> datetime | None:
    """The time that is meant, without a time zone; None if it is not surely one.

    3/4/2026 is March 4, as everywhere in this country; 14/3/2026 is none. A whole number is what a
    spreadsheet counts days with when it has lost that a cell was a date.
    """
    if not any(map(str.isdigit, text)):  # most cells for a day are blank: nothing is tried on them
        return None
    said = MONTH.sub(lambda month: month[1], text.replace(",", " ").replace("T", " "))
    said = " ".join(said.split()).removesuffix("Z")
    said = re.sub(r"\.\d+$", "", said) if ":" in said else said
    for form in DAYS:
        with suppress(ValueError):
            return datetime.strptime(said, form + _clock(said))  # noqa: DTZ007, the same
    if re.fullmatch(r"(19|20)\d{6}", said):
        with suppress(ValueError):
            return datetime.strptime(said, "%Y%m%d")  # noqa: DTZ007, the same
    if re.fullmatch(r"\d{5}(\.\d+)?", said) and int(said[:5]) in SERIALS:
        return FIRST_DAY_OF_A_SERIAL + timedelta(days=float(said))
    return None


def _clock(said: str) -> str:
    """How the time beside a day is written, if there is one."""
    found = CLOCK.search(said)
    if found is None:
        return ""
    hour, half = (" %I", " %p") if found["half"] else (" %H", "")
    return f"{hour}:%M{':%S' if found['seconds'] else ''}{half}"
