"""On the page of a record: asking for a copy of a part of it, and what of a journal is licensed."""

from django.http import HttpRequest
from django.utils import timezone

from postroad.catalogue.citations import Completed, Standing
from postroad.catalogue.models import Format, Record
from postroad.econtent.licensed import Link
from postroad.protocols.openurl import Kind, Reference
from postroad.web.public import facets, not_listed
from postroad.web.shared import copies, parts


def of(request: HttpRequest, shown: Record) -> tuple[str, str]:
    """Where it is asked for, with what was typed of its volumes, and what the link says."""
    numbers = shown.identifiers.all()
    address = parts.address(not_listed.form(request), shown, numbers, request.GET)
    return address, str(parts.label(shown) or "") if address else ""


def link(request: HttpRequest, shown: Record) -> Link | None:
    """Where this reader finds the year and the volume of a journal that were typed."""
    year, library = request.GET.get("year", "").strip(), not_listed.library(request)
    if shown.format != Format.SERIAL or library is None or not facets.is_year(year):
        return None
    typed = {name: request.GET.get(name, "").strip()[:40] for name in ("volume", "issue")}
    reference = Reference(kind=Kind.SERIAL, year=year, **typed)
    today = library.day_of(timezone.now())
    return copies.link(reference, Completed(Standing.VERIFIED, (shown,)), library, today)
