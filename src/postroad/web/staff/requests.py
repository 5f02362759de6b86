"""One request, for any staff who may see it: /staff/requests/REF/.

What is shown and offered goes by how this person sees it: the borrowing library knows its patron,
all others see a library and a number.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import BORROWING, LENDING, Role, User
from postroad.cases import access as case_access
from postroad.cases.models import Case, of_request
from postroad.delivery.models import Parcel, ParcelState
from postroad.directory.models import Library
from postroad.ill import access, lending, renewals, returns, turns, unscanned
from postroad.ill import undo as undoing
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.identity import Side
from postroad.ill.lifecycle import OPPOSITES, Ending, LoanState, State, Verb
from postroad.ill.milestones import Place
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.ill.returns import Way
from postroad.web.shared import (
    answer_link,
    charges,
    gates,
    history,
    mileposts,
    pace,
    renewal,
    talk,
    things,
    waiting,
)
from postroad.web.shared import numbering as shown
from postroad.web.shared.gates import STAFF, SignedIn
from postroad.web.shared.mileposts import Status
from postroad.web.shared.pieces import Stone, Told, together
from postroad.web.shared.questions import Line
from postroad.web.staff import (
    acting,
    attempts,
    copyright_choice,
    for_reader,
    numbering,
    standing,
    telling,
    tracking,
)
from postroad.web.staff.borrowing.offers import READ
from postroad.web.staff.buttons import (
    BOOK_INSTEAD,
    BUTTONS,
    OF_THE_BORROWER,
    OF_THE_LENDER,
    SHIPPED_BY_HAND,
    is_pointless,
)
from postroad.web.staff.counter import back, frame, works
from postroad.web.staff.questions import ROOM
from postroad.web.staff.tracking import Mailed


@dataclass(frozen=True, slots=True)
class Offer:
    """A button: a verb that the tables allow now."""

    verb: Verb
    label: str | Promise
    address: str
    asks: bool = False  # leads to a page with a question or a scan first
    main: bool = False  # what is expected now
    sends: Mapping[str, str] = field(default_factory=dict)  # with it: what the page showed


RECENT = 30  # events among which the last thing done is looked for; the others rang by themselves


@require_safe
@gates.needs(*STAFF, Role.CENTRE, Role.OPERATOR, or_center=True)
def request(request: SignedIn, ref: str) -> HttpResponse:
    ill, sight = access.request_for(request.user, ref)
    if sight == Sight.PATRON:
        raise NoSuchRequest(ref=ref)
    with timezone.override(answering(request.user, ill, sight).time_zone):
        return render(request, "staff/request.html", page(request, ill, sight, timezone.now()))


@require_safe
@gates.needs(*STAFF, Role.CENTRE, Role.OPERATOR)
def why(request: SignedIn, ref: str) -> HttpResponse:
    """Why it takes so long, and a text about it for the reader."""
    ill, sight, answer = so_long(request, ref)
    return render(
        request,
        "staff/why.html",
        {**frame(request), "ill": ill, "sight": sight, "answer": answer, "writes": writes(sight)},
    )


@require_safe
@gates.needs(*STAFF, Role.CENTRE)
def why_text(request: SignedIn, ref: str) -> HttpResponse:
    """The same as plain text, for whoever writes or reads it to her."""
    _ill, sight, answer = so_long(request, ref)
    if not writes(sight):
        raise NoSuchRequest(ref=ref)
    return HttpResponse(answer.text, content_type="text/plain; charset=utf-8")


def writes(sight: Sight) -> bool:
    """Whether they write to its reader: her own library, and the center for it."""
    return sight in (Sight.BORROWING, Sight.CENTRE)


def so_long(request: SignedIn, ref: str) -> tuple[Request, Sight, pace.SoLong]:
    ill, sight = access.request_for(request.user, ref)
    if sight == Sight.PATRON:
        raise NoSuchRequest(ref=ref)
    supplies = seen_supplies(request.user, ill, sight)
    events = list(ill.events.all())
    if sight == Sight.LENDING:
        events = access.lenders_part(events, supplies)
    with timezone.override(answering(request.user, ill, sight).time_zone):
        return ill, sight, pace.of_loan(ill, sight, events, supplies, timezone.now())


def answering(user: User, ill: Request, sight: Sight) -> Library:
    """The library that answers for what is seen, by whose days its staff read the page."""
    lender = seen_supplies(user, ill, sight)[-1].lender if sight == Sight.LENDING else None
    return lender or ill.library


def page(request: SignedIn, ill: Request, sight: Sight, now: datetime) -> dict[str, Any]:
    events = list(ill.events.select_related("by", "on_behalf_of"))
    supplies = seen_supplies(request.user, ill, sight)
    answers = supplies[-1] if sight == Sight.LENDING else ill.supply
    loan = turns.thing_of(answers)
    over = sight == Sight.LENDING and supplies[-1].ending not in ("", Ending.SUPPLIED)
    parcel = None if over else standing.under_way(loan)
    several = things.out(ill, [each.pk for each in supplies] if sight == Sight.LENDING else None)
    mailed = [] if over else tracking.mailed(request.user, ill, sight)
    library = answering(request.user, ill, sight)
    here = at_work(request, library) or acting.acts_here(request.user, ill)
    may = list(offers(request.user, ill, answers, loan, sight)) if here else []
    out = things.shown(several, sight, now, presses(request.user, ill, sight, here))
    last_step = unless_offered(undoable(request.user, ill, events, supplies), may, out)
    numbers = shown.shown(ill, {supply.pk for supply in supplies})
    asked = charges.beside(ROOM, request.user, ill, events, now)
    return together(
        {
            "ill": ill,
            "sight": sight,
            "status": stands(ill, sight, supplies, asked["questions"], now),
            "things": out,
            "terms": words.ill.terms(answers) if answers is not None and not over else "",
            "other_numbers": numbers,
            "writes_numbers": numbering.writes(request.user, ill, sight),
            "contact": telling.contact(ill.patron),
            "undoable": last_step if here and not on_the_van(parcel) else None,
            "elsewhere": library if not here and works(request.user, library, STAFF) else None,
        },
        frame(request),
        by_mail(mailed),
        whereabouts(ill, None if several else loan, parcel, events, now, over, bool(several)),
        offered(ill, may, now),
        acting.offered(request.user, ill),
        attempts.explained(supplies, events, numbers),
        answer_link.shown(ill, sight, supplies),
        asked,
        written(request, ill, sight, supplies, events),
        (for_reader.at_desk(request, ill) if here and sight == Sight.BORROWING else {}),
    )


def written(
    request: SignedIn, ill: Request, sight: Sight, supplies: list[Supply], events: list[Event]
) -> dict[str, Any]:
    """Why it was left to staff, what was written about it, and what happened."""
    return {
        **copyright_choice.of_request(ill, sight),
        "concerns": words.intake.concerns(ill.concerns),
        "talks": talk.of_staff(request, ill, sight, supplies),
        "cases": cases_about(request.user, ill),
        "history": told(ill, events, supplies, sight),
    }


def whereabouts(
    ill: Request,
    loan: Loan | None,
    parcel: Parcel | None,
    events: list[Event],
    now: datetime,
    over: bool,
    several: bool,
) -> dict[str, Any]:
    """The thing, where it is and who has it; of several each says so itself."""
    holder = "" if over or several else standing.holder(ill, parcel)
    return {
        "loan": None if over else loan,
        "item": loan if loan and loan.barcode else None,
        "parcel": None if several else parcel,
        "holder": holder,
        "flaws": standing.flaws(parcel if holder else None, now),
        "stones": [] if over else stones(ill, now, events, holder),
    }


def stands(
    ill: Request, sight: Sight, supplies: Sequence[Supply], asked: Iterable[Line], now: datetime
) -> Status:
    """How it stands, for whoever looks, and what of it waits for an answer."""
    if sight == Sight.LENDING:
        status = standing.of_supply(supplies[-1], now)
    else:
        status = standing.of_request(ill, sight, now)
    return waiting.told(status, ill, asked, sight)


def offered(ill: Request, steps: Iterable[Offer], now: datetime) -> dict[str, Any]:
    """The steps that can be done, and why it cannot be renewed where that would be one. Of several
    things each has its own."""
    alone = ill.things_out < 2
    every = [each for each in steps if alone or not things.of_a_thing(each.verb)]
    if not any(each.verb == Verb.RENEW for each in every):
        return {"offers": every, "no_renewal": "", "blocked": ""}
    held = renewals.held_for_others([ill.loan] if ill.loan else [])
    no = renewal.no_renewal(ill.loan, now, held, to_her=False)
    return {
        "offers": [each for each in every if not (no and each.verb == Verb.RENEW)],
        "no_renewal": no,
        "blocked": renewals.blocked(ill),
    }


def cases_about(user: User, ill: Request) -> list[Case]:
    """What was asked about it, as far as this person may read it."""
    about = Case.objects.about(of_request(ill.ref)).filter(
        case_access.seen_by(case_access.seat(user))
    )
    return list(about.exclude(thread__patron=user.pk).order_by("-asked_at", "-pk"))


def seen_supplies(user: User, ill: Request, sight: Sight) -> list[Supply]:
    """All attempts; for a lender only those at libraries where this person works."""
    every = list(ill.supplies.all())
    if sight != Sight.LENDING:
        return every
    ours = {post.library_id for post in roles.posts(user)}
    return [supply for supply in every if supply.lender_id in ours]


def told(ill: Request, events: list[Event], supplies: list[Supply], sight: Sight) -> list[Told]:
    """The whole story; for a lender only what it had a part in."""
    if sight != Sight.LENDING:
        return history.history(ill, sight, events)
    seen = access.lenders_part(events, supplies)
    return history.history(ill, sight, seen, {supply.lender_id for supply in supplies})


def by_mail(mailed: Sequence[Mailed]) -> dict[str, Any]:
    """What travels by mail; and where that takes it home to, for whoever sends it, if known."""
    ways = (each for each in mailed if each.mine and each.posting.way == Way.HOME)
    home = next((returns.return_address(each.posting.loan.supply) for each in ways), None)
    return {"mailed": mailed, "return_to": home}


def stones(ill: Request, now: datetime, events: list[Event], holder: str) -> list[Stone]:
    """The milestones; at the one where it stands, who has it, where a patron reads other words."""
    return [
        replace(stone, detail=holder[:1].upper() + holder[1:])
        if stone.place == Place.HERE
        else stone
        for stone in mileposts.stones(ill, now, events)
    ]


def at_work(request: SignedIn, library: Library) -> bool:
    """Whether this person sits at the desk that answers for this."""
    every = gates.desks(request.user)
    return bool(every) and gates.desk(request).library == library


def offers(
    user: User, ill: Request, supply: Supply | None, loan: Loan | None, sight: Sight
) -> Iterator[Offer]:
    """The verbs that the tables allow now, and that are this person's to do."""
    if acting.may_act(user, sight, Sight.BORROWING) and works(user, ill.library, BORROWING):
        offering = ill.state == State.REFERRED and supply is not None
        stands = supply.state if offering and supply is not None else ill.state
        for verb in OF_THE_BORROWER:
            own = user.stands_in_for is not None and verb in acting.ITS_OWN
            if own or is_pointless(verb, ill, loan):
                continue
            if ill.may(verb, supply=supply, loan=loan) and BUTTONS[verb].fits(stands):
                button = offer(verb, expected(stands, loan), ill.ref)
                if verb == Verb.CHANGE_SERVICE and ill.is_copy:
                    button = replace(button, label=BOOK_INSTEAD)
                yield replace(button, sends=shown_with(verb, supply, loan))
    lends = acting.may_act(user, sight, Sight.LENDING) and supply is not None and supply.is_open
    if lends and supply is not None and works(user, supply.lender, LENDING):
        stands, _words = standing.where(supply)
        for verb in OF_THE_LENDER:
            if ill.may(verb, supply=supply, loan=loan) and not is_pointless(verb, ill, loan):
                by_hand = verb == Verb.SHIP and not scans_it(user, supply)
                yield offer(verb, stands, ill.ref, supply.attempt, by_hand=by_hand)


