"""Finding guides, answers and news by their words, in the index that Wagtail keeps."""

from collections.abc import Sequence
from typing import Any

from postroad.guides.models import AnswerPage, GuidePage, NewsPage

MOST = 30  # of each kind: nobody reads farther


def find(words: str) -> Sequence[Any]:
    """What readers may see: answers first, then guides, then news that is not over; the likeliest
    of each first. With all of the words if there is any, else with some of them."""
    if not any(sign.isalnum() for sign in words):
        return []
    shown = (
        AnswerPage.objects.live().defer("body"),
        GuidePage.objects.live().defer("body"),
        NewsPage.objects.shown().order_by().defer("body"),
    )
    for operator in ("and", "or"):
        found = [each for kind in shown for each in kind.search(words, operator=operator)[:MOST]]
        if found:
            return found
    return []
