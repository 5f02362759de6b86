"""A worker that does nothing but load, a step a turn, and says when it has done one: a test kills
it."""

from datetime import timedelta

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from postroad.catalogue import loading, loads

    loads.AT_A_TURN, loads.LEASE, loading.BATCH = 0.001, timedelta(0), 10
    print("working", flush=True)
    while loads.work_off(timezone.now()):
        print("a step", flush=True)


if __name__ == "__main__":
    main()