def expected(stands: str, loan: Loan | None) -> str:
    """By where it stands, what is expected; what nobody wants goes home, though it may be lent."""
    unwanted = stands == LoanState.ARRIVED and loan is not None and loan.not_wanted
    return LoanState.BACK if unwanted else stands


def scans_it(user: User, supply: Supply) -> bool:
    """Whether whoever ships it has a copy in hand whose barcode the catalog knows."""
    return user.stands_in_for is None and bool(unscanned.copies_to_send(supply))


def presses(
    user: User, ill: Request, sight: Sight, here: bool
) -> Callable[[Loan], Iterator[things.Press]]:
    """The buttons of one of several things, at the desk that may press them."""

    def of(loan: Loan) -> Iterator[things.Press]:
        for each in offers(user, ill, loan.supply, loan, sight) if here else ():
            if things.of_a_thing(each.verb):
                main = BUTTONS[each.verb].expected == loan.state
                yield things.Press(each.label, each.address, main, each.verb)

    return of


def offer(verb: Verb, stands: str, *of: object, by_hand: bool = False) -> Offer:
    button = SHIPPED_BY_HAND if by_hand else BUTTONS[verb]
    scans = verb == Verb.SHIP and not by_hand
    address = reverse(button.address, args=() if scans else of)
    label = button.label_at(stands)
    return Offer(verb, label, address, button.asks, button.is_expected(stands))


