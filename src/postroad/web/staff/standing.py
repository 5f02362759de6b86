"""Where a request stands, as staff say it; what a patron reads is in shared/mileposts.py."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.delivery import custody
from postroad.delivery.models import CustodyStep, Parcel, Via
from postroad.ill import dates, turns
from postroad.ill.access import Sight
from postroad.ill.lifecycle import (
    HOLDER,
    Holder,
    LoanEnding,
    LoanState,
    Outcome,
    State,
    SupplyState,
)
from postroad.ill.models import Loan, Request, Supply
from postroad.ill.models.loan import TRAVELS
from postroad.ill.turns import Late
from postroad.web.shared import custody_flaws
from postroad.web.shared.custody_flaws import Said
from postroad.web.shared.mileposts import Status
from postroad.web.shared.turn import due_back, no_day, turn

GOOD = frozenset({Outcome.FILLED, Outcome.DELIVERED, Outcome.CANCELLED})


def of_request(ill: Request, sight: Sight, now: datetime) -> Status:
    """The request, for the borrowing library and the centre."""
    state = State(ill.state)
    if state == State.CLOSED:
        tone = "ok" if ill.outcome in GOOD else "warn"
        return Status(
            _("Finished: %(how)s.") % {"how": words.label(words.ill.OUTCOMES, ill.outcome)},
            found_again(ill.loan) or ill.reason,
            tone,
        )
    sentence = _sentence(ill, state, now)
    return Status(sentence, turn(ill, sight, now), tone_of(ill, state, now))


def found_again(loan: Loan | None) -> str:
    """What has become since of a thing that was closed as lost."""
    found = loan is not None and loan.ending == LoanEnding.FOUND
    return _("It has been found since.") if found else ""


def sentence(ill: Request, now: datetime) -> str:
    """How it stands, without whose turn it is."""
    return _sentence(ill, State(ill.state), now)


def _sentence(ill: Request, state: State, now: datetime) -> str:
    supply, loan = ill.supply, ill.loan
    lender = supply.lender_name if supply else ""
    match state:
        case State.WAITING:
            return words.ill.waits(ill)
        case State.REFERRED:
            return words.ill.in_hand(supply.state if supply else "", lender)
        case State.SHIPPED:
            return _on_its_way(loan, lender, now)
        case State.LENT if turns.is_overdue(ill, now):
            return _("With its patron; it was due back on %(day)s.") % {"day": due_back(loan)}
        case State.LENT if loan and loan.due_back:
            return _("With its patron until %(day)s.") % {"day": due_back(loan)}
        case State.ARRIVED if loan and loan.not_wanted:
            return _("It is not wanted, and has to be sent home.")
        case State.DELIVERED:
            return _("%(lender)s has delivered the copy.") % {"lender": lender}
        case State.HOMEWARD:
            return _("On its way home to %(lender)s.") % {"lender": lender}
        case _:
            where = words.label(words.ill.STATES, state)
            return _("It %(where)s.") % {"where": where}


def _on_its_way(loan: Loan | None, lender: str, now: datetime) -> str:
    facts = {"lender": lender}
    if loan and loan.not_wanted:
        said = _("On its way from %(lender)s; not wanted any more, so it goes straight home.")
        return said % facts
    if loan is None or loan.arrives_on is None:
        return _("On its way from %(lender)s.") % facts
    facts["day"] = words.day(loan.arrives_on)
    if turns.is_late_on_road(loan, now):
        return _("On its way from %(lender)s; was expected on %(day)s.") % facts
    return _("On its way from %(lender)s; should be here on %(day)s.") % facts


def tone_of(ill: Request, state: State, now: datetime) -> str:
    late = turns.late(ill, now)
    if late == Late.OVERDUE:
        return "no"
    offered = ill.supply is not None and ill.supply.state == SupplyState.OFFERED
    return "warn" if late or offered or state in (State.REVIEW, State.CENTRE) else "note"


def of_supply(supply: Supply, now: datetime) -> Status:
    """One attempt, for its lender."""
    if supply.state == SupplyState.CLOSED:
        how = words.label(words.ill.ENDINGS, supply.ending)
        no = found_again(turns.thing_of(supply)) or words.ill.no_of(supply)
        return Status(_("Finished for you: %(how)s.") % {"how": how}, no, "ok")
    state, meant = where(supply)
    sentence = _("It %(where)s.") % {"where": words.label(meant, state)}
    loan = turns.thing_of(supply)
    if loan and loan.due_home and loan.is_open and loan.state != LoanState.SHIPPED:
        here = {"day": words.day(loan.due_home)}
        if dates.is_overdue_at_home(loan, now):
            return Status(sentence, _("It was due here on %(day)s.") % here, "no")
        return Status(sentence, _("It is due here on %(day)s.") % here)
    if loan and loan.due_back and turns.is_with_borrower(loan):
        if dates.is_overdue(loan, now):
            return Status(
                sentence, _("It was due back on %(day)s.") % {"day": due_back(loan)}, "no"
            )
        return Status(sentence, _("It is due back on %(day)s.") % {"day": due_back(loan)})
    found, detail = turns.of_supply(supply, now), ""
    if found and turns.is_lenders(supply):
        day = words.day(timezone.localdate(found.until))
        detail = _("It is your turn, until %(day)s.") % {"day": day}
    detail = (loan and no_day(turns.under_way(loan))) or detail
    return Status(sentence, detail, "warn" if found and found.late else "note")


def where(supply: Supply) -> tuple[str, words.Words]:
    """Where an attempt stands for its lender, and in which words: its thing once that is out."""
    stands = turns.stands(supply)
    known = words.ill.LOAN_STATES if isinstance(stands, LoanState) else words.ill.SUPPLY_STATES
    return stands, known


def under_way(loan: Loan | None) -> Parcel | None:
    """The parcel in which the thing travels just now."""
    travels = TRAVELS.get(LoanState(loan.state)) if loan else None
    number = getattr(loan, f"{travels}_id") if travels else None
    seen = Parcel.objects.select_related("last_library", "last_user", "from_library", "to_library")
    return seen.get(pk=number) if number else None


def holder(ill: Request, parcel: Parcel | None) -> str:
    """Who has it, since when, and how we know; nothing while no lender was found."""
    if parcel is not None:
        return _of_parcel(parcel)
    supply, loan = ill.supply, ill.loan
    sent = supply is not None and loan is not None and loan.supply_id == supply.pk
    if supply is None or not (supply.is_open or sent):  # its no, or ours, is said already
        return ""
    has = {
        Holder.LENDER: supply.lender_name,
        Holder.BORROWER: ill.library.name,
        Holder.PATRON: _("the patron"),
        Holder.COURIER: _("the mail"),
        Holder.NOBODY: "",
    }
    return str(has[HOLDER[LoanState(loan.state)] if loan is not None and sent else Holder.LENDER])


def flaws(parcel: Parcel | None, now: datetime) -> list[Said]:
    """What is doubtful about who had it."""
    return custody_flaws.of_parcel(parcel, now) if parcel is not None else []


def _of_parcel(parcel: Parcel) -> str:
    seen = custody.holder(parcel)
    local = timezone.localtime(seen.since)
    facts = {
        "place": seen.library.name if seen.library else _("an unknown place"),
        "van": seen.holder or _("the van"),
        "since": f"{words.day(local.date())}, {words.clock(local)}",
        "how": str(parcel.get_last_how_display()),
    }
    made = _("%(place)s, ready for the van, since %(since)s")
    if parcel.via == Via.MAIL:
        made = _("the mail, from %(place)s, since %(since)s")
    return {
        CustodyStep.MADE: made,
        CustodyStep.PICKED_UP: _("%(van)s since %(since)s, %(how)s at %(place)s")
        if seen.library
        else _("%(van)s since %(since)s, %(how)s"),
        CustodyStep.SORTED: _("the sorting center since %(since)s, %(how)s"),
        CustodyStep.HELD: _("the sorting center, which holds it, since %(since)s, %(how)s"),
        CustodyStep.RELEASED: _("the sorting center since %(since)s, %(how)s"),
        CustodyStep.FOUND: _("the sorting center, where it was found, since %(since)s, %(how)s"),
        CustodyStep.MISROUTED: _(
            "a sorting center it came to by mistake, since %(since)s, %(how)s"
        ),
        CustodyStep.DROPPED: _("%(place)s, where the van left it, since %(since)s, %(how)s"),
        CustodyStep.RECEIVED: _("%(place)s since %(since)s, %(how)s"),
    }.get(seen.step, _("%(place)s since %(since)s")) % facts
