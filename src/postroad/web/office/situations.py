"""Situations: /office/situations/. Entered, looked at, switched on, changed, ended by one press."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Page

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.directory.models import Effect, Library, Network, State
from postroad.errors import Refusal
from postroad.notices.staff import Receipt
from postroad.situations import editing, preview, switching
from postroad.situations.models import Area, Change, Situation, Stands
from postroad.web.office.situation_form import FEW, SituationForm, place
from postroad.web.shared.gates import CASES, SignedIn, needs


@dataclass(frozen=True, slots=True)
class Shown:
    """A situation in words."""

    situation: Situation
    names: Mapping[str, str]  # of libraries and networks, by code

    @classmethod
    def of(cls, situations: Iterable[Situation]) -> "list[Shown]":
        """These, with the names that they need: in two statements, however many they are."""
        known = list(situations)
        codes: dict[str, set[str]] = {Area.LIBRARIES: set(), Area.NETWORK: set()}
        for each in known:
            if each.area in codes and len(each.places) <= FEW:
                codes[each.area].update(each.places)
        names = dict[str, str]()
        for found, area in ((Library, Area.LIBRARIES), (Network, Area.NETWORK)):
            if codes[area]:
                rows = found.objects.filter(code__in=codes[area])
                names |= {f"{area}:{code}": name for code, name in rows.values_list("code", "name")}
        return [cls(each, names) for each in known]

    @property
    def where(self) -> str:
        area, places = Area(self.situation.area), self.situation.places
        if area == Area.ALL:
            return str(area.label)
        if area == Area.LIBRARIES and len(places) > FEW:
            return ngettext("%(n)s library", "%(n)s libraries", len(places)) % {"n": len(places)}
        if area == Area.STATE:
            return ", ".join(place(area, State(each).label) for each in places)
        named = [self.names.get(f"{area}:{each}", each) for each in places]
        return ", ".join(named if area == Area.LIBRARIES else [place(area, x) for x in named])

    @property
    def days(self) -> str:
        first = words.day(self.situation.first_day)
        if self.situation.last_day == self.situation.first_day:
            return _("on %(day)s") % {"day": first}
        if self.situation.last_day is None:
            return _("from %(first)s until further notice") % {"first": first}
        last = words.day(self.situation.last_day)
        return _("%(first)s to %(last)s") % {"first": first, "last": last}

    @property
    def stands(self) -> str:
        return str(self.situation.stands.label)

    @property
    def effects(self) -> list[str]:
        return [str(Effect(each).label) for each in self.situation.effects]


REPORT = {
    "days": gettext_lazy("Days it lasted"),
    "libraries": gettext_lazy("Libraries concerned"),
    "closures": gettext_lazy("Closures entered"),
    "due_days": gettext_lazy("Due dates moved"),
    "holds": gettext_lazy("Holds made longer"),
    "requests": gettext_lazy("Requests moved on to another library"),
    "parcels": gettext_lazy("Parcels for which the van came later"),
    "told": gettext_lazy("People told"),
    "pages": gettext_lazy("Answers and news shown meanwhile"),
    "changes": gettext_lazy("Times it was changed while on"),
}


@require_safe
@needs(*CASES)
def situations(request: SignedIn) -> HttpResponse:
    rows = Shown.of(Situation.objects.all()[:100])
    return render(request, "office/situations/situations.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*CASES)
def add(request: SignedIn) -> HttpResponse:
    """Entered, it does nothing yet: the next page shows what it will change."""
    form = SituationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        office = Role.CENTRE if roles.has(request.user, Role.CENTRE) else Role.DELIVERY
        made = Situation.objects.create(
            **form.values(),
            entered_by=str(request.user),
            office=office,
            entered_at=timezone.now(),
        )
        return redirect("office-situation", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "office/situations/add.html", {"form": form}, status=status)


@require_safe
@needs(*CASES)
def one(request: SignedIn, situation: int) -> HttpResponse:
    """What it will change, or what it does, or what it did."""
    found, now = get_object_or_404(Situation, pk=situation), timezone.now()
    ahead = found.stands in (Stands.DRAFT, Stands.AHEAD)
    seen = preview.of(found, timezone.localdate(now)) if found.stands != Stands.OVER else None
    numbers = found.report if found.off_at else switching.count(found, now) if found.on_at else {}
    return render(
        request,
        "office/situations/one.html",
        {
            "situation": found,
            "history": [each for each in history(found) if each.change.while_on],
            "shown": Shown.of([found])[0],
            "ahead": ahead,
            "preview": seen,
            "changed": changed(seen) if seen else [],
            "overlaps": [overlap(each) for each in seen.overlaps] if seen else [],
            "report": [(label, numbers[key]) for key, label in REPORT.items() if key in numbers],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*CASES)
def change(request: SignedIn, situation: int) -> HttpResponse:
    """Other days, another area, another notice: shown first what it will change, then done."""
    found, now = get_object_or_404(Situation, pk=situation), timezone.now()
    if found.stands == Stands.OVER:
        messages.error(request, words.refusal(editing.IsOver(name=found.name)))
        return redirect("office-situation", found.pk)
    form = SituationForm(request.POST if request.method == "POST" else None, of=found)
    plan, refused = None, ""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            if "do" in request.POST or found.ready_at is None:
                return changed_it(request, found, form.values(), now)
            if version_of(request) != found.version:
                raise editing.changed_meanwhile(found)
            plan, status = editing.plan(found, form.values(), now), 200
        except editing.ChangedMeanwhile as no:
            refused, status = words.refusal(no), 409
        except Refusal as no:
            refused = words.refusal(no)
    return render(
        request,
        "office/situations/change.html",
        {
            "situation": found,
            "form": form,
            "refused": refused,
            "since": history(found)[version_of(request) - 1 :] if status == 409 else [],
            "plan": plan,
            "sent": sent(request) if plan else [],
            "differs": differs(plan.of(plan.before), plan.of(plan.after)) if plan else [],
            "preview": (seen := preview.of_change(plan, timezone.localdate(now)) if plan else None),
            "overlaps": [overlap(each) for each in seen.overlaps] if seen else [],
        },
        status=status,
    )


def changed_it(
    request: SignedIn, found: Situation, values: Mapping[str, Any], now: datetime
) -> HttpResponse:
    made = editing.change(found, values, version=version_of(request), by=str(request.user), at=now)
    if made is None:
        messages.info(request, _("It is so already. Nothing was changed, and nobody was told."))
    elif made.while_on:
        told = Receipt.objects.filter(notice__in=made.notices).values("user").distinct().count()
        said = ngettext("Changed. %(n)s person is told.", "Changed. %(n)s people are told.", told)
        later = _("Dates of loans, holds and parcels change within a few minutes.")
        messages.success(request, f"{said % {'n': told}} {later}")
    else:
        messages.success(request, _("Saved. It still changes nothing."))
    return redirect("office-situation", found.pk)


def version_of(request: SignedIn) -> int:
    """The one that the editor had before her."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 9 and int(sent) else 1


