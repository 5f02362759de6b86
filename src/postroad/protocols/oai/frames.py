"""The XML around what is said: told from a page for people, mended where it is not well-formed."""

import re
from typing import Any

from lxml import etree

from postroad.protocols.marc import marcxml, xmltext
from postroad.protocols.marc.results import Complaints
from postroad.protocols.oai.values import CutShort, Error, NotOai

HTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
ROOT = re.compile(rb"<(?:[\w.-]+:)?OAI-PMH[\s>]")
END = re.compile(rb"</(?:[\w.-]+:)?OAI-PMH\s*>\s*(?:<!--.*?-->\s*)*$", re.DOTALL)
HEAD = 4_000  # bytes before the root
NAME = "OAI-PMH"


def local(element: Any) -> str:
    """The name of an element in whatever namespace: some servers write a wrong one, or none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Any, name: str) -> Any:
    return next((each for each in element if local(each) == name), None)


def text(element: Any, name: str = "") -> str:
    found = child(element, name) if name else element
    return "" if found is None else " ".join("".join(found.itertext()).split())


def refuse_other(body: bytes) -> None:
    """Raise for what is no answer of OAI-PMH."""
    head = body[:HEAD]
    if not ROOT.search(head):
        raise NotOai(reason=kind_of(body))
    if DOCTYPE.search(head):
        raise NotOai(reason="document-type")


def kind_of(body: bytes) -> str:
    if not body.strip():
        return "empty"
    if HTML.search(body[:HEAD]):
        return "html"
    return "other-xml" if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "not-xml"


def decoded(body: bytes) -> str:
    """Its text; what is not of its encoding is marked, to be mended and named."""
    return marcxml.decoder_for(marcxml.encoding_of(body[:1024])).decode(body, final=True)


def tree(body: bytes) -> Any:
    """The whole of a small answer."""
    if body[:2] not in marcxml.UTF16:
        refuse_other(body)
    try:
        root = etree.fromstring(body, marcxml.parser())
    except (etree.XMLSyntaxError, ValueError) as why:
        if not END.search(body):
            raise CutShort from why
        root = mended(body)
    if local(root) != NAME:
        raise NotOai(reason="other-xml")
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotOai(reason="document-type")
    return root


DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def mended(body: bytes) -> Any:
    said = DECLARATION.sub("", decoded(body).removeprefix("\ufeff"))
    try:
        return etree.fromstring(xmltext.mended(said, Complaints()).encode(), marcxml.parser())
    except etree.XMLSyntaxError as why:
        raise NotOai(reason="not-xml") from why


def errors(root: Any) -> tuple[Error, ...]:
    return tuple(error_of(each) for each in root if local(each) == "error")


def error_of(element: Any) -> Error:
    return Error((element.get("code") or "").strip()[:40], text(element)[:200])
