"""The pages to which notices lead, by name: they stand above us, so no import shows the arrow.

A test resolves each of them.
"""

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.urls import reverse

FOR_PATRON = "patron-request"
FOR_STAFF = "staff-request"
FOR_OFFICE: Mapping[str, str] = {"centre": "office-centre-request"}

FOR_DESK: Mapping[str, str] = {"centre": "centre", "delivery": "delivery"}  # where work begins

# What a notice may be about besides a request: `Notice.about` begins with one of these. What
# follows a colon ("parcel:P4K7Q2M9") is the page's argument.
PAGES: Mapping[str, str] = {
    "desk": "staff",
    "borrowing": "staff-borrowing",
    "lending": "staff-lending",
    "library": "staff-library",
    "requests": "patron-requests",
    "centre": "office-centre",
    "delivery": "office-delivery",
    "parcel": "office-delivery-parcel",
}


class Leads(Protocol):
    """What a link goes by: a notice, saved or not."""

    ref: str
    about: str
    office: str
    user_id: int | None


def path(notice: Leads) -> str:
    """The page that it leads to, for its recipient."""
    if notice.about or not notice.ref:
        name, _colon, argument = (notice.about or start(notice)).partition(":")
        return reverse(PAGES[name], args=[argument] if argument else [])
    if notice.user_id is not None:
        return reverse(FOR_PATRON, args=[notice.ref])
    return reverse(FOR_OFFICE.get(notice.office, FOR_STAFF), args=[notice.ref])


def start(notice: Leads) -> str:
    """Where its recipient's work begins."""
    if notice.user_id is not None:
        return "requests"
    return notice.office if notice.office in PAGES else "desk"


def address(notice: Leads) -> str:
    """The same with the name of this house, as it stands in a letter."""
    return f"{settings.SITE_URL.rstrip('/')}{path(notice)}"
