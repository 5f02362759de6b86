"""Atom feeds (RFC 4287) of what was written here, by whomever: text, and never HTML."""

import unicodedata
from typing import Any

from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape


class Feed(Atom1Feed):
    """Django's, which says of every summary that it is HTML; so what is text is written as such.

    A sign that XML cannot have would end the feed for everybody: it is left out.
    """

    def add_item(self, title: str, link: str, description: str, *more: Any, **facts: Any) -> None:
        super().add_item(legible(title), link, escape(legible(description)), *more, **facts)


def legible(text: str) -> str:
    kept = (sign for sign in text if unicodedata.category(sign) not in UNSEEN)
    return "".join(sign for sign in kept if sign not in NO_SIGNS)


UNSEEN = ("Cc", "Cs")
NO_SIGNS = "\ufffe\uffff"
