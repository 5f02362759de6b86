"""`postroad web`: the pages alone; workers run elsewhere."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from postroad.worker import arguments, serving


class Command(BaseCommand):
    help = "Answer visits, until interrupted. Needs a `postroad worker` beside it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        arguments.listening(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        serving.web(options["address"], options["port"], options["processes"])
