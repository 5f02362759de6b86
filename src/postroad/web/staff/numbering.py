"""The numbers of other systems on a request: /staff/requests/REF/numbers/.

The borrowing desk enters and mends them for its own requests, the ILL center for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING, Role, User
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import access, numbering, spelling
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import Owner
from postroad.ill.models import OF_THE_REQUEST, MovedMeanwhile, Number, Request, Supply, System
from postroad.ill.numbering import Place
from postroad.web.shared import gates
from postroad.web.shared import numbering as shown
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.numbering import Shown
from postroad.web.staff.counter import show, works
from postroad.web.staff.find import address


class Entry(InOurWords, forms.Form):
    """What it is called there, and the number, however it is written."""

    place = forms.ChoiceField(label=gettext_lazy("Which number"))
    number = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=spelling.AS_TYPED,
        help_text=gettext_lazy("Spaces, dashes and words like “ILL:” make no difference."),
        widget=forms.TextInput(attrs={"class": "number", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the number.")},
    )

    def __init__(self, *args: Any, places: Sequence[tuple[str, Any]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["place"].choices = places  # type: ignore[attr-defined]  # a ChoiceField


@dataclass(frozen=True, slots=True)
class Row:
    """A number that stands, with the form to correct it."""

    shown: Shown
    form: Entry


def role_of(user: User, ill: Request, sight: Sight) -> Owner:
    """As what somebody writes numbers here; who may not is told that there is no such page."""
    if sight == Sight.CENTRE:
        return Owner.CENTRE
    if sight == Sight.BORROWING and works(user, ill.library, BORROWING):
        return Owner.BORROWING
    raise NoSuchRequest(ref=ill.ref)


def writes(user: User, ill: Request, sight: Sight) -> bool:
    """Whether the request's page offers to enter and mend them."""
    try:
        role_of(user, ill, sight)
    except NoSuchRequest:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*STAFF, Role.CENTRE)
def page(request: SignedIn, ref: str) -> HttpResponse:
    ill, sight = access.request_for(request.user, ref)
    role = role_of(request.user, ill, sight)
    typed: dict[int | None, Entry] = {}
    if request.method == "POST":
        answer = act(request, ill, role, typed)
        if answer is not None:
            return answer
    choices = places(ill)
    standing = shown.shown(ill)
    off = Number.objects.filter(request=ill).exclude(off_at=None).select_related("supply__lender")
    return show(
        request,
        "staff/numbering.html",
        {
            "ill": ill,
            "rows": [
                Row(each, typed.get(each.number.pk) or form_of(each.number, choices))
                for each in standing
            ],
            "off": [shown.of(number) for number in off],
            "form": typed.get(None) or Entry(places=choices),
            "back": address(ill, sight),
        },
        status=422 if typed else 200,
    )


def act(
    request: SignedIn, ill: Request, role: Owner, typed: dict[int | None, Entry]
) -> HttpResponse | None:
    """Do what a button says; None, with the form that has to be mended first."""
    number = the_number(ill, request.POST.get("key", ""))
    step = request.POST.get("step", "")
    if step == "enter" or (step == "mend" and number is not None):
        form = form_of(number, places(ill), request.POST)
        if not form.is_valid() or not written(request, ill, role, number, form):
            typed[number.pk if number else None] = form
            return None
    elif step in ("off", "back") and number is not None:
        moved(request, role, number, step)
    else:
        raise NoSuchRequest(ref=ill.ref)
    return redirect("staff-request-numbers", ill.ref)


def the_number(ill: Request, key: str) -> Number | None:
    if not (key.isascii() and key.isdigit() and len(key) < 18):
        return None
    return ill.numbers.filter(pk=int(key)).select_related("supply").first()


def written(
    request: SignedIn, ill: Request, role: Owner, number: Number | None, form: Entry
) -> bool:
    """Entered or corrected. False: the form says why not."""
    place = place_of(ill, form.cleaned_data["place"])
    as_typed, by = form.cleaned_data["number"], request.user
    try:
        if number is None:
            number = numbering.enter(ill, place, as_typed, gates.act(by).as_role(role))
            said = _("Entered: %(label)s %(number)s.")
        else:
            seen = request.POST.get("seen", "")
            number = numbering.mend(number, place, as_typed, gates.act(by).as_role(role), seen=seen)
            said = _("Corrected: %(label)s %(number)s.")
    except MovedMeanwhile as no:
        messages.warning(request, words.refusal(no))
        return True
    except Refusal as no:
        form.add_error("number", words.refusal(no))
        return False
    label = words.label(words.ill.NUMBER_SYSTEMS, number.system)
    messages.success(request, said % {"label": label, "number": number.typed})
    shown.warn_if_shared(request, [number])
    return True


def moved(request: SignedIn, role: Owner, number: Number, step: str) -> None:
    facts = {
        "label": words.label(words.ill.NUMBER_SYSTEMS, number.system),
        "number": number.typed,
    }
    try:
        if step == "off":
            seen = request.POST.get("seen", "")
            numbering.take_off(number, gates.act(request.user).as_role(role), seen=seen)
            messages.success(request, _("Taken off: %(label)s %(number)s.") % facts)
        else:
            back = numbering.put_back(number, gates.act(request.user).as_role(role))
            messages.success(request, _("Put back: %(label)s %(number)s.") % facts)
            shown.warn_if_shared(request, [back])
    except Refusal as no:
        messages.warning(request, words.refusal(no))


def form_of(number: Number | None, choices: Sequence[tuple[str, Any]], data: Any = None) -> Entry:
    if number is None:
        return Entry(data, places=choices)
    of = f":{number.supply.attempt}" if number.supply else ""
    initial = {"place": f"{number.system}{of}", "number": number.typed}
    return Entry(data, initial=initial, places=choices, auto_id=f"id_{number.pk}_%s")


def places(ill: Request) -> list[tuple[str, Any]]:
    """What may be chosen: the request's own numbers first, then each attempt's, the last first."""
    of_request = [
        (system.value, words.label(words.ill.NUMBER_SYSTEMS, system))
        for system in System
        if system in OF_THE_REQUEST
    ]
    found: list[tuple[str, Any]] = [(_("Of the whole request"), of_request)]
    for supply in sorted(ill.supplies.all(), key=lambda each: -each.attempt):
        asked = _("Asked %(lender)s") % {"lender": supply.lender_name}
        found.append((asked, of_attempt(supply)))
    return found


def of_attempt(supply: Supply) -> list[tuple[str, str]]:
    return [
        (f"{system}:{supply.attempt}", words.label(words.ill.NUMBER_SYSTEMS, system))
        for system in System
        if system not in OF_THE_REQUEST
    ]


def place_of(ill: Request, chosen: str) -> Place:
    system, _colon, attempt = chosen.partition(":")
    supply = next((each for each in ill.supplies.all() if str(each.attempt) == attempt), None)
    return Place(System(system), supply)
