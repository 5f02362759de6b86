"""Asking libraries that have said nothing for long how they stand, by mail with a link."""

from datetime import datetime

from django.db import transaction

from postroad.directory import asking
from postroad.directory.models import Library
from postroad.notices import links, tell
from postroad.notices.models import Kind
from postroad.notices.words import Facts

SOURCE = "directory.statusask"
BATCH = 25  # letters in one turn: a new consortium does not write to all its members at once


def ask(now: datetime) -> int:
    """Job: write to those whose turn it is; how many letters were written."""
    silent = asking.silent(now).order_by("pk")[:BATCH]
    for library in silent:
        write(library, now)
    return len(silent)


@transaction.atomic
def write(library: Library, now: datetime) -> None:
    asked = asking.ask(library, now)
    tell.note(
        Kind.STATUS_ASKED,
        library,
        Facts(library=library.name, day=library.day_of(asking.works_until(asked))),
        source=SOURCE,
        source_key=asked.pk,
        now=now,
        about="status",
        link=links.say(asking.token(asked)),
    )
