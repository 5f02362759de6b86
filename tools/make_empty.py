"""Write down the empty database that all migrations make, in src/postroad/worker:

    empty.sqlite3.gz  that a first start on SQLite unpacks
    empty.sql.gz      that the tests on PostgreSQL begin with
    empty.sum         the sum of all that the two were made of

    .venv/bin/python tools/make_empty.py

To be run after each new migration; a test says when that was forgotten. It needs the programs of
PostgreSQL (Debian's package `postgresql`) and starts a server of its own.
"""

import gzip
import hashlib
import io
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
HERE = REPOSITORY / "src" / "postroad" / "worker"
PACKED, PACKED_SQL, SUM = HERE / "empty.sqlite3.gz", HERE / "empty.sql.gz", HERE / "empty.sum"
MAKERS = ("django", "wagtail")  # what turns migrations into tables and first rows
# What a server of another version might not know, and what differs at each making.
OF_THE_DUMP = re.compile(r"^(?:--.*|SET .*|\\.*|)\n", re.MULTILINE)


def total() -> str:
    """The sum of what the empty database is made of: migrations, their makers, and this file."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    digest = hashlib.sha256(Path(__file__).read_bytes())
    for package in MAKERS:
        digest.update(f"{package} {version(package)}\n".encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        module, _explicit = MigrationLoader.migrations_module(app.label)
        folder = Path(app.path, "migrations")
        digest.update(f"{app.label} {module}\n".encode())
        for path in sorted(folder.glob("[0-9]*.py")):
            digest.update(path.name.encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether the packed databases were made of what is here now."""
    return SUM.read_text().strip() == total()


def made(folder: Path) -> Path:
    """A database made by the migrations alone, tidied, in one file."""
    path, tidy = folder / "made.sqlite3", folder / "tidy.sqlite3"
    migrate(f"sqlite:///{path}", folder)
    with sqlite3.connect(path) as database:
        database.execute("VACUUM INTO ?", [str(tidy)])
    with sqlite3.connect(tidy) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    return tidy


def made_sql(folder: Path) -> str:
    """The same on PostgreSQL, as statements."""
    from postroad.bench import servers

    with servers.postgresql(careful=False) as server:
        migrate(server, folder)
        return dumped(server)


def dumped(server: str) -> str:
    """All of a database as statements, without what belongs to the moment or the version."""
    from postroad.bench import servers

    programs = servers.programs()
    assert programs is not None
    command = [str(programs / "pg_dump"), "--inserts", "--no-owner", "--no-privileges", server]
    dump = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return OF_THE_DUMP.sub("", dump)


def migrate(database: str, home: Path) -> None:
    environment = os.environ | {
        "POSTROAD_HOME": str(home),
        "POSTROAD_DEMO": "no",
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "postroad.settings",
        "PYTHONPATH": str(REPOSITORY / "src"),
    }
    command = [sys.executable, "-m", "postroad", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment, cwd=REPOSITORY, check=True)


def pack(target: Path, content: bytes) -> None:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
        packed.write(content)
    target.write_bytes(buffer.getvalue())
    sys.stdout.write(f"{target.name}: {len(content)} bytes, {len(buffer.getvalue())} packed\n")


def main() -> None:
    import django

    from postroad.bench import servers

    if servers.programs() is None:
        sys.exit("PostgreSQL's programs are needed: install Debian's package `postgresql`.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {
            "POSTROAD_HOME": name,
            "POSTROAD_DEMO": "no",
            "DATABASE_URL": f"sqlite:///{folder}/none.sqlite3",
            "DJANGO_SETTINGS_MODULE": "postroad.settings",
        }
        django.setup()
        pack(PACKED, made(folder).read_bytes())
        pack(PACKED_SQL, made_sql(folder).encode())
    SUM.write_text(total() + "\n")


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY / "src"))
    main()
