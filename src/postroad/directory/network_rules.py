"""The lending rules of networks: which hold for a library on a day, entered and taken back.

The one home of each: what a member decides itself stands in its `Policy`; here it is told whether
that counts, or what its network agreed on. Rules are never changed; new ones begin on a day (R14).
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import caches

from postroad.directory.models import Library, Network, NetworkRules, Policy
from postroad.errors import Refusal

AT_HAND = 30  # seconds until a process reads the rows anew, and knows what another has changed
DECIDED = ("ask_order", "loan_days", "renewals", "open_requests")  # what a member may decide, too
FIELDS = (*DECIDED, "lends_outside", "formats_kept", "own_allowed")


class HoldsAlready(Refusal):
    """Rules that begin on this day are entered already."""

    code = "network-rules-hold-already"


class HasBegun(Refusal):
    """They have held on some day, and what went by them must be told from them."""

    code = "network-rules-have-begun"


class NothingBefore(Refusal):
    """There is nothing to go back to, or it was done already."""

    code = "network-rules-nothing-before"


@dataclass(frozen=True, slots=True)
class Terms:
    """What counts for a member on a day, whoever decided it."""

    ask_order: str
    loan_days: int
    renewals: int
    open_requests: int
    of_network: frozenset[str] = frozenset()  # which of them its network decides


def in_force(library: Library, on: date) -> Policy:
    """Its policy as a page tells it, with what its network decides. Not to be saved."""
    shown, counts = copy(library.rules), terms(library, on)
    for name in counts.of_network:
        setattr(shown, name, getattr(counts, name))
    return shown


def terms(library: Library, on: date) -> Terms:
    """Its policy, with the rules of its network where these count."""
    own = library.rules
    rules = of(library.network_id, on)
    decided = decides(rules, own.keeps_own)
    values = {name: getattr(rules if name in decided else own, name) for name in DECIDED}
    return Terms(**values, of_network=decided)


def decides(rules: NetworkRules | None, keeps_own: Collection[str]) -> frozenset[str]:
    """Of what the network has a rule that counts for a member who keeps these its own."""
    if rules is None:
        return frozenset()
    own = {*keeps_own} & {*rules.own_allowed}
    return frozenset(name for name in DECIDED if has(rules, name) and name not in own)


def has(rules: NetworkRules, name: str) -> bool:
    return getattr(rules, name) not in (None, "")


def keeps_inside(network: int | None, borrowers: int | None, format_: str, on: date) -> bool:
    """Whether a network keeps something of this form for its own members, and who asks is none."""
    if network is None or network == borrowers:
        return False
    rules = of(network, on)
    return rules is not None and (not rules.lends_outside or format_ in rules.formats_kept)


def ask_order(network: int | None, own: str, keeps_own: Collection[str], on: date) -> str:
    """In which order the requests of a member look for a lender."""
    rules = of(network, on)
    if rules is not None and "ask_order" in decides(rules, keeps_own):
        return rules.ask_order
    return own


def of(network: int | None, on: date) -> NetworkRules | None:
    """The rules that hold on a day; None where nothing was agreed on."""
    begun = [each for each in _known().get(network, ()) if each.effective <= on]
    return begun[-1] if begun else None


def _known() -> Mapping[int | None, Sequence[NetworkRules]]:
    """Read once a while: they change once in years, and every loan asks."""
    found: Mapping[int | None, Sequence[NetworkRules]] | None = caches["process"].get_or_set(
        "network-rules", _read, AT_HAND
    )
    return found or {}


def _read() -> dict[int | None, list[NetworkRules]]:
    found: dict[int | None, list[NetworkRules]] = {}
    for row in NetworkRules.objects.order_by("effective", "pk"):
        found.setdefault(row.network_id, []).append(row)
    return found


def enter(
    network: Network, facts: Mapping[str, Any], *, effective: date, by: str, at: datetime
) -> NetworkRules:
    """Other rules from a day on; those before stay in the history."""
    said = {name: facts[name] for name in FIELDS}
    row, fresh = network.rules.get_or_create(
        effective=effective, defaults={**said, "entered_by": by, "entered_at": at}
    )
    if not fresh and any(getattr(row, name) != said[name] for name in FIELDS):
        raise HoldsAlready(day=effective, network=network.name)
    return row  # the same, if the form was sent twice


def withdraw(rules: NetworkRules, *, today: date) -> None:
    """Take back rules that have not begun to hold."""
    if rules.effective <= today:
        raise HasBegun(day=rules.effective)
    rules.delete()


def go_back(network: Network, *, today: date, by: str, at: datetime) -> NetworkRules:
    """From tomorrow on hold again those before the ones of today; none at all, if there were none.

    What was lent meanwhile keeps its terms.
    """
    begun = list(network.rules.filter(effective__lte=today).order_by("effective", "pk"))
    if not begun:
        raise NothingBefore(network=network.name)
    before = begun[-2] if len(begun) > 1 else NetworkRules()
    facts = {name: getattr(before, name) for name in FIELDS}
    return enter(network, facts, effective=today + timedelta(days=1), by=by, at=at)
