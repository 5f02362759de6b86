"""`postroad bench`: measure, one JSON object a line."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from postroad.bench import servers

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
BENCHES = {
    "loans": (SQLITE, POSTGRESQL),
    "referral": (SQLITE, POSTGRESQL),
    "pages": (SQLITE,),
    "centre": (SQLITE, POSTGRESQL),
    "public": (SQLITE,),
    "visitors": (SQLITE,),
    "matching": (SQLITE,),
    "load": (SQLITE,),
    "search": (SQLITE,),
    "relevance": (SQLITE,),
    "licensed": (SQLITE, POSTGRESQL),
    "scans": (SQLITE, POSTGRESQL),
    "slips": (SQLITE,),
    "sort": (SQLITE, POSTGRESQL),
    "days": (SQLITE, POSTGRESQL),
}


class Command(BaseCommand):
    help = "Measure how fast Postroad is here, in a house of its own that is gone afterwards."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", choices=BENCHES, help="without: all of them")

    def handle(self, *args: Any, name: str | None, **options: Any) -> None:
        for bench in [name] if name else BENCHES:
            for database in BENCHES[bench]:
                if database == POSTGRESQL and servers.programs() is None:
                    self.stderr.write(f"{bench}: no PostgreSQL server here, so no figures for it.")
                else:
                    self.measure(bench, database)

    def measure(self, bench: str, database: str) -> None:
        with house(database) as environment:
            for command in (("postroad", "migrate", "-v0"), ("postroad.bench.alone", bench)):
                done = subprocess.run(
                    [sys.executable, "-m", *command], env=environment, check=False
                )
                if done.returncode:
                    raise CommandError(f"{bench} on {database} did not finish.")


@contextmanager
def house(database: str) -> Iterator[dict[str, str]]:
    """The environment of a new, empty house, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="postroad-bench-") as home:
        environment = os.environ | {"POSTROAD_HOME": home, "LOG_LEVEL": "ERROR"}
        environment.pop("DATABASE_URL", None)
        if database == SQLITE:
            yield environment
            return
        with servers.postgresql() as address:
            yield environment | {"DATABASE_URL": address}
