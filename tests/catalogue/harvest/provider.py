"""An OAI-PMH server that is not ours: that of the package `oaipmh`, on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lxml import etree
from oaipmh import common, metadata, server

Row = tuple[str, datetime, str | None]  # number, datestamp, the record as XML; none: deleted
SLIM = "http://www.loc.gov/MARC21/slim"
XSD = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"


@dataclass
class Shelf:
    """What that server asks for its records, in the words of its package."""

    rows: list[Row]
    address: str = ""
    asked: list[str] = field(default_factory=list)

    def identify(self) -> Any:
        return common.Identify(
            repositoryName="A library of the tests",
            baseURL=self.address,
            protocolVersion="2.0",
            adminEmails=["ill@example.org"],
            earliestDatestamp=datetime(2001, 1, 1),  # noqa: DTZ001  # as it wants them
            deletedRecord="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=["identity"],
        )

    def listMetadataFormats(self, identifier: str | None = None) -> list[tuple[str, str, str]]:
        return [("marcxml", XSD, SLIM)]

    def listRecords(
        self,
        metadataPrefix: str,  # noqa: N803
        cursor: int = 0,
        batch_size: int = 10,
        from_: datetime | None = None,
        until: datetime | None = None,
        set: str | None = None,  # noqa: A002
    ) -> list[tuple[Any, str | None, None]]:
        found = [each for each in self.rows if from_ is None or each[1] >= from_]
        return [
            (common.Header(None, f"oai:kept:{number}", stamp, [], xml is None), xml, None)
            for number, stamp, xml in found[cursor : cursor + batch_size]
        ]

    def listSets(self, cursor: int = 0, batch_size: int = 10) -> Any:
        from oaipmh.error import NoSetHierarchyError

        raise NoSetHierarchyError("no sets here")


def write(element: Any, xml: str) -> None:
    element.append(etree.fromstring(xml))


@contextmanager
def providing(rows: list[Row], page: int = 10) -> Iterator[Shelf]:
    shelf, formats = Shelf(rows), metadata.MetadataRegistry()
    formats.registerWriter("marcxml", write)
    provider = server.BatchingServer(shelf, formats, resumption_batch_size=page)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = urlsplit(self.path).query
            shelf.asked.append(query)
            said = provider.handleRequest({name: v[0] for name, v in parse_qs(query).items()})
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    shelf.address = f"http://127.0.0.1:{http.server_port}/oai"
    try:
        yield shelf
    finally:
        http.shutdown()
        thread.join()
        http.server_close()
