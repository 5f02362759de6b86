"""Telling a reader the code that opens a copy, and the operators which files are missing."""

from dataclasses import dataclass
from datetime import datetime

from postroad.accounts.models import Role, User
from postroad.documents import gate, keeping
from postroad.documents.models import Copy, Key
from postroad.notices import links, tell
from postroad.notices.models import Kind, Notice
from postroad.reference_numbers import grouped

CODES, FILES = Key._meta.label_lower, "documents.files"  # the sources of notices
LISTED = 50


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What stands in the mail with a code: no title, since mail is read by others too."""

    code: str
    minutes: int = int(gate.GOOD_FOR.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class MissingFacts:
    """Copies that storage does not have."""

    copies: int
    lines: tuple[str, ...] = ()


def send_code(copy: Copy, reader: User, now: datetime) -> None:
    """Mail the reader a code for this copy, in the place of any before."""
    before = [str(key) for key in copy.keys.values_list("pk", flat=True)]
    key, code = gate.new_code(copy, now)
    tell.note(
        Kind.COPY_CODE,
        reader,
        CodeFacts(grouped(code)),
        source=CODES,
        source_key=key.pk,
        now=now,
        link=links.copy(gate.token(copy)),
    )
    Notice.objects.filter(source=CODES, source_key__in=before).delete()


def forget_codes(now: datetime) -> int:
    """Job: a code that was used or is too old stands in no notice any more."""
    told = Notice.objects.filter(source=CODES, user__isnull=False)  # by its index
    live = {str(key) for key in Key.objects.filter(expires_at__gt=now).values_list("pk", flat=True)}
    return told.exclude(source_key__in=live).delete()[0]


def look_after(now: datetime) -> int:
    """Job: compare files and rows, and tell the operators, once, of what is missing."""
    missing = keeping.compare(now).missing
    if missing:
        lines = tuple(f"{grouped(each.ref)}, {each.supplier.name}" for each in missing[:LISTED])
        tell.note(
            Kind.COPIES_MISSING,
            Role.OPERATOR,
            MissingFacts(len(missing), lines),
            source=FILES,
            source_key=f"{max(each.pk for each in missing)} {len(missing)}",
            now=now,
        )
    return len(missing)
