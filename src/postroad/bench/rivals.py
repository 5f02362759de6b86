"""Other engines on the same records, set up as somebody would who knows them: SQLite's FTS5,
PostgreSQL's full text, and Zebra (`zebra.py`).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import psycopg

from postroad.bench import servers, zebra
from postroad.bench.entry_texts import texts
from postroad.catalogue.engines.tantivy import Entry
from postroad.catalogue.folding import fold

FIRST = 20  # that are asked for
BATCH = 5000
Facts = tuple[int, str, str, str]
COLUMNS = ("format", "language", "decade")


class Rival(Protocol):
    name: str

    def fill(self, entries: Iterable[Entry]) -> None: ...

    def find(self, words: str) -> list[int]:
        """The first twenty, all words wanted."""


@runtime_checkable
class Counting(Protocol):
    """Of a rival that counts facets."""

    def facets(self, words: str) -> None:
        """How many of all that is found each format, language, decade and library has."""


def facts(entry: Entry) -> Facts:
    decade = str(entry.year // 10 * 10) if entry.year else ""
    return entry.record, entry.format, entry.language, decade


def in_batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


class Fts5:
    """With stems, without accents; a word in the title weighs four times."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        self.database = sqlite3.connect(folder / "fts5.sqlite3", isolation_level=None)
        self.database.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144;"
            "CREATE VIRTUAL TABLE texts USING fts5(title, names, subjects, rest, content='',"
            ' tokenize="porter unicode61 remove_diacritics 2");'
            "CREATE TABLE facts(id INTEGER PRIMARY KEY, format, language, decade);"
            "CREATE TABLE owners(record INTEGER, library, PRIMARY KEY(record, library))"
            " WITHOUT ROWID;"
        )

    def fill(self, entries: Iterable[Entry]) -> None:
        for batch in in_batches(entries):
            self.database.execute("BEGIN")
            self.database.executemany(
                "INSERT INTO texts(rowid, title, names, subjects, rest) VALUES (?, ?, ?, ?, ?)",
                ((each.record, *texts(each)) for each in batch),
            )
            self.database.executemany(
                "INSERT INTO facts VALUES (?, ?, ?, ?)", (facts(each) for each in batch)
            )
            self.database.executemany(
                "INSERT INTO owners VALUES (?, ?)",
                ((each.record, code) for each in batch for code in each.libraries),
            )
            self.database.execute("COMMIT")
        self.database.execute("INSERT INTO texts(texts) VALUES ('optimize')")

    def find(self, words: str) -> list[int]:
        rows = self.database.execute(
            "SELECT rowid FROM texts WHERE texts MATCH ?"
            " ORDER BY bm25(texts, 4.0, 1.5, 1.2, 1.0) LIMIT ?",
            (matching(words), FIRST),
        )
        return [key for (key,) in rows]

    def facets(self, words: str) -> None:
        found = "(SELECT rowid FROM texts WHERE texts MATCH ?)"
        for name in COLUMNS:
            self.database.execute(
                f"SELECT {name}, count(*) FROM facts WHERE id IN {found} GROUP BY 1",  # noqa: S608
                (matching(words),),
            ).fetchall()
        self.database.execute(
            f"SELECT library, count(*) FROM owners WHERE record IN {found} GROUP BY 1",  # noqa: S608
            (matching(words),),
        ).fetchall()


def matching(words: str) -> str:
    return " ".join(f'"{word}"' for word in fold(words).split()) or '""'


TABLES = """
    CREATE TABLE texts(id integer PRIMARY KEY, format text, language text, decade text,
        words tsvector);
    CREATE TABLE owners(record integer, library text);
"""
INDEXES = """
    CREATE INDEX texts_words ON texts USING gin(words);
    CREATE INDEX owners_record ON owners(record);
    ANALYZE;
"""
WEIGHTED = " || ".join(
    f"setweight(to_tsvector('english', %s), '{weight}')" for weight in ("A", "B", "C", "D")
)


class Postgres:
    """With English stems; the same weights, normalised by length."""

    name = "PostgreSQL"

    def __init__(self, address: str) -> None:
        self.database: psycopg.Connection[Any] = psycopg.connect(address, autocommit=True)
        self.database.execute(TABLES)

    def fill(self, entries: Iterable[Entry]) -> None:
        for batch in in_batches(entries):
            with self.database.transaction(), self.database.cursor() as cursor:
                cursor.executemany(
                    f"INSERT INTO texts VALUES (%s, %s, %s, %s, {WEIGHTED})",  # noqa: S608
                    [(*facts(each), *map(plain, texts(each))) for each in batch],
                )
                with cursor.copy("COPY owners FROM STDIN") as copy:
                    for each in batch:
                        for code in each.libraries:
                            copy.write_row((each.record, code))
        self.database.execute(INDEXES)

    def find(self, words: str) -> list[int]:
        rows = self.database.execute(
            "SELECT id FROM texts, plainto_tsquery('english', %s) wanted WHERE words @@ wanted"
            " ORDER BY ts_rank_cd('{0.25, 0.3, 0.375, 1.0}', words, wanted, 1) DESC, id LIMIT %s",
            (plain(words), FIRST),
        )
        return [key for (key,) in rows]

    def facets(self, words: str) -> None:
        found = "(SELECT id FROM texts WHERE words @@ plainto_tsquery('english', %s))"
        for name in COLUMNS:
            self.database.execute(
                f"SELECT {name}, count(*) FROM texts WHERE id IN {found} GROUP BY 1",  # noqa: S608
                (plain(words),),
            ).fetchall()
        self.database.execute(
            f"SELECT library, count(*) FROM owners WHERE record IN {found} GROUP BY 1",  # noqa: S608
            (plain(words),),
        ).fetchall()


def plain(text: str) -> str:
    """Without accents, which PostgreSQL's `english` keeps."""
    return fold(text)


@contextmanager
def beside(folder: Path) -> Iterator[Sequence[Rival]]:
    """Those that are on this machine, each empty."""
    with ExitStack() as stack:
        others: list[Rival] = [Fts5(folder)]
        if servers.programs() is not None:
            others.append(Postgres(stack.enter_context(servers.postgresql(careful=False))))
        if zebra.program() is not None:
            others.append(stack.enter_context(zebra.served(folder)))
        yield others
