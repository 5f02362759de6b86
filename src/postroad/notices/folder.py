"""Mail that stays in a folder: for the demonstration, and where no mail server is set.

One file for each Message-ID, so that a message sent twice is there once.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_binary_file
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.mail import EmailMessage as Outgoing
from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message in the folder."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str
    html: str


class EmailBackend(BaseEmailBackend):
    """Django's door to the folder."""

    def send_messages(self, email_messages: Sequence[Outgoing]) -> int:
        for each in email_messages:
            keep(each.message())
        return len(email_messages)


def folder() -> Path:
    return Path(settings.MAIL_FOLDER)


def name_of(message_id: str) -> str:
    return hashlib.sha256(message_id.strip().encode()).hexdigest()[:24]


def keep(message: Message) -> None:
    """Write beside, then put in place: a reader never sees half a message, and none is left."""
    folder().mkdir(parents=True, exist_ok=True)
    place = folder() / f"{name_of(message['Message-ID'])}.eml"
    with NamedTemporaryFile(dir=folder(), suffix=".part", delete=False) as file:
        beside = Path(file.name)
        try:
            file.write(message.as_bytes())
            file.flush()
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)


def forget(message_ids: Iterable[str]) -> None:
    for each in message_ids:
        (folder() / f"{name_of(each)}.eml").unlink(missing_ok=True)


def newest(count: int | None) -> list[Letter]:
    """The messages that came last, or all; the one sent last first."""
    files = sorted(folder().glob("*.eml"), key=written_at, reverse=True)
    letters = [letter for file in files[:count] if (letter := read(file.stem))]
    return sorted(letters, key=lambda letter: letter.sent_at.timestamp(), reverse=True)


def written_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:  # forgotten just now
        return 0


def read(name: str) -> Letter | None:
    """The message of this name, unless there is none, or none that can be read."""
    if not name.isalnum():
        return None
    try:
        with (folder() / f"{name}.eml").open("rb") as file:
            message = message_from_binary_file(file, policy=default)
    except FileNotFoundError:
        return None
    try:
        return opened(name, message)
    except (ValueError, LookupError) as damage:
        log.warning("mail %s cannot be read: %s", name, damage)
        return None


def opened(name: str, message: EmailMessage) -> Letter:
    return Letter(
        name=name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=moment(str(message["Date"])),
        text=part(message, "plain"),
        html=part(message, "html"),
    )


def moment(date: str) -> datetime:
    """`-0000` is of no zone, and means UTC: so Django dates what it sends by itself."""
    read = parsedate_to_datetime(date)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""
