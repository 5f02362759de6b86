"""The link to change or leave e-mail updates, sent again to whoever has lost it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from postroad.notices import links, tell, topics
from postroad.notices.models import Kind, Mailbox, address_key
from postroad.notices.subscribers import (
    Frequency,
    LinkAsked,
    Subscriber,
)
from postroad.notices.updates import BATCH, house, token

LINK_ASKED = LinkAsked._meta.label_lower


@dataclass(frozen=True, slots=True)
class Link:
    """What stands in the letter that brings somebody their link again."""

    house: str
    frequency: str
    topics: tuple[str, ...]


def ask_for_link(email: str, *, now: datetime) -> None:
    """Send this address the link by which its updates are changed or left, if it gets any."""
    LinkAsked.objects.create(email=address_key(email), asked_at=now)


def send_links(now: datetime) -> int:
    """Job: the letters that were asked for; how many it was. An address that gets no updates gets
    none."""
    asked = LinkAsked.objects.order_by("pk").values_list("pk", flat=True)
    return sum(send_link(pk, now) for pk in list(asked[:BATCH]))


@transaction.atomic
def send_link(pk: int, now: datetime) -> bool:
    asked = LinkAsked.objects.select_for_update().filter(pk=pk).first()
    if asked is None:  # another worker was faster, or they have left
        return False
    asked.delete()
    who = Subscriber.objects.filter(email=asked.email).first()
    if who is None:
        return False
    topics_of_theirs = who.interests.order_by("pk").values_list("topic", flat=True)
    facts = Link(
        house=house(),
        frequency=str(Frequency(who.frequency).label),
        topics=tuple(topic.label for topic in topics.known(topics_of_theirs)),
    )
    tell.note(
        Kind.UPDATES_LINK,
        Mailbox(who.email),
        facts,
        source=LINK_ASKED,
        source_key=pk,
        now=now,
        link=links.updates("mine", token(who.secret)),
        leave=links.updates("leave", token(who.secret)),
    )
    return True
