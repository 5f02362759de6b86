"""Closures of all libraries, or of all of a state: /office/closures/."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_list_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from postroad.directory import closures
from postroad.directory.models import Closure
from postroad.web.shared import closing
from postroad.web.shared.gates import CASES, SignedIn, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*CASES)
def wide(request: SignedIn) -> HttpResponse:
    """What holds for many; to enter one, and to see before what it touches."""
    form = closing.WideForm(request.POST if request.method == "POST" else None)
    looks = "look" in request.POST
    if form.is_bound and form.is_valid() and not looks:
        closing.enter(form, source="office", said_by=str(request.user))
        if late := closing.on_short_notice(form):
            messages.warning(request, late)
        messages.success(
            request,
            _(
                "Saved. The dates of loans, holds and parcels change within a few minutes, and "
                "readers are told."
            ),
        )
        return redirect("office-closures")
    today, many = timezone.localdate(), Closure.objects.filter(library=None)
    found = form.is_bound and form.is_valid()
    late = closing.on_short_notice(form) if found else ""
    return render(
        request,
        "office/closures.html",
        {
            "form": form,
            "touched": [*closing.touched(form).sentences(), *filter(None, [late])] if found else [],
            "closures": many.current(today),
            "ended": lately_ended(many),
        },
        status=422 if form.is_bound and not found else 200,
    )


def lately_ended(many: QuerySet[Closure]) -> QuerySet[Closure]:
    """What was ended though some of its days are still to come."""
    return many.filter(was_until__gte=timezone.localdate()).order_by("-ended_at", "-pk")


@require_POST
@needs(*CASES)
def end(request: SignedIn) -> HttpResponse:
    """End one, or take its end back; the row stays either way."""
    entry = closing.entry_of(request.POST.get("entry", ""))
    get_list_or_404(Closure, entry=entry, library=None)
    assert entry is not None  # nothing is found without
    if "put_back" in request.POST:
        closures.put_back(entry, by=str(request.user))
        messages.success(request, _("It is in effect again, as it was entered."))
    else:
        closures.reopen(entry, by=str(request.user))
        messages.success(request, _("Ended from today on. You can put it back below."))
    return redirect("office-closures")
