"""A worker as a process of its own, in all its lanes, with short leases: a test kills it."""

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
    run.work(threading.Event())


if __name__ == "__main__":
    main(sys.argv[1])
