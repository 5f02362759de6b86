"""What did not come on its day: the places that were asked to look for it this morning."""

from datetime import datetime

from postroad.delivery import searches
from postroad.delivery.models import Search
from postroad.demo.people import LENDER
from postroad.directory.models import Library


def tell(now: datetime) -> None:
    """Ask wherever it may be. The demo's lender has found one thing and not another already."""
    searches.ask(now)
    lender = Library.objects.get(code=LENDER)
    asked = Search.objects.at(lender).waiting().order_by("-pk")
    for search, found in zip(asked[1:3], (False, True), strict=False):
        searches.answer(search, found=found, by=None, at=now)
