"""What did not come on its day: who looks for it, and what is claimed from the carrier."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from postroad.accounts.models import Role, User
from postroad.delivery import claim_files, claim_rules, claims, parcels, searches, stops
from postroad.delivery.claim_rules import Kind
from postroad.delivery.models import Claim, Purpose, Search
from postroad.demo import bins
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library

# What the demo's lender has sent long ago to its reader's library and nobody has seen since.
LOST = (
    ("The Outermost House", "34000000901015", "28.00", 4),
    ("A Week on the Concord and Merrimack Rivers", "34000000901023", "35.50", 4),
    ("The Country of the Pointed Firs", "34000000901031", "24.00", 3),
)


def tell(now: datetime) -> None:
    """Ask wherever it may be, and claim what is lost: one is found after it was claimed, one is
    at the carrier, one waits for what its lender knows."""
    lender = Library.objects.get(code=LENDER)
    month = claim_rules.month_of(timezone.localdate(now))
    found, sent, _waits = _lost(lender, month)
    before = noon(claim_rules.month_of(month - timedelta(days=1))) + timedelta(days=8)
    for claim in (found, sent):
        _complete(claim, before)
    claim_files.make(noon(month) if noon(month) < now else now)
    bins.tell(now)
    searches.ask(now)
    _answer(lender, found, now)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(settings.TIME_ZONE))


def _lost(lender: Library, month: date) -> Iterator[Claim]:
    """Sent so many months ago, taken by the van, and claimed."""
    home = Library.objects.get(code=HOME)
    driver, clerk = (User.objects.get(username=role) for role in (Role.DRIVER, Role.LENDING))
    for title, barcode, price, months in LOST:
        day = _picked_up(lender, claim_rules.months_after(month, -months))
        parcel = parcels.make(
            from_library=lender,
            to_library=home,
            item_library=lender,
            item_barcode=barcode,
            title=title,
            ref="",
            at=noon(day),
            by=clerk,
            purpose=Purpose.TRANSFER,
        )
        parcels.pick_up(parcel, by=driver, at=noon(day) + timedelta(hours=3))
        claimed = noon(claim_rules.months_after(day, 2)) + timedelta(days=3)
        yield claims.make(
            parcel, lender, kind=Kind.LOST, amount=Decimal(price), by=clerk, at=claimed
        )


def _picked_up(lender: Library, day: date) -> date:
    """This day, or the next on which the van calls there."""
    van = stops.calendars([lender.pk], day).get(lender.pk)
    return (van.pick_up.next_open(day) if van else None) or day


def _complete(claim: Claim, at: datetime) -> None:
    claims.complete(
        claim,
        evidence="Looked for on the shelves of both libraries and at the hub. Price of the list.",
        initials="LC",
        sender_said="",
        by=None,
        at=at,
    )


def _answer(lender: Library, found: Claim, now: datetime) -> None:
    """The lender has looked for two things this morning: one is here, another is not."""
    asked = Search.objects.at(lender).waiting()
    here = asked.filter(parcel=found.parcel_id).first()
    if here is not None:
        searches.answer(here, found=True, by=None, at=now)
    away = asked.exclude(parcel__claims__in=Claim.objects.live()).order_by("-pk").first()
    if away is not None:
        searches.answer(away, found=False, by=None, at=now)
