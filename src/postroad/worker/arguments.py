"""What several commands are told. A wrong number is answered in a sentence, not by usage."""

from collections.abc import Callable
from typing import Self

from django.core.management import CommandError
from django.core.management.base import CommandParser, OutputWrapper

from postroad.worker.timetable import Lane


def listening(parser: CommandParser) -> None:
    """Where and by how many visits are answered."""
    processes = count("--processes")
    parser.add_argument("--address", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=port, default=8000, help="where at the address")
    parser.add_argument(
        "--processes", type=processes, default=1, help="how many processes answer visits"
    )


def port(text: str) -> int:
    """A number; whether one can listen there is seen when it is tried."""
    if not (text.isascii() and text.isdigit()):
        raise CommandError(f"“{text}” is not a port; choose one from 1 to 65535 with --port.")
    return int(text[:9])


def count(name: str) -> Callable[[str], int]:
    """How many of something: one at least."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text[:9])):
            raise CommandError(f"“{text}” is not a number for {name}; choose 1 or more.")
        return int(text[:9])

    return read


def lane(text: str) -> Lane:
    try:
        return Lane(text)
    except ValueError:
        known = ", ".join(Lane)
        raise CommandError(f"“{text}” is not a lane; choose from {known} with --lanes.") from None


class Progress:
    """How far a long command is, on one line of a terminal; elsewhere it says nothing."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.said = ""

    def __enter__(self) -> Self:
        return self

    def __call__(self, text: str) -> None:
        if text != self.said and self.out.isatty():
            self.out.write(f"\r{text:<40}", ending="")
            self.out.flush()
            self.said = text

    def __exit__(self, *_: object) -> None:
        if self.said:
            self.out.write("\r" + " " * 40 + "\r", ending="")
