"""`postroad worker`: what runs by itself, until it is told to stop."""

import gc
import signal
import threading
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from postroad.worker import run


class Command(BaseCommand):
    help = "Tell events and run the timetable, until interrupted. Start as many as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        import_module(settings.ROOT_URLCONF)  # notices name pages: the first need not wait for them
        gc.freeze()  # what was loaded stays: walking it again and again costs 30 ms each time
        run.forever(stop)
