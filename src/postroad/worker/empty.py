"""An empty database at once, for a first start on SQLite.

`empty.sqlite3.gz` is what all migrations together make of nothing, as tools/make_empty.py wrote it
down. A newcomer waits for them a quarter of a minute, most of it for Wagtail's; to unpack their
result takes none. The migrations run all the same afterwards, so one that is newer than the file
is applied as usual. A test holds the file against what the migrations make.
"""

import gzip
from pathlib import Path

from django.conf import settings

from postroad import home

PACKED = Path(__file__).with_name("empty.sqlite3.gz")


def lay() -> None:
    """Put the empty database where the settings want one, if that is a file not there yet.

    Be alone in the home: of two that lay one, the second would take away what the first began.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return
    target = Path(database["NAME"])
    if target.exists() or not target.parent.is_dir():
        return
    home.put_whole(target, gzip.decompress(PACKED.read_bytes()))
