"""What django-allauth asks of us: nobody signs up here, and a refusal is in our words."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "That name and password do not belong together. Check both and try again."
        ),
        "too_many_login_attempts": _(
            "Too many attempts with this name or from this place. Try again in five minutes; "
            "the account itself is unharmed."
        ),
        "enter_current_password": _("That is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Cards and posts are given by a library, never taken."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The next page already shows that one is signed in or out: no message repeats it."""
