"""What was deleted shall not lie on the disk: a name that has left a loan, a letter's words.

SQLite overwrites what it deletes (`secure_delete`, in the settings), but its log of writes keeps
the pages as they were before, until it is begun anew. PostgreSQL does the like by itself (vacuum).
"""

from datetime import datetime

from django.conf import settings
from django.db import connection

PATIENCE = 1000  # milliseconds for which readers and writers may hold us up, and we them


def overwrite(now: datetime) -> int:
    """Job: write SQLite's log into the database and begin it anew, if nobody is in the middle."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return 0
    usual = int(settings.DATABASES["default"]["OPTIONS"]["timeout"]) * 1000
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, _pages, _done = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
    return 0 if busy else 1
