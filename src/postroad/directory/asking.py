"""Asking a silent library how it stands: whom, and the signed link that answers without an account.

The link names the library and the address that it was sent to, works for some days, and once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet

from postroad.directory import thresholds
from postroad.directory.models import Kind, Library
from postroad.directory.saying import LinkUsed
from postroad.directory.statements import Statement, StatusAsk, UsedLink
from postroad.errors import Refusal

SALT = "postroad.status"


class LinkUnknown(Refusal):
    """No link of ours: it was cut, or made by somebody else."""

    code = "link-unknown"


class LinkTooOld(Refusal):
    """Its days are over."""

    code = "link-too-old"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link in a mail says."""

    library: Library
    nonce: str
    address: str  # that it was sent to


def token(ask: StatusAsk) -> str:
    facts = {"library": ask.library_id, "nonce": ask.nonce, "to": ask.address}
    return signing.dumps(facts, salt=SALT, compress=True)


def read(text: str, now: datetime) -> Link:
    """Whose link it is; raises LinkUnknown, LinkTooOld or LinkUsed. It does nothing else."""
    try:
        facts = signing.loads(text, salt=SALT)
        ask = StatusAsk.objects.select_related("library").get(
            nonce=facts["nonce"], library=facts["library"]
        )
    except (signing.BadSignature, StatusAsk.DoesNotExist, KeyError, TypeError, ValueError):
        raise LinkUnknown from None
    if UsedLink.objects.filter(nonce=ask.nonce).exists():
        raise LinkUsed(library=ask.library.name)
    if now > works_until(ask):
        raise LinkTooOld(library=ask.library.name, days=(works_until(ask) - ask.asked_at).days)
    return Link(ask.library, ask.nonce, ask.address)


def works_until(ask: StatusAsk) -> datetime:
    """The last moment at which its link works, by the threshold of the day on which it was sent."""
    days = thresholds.days("status-link", on=ask.asked_at.date(), library=ask.library)
    return ask.asked_at + timedelta(days=days)


def silent(now: datetime) -> QuerySet[Library]:
    """Members with a desk's address that have said nothing for long, and were not asked lately.

    One of which nobody ever spoke is as silent as any.
    """
    patience = timedelta(days=thresholds.days("status-ask", on=now.date()))
    own = Statement.objects.taken().filter(library=OuterRef("pk"))
    spoke = own.filter(Q(said_at__gt=now - patience) | Q(said_at=None, heard_at__gt=now - patience))
    asked = StatusAsk.objects.filter(library=OuterRef("pk"), asked_at__gt=now - patience)
    members = Library.objects.members().exclude(kind=Kind.CENTRE).exclude(email="")
    return members.exclude(Exists(spoke)).exclude(Exists(asked))


def ask(library: Library, now: datetime) -> StatusAsk:
    """Write down that its desk is asked; the mail is the caller's."""
    return StatusAsk.objects.create(library=library, address=library.email, asked_at=now)


def unanswered() -> QuerySet[StatusAsk]:
    """Asked, and nothing heard of the library since."""
    since = Statement.objects.taken().filter(
        library=OuterRef("library"), heard_at__gte=OuterRef("asked_at")
    )
    return StatusAsk.objects.exclude(Exists(since))
