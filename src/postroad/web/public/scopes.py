"""Where a search looks: in all libraries, or in those of one network.

The scope stands in the address alone, so what is on the page is all there is to know of it: nothing
is remembered for the next visit, and a link that is sent to somebody finds the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from postroad.accounts import roles
from postroad.catalogue import search
from postroad.catalogue.holdings import Holding
from postroad.catalogue.query import Query
from postroad.catalogue.search import NoIndex
from postroad.directory import networks
from postroad.directory.models import Network
from postroad.directory.networks import Known
from postroad.web.shared import gates
from postroad.web.shared.pieces import Choice

# What of an address means nothing elsewhere: the page, and the libraries of the other scope.
LEFT_BEHIND = ("page", "library", "network")


@dataclass(frozen=True, slots=True)
class Within:
    """A network with its members, in which somebody searches."""

    network: Network
    members: dict[int, str]  # their codes by key

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.members.values())

    def has(self, holding: Holding) -> bool:
        return holding.library_id in self.members


def within(network: Network) -> Within:
    return Within(network, networks.by_key(network))


def shown(request: HttpRequest, here: Within | None) -> dict[str, Any]:
    """What a page of results says of it: where it looks, and where else it could."""
    network = here.network if here else None
    address = reverse("network-search", args=[network.code]) if network else reverse("search")
    return {
        "network": network,
        "search_at": address,
        "scopes": list(choices(request, network)),
        "coming_from": f"?network={network.code}" if network else "",  # of a record's address
    }


def choices(request: HttpRequest, here: Network | None) -> Iterator[Choice]:
    """All libraries, the reader's own network, and the one in which she is; none for whom there is
    nothing to choose."""
    offered = {each.pk: each for each in own(request)}
    if here is not None:
        offered[here.pk] = Known(here.pk, here.code, here.name, here.host)
    if not offered:
        return
    asked = request.GET.copy()
    for name in LEFT_BEHIND:
        asked.pop(name, None)
    words = f"?{asked.urlencode()}" if asked else ""
    yield Choice(_("All libraries"), reverse("search") + words, chosen=here is None)
    for each in offered.values():
        address = reverse("network-search", args=[each.code]) + words
        yield Choice(each.name, address, chosen=here is not None and here.pk == each.pk)


def own(request: HttpRequest) -> Iterator[Known]:
    """The network of the desk at which she works, or of the library on her card."""
    if gates.desks(request.user):
        library = gates.desk(request).library
    elif (card := roles.card_of(request.user)) is not None:
        library = card.library
    else:
        return
    if library.network_id is not None and (found := networks.known().get(library.network_id)):
        yield found


def everywhere(query: Query) -> int:
    """How many titles all libraries have, where a network has none."""
    try:
        return search.find(replace(query, scope=None, libraries=frozenset())).total
    except NoIndex:
        return 0
