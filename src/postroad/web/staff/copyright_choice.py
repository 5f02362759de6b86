"""A copy beyond those that are free: what its library does about it, before anybody copies it.

/staff/requests/REF/copyright/. It warns and never stands in the way.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING
from postroad.documents.copyright import Choice
from postroad.ill import borrowing, counted_copies
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Request
from postroad.web.shared import gates
from postroad.web.shared.copyright_choice import ChoiceForm, counted
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.borrowing.verbs import LONGEST_REASON
from postroad.web.staff.counter import borrowed, goes_on, show


class Chosen(ChoiceForm):
    """With what its reader is told, if no copy is made."""

    reason = forms.CharField(
        label=gettext_lazy("What the patron is told, if no copy is made"),
        help_text=gettext_lazy("The patron will read this exactly as you write it."),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("choice") == Choice.DECLINED and not given.get("reason"):
            self.add_error("reason", _("Say why: the patron waits for an answer."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, or_center=True)
def choose(request: SignedIn, ref: str) -> HttpResponse:
    """What the count says, and the choice; a request that waits for it is approved with it."""
    ill = borrowed(request.user, ref)
    if not ill.is_copy:
        raise NoSuchRequest(ref=ref)
    ill.refuse_out_of_turn(Verb.CHOOSE_COPYRIGHT)
    begun = {"reason": _("Your library has had its five free copies of this title this year.")}
    form = Chosen(
        request.POST if request.method == "POST" else None, initial={**ill.copyright, **begun}
    )
    if form.is_bound and form.is_valid():
        return chosen(request, ill, form)
    return show(
        request,
        "staff/copyright.html",
        {
            "ill": ill,
            "form": form,
            "counted": counted(counted_copies.asked(ill)),
            "approves": ill.state == State.REVIEW,
            "back": reverse("staff-request", args=[ill.ref]),
        },
        status=422 if form.is_bound else 200,
    )


def chosen(request: SignedIn, ill: Request, form: Chosen) -> HttpResponse:
    act = gates.act(request.user)
    if form.chosen.choice == Choice.DECLINED:
        counted_copies.decline(ill, act, form.cleaned_data["reason"])
        messages.success(request, _("Closed, and the patron has been told."))
        return redirect(*goes_on(request.user, "staff-borrowing", ill.ref))
    counted_copies.choose(ill, act, form.chosen)
    if "approve" in request.POST and ill.may(Verb.APPROVE):
        borrowing.approve(ill, act)
        messages.success(request, _("Saved and approved; who can copy it is asked."))
    else:
        messages.success(request, _("Saved."))
    return redirect("staff-request", ill.ref)


def of_request(ill: Request, sight: Sight) -> dict[str, Any]:
    """On the page of a request: what the count says of the copy, and where it is chosen."""
    if not (ill.is_copy and sight == Sight.BORROWING and ill.may(Verb.CHOOSE_COPYRIGHT)):
        return {}
    found = counted(counted_copies.asked(ill))
    if not (found.over or ill.copyright):
        return {}
    return {
        "counted": found,
        "copyright_chosen": said(ill),
        "choose_copyright": reverse("staff-request-copyright", args=[ill.ref]),
    }


def said(ill: Request) -> str:
    """What was chosen, with what it costs."""
    kept = counted_copies.chosen(ill)
    if kept.choice is Choice.NONE:
        return ""
    choice = words.label(words.document_delivery.CHOSEN, kept.choice)
    return choice if kept.cost is None else f"{choice}, ${kept.cost:,.2f}"
