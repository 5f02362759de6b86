"""What several commands are told. A wrong number is answered in a sentence, not by usage."""

from collections.abc import Callable

from django.core.management import CommandError
from django.core.management.base import CommandParser


def listening(parser: CommandParser) -> None:
    """Where and by how many visits are answered."""
    processes = count("--processes")
    parser.add_argument("--address", default="127.0.0.1", help="where to listen")
    parser.add_argument("--port", type=port, default=8000, help="where at the address")
    parser.add_argument("--processes", type=processes, default=1, help="how many share the visits")


def port(text: str) -> int:
    """A number; whether one can listen there is seen when it is tried."""
    if not (text.isascii() and text.isdigit()):
        raise CommandError(f"“{text}” is no port; choose one from 1 to 65535 with --port.")
    return int(text[:9])


def count(name: str) -> Callable[[str], int]:
    """How many of something: one at least."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text[:9])):
            raise CommandError(f"“{text}” is no number for {name}; choose one from 1 on.")
        return int(text[:9])

    return read
