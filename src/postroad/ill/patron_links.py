"""The link by which a patron answers a question from her mail, without signing in.

It is signed for one question and one patron, and works for whoever has it; so it opens that
question alone, and nothing once it is over. Opening it changes nothing.
"""

from django.core import signing

from postroad.errors import Refusal
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Question
from postroad.ill.models.request import together

SALT = "postroad.patron-answer"


class PatronLinkUnknown(Refusal):
    """No link of ours: it was cut, made by somebody else, or its patron has been forgotten."""

    code = "patron-link-unknown"


class PatronLinkOver(Refusal):
    """The question was answered or withdrawn, or the request has ended."""

    code = "patron-link-over"


def token(question: Question) -> str:
    """What stands in the mail."""
    return f"{question.pk}-{_signer().signature(_signed(question))}"


def read(text: str) -> Question:
    """The open question of a link. Raises PatronLinkUnknown or PatronLinkOver."""
    key, _dash, signature = text.partition("-")
    if not (key.isascii() and key.isdecimal() and len(key) < 18):
        raise PatronLinkUnknown
    asked = Question.objects.shown().filter(pk=int(key), kind=QuestionKind.ASK_PATRON)
    question = asked.exclude(request__patron=None).first()
    if question is None:
        raise PatronLinkUnknown
    try:
        _signer().unsign(f"{_signed(question)}:{signature}")
    except signing.BadSignature:
        raise PatronLinkUnknown from None
    if not question.is_open:
        raise PatronLinkOver
    together(question.request, question.supply, question.loan)
    return question


def _signed(question: Question) -> str:
    return f"{question.pk}.{question.request.patron_id}"


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)
