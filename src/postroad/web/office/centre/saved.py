"""Views of the queue that a person saved: made, renamed, moved, deleted. /office/centre/views/."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad.accounts import absence
from postroad.accounts.models import Role, SavedView, User
from postroad.form_errors import InOurWords
from postroad.web.office.centre import lists
from postroad.web.office.centre.lists import FilterForm
from postroad.web.shared.gates import SignedIn, needs

MOST = 30  # that one person keeps: each is counted on every page


class NameForm(InOurWords, forms.Form):
    """What a view is called; no two of a person alike."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), max_length=60)

    def __init__(self, *args: Any, user: User, but: SavedView | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.hers = SavedView.objects.filter(user=user)
        self.but = but

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        others = self.hers.exclude(pk=self.but.pk) if self.but else self.hers
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("You have a view of this name. Choose another."))
        if self.but is None and others.count() >= MOST:
            raise forms.ValidationError(_("You have %(n)s views. Delete one first.") % {"n": MOST})
        return name


@needs(Role.CENTRE)
@never_cache
@require_safe
def views(request: SignedIn) -> HttpResponse:
    return render(
        request,
        "office/centre/views.html",
        {"views": SavedView.objects.filter(user=request.user)},
    )


@needs(Role.CENTRE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedIn) -> HttpResponse:
    """A name for the filters of the address, which stay there until it has one."""
    filters = FilterForm(lists.typed(request.GET), absence.people(Role.CENTRE), request.user)
    if not filters.is_valid():
        return redirect(f"{reverse('office-centre')}?{lists.typed(request.GET).urlencode()}")
    form = NameForm(request.POST or None, user=request.user)
    query = lists.canonical(request.GET, filters.cleaned_data["library"])
    if form.is_valid():
        last = SavedView.objects.filter(user=request.user).aggregate(last=Max("order"))["last"]
        saved = SavedView.objects.create(
            user=request.user,
            name=form.cleaned_data["name"],
            query=query,
            order=0 if last is None else last + 1,
        )
        messages.success(request, _("Saved as “%(name)s”.") % {"name": saved.name})
        return redirect(f"{reverse('office-centre')}?show={saved.pk}")
    return render(
        request,
        "office/centre/view.html",
        {
            "form": form,
            "title": _("Save these filters as a view"),
            "back": f"{reverse('office-centre')}?{lists.typed(request.GET).urlencode()}",
        },
        status=422 if form.is_bound else 200,
    )


@needs(Role.CENTRE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: SignedIn, view: int) -> HttpResponse:
    saved = mine(request, view)
    form = NameForm(
        request.POST or None, initial={"name": saved.name}, user=request.user, but=saved
    )
    if form.is_valid():
        saved.name = form.cleaned_data["name"]
        saved.save(update_fields=["name"])
        messages.success(request, _("Renamed."))
        return redirect("office-centre-views")
    return render(
        request,
        "office/centre/view.html",
        {
            "form": form,
            "title": _("Rename “%(name)s”") % {"name": saved.name},
            "back": reverse("office-centre-views"),
        },
        status=422 if form.is_bound else 200,
    )


@needs(Role.CENTRE)
@require_POST
def move(request: SignedIn, view: int) -> HttpResponse:
    """One place up."""
    with transaction.atomic():
        hers = list(SavedView.objects.filter(user=request.user).select_for_update())
        at = next((place for place, each in enumerate(hers) if each.pk == view), None)
        if at is None:  # of another, or deleted in another tab
            raise Http404
        if at:
            hers[at - 1 : at + 1] = [hers[at], hers[at - 1]]
        for place, each in enumerate(hers):
            each.order = place
        SavedView.objects.bulk_update(hers, ["order"])
    return redirect("office-centre-views")


@needs(Role.CENTRE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedIn, view: int) -> HttpResponse:
    """Asks first."""
    saved = mine(request, view)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        saved.delete()
        messages.success(request, _("Deleted: “%(name)s”.") % {"name": saved.name})
        return redirect("office-centre-views")
    return render(
        request,
        "shared/sure.html",
        {
            "title": _("Delete the view “%(name)s”?") % {"name": saved.name},
            "happens": _("Only the view goes; the requests that it shows stay as they are."),
            "verb": _("Delete the view"),
            "back": reverse("office-centre-views"),
        },
    )


def mine(request: SignedIn, view: int) -> SavedView:
    """A view of this person; as if there were none, of another."""
    saved = SavedView.objects.filter(user=request.user, pk=view).first()
    if saved is None:
        raise Http404
    return saved
