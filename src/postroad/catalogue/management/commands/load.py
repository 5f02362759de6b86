"""postroad load FILE --library CODE"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from postroad.catalogue import loading
from postroad.catalogue.loading import Report
from postroad.catalogue.reading import NotMarc
from postroad.directory.models import Library

NAMED = 20  # troubles on the screen


class Command(BaseCommand):
    help = (
        "Load a library's MARC file (ISO 2709 or MARCXML, also gzipped) into the union catalogue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the MARC file")
        parser.add_argument(
            "--library", required=True, metavar="CODE", help="whose records these are"
        )

    def handle(self, *, file: Path, library: str, **_: Any) -> None:
        owner = Library.objects.filter(code=library).first()
        if owner is None:
            raise CommandError(f"There is no library with the code {library!r}.")
        try:
            with file.open("rb") as opened:
                report = loading.load(opened, owner, progress=self.progress)
        except OSError as why:
            raise CommandError(f"{file} cannot be read: {why.strerror}.") from why
        except NotMarc as why:
            raise CommandError(f"{file} is not read: {why.facts['reason']}.") from why
        self.tell(report)

    def progress(self, report: Report) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{report.read:,} records", ending="")

    def tell(self, report: Report) -> None:
        if self.stderr.isatty():
            self.stderr.write("")
        done = report.written
        lines = [
            f"{report.read:,} records read for {report.library} in {report.seconds:.1f} s",
            (
                f"  records: {done.new:,} new, {done.joined:,} joined to those of other libraries, "
                f"{done.changed:,} changed, {done.unchanged:,} as they were"
            ),
            (
                f"  copies: {done.copies_new:,} new, {done.copies_changed:,} changed, "
                f"{done.copies_withdrawn:,} withdrawn, {done.copies_twice:,} listed twice"
            ),
            (
                f"  {report.mended:,} mended, {report.left_out:,} left out, "
                f"{report.holdings_records:,} holdings records not needed"
            ),
        ]
        for trouble in report.troubles[:NAMED]:
            name = f" ({trouble.control_number})" if trouble.control_number else ""
            verb = "mended" if trouble.mended else "left out"
            lines.append(f"  record {trouble.position}{name} {verb}: {trouble.reason}")
        if more := report.mended + report.left_out - NAMED:
            lines += [f"  and {more:,} more"] if more > 0 else []
        if not report.searchable:
            lines.append("  The search index could not follow; the worker will try again.")
        self.stdout.write("\n".join(lines))
