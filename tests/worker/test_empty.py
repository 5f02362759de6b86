"""The empty database that is unpacked at a first start is the one that the migrations make."""

import gzip
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from postroad.worker import empty

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]
OF_THE_DAY = {"translation_key"}  # drawn by lot at each making, as are the times
TIMES = ("date", "datetime")


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


@pytest.mark.first
def test_it_is_what_the_migrations_make(tmp_path):
    """If this fails: .venv/bin/python tools/make_empty.py"""
    made = tmp_path / "made.sqlite3"
    environment = os.environ | {
        "POSTROAD_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{made}",
        "DJANGO_SETTINGS_MODULE": "postroad.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    command = [sys.executable, "-m", "postroad", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)
    with opened(made) as theirs, opened(unpacked(tmp_path)) as ours:
        assert schema(ours) == schema(theirs)
        assert rows(ours) == rows(theirs)


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
