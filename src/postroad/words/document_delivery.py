"""The words of copies: what is done, how soon, what was sent, what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.documents.copyright import Choice
from postroad.ill.lifecycle import Fault, Level, Service
from postroad.words.labels import Words

SERVICES: Words = {
    Service.LOAN: gettext_lazy("Loan"),
    Service.COPY: gettext_lazy("Copy"),
}
# As the history says it
CHANGED: Words = {
    Service.LOAN: gettext_lazy("a loan is wanted, not a copy"),
    Service.COPY: gettext_lazy("a copy is wanted, not the thing itself"),
}
# What a library does about a copy beyond those that are free
CHOSEN: Words = {
    Choice.NONE: gettext_lazy("nothing is chosen yet"),
    Choice.ROYALTY: gettext_lazy("the royalty is paid"),
    Choice.OTHER_SOURCE: gettext_lazy("it comes from another source, which pays"),
    Choice.DECLINED: gettext_lazy("no copy is made"),
}
LEVELS: Words = {
    Level.RUSH: gettext_lazy("Rush"),
    Level.VERIFIED: gettext_lazy("Normal"),
    Level.UNVERIFIED: gettext_lazy("To be looked up first"),
}
FAULTS: Words = {
    Fault.ILLEGIBLE: gettext_lazy("it cannot be read"),
    Fault.PAGES_MISSING: gettext_lazy("pages are missing"),
    Fault.WRONG_ARTICLE: gettext_lazy("it is not what was asked for"),
    Fault.CANNOT_OPEN: gettext_lazy("the file cannot be opened"),
    Fault.OTHER: gettext_lazy("something else"),
}
# The same, as a choice
FAULTS_ASKED: Words = {
    Fault.ILLEGIBLE: gettext_lazy("It cannot be read"),
    Fault.PAGES_MISSING: gettext_lazy("Pages are missing"),
    Fault.WRONG_ARTICLE: gettext_lazy("It is not what was asked for"),
    Fault.CANNOT_OPEN: gettext_lazy("The file cannot be opened"),
    Fault.OTHER: gettext_lazy("Something else"),
}


def what(said: Mapping[str, Any]) -> str:
    """What was sent: "9 pages", "a link"; with what it costs and lacks."""
    pages = int(said.get("pages", 0))
    sent = [
        _("a link")
        if said.get("link")
        else ngettext("%(n)s page", "%(n)s pages", pages) % {"n": pages}
    ]
    if cost := str(said.get("cost", "")).removesuffix(" USD"):
        sent.append(_("it costs $%(amount)s") % {"amount": cost})
    if said.get("lacks"):
        sent.append(_("not all of it"))
    return ", ".join(sent)
