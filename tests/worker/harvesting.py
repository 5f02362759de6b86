"""A worker as a process of its own that harvests, with a short lease: a test kills it."""

import threading
from datetime import timedelta

import django


def main() -> None:
    django.setup()
    from postroad.catalogue.harvest import turns
    from postroad.worker import run
    from postroad.worker.timetable import Lane

    turns.LEASE = timedelta(seconds=1)
    print("working", flush=True)
    run.work(threading.Event(), [Lane.NET])


if __name__ == "__main__":
    main()
