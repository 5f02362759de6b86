"""What a library mails on a day: /staff/mailings/, its boxes, what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from postroad import spreadsheet, words
from postroad.delivery import mailings, tracking
from postroad.delivery.mailings import Box, Wrong
from postroad.delivery.models import MailEvent, MailStep, Purpose
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.paging import is_key
from postroad.web.shared.scanning import plain
from postroad.web.staff.counter import show
from postroad.web.staff.slips import papers

SHOWN = 20  # bad lines that are told; the others are counted
WHY: Mapping[Wrong, Promise] = {
    Wrong.NUMBER: gettext_lazy("no parcel of your library has this number"),
    Wrong.EVENT: gettext_lazy("the event must be posted, returned or delivered"),
    Wrong.DAY: gettext_lazy("this is not a date"),
    Wrong.AHEAD: gettext_lazy("this day is before it was sent, or still to come"),
}


class ListForm(InOurWords, forms.Form):
    """A list of the carrier."""

    list = forms.FileField(
        label=gettext_lazy("List of the carrier"),
        help_text=gettext_lazy("A spreadsheet or CSV with the columns number, event and day."),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A box as the page tells it."""

    box: Box
    carriers: str  # to whom the number may belong
    page: str  # of that carrier, about this number; "" where several may have it
    lacks_number: bool  # a return without one (R5)

    @classmethod
    def of(cls, box: Box) -> "Line":
        found = tracking.candidates(box.number)
        page = tracking.page_about(found[0], box.number) if len(found) == 1 else ""
        lacks = not box.number and any(each.purpose == Purpose.RETURN for each in box.parcels)
        return cls(box, words.delivery.carriers(box.number), page, lacks)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF)
def page(request: SignedIn) -> HttpResponse:
    """The boxes of a day; what is said of one by a button, of many by a list."""
    library = gates.desk(request).library
    today = library.day_of(timezone.now())
    day = parse_day(request.GET.get("day", ""), today)
    here = f"{reverse('staff-mailings')}?day={day}"
    form = ListForm(*(request.POST, request.FILES) if "read" in request.POST else ())
    if request.method == "POST" and (not form.is_bound or taken(request, library, form)):
        if not form.is_bound:
            act(request, library)
        return redirect(here)
    context = {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today else None,
        "lines": [Line.of(box) for box in mailings.of_day(library, day)],
        "steps": [(step.value, step.label) for step in MailStep],
        "form": form,
        **papers(library),
    }
    return show(request, "staff/mailings.html", context, 422 if form.errors else 200)


def parse_day(text: str, today: date) -> date:
    """The day in the address, today at most; today, if it is none."""
    try:
        return min(parse_date(text) or today, today)
    except ValueError:
        return today


def act(request: SignedIn, library: Library) -> None:
    """What a button says of one box, or takes back."""
    now = timezone.now()
    if key := request.POST.get("undo", ""):
        event = MailEvent.objects.select_related("parcel").filter(
            pk=key if is_key(key) else 0, parcel__in=mailings.of(library)
        )
        if (found := event.first()) is None:
            raise Http404
        mailings.undo(found)
        messages.success(request, _("Undone."))
        return
    step, number = request.POST.get("step", ""), plain(request.POST.get("parcel", ""))
    parcel = mailings.of(library).select_related("from_library").filter(number=number).first()
    if parcel is None or step not in MailStep.values:
        raise Http404
    try:
        today = parcel.from_library.day_of(now)
        mailings.declare(parcel, MailStep(step), day=today, by=request.user, at=now)
    except Refusal as no:
        messages.warning(request, words.refusal(no))
    else:
        messages.success(request, _("Recorded."))


def taken(request: SignedIn, library: Library, form: ListForm) -> bool:
    """Take a list; False, with the form that says why it cannot be read."""
    if not form.is_valid():
        return False
    sent = form.cleaned_data["list"]
    try:
        if sent.size > spreadsheet.BYTES:
            raise spreadsheet.TooLarge(megabytes=spreadsheet.BYTES // 1_000_000)
        read = mailings.read(library, sent.read(), by=request.user, at=timezone.now())
    except Refusal as no:
        form.add_error("list", words.refusal(no))
        return False
    said = ngettext("%(n)d line is new", "%(n)d lines are new", read.taken) % {"n": read.taken}
    known = ngettext("%(n)d was known", "%(n)d were known", read.again) % {"n": read.again}
    messages.success(request, f"{said}, {known}.")
    for bad in read.bad[:SHOWN]:
        facts = {"line": bad.line, "column": bad.column, "cell": bad.cell, "why": WHY[bad.why]}
        messages.warning(
            request, _("Line %(line)s, column %(column)s (%(cell)s): %(why)s.") % facts
        )
    if (more := len(read.bad) - SHOWN) and more > 0:
        messages.warning(request, _("%(n)d more lines were left out.") % {"n": more})
    return True
