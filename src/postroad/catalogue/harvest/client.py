"""Asking a source: the address of a question out, the bytes of an answer in.

No transaction may be open meanwhile: a server may take a minute.
"""

from django.conf import settings

from postroad import fetching
from postroad.directory.models import Connection
from postroad.errors import Refusal
from postroad.fetching import Fetched, Manners

MOST = 64_000_000  # bytes of one answer
SECONDS = 60.0
AGENT = "Postroad (harvests records by OAI-PMH)"
ACCEPT = "text/xml, application/xml;q=0.9, */*;q=0.1"
PREFIX = "marcxml"


class Invented(Refusal):
    """The name of the server exists nowhere, as those of the demo."""

    code = "oai-invented"


def ask(connection: Connection, address: str, *, seconds: float = SECONDS) -> Fetched:
    """What stands at this address of the connection's server; a Refusal if nothing is had."""
    if connection.is_invented:
        raise Invented
    manners = Manners(AGENT, ACCEPT, MOST, packed=True, credentials=connection.credentials)
    return fetching.fetch(address, private=settings.FETCH_PRIVATE, seconds=seconds, manners=manners)


def body(connection: Connection, address: str, *, seconds: float = SECONDS) -> bytes:
    return ask(connection, address, seconds=seconds).body or b""


def prefix_of(connection: Connection) -> str:
    return str(connection.options.get("prefix") or PREFIX)


def set_of(connection: Connection) -> str:
    return str(connection.options.get("set") or "")
