"""How often a password may be guessed, and what of it is kept.

Wrong passwords are counted three times: by place, by name and place (both by django-allauth, with
the numbers in `settings.py`), and here by name over all places. A count by name alone must not shut
anybody out, since any stranger can raise it: it only slows, and not at all where its owner signed
in before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.db import OperationalError
from django.http import HttpRequest

OFTEN = {"name": "50/h/key"}
SLOWLY = {"name": "1/10s/key"}
AT_HOME = 30 * 24 * 3600  # seconds for which a place where somebody signed in counts as hers


@dataclass(slots=True)
class Throttle:
    """One attempt at one name."""

    request: HttpRequest
    name: str
    used: list[Any] = field(default_factory=list)

    def lets_in(self) -> bool:
        if cache.get(self.home()):
            return True
        return self.consume(OFTEN) or self.consume(SLOWLY)

    def consume(self, rate: dict[str, str]) -> bool:
        used = ratelimit.consume(
            self.request, app="postroad", action="name", config=rate, key=self.name
        )
        if used:
            self.used.append(used)
        return bool(used)

    def was_right(self) -> None:
        for each in self.used:
            each.rollback()
        cache.set(self.home(), True, AT_HOME)

    def home(self) -> str:
        """No name and no address stand in the cache."""
        return "home:" + sha256(f"{self.name} {place_of(self.request)}".encode()).hexdigest()


def lets_try(request: HttpRequest, action: str, rate: str, key: str | None = None) -> bool:
    """Whether one more try from this place is within the rate, such as "10/m/ip"; or, with a rate
    like "3/d/key", one more for whatever the key names. It is counted."""
    return bool(
        ratelimit.consume(
            request,
            app="postroad",
            action=action,
            config={action: rate},
            key=key,
            limit_get=True,
        )
    )


def name_of(credentials: Mapping[str, Any]) -> str:
    return str(credentials.get("username", "")).lower()


def place_of(request: HttpRequest) -> str:
    """The visitor's address, as our own proxies tell it; of IPv6 the network."""
    return str(ratelimit.get_ip(request))


class SharedCache(DatabaseCache):
    """Django's, which says of a locked database that the limit is reached. That is not so."""

    def _base_set(self, mode: str, key: str, value: Any, *rest: Any, **more: Any) -> bool:
        done: bool = super()._base_set(mode, key, value, *rest, **more)  # type: ignore[misc]
        if not done and mode != "touch" and self.nothing_at(key):
            raise OperationalError("the shared cache is locked")
        return done

    def nothing_at(self, key: str) -> bool:
        missing = object()
        return self.get(key.split(":", 2)[2], missing) is missing
