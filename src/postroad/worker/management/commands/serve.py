"""`postroad serve`: pages and worker together, on a database that is up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from postroad import gc_tuning, home
from postroad.worker import arguments, empty, serving

ONE_START_AT_A_TIME = 0x504F5355


@contextmanager
def one_at_the_database() -> Iterator[None]:
    """Starts on several machines that share one PostgreSQL wait for each other, too."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_START_AT_A_TIME])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_START_AT_A_TIME])


class Command(BaseCommand):
    help = (
        "Bring the database up to date, then answer visits and run the worker, until interrupted."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        arguments.listening(parser)
        parser.add_argument("--demo", action="store_true", help="load the demo consortium first")
        requests = arguments.count("--requests")
        parser.add_argument(
            "--requests", type=requests, help="how many requests the demo starts with"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address, port = options["address"], options["port"]
        serving.require_free(address, port)
        serving.require_writable(settings.HOME)
        with home.alone(settings.HOME, waits=self.wait), one_at_the_database():
            empty.lay()
            gc_tuning.settle()  # a demo that is loaded spent a seventh of its time on it
            call_command("migrate", interactive=False, verbosity=0)
            if options["demo"]:
                wanted = {"requests": options["requests"]} if options["requests"] else {}
                call_command("demo", **wanted)
            serving.gather_static_files()
        serving.when_it_answers(address, port, lambda: self.announce(address, port))
        with serving.worker_beside():
            serving.web(address, port, options["processes"])

    def wait(self) -> None:
        self.stdout.write("Another start is making this house ready; this one goes on after it.")
        self.stdout.flush()

    def announce(self, address: str, port: int) -> None:
        host = f"[{address}]" if ":" in address else address
        self.stdout.write(f"Postroad is at http://{host}:{port}/ until you press Ctrl-C.")
        self.stdout.flush()
