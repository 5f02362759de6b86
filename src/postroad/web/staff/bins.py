"""Bins at a library: what one brings (said on Receive), which stand here, asking for empties."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import BORROWING
from postroad.delivery import containers
from postroad.delivery.codes import grouped
from postroad.delivery.models import Container
from postroad.directory.models import Library
from postroad.form_errors import InOurWords
from postroad.ill import reception
from postroad.ill.reception import Reception
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.scanning import Line, Tone
from postroad.web.staff.counter import frame

TOWNS = 3  # that are named of those for which a bin is


class EmptiesForm(InOurWords, forms.Form):
    wanted = forms.IntegerField(
        label=gettext_lazy("How many empty bins do you need?"),
        min_value=0,
        max_value=99,
        help_text=gettext_lazy("0: you need none any more."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """The bins that stand here, and asking for empties."""
    desk = gates.desk(request)
    library = desk.library
    form = EmptiesForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data["wanted"]
        containers.ask_for_empties(library, wanted, by=request.user, at=timezone.now())
        said = _("The delivery office knows.") if wanted else _("Nothing is asked for any more.")
        messages.success(request, said)
        return redirect("staff-bins")
    return render(
        request,
        "staff/bins.html",
        {
            **frame(request),
            "form": form,
            "receives": bool(desk.roles & BORROWING),
            "standing": containers.standing_at(library),
            "asked": next(iter(containers.empties_wanted(library)), None),
        },
        status=422 if form.is_bound else 200,
    )


def reception_line(library: Library, text: str) -> Line | None:
    """What is said when a bin is scanned on Receive; None: this is no bin."""
    container = containers.find(text)
    if container is None:
        return None
    found = reception.check(container, library)
    tone = Tone.OK if found.here and not found.elsewhere else Tone.WARN
    return Line(tone, sentence(container, found), container.number)


def sentence(container: Container, found: Reception) -> str:
    towns = found.towns[:TOWNS] + ([_("others")] if len(found.towns) > TOWNS else [])
    facts = {
        "kind": container.get_kind_display(),
        "number": grouped(container.number),
        "towns": ", ".join(towns),
        "n": found.elsewhere,
    }
    if not found.here and not found.elsewhere:
        said = _(
            "Nobody told us of anything in %(kind)s %(number)s. Unpack it and scan each piece."
        )
        return said % facts
    if not found.here:
        said = ngettext(
            "Not yours: next van. %(n)d piece in it goes to %(towns)s.",
            "Not yours: next van. %(n)d pieces in it go to %(towns)s.",
            found.elsewhere,
        )
        return said % facts
    said = ngettext(
        "Belongs here, %(n)d piece: %(parts)s.",
        "Belongs here, %(n)d pieces: %(parts)s.",
        found.here,
    ) % {"n": found.here, "parts": ", ".join(parts(found))}
    if found.elsewhere:
        more = ngettext(
            "%(n)d more goes to %(towns)s: next van.",
            "%(n)d more go to %(towns)s: next van.",
            found.elsewhere,
        )
        said += " " + more % facts
    return said


def parts(found: Reception) -> list[str]:
    counted = (
        (found.hold_shelf, _("%(n)d for the hold shelf")),
        (found.home, _("%(n)d home")),
        (found.unknown, _("%(n)d not known")),
    )
    return [said % {"n": count} for count, said in counted if count]
