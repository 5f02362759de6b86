"""A worker as a process of its own, with a short lease, so that a test may kill it."""

import sys
import threading
from datetime import timedelta

import django


def main(seed: str) -> None:
    django.setup()
    from postroad.worker import run

    run.LEASE = timedelta(seconds=1)
    run.BATCH = 5
    print("working", seed, flush=True)
    run.forever(threading.Event())


if __name__ == "__main__":
    main(sys.argv[1])
