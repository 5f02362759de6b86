"""Where a request stands, as staff say it; what a patron reads is in shared/mileposts.py."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from postroad import words
from postroad.delivery import custody
from postroad.delivery.models import CustodyStep, Parcel, Via
from postroad.ill import dates
from postroad.ill.access import Sight
from postroad.ill.lifecycle import HOLDER, Holder, Outcome, State, SupplyState
from postroad.ill.models import Request, Supply
from postroad.web.shared.mileposts import Status
from postroad.web.shared.turn import deadline, due_back, turn

GOOD = frozenset({Outcome.FILLED, Outcome.CANCELLED})


def of_request(ill: Request, sight: Sight, now: datetime) -> Status:
    """The request, for the borrowing library and the centre."""
    state = State(ill.state)
    if state == State.CLOSED:
        tone = "ok" if ill.outcome in GOOD else "warn"
        return Status(
            _("Finished: %(how)s.") % {"how": words.label(words.ill.OUTCOMES, ill.outcome)},
            ill.reason,
            tone,
        )
    sentence = _sentence(ill, state, now)
    return Status(sentence, turn(ill, sight, now), tone_of(ill, state, now))


def sentence(ill: Request, now: datetime) -> str:
    """How it stands, without whose turn it is."""
    return _sentence(ill, State(ill.state), now)


def _sentence(ill: Request, state: State, now: datetime) -> str:
    today = timezone.localdate(now)
    supply = ill.current
    lender = supply.lender_name if supply else ""
    match state:
        case State.REFERRED if supply and supply.state == SupplyState.PROMISED:
            return _("%(lender)s has promised it and will ship it.") % {"lender": lender}
        case State.REFERRED:
            return _("%(lender)s was asked for it.") % {"lender": lender}
        case State.SHIPPED if supply and supply.arrives_on:
            facts = {"lender": lender, "day": words.day(supply.arrives_on)}
            if supply.arrives_on < today:
                return _("On its way from %(lender)s; was expected on %(day)s.") % facts
            return _("On its way from %(lender)s; should be here on %(day)s.") % facts
        case State.SHIPPED:
            return _("On its way from %(lender)s.") % {"lender": lender}
        case State.LENT if dates.is_overdue(ill, now):
            return _("With its patron; it was due back on %(day)s.") % {"day": due_back(ill)}
        case State.LENT if ill.due_back:
            return _("With its patron until %(day)s.") % {"day": due_back(ill)}
        case State.HOMEWARD:
            return _("On its way home to %(lender)s.") % {"lender": lender}
        case _:
            where = words.label(words.ill.STATES, state)
            return _("It %(where)s.") % {"where": where}


def tone_of(ill: Request, state: State, now: datetime) -> str:
    today = timezone.localdate(now)
    if state == State.LENT and dates.is_overdue(ill, now):
        return "no"
    expected = ill.current.arrives_on if ill.current else None
    if state == State.SHIPPED and expected and expected < today:
        return "warn"
    until = deadline(ill)
    if state in (State.REVIEW, State.CENTRE) or (until is not None and until < now):
        return "warn"
    return "note"


def of_supply(supply: Supply, now: datetime) -> Status:
    """One attempt, for its lender."""
    if supply.state == SupplyState.CLOSED:
        how = words.label(words.ill.ENDINGS, supply.ending)
        reason = words.label(words.ill.REASONS, supply.reason) if supply.reason else ""
        return Status(_("Finished for you: %(how)s.") % {"how": how}, reason, "ok")
    where = words.label(words.ill.SUPPLY_STATES, supply.state)
    if supply.state == SupplyState.RECEIVED and supply.request.due_back:
        sentence, ill = _("It %(where)s.") % {"where": where}, supply.request
        if dates.is_overdue(ill, now):
            return Status(sentence, _("It was due back on %(day)s.") % {"day": due_back(ill)}, "no")
        return Status(sentence, _("It is due back on %(day)s.") % {"day": due_back(ill)})
    day = words.day(timezone.localdate(supply.due_at)) if supply.due_at else ""
    ours = supply.state in (SupplyState.ASKED, SupplyState.PROMISED)
    detail = _("It is your turn, until %(day)s.") % {"day": day} if ours and day else ""
    late = supply.due_at is not None and supply.due_at < now
    return Status(_("It %(where)s.") % {"where": where}, detail, "warn" if late else "note")


def under_way(ill: Request, supply: Supply | None) -> Parcel | None:
    """The parcel in which the thing travels just now."""
    if supply is None:
        return None
    travels = {State.SHIPPED: supply.parcel_out_id, State.HOMEWARD: supply.parcel_home_id}
    number = travels.get(State(ill.state))
    seen = Parcel.objects.select_related("last_library", "last_user", "from_library", "to_library")
    return seen.get(pk=number) if number else None


def holder(ill: Request, parcel: Parcel | None) -> str:
    """Who has it, since when, and how we know; nothing while no lender was found."""
    if parcel is not None:
        return _of_parcel(parcel)
    if ill.current is None:
        return ""
    lender = ill.current.lender_name
    has = {
        Holder.LENDER: lender,
        Holder.BORROWER: ill.library.name,
        Holder.PATRON: _("the patron"),
        Holder.COURIER: _("the mail"),
    }
    return str(has[HOLDER[State(ill.state)]])


def _of_parcel(parcel: Parcel) -> str:
    seen = custody.holder(parcel)
    local = timezone.localtime(seen.since)
    facts = {
        "place": seen.library.name if seen.library else _("an unknown place"),
        "van": seen.holder or _("the van"),
        "since": f"{words.day(local.date())}, {date_format(local, 'TIME_FORMAT')}",
        "how": str(parcel.get_last_how_display()),
    }
    made = _("%(place)s, ready for the van, since %(since)s")
    if parcel.via == Via.MAIL:
        made = _("the mail, from %(place)s, since %(since)s")
    return {
        CustodyStep.MADE: made,
        CustodyStep.PICKED_UP: _("%(van)s since %(since)s, %(how)s at %(place)s"),
        CustodyStep.SORTED: _("the sorting center since %(since)s, %(how)s"),
        CustodyStep.DROPPED: _("%(place)s, where the van left it, since %(since)s, %(how)s"),
        CustodyStep.RECEIVED: _("%(place)s since %(since)s, %(how)s"),
    }.get(seen.step, _("%(place)s since %(since)s")) % facts
