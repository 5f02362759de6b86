"""Mail: every notice that has an address and was not sent yet.

A letter is claimed when a server is there to take it, looked at once more, handed over, then
marked; no transaction is open meanwhile. A process that is killed or stopped between handing over
and marking sends that one once more, with the same Message-ID.

What goes wrong is one of three things. A letter that cannot be written, or that the server refuses
for good, is given up at its first try. One that the server would not take just now is tried again,
later each time. And when the server itself is in trouble (it is away, it knows neither our
password nor our sender) no letter is to blame: the job fails, says why, and begins anew.

A server that had all of a letter and then hung up may have taken it. That letter is sent again a
few times, more rarely each time, and then left to an operator: else its recipient could have it
once a minute for a week.

A letter to several is handed over for one after the other, since a server may take it for one and
not for the next (a grey list knows the one and not the other). `mail_to` then keeps those to whom
it has yet to go. What asks its reader to do something is not sent once that is done: after days
without a mail server nobody shall be told that a book is overdue which she has brought back.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime, formataddr
from smtplib import (
    SMTPDataError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.db.models import Min, QuerySet

from postroad import leases
from postroad.notices import addresses, folder, links, living
from postroad.notices.mailserver import Unanswered
from postroad.notices.models import Notice

log = logging.getLogger(__name__)
TURN = 5  # seconds after which a turn of the job ends: the lane shall show that it lives
LEASE = timedelta(minutes=2)  # many times as long as the server may think about one step
FIRST_PAUSE = timedelta(minutes=1)  # before a second try; then twice as long each time
UNANSWERED = 5  # times that a whole letter is sent to a server that does not say that it took it
STALE = timedelta(days=7)  # after this, mail would confuse more than it tells
TOO_OLD = "too old when its turn came"
NOT_TRIED = "not tried, since mail to this address was refused before"
UNWRITABLE = "this is no address to which a letter can be written"

CLOSING = 421  # says a server that goes, whatever it was asked
OUR_FAULT = frozenset({CLOSING, 530, 534, 535, 538})  # it does not know us: no letter's fault
RELAYING = re.compile(rb"relay|authenticat|not permitted|log ?in first", re.IGNORECASE)
ADDRESS = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")


class Refused(Exception):  # as the trade calls it
    """What the server said to one letter."""

    def __init__(self, code: int, said: str, *, at_the_address: bool = False) -> None:
        super().__init__(code, said)
        self.said = f"{code} {said}"
        self.for_good = 500 <= code < 600
        self.at_the_address = at_the_address and self.for_good


EVERYBODY: Mapping[str, Refused] = {}  # nobody of its field was told apart


class Letter(EmailMultiAlternatives):
    """All to whom it goes can be read on it; the server is given one of them at a time."""

    handed_to = ""

    def recipients(self) -> list[str]:
        return [self.handed_to] if self.handed_to else super().recipients()


class ServerTrouble(Exception):
    """What the server said that it would say to any letter of ours."""


def send(now: datetime) -> int:
    """Job: send the mail that is due; how many letters went out.

    A server that does not answer raises: the job's next turn tries again.
    """
    due = Notice.objects.filter(mail_due_at__lte=now)
    oldest = due.aggregate(oldest=Min("made_at"))["oldest"]
    if oldest is None:
        return 0
    if oldest < now - STALE:  # old news is not mailed any more; it stays on the screen
        old = due.filter(made_at__lt=now - STALE)
        old.update(mail_due_at=None, mail_begun_at=None, mail_trouble=TOO_OLD)
    sanitize_address(settings.DEFAULT_FROM_EMAIL, "utf-8")  # raises, through no letter's fault
    clock, sent = running(now), 0
    with get_connection() as server:
        while clock() - now < timedelta(seconds=TURN) and (notice := take(clock())):
            sent += deliver(notice, server, clock)
    return sent


def running(now: datetime) -> Callable[[], datetime]:
    """The time as it goes on from `now`, whoever sets a clock meanwhile."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - began))


def take(now: datetime) -> Notice | None:
    """One that is due, which for the length of the lease nobody else will take."""
    taken = leases.take(Notice, "mail_due_at", now=now, lease=LEASE, limit=1)
    return taken[0] if taken else None


