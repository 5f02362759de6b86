"""/patterns: every piece of the pages, with matter as it will be. Not for the public."""

from datetime import timedelta
from types import SimpleNamespace

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from postroad.form_errors import InOurWords
from postroad.ill.milestones import Place
from postroad.web.shared.charts import Bar, Bars, Line
from postroad.web.shared.pieces import Choice, Facet, PassedOver, Ranked, Span, Stone, Told, Why
from postroad.web.shared.scanning import Line as ScanLine
from postroad.web.shared.scanning import Tone
from postroad.web.shared.signs import SIGNS


def patterns(request: HttpRequest) -> HttpResponse:
    """The pieces, one under the other."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    now = timezone.now()
    mistaken = Ask({"where": "", "until": "yesterday"})
    mistaken.is_valid()
    return render(
        request,
        "shared/patterns.html",
        {
            "stones": stones(),
            "late_stones": late_stones(),
            "why": why(),
            "history": history(),
            "facets": facets(),
            "choices": choices(),
            "queue": queue(),
            "page": Paginator(range(212), 20).page(3),
            "sitting": sitting(),
            "form": Ask(),
            "mistaken": mistaken,
            "facts": facts(),
            "bars": bars(),
            "line": line(),
            "slip": slip(),
            "signs": [(name, each.word) for name, each in SIGNS.items()],
            "tones": ("ok", "warn", "no", "note"),
            "due": now + timedelta(days=19),
            "scan_key": "a-scan-of-the-pattern-page",
            "counts": {"search": 3, "libraries": 0},
        },
    )


class Ask(InOurWords, forms.Form):
    where = forms.ChoiceField(
        label="Pickup library",
        choices=[("", "Choose one"), ("lee", "Lee Library"), ("lenox", "Lenox Library")],
        help_text="The book will wait there for ten days.",
    )
    until = forms.DateField(
        label="Needed by",
        required=False,
        help_text="After this date we stop looking.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    how = forms.ChoiceField(
        label="Which edition",
        choices=[("any", "Any edition"), ("this", "Only this one")],
        initial="any",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="Note to the library", required=False, widget=forms.Textarea)
    insist = forms.BooleanField(label="Ask for it although Lee has it on the shelf", required=False)


def stones() -> list[Stone]:
    today = timezone.localdate()
    return [
        Stone("Asked", Place.PASSED, today - timedelta(days=4)),
        Stone("Found", Place.PASSED, today - timedelta(days=3), "Lee has it on the shelf."),
        Stone("Shipped", Place.PASSED, today - timedelta(days=1)),
        Stone(
            "On its way",
            Place.HERE,
            today,
            "With the driver of route Berkshire South since 9:40 a.m. Next: sorting tonight.",
        ),
        Stone("Ready for pickup", Place.AHEAD, today + timedelta(days=2)),
        Stone("Home again", Place.AHEAD, today + timedelta(days=30)),
    ]


def late_stones() -> list[Stone]:
    today = timezone.localdate()
    return [
        Stone("Shipped", Place.PASSED, today - timedelta(days=9)),
        Stone(
            "At Lenox",
            Place.HERE,
            today - timedelta(days=5),
            "Last seen at the sorting hall.",
            True,
        ),
        Stone("Ready for pickup", Place.AHEAD),
    ]


def why() -> Why:
    return Why(
        "Lenox was asked first: it is open, has it on the shelf, and the van brings it soonest.",
        ("Arrives", "Open requests", "Balance"),
        [
            Ranked("Lenox Library", ("Thursday 3 December", "2", "lent 14 more"), chosen=True),
            Ranked("Pittsfield, Berkshire Athenaeum", ("Thursday 3 December", "9", "even")),
            Ranked("Stockbridge Library", ("Friday 4 December", "0", "borrowed 6 more")),
        ],
        ["Lanesborough Public Library", "Adams Free Library"],
        [
            PassedOver("Great Barrington", "closed until Monday 30 November"),
            PassedOver("Williams College", "does not lend films"),
            PassedOver("North Adams", "its only copy is missing since Friday 6 November"),
        ],
        "If Lenox does not answer within two of its working days, Pittsfield is asked.",
        timezone.now(),
    )


def history() -> list[Told]:
    now = timezone.now()
    return [
        Told("The driver picked it up at Lee.", now - timedelta(hours=3), "Sam Rivers, scanned"),
        Told(
            "Lee shipped it to Lenox.", now - timedelta(days=1), "Noor Haddad", "Without its map."
        ),
        Told("Becket had it not on the shelf.", now - timedelta(days=2), "Jo Lind"),
        Told("Ada asked for it.", now - timedelta(days=4)),
    ]


def facets() -> list[Facet]:
    return [
        Facet(
            "Format",
            [
                Choice("Book", "?format=book", 1204, chosen=True),
                Choice("Large print", "?format=large-print", 88),
                Choice("Audiobook", "?format=audiobook", 31),
            ],
            open=True,
        ),
        Facet("Language", [Choice("English", "?l=eng", 1192), Choice("Portuguese", "?l=por", 9)]),
        Facet(
            "Year",
            [Choice("1990 to 1999", "?year=1990", 310), Choice("1810 to 1819", "?year=1810", 4)],
            span=Span("1980", "1995", [("q", "tide")], Choice("1980 to 1995", "?q=tide")),
        ),
    ]


def choices() -> list[Choice]:
    return [
        Choice("All", "?", 12, chosen=True),
        Choice("To answer", "?now=answer", 7),
        Choice("To ship", "?now=ship", 4),
        Choice("Late", "?now=late", 1),
    ]


def queue() -> list[SimpleNamespace]:
    now = timezone.now()
    return [
        SimpleNamespace(
            title="The Tide-Mill Papers",
            author="Alice Thornbury",
            ref="8K3M2Q7T",
            library="Lenox",
            at=now - timedelta(days=3),
            due="due",
            expected="Answer by today",
            verb="Yes, we have it",
        ),
        SimpleNamespace(
            title="A Field Guide to the Stone Walls of New England, and of Their Builders",
            author="R. M. Thorson",
            ref="5D9W4HXR",
            library="Great Barrington",
            at=now - timedelta(days=1),
            due="soon",
            expected="Answer by tomorrow",
            verb="Yes, we have it",
        ),
        SimpleNamespace(
            title="Walden",
            author="Henry David Thoreau",
            ref="1V6Z0CBN",
            library="Pittsfield",
            at=now,
            due="",
            expected="Answer by Wednesday 25 November",
            verb="Yes, we have it",
        ),
    ]


def sitting() -> SimpleNamespace:
    at = timezone.now().isoformat()
    number = "31234012345678"
    lines = [
        ScanLine(Tone.OK, "Shipped to Lee.", number, "a", "a", at),
        ScanLine(Tone.WARN, "Shipped to Lenox, two days late.", "31234012345679", "b", "b", at),
        ScanLine(Tone.NO, "Nothing here waits for this barcode.", "99999", "", "c", at),
        ScanLine(Tone.OK, "Shipped to Pittsfield.", "31234012345680", "d", "d", at, True),
    ]
    return SimpleNamespace(lines=lines, answer=lines[0])


def facts() -> list[tuple[str, object]]:
    return [
        ("Lender", "Lee Library"),
        ("Call number", "974.4 THO"),
        ("Needed by", "Friday 18 December"),
        ("Copies", 3),
    ]


def bars() -> Bars:
    lent = [
        ("Lee", 412.0),
        ("Lenox", 388.0),
        ("Pittsfield", 260.0),
        ("Becket", 12.0),
        ("Otis", 0.0),
    ]
    return Bars("Lent in November", "Library", "loans", [Bar(*each, "?") for each in lent])


def line() -> Line:
    today = timezone.localdate()
    moved = (31, 44, 40, 52, 61, 12, 0, 35, 49, 47, 66, 70, 15, 0, 38, 51, 55, 58, 73, 18, 2)
    return Line(
        "Parcels moved, day by day",
        "parcels a day",
        [(today - timedelta(days=21 - n), float(count)) for n, count in enumerate(moved)],
    )


def slip() -> SimpleNamespace:
    return SimpleNamespace(
        code="LNX",
        to_library="Lenox Library",
        to_town="Lenox, Massachusetts",
        route="Berkshire South",
        from_library="Lee Library",
        number="P4F7K2M9Q8TX",
        title="The Tide-Mill Papers",
        due=timezone.localdate() + timedelta(days=28),
    )
