"""The rows behind the figures of a library: /staff/library/borrowed/ and /staff/library/lent/.

What was borrowed is the director's to see: who only lends does not know what our readers ask for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts.models import LENDING, Role
from postroad.directory.models import Library
from postroad.ill.lifecycle import State, SupplyState
from postroad.ill.models import Request, RequestQuerySet, Supply, SupplyQuerySet
from postroad.reports import counts
from postroad.reports.counts import FILLED, SEASON, SHIPPED
from postroad.web.shared import csv_files, gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice
from postroad.web.staff import standing
from postroad.web.staff.counter import show

A_PAGE = 50
OUR_TIME = range(1970, 2200)
NEWEST, LONGEST = "-asked_at", "-took"


@dataclass(frozen=True, slots=True)
class Counted:
    """What one figure counts."""

    key: str  # as it stands in the address
    label: str | Promise
    rows: RequestQuerySet | SupplyQuerySet
    order: str = NEWEST


@dataclass(frozen=True, slots=True)
class Row:
    """A request as a figure counts it."""

    ill: Request
    other: str  # the library at the other end
    asked_at: datetime
    shipped_at: datetime | None
    days: float | None  # from asked to where the figure ends
    how: str
    ended_at: datetime | None


def borrowed(library: Library, now: datetime) -> list[Counted]:
    """What was asked for here and ended lately."""
    ended = counts.ended_for_us(library, now - SEASON)
    arrived = counts.arrived(library, now - SEASON)
    return [
        Counted("ended", gettext_lazy("Ended"), ended),
        Counted("filled", gettext_lazy("Filled"), ended.filter(FILLED)),
        Counted("unfilled", gettext_lazy("Not filled"), ended.exclude(FILLED)),
        Counted("arrived", gettext_lazy("Arrived, slowest first"), arrived, LONGEST),
    ]


def lent(library: Library, now: datetime) -> list[Counted]:
    """What was asked of this library lately, and what became of it."""
    answered = counts.answered_by_us(library, now - SEASON)
    sent = counts.shipped(library, now - SEASON)
    return [
        Counted("answered", gettext_lazy("Answered"), answered),
        Counted("shipped", gettext_lazy("Shipped"), answered.filter(SHIPPED)),
        Counted("refused", gettext_lazy("Not shipped"), answered.exclude(SHIPPED)),
        Counted("sent", gettext_lazy("Shipped, slowest first"), sent, LONGEST),
    ]


@require_safe
@needs(Role.DIRECTOR)
def borrowed_page(request: SignedIn) -> HttpResponse:
    return page(request, _("What we borrowed"), borrowed, counts.borrowed_in, of_borrower)


@require_safe
@needs(*LENDING)
def lent_page(request: SignedIn) -> HttpResponse:
    return page(request, _("What we lent"), lent, counts.lent_in, of_lender)


def page(
    request: SignedIn,
    title: str,
    lists: Callable[[Library, datetime], list[Counted]],
    of_month: Callable[[Library, date], SupplyQuerySet],
    row: Callable[[Any], Row],
) -> HttpResponse:
    """One list, chosen in the address, with the counts of all; or one month."""
    library = gates.desk(request).library
    every = lists(library, timezone.now())
    wanted, month = request.GET.get("show", ""), month_of(request.GET.get("month", ""))
    chosen = next((each for each in every if each.key == wanted), every[0])
    if month:
        chosen = Counted("", date_format(month, "F Y"), of_month(library, month), "-shipped_at")
    rows: QuerySet[Any] = chosen.rows.shown().order_by(chosen.order, "-pk")
    if rows.model is Supply:
        rows = rows.select_related("request__current_loan")  # where it stands
    columns = (*csv_files.LOANS, csv_files.OUTCOME)
    if csv_files.wanted(request):
        return csv_files.answer(request, "figures", columns, rows)
    listed = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return show(
        request,
        "staff/figures.html",
        {
            "title": title,
            "chosen": chosen,
            "month": month,
            "choices": [
                Choice(str(each.label), f"?show={each.key}", each.rows.count(), each is chosen)
                for each in every
            ],
            "page": listed,
            "download": csv_files.offered(request, columns),
            "rows": [row(each) for each in listed],
        },
    )


def month_of(text: str) -> date | None:
    """The first day of "2026-11"; nothing for what is no month of our time."""
    try:
        first = date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None
    return first if first.year in OUR_TIME else None


def of_borrower(row: Request | Supply) -> Row:
    """A request of ours; or, in a month, a loan that came for one."""
    ill = row.request if isinstance(row, Supply) else row
    supply = row if isinstance(row, Supply) else row.supply
    closed = ill.state == State.CLOSED
    how = words.label(words.ill.OUTCOMES, ill.outcome) if closed else ""
    return Row(
        ill,
        supply.lender_name if supply else "",
        ill.asked_at,
        supply.shipped_at if supply else None,
        days(row),
        how or words.label(words.ill.STATES, ill.state),
        ill.closed_at,
    )


def of_lender(supply: Supply) -> Row:
    state, meant = standing.where(supply)
    closed = supply.state == SupplyState.CLOSED
    said = [words.label(words.ill.ENDINGS, supply.ending)] if closed else []
    no = words.ill.no_of(supply) if closed else ""
    said += [no] if no else []
    return Row(
        supply.request,
        supply.request.library.name,
        supply.asked_at,
        supply.shipped_at,
        days(supply),
        ": ".join(said) or words.label(meant, state),
        supply.closed_at,
    )


def days(row: Any) -> float | None:
    took = getattr(row, "took", None)
    return None if took is None else round(counts.in_days(took), 1)
