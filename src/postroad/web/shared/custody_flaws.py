"""Gaps and contradictions of a chain of custody, in words, for both libraries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.delivery import chain, custody
from postroad.delivery.chain import Doubt
from postroad.delivery.ledger import Entry, Move
from postroad.delivery.models import Custody, Parcel

SENTENCES: Mapping[Doubt, Promise] = {
    Doubt.UNSEEN: gettext_lazy(
        "Nobody scanned it between %(before)s (%(then)s) and %(after)s (%(later)s)."
    ),
    Doubt.SILENT: gettext_lazy("Nobody has scanned it since %(before)s (%(then)s)."),
    Doubt.NOT_TAKEN: gettext_lazy(
        "No scan shows who took it after %(before)s (%(then)s); next comes %(after)s (%(later)s)."
    ),
    Doubt.NOT_PUT_DOWN: gettext_lazy(
        "No scan shows the van leaving it between %(before)s (%(then)s) and %(after)s (%(later)s)."
    ),
    Doubt.JUMPED: gettext_lazy(
        "This does not fit: %(before)s (%(then)s), but then %(after)s (%(later)s)."
    ),
    Doubt.TWICE: gettext_lazy(
        "This does not fit: %(before)s (%(then)s) and again %(after)s (%(later)s), and nobody took "
        "it in between."
    ),
    Doubt.AFTER_THE_END: gettext_lazy(
        "This does not fit: %(before)s (%(then)s), but after that %(after)s (%(later)s)."
    ),
    Doubt.BEFORE_IT_LEFT: gettext_lazy(
        "This does not fit: %(before)s (%(then)s), which is before it was made ready (%(later)s). "
        "A clock may have been wrong."
    ),
    Doubt.GUESSED: gettext_lazy("Nobody saw this, it was inferred: %(after)s (%(later)s)."),
}
STEPS: Mapping[Move, Promise] = {
    Move.MADE: gettext_lazy("made ready at %(place)s"),
    Move.PICKED_UP: gettext_lazy("the van at %(place)s"),
    Move.SORTED: gettext_lazy("the sorting center"),
    Move.DROPPED: gettext_lazy("left at %(place)s"),
    Move.RECEIVED: gettext_lazy("received at %(place)s"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A doubt about a chain, in words."""

    sentence: str
    is_gap: bool  # else two lines contradict each other


def of_parcel(parcel: Parcel, now: datetime, lines: Iterable[Custody] | None = None) -> list[Said]:
    """What is doubtful about who had it; one query, unless the lines are at hand."""
    lines = list(custody.chain(parcel) if lines is None else lines)
    known = {line.key: line for line in lines}
    flaws = chain.flaws(map(custody.entry_of, lines), parcel.to_library_id, now)
    return [
        Said(
            str(SENTENCES[each.doubt]) % facts(each.before, each.after, known),
            each.is_gap,
        )
        for each in flaws
    ]


def facts(before: Entry, after: Entry | None, known: Mapping[str, Custody]) -> dict[str, str]:
    said = {"before": step(before, known), "then": moment(before.at), "after": "", "later": ""}
    if after is not None:
        said |= {"after": step(after, known), "later": moment(after.at)}
    return said


def step(entry: Entry, known: Mapping[str, Custody]) -> str:
    library = known[entry.key].library
    if entry.step is Move.PICKED_UP and library is None:
        return _("the van at the sorting center")
    place = library.town if library else _("an unknown place")
    phrase = STEPS.get(entry.step)
    return str(phrase) % {"place": place} if phrase else known[entry.key].get_step_display()


def moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{words.day(local.date())}, {words.clock(local)}"
