"""Which readers no mail reaches, and what they must hear of all the same."""

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower, Trim

from postroad.accounts.models import User
from postroad.ill.models import Request
from postroad.notices import addresses, links
from postroad.notices.models import DeadAddress, Kind, Notice

# What a reader must hear of though no mail reaches her: she would come in vain, or not at all.
MUST_HEAR = frozenset(
    {
        *(Kind.ARRIVED, Kind.NOT_YET, Kind.DUE_SOON, Kind.OVERDUE, Kind.CANNOT_SUPPLY),
        *(Kind.EXPIRED, Kind.COPY_READY),
    }
)


def by_mail(user: User) -> bool:
    """Whether mail may reach her: she has an address, and no server has refused it for good."""
    return bool(user.email.strip()) and not addresses.dead([user.email])


def refused(patron: str = "patron") -> Exists:
    """Of requests, or of what leads to their patron so: whether mail to the reader's address was
    refused for good."""
    return Exists(DeadAddress.objects.filter(address=Lower(Trim(OuterRef(f"{patron}__email")))))


def unreachable() -> Q:
    """Requests whose reader has no address that works."""
    return Q(patron__isnull=False) & (Q(patron__email="") | Q(refused()))


def to_tell() -> Q:
    """Requests of which their reader was told something that she has not read, and no mail went.

    Until she reads it on the screen, or a clerk says that she was told.
    """
    this = Concat(Value(links.of_request("")), OuterRef("ref"))
    unread = Notice.objects.filter(
        about=this, user=OuterRef("patron"), read_at=None, kind__in=MUST_HEAR
    )
    return unreachable() & Q(Exists(unread))


def is_to_tell(ill: Request) -> bool:
    """Whether this is one of them."""
    return ill.patron is not None and Request.objects.filter(to_tell(), pk=ill.pk).exists()
