"""What is known of a copy before it is asked for: whether the catalog has the journal or the book,
and whether the library's readers find it online already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad.catalogue import citation as written
from postroad.catalogue import citations
from postroad.catalogue.citations import Completed, Standing
from postroad.catalogue.models import Identifier, IdentifierKind, Record
from postroad.directory.models import Library
from postroad.econtent import licensed, reports
from postroad.econtent.licensed import Link, Wanted
from postroad.econtent.models import Title
from postroad.ill import materials
from postroad.ill.materials import Citation, Field, Material
from postroad.protocols.openurl import Kind, Reference

ALL_THE_SAME = "all-the-same"  # asked for, although a licensed copy is there
REPORT = "report"  # and it is said here first that it does not open
COUNTED = (IdentifierKind.ISSN, IdentifierKind.ISBN)
WHOLE: Mapping[bool, Promise] = {True: _("journal"), False: _("book")}


def is_insisted(request: HttpRequest) -> bool:
    """Whether the licensed copy was tried, and did not open."""
    return ALL_THE_SAME in request.POST or request.GET.get("asked") == ALL_THE_SAME


@dataclass(frozen=True, slots=True)
class Known:
    """What is known before it is asked for."""

    standing: Standing = Standing.UNKNOWN
    records: tuple[tuple[str, Record], ...] = ()  # each with its title as it is read
    record: Record | None = None  # the one, if it is verified
    link: Link | None = None
    whole: Promise = WHOLE[True]  # what it is a part of

    @property
    def is_asked(self) -> bool:
        """Whether enough is told to look for it."""
        return self.standing is not Standing.UNKNOWN or bool(self.records)


def known(citation: Citation, library: Library | None, today: date) -> Known:
    """At most five statements, and one question to the index."""
    reference = materials.referred(citation)
    whole = WHOLE[citation.material == Material.ARTICLE]
    if not (citation.of(Field.CONTAINER) or reference.issn or reference.isbn):
        return Known(whole=whole)
    done = citations.complete(reference)
    records = tuple((written.as_read(each.title), each) for each in done.records)
    return Known(done.standing, records, done.record, link(reference, done, library, today), whole)


def link(
    reference: Reference, done: Completed, library: Library | None, today: date
) -> Link | None:
    """Where readers of this library find it. A number that may be another journal's finds
    nothing."""
    if library is None or (done.standing is Standing.UNKNOWN and done.records):
        return None
    if reference.kind in (Kind.SERIAL, Kind.UNKNOWN) and not reference.year:
        return None
    told = (reference.issn, reference.eissn, reference.isbn)
    numbers = [each.replace("-", "") for each in told if each]
    if done.record is not None:
        numbers += numbers_of([done.record])
    year = int(reference.year[:4]) if reference.year[:4].isdecimal() else None
    wanted = Wanted(tuple(dict.fromkeys(numbers)), year, reference.volume, reference.issue)
    return licensed.answer(wanted, library, today)


def report(link: Link, now: datetime) -> None:
    """It did not open: counted for who looks after the list."""
    title = Title.objects.select_related("title_list__resource").filter(pk=link.title).first()
    if title is not None:
        reports.report(title, now=now)


def numbers_of(records: Iterable[Record]) -> list[str]:
    found = Identifier.objects.filter(record__in=records, kind__in=COUNTED)
    return list(found.order_by("pk").values_list("value", flat=True))
