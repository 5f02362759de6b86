"""The day from which something holds that is entered ahead: rules, agreements, numbers of days."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.web.shared.closing import FURTHEST


class BeginningField(forms.DateField):
    """Today or later, for what went before stays as it was (R14)."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            label=gettext_lazy("From"),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            **more,
        )

    def clean(self, value: object) -> date:
        day: date = super().clean(value)
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError(_("This day is over. Choose today or a later day."))
        if day > today + FURTHEST:
            raise forms.ValidationError(_("Choose a day within the next three years."))
        return day
