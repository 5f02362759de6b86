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
from postroad.directory.models import Kind, Library
from postroad.form_errors import InOurWords
from postroad.ill import asking
from postroad.ill.asking import CannotAsk, NeedByTooSoon
from postroad.ill.models import Event, Request
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn

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
        if chosen and chosen not in listed:
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
    return [(library.code, f"{library.town}, {library.name}") for library in libraries]


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


class AmendForm(Needed):
    """What may be otherwise than it was asked for."""

    library = forms.ChoiceField(label=gettext_lazy("Pick up at"))
    note = forms.CharField(
        label=gettext_lazy("Note to the library"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: QueryDict | None, ill: Request, where: str, today: date) -> None:
        kept = {"need_by": ill.need_by, "library": ill.library.code, "note": ill.note}
        super().__init__(data, initial=kept, today=today)
        self.pick_up = PickUp(ill.library, where)
        library = self.fields["library"]
        assert isinstance(library, forms.ChoiceField)
        library.choices = self.pick_up.choices(self.data.get("library", ""))

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
            insists=facts["insists"],
        )
    except CannotAsk as no:
        on_the_day = isinstance(no, (NeedByTooSoon, asking.NeedByPassed))
        form.add_error("need_by" if on_the_day else "library", words.refusal(no))
        raise
