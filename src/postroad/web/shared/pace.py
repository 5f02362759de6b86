"""Why a loan takes so long, in words: its steps, their days beside the usual ones, and what now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad import words
from postroad.catalogue import citation
from postroad.delivery.models import Parcel, Via
from postroad.ill.access import Sight
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Event, Request, Supply
from postroad.reference_numbers import grouped
from postroad.reports import counts, pace
from postroad.reports.models import Pace
from postroad.reports.pace import Paced
from postroad.reports.steps import Kind, Level
from postroad.web.shared import mileposts
from postroad.web.shared.charts import percent
from postroad.web.shared.turn import turn

LABELS: Mapping[Kind, Promise] = {
    Kind.CHECK: gettext_lazy("%(library)s looks at the request"),
    Kind.SEARCH: gettext_lazy("A library that can send it is looked for"),
    Kind.WAIT: gettext_lazy("A library can send it later: waiting for its day"),
    Kind.CENTRE: gettext_lazy("The ILL center looks farther away"),
    Kind.LENDER: gettext_lazy("%(lender)s finds it and sends it"),
    Kind.ROAD: gettext_lazy("On its way from %(lender)s to %(library)s"),
    Kind.SHELF: gettext_lazy("On the hold shelf at %(library)s"),
    Kind.LOAN: gettext_lazy("With its reader"),
    Kind.DESK: gettext_lazy("Back at %(library)s, to be sent home"),
    Kind.HOME: gettext_lazy("On its way home to %(lender)s"),
}
SAID_NO: Mapping[Verb, Promise] = {
    Verb.REFUSE: gettext_lazy("%(lender)s was asked and could not send it"),
    Verb.RETRY: gettext_lazy("%(lender)s was asked and can send it only later"),
    Verb.DECLINE_OFFER: gettext_lazy("%(lender)s was asked, and its conditions were not accepted"),
    Verb.LAPSE: gettext_lazy("%(lender)s was asked and did not answer"),
    Verb.WITHDRAW: gettext_lazy("%(lender)s was asked, and another library had it after all"),
}
BY: Mapping[str, Promise] = {
    Via.DELIVERY: gettext_lazy("by van"),
    Via.MAIL: gettext_lazy("by mail"),
}
ON: Mapping[Level, Promise] = {
    Level.LIBRARY: gettext_lazy("on this way"),
    Level.REGION: gettext_lazy("between these regions"),
    Level.STATE: gettext_lazy("between these states"),
}
AT: Mapping[Level, Promise] = {
    Level.LIBRARY: gettext_lazy("at this library"),
    Level.REGION: gettext_lazy("in this region"),
    Level.STATE: gettext_lazy("in this state"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A step in words, with what its drawing needs."""

    paced: Paced
    label: str
    took: str
    usual: str
    long: str = ""  # of the bar, in percent
    mark: str = ""  # where the usual days end on it

    @property
    def here(self) -> bool:
        return self.paced.step.ended is None


@dataclass(frozen=True, slots=True)
class SoLong:
    """The whole answer about one loan."""

    ill: Request
    lines: Sequence[Line]
    waits: mileposts.Status
    turn: str
    skipped: Sequence[str]  # days on which the van would have come
    text: str  # to be sent to the reader
    fewest: int = counts.FEWEST_TIMES
    season: int = counts.SEASON.days


def of_loan(
    ill: Request,
    sight: Sight,
    events: Iterable[Event],
    supplies: Sequence[Supply],
    now: datetime,
) -> SoLong:
    found = [each for each in pace.of_loan(ill, events, supplies, now) if _tells(each)]
    most = max((_most(each) for each in found), default=0)
    names = {each.pk: each.lender_name for each in supplies}
    hers = [_line(each, ill, names, most, to_her=True) for each in found]
    lines = hers if sight == Sight.PATRON else [_line(each, ill, names, most) for each in found]
    status = mileposts.status(ill, now)
    skipped = _skipped(ill)
    text = _text(ill, hers, status, turn(ill, Sight.PATRON, now), skipped)
    return SoLong(ill, lines, status, turn(ill, sight, now), skipped, text)


def _tells(each: Paced) -> bool:
    """The moment between two lenders is no step to a reader."""
    return each.step.kind != Kind.SEARCH or each.days != 0 or each.step.ended is None


