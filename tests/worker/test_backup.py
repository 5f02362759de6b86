"""A rehearsal: a house is backed up while it works, comes back elsewhere, and is the same."""

import gzip
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from postroad import home
from postroad.worker import archive, backup, empty, postgresql, restore
from tests.disk import full_disk

ROOT = Path(__file__).parents[2]
Rows = dict[str, list[tuple[object, ...]]]
SHADOWS = ("sqlite_", "wagtailsearch_indexentry_fts_")
RESTORE_AND_FIND = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("restore", *sys.argv[1:])
from postroad.catalogue import search
from postroad.catalogue.search import Query
search.refresh()
print(search.find(Query(words="whale")).total, search.find(Query(words="31003")).by_number)
"""


def surroundings(place: Path, database: str) -> dict[str, str]:
    said = {
        "POSTROAD_HOME": str(place),
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "postroad.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "LOG_LEVEL": "ERROR",
    }
    return {key: value for key, value in os.environ.items() if key != "SECRET_KEY"} | said


class House:
    """A home with a database, and what is done in it."""

    def __init__(self, place: Path, database: str = "") -> None:
        self.place = place
        self.around = surroundings(place, database)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "postroad", *arguments],
            env=self.around,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def at_work(self) -> Iterator[None]:
        command = [sys.executable, "-m", "tests.worker.busy"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=self.around, stdin=pipe, stdout=pipe, cwd=ROOT) as busy:
            assert busy.stdin is not None
            assert busy.stdout is not None
            assert busy.stdout.readline() == b"busy\n"
            yield
            busy.stdin.close()
        assert busy.returncode == 0

    def restored(self, *arguments: str) -> tuple[str, str]:
        """What the command said, and what a search finds then."""
        command = [sys.executable, "-c", RESTORE_AND_FIND, *arguments]
        done = subprocess.run(command, env=self.around, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        *said, found = done.stdout.splitlines()
        return "\n".join(said), found

    def files(self, folder: str) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in (self.place / folder).iterdir()}


def rows_of_sqlite(house: House) -> Rows:
    with closing(sqlite3.connect(house.place / "postroad.sqlite3")) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: sorted(database.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for (name,) in names
            if not name.startswith(SHADOWS)
        }


def rows_of_postgresql(house: House) -> Rows:
    with psycopg.connect(house.around["DATABASE_URL"]) as database:
        names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {
            name: sorted(database.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for (name,) in names.fetchall()
        }


GROWING = {
    *("catalogue_record", "catalogue_item", "catalogue_contribution", "catalogue_rawrecord"),
    "catalogue_unindexed",
}
GROWING |= {"catalogue_indexed", "sqlite_sequence"}


def rehearse(one: House, other: House, folder: Path, rows_of: Any) -> None:
    """Backed up at work and brought back elsewhere, a house is of one moment."""
    with one.at_work():
        said = one.run("backup", str(folder / "at-work.zip"))
    assert "keep it as safe as the house itself" in said
    _said, found = other.restored(str(folder / "at-work.zip"))
    then, now = rows_of(other), rows_of(one)
    titles = len(then["catalogue_record"])
    assert 5 <= titles <= len(now["catalogue_record"])
    assert titles == len(then["catalogue_item"]) == len(then["catalogue_contribution"])
    assert [name for name in now if now[name] != then[name] and name not in GROWING] == []
    for folder_of, ending in (("media", "picture-{}"), ("mail", "{}.eml")):
        there = other.files(folder_of)
        assert {ending.format(number) for number in range(titles)} <= set(there)
    assert found == f"{titles} True"  # what the index did not know yet is noted beside it
    assert (other.place / "secret-key").read_text() == (one.place / "secret-key").read_text()


def rehearse_again(one: House, other: House, folder: Path, rows_of: Any) -> None:
    """The other is a house now, and is set aside for one that is the same row by row."""
    quiet = str(folder / "quiet.zip")
    one.run("backup", quiet)
    before = rows_of(other)
    with pytest.raises(AssertionError, match="There is already an installation in"):
        other.restored(quiet)
    assert rows_of(other) == before
    said, found = other.restored(quiet, "--replace")
    assert "What was here before is kept" in said
    now = rows_of(one)
    changed = {name for name in now if now[name] != rows_of(other)[name]}
    assert changed <= {"catalogue_unindexed", "catalogue_indexed", "sqlite_sequence"}
    assert other.files("media") == one.files("media")
    assert other.files("mail") == one.files("mail")
    assert found == f"{len(now['catalogue_record'])} True"


def on_sqlite(folder: Path) -> tuple[House, House]:
    one, other = House(folder / "one"), House(folder / "other")
    one.place.mkdir()
    packed = gzip.decompress(empty.PACKED.read_bytes())
    (one.place / "postroad.sqlite3").write_bytes(packed)
    return one, other


@pytest.mark.once
@pytest.mark.first
def test_a_house_at_work_comes_back_elsewhere(tmp_path):
    rehearse(*on_sqlite(tmp_path), tmp_path, rows_of_sqlite)


@pytest.mark.once
@pytest.mark.nightly
def test_a_house_that_is_there_is_set_aside_for_one_that_is_the_same_row_by_row(tmp_path):
    one, other = on_sqlite(tmp_path)
    rehearse(one, other, tmp_path, rows_of_sqlite)
    rehearse_again(one, other, tmp_path, rows_of_sqlite)
    kept = [each / "postroad.sqlite3" for each in other.place.glob("before-*")]
    assert any(each.exists() for each in kept)


@pytest.mark.postgres
@pytest.mark.nightly
def test_a_house_on_postgresql_comes_back_elsewhere_row_by_row(db, tmp_path):
    server = connection.settings_dict
    names = ("rehearsed", "rehearsed_elsewhere")
    owner = {"host": server["HOST"], "port": server["PORT"] or None, "user": server["USER"]}
    with psycopg.connect(**owner, dbname="postgres", autocommit=True) as maintenance:
        for name in names:
            maintenance.execute(f"DROP DATABASE IF EXISTS {name}".encode())
            maintenance.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    host = server["HOST"].replace("/", "%2F")
    port = f":{server['PORT']}" if server["PORT"] else ""
    one, other = (
        House(tmp_path / name, f"postgres://{server['USER']}@{host}{port}/{name}") for name in names
    )
    one.place.mkdir()
    one.run("migrate", "--verbosity", "0")
    rehearse(one, other, tmp_path, rows_of_postgresql)
    rehearse_again(one, other, tmp_path, rows_of_postgresql)


@pytest.fixture
def made(db: None, settings: Any, tmp_path: Path) -> Path:
    """A backup of this test's own database, and a home in which to put it."""
    settings.HOME = tmp_path / "home"
    settings.MEDIA_ROOT, settings.MAIL_FOLDER = settings.HOME / "media", settings.HOME / "mail"
    settings.HOME.mkdir()
    (settings.HOME / "secret-key").write_text("k" * 50)
    backup.back_up(tmp_path / "made.zip")
    return tmp_path / "made.zip"


