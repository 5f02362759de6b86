"""Zebra on the same records: words of the title, of the names and of all, ranked, asked by SRU.

It is asked for no facets: those that it has count the first hits only.
"""

import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from postroad.bench.entry_texts import texts
from postroad.bench.visitors import NotServed, free_port
from postroad.catalogue.engines.tantivy import Entry
from postroad.catalogue.folding import fold

FIRST = 20  # that are asked for
PATIENCE = 30  # seconds until it must answer
PART = 100_000  # records of a file that it reads
MODULES = ("/usr/lib/*/idzebra-2.0/modules", "/usr/lib/idzebra-2.0/modules")
INDEXES = ("title:w any:w", "name:w any:w", "any:w", "any:w")  # as `texts` tells them apart
KEY = re.compile(r'\bz:id="(\d+)"')

HOUSE = """profilePath: /usr/share/idzebra-2.0/tab
modulePath: {modules}
attset: bib1.att
recordType: dom.dom.xml
register: register:200G
encoding: UTF-8
memMax: 256
"""
READING = """<?xml version="1.0" encoding="UTF-8"?>
<dom xmlns="http://indexdata.com/zebra-2.0">
  <extract/><retrieve/><input><xmlreader level="1"/></input>
</dom>
"""
SERVER = """<yazgfs>
  <listen id="one">tcp:127.0.0.1:{port}</listen>
  <server id="house" listenref="one">
    <directory>{folder}</directory><config>zebra.cfg</config><cql2rpn>cql.properties</cql2rpn>
  </server>
</yazgfs>
"""


def program() -> str | None:
    """Its server, if it is on this machine: Debian's package `idzebra-2.0`."""
    return shutil.which("zebrasrv") if shutil.which("zebraidx") else None


class Zebra:
    name = "Zebra"

    def __init__(self, folder: Path, connection: HTTPConnection) -> None:
        self.folder, self.connection = folder, connection

    def fill(self, entries: Iterable[Entry]) -> None:
        """From files, as it reads all that it is given."""
        index(self.folder, "init")
        for file in files(self.folder, entries):
            index(self.folder, "update", file.name)
            file.unlink()
        self.connection.close()  # it was idle meanwhile: the server hangs up, and it opens anew

    def find(self, words: str) -> list[int]:
        """The first of those that have all words. Raises NotServed if it does not answer."""
        asked = {
            "version": "1.1",
            "operation": "searchRetrieve",
            "maximumRecords": FIRST,
            "x-pquery": query(words),
        }
        self.connection.request("GET", f"/Default?{urlencode(asked)}")
        answer = self.connection.getresponse()
        said = answer.read().decode()
        if answer.status != HTTPStatus.OK:
            raise NotServed(f"Zebra answered {answer.status}")
        return [int(key) for key in KEY.findall(said)]


def query(words: str) -> str:
    """All words, ranked, in the prefix notation of Z39.50."""
    terms = [f'@attr 1=any @attr 2=102 "{word}"' for word in fold(words).split()]
    return "@and " * (len(terms) - 1) + " ".join(terms) if terms else '@attr 1=any ""'


def files(folder: Path, entries: Iterable[Entry]) -> Iterator[Path]:
    """Files of its own form, in which each record says what is found by which index."""
    rest = iter(entries)
    number = 0
    while True:
        path = folder / f"part-{number}.xml"
        with path.open("w", encoding="utf-8") as file:
            file.write('<z:records xmlns:z="http://indexdata.com/zebra-2.0">')
            count = 0
            for entry in rest:
                file.write(record(entry))
                count += 1
                if count == PART:
                    break
            file.write("</z:records>")
        if not count:
            path.unlink()
            return
        yield path
        number += 1


def record(entry: Entry) -> str:
    said = "".join(
        f'<z:index name="{index}">{escape(fold(text))}</z:index>'
        for index, text in zip(INDEXES, texts(entry), strict=True)
        if text.strip()
    )
    return f'<z:record z:id="{entry.record}">{said}</z:record>'


def index(folder: Path, *command: str) -> None:
    done = subprocess.run(
        ["zebraidx", "-c", "zebra.cfg", *command], cwd=folder, capture_output=True, check=False
    )
    if done.returncode:
        raise NotServed(f"zebraidx {command[0]}: {done.stderr.decode()[-300:]}")


@contextmanager
def served(folder: Path) -> Iterator[Zebra]:
    """A server of its own on an empty house, gone afterwards."""
    house = folder / "zebra"
    (house / "register").mkdir(parents=True)
    port = free_port()
    modules = next(str(each) for name in MODULES for each in Path("/").glob(name[1:]))
    (house / "zebra.cfg").write_text(HOUSE.format(modules=modules))
    (house / "dom.xml").write_text(READING)
    (house / "cql.properties").write_text("index.cql.serverChoice = 1=any\n")
    (house / "server.xml").write_text(SERVER.format(port=port, folder=house))
    server = subprocess.Popen(
        ["zebrasrv", "-f", "server.xml"],
        cwd=house,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            answers(connection, server)
            yield Zebra(house, connection)
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()
        server.wait()
        shutil.rmtree(house, ignore_errors=True)


def answers(connection: HTTPConnection, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError):
            connection.connect()
            return
        time.sleep(0.1)
    raise NotServed("Zebra did not start")