def _most(each: Paced) -> float:
    return max(each.days or 0, each.usual.days if each.usual else 0)


def _line(
    each: Paced, ill: Request, names: Mapping[int, str], most: float, *, to_her: bool = False
) -> Line:
    step = each.step
    facts = {"library": ill.library.name, "lender": names.get(step.supply or 0, _("the lender"))}
    said_no = step.kind == Kind.LENDER and step.ended_by
    sentence = SAID_NO.get(Verb(step.ended_by)) if said_no else None
    label = str(sentence or LABELS[step.kind]) % facts
    if step.kind == Kind.LOAN and to_her:
        label = _("Ready for you to read") if ill.is_copy else _("With you")
    if each.via in BY:
        label = f"{label}, {BY[each.via]}"
    return Line(
        each,
        label,
        took(each),
        usual(each),
        percent(each.days, most) if each.days else "",
        percent(each.usual.days, most) if each.usual else "",
    )


def took(each: Paced) -> str:
    """The days of a step: "3 days so far"."""
    if each.days is None:
        return _("not known: it was not scanned when it left")
    days = in_days(each.days)
    return _("%(days)s so far") % {"days": days} if each.step.ended is None else days


def in_days(days: float) -> str:
    if days < 1:
        return _("less than a day")
    number = date_number(days)
    return ngettext("%(n)s day", "%(n)s days", 1 if days == 1 else 2) % {"n": number}


def date_number(days: float) -> str:
    """Whole, or a half between two."""
    return f"{days:.0f}" if days == int(days) else f"{days:.1f}"


def usual(each: Paced) -> str:
    if not each.compared:
        return ""
    if each.usual is None:
        return _("too few to say")
    where = ON if each.via else AT
    place = where.get(Level(each.usual.level), gettext_lazy("everywhere"))
    facts = {"days": in_days(each.usual.days), "n": each.usual.times, "place": place}
    return _("%(days)s %(place)s (%(n)s times)") % facts


def _skipped(ill: Request) -> list[str]:
    """The days on which the van would have called, had there been no closure."""
    parcel = _under_way(ill)
    if parcel is None:
        return []
    legs = parcel.forecast.get("steps", [])
    days = {each["day"]: each["reason"] for leg in legs for each in leg.get("skipped", [])}
    return [
        _("No van on %(day)s: %(why)s") % {"day": words.day(day), "why": why}
        if why
        else _("No van on %(day)s") % {"day": words.day(day)}
        for day, why in sorted(days.items())
    ]


def _under_way(ill: Request) -> Parcel | None:
    return ill.loan.parcel_out if ill.loan and ill.state == State.SHIPPED else None


def _text(
    ill: Request,
    lines: Sequence[Line],
    status: mileposts.Status,
    turn: str,
    skipped: Sequence[str],
) -> str:
    """A letter's worth, without a word that its reader may not read."""
    title = citation.short_title(ill.title)
    facts = {"title": title, "number": grouped(ill.ref)}
    head = _("About your request for “%(title)s” (number %(number)s):") % facts
    now = " ".join(each for each in (status.sentence, status.detail, turn) if each)
    steps = [f"- {each.label}: {each.took}{_as_usual(each)}" for each in lines]
    parts = [head, now, "\n".join([_("The steps so far:"), *steps]), "\n".join(skipped)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _as_usual(line: Line) -> str:
    if line.paced.usual is None:
        return ""
    return _(" (usually %(days)s)") % {"days": in_days(line.paced.usual.days)}


# For everybody


@dataclass(frozen=True, slots=True)
class Usually:
    """What is usual for all, where enough is known."""

    label: str
    days: str


WHOLE: Mapping[str, Promise] = {
    Pace.WHOLE: gettext_lazy("From asking until it is ready to pick up"),
    Kind.LENDER: gettext_lazy("Until the lending library has found it and packed it"),
    f"{Kind.ROAD}-{Via.DELIVERY}": gettext_lazy("On its way, by van"),
    f"{Kind.ROAD}-{Via.MAIL}": gettext_lazy("On its way, by mail"),
}


def for_all() -> list[Usually]:
    known = pace.general()
    return [
        Usually(str(label), in_days(known[key].days) if key in known else _("too few to say"))
        for key, label in WHOLE.items()
    ]
