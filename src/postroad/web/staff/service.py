"""A copy instead of a loan, or the reverse, under the same number: /staff/requests/REF/service/, at
the ILL center too."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import BORROWING, Role
from postroad.form_errors import InOurWords
from postroad.ill import access, materials, service
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.acts import Act
from postroad.ill.asking import NotCited
from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.materials import Citation, Field, Material, Trouble
from postroad.ill.models import Request
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import show

TELLING = (Field.AUTHOR, Field.YEAR)  # apart books of one title


class Part(InOurWords, forms.Form):
    """Which pages are enough; and of which book, if not even that is known."""

    pages = forms.CharField(
        label=gettext_lazy("Which pages?"),
        help_text=gettext_lazy("Like 12-30, or the name of a part: Contents, Index."),
        max_length=materials.LENGTH,
    )
    also = forms.BooleanField(
        label=gettext_lazy("Copy with it: the title page and its back (verso)"), required=False
    )

    def __init__(self, data: QueryDict | None, ill: Request) -> None:
        super().__init__(data)
        self.ill = ill
        if not (ill.author or ill.year):
            for name in TELLING:
                self.fields[name] = forms.CharField(
                    label=words.materials.field(Material.PAGES, name),
                    required=False,
                    max_length=materials.LENGTHS[name],
                )

    def citation(self) -> Citation:
        given = self.cleaned_data
        said = dict(service.as_pages(self.ill, given["pages"]).said)
        said |= {name: given[name] for name in TELLING if given.get(name)}
        if given["also"]:
            said[Field.ALSO] = materials.TITLE_PAGE
        return materials.tidied(Material.PAGES, said)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, Role.CENTRE, or_center=True)
def change(request: SignedIn, ref: str) -> HttpResponse:
    """Asks which pages, or whether it shall be the book itself, and changes it."""
    ill, sight = access.request_for(request.user, ref)
    if sight not in (Sight.BORROWING, Sight.CENTRE):
        raise NoSuchRequest(ref=ref)
    page = "office-centre-request" if sight == Sight.CENTRE else "staff-request"
    ill.refuse_out_of_turn(Verb.CHANGE_SERVICE, supply=service.asked_now(ill))
    form = Part(request.POST if request.method == "POST" else None, ill)
    if request.method == "POST":
        by = gates.act(request.user).as_role(
            Owner.CENTRE if sight == Sight.CENTRE else Owner.BORROWING
        )
        if changed(ill, form, by, said=request.POST.get("is_copy", "")):
            messages.success(request, _("Changed. Who can supply it is asked anew."))
            return redirect(page, ill.ref)
    return show(
        request,
        "staff/service.html",
        {"ill": ill, "form": form, "back": reverse(page, args=[ill.ref])},
        status=422 if form.is_bound else 200,
    )


def say(form: Part, troubles: Mapping[Field, Trouble]) -> None:
    for name, wrong in troubles.items():
        said = words.materials.trouble(Material.PAGES, name, wrong)
        form.add_error(name if name in form.fields else None, said)


def changed(ill: Request, form: Part, by: Act, said: str) -> bool:
    """What the page showed is what is changed: a second press changes nothing back."""
    if said == "yes":
        service.to_loan(ill, by)
        return True
    if not form.is_valid():
        return False
    try:
        service.to_copy(ill, by, form.citation())
    except NotCited as no:
        say(form, cast("Mapping[Field, Trouble]", no.facts["troubles"]))
        return False
    return True
