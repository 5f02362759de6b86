"""A whole house into one file, while it runs.

All of it is of one moment: the search index is set aside by links and the database pinned under the
index's lock, which takes an instant; then both are copied while everybody works on. Files of media
and mail are taken before and after that moment, so none that the database names is missing.
"""

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from postroad import __version__, home
from postroad.catalogue import search
from postroad.catalogue.engines import tantivy as engine
from postroad.worker import archive, postgresql
from postroad.worker.archive import Manifest, Writer

PAGES = 2000  # of the database between two words about how far it is
PATIENCE = 10  # seconds for whoever writes the index just now
Tell = Callable[[str], object]


def back_up(target: Path, tell: Tell = lambda _: None) -> Manifest:
    """Write the house into this file, which is there when all of it is on the disk, or never."""
    require_a_place(target)
    applied = MigrationRecorder(connection).applied_migrations()
    if not applied:
        raise CommandError("There is nothing to back up: the database is empty.")
    manifest = Manifest(
        postroad=__version__,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        database=connection.vendor,
        server=postgresql.server_version() if connection.vendor == "postgresql" else 0,
        migrations=sorted([app, name] for app, name in applied),
    )
    if connection.vendor == "postgresql":
        postgresql.program("pg_dump", manifest.server)
    with taken_away(target) as (work, file), Writer(file) as writer:
        tell("pictures and mail")
        add_files(writer)
        with moment(work) as snapshot:
            snapshot.add_to(writer, manifest, tell)
            tell("search index")
            add_folder(writer, "index", work / "index")
            tell("pictures and mail")
            add_files(writer)
        add_key(writer)
        writer.finish(manifest)
    return manifest


def require_a_place(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise CommandError(f"{target} already exists. Name another file, or remove it first.")
    if not target.parent.is_dir():
        raise CommandError(f"{target.parent} is not an existing folder.")


@contextmanager
def taken_away(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A folder to work in, and a file that takes its place in the end; after a failure, neither."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
            work = Path(folder)
            made = work / "made"
            with made.open("xb") as file:
                yield work, file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                raise CommandError(f"{target} now exists. It was left alone.")
            made.replace(target)
        home.settle(target.parent)
    except OSError as why:
        raise CommandError(f"{target} was not written: {why.strerror or why}.") from why
    except sqlite3.Error as why:
        raise CommandError(f"{target} was not written: {why}.") from why
    except postgresql.Foreign as why:
        raise CommandError(
            f"{target} was not written: the dump has an unexpected line: {why}."
        ) from why


class Snapshot(Protocol):
    """The database as it was at one moment."""

    def add_to(self, writer: Writer, manifest: Manifest, tell: Tell) -> None: ...


class OfSqlite:
    def __init__(self, source: sqlite3.Connection, work: Path) -> None:
        self.source = source
        self.copy = work / "database.sqlite3"
        # A transaction that reads: whatever others write from now on is not seen.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM django_migrations").fetchone()

    def add_to(self, writer: Writer, manifest: Manifest, tell: Tell) -> None:
        def progress(_status: int, left: int, total: int) -> None:
            tell(f"database: {100 * (total - left) // max(total, 1)} %")

        with closing(sqlite3.connect(self.copy)) as copy:
            copy.execute("PRAGMA synchronous=OFF")
            self.source.backup(copy, pages=PAGES, progress=progress, sleep=0)
            copy.execute("PRAGMA journal_mode=DELETE")
            manifest.rows = rows_of(lambda sql: copy.execute(sql).fetchall(), TABLES_OF_SQLITE)
        self.source.rollback()
        with self.copy.open("rb") as file:
            writer.add("database.sqlite3", archive.chunks_of(file))
        self.copy.unlink()


class OfPostgresql:
    def __init__(self, source: Any) -> None:
        self.source = source
        source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        source.execute("SELECT pg_export_snapshot(), current_schema()")
        self.name, schema = source.fetchone()
        if schema != "public":
            raise CommandError(f"The database lies in the schema {schema!r}, not in 'public'.")

    def add_to(self, writer: Writer, manifest: Manifest, tell: Tell) -> None:
        tell("database")

        def ask(sql: str) -> list[tuple[Any, ...]]:
            self.source.execute(sql)
            return list(self.source.fetchall())

        manifest.rows = rows_of(ask, TABLES_OF_POSTGRESQL)
        writer.add("database.sql", postgresql.dump(self.name))


TABLES_OF_SQLITE = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "AND name NOT LIKE '%_fts%'"
)
TABLES_OF_POSTGRESQL = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def rows_of(ask: Callable[[str], list[tuple[Any, ...]]], tables: str) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(name for (name,) in ask(tables))
    return {name: ask(f'SELECT count(*) FROM "{name}"')[0][0] for name in names}  # noqa: S608


@contextmanager
def moment(work: Path) -> Iterator[Snapshot]:
    """The database, and in the working folder the index, of the same moment.

    If the index is being written for too long, there is none: it is made anew where it is missing.
    """
    connection.ensure_connection()
    with database_of(work) as pin:
        try:
            with engine.lock(PATIENCE):
                snapshot = pin()
                set_index_aside(work / "index")
        except search.IndexBusy:
            snapshot = pin()
        yield snapshot


@contextmanager
def database_of(work: Path) -> Iterator[Callable[[], Snapshot]]:
    if connection.vendor == "postgresql":
        with closing(connection.copy()) as other, other.cursor() as cursor:
            yield lambda: OfPostgresql(cursor)
            cursor.execute("ROLLBACK")
        return
    name = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(name, timeout=20, isolation_level=None)) as source:
        yield lambda: OfSqlite(source, work)


def set_index_aside(folder: Path) -> None:
    """The files of the index in use. They never change, so a link is as good as a copy."""
    with suppress(search.NoIndex, FileNotFoundError):
        current = engine.current()
        (folder / current.name).mkdir(parents=True)
        for file in current.iterdir():
            if file.is_file():
                link_or_copy(file, folder / current.name / file.name)
        (folder / "current").write_text(current.name)


def link_or_copy(file: Path, target: Path) -> None:
    if file.suffix not in (".json", ".lock"):
        with suppress(OSError):  # another disk, or one without links
            os.link(file, target)
            return
    shutil.copyfile(file, target)


def add_files(writer: Writer) -> None:
    for root, folder in folders().items():
        add_folder(writer, root, folder)


def folders() -> dict[str, Path]:
    return {"media": Path(settings.MEDIA_ROOT), "mail": Path(settings.MAIL_FOLDER)}


def add_folder(writer: Writer, root: str, folder: Path) -> None:
    """Every file under it that the archive does not have yet. One that goes meanwhile is gone."""
    for path in sorted(folder.rglob("*")):
        name = f"{root}/{path.relative_to(folder).as_posix()}"
        if name in writer.members or not archive.is_safe(name) or not path.is_file():
            continue
        with suppress(FileNotFoundError), path.open("rb") as file:
            writer.add(name, archive.chunks_of(file))


def add_key(writer: Writer) -> None:
    """Without the key everybody would have to sign in again; some keep it in the environment."""
    with suppress(FileNotFoundError):
        writer.add("secret-key", [(Path(settings.HOME) / "secret-key").read_bytes()])


def stamp() -> str:
    """For a name that no earlier restore has used."""
    return f"{timezone.localtime():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
