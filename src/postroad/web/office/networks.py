"""Networks, kept by the ILL center and by their own offices: /office/networks/."""

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.cases import applying
from postroad.directory import network_rules, networks
from postroad.directory.models import Network, NetworkChange
from postroad.errors import Refusal
from postroad.web.office import keeping
from postroad.web.office.network_forms import NetworkForm, RulesForm, preview
from postroad.web.shared.gates import KEEPERS, SignedIn, needs
from postroad.web.shared.networks import in_office, network_of
from postroad.web.shared.paging import is_key

CHANGES = 20


@require_safe
@needs(*KEEPERS)
def network_list(request: SignedIn) -> HttpResponse:
    """All of them, or those whose office she directs."""
    rows = Network.objects.select_related("office").order_by("name", "pk")
    if not in_office(request.user):
        rows = rows.filter(office__in=roles.libraries(request.user, Role.DIRECTOR))
    waiting = Counter(applying.waiting().values_list("network", flat=True))
    listed = [(each, waiting[each.pk]) for each in rows]
    return render(request, "office/networks/networks.html", {"listed": listed})


@require_safe
@needs(*KEEPERS)
def network(request: SignedIn, network: str) -> HttpResponse:
    """Its page as it stands, its rules, who asks to join, and what was changed."""
    found, today = network_of(request.user, network), timezone.localdate()
    changes = list(found.changes.select_related("undone_by")[:CHANGES])
    return render(
        request,
        "office/networks/network.html",
        {
            "network": found,
            "center": in_office(request.user),
            "members": networks.members(found).count(),
            "holds": network_rules.of(found.pk, today),
            "waiting": list(applying.waiting(found).select_related("case")),
            "ended": list(applying.ended(found).select_related("case")[:CHANGES]),
            "changes": [(each, may_undo(request, each)) for each in changes],
        },
    )


def may_undo(request: SignedIn, changed: NetworkChange) -> bool:
    """Not what was put back already, and of the center's fields only the center."""
    if hasattr(changed, "undone_by"):
        return False
    return in_office(request.user) or not {*changed.facts} & {*networks.OF_THE_CENTER}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def page(request: SignedIn, network: str) -> HttpResponse:
    """The words of its page; the center also its name, its office and its web address."""
    found = network_of(request.user, network)
    form = NetworkForm(
        request.POST if request.method == "POST" else None,
        network=found,
        center=in_office(request.user),
    )
    if form.is_bound and form.is_valid():
        changed = networks.change(found, form.cleaned_data, by=str(request.user))
        messages.success(request, _("Saved.") if changed else _("Nothing was different."))
        return redirect("office-network", found.code)
    return render(
        request,
        "office/networks/page.html",
        {"network": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs(*KEEPERS)
def undo(request: SignedIn, network: str, change: int) -> HttpResponse:
    found = network_of(request.user, network)
    changed = get_object_or_404(NetworkChange, pk=change, network=found)
    if not may_undo(request, changed) and not hasattr(changed, "undone_by"):
        return redirect("office-network", found.code)
    try:
        networks.undo(changed, by=str(request.user))
    except Refusal as no:
        keeping.say_no(request, no)
    else:
        messages.success(request, _("Put back as it was."))
    return redirect("office-network", found.code)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def rules(request: SignedIn, network: str) -> HttpResponse:
    """The rules that hold, those before and to come; and others, from a day on."""
    found, now = network_of(request.user, network), timezone.now()
    today = timezone.localdate(now)
    if request.method == "POST" and ("withdraw" in request.POST or "back" in request.POST):
        return step_back(request, found)
    holds = network_rules.of(found.pk, today)
    form = RulesForm(request.POST if request.method == "POST" else None, holds=holds)
    good = form.is_bound and form.is_valid()
    if good and "look" not in request.POST:
        try:
            network_rules.enter(
                found,
                form.facts,
                effective=form.cleaned_data["effective"],
                by=str(request.user),
                at=now,
            )
        except Refusal as no:
            keeping.mistaken(form, "effective", no)
            good = False
        else:
            messages.success(request, _("Entered. What is out keeps its terms."))
            return redirect("office-network-rules", found.code)
    return render(
        request,
        "office/networks/rules.html",
        {
            "network": found,
            "form": form,
            "preview": preview(form, found) if good else None,
            "holds": holds,
            "rows": found.rules.order_by("-effective", "-pk"),
            "today": today,
        },
        status=422 if form.is_bound and not good else 200,
    )


def step_back(request: SignedIn, found: Network) -> HttpResponse:
    """What has not begun is taken back; from what holds, to what held before."""
    now = timezone.now()
    today = timezone.localdate(now)
    try:
        if "back" in request.POST:
            network_rules.go_back(found, today=today, by=str(request.user), at=now)
            messages.success(request, _("From tomorrow the rules before these hold again."))
        else:
            key = request.POST["withdraw"]
            row = get_object_or_404(found.rules, pk=key if is_key(key) else 0)
            network_rules.withdraw(row, today=today)
            messages.success(request, _("Taken back."))
    except Refusal as no:
        keeping.say_no(request, no)
    return redirect("office-network-rules", found.code)
