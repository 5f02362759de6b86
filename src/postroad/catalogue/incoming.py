"""A library's MARC file that came in by a page: kept in the home until the worker has loaded it."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import OperationalError

from postroad.accounts.models import Upload, User
from postroad.catalogue import loading
from postroad.catalogue.loading import Report
from postroad.directory.models import Library
from postroad.home import put_whole
from postroad.protocols.marc.results import NotMarc

BYTES = 20_000_000

State = Upload.State


def place(upload: Upload) -> Path:
    return Path(settings.HOME) / "incoming" / f"{upload.pk}.mrc"


def keep(sent: bytes, name: str, library: Library, *, by: User, at: datetime) -> Upload:
    """Put it where the worker finds it."""
    upload = Upload.objects.create(
        kind=Upload.Kind.STOCK, library=library, name=name[:120], at=at, by=by
    )
    place(upload).parent.mkdir(parents=True, exist_ok=True)
    put_whole(place(upload), sent)
    Upload.objects.filter(pk=upload.pk).update(state=State.ACCEPTED)
    return upload


def work_off(now: datetime) -> int:
    """Job: load what came in. Loading a file again changes nothing, so a killed worker's is."""
    waiting = Upload.objects.filter(state=State.ACCEPTED, kind=Upload.Kind.STOCK)
    done = 0
    for upload in waiting.select_related("library").order_by("at", "pk"):
        try:
            report = load(upload)
        except OperationalError:
            break  # the database is busy: at the next turn
        Upload.objects.filter(pk=upload.pk).update(state=State.DONE, report=report, finished_at=now)
        place(upload).unlink(missing_ok=True)
        done += 1
    return done


def load(upload: Upload) -> dict[str, object]:
    """How many records and copies came in, and what could not be read."""
    assert upload.library is not None  # a file is of a library

    def progress(report: Report) -> None:
        Upload.objects.filter(pk=upload.pk).update(worked=report.read)

    try:
        with place(upload).open("rb") as file:
            report = loading.load(file, upload.library, progress=progress, refresh=False)
    except FileNotFoundError:
        return {"trouble": "gone"}
    except NotMarc as no:
        return {"trouble": "not-marc", "reason": str(no.facts["reason"])}
    return {
        "read": report.read,
        "records": report.written.new + report.written.joined,
        "copies": report.written.copies_new,
        "left_out": report.left_out,
        "system": report.system,
        "without_copies": report.without_copies,
        "owns_without_items": report.owns_without_items,
        "strange": dict(report.strange.most_common(20)),
        "breaks_off": report.breaks_off,
        "troubles": [
            f"{trouble.position}: {trouble.reason}" + (f" ({count} records)" if count > 1 else "")
            for trouble, count in report.told()
            if not trouble.mended
        ][:20],
    }
