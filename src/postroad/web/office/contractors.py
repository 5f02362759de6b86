"""The change of contractor: /office/delivery/contractor/. Which courier follows which, from what
day on; the codes of both side by side; and what is missing before that day."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import contractors
from postroad.delivery.contractors import HEADINGS, Why
from postroad.delivery.models import Changeover, Courier, StopCode
from postroad.errors import Refusal
from postroad.web.office.ri_codes import SHOWN, kept, table_of
from postroad.web.office.stop_forms import day_field
from postroad.web.office.stops import whole
from postroad.web.shared.file_form import FileForm, known_headings
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.one_press import OnePress

A_PAGE = 100
LACKING = 40  # libraries that are named
SALT = "codes of a contractor"
WHY = {
    Why.LIBRARY: gettext_lazy("no library here, or several, are called that"),
    Why.TWICE: gettext_lazy("stands in another row already"),
    Why.MISSING: gettext_lazy("the code is missing"),
    Why.TOO_LONG: gettext_lazy("is too long: a sign has at most 4 characters, a code 40"),
}


class ChangeForm(OnePress):
    """Who drives, who will, and from which day on."""

    old = forms.ModelChoiceField(Courier.objects.all(), label=gettext_lazy("Contractor until then"))
    new = forms.ModelChoiceField(Courier.objects.all(), label=gettext_lazy("New contractor"))
    first_day = day_field(gettext_lazy("From which day on"))

    def clean_first_day(self) -> date:
        day: date = self.cleaned_data["first_day"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("old") and given["old"] == given.get("new"):
            self.add_error("new", _("Choose another one: this one drives now."))
        return given


class CodesForm(FileForm):
    """A table of codes, and whose it is."""

    courier = forms.ModelChoiceField(Courier.objects.all(), label=gettext_lazy("Contractor"))
    field_order = ("courier", "file")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """Changes of contractor, both tables of codes, and what is missing."""
    named = request.POST.get("changeover", "")
    if named:
        press(request, whole(named))
        return redirect("office-delivery-contractor")
    form = ChangeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and change(request, form):
        return redirect("office-delivery-contractor")
    return answer(request, form=form, status=422 if form.errors else 200)


def change(request: SignedIn, form: ChangeForm) -> bool:
    given = form.cleaned_data
    ends = given["old"], given["new"], given["first_day"]
    try:
        contractors.change(*ends, by=str(request.user), now=timezone.now(), key=given["key"])
    except Refusal as no:
        form.add_error(None, words.refusal(no))
        return False
    messages.success(request, _("Saved. See below what is missing before that day."))
    return True


def press(request: SignedIn, changeover: int) -> None:
    """Go back to the old contractor, or take that back."""
    row, by, now = get_object_or_404(Changeover, pk=changeover), str(request.user), timezone.now()
    try:
        if "put_back" in request.POST:
            contractors.put_back(row, now=now)
            messages.success(request, _("It holds again, as it was entered."))
        else:
            contractors.go_back(row, by=by, now=now)
            messages.success(
                request, _("The old contractor's codes hold. What was printed meanwhile stays.")
            )
    except Refusal as no:
        messages.error(request, words.refusal(no))


def answer(request: SignedIn, *, status: int = 200, **more: Any) -> HttpResponse:
    standing = [(each, *lacking(each)) for each in contractors.standing()]
    courier = Courier.objects.filter(code=request.GET.get("courier", "")[:20]).first()
    codes = StopCode.objects.select_related("library").order_by(
        "library__town", "library__name", "pk"
    )
    shown = codes.filter(courier=courier) if courier else codes.none()
    known = {
        "form": ChangeForm(),
        "codes_form": CodesForm(),
        "headings": known_headings(HEADINGS),
        "standing": standing,
        "ended": Changeover.objects.exclude(ended_at=None).select_related("old", "new")[:10],
        "couriers": Courier.objects.all(),
        "courier": courier,
        "page": Paginator(shown, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "office/delivery/contractors.html", known | more, status=status)


def lacking(changeover: Changeover) -> tuple[int, list[Any], int, int]:
    """How many stops have no code of the new contractor, the first of them, how many have one, and
    how many more have none."""
    missing = contractors.missing(changeover)
    number = missing.count()
    coded = contractors.driven_by(changeover.old).count() - number
    return number, list(missing[:LACKING]), coded, max(number - LACKING, 0)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def file(request: SignedIn) -> HttpResponse:
    """What a table would change. It has an address of its own, where the front door takes files."""
    if request.method != "POST":
        return redirect("office-delivery-contractor")
    form = CodesForm(request.POST, request.FILES)
    table = form.table(HEADINGS, ["word"]) if form.is_valid() else None
    if table is None:
        return answer(request, codes_form=form, status=422)
    courier: Courier = form.cleaned_data["courier"]
    found = contractors.difference(courier, table)
    return answer(
        request,
        codes_form=form,
        found=found,
        of=courier,
        steps=found.steps[:SHOWN],
        wrong=[(each, WHY[each.why]) for each in found.wrong[:SHOWN]],
        kept=signing.dumps([courier.pk, kept(table)], salt=SALT, compress=True),
    )


@require_POST
@needs(Role.DELIVERY)
def accept(request: SignedIn) -> HttpResponse:
    """What was shown is written down, in one transaction; rows that are wrong are left out."""
    try:
        key, rows = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=86_400)
        courier = Courier.objects.get(pk=key)
    except (signing.BadSignature, Courier.DoesNotExist):
        messages.warning(request, _("Choose the file once more. Nothing was changed."))
        return redirect("office-delivery-contractor")
    count = contractors.enter(courier, contractors.difference(courier, table_of(rows)).steps)
    said = ngettext("%(n)s code was changed.", "%(n)s codes were changed.", count)
    messages.success(request, said % {"n": count})
    return redirect("office-delivery-contractor")
