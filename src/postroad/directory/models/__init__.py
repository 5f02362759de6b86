"""Libraries, ours and others, with symbols, contacts and addresses; networks, policies, closures;
agreements and thresholds with a date."""

from postroad.directory import statements  # noqa: F401  # tables of this app
from postroad.directory.models.agreements import Agreement, Meanwhile, Threshold
from postroad.directory.models.closures import (
    Closure,
    ClosureQuerySet,
    Effect,
    Happening,
    SpecialHours,
    holds_at,
)
from postroad.directory.models.connections import Connection, Protocol
from postroad.directory.models.libraries import (
    STATES_AND_PROVINCES,
    AskOrder,
    Kind,
    Library,
    LibraryQuerySet,
    Membership,
    Network,
    Policy,
    State,
)
from postroad.directory.models.networks import NetworkChange, NetworkRules
from postroad.directory.models.reaching import Address, Authority, Contact, Symbol, SymbolQuerySet
from postroad.directory.models.records import Confirmation, Joining, LibraryChange

__all__ = [
    "STATES_AND_PROVINCES",
    "Address",
    "Agreement",
    "AskOrder",
    "Authority",
    "Closure",
    "ClosureQuerySet",
    "Confirmation",
    "Connection",
    "Contact",
    "Effect",
    "Happening",
    "Joining",
    "Kind",
    "Library",
    "LibraryChange",
    "LibraryQuerySet",
    "Meanwhile",
    "Membership",
    "Network",
    "NetworkChange",
    "NetworkRules",
    "Policy",
    "Protocol",
    "SpecialHours",
    "State",
    "Symbol",
    "SymbolQuerySet",
    "Threshold",
    "holds_at",
]
