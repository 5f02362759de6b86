"""What is typed of a stop: route and days, other days for a while, days without the van."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.delivery import ri_codes, stops
from postroad.delivery.codes import CodeMissing
from postroad.delivery.models import WHOLE, Delay, Region, Route
from postroad.directory.models import Library
from postroad.directory.opening import ALWAYS, weekdays
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.shared.libraries import LibraryField
from postroad.web.shared.one_press import OnePress

AHEAD, LONGEST = timedelta(days=731), timedelta(days=366)  # how far and how long a stretch goes
OF_A_STOP = (
    "route",
    "place",
    "drop_days",
    "pick_up_days",
    "opens",
    "closes",
    "on_demand",
    "notice_hours",
    "active",
)


class Days(forms.MultipleChoiceField):
    """Weekdays as boxes to tick, kept as "MTWTF--"."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(
            choices=[(str(number), name) for number, name in WEEKDAYS.items()], **options
        )

    def clean(self, value: Any) -> str:
        ticked = {int(number) for number in super().clean(value)}
        return "".join(letter if at in ticked else "-" for at, letter in enumerate(ALWAYS))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) == len(ALWAYS):
            return [str(day) for day in sorted(weekdays(value))]
        return value


def clock_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, **more, widget=forms.DateInput(attrs={"type": "date"}))


class DaysForm(InOurWords, forms.Form):
    """The days on which the van brings; if it takes on others, those too."""

    drop_days = Days(label=gettext_lazy("Delivery days"), required=False)
    apart = forms.BooleanField(
        label=gettext_lazy("The van picks up on other days than it delivers"), required=False
    )
    pick_up_days = Days(label=gettext_lazy("Pick-up days, if they are others"), required=False)

    @property
    def days(self) -> dict[str, str]:
        """As a stop and a change keep them."""
        given = self.cleaned_data
        picks_up = given["pick_up_days"] if given["apart"] else given["drop_days"]
        return {"drop_days": given["drop_days"], "pick_up_days": picks_up}


