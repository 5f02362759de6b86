"""Libraries and their records: /office/libraries/."""

from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.accounts import posts, uploads
from postroad.accounts.models import Post, Role, Upload
from postroad.delivery import codes
from postroad.delivery.codes import CodeMissing
from postroad.directory import listing, records
from postroad.directory.models import (
    Address,
    Contact,
    Kind,
    Library,
    Membership,
    Network,
    State,
    Symbol,
)
from postroad.directory.opening import ALWAYS
from postroad.directory.places import OTHER_STATES, PROVINCES
from postroad.directory.records import CodeTaken
from postroad.directory.symbols import normalize
from postroad.form_errors import InOurWords
from postroad.ill import leaving
from postroad.web.office import keeping
from postroad.web.office.keeping import A_PAGE, KEEPERS, OFFICE, FileForm, library_of
from postroad.web.office.stops import Days
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice

RESERVED = frozenset({"add", "file"})  # our own addresses
SHOWN = {
    "members": gettext_lazy("Members"),
    "outside": gettext_lazy("Outside the consortium"),
    "retired": gettext_lazy("Retired"),
}


class RecordForm(InOurWords, forms.Form):
    """What a library's record says; a director's has fewer fields."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("not known")), *State.choices, *OTHER_STATES, *PROVINCES],
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of library"),
        choices=[("", gettext_lazy("not known")), *Kind.choices],
        required=False,
    )
    network = forms.ModelChoiceField(
        Network.objects.order_by("name"),
        label=gettext_lazy("Network"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail of its ILL desk"), max_length=254, required=False
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    open_days = Days(label=gettext_lazy("Open on"), required=False)
    delivery_code = forms.CharField(
        label=gettext_lazy("Rhode Island's three letters"), max_length=3, required=False
    )

    member = True

    def __init__(self, *args: Any, center: bool, member: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        self.member = member
        if not center:
            for name in records.OF_THE_CENTER:
                del self.fields[name]

    def clean_delivery_code(self) -> str:
        said: str = self.cleaned_data["delivery_code"].upper()
        try:
            return codes.ri_code(said) if said else ""
        except CodeMissing as no:
            raise forms.ValidationError(
                _("Three letters from A to Z, as the state's delivery list shows them.")
            ) from no

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.member and "state" in given and given["state"] not in State.values:
            self.add_error(
                "state", _("Members are in Massachusetts or Rhode Island, where the van goes.")
            )
        if given.get("open_days") == "-" * len(ALWAYS):
            given["open_days"] = ""  # not known
        return given


class AddForm(RecordForm):
    """A library that comes in."""

    membership = forms.ChoiceField(
        label=gettext_lazy("Does it take part?"),
        choices=[
            (Membership.MEMBER, gettext_lazy("It is a member")),
            (
                Membership.OUTSIDE,
                gettext_lazy("It is outside the consortium; we only deal with it"),
            ),
        ],
        initial=Membership.MEMBER,
        widget=forms.RadioSelect,
    )
    code = forms.SlugField(
        label=gettext_lazy("Our code for it"),
        max_length=16,
        required=False,
        help_text=gettext_lazy(
            "Stands in addresses and lists, and never changes. Empty: it is made from the name."
        ),
    )
    another = forms.BooleanField(
        label=gettext_lazy("It is another library of the same name"), required=False
    )
    field_order = ("membership", "name", "town", "state", "kind", "code")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, center=True, **more)
        self.member = self.data.get("membership", Membership.MEMBER) != Membership.OUTSIDE
        self.alike: Library | None = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if code in RESERVED:
            raise forms.ValidationError(_("This word is an address of ours. Choose another code."))
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        name, town = given.get("name"), given.get("town", "")
        if name and not given.pop("another", False):
            self.alike = Library.objects.filter(name__iexact=name, town__iexact=town).first()
            if self.alike is not None:
                self.add_error(
                    "name",
                    _(
                        "There is a library of this name in this town already, with the code "
                        "%(code)s. If this is another one, check the box below."
                    )
                    % {"code": self.alike.code},
                )
        return given

    def visible_fields(self) -> list[Any]:
        """The box is there only where it is needed."""
        asks = self.alike is not None or "another" in self.data
        return [each for each in super().visible_fields() if each.name != "another" or asks]


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


@require_safe
@needs(*OFFICE)
def library_list(request: SignedIn) -> HttpResponse:
    """Every library, to be found by name, town, code or symbol."""
    asked, shown = keeping.asked(request), request.GET.get("show", "members")
    shown = shown if shown in SHOWN else "members"
    found = matching(asked)
    kinds: Mapping[str, QuerySet[Library]] = {
        "members": found.filter(membership=Membership.MEMBER, active=True),
        "outside": found.filter(membership=Membership.OUTSIDE, active=True),
        "retired": found.filter(active=False),
    }
    return render(
        request,
        "office/libraries/libraries.html",
        {
            "asked": asked,
            "shown": shown,
            "page": Paginator(kinds[shown], A_PAGE).get_page(request.GET.get("page")),
            "choices": [
                Choice(
                    str(label),
                    "?" + urlencode({"show": name, "q": asked}),
                    kinds[name].count(),
                    name == shown,
                )
                for name, label in SHOWN.items()
            ],
        },
    )


def matching(asked: str) -> QuerySet[Library]:
    wanted = Q()
    for word in asked.split():
        named = Q(name__icontains=word) | Q(town__icontains=word) | Q(code__iexact=word)
        wanted &= named | Q(pk__in=Symbol.objects.named(word).values("library"))
    return Library.objects.filter(wanted).order_by("town", "name")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OFFICE)
def add(request: SignedIn) -> HttpResponse:
    form = AddForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = records.add(form.cleaned_data, by=str(request.user))
        except CodeTaken as no:
            keeping.mistaken(form, "code", no)
        else:
            messages.success(request, _("Added. Contacts, people and cards can be added next."))
            if made.is_outside:
                return redirect("office-library", made.code)
            records.begin_joining(made, by=str(request.user))
            return redirect("office-joining", made.code)
    return render(
        request,
        "office/libraries/add.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
@needs(*KEEPERS)
def library(request: SignedIn, code: str) -> HttpResponse:
    """All that is on record of one library, each with who said so."""
    found = library_of(request.user, code)
    said = {each.field: each for each in found.confirmations.all()}
    record = [
        (words.label(words.records.RECORD, name), value_of(found, name), said.get(name))
        for name in records.FIELDS
        if name != "delivery_code" or found.state == State.RHODE_ISLAND
    ]
    here = Post.objects.filter(library=found, user__is_active=True).select_related("user")
    return render(
        request,
        "office/libraries/library.html",
        {
            "library": found,
            "center": keeping.in_office(request.user),
            "record": record,
            "parts": [
                (name, label, list(model.objects.filter(library=found)))
                for name, (model, _form, label, _one) in PARTS.items()
            ],
            "special": found.special_hours.filter(last_day__gte=found.day_of(timezone.now())),
            "staff": here.order_by("role", "user__last_name"),
            "no_director": not any(each.role == Role.DIRECTOR for each in here),
            "gives": posts.gives(request.user, found),
            "joining": getattr(found, "joining", None),
            "changes": found.changes.all()[:20],
        },
    )


def value_of(library: Library, name: str) -> object:
    if in_words := words.records.IN_WORDS.get(name):
        return in_words(getattr(library, name))
    display = getattr(library, f"get_{name}_display", None)
    return display() if display else getattr(library, name)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def record(request: SignedIn, code: str) -> HttpResponse:
    found = library_of(request.user, code)
    kept = {name: getattr(found, name) for name in records.FIELDS}
    form = RecordForm(
        request.POST if request.method == "POST" else None,
        initial=kept,
        center=keeping.in_office(request.user),
        member=not found.is_outside,
    )
    if form.is_bound and form.is_valid():
        changed = records.change(found, form.cleaned_data, by=str(request.user))
        messages.success(request, _("Saved.") if changed else _("Nothing was different."))
        return redirect("office-library", found.code)
    return render(
        request,
        "office/libraries/record.html",
        {"library": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs(*KEEPERS)
def confirm(request: SignedIn, code: str) -> HttpResponse:
    """All that is on record is still right."""
    found = library_of(request.user, code)
    records.confirm_all(found, by=str(request.user), on=timezone.localdate())
    messages.success(request, _("Thank you. The record says now that you confirmed it today."))
    return redirect("office-library", found.code)


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


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OFFICE)
def retire(request: SignedIn, code: str) -> HttpResponse:
    """Ask first, and say what is still open; or bring it back."""
    found = library_of(request.user, code)
    if request.method == "POST" and "back" in request.POST:
        records.bring_back(found, by=str(request.user))
        messages.success(request, _("It takes part again."))
        return redirect("office-library", found.code)
    if request.method == "POST" and "sure" in request.POST:
        records.retire(found, by=str(request.user))
        messages.success(request, _("Retired. You can bring it back on this page."))
        return redirect("office-library", found.code)
    return render(
        request,
        "shared/sure.html",
        {
            "title": _("Retire %(library)s?") % {"library": found.name},
            "happens": " ".join(what_retiring_means(found)),
            "verb": _("Retire it"),
            "back": reverse("office-library", args=[found.code]),
        },
    )


def what_retiring_means(library: Library) -> list[str]:
    said = [
        _(
            "It will stand in no list and be asked for nothing. Its record, its people and its "
            "cards stay, and it can be brought back at any time."
        )
    ]
    borrowed, lent = leaving.still_open(library)
    if borrowed:
        said.append(
            ngettext(
                "%(n)s request of its readers is still open.",
                "%(n)s requests of its readers are still open.",
                borrowed,
            )
            % {"n": borrowed}
        )
    if lent:
        said.append(
            ngettext(
                "%(n)s loan to another library is still open.",
                "%(n)s loans to other libraries are still open.",
                lent,
            )
            % {"n": lent}
        )
    if borrowed or lent:
        said.append(_("They go on to their end; its desk can still be used for them."))
    return said


# A list of libraries


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OFFICE)
def file(request: SignedIn) -> HttpResponse:
    """Choose a spreadsheet."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        table = form.table(listing.HEADINGS, ["code"])
        if table is not None:
            kept = uploads.keep(
                Upload.Kind.LIBRARIES,
                form.cleaned_data["file"].name,
                table,
                library=None,
                by=request.user,
                at=timezone.now(),
            )
            return redirect("office-libraries-file-one", kept.pk)
    return render(
        request,
        "office/libraries/file.html",
        {"form": form, "headings": keeping.known_headings(listing.HEADINGS)},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*OFFICE)
def file_one(request: SignedIn, upload: int) -> HttpResponse:
    """What a list would change; then do it, whole or not at all."""
    kept = get_object_or_404(Upload, pk=upload, kind=Upload.Kind.LIBRARIES)
    if kept.by_id != request.user.pk:
        raise Http404
    waits = kept.state == Upload.State.READ
    difference = listing.compare(uploads.rows(kept), kept.columns) if waits else None
    if request.method == "POST" and "cancel" in request.POST:
        uploads.cancel(kept)
        messages.success(request, _("Nothing was changed."))
        return redirect("office-libraries")
    if request.method == "POST" and difference is not None:
        if difference.wrong or request.POST.get("seen") != difference.seen:
            messages.warning(
                request, _("Something has changed meanwhile. Look at it again before you save.")
            )
        elif uploads.accept(kept):
            counted = listing.apply(difference, by=str(request.user), at=timezone.now())
            uploads.done(kept, counted)
            messages.success(
                request,
                _("Saved: %(new)s added, %(changed)s changed, %(same)s as they were.") % counted,
            )
            return redirect("office-libraries")
    return render(
        request,
        "office/libraries/file_one.html",
        {
            "upload": kept,
            "difference": difference,
            "wrong": difference.wrong[:200] if difference else (),
            "new": difference.new[:200] if difference else (),
            "changed": [
                (each, words.records.changes(each.changes, words.records.RECORD))
                for each in (difference.changed[:200] if difference else ())
            ],
        },
    )
