"""The forms of a case: a message, a day, a reason, somebody."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.accounts.models import User
from postroad.cases.handling import LONGEST
from postroad.cases.lifecycle import BY_HAND
from postroad.cases.models import Kind
from postroad.directory.models import Library
from postroad.form_errors import InOurWords
from postroad.web.shared.libraries import LibraryField
from postroad.web.shared.one_press import OnePress

FURTHEST = timedelta(days=366)


MESSAGE = gettext_lazy("Message")


def text_field(label: Any = MESSAGE, rows: int = 8, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        **more,
    )


class MessageForm(OnePress):
    """What is written to the other side. `seen` is the last message that stood on the page."""

    text = text_field()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> int | None:
        typed = self.cleaned_data["seen"]
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else None


class PutOffForm(InOurWords, forms.Form):
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    why = forms.CharField(
        label=gettext_lazy("Why, for your colleagues"), max_length=300, required=False
    )

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        today = timezone.localdate()
        if until <= today:
            raise forms.ValidationError(_("Choose a day after today."))
        if until > today + FURTHEST:
            raise forms.ValidationError(_("Choose a day within a year."))
        return until


class AssignForm(InOurWords, forms.Form):
    to = forms.ModelChoiceField(
        label=gettext_lazy("To"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody: whoever comes first"),
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [each.pk for each in people]
        self.fields["to"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(pk__in=keys).order_by("first_name", "last_name", "username")
        )


class CloseForm(InOurWords, forms.Form):
    ending = forms.ChoiceField(
        label=gettext_lazy("Because"),
        choices=[(each.value, words.cases.ENDINGS[each]) for each in BY_HAND],
        initial=BY_HAND[0].value,
        widget=forms.RadioSelect,
    )


class ConfirmForm(InOurWords, forms.Form):
    """What the owner said of returns (R3)."""

    library = LibraryField(
        label=gettext_lazy("Which library"),
        max_length=160,
        help_text=gettext_lazy("Its name, town, code or symbol."),
    )
    accepts = forms.ChoiceField(
        label=gettext_lazy("Does it accept returns?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No, not now"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Who said so, and how"), max_length=200, required=False
    )


class NewForm(OnePress):
    """A case that staff open."""

    to = forms.MultipleChoiceField(label=gettext_lazy("To"), widget=forms.CheckboxSelectMultiple)
    kind = forms.ChoiceField(label=gettext_lazy("About"), choices=Kind.choices)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=120, required=False)
    text = text_field()
    clio_id = forms.CharField(label=gettext_lazy("Clio ID"), max_length=40, required=False)
    ill_number = forms.CharField(label=gettext_lazy("ILL number"), max_length=40, required=False)

    def __init__(self, *args: Any, to: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = to  # type: ignore[attr-defined]
        if len(to) == 1:
            self.fields["to"].initial = [to[0][0]]

    about = ""  # a request, whose own number does for a return

    def clean(self) -> None:
        given = self.cleaned_data
        numbered = given.get("clio_id") or given.get("ill_number") or self.about
        if given.get("kind") == Kind.RETURN and not numbered:
            self.add_error(
                "clio_id", _("Give the Clio ID or the ILL number, and both if you know them.")
            )


class ToLibraryForm(OnePress):
    """A case that an office opens with a library."""

    library = LibraryField(
        label=gettext_lazy("Library"),
        max_length=160,
        help_text=gettext_lazy("A member library: its name, town, code or symbol."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("About"), choices=Kind.choices)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=120, required=False)
    text = text_field()

    def clean_library(self) -> Library | None:
        library: Library | None = self.cleaned_data["library"]
        if library is not None and library.is_outside:
            raise forms.ValidationError(
                _("%(name)s is not a member, so nobody there reads cases. Write or call.")
                % {"name": library.name}
            )
        return library


class CannedForm(InOurWords, forms.Form):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=80)
    text = text_field(gettext_lazy("Text"), 5)


def key_of(form: OnePress, *more: object) -> UUID | None:
    """The key of the form, for one of several things that it does at once."""
    key: UUID | None = form.cleaned_data["key"]
    return uuid5(key, repr(more)) if key and more else key
