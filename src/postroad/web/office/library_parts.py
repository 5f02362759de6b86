"""What stands beside a library's record: contacts, addresses, symbols."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.directory import records
from postroad.directory.models import (
    Address,
    Contact,
    Library,
    Symbol,
)
from postroad.directory.symbols import normalize
from postroad.form_errors import InOurWords
from postroad.web.office.keeping import library_of
from postroad.web.shared.gates import KEEPERS, SignedIn, needs


class PartForm(InOurWords):
    """A row beside a library's record. What the database holds of it is said by `whole`."""

    def _post_clean(self: Any) -> None:
        """Without Django's own sentences on constraints; the fields have said all else."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


class ContactForm(PartForm, forms.ModelForm[Contact]):
    class Meta:
        model = Contact
        fields: ClassVar[list[str]] = [
            "purpose",
            "name",
            "email",
            "phone",
            "menu_option",
            "extension",
            "place",
            "hours",
        ]
        labels: ClassVar[dict[str, Any]] = {
            "purpose": gettext_lazy("For"),
            "name": gettext_lazy("Name"),
            "email": gettext_lazy("E-mail"),
            "phone": gettext_lazy("Phone"),
            "menu_option": gettext_lazy("Option in the phone menu"),
            "extension": gettext_lazy("Extension"),
            "place": gettext_lazy("Where to find them"),
            "hours": gettext_lazy("Hours"),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not (given.get("name") or given.get("email") or given.get("phone")):
            self.add_error("name", _("Type a name, an e-mail address or a phone number."))
        return given


class AddressForm(PartForm, forms.ModelForm[Address]):
    class Meta:
        model = Address
        fields: ClassVar[list[str]] = ["purpose", "lines", "town", "state", "zip", "country"]
        labels: ClassVar[dict[str, Any]] = {
            "purpose": gettext_lazy("For"),
            "lines": gettext_lazy("Lines above the town"),
            "town": gettext_lazy("Town"),
            "state": gettext_lazy("State, in two letters"),
            "zip": gettext_lazy("ZIP code"),
            "country": gettext_lazy("Country, in two letters"),
        }

    def clean_lines(self) -> str:
        lines = [" ".join(line.split()) for line in self.cleaned_data["lines"].splitlines()]
        kept = [line for line in lines if line]
        if len(kept) > 5 or any(len(line) > 60 for line in kept):
            raise forms.ValidationError(
                _("Use at most 5 lines of 60 characters, so that they fit on a label.")
            )
        return "\n".join(kept)

    def clean_state(self) -> str:
        return str(self.cleaned_data["state"]).upper()

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("Two letters, like US or CA."))
        return country


class SymbolForm(PartForm, forms.ModelForm[Symbol]):
    class Meta:
        model = Symbol
        fields: ClassVar[list[str]] = ["authority", "value", "umbrella"]
        labels: ClassVar[dict[str, Any]] = {
            "authority": gettext_lazy("Which system"),
            "value": gettext_lazy("Symbol"),
            "umbrella": gettext_lazy("Other libraries share this symbol"),
        }

    def clean_value(self) -> str:
        value = normalize(self.cleaned_data["value"])
        if not value:
            raise forms.ValidationError(_("Please fill this in."))
        return value


Part = Contact | Address | Symbol

PARTS: Mapping[str, tuple[type[Part], type[forms.ModelForm[Any]], Any, Any]] = {
    "contact": (Contact, ContactForm, gettext_lazy("Add a contact"), gettext_lazy("Contact")),
    "address": (Address, AddressForm, gettext_lazy("Add an address"), gettext_lazy("Address")),
    "symbol": (Symbol, SymbolForm, gettext_lazy("Add a symbol"), gettext_lazy("Symbol")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def part(
    request: SignedIn,
    code: str,
    contact: int | None = None,
    address: int | None = None,
    symbol: int | None = None,
    *,
    kind: str,
) -> HttpResponse:
    """A contact, an address or a symbol: added, changed, removed."""
    found = library_of(request.user, code)
    model, form_of, adds, one = PARTS[kind]
    key = contact or address or symbol
    row: Any = get_object_or_404(model, pk=key, library=found) if key else model(library=found)
    if request.method == "POST" and "remove" in request.POST and key:
        return remove(request, found, row)
    form = form_of(request.POST if request.method == "POST" else None, instance=row)
    if form.is_bound and whole(form):
        same = model.objects.filter(library=found, **form.cleaned_data)
        if not same.exists():  # else the form was sent twice, or nothing is different
            records.keep(form.instance, by=str(request.user))
        messages.success(request, _("Saved."))
        return redirect("office-library", found.code)
    return render(
        request,
        "office/libraries/part.html",
        {"library": found, "form": form, "heading": one if key else adds, "row": key},
        status=422 if form.is_bound else 200,
    )


def whole(form: forms.ModelForm[Any]) -> bool:
    """Whether a row can be kept; two of the same sign or purpose are said in our words."""
    if not form.is_valid():
        return False
    row = form.instance
    others = type(row).objects.filter(library=row.library).exclude(pk=row.pk)
    if others.filter(**form.cleaned_data).exists():
        return True  # sent twice: it is kept already
    if isinstance(row, Address) and others.filter(purpose=row.purpose).exists():
        form.add_error("purpose", _("There is an address for this already. Change that one."))
    if isinstance(row, Symbol) and others.filter(authority=row.authority, value=row.value).exists():
        form.add_error("value", _("This symbol is on record here already."))
    if isinstance(row, Symbol) and not row.umbrella:
        taken = Symbol.objects.named(row.value).filter(authority=row.authority, umbrella=False)
        owner = taken.exclude(library=row.library).select_related("library").first()
        if owner is not None:
            form.add_error(
                "value", _("This is the symbol of %(library)s.") % {"library": owner.library.name}
            )
    return not form.errors


def remove(request: SignedIn, library: Library, row: Any) -> HttpResponse:
    if "sure" not in request.POST:
        return render(
            request,
            "shared/sure.html",
            {
                "title": _("Remove “%(what)s”?") % {"what": row},
                "happens": _("It leaves the record of %(library)s. The history keeps it.")
                % {"library": library.name},
                "verb": _("Remove it"),
                "back": reverse("office-library", args=[library.code]),
                "fields": {"remove": "1"},
            },
        )
    records.remove(row, by=str(request.user))
    messages.success(request, _("Removed."))
    return redirect("office-library", library.code)
