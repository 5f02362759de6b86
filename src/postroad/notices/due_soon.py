"""The reminder before a thing is due: each loan, and each new day of it, once."""

from datetime import datetime, timedelta
from itertools import islice

from django.db.models import CharField, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Cast

from postroad.directory import thresholds
from postroad.ill.lifecycle import LoanState
from postroad.ill.models import Event, Loan
from postroad.ill.models.question import not_with_her
from postroad.notices import living, tell
from postroad.notices.models import Kind, Notice

JUST_TOLD = timedelta(hours=20)  # who heard the day of a short loan today is not reminded of it
BATCH = 200


def send(now: datetime) -> int:
    """Job: remind those whose book is due in a few days; each loan, and each renewal, once."""
    tomorrow = (now + timedelta(days=1)).date()  # no library's today is later

    def soon(days: int) -> Q:
        return Q(due_back__lte=tomorrow + timedelta(days=days))

    last = Event.objects.filter(loan=OuterRef("pk"), verb__in=living.DUE)
    told = Notice.objects.filter(
        source=living.EVENT,
        source_key=Cast(OuterRef("last_event"), CharField()),
        kind=Kind.DUE_SOON,
        user__isnull=False,
    )
    due = (
        Loan.objects.filter(
            thresholds.reached("due-soon", soon, on=tomorrow, at="borrower"),
            state=LoanState.LENT,
            request__patron__isnull=False,
            due_back__gte=tomorrow - timedelta(days=2),
        )
        .annotate(last_event=Subquery(last.order_by("-pk").values("pk")[:1]))
        .annotate(told_at=Subquery(last.order_by("-pk").values("at")[:1]))
        .filter(~Exists(told), last_event__isnull=False, told_at__lt=now - JUST_TOLD)
        .exclude(Exists(not_with_her().filter(loan=OuterRef("pk"))))
        .select_related("request__library", "request__patron", "request__current__lender")
        .order_by("due_back", "pk")
    )
    reminded = (loan for loan in due.iterator(chunk_size=BATCH) if remind(loan, now))
    return len(list(islice(reminded, BATCH)))  # those whose turn is not yet hold up no other


def remind(loan: Loan, now: datetime) -> bool:
    ill = loan.request
    today = ill.library.day_of(now)
    warning = timedelta(days=thresholds.days("due-soon", on=today, library=ill.library))
    if ill.patron is None or not loan.due_back or not today <= loan.due_back <= today + warning:
        return False
    event = Event.objects.filter(loan=loan, verb__in=living.DUE).latest("pk")
    tell.write([tell.of_event(tell.Telling(Kind.DUE_SOON, ill.patron), event, ill, now)])
    return True
