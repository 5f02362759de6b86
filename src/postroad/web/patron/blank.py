"""Asking for what no catalog lists: /patron/ask/blank/."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Role
from postroad.accounts.roles import card_of
from postroad.catalogue.models import Record
from postroad.directory.models import Library
from postroad.ill.wanted import Wanted
from postroad.web.shared import blank, gates
from postroad.web.shared.blank import Answer, BlankForm
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pick_up import PickUp, pick_ups


class Blank(BlankForm):
    """With where she picks it up."""

    library = forms.ChoiceField(
        label=gettext_lazy("Where will you pick it up?"),
        help_text=gettext_lazy("You can change it later to any other library."),
    )

    def offer(self, pick_up: PickUp) -> "Blank":
        library = self.fields["library"]
        assert isinstance(library, forms.ChoiceField)  # it stands above
        library.choices = pick_up.choices(str(self.data.get("library", "")))
        if self.is_copy:
            library.label = _("Which library looks after it?")
            library.help_text = _("Its staff help you with it. The copy comes to you as a file.")
        return self


@needs(Role.PATRON)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn) -> HttpResponse:
    card = card_of(request.user)
    if card is None:
        raise Http404
    if request.headers.get("X-Alike"):
        return blank.looked_up(request, of_record)
    if (material := blank.material_of(request)) is None:
        return render(
            request,
            "patron/blank_choose.html",
            {
                "choices": blank.choices(request, request.path),
                **blank.of_catalog(blank.known(request), of_record, request.path),
                "begun": blank.begun(request),
                **blank.of_a_copy(request, Answer()),
            },
        )
    form = Blank(
        request.POST if request.method == "POST" else None,
        material,
        begun={"library": card.library.code, **blank.begun(request)},
        today=card.library.day_of(timezone.now()),
        looks_at=request.path,
    ).offer(PickUp(card.library, ""))
    if form.is_bound:
        act = gates.act(request.user)
        home = card.library
        answer = blank.sent(form, request.POST, lambda: wanted(request, form, home), act, home)
    else:
        answer = blank.before(request, form, card.library)
    if answer.ill is not None:
        messages.success(request, _("We have your request."))
        return redirect("patron-request", answer.ill.ref)
    return show(request, form, answer)


def wanted(request: SignedIn, form: Blank, home: Library) -> Wanted:
    given = form.cleaned_data
    return Wanted(
        patron=request.user,
        library=pick_ups().filter(code=given["library"]).first() or home,
        citation=form.citation(),
        need_by=given["need_by"],
        note=given["note"],
        note_for_lender=given["note_for_lender"],
        acceptable=form.acceptable(),
        insists=given["insists"],
        key=given["key"],
        rush=given.get("rush", False),
    )


def show(request: SignedIn, form: Blank, answer: Answer) -> HttpResponse:
    return render(
        request,
        "patron/blank.html",
        {
            "form": form,
            "answer": answer,
            **blank.of_catalog(answer.alike, of_record, request.path),
            "checked": form.is_bound,
            "choose": blank.with_query(request.path, **blank.said(request)),
            **blank.of_a_copy(request, answer),
        },
        status=answer.status,
    )


def of_record(record: Record) -> str:
    return reverse("patron-ask", args=[record.pk])
