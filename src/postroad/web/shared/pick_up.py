"""Where and until when something is wanted: when it is asked for, and until it is shipped."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue.models import Record
from postroad.directory.models import Kind, Library
from postroad.form_errors import InOurWords
from postroad.ill import asking, volumes
from postroad.ill.asking import CannotAsk, NeedByTooSoon
from postroad.ill.models import Event, Request
from postroad.ill.wanted import HIGHEST_COST, LENT, Acceptable
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.libraries import apart

MATCHES = 40  # libraries shown for a name or town that was typed
FURTHEST = timedelta(days=366)  # how far away a need-by day may lie


class PickUp:
    """The libraries where she may fetch it: her own, its network's, and those found by `where`."""

    def __init__(self, home: Library, where: str) -> None:
        self.home = home
        self.where = " ".join(filter(str.isprintable, where.split()))[:100]
        self.found = list(matching(self.where)[:MATCHES]) if self.where else []

    def choices(self, chosen: str) -> list[Any]:
        """For a select: her own first; what was chosen before stays, wherever it is."""
        found = [library for library in self.found if library != self.home]
        near = [library for library in self.near() if library not in found]
        groups: list[Any] = [(self.home.code, f"{self.home.name}, {self.home.town}")]
        if found:
            groups.append((_("Found: %(words)s") % {"words": self.where}, options(found)))
        if near and self.home.network is not None:
            groups.append((self.home.network.name, options(near)))
        listed = {library.code for library in (self.home, *found, *near)}
        if chosen.isprintable() and chosen and chosen not in listed:  # a NUL is no code
            groups += options(pick_ups().filter(code=chosen[:16]))
        return groups

    def near(self) -> list[Library]:
        if self.home.network_id is None:
            return []
        return list(pick_ups().filter(network=self.home.network_id).exclude(pk=self.home.pk))


def pick_ups() -> QuerySet[Library]:
    return Library.objects.members().exclude(kind=Kind.CENTRE).order_by("town", "name", "pk")


def matching(where: str) -> QuerySet[Library]:
    """Each word in the name or the town."""
    found = pick_ups()
    for word in where.split()[:6]:
        found = found.filter(Q(name__icontains=word) | Q(town__icontains=word))
    return found


def options(libraries: Iterable[Library]) -> list[tuple[str, str]]:
    every = list(libraries)
    return list(apart(every, lambda each: f"{each.town}, {each.name}").items())