def deliver(notice: Notice, server: BaseEmailBackend, clock: Callable[[], datetime]) -> bool:
    """Send one and write down how it went; a server in trouble is raised, not written here."""
    try:
        message = letter(notice)
        message.message().as_bytes()  # what cannot be written shows before anything is sent
    except Exception as why:  # whatever is in it: it will not get better by waiting
        return give_up(notice, Refused(550, said_of(why)), clock())
    if not message.to:
        return give_up(notice, Refused(550, UNWRITABLE, at_the_address=True), clock())
    if notice.address and (dead := addresses.dead(message.to)):
        return rest(notice, dead[message.to[0]].said)
    tried = notice.mail_begun_at is not None  # it reached somebody before, or may have
    if not begin(notice, clock()):
        return False  # our lease is over, and it is another's now; or its patron was forgotten
    refused = to_each(message, notice, server, clock, tried=tried)
    if refused is None:
        return False
    if not refused:
        return mark(notice, clock())
    was_begun = clock() if tried or len(refused) < len(message.to) else None
    if for_now := next((no for no in refused.values() if not no.for_good), None):
        put_off(notice, for_now.said, clock(), was_begun=was_begun)
        return False
    return give_up(notice, list(refused.values())[-1], clock(), refused, was_begun=was_begun)


def to_each(
    message: Letter,
    notice: Notice,
    server: BaseEmailBackend,
    clock: Callable[[], datetime],
    *,
    tried: bool,
) -> dict[str, Refused] | None:
    """Hand it over for one after the other: for whom it is refused. None if our lease is over."""
    left, refused = list(message.to), dict[str, Refused]()
    for address in message.to:
        message.handed_to = address
        try:
            hand_over(message, server)
        except Refused as no:
            refused[address] = no
        except Unanswered as why:
            doubt(notice, why, clock())
            raise
        except ServerTrouble as why:
            wait(notice, str(why), clock(), was_begun=clock() if tried else None)
            raise
        except Exception as why:  # it broke off: perhaps the letter is out, perhaps not
            wait(notice, said_of(why), clock(), was_begun=clock())
            raise
        else:
            left.remove(address)
            tried = True
            if left and not keep_for(notice, address, left, clock()):
                return None
    return refused


def begin(notice: Notice, now: datetime) -> bool:
    """Look at the lease before the letter leaves, and have the whole of it for the server.

    What is over by now does not leave; nothing went wrong, so no page lists it.
    """
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    due, tries = now + LEASE, notice.mail_tries + 1
    if living.mailable(notice).update(mail_due_at=due, mail_begun_at=now, mail_tries=tries):
        notice.mail_due_at, notice.mail_tries = due, tries
        return True
    mine.update(mail_due_at=None, mail_begun_at=None, mail_trouble="")
    return False


def keep_for(notice: Notice, taken: str, left: Iterable[str], now: datetime) -> bool:
    """One has it: whatever happens from here on, it goes to the others only."""
    for reached in (taken, notice.mail_to):
        addresses.revive(reached)
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    notice.mail_to, notice.mail_due_at = ", ".join(left), now + LEASE
    if mine.update(mail_to=notice.mail_to, mail_due_at=notice.mail_due_at):
        return True
    if not Notice.objects.filter(pk=notice.pk).exists():
        folder.forget(message_ids(notice))
    return False


def hand_over(message: Letter, server: BaseEmailBackend) -> None:
    """Raises Refused if it is the letter that is refused, and else what the server's trouble is."""
    said: bytes | str
    try:
        server.send_messages([message])
    except SMTPRecipientsRefused as no:
        (code, said), at_the_address = next(iter(no.recipients.values())), True
    except SMTPDataError as no:
        code, said, at_the_address = no.smtp_code, no.smtp_error, False
    except SMTPSenderRefused as no:
        raise ServerTrouble(f"{no.sender}: {no.smtp_code} {text(no.smtp_error)}") from None
    except SMTPNotSupportedError as no:  # a sign in its address that this server does not take
        raise Refused(550, said_of(no), at_the_address=True) from None
    except (ValueError, UnicodeError) as no:  # Django writes the envelope only now
        raise Refused(550, said_of(no)) from None
    else:
        return
    if is_ours(code, said):
        raise ServerTrouble(f"{code} {without('', text(said))}")
    raise Refused(code, text(said), at_the_address=at_the_address and not is_policy(said))


