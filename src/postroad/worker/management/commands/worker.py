"""`postroad worker`: what runs by itself, until it is told to stop."""

import os
import signal
import threading
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from postroad import memory
from postroad.worker import run


class Command(BaseCommand):
    help = "Tell events and run the timetable, until interrupted. Start as many as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--tied", action="store_true", help="stop too when standard input is closed"
        )

    def handle(self, *args: Any, tied: bool, **options: Any) -> None:
        stop = threading.Event()
        if tied:
            threading.Thread(target=wait_for_end, args=(stop,), daemon=True).start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        import_module(settings.ROOT_URLCONF)  # notices name pages: the first need not wait for them
        memory.settle()
        run.forever(stop)


def wait_for_end(stop: threading.Event) -> None:
    """Whoever started us holds the other end; it closes when they go, even if they are killed.

    Read past Python's own buffer: its lock, held by this thread, would abort the interpreter's end.
    """
    while os.read(0, 1024):
        pass
    stop.set()
