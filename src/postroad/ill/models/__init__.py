"""The request, its supplies, its loans, the questions and charges about them, its numbers and its
events. `Request.move` alone assigns a
state of any of them.

Where a verb moves several rows, each takes them in the same order, so that two at once never wait
for one another: the copy that is shipped, the request, its supply, its loan, a question or a charge
beside it, the copy that is back, the counts, and the parcel last.
"""

from postroad.ill.models.answer_link import AnswerLink
from postroad.ill.models.charge import Charge, ChargeKind, ChargeQuerySet, ChargeState
from postroad.ill.models.event import Event
from postroad.ill.models.followed import Followed
from postroad.ill.models.loan import Loan, LoanQuerySet
from postroad.ill.models.number import OF_THE_REQUEST, Number, NumberQuerySet, System
from postroad.ill.models.question import Question, QuestionOpen, QuestionQuerySet
from postroad.ill.models.request import MovedMeanwhile, Request
from postroad.ill.models.request_rows import RequestQuerySet
from postroad.ill.models.supply import Supply, SupplyQuerySet
from postroad.ill.models.tally import Tally
from postroad.ill.models.told_hold import ToldHold

__all__ = [
    "OF_THE_REQUEST",
    "AnswerLink",
    "Charge",
    "ChargeKind",
    "ChargeQuerySet",
    "ChargeState",
    "Event",
    "Followed",
    "Loan",
    "LoanQuerySet",
    "MovedMeanwhile",
    "Number",
    "NumberQuerySet",
    "Question",
    "QuestionOpen",
    "QuestionQuerySet",
    "Request",
    "RequestQuerySet",
    "Supply",
    "SupplyQuerySet",
    "System",
    "Tally",
    "ToldHold",
]
