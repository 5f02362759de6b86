"""How one goes on who did not find it: to the blank form, or to what reads citations."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.catalogue import pasted
from postroad.directory.models import Library
from postroad.protocols.openurl import Kind
from postroad.web.shared import gates

BORROWING = (Role.BORROWING, Role.DIRECTOR)  # who ask for a reader
PARTS = (Kind.ARTICLE, Kind.CHAPTER, Kind.PAGES)


def form(request: HttpRequest) -> str:
    """The form on which one asks for what no catalog lists; nothing for who cannot ask."""
    for_reader = roles.has_any(request.user, BORROWING) and gates.at_hand(request, BORROWING)
    if not for_reader and request.user.is_authenticated and roles.card_of(request.user) is None:
        return ""
    return reverse("staff-ask-blank" if for_reader else "patron-ask-blank")


def library(request: HttpRequest) -> Library | None:
    """Whose readers this is for: on her card, or where staff ask for a reader."""
    if (card := roles.card_of(request.user)) is not None:
        return card.library
    if roles.has_any(request.user, BORROWING) and gates.at_hand(request, BORROWING):
        return gates.desk(request).library
    return None


def meant(text: str) -> str:
    """Where what was typed into the search is read, if it names an article or a chapter."""
    found = pasted.read(text)
    sure = found.doi or found.pmid or found.pmc or (found.kind in PARTS and found.title)
    return f"{reverse('openurl')}?{urlencode({'paste': text[: pasted.LONGEST]})}" if sure else ""
