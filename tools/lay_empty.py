"""Lay the empty tables into the PostgreSQL of DATABASE_URL: as packed, or by all migrations.

    .venv/bin/python tools/lay_empty.py [--by-migrations]

Two hundred migrations take a minute where their packed result takes a second. It is trusted while
the sum beside it is that of the migrations; at night they are run, whatever the sum says.
"""

import gzip
import os
import sys

import django
import make_empty


def main(by_migrations: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if by_migrations or not make_empty.is_fresh():
        call_command("migrate", interactive=False, verbosity=0)
        sys.stdout.write("by all migrations\n")
        return
    with connection.cursor() as cursor:
        cursor.execute(gzip.decompress(make_empty.PACKED_SQL.read_bytes()).decode())
    sys.stdout.write(f"as {make_empty.PACKED_SQL.name} has them\n")


if __name__ == "__main__":
    main("--by-migrations" in sys.argv)
