"""What a process keeps at hand, for all of its threads: the cache `process` of the settings."""

import time
from collections import defaultdict
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_kept: dict[str, dict[str, tuple[Any, float | None]]] = defaultdict(dict)


class ProcessCache(BaseCache):
    """As Django's cache in the process, but it gives out what was put in, not a copy: nobody may
    change it.

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