def sent(request: SignedIn) -> list[tuple[str, str]]:
    """What was looked at, so that the button does this and nothing else."""
    besides = {"csrfmiddlewaretoken", "version", "look"}
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in besides
        for value in values
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A change in the history."""

    change: Change
    differs: list[tuple[str, str, str]]
    told: int


def history(situation: Situation) -> list[Line]:
    changes = list(situation.changes.all())
    told = dict(
        Receipt.objects.filter(notice__in=[pk for each in changes for pk in each.notices])
        .values_list("notice")
        .annotate(n=Count("pk"))
    )
    return [
        Line(each, differs(each.was, each.now), sum(told.get(pk, 0) for pk in each.notices))
        for each in changes
    ]


NOTHING = gettext_lazy("nothing")


def differs(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is different, how it was and how it is, in words."""
    found = [
        (str(label), in_words(was), in_words(now))
        for name, (label, in_words) in TOLD.items()
        if name in now
    ]
    numbers, were = now.get("thresholds", {}), was.get("thresholds", {})
    other = [name for name in editing.NUMBERS if numbers.get(name) != were.get(name)]
    return found + [
        (str(words.directory.THRESHOLDS[name]), _days(name, were), _days(name, numbers))
        for name in other
    ]


def _days(name: str, numbers: Mapping[str, int]) -> str:
    return words.directory.amount(name, numbers[name]) if name in numbers else _("as usual")


