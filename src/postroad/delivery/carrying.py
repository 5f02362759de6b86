"""What a container's scan says of what is in it: the lines that follow from it, in the ledger of
each parcel.

They are written when a container is scanned, and again when a late line tells that a parcel was in
it, or was not: then what was said of it for nothing is taken back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import blake2b

from django.db.models import Exists, OuterRef

from postroad.delivery import containment, ledger
from postroad.delivery.containment import LONGEST, Shift, Shifts, Turn
from postroad.delivery.models import ContainerLine, Custody, CustodyStep, How, Parcel

IN_HAND = tuple(how.value for how in ledger.IN_HAND)


def shift_of(line: ContainerLine) -> Shift:
    return Shift(
        key=line.key,
        container=line.container_id,
        step=Turn(line.step),
        at=line.at,
        library=line.library_id,
        holder=line.holder,
        into=line.into_id,
        user=line.user_id,
    )


def shifts_of(containers: Iterable[int], since: datetime) -> Shifts:
    """What happened to these containers, and to those that they were put into."""
    found: dict[int, list[Shift]] = {}
    wanted = set(containers)
    while wanted:
        lines = ContainerLine.objects.filter(
            container__in=wanted, undone_at=None, at__gte=since - LONGEST
        )
        read = defaultdict(list)
        for line in lines:
            read[line.container_id].append(shift_of(line))
        found |= {each: containment.in_turn(read[each]) for each in wanted}
        wanted = {each.into for own in read.values() for each in own if each.into} - found.keys()
    return found


def shifts_around(lines: Iterable[Custody]) -> Shifts:
    """Those that can have moved a parcel with these lines; nothing is asked if none was put in."""
    put = [line for line in lines if line.container_id and line.how in IN_HAND]
    containers = {line.container_id for line in put if line.container_id}
    return shifts_of(containers, min(line.at for line in put)) if put else {}


def follow(
    parcel: Parcel, lines: Sequence[Custody], shifts: Shifts, now: datetime
) -> list[Custody]:
    """The lines that are missing for the ledger to say what follows from the containers' scans."""
    wanted = {
        f"{parcel.pk}:in:{blake2b(shift.key.encode(), digest_size=12).hexdigest()}": (shift, step)
        for shift, step in containment.carried([line.entry for line in lines], shifts)
    }
    undone = {line.undoes_id for line in lines if line.undoes_id}
    said = [line for line in lines if line.how == How.CONTAINED and line.step != CustodyStep.UNDONE]
    stands = {line.key.split("#")[0]: line for line in said if line.pk not in undone}
    times = Counter(line.key.split("#")[0] for line in said)
    missing = [
        _moved(parcel, f"{key}#{times[key]}" if times[key] else key, shift, step, now)
        for key, (shift, step) in wanted.items()
        if key not in stands
    ]
    taken_back = [_taken_back(line, now) for key, line in stands.items() if key not in wanted]
    return missing + taken_back


def _moved(parcel: Parcel, key: str, shift: Shift, step: ledger.Move, now: datetime) -> Custody:
    return Custody(
        parcel=parcel,
        key=key,
        step=CustodyStep(step.value),
        at=shift.at,
        noted_at=max(now, shift.at),
        how=How.CONTAINED,
        holder=shift.holder,
        library_id=shift.library,
        container_id=shift.container,
        user_id=shift.user,
    )


def _taken_back(line: Custody, now: datetime) -> Custody:
    return Custody(
        parcel_id=line.parcel_id,
        key=f"{line.parcel_id}:undo-{line.pk}",
        step=CustodyStep.UNDONE,
        at=max(now, line.at),
        noted_at=max(now, line.at),
        how=How.CONTAINED,
        holder=line.holder,
        library_id=line.library_id,
        container_id=line.container_id,
        undoes=line,
    )


def riders(containers: Iterable[int], since: datetime) -> set[int]:
    """The parcels that may have been in these containers, or in those inside them, at a moment or
    later: who is not among them was not moved with them."""
    inside, more = set(containers), set(containers)
    while more:
        put = ContainerLine.objects.filter(into__in=more, at__gte=since - LONGEST)
        more = set(put.values_list("container", flat=True)) - inside
        inside |= more
    in_hand = Custody.objects.filter(how__in=IN_HAND)
    out_before = (
        in_hand.exclude(step__in=(CustodyStep.MADE, CustodyStep.DAMAGED))
        .filter(
            parcel=OuterRef("parcel"),
            at__gt=OuterRef("at"),
            at__lt=since,
            undone_by=None,
        )
        .exclude(step=CustodyStep.UNDONE)
    )
    put_in = in_hand.filter(container__in=inside, at__gte=since - LONGEST)
    return set(put_in.exclude(Exists(out_before)).values_list("parcel", flat=True))
