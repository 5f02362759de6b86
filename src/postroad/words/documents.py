"""Copies and what the law counts of them: warnings and refusals in plain words."""

from django.utils.translation import gettext_lazy

from postroad.documents.copyright import Warn
from postroad.words import copies
from postroad.words.labels import Words

WARNINGS: Words = {
    Warn.LAST_FREE: gettext_lazy(
        "This is the fifth copy: the next one is beyond what the guidelines allow without a royalty"
    ),
    Warn.BEYOND: gettext_lazy(
        "This library has had five copies: pay a royalty, use another source, or decline"
    ),
    Warn.AGE_UNKNOWN: gettext_lazy("The year of publication is not known, so the copy counts"),
    Warn.AGE_IN_DOUBT: gettext_lazy(
        "It may be more than five years old. The exact date is not known, so the copy counts"
    ),
    Warn.BY_TITLE: gettext_lazy("Some copies were found by the title alone: compare them"),
    Warn.ONLY_KEPT: gettext_lazy(
        "A book counts over its whole copyright term; only the last years of copies are kept here"
    ),
}

REFUSALS: Words = {
    **copies.REFUSALS,
    "mark-without-reason": gettext_lazy(
        "Say why the mark is changed: the reason is kept with it. Nothing was changed."
    ),
    "copy-was-declined": gettext_lazy(
        "This copy was declined, so there is no mark or cost to change."
    ),
    "copy-was-made": gettext_lazy(
        "This copy was made, so it cannot be declined. Take the delivery back instead."
    ),
}
