"""How a code and a day are put into words."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
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
