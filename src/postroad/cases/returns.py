"""What the owner of a thing says when it is asked whether it takes returns (R3, step 2)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.cases.lifecycle import Ending, Side, Verb
from postroad.cases.models import Case, Kind
from postroad.directory import saying
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import Source
from postroad.errors import Refusal


class NothingToConfirm(Refusal):
    """Only of a return it is asked, and only of a library that is known."""

    code = "case-nothing-to-confirm"


@transaction.atomic
def confirm(
    case: Case,
    accepts: bool,
    *,
    by: User,
    name: str,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """The owner said whether it takes returns: a statement is written, and the case is closed."""
    at = at or timezone.now()
    if case.kind != Kind.RETURN or case.library is None:
        raise NothingToConfirm(case=case.number)
    case.move(
        Verb.CONFIRM,
        side=Side.ANSWERER,
        by=by,
        at=at,
        name=name,
        change={"ending": Ending.CONFIRMED},
        facts={"accepts": accepts, "library": case.library.name},
    )
    own = case.thread.answering_id == case.library_id
    saying.say(
        case.library,
        Words({Service.RETURNS: accepts}, note=note),
        source=Source.OWN if own else Source.TEAM,
        said_by=name,
        at=at,
        key=f"case-{case.number}-{case.version}",
    )
