"""Requests and copies by any number on them, in whatever form a scanner sends it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from postroad import barcodes, reference_numbers
from postroad.catalogue.models import Item
from postroad.delivery import tracking
from postroad.delivery.models import Parcel
from postroad.ill import spelling
from postroad.ill.lifecycle import LoanEnding
from postroad.ill.models import Loan, Number, Request, Supply

LONGEST = 60  # characters; a scanner that stutters sends more, and no number of ours is longer
# How a loan ended whose thing is no longer its request's: the number on it finds no request.
NEVER_WENT = (LoanEnding.NEVER_LEFT, LoanEnding.CAME_BACK)
MOST = 50  # requests that one number finds; those that are open come first


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose requests a look-up may find; nobody's by default."""

    borrowers: frozenset[int | None] = frozenset()
    lenders: frozenset[int | None] = frozenset()
    patron: int | None = None
    everything: bool = False

    @property
    def requests(self) -> Q:
        if self.everything:
            return Q()
        lent = Supply.objects.filter(lender__in=self.lenders)
        mine = Q(library__in=self.borrowers) | Q(patron=self.patron, patron__isnull=False)
        return mine | Q(pk__in=lent.values("request")) if self.lenders else mine

    @property
    def loans(self) -> Q:
        if self.everything:
            return Q()
        return (
            Q(borrower__in=self.borrowers)
            | Q(lender__in=self.lenders)
            | Q(request__patron=self.patron, request__patron__isnull=False)
        )

    @property
    def numbers(self) -> Q:
        """What is of the request; of an attempt, a lender sees its own."""
        if self.everything:
            return Q()
        lent = Supply.objects.filter(lender__in=self.lenders)
        return (
            Q(request__library__in=self.borrowers)
            | Q(request__patron=self.patron, request__patron__isnull=False)
            | Q(supply__lender__in=self.lenders)
            | Q(supply=None, request__in=lent.values("request"))
        )


EVERYBODY = Seen(everything=True)


def by_number(text: str, seen: Seen = EVERYBODY) -> QuerySet[Request]:
    """The requests that carry this number in any of its places, the newest first."""
    return Request.objects.filter(pk__in=keys(text, seen)).shown().order_by("-asked_at", "-pk")


def keys(text: str, seen: Seen) -> set[int]:
    """By the likeliest reading that finds any. One index look-up a place; a join would scan."""
    meant = barcodes.readings(text[:LONGEST])
    if not meant:
        return set()
    tidied = [reference_numbers.tidy(each) for each in meant]
    carriers = [tracking.tidy(each) or each for each in meant]  # or "-" would find all
    found: dict[int, set[int]] = defaultdict(set)
    refs = Request.objects.filter(seen.requests, ref__in=tidied).values_list("ref", "pk")
    for value, key in refs:
        found[tidied.index(value)].add(key)
    for key in of_other_systems(text, seen):
        found[0].add(key)
    went = Loan.objects.filter(seen.loans).exclude(ending__in=NEVER_WENT)
    newest = went.order_by(F("closed_at").desc(nulls_first=True), "-shipped_at", "-pk")
    for place, spelled in (
        ("barcode", meant),
        ("parcel_out__number", tidied),
        ("parcel_home__number", tidied),
    ):
        rows = newest.filter(**{f"{place}__in": spelled}).values_list(place, "request")
        for value, key in rows[:MOST]:
            found[spelled.index(value)].add(key)
    for reading, key in by_mail(newest, carriers, tidied):
        found[reading].add(key)
    return found[min(found)] if found else set()


def of_other_systems(text: str, seen: Seen) -> list[int]:
    """The requests that bear this number of another system; if the text names the system and a
    number of it is there, those alone."""
    meant = spelling.read(text[:LONGEST])
    if not meant.value:
        return []
    known = Number.objects.standing().filter(seen.numbers, value=meant.value)
    open_first = (F("request__closed_at").desc(nulls_first=True), "-request__asked_at")
    rows = known.order_by(*open_first, "-pk").values_list("system", "request")[:MOST]
    named = [key for system, key in rows if system == meant.system]
    return named or [key for _system, key in rows]


def by_mail(
    newest: QuerySet[Loan], carriers: list[str], boxes: list[str]
) -> Iterator[tuple[int, int]]:
    """The requests whose thing goes or went by mail under one of these numbers, either way, or in
    the box of one; each with the reading of what was typed that finds it."""
    mailed = Q(tracking_number__in=carriers) | Q(box__in=[each for each in boxes if each])
    found = Parcel.objects.filter(mailed).values_list("pk", "tracking_number", "box")
    parcels = {
        key: carriers.index(number) if number in carriers else boxes.index(box)
        for key, number, box in found
    }
    for column in ("parcel_out", "parcel_home") if parcels else ():
        rows = newest.filter(**{f"{column}__in": parcels}).values_list(column, "request")[:MOST]
        yield from ((parcels[parcel], key) for parcel, key in rows)


def items(text: str) -> list[Item]:
    """The copies, of whatever libraries, that bear this barcode in its likeliest reading."""
    meant = barcodes.readings(text[:LONGEST])
    found = list(
        Item.objects.filter(barcode__in=meant).select_related("record", "library").order_by("pk")
    )
    best = min((meant.index(item.barcode) for item in found), default=0)
    return [item for item in found if meant.index(item.barcode) == best]


def read(owned: QuerySet[Item], text: str) -> Item | None:
    """Of these copies the one that bears this barcode in its likeliest reading."""
    meant = barcodes.readings(text[:LONGEST])
    found = owned.filter(barcode__in=meant).select_related("record", "library")
    return min(found, key=lambda item: meant.index(item.barcode), default=None)
