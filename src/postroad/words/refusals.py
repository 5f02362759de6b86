"""Why a rule said no, for people: what happened, that nothing was lost, and what to do."""

from collections.abc import Mapping
from datetime import date

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from postroad.errors import Refusal
from postroad.ill.lifecycle import OutOfTurn
from postroad.reference_numbers import grouped
from postroad.words import (
    accounts,
    api,
    cases,
    catalogue,
    delivery,
    directory,
    documents,
    econtent,
    files,
    ill,
    ill_refusals,
    notices,
    questions,
    reports,
    situations,
)
from postroad.words.ill_refusals import SIDES, out_of_turn, told_apart
from postroad.words.labels import day, label

AMOUNTS = ("rows", "columns", "characters", "megabytes", "line")
NUMBERS = ("ref", "barcode", "sent", "case")  # among the facts of a refusal

# The refusals of each room.
ROOMS = (
    *(accounts, api, cases, catalogue, delivery, directory, documents, econtent),
    *(files, ill_refusals, notices, reports, situations),
)

# code of the refusal: its sentence, with the facts by name
REFUSALS: dict[str, Promise] = {
    code: sentence for room in ROOMS for code, sentence in room.REFUSALS.items()
}


def refusal(no: Refusal) -> str:
    """Why a rule said no, for people."""
    if isinstance(no, OutOfTurn):
        return out_of_turn(no)
    sentence = REFUSALS.get(no.code)
    if sentence is None:
        return _("This cannot be done now (%(code)s). Nothing was changed.") % {"code": no.code}
    return str(sentence) % shown(no.facts)


def shown(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts as people read them: days in words, numbers four by four."""
    return {name: shown_fact(name, fact) for name, fact in facts.items()}


def shown_fact(name: str, fact: object) -> object:
    match name:
        case "things" if isinstance(fact, tuple):
            return told_apart(fact)
        case "needed" if isinstance(fact, tuple):
            return ", ".join(fact)
        case "shelf" if isinstance(fact, tuple):
            return ", ".join(fact) or _("no call number")
        case "ending":
            return label(ill.ENDINGS, str(fact))
        case "kind" if fact in questions.KINDS:
            return label(questions.KINDS, str(fact))
        case "side":
            return label(SIDES, str(fact))
    if isinstance(fact, date):
        return day(fact)
    if isinstance(fact, int) and name in AMOUNTS:
        return intcomma(fact)
    return grouped(str(fact)) if name in NUMBERS else fact
