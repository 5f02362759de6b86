"""Keys by which sorters and libraries' systems come in: /office/delivery/keys/."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from postroad.accounts import keys
from postroad.accounts.models import ProgramKey, Role
from postroad.directory.called import named
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.office import keeping
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import page_of

SHOWN = "program-key"  # the session's name for what is shown once
A_PAGE = 50


class KeyForm(InOurWords, forms.Form):
    """A name, and whose the key is; without a library it is a sorter's."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy(
            "Which machine it is for, or whose system, so that you can tell the keys apart."
        ),
        max_length=80,
    )
    library = forms.CharField(
        label=gettext_lazy("Library"),
        help_text=gettext_lazy(
            "Its system may then tell of its holds. Leave it blank for a sorter, which may ask "
            "where items go."
        ),
        max_length=100,
        required=False,
    )

    def clean_library(self) -> Library | None:
        typed = self.cleaned_data["library"]
        found = [each for each in named(typed) if not each.is_outside] if typed else []
        if typed and len(found) != 1:
            raise forms.ValidationError(
                _("More than one library may be meant. Type the code of the one you mean.")
                if found
                else _("We know no library that is called that.")
            )
        return found[0] if found else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """All keys; below them a new one is made, which is shown once."""
    form = KeyForm(request.POST) if request.method == "POST" else KeyForm()
    if form.is_bound and form.is_valid():
        library = form.cleaned_data["library"]
        may = ProgramKey.May.SORT if library is None else ProgramKey.May.HOLDS
        _key, shown = keys.make(
            form.cleaned_data["name"],
            may,
            library=library,
            by=str(request.user),
            now=timezone.now(),
        )
        request.session[SHOWN] = shown
        return redirect("office-delivery-keys")
    known: dict[str, Any] = {
        "form": form,
        "page": page_of(request, ProgramKey.objects.select_related("library"), A_PAGE),
        "shown": request.session.pop(SHOWN, ""),
    }
    status = 422 if form.is_bound else 200
    return render(request, "office/delivery/keys.html", known, status=status)


@require_POST
@needs(Role.DELIVERY)
def change(request: SignedIn, program_key: int) -> HttpResponse:
    """It lets nobody in any more; or it does again."""
    again = "again" in request.POST
    try:
        if again:
            key = keys.give_back(program_key)
        else:
            key = keys.withdraw(program_key, by=str(request.user), now=timezone.now())
    except Refusal as no:
        keeping.say_no(request, no)
    else:
        said = _("%(name)s is let in again.") if again else _("%(name)s is let in no more.")
        messages.success(request, said % {"name": key.name})
    return redirect("office-delivery-keys")
