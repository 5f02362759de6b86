"""Mail: every notice that has an address and was not sent yet.

A notice is claimed, sent, then marked; no transaction is open meanwhile. A process that is killed
between sending and marking sends once more, with the same Message-ID.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from postroad import leases
from postroad.notices import folder
from postroad.notices.models import Notice

log = logging.getLogger(__name__)
BATCH = 10  # taken at once
BATCHES = 10  # in one turn: events must not wait for all the mail
LEASE = timedelta(minutes=2)
STALE = timedelta(days=7)  # after this, mail would confuse more than it tells


def send(now: datetime) -> int:
    """Job: send the mail that is due; how many went out.

    A server that does not answer raises: the job's next turn tries again.
    """
    batch = take(now)
    if not batch:
        return 0
    sent = 0
    with get_connection() as server:
        for _each in range(BATCHES):
            sent += deliver_all(batch, server, now)
            batch = take(now)
            if not batch:
                break
    return sent


def take(now: datetime) -> list[Notice]:
    """Some that are due, for the length of the lease, without those that are too old.

    Old news is not mailed any more; it stays on the screen.
    """
    while batch := leases.take(Notice, "mail_due_at", now=now, lease=LEASE, limit=BATCH):
        fresh = [notice for notice in batch if notice.made_at >= now - STALE]
        old = [notice.pk for notice in batch if notice.made_at < now - STALE]
        if old:
            aside = Notice.objects.filter(pk__in=old)
            aside.update(mail_due_at=None, mail_trouble="too old when its turn came")
        if fresh:
            return fresh
    return []


def deliver_all(batch: Sequence[Notice], server: BaseEmailBackend, now: datetime) -> int:
    """Send these; if one fails, those after it are free to be taken again at once."""
    sent = 0
    for place, notice in enumerate(batch, start=1):
        try:
            sent += deliver(notice, server, now)
        except Exception:
            left = Notice.objects.filter(pk__in=[each.pk for each in batch[place:]])
            left.filter(mail_due_at=notice.mail_due_at).update(mail_due_at=now)
            raise
    return sent


def deliver(notice: Notice, server: BaseEmailBackend, now: datetime) -> bool:
    """Send one. An address that the server refuses is noted and not tried again; after any other
    failure this one waits for its lease to end, so that it does not stand before the others.
    """
    still = Notice.objects.filter(pk=notice.pk)
    try:
        server.send_messages([letter(notice)])
    except SMTPRecipientsRefused as refused:
        log.warning("request %s: mail refused: %s", notice.ref, refused)
        still.update(mail_due_at=None, mail_trouble=str(refused)[:300])
        return False
    except Exception as why:
        still.update(mail_trouble=f"{type(why).__name__}: {why}"[:300])
        raise
    if not still.update(mail_due_at=None, mailed_at=now, mail_trouble=""):
        folder.forget([message_id(notice)])  # its patron was forgotten just now
    return True


def letter(notice: Notice) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=notice.subject,
        body=notice.text,
        to=[notice.mail_to],
        headers={
            "Message-ID": message_id(notice),
            "Date": format_datetime(notice.made_at),
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(page(notice), "text/html")
    return message


def page(notice: Notice) -> str:
    """The notice as a whole HTML document. No styles: every reader's mail has its own."""
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{notice.html}</body></html>'


def message_id(notice: Notice) -> str:
    """The same for each try."""
    return f"<notice-{notice.pk}@{urlsplit(settings.SITE_URL).hostname}>"
