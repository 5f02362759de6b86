"""The addresses of questions."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from postroad.protocols.oai import stamps
from postroad.protocols.oai.values import Verb

# Arguments of the protocol, which do not belong to the address of a server.
ARGUMENTS = frozenset({"verb", "metadataPrefix", "set", "from", "until", "resumptionToken"})
ARGUMENTS |= {"identifier"}
# Where systems answer, for somebody who typed the address of the catalog.
USUAL = (
    "/cgi-bin/koha/oai.pl",  # Koha
    "/opac/extras/oai/biblio",  # Evergreen
    "/polaris.oaipmh.dataprovider/polaris/bibliographic",  # Polaris
    "/oai/request",
    "/oai",
)


def question(base: str, verb: Verb, **arguments: str) -> str:
    """The address that asks it; arguments without a value are left out. `from_` is `from`."""
    parts = urlsplit(base)
    named = {name.rstrip("_"): value for name, value in arguments.items() if value}
    asked = urlencode({"verb": verb.value, **named})
    query = f"{parts.query}&{asked}" if parts.query else asked
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def records(
    base: str,
    *,
    prefix: str,
    spec: str = "",
    since: datetime | None = None,
    by_day: bool = False,
    token: str = "",
) -> str:
    """The address of a list of records, or of where it goes on: then nothing else is said."""
    if token:
        return question(base, Verb.RECORDS, resumptionToken=token)
    said = stamps.written(since, by_day=by_day) if since else ""
    return question(base, Verb.RECORDS, metadataPrefix=prefix, set=spec, from_=said)


def base_of(typed: str) -> str:
    """The address of the server in what somebody copied: without a question and its arguments."""
    parts = urlsplit(typed.strip())
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    kept = [each for each in kept if each[0] not in ARGUMENTS]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def other_bases(base: str) -> Iterator[str]:
    """Where on the same server it may answer instead."""
    parts = urlsplit(base)
    for path in USUAL:
        if path != parts.path.rstrip("/"):
            yield urlunsplit((parts.scheme, parts.netloc, path, "", ""))
