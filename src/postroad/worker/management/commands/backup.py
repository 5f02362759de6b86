"""postroad backup FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from postroad.worker import backup
from postroad.worker.arguments import Progress


class Command(BaseCommand):
    help = (
        "Write the whole house into one file, while it runs: database, search index, pictures, "
        "mail and secret key."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that does not exist yet")

    def handle(self, *, file: Path, **_: Any) -> None:
        with Progress(self.stderr) as progress:
            manifest = backup.back_up(file, progress)
        rows = sum(manifest.rows.values())
        self.stdout.write(
            f"{file}: {file.stat().st_size:,} bytes, with {rows:,} rows of "
            f"{len(manifest.rows)} tables and {len(manifest.files) - 1:,} files."
        )
        if not manifest.has("secret-key"):
            self.stdout.write("The key is in SECRET_KEY; it is not in the backup. Keep it, too.")
        if not manifest.under("index"):
            self.stdout.write("Without the search index, which a restored house makes anew.")
        self.stdout.write("It is about people: keep it as safe as the house itself.")
