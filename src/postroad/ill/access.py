"""The gates: the only way to a request or a supply. "Not yours" looks like "not there"."""

from collections.abc import Collection, Iterable
from enum import StrEnum

from django.db.models import F

from postroad import reference_numbers
from postroad.accounts.models import BORROWING, LENDING, Role, User
from postroad.accounts.roles import posts
from postroad.composed import Composed
from postroad.errors import Refusal
from postroad.ill import lookup
from postroad.ill.lifecycle import Verb
from postroad.ill.lifecycle.questions import QuestionKind, is_lenders
from postroad.ill.lookup import Seen
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.ill.models.request import together
from postroad.ill.renewals import NoRenewal

OF_QUESTIONS = frozenset(
    {Verb.ASK_QUESTION, Verb.ANSWER, Verb.WITHDRAW_QUESTION, Verb.REMIND_QUESTION}
)

# What the page of a request shows: to whoever works on it, and to its patron.
PAGE = Composed(
    lambda: (
        Request.objects.shown().select_related("managed_by").prefetch_related("supplies__lender")
    ),
    by="ref",
)
HERS = Composed(Request.objects.shown, by="ref")


class NoSuchRequest(Refusal):
    """There is no such request for this person."""

    code = "no-such-request"


class Sight(StrEnum):
    """As whom somebody sees a request: what the page shows and which verbs it offers."""

    PATRON = "patron"
    BORROWING = "borrowing"  # the borrowing library's staff: they see the patron
    LENDING = "lending"  # a lender's staff: a library and a number
    CENTRE = "centre"
    OPERATOR = "operator"

    @property
    def knows_patron(self) -> bool:
        """Who asks, and her card: nobody's business but hers and her own library's."""
        return self in (Sight.PATRON, Sight.BORROWING)

    @property
    def reads_notes(self) -> bool:
        """What was written by hand about the wish: whoever looks for the thing needs that."""
        return self.knows_patron or self is Sight.CENTRE


def sight(user: User, ill: Request) -> Sight | None:
    """As whom this person sees the request; None: not at all."""
    held = posts(user)
    borrows = {post.library_id for post in held if post.role in BORROWING}
    lends = {post.library_id for post in held if post.role in LENDING}
    roles = {post.role for post in held}
    if ill.library_id in borrows:
        return Sight.BORROWING
    if Role.CENTRE in roles:
        return Sight.CENTRE
    if lends and lends & {supply.lender_id for supply in ill.supplies.all()}:
        return Sight.LENDING
    if Role.OPERATOR in roles:
        return Sight.OPERATOR
    return Sight.PATRON if ill.patron_id is not None and ill.patron_id == user.pk else None


def request_for(user: User, ref: str) -> tuple[Request, Sight]:
    """The request and how this person sees it; otherwise as if there were none."""
    ill = PAGE.first(reference_numbers.tidy(ref))
    seen = sight(user, ill) if ill is not None else None
    if ill is None or seen is None:
        raise NoSuchRequest(ref=ref)
    return ill, seen


def patron_request(user: User, ref: str) -> Request:
    """The patron's own request, whatever else this person is."""
    ill = HERS.first(reference_numbers.tidy(ref))
    if ill is None or ill.patron_id is None or ill.patron_id != user.pk:
        raise NoSuchRequest(ref=ref)
    return ill


def supply_for(user: User, ref: str, attempt: int) -> Supply:
    """A supply at a library where this person works, or, from outside, at the centre."""
    supply = (
        Supply.objects.filter(request__ref=reference_numbers.tidy(ref), attempt=attempt)
        .select_related("request__library__policy", "lender__policy", "item")
        .first()
    )
    if supply is None or not _answers_for(user, supply):
        raise NoSuchRequest(ref=ref)
    return supply


def loan_for(user: User, ref: str, attempt: int) -> Loan:
    """The foremost thing of such a supply."""
    return loan_of(supply_for(user, ref, attempt))


def loan_of(supply: Supply) -> Loan:
    """What is out of this supply or was last, as one family with it."""
    loans = supply.loans.select_related("item", "lender", "parcel_out", "parcel_home")
    loan = loans.order_by(F("closed_at").desc(nulls_first=True), "-pk").first()
    if loan is None:
        raise NoSuchRequest(ref=supply.request.ref)
    together(supply.request, supply, loan)
    return loan


def lenders_part(events: Iterable[Event], supplies: Collection[Supply]) -> list[Event]:
    """What a lender had a part in: nothing of the patron's card, nor of her bringing it back."""
    ours = {supply.pk for supply in supplies}
    return [
        event
        for event in events
        if event.supply_id in ours
        and event.verb not in (Verb.RETURN, Verb.UNDO_RETURN)
        and event.facts.get("why") != NoRenewal.BLOCKED
        and not _stays_at_home(event)
    ]


def _stays_at_home(event: Event) -> bool:
    """Whether it tells of a question that is no lender's business."""
    if event.verb not in OF_QUESTIONS:
        return False
    return not is_lenders(QuestionKind(event.facts["kind"]))


def _answers_for(user: User, supply: Supply) -> bool:
    if supply.is_outside or user.stands_in_for == supply.lender:
        return any(post.role == Role.CENTRE for post in posts(user))
    return any(post.role in LENDING and post.library_id == supply.lender_id for post in posts(user))


def find(user: User, text: str) -> list[tuple[Request, Sight]]:
    """The requests with this number that this person may see, the newest first."""
    found = lookup.by_number(text, seen_by(user)).prefetch_related("supplies__lender")
    seen = ((ill, sight(user, ill)) for ill in found[: lookup.MOST])
    return [(ill, how) for ill, how in seen if how is not None]


def seen_by(user: User) -> Seen:
    """Whose requests this person sees: asked before the many others that bear a number are cut."""
    held = posts(user)
    return Seen(
        borrowers=frozenset(post.library_id for post in held if post.role in BORROWING),
        lenders=frozenset(post.library_id for post in held if post.role in LENDING),
        patron=user.pk,
        everything=any(post.role in (Role.CENTRE, Role.OPERATOR) for post in held),
    )
