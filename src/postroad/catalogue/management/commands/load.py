"""postroad load FILE --library CODE"""

from argparse import ArgumentParser
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from postroad.catalogue import loading, loads
from postroad.catalogue.load_models import Load, LoadState
from postroad.catalogue.load_sessions import NotOurs
from postroad.catalogue.loading import Report
from postroad.directory.models import Library, Membership
from postroad.protocols.marc.results import NotMarc, Trouble

NAMED = 20  # kinds of trouble on the screen


def owner_of(code: str) -> Library:
    """The library with this code, however it is written."""
    members = Library.objects.filter(membership=Membership.MEMBER)
    owner = members.filter(code__iexact=code).order_by("pk").first()
    if owner is None:
        codes = {each.upper(): each for each in members.values_list("code", flat=True)}
        like = [codes[each] for each in get_close_matches(code.upper(), codes)]
        hint = f" Did you mean {' or '.join(like)}?" if like else ""
        raise CommandError(f"There is no library with the code {code!r}.{hint}")
    return owner


def items_of(report: Report) -> Iterator[str]:
    """How the items were read, and what of them nobody knows."""
    if report.system:
        how = "guessed from this file" if report.guessed else "as kept for the library"
        yield f"  items read as {report.system} writes them ({how})"
    if report.without_copies:
        owner = "counts all the same, with one copy not known to be in"
        if not report.owns_without_items:
            owner = "does not count as their owner"
        yield f"  {report.without_copies:,} records list no copy: the library {owner}"
    for word, count in report.strange.most_common(NAMED):
        yield f"  {count:,} copies with the status {word!r}, which is not known: not known to be in"


def sentence(trouble: Trouble, count: int) -> str:
    """What is wrong, with the first record that has it, its own number, and what shows it."""
    name = f" ({trouble.control_number})" if trouble.control_number else ""
    verb = "mended" if trouble.mended else "left out"
    seen = f": {trouble.seen}" if trouble.seen else ""
    if count == 1:
        return f"record {trouble.position}{name} {verb}: {trouble.reason}{seen}"
    first = f"first record {trouble.position}{name}{seen}"
    return f"{count:,} records {verb}: {trouble.reason}; {first}"


class Command(BaseCommand):
    help = "Load a library's MARC file (ISO 2709, MARCXML or .mrk, also gzipped) into the catalog."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the MARC file")
        parser.add_argument(
            "--library", required=True, metavar="CODE", help="whose records these are"
        )

        parser.add_argument(
            "--whole",
            action="store_true",
            help="the file lists everything the library has: withdraw what is not in it",
        )
        parser.add_argument(
            "--confirm",
            action="store_true",
            help="withdraw it even if it is more than one copy in twenty",
        )

    def handle(
        self, *, file: Path, library: str, whole: bool = False, confirm: bool = False, **_: Any
    ) -> None:
        self.loaded = 0
        self.pk: list[int] = []
        self.whole, self.confirmed = whole, confirm
        owner = owner_of(library)
        if file.exists() and not file.is_file():
            raise CommandError(f"{file} is a folder, a pipe or a device, not a file.")
        report = self.load(file, owner)
        self.tell(report)
        self.judge(file, report)

    def judge(self, file: Path, report: Report) -> None:
        """What somebody must see to ends the command as a failure: it may run at night."""
        if report.breaks_off:
            raise CommandError(
                f"{file} ends too early. What it lists was loaded; nothing was withdrawn."
            )
        if report.left_out == report.read:
            raise CommandError(f"{file}: none of its records could be read. Nothing was changed.")
        if report.not_withdrawn == "nameless":
            raise CommandError(
                f"{report.absent:,} copies are not in {file}, and {report.nameless:,} records in "
                "it could not be read, not even their numbers: they may be the same. What could be "
                "read is loaded; nothing that is absent was withdrawn. Fix the records, or load "
                "it again with --confirm if the copies are gone."
            )
        if report.not_withdrawn:
            share = 100 * report.absent / max(report.copies, 1)
            raise CommandError(
                f"{report.absent:,} of {report.copies:,} copies ({share:.0f} %) are not in {file}. "
                "So many may be a mistake: what is in it is loaded, and nothing that is absent was "
                "withdrawn. If they are gone, load it again with --confirm."
            )

    def load(self, file: Path, owner: Library) -> Report:
        try:
            load = self.begun(file, owner)
            self.pk = [load.pk]
            report = loads.complete(load, file, self.progress)
        except OSError as why:
            raise CommandError(f"{file} cannot be read: {why.strerror}.{self.kept()}") from why
        except NotMarc as why:
            loads.fail(load, str(why.facts["reason"]))
            raise CommandError(f"{file} is not read: {why.facts['reason']}.{self.kept()}") from why
        except NotOurs as why:
            raise CommandError(f"It was stopped by a page.{self.kept()}") from why
        except OperationalError as why:
            raise CommandError(f"This cannot be written: {why}.{self.kept()}") from why
        except KeyboardInterrupt:
            self.stderr.write(f"Interrupted.{self.kept()}")
            raise
        finally:
            Load.objects.filter(pk__in=self.pk, state=LoadState.READING).update(beat_at=None)
        report.searchable = loading.refreshed()
        return report

    def begun(self, file: Path, owner: Library) -> Load:
        """The load of this file; one that was interrupted goes on."""
        kind = Load.Kind.FULL if self.whole else Load.Kind.CHANGES
        now = timezone.now()
        load = Load(
            library=owner,
            kind=kind,
            source=Load.Source.COMMAND,
            name=file.name[:120],
            state=LoadState.READING,
            sha256=loads.sum_of(file),
            size=file.stat().st_size,
            sent_at=now,
            queued_at=now,
            started_at=now,
            beat_at=now,
            answer="withdraw" if self.confirmed else "",
        )
        before = loads.interrupted(load)
        if before is None:
            try:
                with transaction.atomic():
                    load.save()
            except IntegrityError as why:
                raise CommandError(f"{file} is being loaded just now, by a page.") from why
            return load
        if loads.is_alive(before):
            raise CommandError(f"{file} is being loaded just now. If not, try again in a minute.")
        if before.answer != load.answer:
            before.answer = load.answer
            before.save(update_fields=["answer"])
        if before.position:
            self.stdout.write(f"Going on behind record {before.position:,}, where it ended.")
        return before

    def kept(self) -> str:
        """What to add when it ends early: what was written stays."""
        if not self.loaded:
            return ""
        return f" The first {self.loaded:,} records are loaded; load the file again to go on."

    def progress(self, report: Report) -> None:
        self.loaded = report.read
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
                f"  {done.deleted + done.deleted_unseen:,} deleted, {report.mended:,} mended, "
                f"{report.left_out:,} left out, "
                f"{report.holdings_records:,} holdings records, read for volumes"
            ),
        ]
        lines += items_of(report)
        told = list(report.told())
        lines += [f"  {sentence(trouble, count)}" for trouble, count in told[:NAMED]]
        if more := len(told) - NAMED:
            lines += [f"  and {more:,} more kinds"] if more > 0 else []
        if not report.searchable:
            lines.append("  The search index could not follow; the worker will try again.")
        self.stdout.write("\n".join(lines))
