"""All that waits at a hub for a route, taken with one press at the hub's desk."""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import ngettext

from postroad.delivery import all_at_hub
from postroad.delivery.codes import grouped
from postroad.delivery.hub import AtHub, Hand
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.scanning import Line, Tone, plain, sitting

UNDO = "all:"  # so begins what the undo of such a press is told


def waiting(here: AtHub) -> dict[str, object]:
    """What one press would take: onto the route, or into the bin that is chosen."""
    if here.route is None or (here.hand is Hand.SORT and here.into is None):
        return {}
    found = all_at_hub.waiting(here.hub, here.route, here.at)
    return {
        "all_waiting": found.parcels,
        "all_kept": found.kept,
        "all_numbers": " ".join(each.number for each in found.parcels),
        "all_key": uuid4().hex,
    }


@transaction.atomic
def press(request: SignedIn, here: AtHub, name: str) -> None:
    """One line of the sitting for them all; the same press sent twice is one."""
    key = plain(request.POST.get("key", ""))[:40]
    lines = sitting(request, name)
    if lines.known(f"all-{key}") is None:
        lines.add(taken(request, here, key))


def taken(request: SignedIn, here: AtHub, key: str) -> Line:
    moved = all_at_hub.take(here, request.POST.get("numbers", "").split(), key)
    into = grouped(here.into.number) if here.into else ""
    if here.hand is Hand.SORT:
        said = ngettext(
            "%(n)d parcel went into %(into)s without a scan.",
            "%(n)d parcels went into %(into)s without a scan.",
            len(moved),
        )
    else:
        said = ngettext(
            "%(n)d parcel was loaded on %(route)s without a scan.",
            "%(n)d parcels were loaded on %(route)s without a scan.",
            len(moved),
        )
    facts = {"n": len(moved), "into": into, "route": here.route}
    undo = UNDO + ",".join(str(line.pk) for line in moved) if moved else ""
    tone = Tone.OK if moved else Tone.WARN
    return Line(tone, said % facts, undo=undo, key=f"all-{key}", at=here.at.isoformat())


def undone(request: SignedIn, token: str, at: datetime) -> str:
    lines = [int(each) for each in token.removeprefix(UNDO).split(",")]
    count = all_at_hub.undo(lines, by=request.user, at=at)
    said = ngettext(
        "Undone. %(n)d parcel is where it was before.",
        "Undone. %(n)d parcels are where they were before.",
        count,
    )
    return said % {"n": count}
