"""The operator's mail server, and how far a letter had got when it broke off.

Once all of a letter is out, a server has minutes to say that it took it (RFC 5321 names ten): it
may look for viruses first. Whoever hangs up sooner and comes again sends the same letter twice.
"""

import smtplib
from typing import TYPE_CHECKING

from django.core.mail.backends import smtp

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

LAST_WORD = 60  # seconds for the answer to a whole letter; with all other steps within the lease


class Unanswered(Exception):
    """All of the letter is out, and no answer came: perhaps the server has it."""


class Conversation(smtplib.SMTP):
    """As Python has it, but that it waits longer for the last word, and knows when it is late."""

    whole = False  # of the letter that is on its way

    def data(self, msg: "ReadableBuffer | str") -> tuple[int, bytes]:
        self.whole = False
        try:
            return super().data(msg)
        except (smtplib.SMTPServerDisconnected, OSError) as why:
            if self.whole:
                raise Unanswered(f"{type(why).__name__}: {why}") from why
            raise
        finally:
            if self.sock:
                self.sock.settimeout(self.timeout)

    def send(self, s: "ReadableBuffer | str") -> None:
        super().send(s)
        if isinstance(s, bytes) and self.sock:  # a command is a text
            self.whole = True
            self.sock.settimeout(LAST_WORD)


class EmailBackend(smtp.EmailBackend):
    """Django's, with a conversation of ours."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return Conversation
