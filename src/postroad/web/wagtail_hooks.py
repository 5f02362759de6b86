"""What the pages of the web offer to those who write guides."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button

from postroad.guides import announcing, live
from postroad.web.templatetags.boxes import choices

hooks.register(live.HOOK, choices)


def announce_again(page: Any, user: Any, **_rest: Any) -> Iterator[Button]:
    """What is published may be announced once more (R15); an edit is not."""
    if page.live and page.specific_class in announcing.KINDS:
        address = reverse("office-announce", args=[page.pk])
        yield Button(_("Announce again"), address, icon_name="mail", priority=60)


hooks.register("register_page_header_buttons", announce_again)