class Needed(InOurWords, forms.Form):
    """Until when it is needed, and whether that stands although nobody can keep it."""

    insists = forms.BooleanField(widget=forms.HiddenInput, required=False)
    need_by = forms.DateField(
        label=gettext_lazy("Needed by"),
        required=False,
        help_text=gettext_lazy(
            "After this date we stop looking. Leave it empty if there is no rush."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        initial: dict[str, Any] | None = None,
        today: date | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.today = today or timezone.localdate()
        picker = self.fields["need_by"].widget.attrs
        picker |= {"min": self.today.isoformat(), "max": (self.today + FURTHEST).isoformat()}

    def clean_need_by(self) -> date | None:
        day: date | None = self.cleaned_data["need_by"]
        if day is not None and day > self.today + FURTHEST:
            raise forms.ValidationError(
                _("Choose a date within the next twelve months, or leave it empty.")
            )
        return day


USUAL_LANGUAGES = (
    *("eng", "spa", "por", "fre", "hat", "ger", "ita", "pol"),
    *("rus", "ara", "chi", "jpn", "kor", "vie", "khm"),
)


class WhatElse(Needed):
    """Until when it is needed, what else would do, and a note that goes along to a lender."""

    any_edition = forms.BooleanField(label=gettext_lazy("Any edition will do"), required=False)
    formats = forms.MultipleChoiceField(
        label=gettext_lazy("Other formats that will do"),
        required=False,
        choices=[(each.value, each.label) for each in LENT],
        widget=forms.CheckboxSelectMultiple,
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages that will do"),
        required=False,
        help_text=gettext_lazy("Check none if only the language of this title will do."),
        widget=forms.CheckboxSelectMultiple,
    )
    max_cost = forms.DecimalField(
        label=gettext_lazy("The most it may cost, in dollars"),
        required=False,
        min_value=0,
        max_value=HIGHEST_COST,
        decimal_places=2,
        help_text=gettext_lazy(
            "Most loans cost nothing. Type 0 if you will not pay; leave it empty to be asked."
        ),
        error_messages={
            "invalid": gettext_lazy("Type an amount like 5 or 12.50."),
            "max_digits": gettext_lazy("Type an amount like 5 or 12.50."),
            "max_decimal_places": gettext_lazy("Type an amount like 5 or 12.50."),
            "max_whole_digits": gettext_lazy("Type an amount like 5 or 12.50."),
        },
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )
    note_for_lender = forms.CharField(
        label=gettext_lazy("Note to the library that lends it"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("It is sent along without your name. Write nothing private here."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None, **more: Any) -> None:
        super().__init__(data, **more)
        languages = self.fields["languages"]
        assert isinstance(languages, forms.MultipleChoiceField)  # it stands above
        codes = [*USUAL_LANGUAGES, *(self.initial.get("languages") or ())]
        languages.choices = [(code, words.languages.name(code)) for code in dict.fromkeys(codes)]

    @property
    def says_what_else(self) -> bool:
        """Whether something of it is filled in, or mistaken: then it is not folded away."""
        return any(self[name].value() or self[name].errors for name in WHAT_ELSE)

    def be_for_a_copy(self) -> None:
        """Leave out what makes no sense for a file."""
        for name in OF_A_THING:
            del self.fields[name]
        self.fields["max_cost"].help_text = gettext_lazy(
            "Most copies cost nothing. Type 0 if you will not pay; leave it empty to be asked."
        )
        self.fields["note_for_lender"].label = gettext_lazy("Note to the library that copies it")
        self.fields["note"].help_text = gettext_lazy(
            "Staff at your library and the ILL center read it; no library that copies it does."
        )

    def acceptable(self) -> Acceptable:
        given = self.cleaned_data
        return Acceptable(
            given.get("any_edition", False),
            tuple(given.get("languages", ())),
            tuple(given.get("formats", ())),
            given["max_cost"],
        )


OF_A_THING = ("any_edition", "formats", "languages")
WHAT_ELSE = ("any_edition", "formats", "languages", "max_cost")


def choose_volume(form: forms.Form, record: Record) -> None:
    """Let the form ask which volume is wanted, where libraries have the title in several: she must
    choose, since they are sent one by one."""
    if found := volumes.of_title(record.pk):
        first = [("", _("Choose one"))]
        named = [(each, each) for each in found]
        words_of = [(str(code), str(name)) for code, name in words.ill.VOLUMES.items()]
        form.fields["volume"] = forms.ChoiceField(
            label=_("Which volume?"),
            choices=[*first, *named, *words_of],
            error_messages={"required": _("Choose which volume you want.")},
        )
        form.order_fields(["library", "volume", "need_by", "note"])


class AmendForm(WhatElse):
    """What may be otherwise than it was asked for."""

    library = forms.ChoiceField(label=gettext_lazy("Pick up at"))
    note = forms.CharField(
        label=gettext_lazy("Note to your own library"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("No library that lends it reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: QueryDict | None, ill: Request, where: str, today: date) -> None:
        kept = {
            "need_by": ill.need_by,
            "library": ill.library.code,
            "note": ill.note,
            "note_for_lender": ill.note_for_lender,
            **Acceptable.of(ill).columns(),
        }
        super().__init__(data, initial=kept, today=today)
        self.pick_up = PickUp(ill.library, where)
        library = self.fields["library"]
        assert isinstance(library, forms.ChoiceField)
        library.choices = self.pick_up.choices(self.data.get("library", ""))
        if ill.is_copy:
            self.be_for_a_copy()
            library.label = _("Which library looks after it?")

    def clean_library(self) -> Library:
        return pick_ups().get(code=self.cleaned_data["library"])


def amend(request: SignedIn, ill: Request, form: AmendForm) -> Event | None:
    """Change the request as the form says. What a rule refuses stands in the form as its mistake,
    and is raised again."""
    facts = form.cleaned_data
    try:
        return asking.amend(
            ill,
            gates.act(request.user),
            need_by=facts["need_by"],
            library=facts["library"],
            note=facts["note"],
            note_for_lender=facts["note_for_lender"],
            acceptable=form.acceptable(),
            insists=facts["insists"],
        )
    except CannotAsk as no:
        on_the_day = isinstance(no, (NeedByTooSoon, asking.NeedByPassed))
        where = "max_cost" if isinstance(no, asking.Unacceptable) else "library"
        form.add_error("need_by" if on_the_day else where, words.refusal(no))
        raise
