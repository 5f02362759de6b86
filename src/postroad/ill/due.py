"""The due day as a lender changes it by its own word: renewed, lengthened, recalled, released.

What its terms alone say is in `loans.renew`; here somebody at the lender has decided.
"""

from datetime import date, datetime

from django.db import transaction

from postroad.errors import Refusal
from postroad.ill import clocks, dates
from postroad.ill.acts import Act
from postroad.ill.duedates import Due, open_from
from postroad.ill.lifecycle import LoanState, OutOfTurn, Verb
from postroad.ill.models import Event, Loan
from postroad.ill.renewals import NoRenewal


class NotLater(Refusal):
    """The new due day is no later than the one that holds."""

    code = "due-day-not-later"


class DayPassed(Refusal):
    """A day was named that has passed, or is today."""

    code = "day-has-passed"


def check_later(loan: Loan, day: date, at: datetime) -> Due:
    """Until when it may be kept, if its lender says this day. Raises DayPassed, or NotLater."""
    check_to_come(loan, day, at)
    kept = dates.named(loan, day, at)
    if loan.due_back is not None and kept.back <= loan.due_back:
        raise NotLater(day=day, due=loan.due_back, ref=loan.request.ref)
    return kept


def check_to_come(loan: Loan, day: date, at: datetime) -> None:
    """Raises DayPassed, unless the day is still to come at the borrower."""
    if day <= loan.request.library.day_of(at):
        raise DayPassed(day=day, ref=loan.request.ref)


@transaction.atomic
def grant(loan: Loan, act: Act, *, day: date, wished: date | None = None) -> None:
    """Its lender renews it by hand, until the day that was wished or an earlier one."""
    kept = check_later(loan, day, act.at)
    said = {"due_back": kept.back.isoformat()}
    if wished is not None and day < wished:
        said["wished"] = wished.isoformat()
    change = {**kept.columns, "renewals": loan.renewals + 1}
    loan.request.move(Verb.RENEW, act, loan=loan, loan_change=change, said=said)


@transaction.atomic
def deny(loan: Loan, act: Act, *, why: NoRenewal) -> None:
    """Its lender does not renew it, for a reason that the reader hears."""
    loan.request.move(Verb.REFUSE_RENEWAL, act, loan=loan, said={"why": why})


@transaction.atomic
def lengthen(loan: Loan, act: Act, *, day: date) -> None:
    """Its lender gives more time, though nobody asked."""
    _change(loan, act, check_later(loan, day, act.at))


@transaction.atomic
def recall(loan: Loan, act: Act, *, day: date) -> None:
    """Its lender needs it back sooner: what is with a reader is due then. What is not lent yet is
    due no later, once it is (`dates.loan_end`)."""
    check_to_come(loan, day, act.at)
    if loan.state != LoanState.LENT or loan.due_back is None:
        return
    if (loan.due_home or loan.due_back) <= day:
        return
    at_work = clocks.at_work(loan.request.library, act.at)
    due = dates.named(loan, day, act.at)
    back = open_from(at_work, max(at_work.day_of(act.at), due.back))
    _change(loan, act, Due(min(back, loan.due_back), due.home), recalled=True)


@transaction.atomic
def release(loan: Loan, act: Act, *, since: datetime) -> None:
    """It is no longer needed: due as it was before it was recalled at `since`."""
    if loan.state != LoanState.LENT or loan.due_back is None:
        return
    before = _before(loan, since)
    if before is not None and before.back > loan.due_back:
        _change(loan, act, before)


def _before(loan: Loan, since: datetime) -> Due | None:
    """When it would be due, had it not been recalled; None where the day is another one by now."""
    changed = Event.objects.filter(loan=loan, verb=Verb.CHANGE_DUE, at__gte=since)
    recalled = changed.order_by("-pk").first()
    if recalled is not None:
        same = loan.due_back is not None and recalled.facts["due_back"] == loan.due_back.isoformat()
        mine = same and recalled.facts.get("recalled", False)
        home = recalled.facts.get("was_home")
        was = Due(
            date.fromisoformat(recalled.facts["was"]), date.fromisoformat(home) if home else None
        )
        return was if mine else None
    if loan.lent_at is None or loan.lent_at < since:
        return None
    at_work = clocks.at_work(loan.request.library, loan.lent_at)
    return dates.loan_end(loan, loan.lent_at, at_work)


def _change(loan: Loan, act: Act, due: Due, *, recalled: bool = False) -> None:
    if loan.due_back is None:  # it is not lent, or not any more
        verb = Verb.CHANGE_DUE
        raise OutOfTurn(state=loan.state, verb=verb, part="loan", ref=loan.request.ref)
    said = {"due_back": due.back.isoformat(), "was": loan.due_back.isoformat()}
    if loan.due_home is not None:
        said["was_home"] = loan.due_home.isoformat()
    loan.request.move(
        Verb.CHANGE_DUE,
        act,
        loan=loan,
        loan_change=due.columns,
        said={**said, "recalled": True} if recalled else said,
    )
