"""Another pick-up library for what is on its way: one page, of a desk and of a patron."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue import citation
from postroad.delivery.models import Parcel
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.ill import rerouting
from postroad.ill.models import Request
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.pick_up import PickUp, pick_ups


class RerouteForm(InOurWords, forms.Form):
    """Where what is on its way is to be fetched instead."""

    library = forms.ChoiceField(label=gettext_lazy("Pick up at"))

    def __init__(self, data: QueryDict | None, ill: Request, where: str) -> None:
        super().__init__(data, initial={"library": ill.library.code})
        self.pick_up = PickUp(ill.library, where)
        library = self.fields["library"]
        assert isinstance(library, forms.ChoiceField)
        library.choices = self.pick_up.choices(self.data.get("library", ""))

    def clean_library(self) -> Library:
        return pick_ups().get(code=self.cleaned_data["library"])


def reroute(request: SignedIn, ill: Request, back: str, after: str = "") -> HttpResponse:
    """Asks for another library, and sends it there. Leads `back`, or `after` that."""
    form = RerouteForm(request.POST or None, ill, request.GET.get("where", ""))
    if form.is_valid():
        assert ill.loan is not None  # it travels
        library, was = form.cleaned_data["library"], ill.library
        try:
            parcel = rerouting.reroute(ill.loan, gates.act(request.user), library=library)
        except Refusal as no:
            form.add_error("library", words.refusal(no))
        else:
            same = library == was
            said = _("Nothing was changed.") if same else said_of(library, parcel)
            messages.success(request, said)
            return redirect(back if same else after or back)
    context = {"title": citation.short_title(ill.title), "form": form, "back": back}
    return render(request, "shared/reroute.html", context, status=422 if form.is_bound else 200)


def said_of(library: Library, parcel: Parcel) -> str:
    if parcel.expected_on is None:
        return _("It goes to %(library)s now.") % {"library": library.name}
    facts = {"library": library.name, "day": words.day(parcel.expected_on)}
    return _("It goes to %(library)s now, and should be there on %(day)s.") % facts
