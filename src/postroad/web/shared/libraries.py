"""Libraries that are typed on forms: by name, town, code or symbol, one or several."""

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.directory.called import named
from postroad.directory.models import Library

FEW = 6  # that are told when several may be meant
MOST = 60  # that may be named on one form


def meant(typed: str) -> Library:
    """The one that this names. ValidationError, in the words of whoever typed it, for any other."""
    found = named(typed, FEW)
    if len(found) == 1:
        return found[0]
    if not found:
        said = _("We know no library called “%(typed)s”. Try its town, its code or its symbol.")
        raise ValidationError(said % {"typed": typed[:60]})
    which = "; ".join(f"{each.name}, {each.town}, {each.state} ({each.code})" for each in found)
    said = _("“%(typed)s” may be several libraries. Type the code: %(which)s.")
    raise ValidationError(said % {"typed": typed[:60], "which": which})


def apart(every: Collection[Library], called: Callable[[Library], str]) -> dict[str, str]:
    """What each is called in a list, by its code: with its state where two are called alike."""
    names = {each.code: called(each) for each in every}
    alike = Counter(names.values())
    # What the state is called is looked up for these alone: Django makes its whole list each time.
    states = {e.code: e.get_state_display() for e in every if alike[names[e.code]] > 1}
    return {
        code: f"{name}, {states[code]}" if states.get(code) else name
        for code, name in names.items()
    }


class LibraryField(forms.CharField):
    """One library."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return meant(typed) if typed else None


class LibrariesField(forms.CharField):
    """Several, one on each line."""

    def __init__(self, **more: Any) -> None:
        usual = {
            "widget": forms.Textarea(attrs={"rows": 3}),
            "max_length": 4000,
            "required": False,
            "help_text": gettext_lazy("A name or a code, one on each line."),
        }
        super().__init__(**{**usual, **more})

    def clean(self, value: Any) -> Any:
        lines = filter(None, map(str.strip, super().clean(value).splitlines()))
        found: dict[Library, None] = {}
        wrong: list[ValidationError] = []
        for line in list(dict.fromkeys(lines))[:MOST]:
            try:
                found[meant(line)] = None
            except ValidationError as no:
                wrong.append(no)
        if wrong:
            raise ValidationError(wrong)
        return list(found)
