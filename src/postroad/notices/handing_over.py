"""Her library's staff open a copy for its reader, and give it to her on paper.

It is for a reader whom no mail reaches, or who says that it did not open; it goes through the gate
like any opening, is counted with the others, and stands in the history of the request.
"""

from django.db import transaction

from postroad.accounts import roles
from postroad.accounts.models import BORROWING, User
from postroad.documents import gate
from postroad.documents.troubles import Gone
from postroad.errors import Refusal
from postroad.ill import document_delivery
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Request
from postroad.notices import reach


class OpensItHerself(Refusal):
    """Mail reaches its reader, and she has not said that it did not open."""

    code = "copy-is-for-its-reader"


def may(ill: Request) -> bool:
    """Whether there is a copy, and somebody whom to give it."""
    return (
        ill.is_copy
        and ill.patron is not None
        and ill.supply is not None
        and not ill.supply.link
        and ill.may(Verb.HAND_OVER)
    )


def must_say(reader: User) -> bool:
    """Whether she must have said that it did not open: else she opens it herself."""
    return reach.by_mail(reader)


@transaction.atomic
def open_for(ill: Request, act: Act, *, unopened: bool = False) -> gate.Opened:
    """Spend one of its openings. Raises OutOfTurn, OpensItHerself, NotOpened: none is spent."""
    ill.refuse_out_of_turn(Verb.HAND_OVER)
    copy = document_delivery.newest(ill.supply) if ill.supply and ill.patron else None
    if copy is None or ill.patron is None:
        raise Gone
    asked = must_say(ill.patron)
    if asked and not unopened:
        raise OpensItHerself
    change = {"due_at": ill.due_at}  # nobody has it longer for that
    ill.move(Verb.HAND_OVER, act, change=change, said={"unopened": True} if asked else {})
    return gate.open_copy(copy, gate.AtDesk(_works_for(act.by), ill.library_id), act.at)


def _works_for(user: User | None) -> frozenset[int]:
    """The libraries at whose desk for readers this person sits."""
    posts = roles.posts(user) if user is not None else ()
    return frozenset(
        post.library_id for post in posts if post.library_id and post.role in BORROWING
    )
