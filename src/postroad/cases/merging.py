"""Two cases that are about the same: which may be, and how they become one."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.cases.lifecycle import Ending, Side, Verb
from postroad.cases.models import (
    Between,
    Case,
    CaseEvent,
    MovedMeanwhile,
)
from postroad.errors import Refusal

TWINS = 5  # shown to choose from

LOOK_BACK = timedelta(days=60)  # for twins that are closed already


class OtherParties(Refusal):
    """Two cases become one only if the same two talk in both: nobody reads another's words."""

    code = "case-other-parties"


@transaction.atomic
def merge(case: Case, into: Case, *, by: User, name: str, at: datetime | None = None) -> CaseEvent:
    """Two cases in which the same two talk about the same go on as one. `reopen` undoes it.

    Both are locked and looked at anew: else two clerks who merge them crosswise would send whoever
    follows them round in a circle.
    """
    locked = Case.objects.select_for_update(of=("self",), no_key=True).shown()
    both = {each.pk: each for each in locked.filter(pk__in=(case.pk, into.pk)).order_by("pk")}
    into, was_open = both.get(into.pk, into), into.is_open
    if was_open and not into.is_open:
        raise MovedMeanwhile(case=into.number)
    if not may_merge(case, into):
        raise OtherParties(case=case.number, into=into.number)
    return case.move(
        Verb.MERGE,
        side=Side.ANSWERER,
        by=by,
        at=at or timezone.now(),
        name=name,
        change={"ending": Ending.MERGED, "merged_into": into},
        facts={"into": into.number},
    )


def may_merge(case: Case, into: Case) -> bool:
    """Whether the same two talk in both, and the other is still open."""
    same = case.thread.same_as(into.thread) and case.from_email == into.from_email
    nameless = case.thread.between == Between.VISITOR_OFFICE and not case.from_email
    return same and not nameless and into.is_open and case.pk != into.pk


def twins(case: Case, now: datetime) -> list[Case]:
    """The few open cases of the same two that may be about the same, the likeliest first."""
    if not case.is_open:
        return []
    thread = case.thread
    others = (
        Case.objects.open()
        .shown()
        .filter(
            thread__between=thread.between,
            thread__patron=thread.patron_id,
            thread__asking=thread.asking_id,
            thread__office=thread.office,
            thread__answering=thread.answering_id,
            from_email=case.from_email,
            asked_at__gt=now - LOOK_BACK,
        )
        .exclude(pk=case.pk)
        .prefetch_related("mentions")
        .order_by("-asked_at", "-pk")[:50]
    )
    if thread.between == Between.VISITOR_OFFICE and not case.from_email:
        return []
    mine = set(case.mentions.values_list("value", flat=True))
    likely = [(_likeness(case, mine, each), each) for each in others]
    found = sorted((pair for pair in likely if pair[0]), key=lambda pair: -pair[0])
    return [each for _score, each in found[:TWINS]]


def _likeness(case: Case, mine: set[str], other: Case) -> int:
    score = 4 * bool(case.about and case.about == other.about)
    score += 3 * bool(mine & {each.value for each in other.mentions.all()})
    score += 2 * (case.subject.casefold() == other.subject.casefold())
    score += bool(case.from_email)  # the same person, lately
    return score + (case.kind == other.kind if score else 0)