def shown_with(verb: Verb, supply: Supply | None, loan: Loan | None) -> dict[str, str]:
    """What a button sends along, so that it does what the page said, or nothing."""
    if verb == Verb.RENEW and loan is not None and loan.due_back is not None:
        return {"due": loan.due_back.isoformat()}
    if verb in (Verb.ACCEPT_OFFER, Verb.DECLINE_OFFER) and supply is not None:
        return {READ: lending.offered(supply).mark}
    return {}


def undoable(user: User, ill: Request, events: list[Event], supplies: list[Supply]) -> Event | None:
    """The last thing done, if it can be undone and is this person's side's."""
    last = undoing.last_step(events)
    if last is None:
        return None
    if last.side == Side.BORROWING:
        return last.event if works(user, ill.library, BORROWING) else None
    mine = next((each for each in supplies if each.pk == last.event.supply_id), None)
    return last.event if works(user, mine.lender if mine else None, LENDING) else None


def on_the_van(parcel: Parcel | None) -> bool:
    return parcel is not None and parcel.state != ParcelState.READY


def unless_offered(
    last: Event | None, may: Iterable[Offer], out: Iterable[things.Thing]
) -> Event | None:
    """The last step, unless a button beside takes it back by a name of its own."""
    buttons = {each.verb for each in may} | {each.verb for one in out for each in one.buttons}
    return None if last is not None and OPPOSITES[Verb(last.verb)] in buttons else last


@require_POST
@gates.needs(*STAFF, or_center=True)
def undo(request: SignedIn, ref: str) -> HttpResponse:
    """Undo the last step, if it is still the one that the page showed."""
    ill, _sight = access.request_for(request.user, ref)
    event = undoable(
        request.user, ill, list(ill.events.order_by("-pk")[:RECENT]), list(ill.supplies.all())
    )
    if event is None or str(event.pk) != request.POST.get("event"):
        raise undoing.TooLateToUndo(ref=ill.ref)
    undoing.undo(event, gates.act(request.user))
    messages.success(request, _("Undone."))
    return back(request, "staff-request", ill.ref)
