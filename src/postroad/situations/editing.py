"""Changes a situation that was entered, also one that is on: what it will change, and doing so.

Who edits says what it shall be. Only what differs is done, and only those for whom something
differs are told: the same once more changes nothing and tells nobody.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from postroad.accounts.models import Role
from postroad.directory.amending import Difference
from postroad.errors import Refusal
from postroad.notices import staff_notices
from postroad.notices.staff import Reach, Subject
from postroad.situations import letters, switching, where, writing
from postroad.situations.letters import Letter
from postroad.situations.models import Change, Situation

# What is edited. The first day only as long as it has not come.
FIELDS = ("name area places first_day last_day effects thresholds banner notice pages").split()
# The numbers of days that a situation may change for a while.
NUMBERS = ("courier-late", "mail-late", "closure-patience", "staff-answer", "centre-answer", "desk")
Values = Mapping[str, Any]


class ChangedMeanwhile(Refusal):
    """Somebody else changed it since this editor's page was made."""

    code = "situation-changed-meanwhile"


class IsOver(Refusal):
    """It has ended: what was, stays."""

    code = "situation-over"


class HasBegun(Refusal):
    """What held since its first day cannot be undone."""

    code = "situation-has-begun"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change would do."""

    before: Situation
    after: Situation
    first_day: date  # of what it enters now
    differs: Mapping[str, tuple[Any, Any]]  # by field: what it is, what it will be
    closures: list[Difference]
    concerned: frozenset[int]
    concerned_before: frozenset[int]
    letters: list[Letter]

    @property
    def ends_sooner(self) -> bool:
        """Somewhere: its days are fewer, its area is smaller, or something goes on again."""
        fewer = self.after.last < self.before.last or self.concerned_before - self.concerned
        return bool(fewer or any(each.over for each in self.closures))

    def of(self, situation: Situation) -> dict[str, Any]:
        """What differs, as it is (`before`) or will be (`after`). A place says nothing alone."""
        area = {"area", "places"}
        names = [
            each
            for each in FIELDS
            if each in self.differs or (area & set(self.differs) and each in area)
        ]
        return {name: _kept(getattr(situation, name)) for name in names}


def differing(situation: Situation, values: Values) -> dict[str, tuple[Any, Any]]:
    both = {name: (getattr(situation, name), values[name]) for name in FIELDS if name in values}
    return {name: pair for name, pair in both.items() if _plain(pair[0]) != _plain(pair[1])}


def _plain(value: Any) -> Any:
    """The same for lists that say the same in another order."""
    return sorted(value, key=str) if isinstance(value, list) else value


def has_begun(situation: Situation, today: date) -> bool:
    """Whether its first day is fixed."""
    return situation.ready_at is not None and (
        situation.on_at is not None or situation.first_day <= today
    )


def plan(situation: Situation, values: Values, at: datetime) -> Plan:
    """What it would change; raises what refuses it. Changes nothing."""
    today = timezone.localdate(at)
    differs = differing(situation, values)
    if situation.off_at is not None:
        raise IsOver(name=situation.name)
    begun = has_begun(situation, today)
    if "first_day" in differs and begun:
        raise HasBegun(name=situation.name, day=situation.first_day)
    after = copy(situation)
    for name, (_is, value) in differs.items():
        setattr(after, name, value)
    switching.check(after, today)
    first_day = today if begun else after.first_day
    on = situation.ready_at is not None
    closures = writing.differences(after, first_day, today) if on else []
    concerned, before = (
        frozenset(where.libraries(each).values_list("pk", flat=True)) for each in (after, situation)
    )
    told: list[Letter] = []
    if situation.on_at is not None and differs:
        meant = writing.wanted(after, first_day)
        told = letters.of(situation, after, closures, meant, (before, concerned), today)
    return Plan(situation, after, first_day, differs, closures, concerned, before, told)


@transaction.atomic
def change(
    situation: Situation, values: Values, *, version: int, by: str, at: datetime
) -> Change | None:
    """Let it be as these values say; None if it is so already. Of two editors the second is
    refused, unless she wants the same."""
    situation = Situation.objects.select_for_update().get(pk=situation.pk)
    if not differing(situation, values):
        return None
    if situation.version != version:
        raise changed_meanwhile(situation)
    found = plan(situation, values, at)
    was, now = found.of(found.before), found.of(found.after)
    for name, (_is, value) in found.differs.items():
        setattr(situation, name, value)
    situation.version += 1
    situation.save()
    made = Change.objects.create(
        situation=situation,
        at=at,
        by=by,
        was=was,
        now=now,
        while_on=situation.ready_at is not None,
    )
    if situation.ready_at is not None:
        _follow(situation, found, made)
    return made


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def changed_meanwhile(situation: Situation) -> ChangedMeanwhile:
    last = situation.changes.last()
    return ChangedMeanwhile(
        name=situation.name,
        by=last.by if last else situation.ready_by,
        at=last.at if last else None,
    )


def _follow(situation: Situation, found: Plan, made: Change) -> None:
    today = timezone.localdate(made.at)
    writing.write(situation, found.first_day, by=made.by, at=made.at, today=today)
    if situation.on_at is None:
        if situation.first_day <= today:
            switching.begin(situation, made.at)  # with its notice, as it is now
        return
    if "pages" in found.differs:
        _show_pages(situation)
    _tell(situation, found, made)
    switching.show_banners()


def _show_pages(situation: Situation) -> None:
    gone = set(situation.published) - set(situation.pages)
    for page in Page.objects.filter(pk__in=gone, live=True).specific():
        page.unpublish()
    kept = [each for each in situation.published if each not in gone]
    situation.published = kept + switching.publish(situation.pages)
    situation.save(update_fields=["published"])


def _tell(situation: Situation, found: Plan, made: Change) -> None:
    """Whom it concerns, once; what was told before and is no longer so is withdrawn."""
    switching.notices_of(situation).update(until=situation.last_day)
    first = switching.notice_of(situation)
    if "notice" in found.differs and first is not None and first.withdrawn_at is None:
        staff_notices.withdraw(first, by=made.by, at=made.at)
    codes = dict(where.everybody().values_list("pk", "code"))
    for number, letter in enumerate(found.letters):
        try:
            told = staff_notices.send(
                about=Subject.OTHER,
                title=letter.title,
                text=letter.text,
                reach=Reach.LIBRARIES,
                places=[codes[each] for each in letter.libraries],
                until=situation.last_day,
                office=Role(situation.office),
                by=made.by,
                at=made.at,
                key=uuid5(NAMESPACE_URL, f"{situation.source}:{made.pk}:{number}"),
            )
        except staff_notices.NobodyThere:
            continue
        made.notices.append(told.pk)
    made.save(update_fields=["notices"])
