"""The signs: line drawings of 20 px, each with its word. Colour and shape never speak alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Sign:
    word: str | Promise
    lines: str  # the drawing: SVG shapes on a ground of 20 by 20


SIGNS: dict[str, Sign] = {
    "ok": Sign(_("Done"), '<path d="M4 10.5 8.2 15 16 5.5"/>'),
    "warn": Sign(_("Attention"), '<path d="M10 3 18 16.5H2z"/><path d="M10 8v4M10 14.2v.1"/>'),
    "no": Sign(
        _("No"), '<path d="M7 2.5h6L17.5 7v6L13 17.5H7L2.5 13V7z"/><path d="m7.5 7.5 5 5m0-5-5 5"/>'
    ),
    "note": Sign(_("Note"), '<circle cx="10" cy="10" r="7.5"/><path d="M10 9v5M10 6v.1"/>'),
    "wait": Sign(_("Waiting"), '<circle cx="10" cy="10" r="7.5"/><path d="M10 5.5V10l3 2"/>'),
    "book": Sign(
        _("Book"),
        '<path d="M10 5.5C8 4 5.5 3.5 2.5 3.8V15c3-.3 5.5.2 7.5 1.7 2-1.5 4.5-2'
        ' 7.5-1.7V3.8C14.5 3.5 12 4 10 5.5zM10 5.5v11"/>',
    ),
    "parcel": Sign(
        _("Parcel"),
        '<path d="M3 6.5 10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7M6.5 4.8l7 3.5"/>',
    ),
    "van": Sign(
        _("On the way"),
        '<path d="M3.5 14.5H1.5v-9h10v9h-4M11.5 8h3.5l3.5 3.5v3h-2M11.5 14.5h1"/>'
        '<circle cx="5.5" cy="14.8" r="1.8"/><circle cx="14.5" cy="14.8" r="1.8"/>',
    ),
    "library": Sign(
        _("Library"),
        '<path d="M2.5 7 10 2.5 17.5 7zM4.5 7v7.5M8 7v7.5m4-7.5v7.5M15.5 7v7.5M2.5 17h15'
        'M3 14.5h14"/>',
    ),
    "person": Sign(
        _("Person"),
        '<circle cx="10" cy="6.5" r="3.5"/><path d="M3 17.5c.6-4 3.3-6 7-6s6.4 2 7 6"/>',
    ),
    "home": Sign(_("Goes home"), '<path d="M2.5 10 10 3l7.5 7M4.8 8.2v8.8h10.4V8.2M8 17v-5h4v5"/>'),
    "calendar": Sign(_("Day"), '<path d="M3 4.5h14v12.5H3zM3 8.5h14M6.5 2.5v4M13.5 2.5v4"/>'),
    "search": Sign(_("Search"), '<circle cx="8.5" cy="8.5" r="5.5"/><path d="m12.5 12.5 5 5"/>'),
    "scan": Sign(_("Scan"), '<path d="M2.5 4v12M5.5 4v12M9 4v12M11 4v12M14.5 4v12M17.5 4v12"/>'),
    "print": Sign(_("Print"), '<path d="M5.5 7V2.5h9V7M5.5 14h-3V7h15v7h-3M5.5 11.5h9v6h-9z"/>'),
    "undo": Sign(_("Undo"), '<path d="M7 3.5 3 7.5l4 4M3 7.5h8.5a5 4.5 0 0 1 0 9H7"/>'),
    "why": Sign(
        _("Why?"),
        '<circle cx="10" cy="10" r="7.5"/><path d="'
        'M7.8 8a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2.9-1.2 1.8M10 14.2v.1"/>',
    ),
    "milepost": Sign(
        _("Milepost"), '<path d="M5.5 17V8a4.5 4.5 0 0 1 9 0v9M2 17h16M8.5 8.5h3M8.5 11.5h3"/>'
    ),
}
