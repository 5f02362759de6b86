"""Licensed and open resources: /e-resources/, a page for each, and what one library has."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from postroad.catalogue.folding import fold
from postroad.directory.called import named
from postroad.directory.models import Library
from postroad.econtent.models import Resource, ResourceQuerySet
from postroad.econtent.opening import offered, rights_of
from postroad.web.shared import live
from postroad.web.shared.resources import Shown, shown

ARTICLE = re.compile(r"^(?:the|an?)\s+(?!to\b)(?=\w)", re.IGNORECASE)  # "A to Z" has none
NARROWING = ("q", "subject", "kind", "library", "by")
FEW = 6  # libraries that are told when several may be meant
Groups = list[tuple[str, list[Shown]]]


@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """All that can be used today, from A to Z or by subject."""
    today = timezone.localdate()
    typed = typed_in(request)
    library, several = meant(typed["library"])
    usable = Resource.objects.usable(today)
    subjects = sorted(
        {each for row in usable.values_list("subjects", flat=True) for each in row},
        key=str.casefold,
    )
    found = list(chosen(usable, typed))
    listed = shown(found, rights_of(found), library, today)
    if library:
        listed = [each for each in listed if is_for(each)]
    by_subject = typed["by"] == "subject"
    return render(
        request,
        "public/e-resources/resources.html",
        {
            "typed": typed,
            "narrowed": any(typed[name] for name in NARROWING if name != "by"),
            "library": library,
            "several": several,
            "subjects": subjects,
            "kinds": Resource.Kind.choices,
            "groups": of_subjects(listed, typed["subject"]) if by_subject else of_letters(listed),
            "count": len(listed),
            "mine": live.library_of(request),
        },
    )


def typed_in(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").replace("\x00", "").strip()[:100] for name in NARROWING}


def meant(typed: str) -> tuple[Library | None, list[Library]]:
    """The library that this names; where it may be several, or none, those instead."""
    found = named(typed, FEW) if typed else []
    return (found[0], []) if len(found) == 1 else (None, found)


def chosen(usable: ResourceQuerySet, typed: dict[str, str]) -> Iterable[Resource]:
    """Each word in the name, the vendor or what it is."""
    found = usable
    for word in typed["q"].split():
        found = found.filter(
            Q(name__icontains=word) | Q(provider__icontains=word) | Q(description__icontains=word)
        )
    if typed["kind"] in Resource.Kind.values:
        found = found.filter(kind=typed["kind"])
    if typed["subject"]:
        return [each for each in found if typed["subject"] in each.subjects]
    return found


def is_for(each: Shown) -> bool:
    return each.opening is not None and (each.opening.is_for_all or each.opening.is_for_some)


def of_letters(listed: Iterable[Shown]) -> Groups:
    """By the first letter, whatever else a name begins with under #."""
    ordered = sorted(listed, key=lambda each: (letter(each), filed(each)))
    return [(key, list(under)) for key, under in groupby(ordered, key=letter)]


def letter(each: Shown) -> str:
    first = filed(each)[:1].upper()
    return first if first.isalpha() else "#"


def filed(each: Shown) -> str:
    """Its name as it is looked for: without its article, and accents told from nothing."""
    name = each.resource.name
    return fold(ARTICLE.sub("", name)) or name.casefold()


def of_subjects(listed: Iterable[Shown], only: str) -> Groups:
    """One with several subjects stands under each of them."""
    found: dict[str, list[Shown]] = {}
    for each in sorted(listed, key=filed):
        for subject in each.resource.subjects or [_("No subject")]:
            if only in ("", subject):
                found.setdefault(subject, []).append(each)
    return sorted(found.items(), key=lambda group: group[0].casefold())


@require_safe
def resource(request: HttpRequest, resource: str) -> HttpResponse:
    """One of them: what it is, who may use it, and the link through the reader's library."""
    found = get_object_or_404(Resource, slug=resource)
    typed = request.GET.get("library", "").replace("\x00", "").strip()[:100]
    library, several = meant(typed)
    if not typed:
        library = live.library_of(request)
    lives = request.GET.get("lives", "").replace("\x00", "").strip()[:60]
    (here,) = shown([found], rights_of([found]), library, timezone.localdate(), lives)
    return render(
        request,
        "public/e-resources/resource.html",
        {
            "resource": found,
            "here": here,
            "library": library,
            "several": several,
            "lives": lives,
            "typed": typed or (library.code if library else ""),
            "lists": list(found.lists.all()),
            **allowed(found),
        },
    )


def allowed(found: Resource) -> dict[str, Any]:
    """Whether its license lets it be lent and copied; what nobody looked up is not known."""
    return {
        "lending": capfirst(found.get_lending_display() or _("not known")),
        "copying": capfirst(found.get_copying_display() or _("not known")),
    }


@require_safe
def of_library(request: HttpRequest, code: str) -> HttpResponse:
    """What does my library have?"""
    library = Library.objects.select_related("network").filter(code=code).first()
    if library is None:
        raise Http404
    today = timezone.localdate()
    offers = offered(library, today)
    listed = [Shown(each.resource, each.rights, each.opening, today) for each in offers]
    return render(
        request,
        "public/e-resources/of_library.html",
        {
            "library": library,
            "for_all": [each for each in listed if each.opening and each.opening.is_for_all],
            "for_some": [each for each in listed if each.opening and each.opening.is_for_some],
        },
    )
