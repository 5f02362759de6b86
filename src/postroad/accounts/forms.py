"""The forms of django-allauth in our words, and without their hints inside the fields.

Each label stands above its field.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from allauth.account import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from postroad.accounts.adapter import beside_the_answer
from postroad.form_errors import InOurWords

LABELS: Mapping[str, Any] = {
    "login": _("Name"),
    "password": _("Password"),
    "email": _("E-mail address"),
    "oldpassword": _("Your current password"),
    "password1": _("New password"),
    "password2": _("New password again"),
}


class Plain(InOurWords):
    """A form whose fields say what they are by their labels alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""  # the way to a new password stands below the form


class Twice(Plain):
    """A new password, written twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> Any:
        """In the place of allauth's, whose sentence cannot be changed."""
        given = super(forms.PasswordVerificationMixin, self).clean()
        first, again = (self.cleaned_data.get(name) for name in ("password1", "password2"))
        if first and again and first != again:
            self.add_error("password2", _("These two do not match. Enter the new password twice."))
        return given


class SignIn(Plain, forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    pass


class ChangePassword(Twice, forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPassword(Twice, forms.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPassword(Plain, forms.ResetPasswordForm):  # type: ignore[misc]
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """The answer is the same, and as soon there, whether there is such an account or not."""
        beside_the_answer(partial(super().save, request, **kwargs))
        return str(self.cleaned_data["email"])


class ResetPasswordKey(Twice, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass
