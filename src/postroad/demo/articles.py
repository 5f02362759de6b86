"""Copies of articles in the demonstration: asked for, late, sent, no good. All are invented but the
journal."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from postroad.accounts.models import Role
from postroad.catalogue.models import Record
from postroad.demo.errands import HOURS, Errands
from postroad.demo.journals import JOURNAL, VOLUMES
from postroad.demo.people import LENDER
from postroad.directory.models import Library, Policy
from postroad.documents.checks import Upload
from postroad.errors import Refusal
from postroad.ill import asking, document_delivery
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Fault
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.models import Request, Supply
from postroad.ill.wanted import Wanted
from postroad.worker import run


@dataclass(frozen=True, slots=True)
class Article:
    """One that somebody asks for, some hours ago."""

    title: str
    year: int
    pages: str
    author: str
    hours: int
    rush: bool = False


ASKED = (  # the first is the patron's own, who can open it
    Article("How a leaf finds the light", 1999, "101-128", "Hale, R.", 50),
    Article("The inner skeleton of a root hair", 2001, "211-240", "Okafor, N.", 49),
    Article("Signals between sleeping seeds", 2009, "55-71", "Marsh, E.", 28),
    Article("What a salamander keeps", 1997, "330-352", "Tilden, O.", 22, rush=True),
    Article("Walls and doors of the cell", 2012, "1-24", "Brandt, J.", 6),
    Article("A map of the folded chromosome", 2006, "611-640", "Ito, S.", 4),
)
FIRST_YEAR = 1984  # the journal's first volume came out in the year after


def make(story: Errands) -> None:
    """The large lender supplies copies to all, and has these to send this morning."""
    lender = Library.objects.get(code=LENDER)
    Policy.objects.filter(library=lender).update(supplies_documents=True)
    Policy.objects.filter(library__code__in=set(VOLUMES) - {LENDER}).update(copies=False)
    journal = Record.objects.filter(title=JOURNAL, moved_to=None).order_by("pk").first()
    if journal is None:
        return
    others = [
        card
        for card in story.cards[1:]
        if not card.stopped and card.library.rules.approves_by_itself
    ]
    for number, each in enumerate(ASKED):
        card = story.cards[0] if number == 0 else others[number * 3 % len(others)]
        at = story.hour_before(story.desks[lender.pk], story.now - each.hours * HOURS)
        wanted = Wanted(card.user, card.library, journal, cited(each), rush=each.rush, insists=True)
        try:
            ill = asking.ask_blank(wanted, Act(card.user, at))
            run.until_idle(at)
            if number < len(SENT):
                SENT[number](story, ill, lender, at + 2 * HOURS)
        except (Refusal, Supply.DoesNotExist):
            continue  # her card is no good, or the days of the lender are not known


def cited(each: Article) -> Citation:
    said = {
        Field.TITLE: each.title,
        Field.CONTAINER: JOURNAL,
        Field.YEAR: str(each.year),
        Field.VOLUME: str(each.year - FIRST_YEAR),
        Field.PAGES: each.pages,
        Field.AUTHOR: each.author,
    }
    return Citation(Material.ARTICLE, said)


def attempt(ill: Request, lender: Library) -> Supply:
    rows = Supply.objects.select_related("request__library", "lender")
    return rows.get(request=ill, lender=lender)


def with_a_file(story: Errands, ill: Request, lender: Library, at: datetime) -> None:
    upload = Upload("scan-0417.pdf", [scanned()])
    act = Act(story.people[Role.LENDING], min(at, story.now))
    document_delivery.deliver(attempt(ill, lender), act, upload)


def no_good(story: Errands, ill: Request, lender: Library, at: datetime) -> None:
    """Sent, and two pages are missing."""
    by, at = story.people[Role.LENDING], min(at, story.now)
    here = "https://journals.example.org/a-salamander"
    document_delivery.deliver_link(attempt(ill, lender), Act(by, at), here)
    later = min(at + timedelta(hours=3), story.now)
    supply = attempt(ill, lender)
    note = "Pages 214 and 215 are not there."
    document_delivery.reject(supply, Act(ill.patron, later), Fault.PAGES_MISSING, note)


SENT = (with_a_file, no_good)


def scanned() -> bytes:
    """Two pages, as if they came from a scanner."""
    file = io.BytesIO()
    canvas = Canvas(file, letter, invariant=1)
    for number in (101, 102):
        canvas.drawString(72, 700, f"How a leaf finds the light (invented), page {number}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()
