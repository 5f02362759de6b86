"""postroad bounces < message, or postroad bounces --maildir FOLDER"""

import sys
from argparse import ArgumentParser
from mailbox import Maildir
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from postroad.notices import bounces
from postroad.notices.bounces import Read

DONE = frozenset({Read.COUNTED, Read.KNOWN})


class Command(BaseCommand):
    help = "Read mail that came back: one message from the standard input, or a folder of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--maildir",
            type=Path,
            metavar="FOLDER",
            help="read its new messages; what was counted is deleted, the rest marked as seen",
        )

    def handle(self, *, maildir: Path | None = None, **_: Any) -> None:
        """It ends well whatever was sent: a mail server that is told of a failure writes back."""
        if maildir is None:
            raw = sys.stdin.buffer.read(bounces.LARGEST + 1)
            self.stdout.write(bounces.read(raw, timezone.now()).value)
            return
        if not (maildir / "new").is_dir():
            raise CommandError(f"{maildir} is no maildir: it has no folder called new.")
        found = list(self.work_off(maildir))
        for result in Read:
            if number := found.count(result):
                self.stdout.write(f"{number} {result.value}")

    def work_off(self, maildir: Path) -> "list[Read]":
        box, found = Maildir(maildir, create=False), []
        for file in sorted((maildir / "new").iterdir()):
            with file.open("rb") as opened:
                result = bounces.read(opened.read(bounces.LARGEST + 1), timezone.now())
            found.append(result)
            if result in DONE:
                file.unlink()
            else:
                file.rename(maildir / "cur" / f"{file.name.partition(box.colon)[0]}{box.colon}2,S")
        return found
