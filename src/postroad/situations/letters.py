"""What the staff of a library are told when a situation changes: what is new there, and no more."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from postroad import words
from postroad.directory.amending import Difference, Wanted
from postroad.situations.models import Situation


@dataclass(frozen=True, slots=True)
class Letter:
    """One text, and the libraries at which it is so."""

    title: str
    text: str
    libraries: Collection[int]


@dataclass(frozen=True, slots=True)
class New:
    """What is new at a library; equal for all that are told the same."""

    joins: bool
    leaves: bool
    stops: tuple[str, ...]  # what stops now, and did not
    goes_on: tuple[str, ...]
    other_days: bool
    numbers: tuple[str, ...]  # names of thresholds
    notice: bool

    @property
    def something(self) -> bool:
        return bool(self.stops or self.goes_on or self.other_days or self.numbers or self.notice)


def of(
    before: Situation,
    after: Situation,
    closures: Sequence[Difference],
    wanted: Wanted,
    concerned: tuple[frozenset[int], frozenset[int]],
    today: date,
) -> list[Letter]:
    """The letters, one a text. Where nothing is new nobody is written to."""
    was, now = concerned
    moved = {each.effect: each.moved(wanted, today) for each in closures}
    by_news = defaultdict[New, list[int]](list)
    for library in sorted(was | now):
        here, there = library in now, library in was
        numbers_were: Mapping[str, int] = before.thresholds if there else {}
        numbers: Mapping[str, int] = after.thresholds if here else {}
        days = here and there and before.last_day != after.last_day
        new = New(
            joins=here and not there,
            leaves=there and not here,
            stops=tuple(str(e.effect.label) for e in closures if library in e.began),
            goes_on=tuple(str(e.effect.label) for e in closures if library in e.over),
            other_days=any(library in each for each in moved.values())
            or (days and bool(numbers or (after.notice and not after.effects))),
            numbers=tuple(
                name
                for name in words.directory.THRESHOLDS
                if numbers.get(name) != numbers_were.get(name)
            ),
            notice=here and bool(after.notice) and (not there or after.notice != before.notice),
        )
        if new.something:
            by_news[new].append(library)
    title = (_("%(name)s: what changed") % {"name": after.name})[:120]
    return [Letter(title, text(new, before, after), found) for new, found in by_news.items()]


def text(new: New, before: Situation, after: Situation) -> str:
    lines = []
    if new.joins:
        lines.append(_("It concerns your library now, %(until)s.") % {"until": until(after)})
    if new.leaves:
        lines.append(_("It no longer concerns your library."))
    if new.other_days:
        both = {"now": until(after), "was": until(before)}
        lines.append(_("It lasts %(now)s. Before, that was %(was)s.") % both)
    if new.stops:
        lines.append(_("New for your library: %(what)s.") % {"what": ", ".join(new.stops)})
    if new.goes_on:
        lines.append(_("Over for your library: %(what)s.") % {"what": ", ".join(new.goes_on)})
    lines += [_number(name, after, new) for name in new.numbers]
    if new.notice:
        lines += ["", after.notice]
    return "\n".join(lines).strip()


def _number(name: str, after: Situation, new: New) -> str:
    days = None if new.leaves else after.thresholds.get(name)
    told = _("as usual again") if days is None else words.directory.amount(name, days)
    return _("%(what)s: %(days)s.") % {"what": words.directory.THRESHOLDS[name], "days": told}


def until(situation: Situation) -> str:
    if situation.last_day is None:
        return _("until further notice")
    return _("through %(day)s") % {"day": words.day(situation.last_day)}
