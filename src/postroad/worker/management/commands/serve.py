"""`postroad serve`: pages and worker together, on a database that is up to date."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from postroad import memory
from postroad.worker import arguments, empty, serving


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
        empty.lay()
        memory.settle()  # a demo that is loaded spent a seventh of its time on it
        call_command("migrate", interactive=False, verbosity=0)
        if options["demo"]:
            wanted = {"requests": options["requests"]} if options["requests"] else {}
            call_command("demo", **wanted)
        serving.when_it_answers(address, port, lambda: self.announce(address, port))
        with serving.worker_beside():
            serving.web(address, port, options["processes"])

    def announce(self, address: str, port: int) -> None:
        host = f"[{address}]" if ":" in address else address
        self.stdout.write(f"Postroad is at http://{host}:{port}/ until you press Ctrl-C.")
        self.stdout.flush()
