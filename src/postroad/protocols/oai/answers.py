"""The small answers: who the server is, which formats and which sets it has."""

from typing import Any

from postroad.protocols.oai import frames, stamps
from postroad.protocols.oai.frames import child, local, text
from postroad.protocols.oai.values import Error, Format, Identity, Set, Sets, Token


def identity(body: bytes) -> Identity | tuple[Error, ...]:
    root = frames.tree(body)
    said = child(root, "Identify")
    if said is None:
        return frames.errors(root) or (Error("nothing"),)
    return Identity(
        name=text(said, "repositoryName")[:200],
        base=text(said, "baseURL")[:500],
        version=text(said, "protocolVersion")[:20],
        earliest=text(said, "earliestDatestamp")[:40],
        deleted=text(said, "deletedRecord").lower()[:20],
        granularity=text(said, "granularity")[:40],
        answered_at=stamps.moment(text(root, "responseDate")),
    )


def formats(body: bytes) -> tuple[Format, ...] | tuple[Error, ...]:
    root = frames.tree(body)
    said = child(root, "ListMetadataFormats")
    if said is None:
        return frames.errors(root) or (Error("nothing"),)
    return tuple(
        Format(
            text(each, "metadataPrefix")[:100],
            text(each, "metadataNamespace")[:300],
            text(each, "schema")[:300],
        )
        for each in said
        if local(each) == "metadataFormat"
    )


def sets(body: bytes) -> Sets | tuple[Error, ...]:
    root = frames.tree(body)
    said = child(root, "ListSets")
    if said is None:
        return frames.errors(root) or (Error("nothing"),)
    found = tuple(
        Set(text(each, "setSpec")[:200], text(each, "setName")[:200])
        for each in said
        if local(each) == "set"
    )
    return Sets(found, token_of(child(said, "resumptionToken")))


def token_of(element: Any) -> Token:
    if element is None:
        return Token("")
    said = element.xpath("string()").strip()  # whatever comment stands in it
    return token(said, element.get("completeListSize"), element.get("cursor"))


def token(said: str, size: str | None, cursor: str | None) -> Token:
    return Token(said, number(size), number(cursor))


def number(said: str | None) -> int | None:
    """A number that a server wrote, unless it is none or out of reason."""
    said = (said or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 10 else None
