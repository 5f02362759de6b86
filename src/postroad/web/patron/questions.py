"""A question about a patron's own request: /patron/requests/REF/questions/KEY/."""

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from postroad.accounts.models import Role
from postroad.ill import access, parties
from postroad.ill.lifecycle import Owner
from postroad.ill.models import Question
from postroad.ill.parties import NoSuchQuestion, Seat
from postroad.web.shared import questions
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.questions import Room

ROOM = Room(
    "patron-question",
    "patron-question-withdraw",
    "patron-question-ask",
    "patron-request",
    hers=True,
)
HERS = Seat(frozenset({Owner.PATRON}))


def hers(request: SignedIn, ref: str, key: int) -> Question:
    """A question that she may read as the patron, whatever else she is."""
    question, seat = parties.question_for(request.user, key, ref)
    if Owner.PATRON not in seat.sides or not HERS.may_read(question):
        raise NoSuchQuestion
    return question


@needs(Role.PATRON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedIn, ref: str, question: int) -> HttpResponse:
    shown = hers(request, ref, question)
    if request.method == "POST":
        return questions.answered(request, ROOM, shown, HERS)
    return questions.page(request, ROOM, shown, HERS)


@needs(Role.PATRON)
@require_POST
def withdraw(request: SignedIn, ref: str, question: int) -> HttpResponse:
    return questions.withdrawn(request, ROOM, hers(request, ref, question), HERS)


@needs(Role.PATRON)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, ref: str, kind: str) -> HttpResponse:
    return questions.ask(request, ROOM, access.patron_request(request.user, ref), kind)
