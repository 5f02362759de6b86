"""The search index of one machine: tantivy, in a folder of its own.

What goes in are facts of a record that seldom change: words, format, language, year, owners. On
whose shelf a copy is changes every minute: the index follows within seconds, for the counts, and
what is shown is asked of the database.

One process writes at a time, over all processes; who was killed leaves no lock behind. A rebuild
goes into a new folder beside the old one and takes its place in one step, so that readers always
have a whole index.
"""

import fcntl
import json
import logging
import re
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings

from postroad import home
from postroad.catalogue.analysis import also, plain, without_signs
from postroad.catalogue.query import FACETS
from postroad.errors import Refusal

log = logging.getLogger(__name__)

PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")  # the files of each segment
STAMP = "stamp"
FOOTER = struct.Struct("<II")  # its length, and tantivy's own sign
CHUNK = 1 << 20

SCHEMA_VERSION = 4  # raise it when schema() or an analyser changes: the index is then rebuilt
TRIES = 5  # to open an index while others rebuild it
HEAP = 64_000_000
BEGINS, ENDS = "xbeginsx", "xendsx"  # of a title, among its words
SUBTITLE = re.compile(r"\s[:;/=]\s|[.?!]\s")
ARTICLE = re.compile(
    r"^(?:the|an?|l['’]|les?|la|une?|der|die|das|ein|eine|el|los|las|il|lo|gli)\s", re.I
)
ANYWHERE = "*"  # in the field of shelves: of what is on some shelf
LOCK_PATIENCE = 120  # seconds; a rebuild of a million records takes less


class NoIndex(Refusal):
    """There is no search index yet, or it was made by another version."""

    code = "no-search-index"


class IndexBusy(Refusal):
    """Another process has been writing the index for too long."""

    code = "search-index-busy"


class IndexTrouble(Refusal):
    """The index could not be written: the disk is full, or the folder belongs to another."""

    code = "search-index-trouble"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index knows of one record."""

    record: int
    title: str
    other_titles: str
    author: str
    contributors: str
    subjects: str
    publisher: str
    series: str
    responsibility: str
    notes: str
    year: int | None
    format: str
    language: str
    libraries: tuple[str, ...]
    shelves: tuple[str, ...] = ()  # the libraries with a copy on the shelf, of what can be lent
    networks: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


def analyser(*, stemmed: bool) -> tantivy.TextAnalyzer:
    """é is e, upper case is lower case; stemmed: libraries is library."""
    builder = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
    )
    return (builder.filter(tantivy.Filter.stemmer("english")) if stemmed else builder).build()


FOLDED, STEMMED = analyser(stemmed=False), analyser(stemmed=True)


def folded(text: str) -> list[str]:
    return list(FOLDED.analyze(plain(text)))


def stemmed(text: str) -> list[str]:
    return list(STEMMED.analyze(plain(text)))


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # A text key: deleting by a number deletes nothing, silently.
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("record", fast=True)
    builder.add_unsigned_field("newest", fast=True)
    builder.add_unsigned_field("oldest", fast=True)
    for name in ("title", "author", "subject", "whole"):
        builder.add_text_field(name, tokenizer_name="folded")
    builder.add_text_field("words", tokenizer_name="stemmed")
    for name in (*FACETS, "shelf"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def document(entry: Entry, made: tantivy.Schema) -> tantivy.Document:
    named = (entry.title, without_signs(entry.title), entry.other_titles)
    titles = [plain(text) for text in named if text]
    people = [plain(text) for text in (entry.author, entry.contributors, entry.responsibility)]
    subjects = plain(entry.subjects)
    more = [plain(text) for text in (entry.publisher, entry.series, entry.notes)]
    typed = (entry.title, entry.other_titles, entry.author, entry.contributors, entry.subjects)
    besides = " ".join([word for text in typed for word in also(text)])
    year = str(entry.year or "")
    said: dict[str, Any] = {
        "key": [str(entry.record)],
        "record": [entry.record],
        "newest": [max(entry.year or 0, 0)],  # what has no year comes last in both orders
        "oldest": [max(entry.year or 9999, 0)],
        "title": titles,
        "author": people,
        "subject": [subjects],
        "whole": list(wholes(entry, titles[0], people[0])),
        "words": [*titles, *people, subjects, *more, year, besides],
        "format": [entry.format],
        "language": [entry.language] if entry.language else [],
        "library": list(entry.libraries),
        "shelf": [ANYWHERE, *entry.shelves] if entry.shelves else [],
        "network": list(entry.networks),
        "collection": list(entry.collections),
        "decade": [str(entry.year // 10 * 10)] if entry.year else [],
    }
    return tantivy.Document.from_dict(said, made)


def wholes(entry: Entry, title: str, author: str) -> Iterator[str]:
    """How each title begins and ends, with its subtitle and without, and without its article; and
    the author's name."""
    for each in (title, *(plain(text) for text in entry.other_titles.split(" ; ") if text)):
        for said in dict.fromkeys((each, SUBTITLE.split(each, maxsplit=1)[0])):
            yield f"{BEGINS} {said} {ENDS}"
            if (bare := ARTICLE.sub("", said)) != said:
                yield f"{BEGINS} {bare} {ENDS}"
    if author:
        yield f"{BEGINS} {author} {ENDS}"


