"""What falls away when the money ends: /office/e-resources/funding/, by payer and by day."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad.econtent import funding
from postroad.econtent.funding import Loss
from postroad.econtent.models import FundingEnd
from postroad.errors import Refusal
from postroad.web.office import keeping
from postroad.web.office.e_resource_forms import EndForm
from postroad.web.shared import csv_files
from postroad.web.shared.gates import E_CONTENT, SignedIn, needs

ENDED = 20  # shown below


@require_safe
@needs(*E_CONTENT)
def page(request: SignedIn) -> HttpResponse:
    """By payer, each resource with the libraries that lose it."""
    today = timezone.localdate()
    payer, until = request.GET.get("payer", "")[:160].replace("\x00", ""), day_of(request)
    paid = funding.paid(today)
    losses = funding.losses(funding.paid(today, payer or None, until))
    if csv_files.wanted(request):
        return as_csv(losses)
    return render(
        request,
        "office/e-resources/funding.html",
        {
            "payers": payers_of(paid),
            "payer": payer,
            "until": until,
            "narrowed": bool(payer or until),
            "by_payer": by_payer(losses),
            "libraries": len(funding.losses_by_library(losses)),
            "count": len(losses),
            "ended": FundingEnd.objects.all()[:ENDED],
            "query": request.GET.urlencode(),
        },
    )


def day_of(request: SignedIn) -> date | None:
    try:
        return parse_date(request.GET.get("until", ""))
    except ValueError:
        return None


def payers_of(paid: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(each.payer for each in paid))


def by_payer(losses: Iterable[Loss]) -> list[tuple[str, list[Loss]]]:
    found: dict[str, list[Loss]] = {}
    for loss in losses:
        found.setdefault(loss.resource.payer, []).append(loss)
    return list(found.items())


def as_csv(losses: Sequence[Loss]) -> HttpResponse:
    """A line for each library that loses something; one for what none is known to lose."""
    out = StringIO()
    writer = csv.writer(out)
    headings = (_("Payer"), _("Resource"), _("Last day"), _("Library"), _("Town"), _("Code"))
    writer.writerow(headings)
    for loss in losses:
        first = (loss.resource.payer, loss.resource.name, loss.last_day)
        for library in loss.libraries:
            writer.writerow(cells(*first, library.name, library.town, library.code))
        if not loss.libraries:
            writer.writerow(cells(*first, "", "", ""))
    answer = HttpResponse(csv_files.BOM + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="funding.csv"'
    return answer


def cells(*values: object) -> list[str]:
    return [csv_files.defused(csv_files.written(value)) for value in values]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*E_CONTENT)
def end(request: SignedIn) -> HttpResponse:
    """A payer's money ends on a day: looked at first, then set for all that it pays for."""
    now, today = timezone.now(), timezone.localdate()
    posted = request.POST if request.method == "POST" else None
    kept = {"payer": request.GET.get("payer", "")}
    form = EndForm(posted, payers=payers_of(funding.paid(today)), initial=kept)
    good = form.is_bound and form.is_valid()
    losses: list[Loss] = []
    if good:
        payer, day = form.cleaned_data["payer"], form.cleaned_data["day"]
        try:
            if "sure" in request.POST:
                funding.end(payer, day, by=str(request.user), at=now, today=today)
                messages.success(
                    request, _("Entered. The libraries that lose something are told once.")
                )
                return redirect("office-funding")
            losses = looked_at(payer, day, today)
        except Refusal as no:
            keeping.mistaken(form, "day", no)
            good = False
    return render(
        request,
        "office/e-resources/funding_end.html",
        {
            "form": form,
            "preview": good,
            "losses": losses,
            "libraries": len(funding.losses_by_library(losses)),
        },
        status=422 if form.is_bound and not good else 200,
    )


def looked_at(payer: str, day: date, today: date) -> list[Loss]:
    resources = funding.ending(payer, day, today)
    if not resources:
        raise funding.NothingEnds(payer=payer, day=day)
    return funding.losses(resources)


@require_POST
@needs(*E_CONTENT)
def undo(request: SignedIn, ending: int) -> HttpResponse:
    ended = get_object_or_404(FundingEnd, pk=ending)
    try:
        funding.undo(ended, by=str(request.user), at=timezone.now())
    except Refusal as no:
        keeping.say_no(request, no)
    else:
        said = _("Taken back: each last day is what it was, but for those changed since.")
        messages.success(request, said)
    return redirect("office-funding")
