"""Lenders that answer from their mail, without signing in: which, by which link, and until when.

A link is signed for one attempt and works for whoever has it. It ends some days after the lender
has nothing more to do with the request, or when the library or the ILL center stops it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Exists, Max, OuterRef, QuerySet

from postroad import reference_numbers
from postroad.accounts.models import LENDING, Post, User
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import access
from postroad.ill.acts import Act, Door
from postroad.ill.lifecycle import Owner, SupplyState
from postroad.ill.lifecycle.questions import QuestionKind, is_lenders
from postroad.ill.models import AnswerLink, Loan, Question, Request, Supply
from postroad.ill.models import answer_link as rows

SALT = "postroad.answer"
LENDERS = sorted(filter(is_lenders, QuestionKind))  # what a lender may hear of


class AnswerLinkUnknown(Refusal):
    """No link of ours: it was cut, made by somebody else, or is an older one."""

    code = "answer-link-unknown"


class AnswerLinkStopped(Refusal):
    """The library or the center stopped it."""

    code = "answer-link-stopped"


class AnswerLinkTooOld(Refusal):
    """Its days are over."""

    code = "answer-link-too-old"


@dataclass(frozen=True, slots=True)
class Held:
    """What a link opens: one attempt, with what it sent."""

    link: AnswerLink
    supply: Supply
    loan: Loan | None

    @property
    def ill(self) -> Request:
        return self.supply.request

    @property
    def lender(self) -> Library:
        return self.supply.lender

    def act(self, at: datetime) -> Act:
        """Who follows the link acts for the library; which person, nobody knows."""
        return Act(at=at, role=Owner.LENDING, door=Door.MAIL)


def without_account() -> QuerySet[Library]:
    """Members at which nobody could sign in to answer."""
    lending = Post.objects.filter(
        library=OuterRef("pk"), role__in=sorted(LENDING), user__is_active=True
    )
    return Library.objects.members().filter(~Exists(lending))


def lenders() -> QuerySet[Library]:
    """Members that answer from their mail: these, and those that chose it."""
    return without_account() | Library.objects.members().filter(policy__answers_by_mail=True)


def unlinked() -> QuerySet[Supply]:
    """What such lenders were asked for and have no link to answer."""
    linked = AnswerLink.objects.filter(supply=OuterRef("pk"))
    asked = Supply.objects.waiting().filter(state=SupplyState.ASKED, lender__in=lenders())
    return asked.exclude(Exists(linked))


def make(supplies: Iterable[Supply], at: datetime) -> None:
    """Their links; the mail that bears them is the caller's. Made twice, each is made once."""
    AnswerLink.objects.bulk_create(
        [AnswerLink(supply=supply, made_at=at) for supply in supplies], ignore_conflicts=True
    )


def token(link: AnswerLink) -> str:
    """What stands in the mail."""
    supply = link.supply
    return f"{supply.request.ref}-{supply.attempt}-{_signer().signature(_signed(link))}"


def read(text: str, now: datetime) -> Held:
    """What a link opens. It changes nothing: mail scanners follow links too.

    Raises AnswerLinkUnknown, AnswerLinkStopped or AnswerLinkTooOld.
    """
    ref, _dash, rest = text.partition("-")
    attempt, _dash, signature = rest.partition("-")
    if not (attempt.isascii() and attempt.isdecimal() and len(attempt) < 5):
        raise AnswerLinkUnknown
    known = AnswerLink.objects.select_related(*WITH)
    link = known.filter(
        supply__request__ref=reference_numbers.tidy(ref[:16]), supply__attempt=int(attempt)
    ).first()
    if link is None:
        raise AnswerLinkUnknown
    try:
        _signer().unsign(f"{_signed(link)}:{signature}")
    except signing.BadSignature:
        raise AnswerLinkUnknown from None
    facts = {"ref": link.supply.request.ref, "library": link.supply.lender.name}
    if link.stopped_at is not None:
        raise AnswerLinkStopped(day=link.supply.lender.day_of(link.stopped_at), **facts)
    held = Held(link, link.supply, thing_of(link.supply))
    if now > works_until(held):
        raise AnswerLinkTooOld(day=link.supply.lender.day_of(works_until(held)), **facts)
    return held


WITH = (
    "supply__request__library__policy",
    "supply__request__current",
    "supply__request__current_loan",
    "supply__lender__policy",
    "supply__item",
)


def thing_of(supply: Supply) -> Loan | None:
    """What it sent, the foremost that is out."""
    try:
        return access.loan_of(supply)
    except access.NoSuchRequest:
        return None


def works_until(held: Held) -> datetime:
    """Some days after the last moment at which something was, or still is, its lender's business.

    What waits has a clock that lies ahead, and so has what is out; so it does not end before.
    """
    supply, loan = held.supply, held.loan
    moments = [held.link.made_at, supply.due_at, supply.closed_at]
    if loan is not None:
        moments += [loan.due_at, loan.closed_at]
    if supply.closed_at is not None:  # a question may be asked long after it
        asked = Question.objects.filter(supply=supply, kind__in=LENDERS)
        moments += asked.aggregate(open=Max("due_at"), over=Max("answered_at")).values()
    last = max(each for each in moments if each is not None)
    days = thresholds.days("answer-link", on=supply.lender.day_of(last), library=supply.lender)
    return last + timedelta(days=days)


def of(supply: Supply) -> AnswerLink | None:
    """Its link, stopped or not."""
    link = AnswerLink.objects.filter(supply=supply).select_related("stopped_by").first()
    if link is not None:
        link.supply = supply
    return link


def stop(link: AnswerLink, *, by: User | None, at: datetime) -> None:
    """It opens nothing any more. Stopped twice, the first counts."""
    going = AnswerLink.objects.filter(pk=link.pk, stopped_at=None)
    going.update(stopped_at=at, stopped_by=by)


def renew(link: AnswerLink, *, at: datetime) -> None:
    """Another link in its place, and another mail: the one before opens nothing any more."""
    fresh = {"nonce": rows.nonce(), "made_at": at, "mailed_at": None, "reminded_at": None}
    fresh |= {"stopped_at": None, "stopped_by": None, "unreached_at": None}
    AnswerLink.objects.filter(pk=link.pk).update(**fresh)


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def _signed(link: AnswerLink) -> str:
    return f"{link.supply_id} {link.nonce}"
