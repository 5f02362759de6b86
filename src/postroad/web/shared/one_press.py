"""Forms that bear a key: by it a second press is known for what it is."""

from uuid import UUID, uuid4

from django import forms

from postroad.form_errors import InOurWords


class OnePress(InOurWords, forms.Form):
    """A form whose verb takes a key, and does once what was sent twice with it."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, initial=uuid4)

    def clean_key(self) -> UUID | None:
        """Which form this is; one that we did not make is as good as none."""
        try:
            return UUID(self.cleaned_data["key"])
        except ValueError:
            return None
