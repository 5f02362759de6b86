"""What this library says of the yearly count week: /staff/van/count-week/."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.delivery.visits import MOST
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.reports import count_week, van
from postroad.reports.count_week import NUMBERS
from postroad.reports.models import CountWeek
from postroad.web.shared import gates
from postroad.web.shared.count_weeks import NAMES
from postroad.web.shared.gates import STAFF, SignedIn, needs


def number(name: str) -> forms.IntegerField:
    return forms.IntegerField(label=NAMES[name], required=False, min_value=0, max_value=MOST)


class AnswerForm(InOurWords, forms.Form):
    """The four numbers; one that is left empty is not known."""

    items_sent = number("items_sent")
    items_received = number("items_received")
    bins_sent = number("bins_sent")
    bins_received = number("bins_received")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """Filled in beforehand; confirmed with one press, corrected, or taken back."""
    library, now = gates.desk(request).library, timezone.now()
    week = count_week.to_answer(library.day_of(now))
    if week is None:
        return render(request, "staff/count-week.html", {"week": None})
    known, said = count_week.seen_at(week, library), count_week.answer_of(week, library)
    shown = {name: getattr(said or known, name) for name in NUMBERS}
    form = AnswerForm(request.POST if "numbers" in request.POST else None, initial=shown)
    if request.method == "POST" and ("take_back" in request.POST or form.is_valid()):
        press(request, week, form)
        return redirect("staff-count-week")
    return render(
        request,
        "staff/count-week.html",
        {
            "week": week,
            "seen": known,
            "numbers": [(NAMES[name], getattr(known, name)) for name in NUMBERS],
            "said": said,
            "shown": shown,
            "said_numbers": [(NAMES[name], shown[name]) for name in NUMBERS] if said else (),
            "form": form,
            "over": week.last_day < library.day_of(now),
            "until": van.whole_until(now),
        },
        status=422 if request.method == "POST" else 200,
    )


def press(request: SignedIn, week: CountWeek, form: AnswerForm) -> None:
    library, now = gates.desk(request).library, timezone.now()
    if "take_back" in request.POST:
        count_week.take_back(week, library, at=now)
        messages.success(request, _("Taken back. You can answer again."))
        return
    try:
        count_week.answer(week, library, form.cleaned_data, by=request.user, at=now)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        messages.success(request, _("Saved. You can take it back or correct it below."))
