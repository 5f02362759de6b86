"""Jobs of the cases: what rings, and what is no longer kept."""

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import BigIntegerField, CharField, Value

from postroad.cases import talking
from postroad.cases.handling import SUBJECT
from postroad.cases.lifecycle import CLOCKS, Ending, Side, State, Verb
from postroad.cases.models import (
    Answering,
    Between,
    Case,
    CaseQuerySet,
    Mention,
    Message,
    MovedMeanwhile,
    Talk,
    Thread,
    of_request,
)
from postroad.directory import thresholds
from postroad.errors import Refusal

log = logging.getLogger(__name__)
BATCH = 200
ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
REMOVED = "[address removed]"


def ring(now: datetime) -> int:
    """Job: remind of cases that waited too long, wake what was put off, close what nobody
    answered."""
    due = list(Case.objects.shown().due_before(now).order_by("due_at", "pk")[:BATCH])
    return sum(_attempt(_ring, case, now) for case in due)


def _ring(case: Case, now: datetime) -> None:
    verb = CLOCKS[State(case.state)].rings
    change = {"ending": Ending.NO_REPLY} if verb == Verb.LAPSE else {}
    case.move(verb, side=Side.MACHINE, by=None, at=now, change=change)


def _attempt(act: Callable[[Case, datetime], None], case: Case, now: datetime) -> bool:
    """One that somebody else moved meanwhile is left to them."""
    try:
        with transaction.atomic():
            act(case, now)
    except MovedMeanwhile:
        return False
    except Refusal as no:
        log.warning("case %s: %s", case.number, no)
        return False
    return True


def purge(now: datetime) -> int:
    """Job: forget the addresses of strangers whose case was closed long ago, and the words of
    closed cases about a request that has forgotten its reader."""
    days = thresholds.days("case-addresses", on=now.date())
    old = Case.objects.filter(
        thread__between=Between.VISITOR_OFFICE, closed_at__lt=now - timedelta(days=days)
    ).exclude(from_email="", from_name="")
    done = sum(_forget_asker(case) for case in old.select_related("thread")[:BATCH])
    stale = Case.objects.filter(to_forget=True, state=State.CLOSED).select_related("thread")
    done += sum(_forget_words(case) for case in stale[:BATCH])
    Answering.objects.filter(until__lt=now).delete()
    return done


@transaction.atomic
def _forget_asker(case: Case) -> bool:
    """What was asked and answered stays, without who asked; her link opens nothing any more."""
    hers = Message.objects.filter(thread=case.thread, side=Side.ASKER)
    hers.update(name_shown="")
    subject = ADDRESS.sub(REMOVED, case.subject)[:SUBJECT]
    for message in Message.objects.filter(thread=case.thread, text__contains="@"):
        message.text = ADDRESS.sub(REMOVED, message.text)
        message.save(update_fields=["text"])
    case.events.filter(side=Side.ASKER).update(name="")
    Case.objects.filter(pk=case.pk).update(from_name="", from_email="", key=None, subject=subject)
    return True


@transaction.atomic
def _forget_words(case: Case) -> bool:
    Message.objects.filter(thread=case.thread).update(text="", user=None, name_shown="")
    case.events.filter(facts__has_key="why").update(facts={})
    Mention.objects.filter(case=case).delete()
    Case.objects.filter(pk=case.pk).update(to_forget=False, subject=str(case.get_kind_display()))
    return True


def with_readers() -> CaseQuerySet:
    """The open cases in which a reader and her library talk: until they are closed, what they are
    about forgets nobody."""
    return Case.objects.open().filter(thread__between=Between.PATRON_LIBRARY)


def forget_request(ref: str) -> list[str]:
    """The request forgets its reader: what she and her library wrote goes with it; of what others
    wrote about it, the words go, too, as soon as it is closed. The numbers of what is gone, so that
    what was said of it elsewhere goes, too. Call it in a transaction."""
    cases, talks = _about(of_request(ref))
    gone = {pk: row for pk, row in cases.items() if row[2] == Between.PATRON_LIBRARY}
    if gone:
        Case.objects.filter(merged_into__in=gone).update(merged_into=None, ending=Ending.NOTHING)
        Case.objects.filter(pk__in=gone).delete()
        Thread.objects.filter(
            pk__in=[thread for _number, thread, _between in gone.values()]
        ).delete()
    if rest := [pk for pk in cases if pk not in gone]:
        Case.objects.filter(pk__in=rest).update(to_forget=True)
    if talks:
        talking.forget(talks)
    return [number for number, _thread, _between in gone.values()]


def _about(what: str) -> tuple[dict[int, tuple[str, int, str]], dict[int, str]]:
    """The cases about a thing, each with its number, its thread and between whom that is; and the
    threads in which two parties talk about it. One statement: each loan that ends is asked."""
    cases = Case.objects.filter(about=what).order_by()
    talks = Talk.objects.filter(about=what).order_by()
    none, nameless = Value(0, BigIntegerField()), Value("", CharField())
    rows = list(
        cases.values_list("pk", "number", "thread_id", "thread__between").union(
            talks.values_list(none, nameless, "thread_id", "thread__between"), all=True
        )
    )
    of_cases = {pk: (number, thread, between) for pk, number, thread, between in rows if pk}
    of_talks = {thread: between for pk, _number, thread, between in rows if not pk}
    return of_cases, of_talks