def test_a_full_disk_leaves_no_half_backup(made, tmp_path):
    with full_disk(), pytest.raises(CommandError, match="was not written: File too large"):
        backup.back_up(tmp_path / "second.zip")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["home", "made.zip"]


def test_a_backup_takes_no_other_files_place(made):
    before = made.read_bytes()
    with pytest.raises(CommandError, match="already exists"):
        call_command("backup", str(made))
    assert made.read_bytes() == before


def test_a_backup_goes_only_where_there_is_a_folder(made, tmp_path):
    with pytest.raises(CommandError, match="is not an existing folder"):
        call_command("backup", str(tmp_path / "nowhere" / "made.zip"))


def test_a_house_in_use_is_not_replaced(made, settings):
    script = (
        "import sys\nfrom pathlib import Path\nfrom postroad import home\n"
        "home.live_in(Path(sys.argv[1]))\nprint('in', flush=True)\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-S", "-c", script, str(settings.HOME)]
    pipe = subprocess.PIPE
    around = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=around) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == b"in\n"
        with pytest.raises(CommandError, match="is in use"):
            restore.restore(made, replace=True)
        other.stdin.close()
    assert (settings.HOME / "secret-key").read_text() == "k" * 50


def test_nobody_moves_in_while_a_house_is_restored(tmp_path):
    with home.emptied(tmp_path), pytest.raises(home.LivedIn):
        home.move_in(tmp_path)