def _last(facts: Mapping[str, Any]) -> str:
    day = facts["last_day"]
    return words.day(day) if day else _("until further notice")


def _area(facts: Mapping[str, Any]) -> str:
    (shown,) = Shown.of([Situation(area=facts["area"], places=facts["places"])])
    return shown.where


def _effects(facts: Mapping[str, Any]) -> str:
    return ", ".join(str(Effect(each).label) for each in facts["effects"]) or str(NOTHING)


def _pages(facts: Mapping[str, Any]) -> str:
    titles = Page.objects.filter(pk__in=facts["pages"]).values_list("title", flat=True)
    return "; ".join(titles) or str(NOTHING)


TOLD: Mapping[str, tuple[Promise, Callable[[Mapping[str, Any]], str]]] = {
    "name": (gettext_lazy("What happens"), lambda facts: str(facts["name"])),
    "area": (gettext_lazy("Where"), _area),
    "first_day": (gettext_lazy("From"), lambda facts: words.day(facts["first_day"])),
    "last_day": (gettext_lazy("Through"), _last),
    "effects": (gettext_lazy("What stops meanwhile"), _effects),
    "banner": (gettext_lazy("At the top of every page"), lambda f: f["banner"] or str(NOTHING)),
    "notice": (gettext_lazy("To staff"), lambda facts: facts["notice"] or str(NOTHING)),
    "pages": (gettext_lazy("Answers and news shown meanwhile"), _pages),
}


def changed(seen: preview.Preview) -> list[tuple[str, str]]:
    """The numbers of days now and while it lasts."""
    return [
        (
            str(words.directory.THRESHOLDS[each.name]),
            _("now %(now)s, while it lasts %(then)s") % {"now": each.now, "then": each.then},
        )
        for each in seen.thresholds
    ]


def overlap(found: preview.Overlap) -> str:
    facts = {"name": found.other.name, "n": found.libraries}
    said = (
        _(
            "“%(name)s” holds in some of the same days, at libraries of this one: %(n)s. "
            "Both hold; when one ends, the other stays."
        )
        % facts
    )
    if not found.thresholds:
        return said
    both = ", ".join(str(words.directory.THRESHOLDS[name]) for name in found.thresholds)
    winner = _("this one") if found.wins else f"“{found.other.name}”"
    rule = _(
        "Both change: %(both)s. A number for some libraries goes before one for all; otherwise "
        "the later one counts: %(winner)s."
    )
    return f"{said} {rule % {'both': both, 'winner': winner}}"


@require_POST
@needs(*CASES)
def switch(request: SignedIn, situation: int) -> HttpResponse:
    """On, or ended; a draft may be thrown away."""
    found, now = get_object_or_404(Situation, pk=situation), timezone.now()
    verb = request.POST.get("do", "")
    try:
        if verb == "on":
            if request.POST.get("version", str(found.version)) != str(found.version):
                raise editing.changed_meanwhile(found)
            found = switching.switch_on(found, by=str(request.user), at=now)
            messages.success(request, said_on(found))
        elif verb == "end":
            switching.end(found, by=str(request.user), at=now)
            messages.success(request, _("Ended. What it changed has returned; the report stays."))
        elif verb == "throw-away" and found.stands == Stands.DRAFT:
            found.delete()
            messages.success(request, _("Thrown away. It had changed nothing."))
            return redirect("office-situations")
    except Refusal as no:
        messages.error(request, words.refusal(no))
    return redirect("office-situation", situation)


def said_on(situation: Situation) -> str:
    if situation.stands == Stands.AHEAD:
        day: date = situation.first_day
        return _("Switched on. It begins on %(day)s.") % {"day": words.day(day)}
    return _("Switched on. Dates of loans, holds and parcels change within a few minutes.")