def is_ours(code: int, said: bytes | str) -> bool:
    """Whether the server would refuse any letter of ours: an operator has to see to that."""
    return code in OUR_FAULT or (code >= 500 and bool(RELAYING.search(as_bytes(said))))


def is_policy(said: bytes | str) -> bool:
    """5.7.…: it does not want this letter, which says nothing of the address."""
    return as_bytes(said).lstrip().startswith(b"5.7.")


def as_bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode(errors="replace")


def text(said: bytes | str) -> str:
    return " ".join(as_bytes(said).decode(errors="replace").split())


def said_of(why: Exception) -> str:
    return f"{type(why).__name__}: {why}"


def mark(notice: Notice, now: datetime) -> bool:
    """It is out. A letter in the folder to somebody who was forgotten just now does not stay."""
    mine = Notice.objects.filter(pk=notice.pk)
    if not mine.update(mail_due_at=None, mail_begun_at=None, mailed_at=now, mail_trouble=""):
        folder.forget(message_ids(notice))
    addresses.revive(notice.mail_to)
    return True


def put_off(notice: Notice, said: str, now: datetime, *, was_begun: datetime | None) -> None:
    """Try again later, so that it stands before no other. An outrun lease changes nothing."""
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    mine.update(
        mail_due_at=now + pause(notice.mail_tries),
        mail_begun_at=was_begun,
        mail_trouble=without(notice.mail_to, said),
    )


def wait(notice: Notice, said: str, now: datetime, *, was_begun: datetime | None) -> None:
    """Let the others pass meanwhile. That the server is in trouble does not count as a try."""
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    mine.update(
        mail_due_at=now + FIRST_PAUSE,
        mail_begun_at=was_begun,
        mail_tries=notice.mail_tries - 1,
        mail_trouble=without(notice.mail_to, said),
    )


def doubt(notice: Notice, why: Unanswered, now: datetime) -> None:
    """Perhaps it is out. Try again later each time, and after some times no more by itself."""
    again = notice.mail_tries < UNANSWERED
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    mine.update(
        mail_due_at=now + pause(notice.mail_tries) if again else None,
        mail_begun_at=now,
        mail_trouble=without(notice.mail_to, f"{why}; all of it was sent, so it may have arrived"),
    )


def give_up(
    notice: Notice,
    refused: Refused,
    now: datetime,
    left: Mapping[str, Refused] = EVERYBODY,
    *,
    was_begun: datetime | None = None,
) -> bool:
    """Not to be tried again by itself: the operators' page shows it, with what was said.

    Of several who are left each address is buried that the server does not know; the whole field
    is only where none in it works.
    """
    said = without(notice.mail_to, refused.said)
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    if mine.update(mail_due_at=None, mail_begun_at=was_begun, mail_trouble=said):
        log.warning("letter %s (%s) was refused for good: %s", notice.pk, notice.kind, said)
    unknown = [address for address, no in left.items() if no.at_the_address]
    if len(unknown) == len(left) and refused.at_the_address:
        unknown.append(notice.mail_to)
    for address in dict.fromkeys(map(addresses.key, unknown)):
        addresses.bury(address, said, now)
    return False


def rest(notice: Notice, said: str) -> bool:
    """Who has no account is written to no more once a letter was refused for good: nobody would
    ever mend their address, and servers think ill of who goes on."""
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    mine.update(mail_due_at=None, mail_begun_at=None, mail_trouble=f"{NOT_TRIED}: {said}"[:300])
    return False


def pause(tries: int) -> timedelta:
    """One minute, two, four, … at most half an hour."""
    factor: int = 2 ** min(tries - 1, 10)
    return min(FIRST_PAUSE * factor, leases.LONGEST_PAUSE)


def without(typed: str, said: str) -> str:
    """What was said, without an address: neither a log nor a job's line shall tell whose it is."""
    said = said.replace(typed, "(address)") if typed else said
    return ADDRESS.sub("(address)", said)[:300]


def try_again(notices: QuerySet[Notice], now: datetime) -> int:
    """An operator sends letters that were given up once more."""
    left = notices.filter(mail_due_at=None, mailed_at=None, made_at__gte=now - STALE)
    for address in left.exclude(address="").values_list("address", flat=True):
        addresses.revive(address)
    return left.exclude(mail_to="").update(mail_due_at=now, mail_tries=0)


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
