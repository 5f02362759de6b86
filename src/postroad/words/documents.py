"""Copies and what the law counts of them: warnings and refusals in plain words."""

from collections.abc import Mapping

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.documents.copyright import FREE, Basis, Citation, Verdict, Warn
from postroad.documents.reports import Counts
from postroad.words import copies
from postroad.words.labels import Words, label

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

# Why a copy is none of those that are counted
NOT_COUNTED: Words = {
    Basis.CCL: gettext_lazy("the law allows it in another way, by its age"),
    Basis.OWN: gettext_lazy("the library has the title itself"),
    Basis.LICENSED: gettext_lazy("a license allows it"),
}
NTH: Mapping[int, Promise] = {
    1: gettext_lazy("first"),
    2: gettext_lazy("second"),
    3: gettext_lazy("third"),
    4: gettext_lazy("fourth"),
    5: gettext_lazy("fifth"),
    6: gettext_lazy("sixth"),
    7: gettext_lazy("seventh"),
    8: gettext_lazy("eighth"),
    9: gettext_lazy("ninth"),
}


def nth(number: int) -> str:
    """ "sixth", "12th"."""
    return str(NTH.get(number) or ordinal(number))


def verdict(found: Verdict, citation: Citation, year: int) -> str:
    """What the count says of one more copy, in a sentence or two."""
    if found.basis not in {Basis.CCG, Basis.NOT_MARKED}:
        why = label(NOT_COUNTED, found.basis)
        said = _("This copy of “%(title)s” does not count: %(why)s.")
        return said % {"title": citation.title, "why": why}
    if citation.is_periodical:
        said = _(
            "This would be the %(nth)s copy of “%(title)s” from the last five years in %(year)s."
        )
    else:
        said = _("This would be the %(nth)s copy of “%(title)s”, over all years that are kept.")
    facts = {"nth": nth(found.count + 1), "title": citation.title, "year": year}
    return " ".join(filter(None, [said % facts, _paid(found.paid), _left(found.count)]))


def _paid(count: int) -> str:
    """Those that the page of the count lists besides."""
    if not count:
        return ""
    return ngettext(
        "Not counted is %(n)s copy for which a royalty was paid, or which came another way.",
        "Not counted are %(n)s copies for which a royalty was paid, or which came another way.",
        count,
    ) % {"n": count}


def _left(count: int) -> str:
    """What of the free ones is left after one more."""
    if count >= FREE:
        return _("The guidelines allow five without a royalty.")
    if count == FREE - 1:
        return _("It is the last of the five that the guidelines allow without a royalty.")
    return _("The guidelines allow five without a royalty, so this one is within them.")


def had(counts: Counts, year: int, *, is_periodical: bool) -> str:
    """How many copies of a title a library has had."""
    made = ngettext("%(made)s copy", "%(made)s copies", counts.made) % {"made": counts.made}
    said = _("%(made)s in %(year)s.") if is_periodical else _("%(made)s up to the end of %(year)s.")
    first = said % {"made": made, "year": year}
    if not counts.beyond:
        return f"{first} {_('The guidelines allow five without a royalty.')}"
    beyond = ngettext(
        "%(n)s is beyond the five that the guidelines allow without a royalty",
        "%(n)s are beyond the five that the guidelines allow without a royalty",
        counts.beyond,
    ) % {"n": counts.beyond}
    if not counts.undecided:
        return f"{first} {beyond}."
    left = _("nothing is chosen yet for %(n)s of them.") % {"n": counts.undecided}
    return f"{first} {beyond}; {left}"
