"""The forms of django-allauth without their hints inside the fields: each label stands above."""

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class Plain:
    """A form whose fields say what they are by their labels alone."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignIn(Plain, forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Name")
        self.fields["password"].help_text = ""  # the way to a new password stands below the form


class ChangePassword(Plain, forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPassword(Plain, forms.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPassword(Plain, forms.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKey(Plain, forms.ResetPasswordKeyForm):  # type: ignore[misc]
    pass
