"""Libraries and their records: /office/libraries/."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.accounts import posts
from postroad.accounts.models import Post, Role
from postroad.directory import records
from postroad.directory.models import (
    Library,
    Membership,
    State,
    Symbol,
)
from postroad.directory.records import CodeTaken
from postroad.ill import leaving
from postroad.web.office import keeping
from postroad.web.office.keeping import A_PAGE, library_of
from postroad.web.office.library_forms import AddForm, RecordForm
from postroad.web.office.library_parts import PARTS
from postroad.web.shared.gates import KEEPERS, RECORDS, SignedIn, needs
from postroad.web.shared.pieces import Choice

SHOWN = {
    "members": gettext_lazy("Members"),
    "outside": gettext_lazy("Outside the consortium"),
    "retired": gettext_lazy("Retired"),
}


@require_safe
@needs(*RECORDS)
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
    return Library.objects.filter(wanted).order_by("town", "name", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*RECORDS)
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
            "supplies": found.rules.supplies_documents,
            "parts": [
                (name, label, list(model.objects.filter(library=found)))
                for name, (model, _form, label, _one) in PARTS.items()
            ],
            "special": found.special_hours.filter(last_day__gte=found.day_of(timezone.now())),
            "staff": here.order_by("role", "user__last_name", "pk"),
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
        library=found,
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


@require_POST
@needs(*RECORDS)
def documents(request: SignedIn, code: str) -> HttpResponse:
    """Whether it makes copies for all, also of what no member is known to have. The same button
    takes it back."""
    found = library_of(request.user, code)
    supplies = "supplies" in request.POST
    records.supply_documents(found, supplies=supplies, by=str(request.user))
    said = _("It is asked for copies that no other member is known to have.")
    if not supplies:
        said = _("It is asked only for copies of what it has.")
    messages.success(request, said)
    return redirect("office-library", found.code)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*RECORDS)
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
