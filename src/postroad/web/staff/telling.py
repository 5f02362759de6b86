"""How a reader hears from us, and who has to be told by the desk because no mail reaches her."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Trim
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad.accounts.models import User
from postroad.ill.models import Request
from postroad.notices import addresses
from postroad.notices.models import DeadAddress, Kind, Notice

# What a reader must hear of though no mail reaches her: she would come in vain, or not at all.
MUST_HEAR = frozenset(
    {Kind.ARRIVED, Kind.NOT_YET, Kind.DUE_SOON, Kind.OVERDUE, Kind.CANNOT_SUPPLY, Kind.EXPIRED}
)


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
    return Contact(user.email, _("no mail reaches this address") if dead else "")


def refused() -> Exists:
    """Of requests: whether mail to the reader's address was refused for good."""
    return Exists(DeadAddress.objects.filter(address=Lower(Trim(OuterRef("patron__email")))))


def unreachable() -> Q:
    """Requests whose reader has no address that works."""
    return Q(patron__isnull=False) & (Q(patron__email="") | Q(refused()))


def to_tell() -> Q:
    """Requests of which their reader was told something that she has not read, and no mail went.

    Until she reads it on the screen, or a clerk says that she was told.
    """
    unread = Notice.objects.filter(
        event__request=OuterRef("pk"), user=OuterRef("patron"), read_at=None, kind__in=MUST_HEAR
    )
    return unreachable() & Q(Exists(unread))


def told(ill: Request) -> int:
    """A clerk has told her: what she was written about this request counts as read."""
    hers = Notice.objects.filter(event__request=ill, user=ill.patron_id).unread()
    return hers.update(read_at=timezone.now())
