"""How many things follow what has left: /staff/supplies/REF/ATTEMPT/more/."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import LENDING
from postroad.form_errors import InOurWords
from postroad.ill import lending
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import lent, show
from postroad.web.staff.lending.verbs import say


class More(InOurWords, forms.Form):
    more = forms.IntegerField(
        label=gettext_lazy("How many more will you send?"),
        help_text=gettext_lazy(
            "Volumes or parts that follow what has left. Type 0 if that is all."
        ),
        min_value=0,
        max_value=99,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*LENDING, or_center=True)
def more(request: SignedIn, ref: str, attempt: int) -> HttpResponse:
    """Something of it has left, and more is to follow: the page Ship stays open for it."""
    supply = lent(request.user, ref, attempt)
    given = request.POST if request.method == "POST" else None
    form = More(given, initial={"more": supply.to_send})
    if request.method == "POST" and form.is_valid():
        lending.more_to_send(supply, gates.act(request.user), more=form.cleaned_data["more"])
        say(request, _("Saved; scan each when you ship it."), supply)
        return redirect("staff-request", ref)
    here = {"supply": supply, "form": form, "back": reverse("staff-request", args=[ref])}
    return show(request, "staff/lending/more.html", here, status=422 if form.is_bound else 200)
