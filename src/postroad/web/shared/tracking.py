"""The field for a tracking number, as a label, a receipt or a page of the carrier has it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.delivery import tracking

AS_TYPED = 80  # characters, with all the blanks of a label; what is kept is shorter


class TrackingNumber(forms.CharField):
    """Cleaned, it is the number as it is kept; whose it may be is asked elsewhere."""

    def __init__(self, **more: Any) -> None:
        known = {"class": "number", "autocomplete": "off"}
        super().__init__(
            label=gettext_lazy("Tracking number"),
            required=False,
            max_length=AS_TYPED,
            widget=forms.TextInput(attrs=known),
            **more,
        )

    def clean(self, value: Any) -> str:
        number = tracking.tidy(super().clean(value))
        if len(number) > tracking.LONGEST:
            raise ValidationError(
                _("This is too long for a tracking number. Type what is printed below the bars.")
            )
        return number
