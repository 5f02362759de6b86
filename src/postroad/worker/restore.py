"""A house out of the file that a backup made.

Nothing of the old house is touched until all of the new one lies ready beside it, on the disk.
Then each piece takes the place of the old one by a rename. What to rename is written down first, so
a start after a loss of power does the rest (`home.finish`). The old pieces are kept.
"""

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from postroad import home
from postroad.home import LivedIn, Move
from postroad.worker import archive, backup, postgresql
from postroad.worker.archive import Manifest, Unsound

Tell = Callable[[str], object]
# A database without any of these holds nothing that anybody would miss.
TELLING = ("accounts_user", "directory_library", "catalogue_record", "ill_request")
ROOM = 50_000_000  # bytes that shall be left over


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, and where the old house is now, if there was any."""

    manifest: Manifest
    aside: str


def restore(path: Path, *, replace: bool, tell: Tell = lambda _: None) -> Restored:
    """Put the house in this file in the place of the one that is here."""
    manifest = checked(path, tell)
    place = Path(settings.HOME)
    try:
        with home.emptied(place):
            home.finish(place)
            require_leave(replace)
            require_room(manifest)
            return Restored(manifest, put_in_place(path, manifest, tell))
    except LivedIn:
        raise CommandError(
            f"The installation in {place} is in use. "
            "Stop Postroad, and whatever else uses it, first."
        ) from None
    except OSError as why:
        raise CommandError(
            f"Nothing was restored: {why.strerror or why}. The installation is unchanged."
        ) from why


def checked(path: Path, tell: Tell) -> Manifest:
    """The manifest of a file that is whole, and that fits this version and this database."""
    try:
        manifest = archive.checked(path, tell=lambda done, of: tell(percent("checking", done, of)))
        require_fitting(manifest)
        if manifest.database == "postgresql":
            for _ in postgresql.only_sql(sql_of(path, manifest)):
                pass
    except OSError as why:
        raise CommandError(f"{path} cannot be read: {why.strerror or why}.") from why
    except (Unsound, postgresql.Foreign) as why:
        raise CommandError(f"{path} is not restored: {why}. Nothing was changed.") from why
    return manifest


def percent(what: str, done: int, of: int) -> str:
    return f"{what}: {100 * done // max(of, 1)} %"


def require_fitting(manifest: Manifest) -> None:
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    foreign = sorted({(app, name) for app, name in manifest.migrations} - known)
    if foreign:
        raise Unsound(
            f"it was made by another Postroad ({manifest.postroad}), whose database has "
            f"{'.'.join(foreign[-1])}; restore it with that one"
        )
    if manifest.database != connection.vendor:
        raise Unsound(
            f"it holds a database of {name_of(manifest.database)}, and this house has "
            f"{name_of(connection.vendor)} (DATABASE_URL)"
        )
    wanted = "database.sql" if manifest.database == "postgresql" else "database.sqlite3"
    if not manifest.has(wanted):
        raise Unsound("there is no database in it")
    if manifest.database == "postgresql" and manifest.server > postgresql.server_version():
        raise Unsound(
            f"it was made on PostgreSQL {manifest.server}, and this is "
            f"{postgresql.server_version()}"
        )


def name_of(vendor: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(vendor, vendor[:20])


def require_leave(replace: bool) -> None:
    """Nobody is at work on the database, and it holds nothing, or the operator says to replace."""
    if connection.vendor == "postgresql" and (others := postgresql.others()):
        raise CommandError(
            f"The database is in use by {others} other program{'' if others == 1 else 's'}. "
            "Stop Postroad, and whatever else uses it, first."
        )
    if not replace and holds_something():
        raise CommandError(
            f"There is already an installation in {settings.HOME}. With --replace it is set aside, "
            "and the one in the backup takes its place."
        )


def holds_something() -> bool:
    """Whether the database has anybody or anything in it. One that cannot be read may have."""
    database = database_file()
    if database and not database.exists():
        return False
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in set(TELLING) & set(tables):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608  # names of ours
            if cursor.fetchone():
                return True
    return False


def database_file() -> Path | None:
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


def require_room(manifest: Manifest) -> None:
    free = shutil.disk_usage(settings.HOME).free
    if free < manifest.size + ROOM:
        raise CommandError(
            f"Nothing was restored: {manifest.size + ROOM:,} bytes are needed, and {free:,} are "
            f"free in {settings.HOME}. The installation is unchanged."
        )


def put_in_place(path: Path, manifest: Manifest, tell: Tell) -> str:
    """The new house beside the old one, then in its place. Where the old one is now."""
    stamp = backup.stamp()
    place = Path(settings.HOME)
    beside, aside = place / f"restoring-{stamp}", place / f"before-{stamp}"
    for left in place.glob("restoring-*"):  # by one that was killed
        shutil.rmtree(left, ignore_errors=True)
    with laid_out(path, manifest, beside, tell):
        connection.close()
        moves = list(moves_of(manifest, beside, aside, stamp))
        kept = ""
        if manifest.database == "postgresql":
            tell("database")
            kept = f"the schema before_{stamp.replace('-', '_')}"
            postgresql.play(sql_of(path, manifest), aside=kept.removeprefix("the schema "))
        home.note(place, moves, beside)
    empty = not any(live.exists() for live in (database_file(), place / "index") if live)
    home.finish(place)
    if empty:  # but for the key of this very command
        shutil.rmtree(aside, ignore_errors=True)
    return " and ".join(filter(None, [str(aside) if aside.exists() else "", kept]))


@contextmanager
def laid_out(path: Path, manifest: Manifest, beside: Path, tell: Tell) -> Iterator[None]:
    """Every file of the archive in this new folder. After a failure there is no such folder."""
    database = database_file()
    apart = database.with_name(f"{database.name}.restoring") if database else None
    try:
        beside.mkdir(mode=0o700)
        done = 0
        with zipfile.ZipFile(path) as opened:
            for member in manifest.files:
                if member.name == "database.sql":
                    continue  # is played, not kept
                target = beside / member.name
                if apart and member.name == "database.sqlite3":
                    target = apart
                target.parent.mkdir(parents=True, exist_ok=True)
                with os.fdopen(
                    os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb"
                ) as file:
                    for chunk in archive.content(opened, member):
                        file.write(chunk)
                        done += len(chunk)
                        tell(percent("unpacking", done, manifest.size))
                    file.flush()
                    os.fsync(file.fileno())
        if apart:
            require_sound(apart, manifest)
        for folder, *_ in os.walk(beside):
            home.settle(Path(folder))
        yield
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        if apart:
            apart.unlink(missing_ok=True)
        raise


def require_sound(database: Path, manifest: Manifest) -> None:
    """SQLite finds no fault in it, and every table has its rows."""
    with closing(sqlite3.connect(database)) as opened:
        try:
            (said,) = opened.execute("PRAGMA quick_check(1)").fetchone()
            rows = backup.rows_of(
                lambda sql: opened.execute(sql).fetchall(), backup.TABLES_OF_SQLITE
            )
        except sqlite3.Error as why:
            said = str(why)
        if said != "ok" or rows != manifest.rows:
            raise CommandError(
                f"Nothing was restored: the database in it is not sound ({said}). "
                "The installation is unchanged."
            )


def moves_of(manifest: Manifest, beside: Path, aside: Path, stamp: str) -> Iterator[Move]:
    """What takes which place, and where to what was there goes."""
    if database := database_file():
        new = database.with_name(f"{database.name}.restoring")
        old = aside if database.parent == Path(settings.HOME) else database.parent / aside.name
        for ending in ("-wal", "-shm", "-journal"):
            live = database.with_name(database.name + ending)
            yield Move(None, live, old / live.name, only_with=new)
        yield Move(new, database, old / database.name)
    place = Path(settings.HOME)
    if manifest.has("secret-key"):
        yield Move(beside / "secret-key", place / "secret-key", aside / "secret-key")
    roots = {**backup.folders(), "index": place / "index"}
    for root, live in roots.items():
        new = beside / root
        new.mkdir(exist_ok=True)  # what the backup has none of, the house has none of either
        yield Move(new, live, aside / root)


def sql_of(path: Path, manifest: Manifest) -> Iterator[bytes]:
    """The lines of the dump in the archive."""
    [member] = [each for each in manifest.files if each.name == "database.sql"]
    with zipfile.ZipFile(path) as opened:
        yield from postgresql.lines_of(archive.content(opened, member))
