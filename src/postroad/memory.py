"""How a process that goes on for long looks after its memory: cycles, and what it keeps at hand."""

import gc
import time
from collections import defaultdict
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

THRESHOLDS = (50_000, 20, 100)  # by default (700, 10, 10), made for little memory


def settle() -> None:
    """Let what was loaded stay, and look for cycles seldom. To be called when all is loaded.

    To walk again and again over what never goes costs 30 ms each time. What a visit or an event
    leaves behind are few cycles, and many small searches for them cost more than a large one.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


_kept: dict[str, dict[str, tuple[Any, float | None]]] = defaultdict(dict)


class AtHand(BaseCache):
    """What this process keeps, all threads of it together. As Django's cache in the process, but it
    gives out what was put in, not a copy: nobody may change it.

    To unpickle two thousand libraries at each visit took longer than the rest of the page.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._kept = _kept[name]

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        value, until = self._kept.get(self.make_and_validate_key(key, version), (default, None))
        return value if until is None or time.time() < until else default

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        if len(self._kept) >= self._max_entries:
            self._kept.clear()
        until = self.get_backend_timeout(timeout)
        self._kept[self.make_and_validate_key(key, version)] = (value, until)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        return self._kept.pop(self.make_and_validate_key(key, version), None) is not None

    def clear(self) -> None:
        self._kept.clear()
