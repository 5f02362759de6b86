"""`postroad worker`: what runs by itself, until it is told to stop."""

import logging
import os
import signal
import sys
import threading
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from postroad import gc_tuning
from postroad.worker import arguments, run
from postroad.worker.timetable import Lane


class Command(BaseCommand):
    help = (
        "Tell events and run the timetable, until interrupted. Start as many as you like: all "
        "lanes in each, or some in one and the others in another."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--tied", action="store_true", help="stop too when standard input is closed"
        )
        parser.add_argument(
            "--lanes",
            type=arguments.lane,
            nargs="+",
            metavar="LANE",
            help=f"which of {', '.join(Lane)}; all of them if none is named",
        )

    def handle(self, *args: Any, tied: bool, lanes: list[Lane] | None, **options: Any) -> None:
        stop = threading.Event()
        if tied:
            threading.Thread(target=wait_for_end, args=(stop,), daemon=True).start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        import_module(settings.ROOT_URLCONF)  # notices name pages: the first need not wait for them
        gc_tuning.settle()
        parting = run.work(stop, lanes or list(Lane))
        if parting.hangs:  # an ordinary end would meet that thread on its way out
            logging.shutdown()
            os._exit(parting.fell)
        if parting.fell:
            sys.exit(1)


def wait_for_end(stop: threading.Event) -> None:
    """Whoever started us holds the other end; it closes when they go, even if they are killed.

    Read past Python's own buffer: its lock, held by this thread, would abort the interpreter's end.
    """
    while os.read(0, 1024):
        pass
    stop.set()
