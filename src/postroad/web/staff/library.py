"""Our library: its policy, its closures and its figures: /staff/library/."""

from collections.abc import Sequence
from datetime import date
from itertools import dropwhile
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from postroad.accounts.models import LENDING, Role
from postroad.catalogue.models import Format
from postroad.directory import agreements, closures, network_rules
from postroad.directory.models import Agreement, Closure, Joining, Library
from postroad.ill import sweeps
from postroad.reports import counts
from postroad.web.shared import closing, gates
from postroad.web.shared.charts import Bar, Bars
from postroad.web.shared.closing import ClosureForm
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice
from postroad.web.shared.policy import PolicyForm
from postroad.web.staff.counter import show

TABS = {
    "figures": gettext_lazy("Figures"),
    "closures": gettext_lazy("Closures"),
    "policy": gettext_lazy("Policy"),
}


@require_safe
@needs(*LENDING)
def library(request: SignedIn) -> HttpResponse:
    """All of it at a glance; the lending staff read, the director changes."""
    return page(request)


def page(
    request: SignedIn,
    policy: PolicyForm | None = None,
    closure: ClosureForm | None = None,
    touched: Sequence[str] = (),
) -> HttpResponse:
    desk = gates.desk(request)
    ours, today = desk.library, timezone.localdate()
    kept = ours.rules
    mistaken = policy or (closure and not touched)
    tab = "policy" if policy else "closures" if closure else request.GET.get("show", "figures")
    tab = tab if tab in TABS else "figures"
    standing = Closure.objects.current(today).at(ours)
    return show(
        request,
        "staff/library.html",
        {
            "may_change": Role.DIRECTOR in desk.roles,
            "joining": Joining.objects.filter(library=ours, finished_at=None).first(),
            "policy": network_rules.in_force(ours, today),
            "due_means": Agreement.DueMeans(agreements.means(ours, today)).label,
            "not_lent": [Format(code).label for code in kept.formats_not_lent if code in Format],
            "policy_form": policy or PolicyForm(instance=kept),
            "closure_form": closure or ClosureForm(),
            "closures": standing.filter(library=ours),
            "ended": Closure.objects.filter(library=ours, was_until__gte=today),
            "touched": touched,
            "tab": tab,
            "choices": [
                Choice(str(label), f"?show={key}", chosen=key == tab) for key, label in TABS.items()
            ],
            "everywhere": standing.filter(library=None).worth_telling()[:10],
            **figures(ours, today, Role.DIRECTOR in desk.roles),
        },
        status=422 if mistaken else 200,
    )


def idle(month: counts.Month) -> bool:
    return not (month.lent or month.borrowed or month.copies_sent or month.copies_had)


def figures(ours: Library, today: date, director: bool) -> dict[str, Any]:
    """Each figure with the address of the rows that it counts, for whom may see them."""
    since = timezone.now() - counts.SEASON
    months = [*dropwhile(idle, counts.by_month(ours, today))]
    lent = reverse("staff-library-lent")
    borrowed = reverse("staff-library-borrowed") if director else ""
    return {
        "lent": by_month(
            _("Lent, month by month"), [bar(each.first, each.lent, lent) for each in months]
        ),
        "borrowed": by_month(
            _("Borrowed, month by month"),
            [bar(each.first, each.borrowed, borrowed) for each in months],
        ),
        "copies": of_copies(months),
        "shares": [
            (
                _("Our patrons' requests, filled"),
                counts.filled_for_us(ours, since),
                borrowed,
                "filled",
            ),
            (
                _("Other libraries' requests, shipped by us"),
                counts.filled_by_us(ours, since),
                lent,
                "shipped",
            ),
        ],
        "spans": [
            (
                _("From request to our hold shelf"),
                counts.days_to_arrive(ours, since),
                borrowed,
                "arrived",
            ),
            (_("From request to shipped by us"), counts.days_to_ship(ours, since), lent, "sent"),
        ],
    }


def by_month(title: str, bars: list[Bar]) -> Bars:
    return Bars(title, _("Month"), _("loans"), bars)


def of_copies(months: list[counts.Month]) -> list[Bars]:
    """Each as soon as there is one. Their requests are forgotten first, so no list of them stands
    behind a bar."""
    titles = {
        "copies_sent": _("Copies sent, month by month"),
        "copies_had": _("Copies for our readers, month by month"),
    }
    made = (
        Bars(
            title,
            _("Month"),
            _("copies"),
            [bar(each.first, getattr(each, name), "") for each in months],
        )
        for name, title in titles.items()
    )
    return [bars for bars in made if any(each.value for each in bars.bars)]


def bar(first: date, count: int, address: str) -> Bar:
    rows = f"{address}?month={first:%Y-%m}" if address and count else ""
    return Bar(date_format(first, "F Y"), count, rows)


@require_POST
@needs(Role.DIRECTOR)
def policy(request: SignedIn) -> HttpResponse:
    """The director decides."""
    form = PolicyForm(request.POST, instance=gates.desk(request).library.rules)
    if not form.is_valid():
        return page(request, policy=form)
    form.keep(by=str(request.user))
    messages.success(
        request, _("Saved. Items that are already out keep the terms they were shipped with.")
    )
    return redirect("staff-library")


@require_POST
@needs(Role.DIRECTOR)
def close(request: SignedIn) -> HttpResponse:
    """Days on which we are closed, or do not lend, or have no delivery."""
    ours = gates.desk(request).library
    form = ClosureForm(request.POST)
    if not form.is_valid():
        return page(request, closure=form)
    touched, late = closing.touched(form, ours).sentences(), closing.on_short_notice(form, ours)
    if "look" in request.POST:
        return page(request, closure=form, touched=[*touched, late] if late else touched)
    closing.enter(form, library=ours, source="library", said_by=str(request.user))
    sweeps.closed_days(timezone.now(), ours)
    messages.success(request, _("Saved. Requests and expected dates follow it from now on."))
    if late:
        messages.warning(request, late)
    return redirect(f"{reverse('staff-library')}?show=closures")


@require_POST
@needs(Role.DIRECTOR)
def reopen(request: SignedIn, closure: int) -> HttpResponse:
    """The closure was a mistake, or is over: it ends today, and its end can be taken back."""
    ours = gates.desk(request).library
    ended = get_object_or_404(Closure, pk=closure, library=ours)
    if "put_back" in request.POST:
        closures.put_back(ended.entry, by=str(request.user), library=ours)
        sweeps.closed_days(timezone.now(), ours)
        messages.success(request, _("It is in effect again, as it was entered."))
    else:
        closures.reopen(ended.entry, by=str(request.user), library=ours)
        messages.success(
            request, _("Ended: from today on these days are as usual. You can put it back below.")
        )
    return redirect(f"{reverse('staff-library')}?show=closures")
