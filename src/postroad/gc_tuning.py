"""How often a process that goes on for long looks for cycles to collect."""

import gc

THRESHOLDS = (50_000, 20, 100)  # by default (700, 10, 10), made for little memory


def settle() -> None:
    """Let what was loaded stay, and look for cycles seldom. To be called when all is loaded.

    To walk again and again over what never goes costs 30 ms each time. What a visit or an event
    leaves behind are few cycles, and many small searches for them cost more than a large one.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
