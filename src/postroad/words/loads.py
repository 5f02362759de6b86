"""What is said of a library's file while it is loaded, and of what came of it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.words.labels import Words

MINUTE, HOUR = 60, 3600
A_WHILE = 100  # minutes that are still said in minutes
TENS = 10

REFUSALS: Words = {
    "load-not-taken": gettext_lazy("This file cannot be loaded. Nothing was changed."),
    "load-empty": gettext_lazy("There is nothing in this file. Nothing was changed."),
    "load-too-large": gettext_lazy(
        "This file is too large: %(megabytes)s MB is the most. Compress it with gzip, divide it, "
        "or let the operator load it. Nothing was changed."
    ),
    "load-without-records": gettext_lazy(
        "This file cannot be loaded: %(reason)s. Export it as MARC (.mrc, .xml or .mrk) or as a "
        "spreadsheet (.xlsx, .ods or .csv). Nothing was changed."
    ),
    "load-already-here": gettext_lazy(
        "This very file is here already, as “%(name)s”. It is not loaded twice."
    ),
}

KINDS: Words = {
    "changes": gettext_lazy("What is new or changed: whatever else you have stays as it is"),
    "full": gettext_lazy("Everything we have: what is not in it, we no longer have"),
    "deletions": gettext_lazy("What we no longer have: a list of record numbers"),
}

COLUMNS: Words = {
    "title": gettext_lazy("Title"),
    "subtitle": gettext_lazy("Subtitle"),
    "author": gettext_lazy("Author"),
    "isbn": gettext_lazy("ISBN"),
    "other_isbn": gettext_lazy("Another ISBN"),
    "call_number": gettext_lazy("Call number"),
    "barcode": gettext_lazy("Barcode"),
    "year": gettext_lazy("Year"),
    "publisher": gettext_lazy("Publisher"),
    "edition": gettext_lazy("Edition"),
    "format": gettext_lazy("Format"),
    "copies": gettext_lazy("Number of copies"),
    "volume": gettext_lazy("Volume"),
    "location": gettext_lazy("Location"),
    "status": gettext_lazy("Status"),
    "number": gettext_lazy("Record number"),
}

# Why a row of a list, or a cell of it, is left out; %(text)s is what stands there.
WRONG: Words = {
    "no-title": gettext_lazy("There is no title."),
    "no-record-number": gettext_lazy("There is no record number."),
    "damaged-number": gettext_lazy(
        "“%(text)s”: the spreadsheet program has rounded this number. Format the column as text "
        "and export it again."
    ),
    "twice": gettext_lazy("This barcode is in line %(text)s already."),
    "too-long": gettext_lazy("“%(text)s …” is too long."),
    "not-an-isbn": gettext_lazy("“%(text)s” is not an ISBN: a digit is wrong, or missing."),
    "not-a-year": gettext_lazy("“%(text)s” is not a year."),
    "not-a-count": gettext_lazy("“%(text)s” is not a number of copies from 1 to 200."),
    "no-such-format": gettext_lazy(
        "“%(text)s” is not a format that we know, so it is listed as “other”."
    ),
}

FAILED: Words = {
    "gone": gettext_lazy("The file is gone from our disk. Send it again."),
    "ours": gettext_lazy(
        "Something went wrong on our side. The operator can see what; send the file again later."
    ),
}

# Of a record that is shown before it is loaded: why it will not be.
NOT_LOADED: Words = {
    "deleted": gettext_lazy("marked as deleted: its copies are withdrawn"),
    "no-title": gettext_lazy("no title: left out"),
    "holdings-record": gettext_lazy("a holdings record: not needed"),
}


def failed(reason: str) -> str:
    """Why a file could not be loaded."""
    if said := FAILED.get(reason.partition(":")[0]):
        return str(said)
    return _("It could not be read: %(reason)s.") % {"reason": reason}


def left(seconds: float | None) -> str:
    """How long it may still take, as far as anybody can say."""
    if seconds is None:
        return _("how long it will take is not known yet")
    if seconds < MINUTE:
        return _("less than a minute left")
    minutes = round(seconds / MINUTE)
    if minutes > TENS:
        minutes = round(minutes / 5) * 5
    if minutes < A_WHILE:
        return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {
            "n": minutes
        }
    hours = round(seconds / HOUR)
    return ngettext("about %(n)s hour left", "about %(n)s hours left", hours) % {"n": hours}


def size(bytes_: int) -> str:
    """ "340 KB", "12 MB": near enough."""
    if bytes_ < 1_000_000:
        return _("%(n)s KB") % {"n": max(1, round(bytes_ / 1000))}
    if bytes_ < 1_000_000_000:
        return _("%(n)s MB") % {"n": round(bytes_ / 1_000_000)}
    return _("%(n)s GB") % {"n": round(bytes_ / 1_000_000_000, 1)}
