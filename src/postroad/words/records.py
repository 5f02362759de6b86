"""The words of records, cards and the lists by which they come in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.directory import opening
from postroad.words import hours
from postroad.words.labels import Words, day, label

# Fields of a library's record, and what stands beside it.
RECORD: Words = {
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name"),
    "town": gettext_lazy("Town"),
    "state": gettext_lazy("State"),
    "kind": gettext_lazy("Kind of library"),
    "network": gettext_lazy("Network"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "website": gettext_lazy("Website"),
    "open_days": gettext_lazy("Open on"),
    "hours": gettext_lazy("Opening hours"),
    "specialhours": gettext_lazy("Special hours"),
    "delivery_code": gettext_lazy("Rhode Island's three letters"),
    "membership": gettext_lazy("Membership"),
    "oclc": gettext_lazy("OCLC symbol"),
    "isil": gettext_lazy("ISIL"),
    "contact": gettext_lazy("Contact"),
    "address": gettext_lazy("Address"),
    "symbol": gettext_lazy("Symbol"),
}
CARD: Words = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "expires": gettext_lazy("Expires"),
    "blocked": gettext_lazy("Blocked"),
    "email-gone": gettext_lazy("E-mail removed"),
    "expires-gone": gettext_lazy("No longer expires"),
    "blocked-gone": gettext_lazy("No longer blocked"),
}
# Why a cell of a list cannot be taken; %(text)s is what stands in it.
LIST_WRONG: Words = {
    "missing": gettext_lazy("This cell may not be empty."),
    "not-a-code": gettext_lazy("“%(text)s”: use only letters, digits, hyphens and underscores."),
    "twice": gettext_lazy("This is in line %(text)s already."),
    "too-long": gettext_lazy("“%(text)s” is too long."),
    "no-such-state": gettext_lazy("“%(text)s” is not a state, or not one where our members are."),
    "no-such-kind": gettext_lazy("“%(text)s” is not a kind of library that we know."),
    "no-such-network": gettext_lazy("There is no network “%(text)s”."),
    "no-such-membership": gettext_lazy("“%(text)s”: write yes for a member, no for others."),
    "not-an-address": gettext_lazy("“%(text)s” is not an e-mail address."),
    "not-a-website": gettext_lazy("“%(text)s” is not an address like https://example.org."),
    "not-three-letters": gettext_lazy("“%(text)s” is not three letters."),
    "symbol-taken": gettext_lazy("“%(text)s” is another library's symbol."),
    "not-hours": gettext_lazy(
        "“%(text)s” does not read as hours. Type them like 9-5 or 9-12, 1-5:30; or “closed”, or "
        "“open” where you do not know the hours."
    ),
    "hours-missing": gettext_lazy(
        "Type the hours of every weekday, or “closed”, or “open” where you do not know them: "
        "nothing is known of this library's days."
    ),
    "never-open": gettext_lazy("That would be closed every day. For a while, enter a closure."),
    "no-number": gettext_lazy("This card has no number."),
    "damaged-number": gettext_lazy(
        "“%(text)s”: the spreadsheet program has rounded this number. Format the column as text "
        "and export it again."
    ),
    "no-name": gettext_lazy("This card has no name."),
    "not-a-day": gettext_lazy("“%(text)s” is not a date like 12/31/2026."),
}


def weekdays(days: str) -> str:
    """ "MT-----" as the days that it means; nothing where no day is known."""
    return ", ".join(str(WEEKDAYS[at]) for at in sorted(opening.weekdays(days)))


IN_WORDS: Mapping[str, Callable[[str], str]] = {"open_days": weekdays, "hours": hours.of_week}


def changes(told: Mapping[str, Sequence[object]], fields: Words) -> list[tuple[str, str, str]]:
    """What changes, by the field's label: as it was, as it is."""
    return [
        (label(fields, name), as_recorded(old, name), as_recorded(new, name))
        for name, (old, new) in told.items()
    ]


def as_recorded(value: object, name: str = "") -> str:
    """A value of a record as it is read; nothing as such."""
    if name in IN_WORDS:
        value = IN_WORDS[name](str(value or ""))
    if isinstance(value, date):
        return day(value)
    return str(value or "") or _("nothing")