def folder() -> Path:
    return Path(settings.HOME) / "index"


def current() -> Path:
    """The folder of the index in use."""
    try:
        name = (folder() / "current").read_text().strip()
    except FileNotFoundError:
        raise NoIndex(reason="none was made yet") from None
    if not name.startswith(f"v{SCHEMA_VERSION}-"):
        raise NoIndex(reason="it was made by another version")
    return folder() / name


@contextmanager
def lock(seconds: float | None = None) -> Iterator[None]:
    """One writer over all processes. The system frees the lock of a process that dies."""
    seconds = LOCK_PATIENCE if seconds is None else seconds
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "writer.lock").open("a") as file:
        patience = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience:
                    raise IndexBusy(seconds=seconds) from None
                time.sleep(0.05)
        yield


def opened(path: Path, *, new: bool = False) -> tantivy.Index:
    """The index in this folder. Only a `new` one is made: a reader that opened a folder which a
    rebuild is taking away would else make an empty index there, and find nothing."""
    index = tantivy.Index(schema(), str(path)) if new else tantivy.Index.open(str(path))
    index.register_tokenizer("folded", FOLDED)
    index.register_tokenizer("stemmed", STEMMED)
    index.config_reader(reload_policy="Manual")
    return index


def mark(stamp: str) -> None:
    """To which state of the database the index belongs from now on. Hold the lock."""
    with writing():
        home.put_whole(current() / STAMP, stamp.encode())


def marked() -> str:
    """The stamp of the index in use."""
    try:
        return (current() / STAMP).read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def damage(*, thorough: bool = False) -> str:
    """What of the index in use is not there any more, or when asked `thorough`ly, not whole."""
    path = current()
    before = None
    while True:
        try:
            said = (path / "meta.json").read_bytes()
            segments = [
                (each["segment_id"], each["deletes"]) for each in json.loads(said)["segments"]
            ]
        except (OSError, ValueError, KeyError, TypeError):
            return "" if current() != path else "meta.json"
        for file in files_of(path, segments):
            if not (is_whole(file) if thorough else file.is_file()):
                wrong = file.name
                break
        else:
            return ""
        if said == before or current() != path:
            return wrong if current() == path else ""
        before = said  # a writer may have taken old files away since we looked


def files_of(path: Path, segments: list[tuple[str, Any]]) -> Iterator[Path]:
    for segment, deletes in segments:
        name = segment.replace("-", "")
        yield from (path / f"{name}.{part}" for part in PARTS)
        if deletes:
            yield path / f"{name}.{deletes['opstamp']}.del"


