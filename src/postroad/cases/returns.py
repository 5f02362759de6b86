"""What the owner of a thing says when it is asked whether it takes returns (R3, step 2)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from postroad.accounts.models import User
from postroad.cases.lifecycle import Ending, Side, Verb
from postroad.cases.models import Case, Kind
from postroad.directory import saying
from postroad.directory.models import Library
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import Source
from postroad.errors import Refusal


class NothingToConfirm(Refusal):
    """Only of a return it is asked, and a library speaks for itself alone."""

    code = "case-nothing-to-confirm"


@transaction.atomic
def confirm(
    case: Case,
    library: Library,
    accepts: bool,
    *,
    by: User,
    name: str,
    note: str = "",
    at: datetime | None = None,
) -> None:
    """The owner said whether it takes returns: a statement is written, and the case is closed."""
    at = at or timezone.now()
    own = case.thread.answering_id == library.pk
    if case.kind != Kind.RETURN or not (own or case.thread.office_answers):
        raise NothingToConfirm(case=case.number)
    case.move(
        Verb.CONFIRM,
        side=Side.ANSWERER,
        by=by,
        at=at,
        name=name,
        change={"ending": Ending.CONFIRMED, "library": library},
        facts={"accepts": accepts, "library": library.name},
    )
    saying.say(
        library,
        Words({Service.RETURNS: accepts}, note=note),
        source=Source.OWN if own else Source.TEAM,
        said_by=name,
        at=at,
        key=f"case-{case.number}-{case.version}",
    )
