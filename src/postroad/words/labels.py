"""How a code and a day are put into words."""

from collections.abc import Mapping
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise

Words = Mapping[str, Promise]


def label(words: Words, code: str) -> str:
    """The words for a code; the code itself where nobody wrote any, which a test forbids."""
    return str(words.get(code, code))


def day(value: date | str) -> str:
    """ "Thursday 3 December"; with the year if it is another one than today's."""
    date_ = date.fromisoformat(value) if isinstance(value, str) else value
    same_year = date_.year == timezone.localdate().year
    return date_format(date_, "l j F" if same_year else "l j F Y")


def clock(value: datetime | time) -> str:
    """ "5:30 p.m.", which never breaks before its second half; of a moment in the reader's zone."""
    here = timezone.localtime(value) if isinstance(value, datetime) else value
    return time_format(here, "TIME_FORMAT").replace(" ", "\N{NO-BREAK SPACE}")


def moment(value: datetime) -> str:
    """ "Thursday 3 December, 2:15 p.m."; a midnight to the second is a day without a time."""
    here = timezone.localtime(value)
    return f"{day(here.date())}, {clock(value)}" if here.time() != time() else day(here.date())
