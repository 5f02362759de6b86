"""The file that the carrier gets on the first of each month: what is claimed, what withdrawn."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.delivery import claim_rules
from postroad.delivery.claim_rules import Step
from postroad.delivery.models import Claim, ClaimBatch, ClaimLine, ClaimState, ClaimStep

CLAIMED, WITHDRAWN = "claimed", "withdrawn"


def of_the_month(now: datetime) -> int:
    """Make this month's file if it is not made yet; how many lines it has."""
    with timezone.override(settings.TIME_ZONE):
        month = claim_rules.month_of(timezone.localdate(now))
    if ClaimBatch.objects.filter(month=month).exists():
        return 0
    batch = make(now)
    return len(batch.lines) if batch else 0


@transaction.atomic
def make(now: datetime, *, by: User | None = None) -> ClaimBatch | None:
    """All that is ready, and all that is withdrawn since the carrier had it; None, if another has
    made the file meanwhile. What comes later waits for the next month's."""
    with timezone.override(settings.TIME_ZONE):
        month = claim_rules.month_of(timezone.localdate(now))
    batch, fresh = ClaimBatch.objects.get_or_create(
        month=month, defaults={"made_at": now, "made_by": by}
    )
    if not fresh:
        return None
    ready = _locked(Claim.objects.filter(state=ClaimState.READY))
    gone = _locked(Claim.objects.to_be_told())
    batch.lines = [*_lines(ready, CLAIMED), *_lines(gone, WITHDRAWN)]
    batch.save(update_fields=["lines"])
    keys = [each.pk for each in ready]
    Claim.objects.filter(pk__in=keys).update(state=ClaimState.SENT, batch=batch)
    Claim.objects.filter(pk__in=[each.pk for each in gone]).update(withdrawn=batch)
    sent = claim_rules.after(claim_rules.State.READY, Step.SEND)
    assert sent is not None
    ClaimLine.objects.bulk_create(
        ClaimLine(
            claim_id=key,
            step=ClaimStep.SEND,
            before=ClaimState.READY,
            after=sent.value,
            at=now,
            by=by,
        )
        for key in keys
    )
    return batch


def _locked(claims: Any) -> list[Claim]:
    keys = list(claims.select_for_update().order_by("pk").values_list("pk", flat=True))
    return list(Claim.objects.shown().filter(pk__in=keys).order_by("library__name", "pk"))


def _lines(claims: Iterable[Claim], what: str) -> list[dict[str, str]]:
    return [
        {
            "what": what,
            "claim": str(each.pk),
            "library": f"{each.library.name}, {each.library.town}",
            "kind": each.kind,
            "parcel": each.parcel.number,
            "barcode": each.parcel.item_barcode,
            "title": each.parcel.title,
            "from": f"{each.parcel.from_library.name}, {each.parcel.from_library.town}",
            "to": f"{each.parcel.to_library.name}, {each.parcel.to_library.town}",
            "sent_on": each.sent_on.isoformat(),
            "opened_on": each.opened_on.isoformat(),
            "amount": f"{each.amount:.2f}",
            "paid": f"{each.paid:.2f}" if each.paid is not None else "",
            "evidence": each.evidence,
            "initials": each.initials,
        }
        for each in claims
    ]


def total(batch: ClaimBatch) -> Decimal:
    """What is claimed in it."""
    claimed = (line["amount"] for line in batch.lines if line["what"] == CLAIMED)
    return sum(map(Decimal, claimed), Decimal())
