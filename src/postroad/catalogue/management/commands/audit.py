"""postroad audit: the catalog compared with itself, and the search index with the catalog."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from postroad.catalogue import audit, search
from postroad.catalogue.audit import Report, What


class Command(BaseCommand):
    help = (
        "Compare the search index with the catalog, and the catalog with itself. Ends as a failure "
        "if something is wrong and was not mended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mend", action="store_true", help="put right what is wrong")

    def handle(self, *, mend: bool = False, **_: Any) -> None:
        try:
            search.refresh()
        except (search.IndexBusy, search.IndexTrouble) as why:
            self.stderr.write(f"The index could not follow first: {why}. It is compared as it is.")
        report = audit.whole(now=timezone.now(), mend=mend, progress=self.progress)
        if mend and report.mended:
            search.refresh()
        for line in told(report):
            self.stdout.write(line)
        if left := report.left.total():
            raise CommandError(
                f"{left:,} are wrong." if mend else f"{left:,} are wrong; --mend puts them right."
            )

    def progress(self, report: Report) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{report.records:,} records", ending="")


def told(report: Report) -> Iterator[str]:
    yield f"{report.records:,} records compared"
    for what in What:
        if count := report.wrong[what]:
            few = report.first[what]
            named = ", ".join(map(str, few)) + (" ..." if count > len(few) else "")
            mended = f", {report.mended[what]:,} mended" if report.mended[what] else ""
            yield f"  {count:,} {what.label}{mended}: {named}"
    if not report.wrong:
        yield "  nothing is wrong"
