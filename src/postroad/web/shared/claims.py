"""Claims against the carrier, as their library and the delivery office read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.delivery import claim_rules, claims, custody
from postroad.delivery.claim_rules import Kind, Sent, Time
from postroad.delivery.models import (
    Claim,
    ClaimKind,
    ClaimLine,
    ClaimState,
    ClaimStep,
    Parcel,
    ParcelState,
    Via,
)
from postroad.directory.models import Library
from postroad.ill.lifecycle import Owner
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Request
from postroad.ill.parties import Sits
from postroad.web.shared import custody_flaws

HAPPENED: Mapping[ClaimStep, Promise] = {
    ClaimStep.OPEN: gettext_lazy("Opened."),
    ClaimStep.COMPLETE: gettext_lazy("Complete: it goes to the carrier with the next file."),
    ClaimStep.SEND: gettext_lazy("Sent to the carrier with the file of the month."),
    ClaimStep.PAY: gettext_lazy("The carrier has paid."),
    ClaimStep.REFUSE: gettext_lazy("The carrier refused it."),
    ClaimStep.CANCEL: gettext_lazy("Its library withdrew it."),
    ClaimStep.FIND: gettext_lazy("It was found, so it is no longer claimed."),
    ClaimStep.UNDO: gettext_lazy("The step before was undone."),
}
TONES: Mapping[str, str] = {
    ClaimState.OPEN: "warn",
    ClaimState.PAID: "ok",
    ClaimState.REFUSED: "no",
}
WAS_SENT: Mapping[Sent, Promise] = {
    Sent.SEEN: gettext_lazy("A scan shows that it left %(sender)s."),
    Sent.SAID: gettext_lazy(
        "No scan shows that it left %(sender)s. Ask there whether it was sent, and write down who "
        "says so."
    ),
    Sent.NO: gettext_lazy("%(sender)s has kept it, or has it again."),
}


@dataclass(frozen=True, slots=True)
class Happened:
    line: ClaimLine
    sentence: str


def beside(claim: Claim, now: datetime) -> dict[str, Any]:
    """All that a page of one claim shows, whoever reads it."""
    parcel = claim.parcel
    chain = custody.chain(parcel)
    sent = claim_rules.was_sent(map(custody.entry_of, chain), parcel.from_library_id)
    lines = claim.history.select_related("by").order_by("-pk")
    return {
        "claim": claim,
        "parcel": parcel,
        "tone": TONES.get(claim.state, "note"),
        "history": [Happened(each, str(HAPPENED[ClaimStep(each.step)])) for each in lines],
        "was_sent": str(WAS_SENT[sent]) % {"sender": parcel.from_library.name},
        "sender_must_say": sent is not Sent.SEEN,
        "flaws": custody_flaws.of_parcel(parcel, now, chain),
        "to_be_told": claim.state == ClaimState.CANCELLED
        and claim.batch_id is not None
        and claim.withdrawn_id is None,
    }


def when(window: claim_rules.Window, today: date) -> str:
    """When it may be claimed, as a sentence."""
    facts = {"first": words.day(window.first), "last": words.day(window.last)}
    return {
        Time.EARLY: _("It may be claimed from %(first)s on, until %(last)s.") % facts,
        Time.RIGHT: _("It may be claimed until %(last)s.") % facts,
        Time.LATE: _("It could be claimed until %(last)s.") % facts,
    }[window.on(today)]


@dataclass(frozen=True, slots=True)
class Way:
    """A parcel that may be claimed, now or later."""

    parcel: Parcel
    when: str
    address: str  # of the page that makes the claim; "" before and after its time
    kind: str


def way(parcel: Parcel, kind: Kind, today: date) -> Way:
    window = claims.terms(parcel, kind).window
    right = window.on(today) is Time.RIGHT
    address = reverse("staff-claim-new", args=[parcel.number]) + f"?kind={kind}"
    return Way(
        parcel, when(window, today), address if right else "", str(ClaimKind(kind.value).label)
    )


def of_request(ill: Request, at: Sits, now: datetime) -> dict[str, Any]:
    """What the lender has claimed for the things of a request, and what it may claim."""
    every = ill.loans.select_related(
        *(f"{way}__{end}" for way in PARCELS for end in ENDS), "supply__lender"
    )
    mine = [each for each in every if Owner.LENDING in at(each.supply).sides]
    parcels = [getattr(loan, way) for loan in mine for way in PARCELS if getattr(loan, way)]
    if not parcels:
        return {}
    made = list(Claim.objects.filter(parcel__in=parcels).order_by("opened_at", "pk"))
    claimed = {each.parcel_id for each in made if each.is_live}
    today = mine[0].supply.lender.day_of(now)
    damaged = ill.questions.filter(kind=QuestionKind.DAMAGED).exists()
    free = [each for each in parcels if each.pk not in claimed and each.via == Via.DELIVERY]
    lost = [each for each in free if may_be_lost(each, now)]
    if lost:
        named = Parcel.objects.filter(claims.turned_up(today), pk__in=[each.pk for each in lost])
        here = set(named.values_list("pk", flat=True))
        lost = [each for each in lost if each.pk not in here]
    found = [way(each, Kind.LOST, today) for each in lost]
    arrived = [each for each in free if each.state == ParcelState.ARRIVED]
    found += [way(each, Kind.DAMAGED, today) for each in arrived[-1:] if damaged]
    return {"claims_made": made, "claim_ways": found}


PARCELS = ("parcel_out", "parcel_home")
ENDS = ("from_library", "to_library", "item_library")


def may_be_lost(parcel: Parcel, now: datetime) -> bool:
    return parcel.is_late(now) or parcel.state == ParcelState.LOST


def to_claim(library: Library, now: datetime, most: int) -> list[Way]:
    """What of this library's is late or given up on the road, not found and not claimed, the oldest
    first."""
    today = library.day_of(now)
    rows = (
        Parcel.objects.missing_of(library, now)
        .exclude(claims__in=Claim.objects.live())
        .exclude(claims.turned_up(today))
        .select_related(*ENDS)
        .order_by("made_at", "pk")
    )
    ways = [way(each, Kind.LOST, today) for each in rows[:most]]
    return [each for each in ways if each.address or today < last(each)]


def last(of: Way) -> date:
    return claims.terms(of.parcel, Kind.LOST).window.last
