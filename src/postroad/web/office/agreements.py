"""What libraries agreed on with one another: /office/agreements/.

Rows are never changed: what is agreed anew begins on a day, and a loan goes by what held when it
was sent (R14).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.directory import agreements
from postroad.directory.models import Agreement, Library, Network, State
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.office import keeping
from postroad.web.office.beginning import BeginningField
from postroad.web.shared.gates import RECORDS, SignedIn, needs
from postroad.web.shared.libraries import apart
from postroad.web.shared.paging import is_key


class AgreementForm(InOurWords, forms.Form):
    """What holds between two sides, from a day on."""

    name = forms.CharField(label=gettext_lazy("What it is called"), max_length=100)
    lender_side = forms.ChoiceField(label=gettext_lazy("Who lends"))
    borrower_side = forms.ChoiceField(label=gettext_lazy("Who borrows"))
    due_means = forms.ChoiceField(
        label=gettext_lazy("The due date means"), choices=Agreement.DueMeans
    )
    silence_on_renewal = forms.ChoiceField(
        label=gettext_lazy("If the lender does not answer about a renewal"),
        choices=Agreement.Silence,
    )
    effective = BeginningField(
        help_text=gettext_lazy("Today or later. What was lent before stays as it was.")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("lender_side", "borrower_side"):
            self.fields[name].choices = sides()  # type: ignore[attr-defined]


def sides() -> list[Any]:
    """Who may be one side, the widest first."""
    libraries = list(Library.objects.members())
    places = apart(libraries, lambda each: f"{each.town}: {each.name}")
    return [
        ("all", _("all libraries")),
        (_("A state"), [(f"state:{code}", label) for code, label in State.choices]),
        (_("A network"), [(f"network:{each.code}", each.name) for each in Network.objects.all()]),
        (_("One library"), [(f"library:{code}", named) for code, named in places.items()]),
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """An agreement in the list."""

    row: Agreement
    lends: str
    borrows: str
    to_come: bool
    replaced: bool  # by a later one of the same two sides


def lines(rows: Iterable[Agreement], today: date) -> list[Line]:
    """The newest first."""
    called = named(sides())
    seen: set[tuple[str, str]] = set()
    found = []
    for row in sorted(rows, key=lambda each: (each.effective, each.pk), reverse=True):
        between = (row.lender_side, row.borrower_side)
        lends, borrows = (called.get(side, side) for side in between)
        to_come = row.effective > today
        found.append(Line(row, lends, borrows, to_come, between in seen))
        if not to_come:
            seen.add(between)
    return found


def named(choices: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """What each side is called."""
    called: dict[str, str] = {}
    for value, label in choices:
        called |= named(label) if isinstance(label, list) else {value: str(label)}
    return called


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*RECORDS)
def page(request: SignedIn) -> HttpResponse:
    if request.method == "POST" and "withdraw" in request.POST:
        return withdraw(request, request.POST["withdraw"])
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            agreements.enter(Agreement(**form.cleaned_data))
        except Refusal as no:
            keeping.mistaken(form, "effective", no)
        else:
            messages.success(request, _("Entered."))
            return redirect("office-agreements")
    here = {"form": form, "lines": lines(Agreement.objects.all(), timezone.localdate())}
    status = 422 if form.is_bound else 200
    return render(request, "office/agreements.html", here, status=status)


def withdraw(request: SignedIn, key: str) -> HttpResponse:
    row = get_object_or_404(Agreement, pk=key if is_key(key) else 0)
    try:
        agreements.withdraw(row, today=timezone.localdate())
    except Refusal as no:
        keeping.say_no(request, no)
    else:
        messages.success(request, _("Taken back. It can be entered again below."))
    return redirect("office-agreements")
