"""postroad mapping CODE: how a library's items are read, shown, tried on a file, and changed."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pymarc
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from postroad.catalogue import mapping, rereading
from postroad.catalogue.management.commands.load import owner_of
from postroad.catalogue.marc import statuses
from postroad.catalogue.marc.copies import Reading
from postroad.catalogue.marc.layouts import PRESETS
from postroad.catalogue.models import ItemStatus
from postroad.protocols.marc import reading
from postroad.protocols.marc.results import NotMarc, Read

LOOKED_AT = 1000  # records of a file that is tried
NO = frozenset({"no", "yes"})
SAID = frozenset(ItemStatus.values) - {ItemStatus.AWAY}  # gone with us: no library's file says so


class Command(BaseCommand):
    help = (
        "Show how a library's items are read from its records, try it on a file, or change it. "
        "With --try nothing is kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("library", metavar="CODE", help="whose items")
        parser.add_argument("--system", choices=sorted(PRESETS), help="the preset of its system")
        parser.add_argument(
            "--word",
            action="append",
            default=[],
            type=word,
            metavar="WORD=STATUS",
            help=f"what a word of its system means: {', '.join(sorted(SAID))}",
        )
        parser.add_argument(
            "--only", choices=sorted(NO), help="no other layout is tried where it finds nothing"
        )
        parser.add_argument(
            "--owns", choices=sorted(NO), help="a record without any item makes it an owner"
        )
        parser.add_argument(
            "--back", action="store_true", help="put back what was kept before this"
        )
        parser.add_argument(
            "--anew",
            action="store_true",
            help="then let the worker read the library's records anew; no file is needed",
        )
        parser.add_argument(
            "--try", dest="file", type=Path, metavar="FILE", help="what it makes of this file"
        )

    def handle(
        self,
        *,
        library: str,
        system: str | None,
        word: list[tuple[str, str]],
        only: str | None,
        owns: str | None,
        file: Path | None,
        back: bool = False,
        anew: bool = False,
        **_: Any,
    ) -> None:
        owner, now = owner_of(library), timezone.now()
        if back and not mapping.go_back(owner, by=None, at=now):
            raise CommandError("Nothing was kept before.")
        held = mapping.of(owner) or Reading()
        wanted = changed(held, system, dict(word), only, owns)
        if file is not None:
            self.show(tried(file, wanted))
            if wanted != held:
                self.stdout.write("Nothing was kept: say the same without --try.")
        elif wanted != held:
            mapping.keep(owner, wanted, at=now)
            again = "" if anew else "; say --anew, or load its file again"
            self.stdout.write(f"{owner.name}: kept{again}.")
        if anew:
            asked = rereading.ask(owner, by=None, at=now)
            self.stdout.write(f"The worker reads its {asked.total:,} records anew.")
        self.show(told(wanted))

    def show(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def word(text: str) -> tuple[str, str]:
    said, equals, status = text.rpartition("=")
    if not equals or not said.strip() or status not in SAID:
        raise ArgumentTypeError(
            f"{text!r} is not WORD=STATUS, with one of {', '.join(sorted(SAID))}"
        )
    return statuses.plain(said), status


def changed(
    held: Reading, system: str | None, words: dict[str, str], only: str | None, owns: str | None
) -> Reading:
    """The mapping with what was said. Raises CommandError for words of no system."""
    layout = PRESETS[system] if system else held.layout
    if words:
        if layout is None:
            raise CommandError("Say first which system it is, with --system.")
        layout = replace(layout, words={**layout.words, **words})
    return Reading(
        layout,
        only=held.only if only is None else only == "yes",
        owns_without_items=held.owns_without_items if owns is None else owns == "yes",
    )


def told(held: Reading) -> Iterator[str]:
    if held.layout is None:
        yield "Not known yet: it is guessed on its first file."
        return
    yield f"system: {held.layout.system}, field {held.layout.tag}"
    preset = PRESETS.get(held.layout.system)
    own = {
        said: status
        for said, status in held.layout.words.items()
        if preset is None or preset.words.get(said) != status
    }
    for said, status in sorted(own.items()):
        yield f"word: {said} means {status}"
    yield f"only this layout: {'yes' if held.only else 'no'}"
    yield f"owner without items: {'yes' if held.owns_without_items else 'no'}"


def tried(file: Path, wanted: Reading) -> Iterator[str]:
    """What it makes of the first records of a file. Raises CommandError."""
    try:
        with file.open("rb") as opened:
            records = list(islice(readable(reading.records(opened)), LOOKED_AT))
    except (NotMarc, OSError) as no:
        raise CommandError(f"{file} cannot be read: {no}") from no
    if wanted.layout is None:
        wanted = replace(wanted, layout=mapping.guess(records).layout)
        found = wanted.layout.system if wanted.layout else "no system; nothing was found"
        yield f"guessed: {found}"
    made = mapping.preview(records, wanted)
    yield f"{made.records:,} records, {made.without_copies:,} without a copy"
    for status, count in sorted(made.by_status.items()):
        yield f"  {count:,} {status}"
    for said, count in made.strange.most_common():
        yield f"  {count:,} with the status {said!r}, which is not known"
    for row in made.rows:
        copies = "; ".join(
            " ".join(filter(None, (c.barcode, c.call_number, c.location, c.volume, c.status)))
            for c in row.copies
        )
        yield f"{row.control_number} {row.title[:60]}: {copies or 'no copy'}"


def readable(read: Iterator[Any]) -> Iterator[pymarc.Record]:
    return (each.record for each in read if isinstance(each, Read))
