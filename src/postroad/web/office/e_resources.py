"""Licensed resources, kept by the ILL center and the editors of guides: /office/e-resources/."""

from datetime import date, timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad.econtent import editing, opening
from postroad.econtent.models import Resource, ResourceChange, Right
from postroad.errors import Refusal
from postroad.web.office import keeping
from postroad.web.office.e_resource_forms import ResourceForm, RightForm
from postroad.web.shared.gates import E_CONTENT, SignedIn, needs
from postroad.web.shared.paging import page_of
from postroad.web.shared.resources import shown

A_PAGE = 50
CHANGES = 30
A_YEAR = timedelta(days=365)
SHOWS = {
    "ending": gettext_lazy("with a last day"),
    "over": gettext_lazy("ended or retired"),
    "unchecked": gettext_lazy("not checked for a year"),
    "unknown": gettext_lazy("of which nobody knows who may use it"),
}


def resource_of(slug: str) -> Resource:
    return get_object_or_404(Resource, slug=slug)


@require_safe
@needs(*E_CONTENT)
def resources(request: SignedIn) -> HttpResponse:
    """All of them, those that ended or were retired too; each word in name, vendor or payer."""
    asked, today = keeping.asked(request), timezone.localdate()
    show = request.GET.get("show", "")
    rows = Resource.objects.filter(which(show, today)).order_by("-active", "name", "pk")
    for word in asked.split():
        rows = rows.filter(
            Q(name__icontains=word) | Q(provider__icontains=word) | Q(payer__icontains=word)
        )
    page = page_of(request, rows, A_PAGE)
    listed = list(page.object_list)
    return render(
        request,
        "office/e-resources/resources.html",
        {
            "asked": asked,
            "show": show,
            "shows": SHOWS.items(),
            "narrowed": bool(asked or show),
            "page": page,
            "listed": shown(listed, opening.rights_of(listed), None, today),
        },
    )


def which(show: str, today: date) -> Q:
    match show:
        case "ending":
            return Q(active=True) & (Q(trial_until__gte=today) | Q(ends_on__gte=today))
        case "over":
            return Q(active=False) | Q(trial_until__lt=today) | Q(ends_on__lt=today)
        case "unchecked":
            return Q(active=True) & (Q(checked_on=None) | Q(checked_on__lt=today - A_YEAR))
        case "unknown":
            return Q(active=True, rights=None)
    return Q()


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*E_CONTENT)
def add(request: SignedIn) -> HttpResponse:
    form = ResourceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        made = editing.add(form.cleaned_data, by=str(request.user))
        messages.success(request, _("Added. Say now who may use it."))
        return redirect("office-e-resource", made.slug)
    return render(
        request,
        "office/e-resources/add.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


@require_safe
@needs(*E_CONTENT)
def resource(request: SignedIn, resource: str) -> HttpResponse:
    """One of them with who may use it, its lists, and what was changed."""
    found = resource_of(resource)
    rights = opening.rights_of([found])
    (here,) = shown([found], rights, None, timezone.localdate())
    changes = found.changes.select_related("undone_by")[:CHANGES]
    return render(
        request,
        "office/e-resources/resource.html",
        {
            "resource": found,
            "here": here,
            "rights": rights.get(found.pk, []),
            "lists": list(found.lists.all()),
            "changes": [(each, editing.may_undo(each)) for each in changes],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*E_CONTENT)
def change(request: SignedIn, resource: str) -> HttpResponse:
    found = resource_of(resource)
    form = ResourceForm(request.POST if request.method == "POST" else None, resource=found)
    if form.is_bound and form.is_valid():
        changed = editing.change(found, form.cleaned_data, by=str(request.user))
        messages.success(request, _("Saved.") if changed else _("Nothing was different."))
        return redirect("office-e-resource", found.slug)
    return render(
        request,
        "office/e-resources/change.html",
        {"resource": found, "form": form},
        status=422 if form.is_bound else 200,
    )


@require_POST
@needs(*E_CONTENT)
def step(request: SignedIn, resource: str) -> HttpResponse:
    """Found right, retired, or brought back."""
    found, by = resource_of(resource), str(request.user)
    if "check" in request.POST:
        editing.check(found, by=by)
        messages.success(request, _("Recorded: all of it is right today."))
    elif "retire" in request.POST:
        editing.retire(found, by=by)
        messages.success(request, _("Retired: it stands in no list. It can be brought back here."))
    elif "back" in request.POST:
        editing.bring_back(found, by=by)
        messages.success(request, _("It is in the directory again."))
    return redirect("office-e-resource", found.slug)


@require_POST
@needs(*E_CONTENT)
def undo(request: SignedIn, resource: str, resource_change: int) -> HttpResponse:
    found = resource_of(resource)
    changed = get_object_or_404(ResourceChange, pk=resource_change, resource=found)
    if not editing.may_undo(changed) and not hasattr(changed, "undone_by"):
        return redirect("office-e-resource", found.slug)
    try:
        editing.undo(changed, by=str(request.user))
    except Refusal as no:
        keeping.say_no(request, no)
    else:
        messages.success(request, _("Put back as it was."))
    return redirect("office-e-resource", found.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*E_CONTENT)
def add_right(request: SignedIn, resource: str) -> HttpResponse:
    found = resource_of(resource)
    form = RightForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        editing.give(found, form.facts, by=str(request.user))
        messages.success(request, _("Added."))
        return redirect("office-e-resource", found.slug)
    return right_page(request, found, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*E_CONTENT)
def right(request: SignedIn, resource: str, right: int) -> HttpResponse:
    """Changed, or taken away."""
    found = resource_of(resource)
    row = get_object_or_404(Right.objects.select_related("library"), pk=right, resource=found)
    if request.method == "POST" and "remove" in request.POST:
        editing.take_away(row, by=str(request.user))
        messages.success(request, _("Taken away. “Put back” under Changes gives it back."))
        return redirect("office-e-resource", found.slug)
    form = RightForm(request.POST if request.method == "POST" else None, right=row)
    if form.is_bound and form.is_valid():
        changed = editing.change_right(row, form.facts, by=str(request.user))
        messages.success(request, _("Saved.") if changed else _("Nothing was different."))
        return redirect("office-e-resource", found.slug)
    return right_page(request, found, form, row)


def right_page(
    request: SignedIn, found: Resource, form: RightForm, row: Right | None = None
) -> HttpResponse:
    return render(
        request,
        "office/e-resources/right.html",
        {"resource": found, "form": form, "right": row},
        status=422 if form.is_bound else 200,
    )
