"""Mail that came back: which letter it was, to whom, and when that is enough.

A bounce is read whatever its format (flufl.bounce). It counts only where it tells of a letter of
ours, by the Message-ID that we gave it, and of an address to which that letter went: nobody ends
another's mail by writing that it came back. One letter counts once. After as many as `bounces` says
the address is dead, and an address that gets updates gets no more.

It comes from anybody, so it may be anything: what is too large or too deep is not read.
"""

import logging
import re
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from flufl.bounce import scan_message

from postroad.accounts.models import Role
from postroad.directory import thresholds
from postroad.notices import addresses, post, tell, updates
from postroad.notices.models import Notice, address_key
from postroad.notices.subscribers import Bounce, Subscriber

log = logging.getLogger(__name__)
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # we say ourselves what went wrong

LARGEST = 256_000  # bytes; what reports a letter of ours has some ten thousand
LONGEST = 998  # bytes of a line (RFC 5322); the patterns take the square of it
DEEPEST = 20  # parts within parts
OURS = re.compile(rb"<notice-(\d{1,18})-(\d{1,12})@[^\s<>@]{1,255}>")
FEW = 20  # letters that one bounce may tell of


class Read(StrEnum):
    """What became of a message that was given to us."""

    COUNTED = "counted"
    KNOWN = "counted before"
    TEMPORARY = "no permanent failure"
    STRANGE = "not about a letter of ours"
    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"


def read(raw: bytes, now: datetime) -> Read:
    """Count what this message says of a letter of ours."""
    if len(raw) > LARGEST:
        return Read.TOO_LARGE
    letters = letters_in(raw)
    if not letters:
        return Read.STRANGE
    try:
        message = message_from_bytes(shortened(raw), policy=compat32)
        if depth(message) > DEEPEST:
            return Read.UNREADABLE
        failed = {address_key(each.decode(errors="replace")) for each in scan_message(message)}
    except Exception as why:  # whatever somebody has sent: one message stops no other
        log.warning("a bounce could not be read: %s", type(why).__name__)
        return Read.UNREADABLE
    if not failed:
        return Read.TEMPORARY
    hit = [(letter, address) for letter in letters for address in failed & recipients(letter)]
    if not hit:
        return Read.STRANGE
    counted = [count(address, post.message_id(letter), now) for letter, address in hit]
    return Read.COUNTED if any(counted) else Read.KNOWN


def letters_in(raw: bytes) -> list[Notice]:
    """The letters whose Message-ID stands in it: in the headers that came back with it, in
    In-Reply-To, or, where a server sends only text, there."""
    found = dict.fromkeys(OURS.findall(raw))
    wanted = {int(pk): int(made) for pk, made in list(found)[:FEW]}
    letters = Notice.objects.filter(pk__in=wanted).select_related("library")
    return [each for each in letters if int(each.made_at.timestamp()) == wanted[each.pk]]


def shortened(raw: bytes) -> bytes:
    return b"\n".join(line.rstrip(b"\r")[:LONGEST] for line in raw.split(b"\n"))


def recipients(letter: Notice) -> set[str]:
    """Where it went. Of several, the letter itself remembers only who had it last."""
    typed = [letter.mail_to]
    if letter.library is not None:
        typed.append(letter.library.email)
    if letter.office:
        typed.append(tell.addressed(Role(letter.office)).mail_to)
    return {address_key(each) for field in typed for each in addresses.recipients(field)}


def depth(message: Message, above: int = 0) -> int:
    """How many parts stand within each other; no further than is asked for."""
    if above > DEEPEST or not message.is_multipart():
        return above
    parts = [part for part in message.get_payload() if isinstance(part, Message)]
    return max((depth(part, above + 1) for part in parts), default=above)


@transaction.atomic
def count(address: str, letter: str, now: datetime) -> bool:
    """Count a letter that came back from an address, unless it was counted; and stop in time."""
    _row, new = Bounce.objects.get_or_create(address=address, letter=letter, defaults={"at": now})
    if not new:
        return False
    since = now - updates.BOUNCES_KEPT
    number = Bounce.objects.filter(address=address, at__gte=since).count()
    if number >= thresholds.days("bounces", on=timezone.localdate(now)):
        stop(address, now)
    return True


def stop(address: str, now: datetime) -> None:
    """No more to an address from which so much came back."""
    addresses.bury(address, "mail to it came back", now)
    if subscriber := Subscriber.objects.select_for_update().filter(email=address).first():
        updates.end(subscriber)
        log.warning("updates to an address were ended: mail to it came back")
