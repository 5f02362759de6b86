"""What a reader asks her own library: /patron/cases/. Nobody else reads it, whatever follows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role
from postroad.cases import access as case_access
from postroad.cases import handling
from postroad.cases.handling import WrittenMeanwhile
from postroad.cases.lifecycle import Ending, Side
from postroad.cases.models import Case, Kind, of_request, patron_and
from postroad.catalogue import citation
from postroad.ill import access
from postroad.web.shared.casework import page, steps
from postroad.web.shared.casework.forms import MessageForm
from postroad.web.shared.gates import SignedIn, needs


@needs(Role.PATRON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, ref: str) -> HttpResponse:
    """About one of her requests."""
    ill = access.patron_request(request.user, ref)
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        case = handling.ask(
            patron_and(request.user, ill.library),
            kind=Kind.QUESTION,
            subject=citation.short_title(ill.title),
            text=form.cleaned_data["text"],
            about=of_request(ill.ref),
            by=request.user,
            name=str(request.user),
            key=form.cleaned_data["key"],
        )
        said = _("Sent to %(library)s. The answer is shown here, and mailed to you if we can.")
        messages.success(request, said % {"library": ill.library.name})
        return redirect("patron-case", case.number)
    return render(
        request,
        "patron/case_new.html",
        {"ill": ill, "title": citation.short_title(ill.title), "form": form},
        status=422 if form.is_bound else 200,
    )


@needs(Role.PATRON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: SignedIn, question_number: str) -> HttpResponse:
    found = handling.continued(case_access.patrons_case(request.user, question_number))
    form, status = MessageForm(initial={"seen": steps.last(found)}), 200
    if request.method == "POST":
        form = MessageForm(request.POST)
        if "settled" in request.POST:
            handling.close(
                found, Ending.WITHDRAWN, by=request.user, name=str(request.user), side=Side.ASKER
            )
            messages.success(request, _("Closed. If something is still open, write again."))
            return redirect("patron-case", found.number)
        if form.is_valid():
            if write(request, found, form):
                return redirect("patron-case", found.number)
            form = MessageForm(
                initial={"text": form.cleaned_data["text"], "seen": steps.last(found)}
            )
            status = 409
        else:
            status = 422
    return render(
        request,
        "patron/case.html",
        {
            "case": found,
            "said": page.said(found, Side.ASKER),
            "stands": page.stands(found, answers=False),
            "form": form,
        },
        status=status,
    )


def write(request: SignedIn, case: Case, form: MessageForm) -> bool:
    given = form.cleaned_data
    try:
        handling.reply(
            case,
            given["text"],
            by=request.user,
            name=str(request.user),
            seen=given["seen"],
            key=given["key"],
        )
    except WrittenMeanwhile as no:
        messages.warning(request, words.refusal(no))
        return False
    messages.success(request, _("Sent."))
    return True


def about(case_of: SignedIn, ref: str) -> list[Case]:
    """What she asked her library about a request."""
    mine = Case.objects.about(of_request(ref)).filter(thread__patron=case_of.user.pk)
    return list(mine.order_by("-asked_at", "-pk"))
