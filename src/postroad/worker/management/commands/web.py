"""`postroad web`: the pages alone; workers run elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from postroad.worker import serving


class Command(BaseCommand):
    help = "Answer visits, until interrupted. Needs a `postroad worker` beside it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help="where to listen")
        parser.add_argument("--port", type=int, default=8000, help="where at the address")
        parser.add_argument("--processes", type=int, default=1, help="how many share the visits")

    def handle(self, *args: Any, **options: Any) -> None:
        serving.web(options["address"], options["port"], options["processes"])
