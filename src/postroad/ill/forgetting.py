"""What keeps the patron's name on a request that has ended, and the sweep from it."""

from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from postroad.cases import sweeps as cases
from postroad.cases.models import of_request
from postroad.ill.lifecycle import State
from postroad.ill.models import Charge, Request


class Keeps(StrEnum):
    """Why a name stays though the loan has ended."""

    QUESTIONS = "questions"  # of one library to another: who had it may have to be asked
    CHARGES = "charges"  # owed by her library
    TALK = "talk"  # of her and her library


def settled() -> Q:
    """In a query of requests: those of which nothing is asked, owed or talked about any more."""
    owed = Charge.objects.owed().filter(loan__request=OuterRef("pk"))
    this = Concat(Value(of_request("")), OuterRef("ref"))
    talk = cases.with_readers().filter(about=this)
    return Q(open_questions=0) & ~Exists(owed) & ~Exists(talk)


def kept_by(ill: Request) -> list[Keeps]:
    """What keeps the name on this one; nothing, while it is open or once the name has gone."""
    if ill.state != State.CLOSED or ill.patron_id is None:
        return []
    keeps = {
        Keeps.QUESTIONS: ill.open_questions > 0,
        Keeps.CHARGES: Charge.objects.owed().filter(loan__request=ill.pk).exists(),
        Keeps.TALK: cases.with_readers().filter(about=of_request(ill.ref)).exists(),
    }
    return [each for each, there in keeps.items() if there]
