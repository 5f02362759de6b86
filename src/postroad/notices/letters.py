"""A notice as a letter: what of it a mail program is given."""

from email.utils import format_datetime, formataddr
from functools import cache, cached_property
from secrets import token_hex
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart, SafeMIMEText

from postroad.notices import addresses, links
from postroad.notices.models import Notice


class Letter(EmailMultiAlternatives):
    """All to whom it goes can be read on it; the server is given one of them at a time."""

    handed_to = ""

    def recipients(self) -> list[str]:
        return [self.handed_to] if self.handed_to else super().recipients()

    def message(self) -> SafeMIMEText | SafeMIMEMultipart:
        return self._written

    @cached_property
    def _written(self) -> SafeMIMEText | SafeMIMEMultipart:
        """Whoever looks whether it can be written, keeps it or hands it over wants the same: it is
        laid out once."""
        message: SafeMIMEText | SafeMIMEMultipart = super().message()
        message.set_boundary(token_hex(16))  # or Python looks for one that is not in the text
        message.as_bytes = cache(message.as_bytes)  # type: ignore[method-assign]
        return message


def letter(notice: Notice) -> Letter:
    message = Letter(
        subject=notice.subject,
        body=notice.text,
        to=addresses.recipients(notice.mail_to),
        reply_to=addresses.recipients(notice.reply_to),
        headers=headers(notice),
    )
    if notice.address:
        message.to = message.to if len(message.to) == 1 else []  # one person, one address
        if message.to and notice.name:
            message.extra_headers["To"] = formataddr((notice.name, message.to[0]))
    message.attach_alternative(page(notice), "text/html")
    return message


def headers(notice: Notice) -> dict[str, str]:
    found = {
        "Message-ID": message_id(notice),
        "Date": format_datetime(notice.made_at),
        "Auto-Submitted": "auto-generated",
    }
    if notice.leave:  # a mail program shows a button of its own, and posts what the second says
        found["List-Unsubscribe"] = f"<{links.whole(notice.leave)}>"
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def page(notice: Notice) -> str:
    """The notice as a whole HTML document. No styles: every reader's mail has its own."""
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><body>{notice.html}</body></html>'


def message_id(notice: Notice) -> str:
    """The same for each try, and no other notice's, even where a database was restored."""
    made = int(notice.made_at.timestamp())
    return f"<notice-{notice.pk}-{made}@{urlsplit(settings.SITE_URL).hostname}>"


def message_ids(notice: Notice) -> list[str]:
    """Under which its letter may lie in the folder; before 0.2 its number stood there alone."""
    return [message_id(notice), f"<notice-{notice.pk}@{urlsplit(settings.SITE_URL).hostname}>"]
