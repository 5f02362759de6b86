"""The form by which a situation is entered and changed, and the places that it offers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.delivery.models import Route
from postroad.directory import thresholds
from postroad.directory.models import Effect, Network, State
from postroad.form_errors import InOurWords
from postroad.guides.models import AnswerPage, NewsPage
from postroad.situations import editing
from postroad.situations.models import Area, Situation
from postroad.web.shared.closing import FURTHEST
from postroad.web.shared.libraries import LibrariesField

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

    def __init__(self, *args: Any, of: Situation | None = None, **kwargs: Any) -> None:
        """Of a situation that is there: it is changed, and its beginning stays once it has come."""
        if of is not None:
            kwargs["initial"] = initial(of)
        super().__init__(*args, **kwargs)
        self.of = of
        self.begun = of is not None and editing.has_begun(of, timezone.localdate())
        if self.begun:
            self.fields["first_day"].disabled = True
            self.fields["first_day"].help_text = _("It has begun, so this day stays.")
        self._choices("where", places(self.initial.get("where", "")))
        shown = of.pages if of is not None else []
        drafts = [
            *AnswerPage.objects.filter(Q(live=False) | Q(pk__in=shown)),
            *NewsPage.objects.filter(Q(live=False) | Q(pk__in=shown)),
        ]
        if drafts:
            self._choices("pages", [(each.pk, each.title) for each in drafts])
        else:
            del self.fields["pages"]
        today = timezone.localdate()
        for name in editing.NUMBERS:
            usual = words.directory.amount(name, thresholds.usual(name, on=today))
            self.fields[f"days-{name}"] = forms.IntegerField(
                label=str(words.directory.THRESHOLDS[name]),
                required=False,
                min_value=0,
                max_value=365,
                help_text=_("Usually %(n)s.") % {"n": usual},
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
        self._check_beginning(first, today)
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

    def _check_beginning(self, first: date | None, today: date) -> None:
        """One that is switched on begins when it began, or on a day to come."""
        if self.of is None or self.of.ready_at is None:
            return
        sent = self.data.get(self.add_prefix("first_day"))
        if self.begun and sent and sent != self.of.first_day.isoformat():
            self.add_error("first_day", _("It has begun, so this day stays."))
        elif not self.begun and first and first < today:
            self.add_error("first_day", _("This day is over. Choose today or a later day."))

    def values(self) -> dict[str, Any]:
        """What the situation shall be, as its own fields say it."""
        given = self.cleaned_data
        area, _colon, place = given["where"].partition(":")
        found = {name: given.get(f"days-{name}") for name in editing.NUMBERS}
        return {
            "name": given["name"],
            "area": area,
            "places": given["libraries"] if area == Area.LIBRARIES else [place] if place else [],
            "first_day": given["first_day"],
            "last_day": given["last_day"],
            "effects": given["effects"],
            "thresholds": {name: days for name, days in found.items() if days is not None},
            "banner": given["banner"],
            "notice": given["notice"],
            "pages": given.get("pages", []),
        }

    @property
    def numbers(self) -> list[forms.BoundField]:
        return [self[f"days-{name}"] for name in editing.NUMBERS]


def initial(situation: Situation) -> dict[str, Any]:
    """What the form says of one that is there."""
    named = situation.area == Area.LIBRARIES
    place = "" if named or not situation.places else f":{situation.places[0]}"
    same = "name first_day last_day effects banner notice pages".split()
    return {
        **{name: getattr(situation, name) for name in same},
        **{f"days-{name}": days for name, days in situation.thresholds.items()},
        "where": f"{situation.area}{place}",
        "libraries": "\n".join(situation.places) if named else "",
    }


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


def places(chosen: str = "") -> list[Any]:
    """All, a state, a region, a network, libraries by code, or a route; routes by region.

    What was chosen is offered also when it is there no more: no other place takes its stead.
    """
    routes = list(Route.objects.select_related("region"))
    regions = sorted({route.region_name for route in routes})
    networks = Network.objects.order_by("name", "pk").values_list("code", "name")
    groups: list[tuple[str, list[tuple[str, str]]]] = [
        (_("State"), _options(Area.STATE, State.choices)),
        (_("Delivery region"), _options(Area.REGION, ((each, each) for each in regions))),
        (_("Network"), _options(Area.NETWORK, networks)),
    ]
    for region in regions:
        here = [(each.code, each.code) for each in routes if each.region_name == region]
        label = _("Delivery route in the region %(region)s") % {"region": region}
        groups.append((label, _options(Area.ROUTE, here)))
    wide = [(Area.ALL.value, Area.ALL.label), (Area.LIBRARIES.value, _("only the libraries below"))]
    found = [*wide, *(group for group in groups if group[1])]
    offered = {wide[0][0], wide[1][0], *(value for _label, rows in groups for value, _name in rows)}
    if chosen and chosen not in offered:
        area, _colon, name = chosen.partition(":")
        found.append((chosen, place(Area(area), name)))
    return found


def _options(area: Area, names: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    return [(f"{area}:{code}", place(area, name)) for code, name in names]
