"""The walk to the shelves: /staff/lending/pull-list/, to be printed."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts.models import LENDING
from postroad.ill import copies
from postroad.ill.copies import Copies
from postroad.ill.lifecycle import SupplyState
from postroad.ill.models import Supply
from postroad.web.shared import gates
from postroad.web.shared.barcodes import code_128
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff import queues
from postroad.web.staff.counter import show

MOST = 200  # of one walk, the most urgent; the rest is printed after it


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to fetch: where it stands, and the number to write on it."""

    supply: Supply
    copies: Copies

    @property
    def place(self) -> tuple[str, str, str]:
        """What the walk goes by: location, then call number as the shelf has it."""
        item = self.copies.first
        shelf = (item.location, item.shelf_key or item.call_number) if item else ("", "")
        return (*shelf, self.supply.request.title)

    @property
    def terms(self) -> str:
        """On what conditions it goes."""
        return words.ill.terms(self.supply)

    @property
    def bars(self) -> list[tuple[int, int]]:
        return code_128(self.supply.request.ref)[0]

    @property
    def width(self) -> int:
        """In modules."""
        return code_128(self.supply.request.ref)[1]

    @property
    def points(self) -> float:
        """On the page: wide enough for every hand scanner."""
        return self.width * 1.5


@require_safe
@needs(*LENDING)
def pull_list(request: SignedIn) -> HttpResponse:
    """All that waits here, or only what was ticked in the queue."""
    library = gates.desk(request).library
    chosen = request.GET.getlist("supply")
    waiting = queues.to_pull(library).shown().order_by("due_at", "pk")
    if request.GET.get("show") in (SupplyState.ASKED, SupplyState.PROMISED):
        waiting = waiting.filter(state=request.GET["show"])
    if chosen:
        keys = [int(key) for key in chosen[:MOST] if key.isdecimal() and len(key) < 18]
        waiting = waiting.filter(pk__in=keys)
    supplies = list(waiting[:MOST])
    at_hand = copies.of(supplies, library)
    lines = [Line(each, at_hand.get(each.pk, Copies())) for each in supplies]
    return show(
        request,
        "staff/lending/pull-list.html",
        {
            "lines": sorted(lines, key=lambda line: line.place),
            "more": waiting.count() - MOST if len(lines) == MOST else 0,
            "printed": timezone.now(),
        },
    )
