"""What django-allauth asks of us: nobody signs up here, and a refusal is in our words."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from postroad.accounts.throttle import Throttle, name_of, place_of

log = logging.getLogger(__name__)
post = ThreadPoolExecutor(max_workers=1, thread_name_prefix="password-mail")

LATER = 0.3  # seconds; by then the answer is out

NEW_PASSWORD = {f"account/messages/password_{done}.txt" for done in ("changed", "set")}


# No program that answers mail answers these (RFC 3834), nor "I am away" to each of them.
BY_A_MACHINE = {"Auto-Submitted": "auto-generated"}


def beside_the_answer(act: Callable[[], object]) -> None:
    """Do it in another thread: how long it takes would tell who has an account.

    And not at once, since two threads that reckon slow each other: it was two answers of 4 and 8
    milliseconds.
    """
    post.submit(unwatched, act, time.monotonic() + LATER)


def unwatched(act: Callable[[], object], at: float) -> None:
    time.sleep(max(at - time.monotonic(), 0))
    try:
        act()
    except Exception:  # nobody waits for the answer; whoever asked in vain asks again
        log.exception("a mail about a password could not be sent")
    finally:
        connection.close()  # a thread that mostly waits keeps none open


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "That name and password do not match. Check both and try again."
        ),
        "too_many_login_attempts": _(
            "Too many attempts with this name or from this place. Try again in five minutes; the "
            "account itself is fine."
        ),
        "name_is_slowed": _(
            "Someone is trying this name from many places, so signing in is slow. Try again in "
            "ten seconds; the account itself is fine."
        ),
        "enter_current_password": _("That is not your current password."),
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
            messages.success(request, _("Your password has been changed."))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Beside the answer, which does not wait for the mail server."""
        facts = {"request": self.request, "email": email, **context}
        message: EmailMessage = self.render_mail(
            template_prefix, email, facts, headers=BY_A_MACHINE
        )
        beside_the_answer(message.send)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to work, never to an empty form."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At our own address, whatever name the visitor called us by."""
        user, _dash, secret = key.partition("-")
        parts = {"uidb36": user, "key": secret}
        return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=parts)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By name and place: no stranger elsewhere shuts out the owner by wrong passwords."""
        return f"{place_of(request)} {name_of(credentials)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Besides: a name that is tried from many places is slowed, but where it is at home."""
        super().pre_authenticate(request, **credentials)
        self._throttle = Throttle(request, name_of(credentials))
        if not self._throttle.lets_in():
            raise self.validation_error("name_is_slowed")

    def _rollback_login_failed_rl_usage(self) -> None:
        """It was the right password."""
        super()._rollback_login_failed_rl_usage()
        self._throttle.was_right()
