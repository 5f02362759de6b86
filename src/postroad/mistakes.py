"""What a form says of a value that it cannot take: the words of all our forms, in one place.

A form of ours is an `InOurWords`, so that none of Django's own sentences stands in it. A field that
has better words of its own keeps them.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

CHOOSE: Words = {
    "required": _("Choose one."),
    "invalid_choice": _("That is not in the list any more. Choose one that is."),
}
CHOOSE_SOME: Words = {
    "required": _("Choose one or more."),
    "invalid_list": _("These cannot be read. Choose them once more."),
    "invalid_choice": _("One of these is not in the list any more. Choose from the list."),
    "invalid_pk_value": _("One of these is not in the list any more. Choose from the list."),
}

# kind of field: code of the mistake: its sentence. What stands of a kind goes before what stands
# of those above it.
WORDS: Mapping[type[forms.Field], Words] = {
    forms.Field: {
        "required": _("Fill this in."),
        "invalid": _("This cannot be read. Write it once more."),
        "max_length": _("Use %(limit_value)d signs at most; you wrote %(show_value)d."),
        "min_length": _("Use %(limit_value)d signs or more; you wrote %(show_value)d."),
        "max_value": _("Choose a number up to %(limit_value)s."),
        "min_value": _("Choose a number from %(limit_value)s on."),
        "null_characters_not_allowed": _(
            "It holds a sign that cannot be kept. Write it once more, with the keyboard."
        ),
        "invalid_extension": _(
            "Files that end in “%(extension)s” cannot be kept here. These can: "
            "%(allowed_extensions)s."
        ),
        "unique": _("This stands somewhere else already. Choose another."),
    },
    forms.IntegerField: {
        "required": _("Write a number."),
        "invalid": _("Write a whole number, in digits."),
    },
    forms.DateField: {
        "required": _("Choose a day."),
        "invalid": _("Write the day like 12/31/2026."),
    },
    forms.DateTimeField: {
        "required": _("Choose a day and an hour."),
        "invalid": _("Write day and hour like 2026-12-31 14:30."),
    },
    forms.EmailField: {
        "invalid": _("Write a mail address like name@example.org."),
    },
    forms.URLField: {
        "invalid": _("Write an address like https://example.org/page."),
    },
    forms.SlugField: {
        "invalid": _("Use letters from a to z, digits and hyphens, and nothing else."),
    },
    forms.BooleanField: {"required": _("Tick this to go on.")},
    forms.FileField: {
        "required": _("Choose a file."),
        "invalid": _("No file came. Choose it once more."),
        "missing": _("No file came. Choose it once more."),
        "empty": _("This file is empty. Choose another."),
        "max_length": _("The file's name has %(length)d signs. Give it one of %(max)d at most."),
        "contradiction": _("Choose a file, or tick the box to have none, but not both."),
    },
    forms.ImageField: {
        "invalid_image": _("This is no picture, or it is damaged. Choose another."),
    },
    forms.ChoiceField: CHOOSE,
    forms.ModelChoiceField: CHOOSE,
    forms.MultipleChoiceField: CHOOSE_SOME,
    forms.ModelMultipleChoiceField: CHOOSE_SOME,
}


def speak(field: forms.Field) -> None:
    """Give a field our words for all mistakes for which it has none of its own."""
    usual, ours = dict[str, Any](), dict[str, Any]()
    for kind in reversed(type(field).__mro__):
        usual |= getattr(kind, "default_error_messages", {})
        ours |= WORDS.get(kind, {})
    own = {code: text for code, text in field.error_messages.items() if text is not usual.get(code)}
    field.error_messages = {**field.error_messages, **ours, **own}


class InOurWords(forms.BaseForm):
    """A form that says what is wrong as we would say it."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            speak(field)
        super().full_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """Some of Django's checks ask neither the field nor us how to say it."""
        if field in self.fields and isinstance(error, ValidationError):
            words = self.fields[field].error_messages
            for each in error.error_list:
                each.message = words.get(each.code or "", each.message)
        super().add_error(field, error)
