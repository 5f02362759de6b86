"""What a form says of a value that it cannot take: the words of all our forms, in one place.

A form of ours is an `InOurWords`, so that none of Django's own sentences stands in it. A field that
has better words of its own keeps them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

CHOOSE: Words = {
    "required": _("Choose one."),
    "invalid_choice": _("That is no longer in the list. Choose one that is."),
}
CHOOSE_SOME: Words = {
    "required": _("Choose one or more."),
    "invalid_list": _("We cannot read these. Choose them again."),
    "invalid_choice": _("One of these is no longer in the list. Choose from the list."),
    "invalid_pk_value": _("One of these is no longer in the list. Choose from the list."),
}

# kind of field: code of the mistake: its sentence. What stands of a kind goes before what stands
# of those above it.
WORDS: Mapping[type[forms.Field], Words] = {
    forms.Field: {
        "required": _("Please fill this in."),
        "invalid": _("We cannot read this. Enter it again."),
        "max_length": _("Use at most %(limit_value)d characters; you have %(show_value)d."),
        "min_length": _("Use at least %(limit_value)d characters; you have %(show_value)d."),
        "max_value": _("Choose %(limit_value)s or less."),
        "min_value": _("Choose %(limit_value)s or more."),
        "null_characters_not_allowed": _(
            "It has a character that cannot be saved. Type it again on the keyboard."
        ),
        "invalid_extension": _(
            "Files that end in “%(extension)s” cannot be uploaded here. These can: "
            "%(allowed_extensions)s."
        ),
        "unique": _("This is already in use. Choose another."),
    },
    forms.IntegerField: {
        "required": _("Type a number."),
        "invalid": _("Type a whole number in digits."),
    },
    forms.DecimalField: {
        "required": _("Type an amount."),
        "invalid": _("Type an amount like 12.50."),
        "max_digits": _("Type an amount with at most %(max)s digits."),
        "max_decimal_places": _("Type an amount with at most %(max)s digits after the point."),
        "max_whole_digits": _("Type an amount with at most %(max)s digits before the point."),
    },
    forms.DateField: {
        "required": _("Choose a day."),
        "invalid": _("Type the date like 12/31/2026."),
    },
    forms.DateTimeField: {
        "required": _("Choose a date and a time."),
        "invalid": _("Type the date and time like 2026-12-31 14:30."),
    },
    forms.EmailField: {
        "invalid": _("Type an e-mail address like name@example.org."),
    },
    forms.URLField: {
        "invalid": _("Type an address like https://example.org/page."),
    },
    forms.SlugField: {
        "invalid": _("Use only letters from a to z, digits and hyphens."),
    },
    forms.BooleanField: {"required": _("Check this box to go on.")},
    forms.FileField: {
        "required": _("Choose a file."),
        "invalid": _("No file arrived. Choose it again."),
        "missing": _("No file arrived. Choose it again."),
        "empty": _("This file is empty. Choose another."),
        "max_length": _("The file name has %(length)d characters. Use at most %(max)d."),
        "contradiction": _("Choose a file, or check the box to have none, but not both."),
    },
    forms.ImageField: {
        "invalid_image": _("This is not a picture, or it is damaged. Choose another."),
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


BREAKS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
KEPT = "\t\n\r\0"  # nothing can keep the last: it is refused, in words
CONTROLS = {
    code: " " if chr(code) in BREAKS else None
    for code in (*range(32), *range(127, 160), 0x2028, 0x2029)
    if chr(code) not in KEPT
}


def without_controls(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def taken(value: Any) -> Any:
        return read(value.translate(CONTROLS) if isinstance(value, str) else value)

    return taken


class InOurWords(forms.BaseForm):
    """A form that says what is wrong as we would say it, and takes text without the control
    characters that word processors leave in what is pasted: no feed and no calendar may hold them.
    """

    def full_clean(self) -> None:
        for field in self.fields.values():
            speak(field)
            if (
                isinstance(field, forms.CharField)
                and field.strip
                and "to_python" not in vars(field)
            ):
                field.to_python = without_controls(field.to_python)  # type: ignore[method-assign,assignment]
        super().full_clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """Some of Django's checks ask neither the field nor us how to say it."""
        if field in self.fields and isinstance(error, ValidationError):
            words = self.fields[field].error_messages
            for each in error.error_list:
                each.message = words.get(each.code or "", each.message)
        super().add_error(field, error)