def test_a_house_that_holds_somebody_is_replaced_only_if_told(made, cast, settings):
    with pytest.raises(CommandError, match="With --replace it is set aside"):
        restore.require_leave(replace=False)
    assert not list(settings.HOME.glob("restoring-*"))


def test_a_disk_that_fills_up_at_a_restore_leaves_the_old_house(made, settings, tmp_path):
    manifest = archive.checked(made)
    place = settings.HOME / "restoring-1"
    laying = restore.laid_out(made, manifest, place, lambda _: None)
    with full_disk(), pytest.raises(OSError, match="File too large"), laying:
        pass
    assert not list(settings.HOME.glob("restoring-*"))


def test_a_house_that_has_no_room_is_not_begun(made, settings):
    manifest = archive.checked(made)
    manifest.files.append(archive.Member("media/film", 1 << 60, ""))
    with pytest.raises(CommandError, match="are free in"):
        restore.require_room(manifest)


def test_what_another_database_or_another_version_made_is_refused(made):
    manifest = archive.checked(made)
    manifest.migrations.append(["ill", "9999_of_next_year"])
    with pytest.raises(archive.Unsound, match=r"another Postroad .* has ill\.9999_of_next_year"):
        restore.require_fitting(manifest)
    manifest = archive.checked(made)
    manifest.database = {"sqlite": "postgresql", "postgresql": "sqlite"}[connection.vendor]
    with pytest.raises(archive.Unsound, match="it holds a database of"):
        restore.require_fitting(manifest)
    manifest = archive.checked(made)
    manifest.files = [each for each in manifest.files if not each.name.startswith("database")]
    with pytest.raises(archive.Unsound, match="no database in it"):
        restore.require_fitting(manifest)


def test_a_file_that_is_damaged_is_refused_with_one_sentence(made):
    made.write_bytes(made.read_bytes()[:-1000])
    with pytest.raises(CommandError, match=r"damaged or cut short. Nothing was changed\.$"):
        call_command("restore", str(made))


DUMP = [
    b"SET client_encoding = 'UTF8';\n",
    b"CREATE SCHEMA public;\n",
    b"COPY public.a (b) FROM stdin;\n",
    b"\\! what a reader may type\n",
    b"CREATE SCHEMA public;\n",
    b"\\.\n",
    b"SELECT 1;\n",
]


def test_a_dump_is_read_as_sql_alone():
    assert list(postgresql.only_sql(DUMP)) == [DUMP[0], *DUMP[2:]]


@pytest.mark.parametrize("line", [b"\\! rm -rf /\n", b"SELECT 1 \\! id\n", b"\\copy a to '/x'\n"])
def test_a_dump_that_would_run_a_program_is_refused(line):
    with pytest.raises(postgresql.Foreign):
        list(postgresql.only_sql([*DUMP, line]))
    with pytest.raises(postgresql.Foreign, match="in the middle of a table"):
        list(postgresql.only_sql(DUMP[:4]))


def test_programs_that_are_too_old_or_not_there_are_named():
    with pytest.raises(CommandError, match="version 999 or newer"):
        postgresql.program("pg_dump", 999)
    with pytest.raises(CommandError, match="is not on this machine; install"):
        postgresql.program("pg_nothing", 15)
