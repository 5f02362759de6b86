"""The empty database that is unpacked at a first start is the one that the migrations make."""

import gzip
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import make_empty
import pytest
from django.apps import apps
from django.conf import settings

from postroad.bench import servers
from postroad.worker import empty

pytestmark = pytest.mark.once
OF_THE_DAY = {"translation_key"}  # drawn by lot at each making, as are the times
TIMES = ("date", "datetime")
DRAWN = re.compile(r"'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'|'\d{4}-\d\d-\d\d \d\d:[^']*'")


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as database:
        yield database


def schema(database: sqlite3.Connection) -> list[tuple[str, ...]]:
    return sorted(database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master"))


def rows(database: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, without what no two makings share."""
    found = {}
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        facts = database.execute(f"SELECT name, type FROM pragma_table_info('{table}')")
        kept = [name for name, kind in facts if name not in OF_THE_DAY and kind not in TIMES]
        if kept and not table.startswith(("sqlite_", "wagtailsearch_indexentry_fts_")):
            columns = ", ".join(f'"{name}"' for name in kept)
            found[table] = sorted(database.execute(f'SELECT {columns} FROM "{table}"'), key=repr)
    return found


def unpacked(folder: Path) -> Path:
    path = folder / "unpacked.sqlite3"
    path.write_bytes(gzip.decompress(empty.PACKED.read_bytes()))
    return path


def test_it_was_made_of_the_migrations_that_are_here():
    assert make_empty.is_fresh(), "run .venv/bin/python tools/make_empty.py"


def test_another_migration_is_another_sum(monkeypatch, tmp_path):
    before = make_empty.total()
    (tmp_path / "migrations").mkdir()
    monkeypatch.setattr(apps.get_app_config("ill"), "path", str(tmp_path))
    without = make_empty.total()
    (tmp_path / "migrations" / "0001_initial.py").write_text("# one\n")
    one = make_empty.total()
    (tmp_path / "migrations" / "0001_initial.py").write_text("# other\n")
    assert len({before, without, one, make_empty.total()}) == 4


@pytest.mark.nightly
@pytest.mark.first
def test_it_is_what_the_migrations_make(tmp_path):
    with opened(make_empty.made(tmp_path)) as theirs, opened(unpacked(tmp_path)) as ours:
        assert schema(ours) == schema(theirs)
        assert rows(ours) == rows(theirs)


@pytest.mark.nightly
@pytest.mark.first
@pytest.mark.skipif(servers.programs() is None, reason="no PostgreSQL on this machine")
def test_on_postgresql_it_is_what_the_migrations_make(tmp_path):
    ours = gzip.decompress(make_empty.PACKED_SQL.read_bytes()).decode()
    assert DRAWN.sub("", ours) == DRAWN.sub("", make_empty.made_sql(tmp_path))


@pytest.fixture
def target(tmp_path, monkeypatch):
    path = tmp_path / "home.sqlite3"
    facts = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    monkeypatch.setattr(settings, "DATABASES", {"default": facts})
    return path


def test_a_first_start_finds_all_tables(target):
    empty.lay()
    with opened(target) as database:
        assert database.execute("SELECT count(*) FROM ill_request").fetchone() == (0,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert list(target.parent.iterdir()) == [target]


def test_a_database_that_is_there_is_left_alone(target):
    target.write_bytes(b"somebody's loans")
    empty.lay()
    assert target.read_bytes() == b"somebody's loans"


def test_another_database_has_nothing_laid_beside_it(target, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    empty.lay()
    assert not target.exists()
