"""A mail server at the edge: on a real socket, and as slow, refusing or silent as a test wants."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

WELL = "250 2.0.0 well"


def always_well(_argument: str) -> str:
    return WELL


class Postmaster(socketserver.ThreadingTCPServer):
    """What it says to each step of a letter can be replaced; what it took is in `letters`."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.port = self.server_address[1]
        self.at_sender: Callable[[str], str] = always_well
        self.at_recipient: Callable[[str], str] = always_well
        self.at_data: Callable[[str], str] = always_well
        self.silent = False  # accepts, and never speaks
        self.called = threading.Event()
        self.goes_on = threading.Event()  # ends a silence
        self.letters: list[tuple[list[str], Message]] = []


class Conversation(socketserver.StreamRequestHandler):
    server: Postmaster

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.server.called.set()
        if self.server.silent:
            self.server.goes_on.wait(60)
            return
        try:
            self.converse()
        except ConnectionError:
            return

    def converse(self) -> None:
        to: list[str] = []
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb, argument = line[:4].upper(), line.partition(":")[2].strip().strip("<>")
            if verb == "MAIL":
                to = []
                self.say(self.server.at_sender(argument.partition(">")[0]))
            elif verb == "RCPT":
                answer = self.server.at_recipient(argument)
                to += [argument] if answer.startswith("2") else []
                self.say(answer)
            elif verb == "DATA":
                self.say("354 go on")
                body = b"".join(iter(self.rfile.readline, b".\r\n"))
                answer = self.server.at_data(to[0])
                if answer.startswith("2"):
                    self.server.letters.append((to, message_from_bytes(body)))
                self.say(answer)
            else:
                self.say("221 bye" if verb == "QUIT" else WELL)


@contextmanager
def at_work(settings: Any) -> Iterator[Postmaster]:
    """A server to which the settings lead."""
    with Postmaster() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.EMAIL_BACKEND = "postroad.notices.mailserver.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = False
        yield server
        server.goes_on.set()
        server.shutdown()
