"""/openurl: what a database's link, or anything pasted, names; who has it; and how to go on."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from postroad.catalogue import citation, citations, pasted, serial_rows
from postroad.catalogue.citations import Completed, Standing
from postroad.catalogue.models import Format, Record
from postroad.catalogue.serials import Answer
from postroad.catalogue.serials.asking import asked
from postroad.protocols import openurl
from postroad.protocols.openurl import Kind, Reference
from postroad.web.public import catalogue, not_listed
from postroad.web.shared import copies, referred
from postroad.web.shared.copies import ALL_THE_SAME

COUNTED = ("year", "volume", "issue")


@dataclass(frozen=True, slots=True)
class Place:
    """The record of the book or journal."""

    title: str
    address: str
    volumes: str = ""  # who has that year and volume, in a sentence
    tone: str = "note"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What an address names, or what was typed into the box."""
    typed = request.GET.get("paste", "")[: pasted.LONGEST]
    asks = "paste" in request.GET or bool(request.GET)
    found = pasted.read(typed) if "paste" in request.GET else of_address(request)
    done = citations.complete(found) if found else Completed(Standing.UNKNOWN)
    library = not_listed.library(request)
    today = library.day_of(timezone.now()) if library else timezone.localdate()
    link = copies.link(found, done, library, today) if found else None
    form = blank(request, found, done) if found else ""
    return render(
        request,
        "public/openurl.html",
        {
            "typed": typed,
            "by_hand": not_listed.form(request),
            "asks": asks,
            "found": found,
            "facts": list(facts(found)),
            "called": called(found.kind),
            "is_part": found.kind in not_listed.PARTS,
            "in_a_journal": found.kind in referred.IN_A_JOURNAL,
            "standing": done.standing.value,
            "places": [place(each, found, request) for each in done.records],
            "link": link,
            "blank": f"{form}&asked={ALL_THE_SAME}" if form and link else form,
        },
    )


def of_address(request: HttpRequest) -> Reference:
    return openurl.read(f"?{request.META.get('QUERY_STRING', '')}")


def called(kind: Kind) -> str:
    return {
        Kind.ARTICLE: _("An article"),
        Kind.CHAPTER: _("A chapter of a book"),
        Kind.PAGES: _("Pages of a book"),
        Kind.BOOK: _("A book"),
        Kind.SERIAL: _("A journal, magazine or newspaper"),
        Kind.ISSUE: _("An issue of a journal, magazine or newspaper"),
        Kind.THESIS: _("A thesis"),
        Kind.UNKNOWN: _("It does not say what kind of thing it is."),
    }[kind]


def facts(found: Reference) -> Iterator[tuple[str, str]]:
    """What was understood, in the order of a citation."""
    within = _("Book") if found.kind in (Kind.CHAPTER, Kind.PAGES) else _("Journal")
    said = (
        (_("Author"), found.author),
        (_("Title"), found.title),
        (within, found.container),
        (_("Volume"), found.volume),
        (_("Issue"), found.issue),
        (_("Year"), found.year),
        (_("Pages"), found.pages),
        (_("Publisher"), found.publisher),
        (_("ISSN"), ", ".join(filter(None, (found.issn, found.eissn)))),
        (_("ISBN"), found.isbn),
        (_("DOI"), found.doi),
        (_("PubMed number"), ", ".join(filter(None, (found.pmid, found.pmc)))),
    )
    return ((label, value) for label, value in said if value)


def place(record: Record, found: Reference, request: HttpRequest) -> Place:
    """With the answer to "who has that year and volume?", if it is a serial."""
    title, address = citation.as_read(record.title), reverse("record", args=[record.pk])
    texts = {name: getattr(found, name)[:40] for name in COUNTED}
    looked_for, strange = asked(**texts)
    if record.format != Format.SERIAL or not looked_for or strange:
        return Place(title, address)
    home = catalogue.home_of(request)
    today = home.day_of(timezone.now()) if home else timezone.localdate()
    answers = list(serial_rows.who_has(record.pk, looked_for, today).values())
    has, may = answers.count(Answer.HAS), answers.count(Answer.UNKNOWN)
    typed = urlencode({name: text for name, text in texts.items() if text})
    return Place(title, f"{address}?{typed}#which-volumes", who(has, may), tone(has, may))


def who(has: int, may: int) -> str:
    if has:
        said = ngettext(
            "%(n)s library has this year or volume.",
            "%(n)s libraries have this year or volume.",
            has,
        )
        return said % {"n": has}
    if may:
        said = ngettext(
            "%(n)s library may have it: what it says of its years and volumes does not tell.",
            "%(n)s libraries may have it: what they say of their years and volumes does not tell.",
            may,
        )
        return said % {"n": may}
    return _("No library here says that it has this year or volume.")


def tone(has: int, may: int) -> str:
    return "ok" if has else "warn" if may else "note"


def blank(request: HttpRequest, found: Reference, done: Completed) -> str:
    """Where it can be asked for with what is known: nothing, where the record is the way."""
    is_part = found.kind in not_listed.PARTS or found.kind in referred.IN_A_JOURNAL
    start = not_listed.form(request)
    if not start or (done.record and not is_part):
        return ""
    material = referred.material(found)
    known = {"title": found.title, "author": found.author, "number": found.isbn}
    if material is not None:
        said = referred.fields(found, material)
        known = {"material": material.value, **{str(name): text for name, text in said.items()}}
    return f"{start}?{urlencode({name: text for name, text in known.items() if text})}"