class StopForm(DaysForm):
    """Where and when the van calls at a library."""

    def __init__(self, *args: Any, library: Library | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.library = library

    def clean_behind(self) -> Library | None:
        """The library of the hub town. It is no satellite itself, and has none that is its own."""
        town: Library | None = self.cleaned_data["behind"]
        if town is None or self.library is None:
            return None
        if no := stops.why_not_behind(self.library, town):
            raise forms.ValidationError(words.label(words.delivery.NOT_BEHIND, no))
        return town

    route = forms.ModelChoiceField(Route.objects.all(), label=gettext_lazy("Route"))
    place = forms.IntegerField(
        label=gettext_lazy("Place on the route"), min_value=0, max_value=999, initial=0
    )
    opens = clock_field(gettext_lazy("The van may come from"))
    closes = clock_field(gettext_lazy("The van may come until"))
    on_demand = forms.BooleanField(
        label=gettext_lazy("It comes only when there is something to bring or to pick up"),
        required=False,
    )
    notice_hours = forms.IntegerField(
        label=gettext_lazy("Hours' notice that it wants before it picks up"),
        min_value=0,
        max_value=240,
        required=False,
    )
    behind = LibraryField(
        label=gettext_lazy("Satellite of"),
        max_length=160,
        required=False,
        help_text=gettext_lazy(
            "The library of its hub town, to which the van brings its items and from which it "
            "takes them. Empty: the van itself calls here."
        ),
    )
    active = forms.BooleanField(
        label=gettext_lazy("The van stops here"), required=False, initial=True
    )
    field_order = ("route", "place", "drop_days", "apart", "pick_up_days")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", _("This is not after the time from which it may come."))
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        kept = ("route", "place", "opens", "closes", "on_demand", "active")
        given = {name: self.cleaned_data[name] for name in kept}
        given["behind"] = stops.of(self.cleaned_data["behind"])
        return given | self.days | {"notice_hours": self.cleaned_data["notice_hours"] or 0}


def three_letters(text: str, library: Library | None) -> str:
    """What was typed as a library's letters, or what is wrong with it."""
    try:
        return ri_codes.fit(text, library, timezone.localdate())
    except CodeMissing as no:
        raise forms.ValidationError(
            _("Three letters from A to Z, as the state's delivery list shows them.")
        ) from no
    except Refusal as no:
        raise forms.ValidationError(words.refusal(no)) from no


class CodeForm(InOurWords, forms.Form):
    """Rhode Island's three letters."""

    delivery_code = forms.CharField(label=gettext_lazy("Three letters"), max_length=3)

    def __init__(self, *args: Any, library: Library | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.library = library

    def clean_delivery_code(self) -> str:
        return three_letters(self.cleaned_data["delivery_code"], self.library)


class StretchForm(InOurWords, forms.Form):
    """From one day to another, and why."""

    first_day = day_field(gettext_lazy("First day"))
    last_day = day_field(gettext_lazy("Last day"))
    reason = forms.CharField(label=gettext_lazy("Reason, as readers will see it"), max_length=120)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        today = timezone.localdate()
        if first and first > today + AHEAD:
            self.add_error("first_day", _("Choose a day within the next two years."))
        elif first and last and last < first:
            self.add_error("last_day", _("The last day is before the first day."))
        elif last and last < today:
            self.add_error("last_day", _("These days are over. Choose today or a later day."))
        elif first and last and last - first > LONGEST:
            self.add_error("last_day", _("Choose a year at most; enter the rest separately."))
        return cleaned


class ChangeForm(DaysForm, StretchForm):
    """Other days for a while, or from a day on."""

    last_day = day_field(gettext_lazy("Last day, if it is known"), required=False)
    field_order = ("first_day", "last_day", "reason")

    @property
    def facts(self) -> dict[str, Any]:
        stretch = ("first_day", "last_day", "reason")
        return {name: self.cleaned_data[name] for name in stretch} | self.days


class PauseForm(StretchForm, OnePress):
    """No van for a while."""


PARTLY = [(each.value, each.label) for each in Delay.Kind if each not in WHOLE]


class DelayForm(StretchForm, OnePress):
    """What is not as usual with the van, anywhere."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happens"), choices=PARTLY, initial=Delay.Kind.NONE
    )
    region = forms.ModelChoiceField(
        Region.objects.all(),
        label=gettext_lazy("Region"),
        required=False,
        empty_label=gettext_lazy("all regions"),
    )
    route = forms.ModelChoiceField(
        Route.objects.all(),
        label=gettext_lazy("Route"),
        required=False,
        empty_label=gettext_lazy("all routes"),
    )
    library = LibraryField(
        label=gettext_lazy("One library only"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Its name or code."),
    )
    last_day = day_field(
        gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy(
            "Empty: that day only; of bins that are held, until further notice."
        ),
    )
    new_day = day_field(gettext_lazy("The day on which it comes instead"), required=False)
    hours = forms.IntegerField(
        label=gettext_lazy("How many hours late, if that is known"),
        min_value=1,
        max_value=24,
        required=False,
    )
    field_order = (
        "kind",
        "region",
        "route",
        "library",
        "first_day",
        "last_day",
        "new_day",
        "hours",
        "reason",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, first = cleaned.get("kind"), cleaned.get("first_day")
        last, new = cleaned.get("last_day") or first, cleaned.get("new_day")
        if kind == Delay.Kind.MOVED and "new_day" not in self.errors:
            if new is None:
                self.add_error("new_day", _("Please fill this in."))
            elif last and new <= last:
                self.add_error("new_day", _("It has to come after the days without the van."))
        today = timezone.localdate()
        if first and not cleaned.get("last_day") and kind != Delay.Kind.HELD and first < today:
            self.add_error("first_day", _("This day is over. Choose today or a later day."))
        return cleaned

    @property
    def at(self) -> Library | Route | Region | None:
        """The narrowest place that was chosen."""
        given = self.cleaned_data
        chosen: Library | Route | Region | None = (
            given["library"] or given["route"] or given["region"]
        )
        return chosen
