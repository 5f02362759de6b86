"""A worker that does nothing but read title lists, a step a turn, and says when it has done one: a
test kills it."""

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from postroad.econtent import reading, staging

    reading.AT_A_TURN, staging.A_BATCH = 0.001, 10
    print("working", flush=True)
    while reading.work_off(timezone.now()):
        print("a step", flush=True)


if __name__ == "__main__":
    main()
