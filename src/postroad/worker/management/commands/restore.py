"""postroad restore FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from postroad.worker import restore
from postroad.worker.arguments import Progress


class Command(BaseCommand):
    help = (
        "Put the house in a file that `backup` made in the place of the one that is here. "
        "Stop Postroad first."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the backup")
        parser.add_argument(
            "--replace", action="store_true", help="set aside the installation that is here"
        )

    def handle(self, *, file: Path, replace: bool, **_: Any) -> None:
        with Progress(self.stderr) as progress:
            done = restore.restore(file, replace=replace, tell=progress)
        self.stdout.write(f"The house of {done.manifest.made_at} is back.")
        if done.aside:
            self.stdout.write(f"What was here before is kept: {done.aside}.")
        if not done.manifest.under("index"):
            self.stdout.write("The search index is made anew when a worker runs.")
        self.stdout.write("Start Postroad; what was due meanwhile happens then.")
