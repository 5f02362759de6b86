"""Threads of messages between two parties, and the cases that have an owner and a clock.

`Case.move` alone assigns a state. A thread is written once: its parties stand in the row that is
inserted, and nothing updates it, so nobody is ever added to a conversation.
"""

from postroad.cases.models.application import Application, Decision
from postroad.cases.models.case import (
    Answering,
    Case,
    CaseEvent,
    CaseQuerySet,
    Follower,
    Kind,
    Mention,
    MovedMeanwhile,
    kinds,
    of_request,
    refs,
)
from postroad.cases.models.talk import Talk, TalkEvent
from postroad.cases.models.team import OFFICES, Absence, CannedAnswer, Duty, Teammate, Topic
from postroad.cases.models.threads import (
    Between,
    Message,
    Parties,
    Seen,
    Thread,
    WrittenOnce,
    libraries,
    library_and,
    office_and,
    patron_and,
    visitor_and,
)

__all__ = [
    "OFFICES",
    "Absence",
    "Answering",
    "Application",
    "Between",
    "CannedAnswer",
    "Case",
    "CaseEvent",
    "CaseQuerySet",
    "Decision",
    "Duty",
    "Follower",
    "Kind",
    "Mention",
    "Message",
    "MovedMeanwhile",
    "Parties",
    "Seen",
    "Talk",
    "TalkEvent",
    "Teammate",
    "Thread",
    "Topic",
    "WrittenOnce",
    "kinds",
    "libraries",
    "library_and",
    "of_request",
    "office_and",
    "patron_and",
    "refs",
    "visitor_and",
]
