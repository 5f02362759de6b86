"""Situations: /office/situations/. Entered, looked at, switched on, ended with one press."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.delivery.models import Route
from postroad.directory import thresholds
from postroad.directory.models import Effect, Library, Network, State
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.guides.models import AnswerPage, NewsPage
from postroad.situations import preview, switching
from postroad.situations.models import Area, Situation, Stands
from postroad.web.shared.closing import FURTHEST
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.libraries import LibrariesField

# The numbers of days that a situation may change for a while.
NUMBERS = ("courier-late", "mail-late", "closure-patience", "staff-answer", "centre-answer", "desk")
DAY = {"type": "date"}


class SituationForm(InOurWords, forms.Form):
    """Everything that it will do."""

    name = forms.CharField(
        label=gettext_lazy("What happens, in a few words"),
        max_length=100,
        help_text=gettext_lazy("Shown to everyone as the reason: “Snowstorm”."),
    )
    where = forms.ChoiceField(label=gettext_lazy("Where"))
    libraries = LibrariesField(
        label=gettext_lazy("Which libraries, if only some"),
        help_text=gettext_lazy(
            "A name or a code, one on each line. They count only if you choose that above."
        ),
    )
    first_day = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=gettext_lazy("Through"),
        required=False,
        help_text=gettext_lazy("Leave it blank if it lasts until further notice."),
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )
    effects = forms.MultipleChoiceField(
        label=gettext_lazy("What stops meanwhile"),
        choices=Effect.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    banner = forms.CharField(
        label=gettext_lazy("At the top of every page, while it lasts"),
        required=False,
        max_length=300,
    )
    notice = forms.CharField(
        label=gettext_lazy("To the staff of these libraries, once"),
        required=False,
        max_length=3000,
        widget=forms.Textarea,
    )
    pages = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Answers and news that are shown only meanwhile"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Drafts of the editors: published when it begins, and not after."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("where", places())
        drafts = [*AnswerPage.objects.filter(live=False), *NewsPage.objects.filter(live=False)]
        if drafts:
            self._choices("pages", [(each.pk, each.title) for each in drafts])
        else:
            del self.fields["pages"]
        for name in NUMBERS:
            self.fields[f"days-{name}"] = forms.IntegerField(
                label=str(words.directory.THRESHOLDS[name]),
                required=False,
                min_value=0,
                max_value=365,
                help_text=_("Now %(n)s. Leave it blank to keep it.")
                % {"n": thresholds.days(name, on=timezone.localdate())},
            )

    def _choices(self, name: str, choices: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        today = timezone.localdate()
        if first and last and last < first:
            self.add_error("last_day", _("It would end before it begins."))
        elif last and last < today:
            self.add_error("last_day", _("These days have already passed."))
        for name, day in (("first_day", first), ("last_day", last)):
            if day and not today.replace(year=2000) <= day <= today + FURTHEST:
                self.add_error(name, _("Choose a day within the next three years."))
        if given.get("where") == Area.LIBRARIES and given.get("libraries") == []:
            self.add_error("libraries", _("Say which libraries."))
        return given

    def clean_libraries(self) -> list[str]:
        """Their codes. What is said of many is said of members."""
        chosen = self.cleaned_data["libraries"]
        if outside := [each.name for each in chosen if each.is_outside]:
            said = _("No member of the consortium: %(names)s.")
            raise forms.ValidationError(said % {"names": ", ".join(outside)[:200]})
        return sorted(each.code for each in chosen)

    def entered(self, *, by: str, office: Role) -> Situation:
        given = self.cleaned_data
        area, _colon, place = given["where"].partition(":")
        found = {name: given.get(f"days-{name}") for name in NUMBERS}
        return Situation.objects.create(
            name=given["name"],
            area=Area(area),
            places=given["libraries"] if area == Area.LIBRARIES else [place] if place else [],
            first_day=given["first_day"],
            last_day=given["last_day"],
            effects=given["effects"],
            thresholds={name: days for name, days in found.items() if days is not None},
            banner=given["banner"],
            notice=given["notice"],
            pages=given.get("pages", []),
            entered_by=by,
            office=office,
            entered_at=timezone.now(),
        )


# A place with what it is: a state and a delivery region may have one name.
PLACES: Mapping[Area, Promise] = {
    Area.STATE: gettext_lazy("%(place)s (state)"),
    Area.REGION: gettext_lazy("%(place)s (delivery region)"),
    Area.ROUTE: gettext_lazy("%(place)s (delivery route)"),
    Area.NETWORK: gettext_lazy("%(place)s (network)"),
}
FEW = 6  # libraries that are named


def place(area: Area, name: object) -> str:
    return str(PLACES[area]) % {"place": name}


def places() -> list[Any]:
    """All, a state, a region, a network, libraries by code, or a route; routes by region."""
    routes = list(Route.objects.all())
    regions = sorted({route.region for route in routes})
    networks = Network.objects.order_by("name").values_list("code", "name")
    groups: list[tuple[str, list[tuple[str, str]]]] = [
        (_("State"), _options(Area.STATE, State.choices)),
        (_("Delivery region"), _options(Area.REGION, ((each, each) for each in regions))),
        (_("Network"), _options(Area.NETWORK, networks)),
    ]
    for region in regions:
        here = [(each.code, each.code) for each in routes if each.region == region]
        label = _("Delivery route in the region %(region)s") % {"region": region}
        groups.append((label, _options(Area.ROUTE, here)))
    wide = [(Area.ALL.value, Area.ALL.label), (Area.LIBRARIES.value, _("only the libraries below"))]
    return [*wide, *(group for group in groups if group[1])]


def _options(area: Area, names: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    return [(f"{area}:{code}", place(area, name)) for code, name in names]


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
}


@require_safe
@needs(Role.CENTRE, Role.DELIVERY)
def situations(request: SignedIn) -> HttpResponse:
    rows = Shown.of(Situation.objects.all()[:100])
    return render(request, "office/situations/situations.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.CENTRE, Role.DELIVERY)
def add(request: SignedIn) -> HttpResponse:
    """Entered, it does nothing yet: the next page shows what it will change."""
    form = SituationForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        office = Role.CENTRE if roles.has(request.user, Role.CENTRE) else Role.DELIVERY
        return redirect("office-situation", form.entered(by=str(request.user), office=office).pk)
    status = 422 if form.is_bound else 200
    return render(request, "office/situations/add.html", {"form": form}, status=status)


@require_safe
@needs(Role.CENTRE, Role.DELIVERY)
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
            "shown": Shown.of([found])[0],
            "ahead": ahead,
            "preview": seen,
            "changed": changed(seen) if seen else [],
            "overlaps": [overlap(each) for each in seen.overlaps] if seen else [],
            "report": [(label, numbers[key]) for key, label in REPORT.items() if key in numbers],
        },
    )


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
@needs(Role.CENTRE, Role.DELIVERY)
def switch(request: SignedIn, situation: int) -> HttpResponse:
    """On, or ended; a draft may be thrown away."""
    found, now = get_object_or_404(Situation, pk=situation), timezone.now()
    verb = request.POST.get("do", "")
    try:
        if verb == "on":
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