def is_whole(file: Path) -> bool:
    """Whether its sum is the one that tantivy wrote at its end."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2) - FOOTER.size
            opened.seek(size)
            length, _sign = FOOTER.unpack(opened.read())
            size -= length
            opened.seek(size)
            wanted = json.loads(opened.read(length))["crc"]
            opened.seek(0)
            seen = 0
            while size and (chunk := opened.read(min(CHUNK, size))):
                seen, size = zlib.crc32(chunk, seen), size - len(chunk)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return False
    return size == 0 and bool(seen == wanted)


def doubt() -> None:
    """It failed when asked: if it is damaged, nobody asks it any more, and it is made anew."""
    with suppress(IndexBusy, OSError, NoIndex), lock(0):  # else somebody is mending it already
        if wrong := damage(thorough=True):
            log.error("the search index is damaged (%s) and will be made anew", wrong)
            (folder() / "current").unlink()
            _open.clear()


@contextmanager
def writing() -> Iterator[None]:
    """What goes wrong on the disk is told as one thing; tantivy says ValueError to all of it."""
    try:
        yield
    except (ValueError, OSError) as why:
        raise IndexTrouble(reason=str(why)) from why


Write = Callable[[Iterable[Entry], Iterable[int]], None]


@contextmanager
def writing_on() -> Iterator[Write]:
    """Put entries in place of what the index said of the same records, and take away those of
    others, batch by batch: each is seen at once. Old parts are merged beside that, and waited for
    at the end only, so that a merge keeps no batch waiting. Hold the lock."""
    with writing():
        index = opened(current())
        writer = index.writer(HEAP, 1)
    begun = False

    def write(entries: Iterable[Entry], gone: Iterable[int]) -> None:
        nonlocal begun
        begun = True
        with writing():
            put(writer, index.schema, entries, gone, replacing=True)

    yield write
    if begun:
        with writing():
            writer.wait_merging_threads()


def write(entries: Iterable[Entry], gone: Iterable[int] = ()) -> None:
    """One batch alone. Hold the lock."""
    with writing_on() as write_more:
        write_more(entries, gone)


def put(
    writer: tantivy.IndexWriter,
    made: tantivy.Schema,
    entries: Iterable[Entry],
    gone: Iterable[int],
    *,
    replacing: bool,
) -> None:
    """All or nothing: until the commit, readers and a next start see the state before."""
    for record in gone:
        writer.delete_documents_by_term("key", str(record))
    for entry in entries:
        if replacing:
            writer.delete_documents_by_term("key", str(entry.record))
        writer.add_document(document(entry, made))
    writer.commit()


def rebuild(entries: Iterable[Entry], stamp: str = "") -> None:
    """A new index in place of the one in use. Hold the lock."""
    path = folder() / f"v{SCHEMA_VERSION}-{time.time_ns()}"
    try:
        with writing():
            path.mkdir()
            index = opened(path, new=True)
            writer = index.writer(HEAP, 1)
            put(writer, index.schema, entries, (), replacing=False)
            writer.wait_merging_threads()
            home.put_whole(path / STAMP, stamp.encode())
            pointer = folder() / "current.new"
            pointer.write_text(path.name)
            pointer.replace(folder() / "current")
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    for old in folder().glob("v*-*"):
        if old != path:
            shutil.rmtree(old, ignore_errors=True)


_open: dict[Path, tantivy.Index] = {}
_opening = threading.Lock()


def searcher() -> tuple[tantivy.Index, tantivy.Searcher]:
    """The newest committed state."""
    for _ in range(TRIES):
        path = current()
        try:
            index = kept_open(path)
            index.reload()
            return index, index.searcher()
        except (ValueError, OSError) as why:
            # A rebuild may take the folder away between the two steps; then another is current.
            _open.pop(path, None)
            trouble = why
    raise NoIndex(reason=str(trouble)) from trouble


def kept_open(path: Path) -> tantivy.Index:
    with _opening:
        index = _open.get(path)
        if index is None:
            index = opened(path)
            _open.clear()
            _open[path] = index
        return index
