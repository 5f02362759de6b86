"""What she hears when somebody was faster."""

from django.contrib import messages
from django.utils.translation import gettext as _

from postroad.web.shared.gates import SignedIn


def moved_on(request: SignedIn) -> None:
    messages.warning(
        request,
        _(
            "That can no longer be done, because the request has changed since. Nothing was "
            "changed; this page shows the current status."
        ),
    )
