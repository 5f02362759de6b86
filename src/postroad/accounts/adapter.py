"""What django-allauth asks of us: nobody signs up here, and a refusal is in our words."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)
post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="password-mail")

NEW_PASSWORD = {f"account/messages/password_{done}.txt" for done in ("changed", "set")}


def send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception:  # nobody waits for the answer; whoever asked in vain asks again
        log.exception("a mail about a password could not be sent")


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

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str = "",
        *_args: Any,
        **_more: Any,
    ) -> None:
        """The next page shows by itself that one is signed in or out, but not a new password."""
        if message_template in NEW_PASSWORD and request.user.is_authenticated:
            messages.success(request, _("Your new password counts from now on."))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Beside the answer: to wait for the mail server would tell who has an account."""
        facts = {"request": self.request, "email": email, **context}
        post.submit(send, self.render_mail(template_prefix, email, facts))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work, never to an empty form."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At our own address, whatever name the visitor called us by."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.SITE_URL}{path}"
