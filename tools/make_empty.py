"""Write down the empty database that all migrations make: src/postroad/worker/empty.sqlite3.gz.

    .venv/bin/python tools/make_empty.py

To be run after each new migration; a test says when that was forgotten.
"""

import gzip
import io
import os
import sqlite3
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "src"))


def made(folder: Path) -> Path:
    """A database made by the migrations alone, tidied, in one file."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    tidy = folder / "tidy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tidy)])
    connection.close()
    with sqlite3.connect(tidy) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    return tidy


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "POSTROAD_HOME": folder,
            "POSTROAD_DEMO": "no",
            "DATABASE_URL": f"sqlite:///{folder}/made.sqlite3",
            "DJANGO_SETTINGS_MODULE": "postroad.settings",
        }
        tidy = made(Path(folder)).read_bytes()
    from postroad.worker.empty import PACKED

    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
        packed.write(tidy)
    PACKED.write_bytes(buffer.getvalue())
    sys.stdout.write(f"{PACKED.name}: {len(tidy)} bytes, {len(buffer.getvalue())} packed\n")


if __name__ == "__main__":
    main()
