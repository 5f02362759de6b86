"""Closing and reopening: the form, and what a closure touches, said before it is entered."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.delivery import short_notice
from postroad.directory import closures
from postroad.directory.models import Closure, Effect, Library, State
from postroad.ill import dates
from postroad.web.shared.one_press import OnePress

FURTHEST = timedelta(days=3 * 366)


class ClosureForm(OnePress):
    """Days on which a library does not do something."""

    effect = forms.ChoiceField(
        label=gettext_lazy("What changes"),
        choices=Effect.choices,
        initial=Effect.CLOSED,
        widget=forms.RadioSelect,
    )
    first_day = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Through"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    further_notice = forms.BooleanField(
        label=gettext_lazy("Until further notice"),
        required=False,
        help_text=gettext_lazy("Nobody knows yet when it ends. End it here as soon as you know."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, shown to everyone"), max_length=120, required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if given.get("further_notice"):
            if last:
                self.add_error("last_day", _("Choose a last day, or until further notice."))
        elif last is None and "last_day" not in self.errors:
            self.add_error("last_day", _("Enter the last day, or check “Until further notice”."))
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first day."))
        if last and last < timezone.localdate():
            self.add_error("last_day", _("These days have already passed."))
        for name, day in (("first_day", first), ("last_day", last)):
            if day and day > timezone.localdate() + FURTHEST:
                self.add_error(name, _("Choose a day within the next three years."))
        return given

    @property
    def last(self) -> date:
        """The last day that the form means."""
        return self.cleaned_data["last_day"] or Closure.FURTHER_NOTICE


class WideForm(ClosureForm):
    """The same for all libraries, or for all of a state."""

    state = forms.ChoiceField(
        label=gettext_lazy("Where"),
        choices=[("all", gettext_lazy("all libraries")), *State.choices],
    )
    field_order = ("state",)

    def clean_state(self) -> str:
        state: str = self.cleaned_data["state"]
        return "" if state == "all" else state


@dataclass(frozen=True, slots=True)
class Touched:
    """How much a closure would move."""

    loans: int
    held: int
    asked: int

    def sentences(self) -> list[str]:
        """What follows for each, and nothing of what is not there."""
        said = []
        if self.loans:
            said.append(
                ngettext(
                    "%(n)s loan is due on these days. It will be due on the first open day after, "
                    "and its reader is told.",
                    "%(n)s loans are due on these days. They will be due on the first open day "
                    "after, and their readers are told.",
                    self.loans,
                )
                % {"n": self.loans}
            )
        if self.held:
            said.append(
                ngettext(
                    "%(n)s item on the hold shelf will be held longer: these days do not count.",
                    "%(n)s items on the hold shelf will be held longer: these days do not count.",
                    self.held,
                )
                % {"n": self.held}
            )
        if self.asked:
            said.append(
                ngettext(
                    "%(n)s request is waiting to be answered or shipped. Its clock is paused; if "
                    "the closure is long, another library is asked.",
                    "%(n)s requests are waiting to be answered or shipped. Their clocks are "
                    "paused; if the closure is long, other libraries are asked.",
                    self.asked,
                )
                % {"n": self.asked}
            )
        return said or [_("It affects no loan, no item on the hold shelf and no request.")]


def touched(form: ClosureForm, library: Library | None = None) -> Touched:
    """What the closure in a form would touch, at a library or wherever it holds."""
    state = form.cleaned_data.get("state", "")
    return Touched(
        *dates.touched(
            form.cleaned_data["effect"],
            form.cleaned_data["first_day"],
            form.last,
            library=library,
            state=state,
        )
    )


CALL = gettext_lazy(
    "That is less than 24 hours' notice, so the courier may come all the same, and charge for the "
    "stop. Call the courier now."
)


def on_short_notice(form: ClosureForm, library: Library | None = None) -> str:
    """What to do about Rhode Island's courier; "" if it hears in time."""
    facts = form.cleaned_data
    if library is not None:
        return short_notice_at(library, facts["effect"], facts["first_day"])
    days = facts["effect"], facts["first_day"]
    short = short_notice.is_short_in(facts.get("state", ""), *days, timezone.now())
    return str(CALL) if short else ""


def short_notice_at(library: Library, effect: str, first_day: date) -> str:
    """The same of a library, whoever enters it."""
    short = short_notice.is_short(library, effect, first_day, timezone.now())
    return str(CALL) if short else ""


def enter(
    form: ClosureForm, *, source: str, said_by: str, library: Library | None = None
) -> list[Closure]:
    facts = form.cleaned_data
    return closures.close(
        libraries=[library] if library else [],
        state=facts.get("state", ""),
        effect=Effect(facts["effect"]),
        first_day=facts["first_day"],
        last_day=form.last,
        reason=facts["reason"],
        source=source,
        said_by=said_by,
        key=facts["key"],
    )


def entry_of(text: str) -> UUID | None:
    """The key of an entry, as a form sends it."""
    try:
        return UUID(text)
    except ValueError:
        return None
