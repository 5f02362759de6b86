"""Addresses of mail as people type them, and those that do not work."""

import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import getaddresses

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import F, Model
from django.db.models.functions import Lower, Trim

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.notices.models import DeadAddress, Notice, address_key
from postroad.notices.subscribers import Subscriber

LONGEST_NAME = 100
NO_NAME = re.compile(r"[@/:<>\"\\]|\bwww\.", re.IGNORECASE)
BETWEEN = re.compile(r"[,;\s]+")


def recipients(typed: str) -> list[str]:
    """The addresses in a field. None at all if any part of it is no address.

    Several are taken as several: "a@x.org, b@x.org". Of "ann smith@x.org" nothing is guessed: mail
    to somebody else would tell what Ann borrows.
    """
    typed = typed.strip()
    if not typed.isprintable():
        return []
    if "<" in typed or '"' in typed:
        found = [address for _name, address in getaddresses([typed.replace(";", ",")])]
    else:
        found = [part for part in BETWEEN.split(typed) if part]
    return list(dict.fromkeys(found)) if all(map(is_usable, found)) else []


def is_usable(address: str) -> bool:
    """Whether a letter to it can be written. Before the @ that is ASCII: few servers take more."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return address.partition("@")[0].isascii() and len(address) <= 254


def bury(typed: str, said: str, now: datetime) -> None:
    """A letter to it was refused for good, or came back: it reaches nobody. What the server said,
    and how often."""
    DeadAddress.objects.update_or_create(
        address=key(typed),
        defaults={"said": said[:300], "bounces": F("bounces") + 1},
        create_defaults={"said": said[:300], "since": now},
    )


def revive(typed: str) -> None:
    """A letter has left for it. Nearly all were alive before, and nothing is locked for them."""
    dead = DeadAddress.objects.filter(address=key(typed))
    if dead.exists():
        dead.delete()


def dead(typed: Iterable[str]) -> dict[str, DeadAddress]:
    """Of these fields those that reach nobody, by what is typed in them. Not the empty ones."""
    keys = {each: key(each) for each in typed if each.strip()}
    buried = {each.address: each for each in DeadAddress.objects.filter(address__in=keys.values())}
    return {each: buried[key] for each, key in keys.items() if key in buried}


def key(typed: str) -> str:
    return address_key(typed)


def name_shown(typed: str) -> str:
    """The name that goes with an address, if it is one. Whoever leaves somebody else's address
    here shall not have us send them an advertisement as their name."""
    name = " ".join("".join(filter(str.isprintable, typed.replace("\n", " "))).split())
    return "" if len(name) > LONGEST_NAME or NO_NAME.search(name) else name


def tidy() -> int:
    """Forget the addresses that nobody has any more, and to which nothing was written lately."""
    buried = set(DeadAddress.objects.values_list("address", flat=True))
    kinds: tuple[type[Model], ...] = (User, Library, Subscriber)
    for kind in kinds:
        fields = kind._default_manager.annotate(low=Lower(Trim("email")))
        buried -= set(fields.filter(low__in=buried).values_list("low", flat=True))
    told = Notice.objects.filter(address__in=buried).exclude(address="").order_by()
    buried -= set(told.values_list("address", flat=True))
    return DeadAddress.objects.filter(address__in=buried).delete()[0]
