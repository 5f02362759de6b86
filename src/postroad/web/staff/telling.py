"""How a reader hears from us, in words; `notices.reach` has the rule."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad.accounts.models import User
from postroad.ill.models import Request
from postroad.notices import addresses
from postroad.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Contact:
    """Her address, and why no mail reaches it; nothing if it does."""

    address: str
    trouble: str


def contact(user: User | None, dead: bool | None = None) -> Contact:
    """`dead` is whether mail to her address was refused for good, where a list knows that."""
    if user is None:
        return Contact("", "")
    if not user.email.strip():
        return Contact("", _("no e-mail address"))
    if dead is None:
        dead = bool(addresses.dead([user.email]))
    return Contact(user.email, _("e-mail does not reach this address") if dead else "")


def told(ill: Request) -> int:
    """A clerk has told her: what she was written about this request counts as read."""
    hers = Notice.objects.of_request(ill.ref).filter(user=ill.patron_id).unread()
    return hers.update(read_at=timezone.now())
