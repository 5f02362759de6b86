"""A source of records on this machine that behaves as a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from pymarc.marcxml import record_to_xml

from tests.catalogue.records import item, record

PATH = "/cgi-bin/koha/oai.pl"
OAI = "http://www.openarchives.org/OAI/2.0/"
STAMP = "2026-03-01T10:00:00Z"


def marc(control: str, *copies: str, title: str = "", namespace: bool = True, **more: Any) -> str:
    """A record as XML, with copies of these barcodes."""
    made = record(
        control, *(item(each) for each in copies), title=title or f"Book {control}", **more
    )
    return str(record_to_xml(made, namespace=namespace).decode())


@dataclass
class Held:
    """A record as the source has it."""

    identifier: str
    stamp: str = STAMP
    xml: str | None = None  # none: deleted

    def written(self) -> str:
        status = "" if self.xml is not None else ' status="deleted"'
        metadata = "" if self.xml is None else f"<metadata>{self.xml}</metadata>"
        return (
            f"<record><header{status}><identifier>{escape(self.identifier)}</identifier>"
            f"<datestamp>{self.stamp}</datestamp></header>{metadata}</record>"
        )


Answer = bytes | tuple[int, dict[str, str], bytes]


def frame(inner: str, answered: str = "2026-11-27T12:00:00Z", namespace: str = OAI) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{namespace}">'
        f"<responseDate>{answered}</responseDate><request>{PATH}</request>{inner}</OAI-PMH>"
    ).encode()


def error(code: str, said: str = "") -> bytes:
    return frame(f'<error code="{code}">{said}</error>')


@dataclass
class Source:
    """A server; `instead` gives another answer to a question, or None."""

    records: list[Held] = field(default_factory=list)
    page: int = 50
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    deleted: str = "persistent"
    answered: str = "2026-11-27T12:00:00Z"
    formats: tuple[str, ...] = ("oai_dc", "marcxml")
    sets: tuple[str, ...] = ()
    size: int | None = None
    instead: Callable[[dict[str, str]], Answer | None] = lambda asked: None
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    def add(self, *controls: str, stamp: str = STAMP) -> None:
        for each in controls:
            self.records.append(Held(f"oai:lib:{each}", stamp, marc(each, f"3100{each}")))

    def delete(self, control: str, stamp: str) -> None:
        self.put(control, stamp, None)

    def put(self, control: str, stamp: str, xml: str | None) -> None:
        self.records = [r for r in self.records if r.identifier != f"oai:lib:{control}"]
        self.records.append(Held(f"oai:lib:{control}", stamp, xml))

    def lists(self) -> list[dict[str, str]]:
        return [each for each in self.asked if each.get("verb") == "ListRecords"]

    def since(self) -> str:
        """From when on it was asked last."""
        return [each["from"] for each in self.lists() if "from" in each][-1]

    def answer(self, asked: dict[str, str]) -> Answer:
        if (other := self.instead(asked)) is not None:
            return other
        match asked.get("verb"):
            case "Identify":
                return self.identify()
            case "ListMetadataFormats":
                return self.list_formats()
            case "ListSets":
                return self.list_sets()
            case "ListRecords":
                return self.list_records(asked)
        return error("badVerb")

    def identify(self) -> bytes:
        return frame(
            "<Identify><repositoryName>A library</repositoryName>"
            f"<baseURL>{self.address}</baseURL><protocolVersion>2.0</protocolVersion>"
            "<earliestDatestamp>2001-01-01T00:00:00Z</earliestDatestamp>"
            f"<deletedRecord>{self.deleted}</deletedRecord>"
            f"<granularity>{self.granularity}</granularity></Identify>",
            self.answered,
        )

    def list_formats(self) -> bytes:
        space = "http://www.loc.gov/MARC21/slim"
        return frame(
            "<ListMetadataFormats>"
            + "".join(
                f"<metadataFormat><metadataPrefix>{each}</metadataPrefix><schema>x</schema>"
                f"<metadataNamespace>{space if 'marc' in each else 'dc'}</metadataNamespace>"
                "</metadataFormat>"
                for each in self.formats
            )
            + "</ListMetadataFormats>"
        )

    def list_sets(self) -> bytes:
        if not self.sets:
            return error("noSetHierarchy")
        named = "".join(
            f"<set><setSpec>{e}</setSpec><setName>{e}</setName></set>" for e in self.sets
        )
        return frame(f"<ListSets>{named}</ListSets>")

    def list_records(self, asked: dict[str, str]) -> bytes:
        begin, since = 0, asked.get("from", "")
        if token := asked.get("resumptionToken"):
            since, _colon, place = token.rpartition("!")
            begin = int(place)
        found = [each for each in self.records if each.stamp[: len(since)] >= since]
        if not found:
            return error("noRecordsMatch")
        return self.listed(found, begin, since)

    def listed(self, found: list[Held], begin: int, since: str) -> bytes:
        shown, end = found[begin : begin + self.page], begin + self.page
        following = f"{since}!{end}" if end < len(found) else ""
        size = len(found) if self.size is None else self.size
        token = f'<resumptionToken completeListSize="{size}">{following}</resumptionToken>'
        inner = "".join(each.written() for each in shown) + token
        return frame(f"<ListRecords>{inner}</ListRecords>", self.answered)


@contextmanager
def serving(source: Source) -> Iterator[Source]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: each[0] for name, each in parse_qs(parts.query).items()}
            source.asked.append({**asked, "path": parts.path} if parts.path != PATH else asked)
            source.headers.append(dict(self.headers))
            if parts.path != PATH and source.instead(source.asked[-1]) is None:
                said: Answer = (404, {"Content-Type": "text/html"}, b"<html>no</html>")
            else:
                said = source.answer(source.asked[-1])
            status, headers, body = said if isinstance(said, tuple) else (200, {}, said)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    source.address = f"http://127.0.0.1:{server.server_port}{PATH}"
    try:
        yield source
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
