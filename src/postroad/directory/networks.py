"""A network's page: its words changed, and put back; who belongs to it; at which name it stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.http.request import validate_host
from django.utils import timezone

from postroad.directory.models import (
    Kind,
    Library,
    LibraryQuerySet,
    Network,
    NetworkChange,
)
from postroad.errors import Refusal

WORDS = ("lead", "about", "email", "phone", "website", "who_may_join", "takes_applications")
OF_THE_CENTER = ("name", "host", "office")
FIELDS = (*OF_THE_CENTER, *WORDS)
AT_HAND = 30  # seconds that a process remembers the names of networks


class ChangedSince(Refusal):
    """What is to be put back was changed again; that goes first."""

    code = "network-changed-since"


class UndoneAlready(Refusal):
    """It was put back already."""

    code = "network-undone-already"


def members(network: Network) -> LibraryQuerySet:
    """Who takes part; the center is nobody's member."""
    return Library.objects.members().filter(network=network).exclude(kind=Kind.CENTRE)


def by_key(network: Network) -> dict[int, str]:
    """The codes of its members by their keys: what a search in it is narrowed to."""
    return dict(members(network).order_by().values_list("pk", "code"))


class Known(NamedTuple):
    """What a process remembers of a network."""

    pk: int
    code: str
    name: str
    host: str


def known() -> Mapping[int, Known]:
    """All networks by key, read once a while: they change once in years, and many pages ask."""
    found: Mapping[int, Known] | None = caches["process"].get_or_set("networks", _read_all, AT_HAND)
    return found or {}


def _read_all() -> dict[int, Known]:
    rows = Network.objects.order_by("name", "pk").values_list("pk", "code", "name", "host")
    return {row[0]: Known(*row) for row in rows}


def at_host(host: str) -> Known | None:
    """The network whose page stands at this name."""
    name = host.partition(":")[0].lower().rstrip(".")
    return next((each for each in known().values() if each.host and each.host == name), None)


def answers_to(host: str) -> bool:
    """Whether the server answers to this name at all: the operator lists them."""
    return validate_host(host, settings.ALLOWED_HOSTS)


def find(code: str) -> Network | None:
    return Network.objects.select_related("office").filter(code=code).first()


@transaction.atomic
def change(
    network: Network,
    facts: Mapping[str, Any],
    *,
    by: str,
    at: datetime | None = None,
    undoes: NetworkChange | None = None,
) -> NetworkChange | None:
    """Write what is different, and who said so; None where nothing is."""
    row = Network.objects.select_for_update(no_key=True).get(pk=network.pk)
    told = {
        name: [_plain(getattr(row, name)), _plain(value)]
        for name, value in facts.items()
        if getattr(row, name) != value
    }
    if not told:
        return None
    for name in told:
        setattr(row, name, facts[name])
        setattr(network, name, facts[name])
    row.save(update_fields=list(told))
    caches["process"].delete("networks")
    return row.changes.create(at=at or timezone.now(), by=by, facts=told, undoes=undoes)


@transaction.atomic
def undo(changed: NetworkChange, *, by: str, at: datetime | None = None) -> NetworkChange | None:
    """Put back what stood before, if nobody has changed it again since."""
    network = Network.objects.select_for_update(no_key=True).get(pk=changed.network_id)
    if NetworkChange.objects.filter(undoes=changed).exists():
        raise UndoneAlready(network=network.name)
    for name, (_before, after) in changed.facts.items():
        if _plain(getattr(network, name)) != after:
            raise ChangedSince(network=network.name)
    before = {name: _read(name, before) for name, (before, _after) in changed.facts.items()}
    return change(network, before, by=by, at=at, undoes=changed)


def _plain(value: object) -> object:
    """As it is kept in the history."""
    return value.code if isinstance(value, Library) else value


def _read(name: str, kept: object) -> object:
    if name != "office" or kept is None:
        return kept
    return Library.objects.filter(code=kept).first()
