"""Cases in the making, for tests that start in the middle."""

from datetime import UTC, datetime
from typing import Any

from postroad.accounts.models import Role
from postroad.cases import handling
from postroad.cases.models import Case, Kind, libraries, library_and, patron_and, visitor_and
from tests.cast import Cast

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)  # ten in the morning in Lee
EMAIL = "walt@example.net"


def by_visitor(**more: Any) -> Case:
    """Walt, who has no account, asks the center."""
    facts: dict[str, Any] = {
        "kind": Kind.QUESTION,
        "text": "Do you take back a book from 1998?",
        "name": "Walt Whitman",
        "email": EMAIL,
        "at": MONDAY,
    }
    return handling.ask(visitor_and(more.pop("office", Role.CENTRE)), **{**facts, **more})


def by_patron(cast: Cast, **more: Any) -> Case:
    """Ada writes to her library."""
    facts: dict[str, Any] = {
        "kind": Kind.QUESTION,
        "text": "Please tell nobody that I read about arsenic.",
        "by": cast.ada,
        "name": str(cast.ada),
        "at": MONDAY,
    }
    return handling.ask(patron_and(cast.ada, cast.lee), **{**facts, **more})


def by_library(cast: Cast, **more: Any) -> Case:
    """Lee reports to the delivery office."""
    facts: dict[str, Any] = {
        "kind": Kind.LATE,
        "text": "Not here after three weeks.",
        "by": cast.borrower,
        "name": str(cast.borrower),
        "at": MONDAY,
    }
    office = more.pop("office", Role.DELIVERY)
    return handling.ask(library_and(cast.lee, office), **{**facts, **more})


def between_libraries(cast: Cast, **more: Any) -> Case:
    """Lee tells Lenox that a copy came damaged."""
    facts: dict[str, Any] = {
        "kind": Kind.DAMAGE,
        "text": "The spine is broken.",
        "by": cast.borrower,
        "name": str(cast.borrower),
        "at": MONDAY,
    }
    return handling.ask(libraries(cast.lee, cast.lenox), **{**facts, **more})
