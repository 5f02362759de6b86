"""What a patron has asked for: /patron/requests/."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import reference_numbers, words
from postroad.accounts.models import Card, Role
from postroad.accounts.roles import card_of
from postroad.catalogue import citation
from postroad.errors import Refusal
from postroad.ill import access, borrowing, loans, renewals, rerouting
from postroad.ill.access import Sight
from postroad.ill.asking import CannotAsk, NeedByTooSoon
from postroad.ill.lifecycle import State, Verb
from postroad.ill.milestones import Place
from postroad.ill.models import Event, Loan, Request
from postroad.notices import living
from postroad.notices.models import Notice
from postroad.web.patron import cases, copies, following
from postroad.web.patron.moved_on import moved_on
from postroad.web.patron.questions import ROOM
from postroad.web.shared import (
    gates,
    history,
    mileposts,
    next_step,
    pace,
    pick_up,
    questions,
    reroute,
    talk,
    things,
    waiting,
)
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.mileposts import Status
from postroad.web.shared.pieces import Stone, Told, together
from postroad.web.shared.renewal import after_no, no_renewal

FINISHED = 20  # shown in short under the open ones
UNREAD = 100  # of her notices that are looked through; of each request the newest is shown


@dataclass(frozen=True, slots=True)
class Line:
    """A request in her list."""

    ill: Request
    title: str
    author: str
    status: Status
    stones: list[Stone]
    renew: bool
    amend: bool
    cancel: bool
    no_renewal: str = ""  # why what she has at home cannot be renewed

    @property
    def place(self) -> int:
        """At which milestone it stands, from 1."""
        return next((n for n, s in enumerate(self.stones, 1) if s.place == Place.HERE), 0)


@needs(Role.PATRON)
@never_cache
@require_safe
def requests(request: SignedIn) -> HttpResponse:
    """Hers, the open ones first; and what we have told her."""
    now = timezone.now()
    mine, card = Request.objects.of(request.user).shown(), card_of(request.user)
    finished = mine.filter(state=State.CLOSED).order_by("-closed_at", "-pk")[:FINISHED]
    unread = living.living(Notice.objects.to_person(request.user).unread())
    return render(
        request,
        "patron/requests.html",
        {
            "open": sorted(lines(mine.open().order_by("-asked_at", "-pk"), now, card), key=urgency),
            "finished": lines(finished, now, card),
            "notices": living.newest_of_each(unread[:UNREAD]),
        },
    )


def lines(ills: Iterable[Request], now: datetime, card: Card | None) -> list[Line]:
    ills = list(ills)
    no = refusals(ills, now, card)
    return [line(ill, now, no) for ill in ills]


def refusals(ills: Iterable[Request], now: datetime, card: Card | None) -> dict[int, str]:
    """What of these cannot be renewed now, and why, so that nobody has to press to learn it."""
    lent = [ill for ill in ills if may_renew(ill)]
    held = renewals.held_for_others(ill.loan for ill in lent if ill.loan is not None)
    blocked = card.stopped if card else ""
    asked = {ill.pk: no_renewal(ill.loan, now, held, blocked) for ill in lent}
    return {pk: why for pk, why in asked.items() if why}


def may_renew(ill: Request) -> bool:
    return ill.may(Verb.RENEW, supply=ill.supply, loan=ill.loan)


def urgency(line: Line) -> int:
    """What is overdue or due comes first, then what waits to be fetched; the rest as asked."""
    if line.ill.state == State.LENT and line.status.tone in {"no", "warn"}:
        return 0
    return 1 if line.ill.state == State.ARRIVED else 2


def line(ill: Request, now: datetime, no: Mapping[int, str]) -> Line:
    return Line(
        ill=ill,
        title=citation.short_title(ill.title),
        author=citation.person(ill.author),
        status=mileposts.status(ill, now),
        stones=mileposts.stones(ill, now),
        renew=ill.things_out < 2 and may_renew(ill) and ill.pk not in no,
        amend=ill.may(Verb.AMEND) or rerouting.may(ill),
        cancel=ill.may(Verb.CANCEL, supply=ill.supply) or bool(loans.may_let_go(ill)),
        no_renewal=no.get(ill.pk, ""),
    )


@needs(Role.PATRON)
@never_cache
@require_safe
def one(request: SignedIn, ref: str) -> HttpResponse:
    """One request: how it stands, what comes next, what happened."""
    now = timezone.now()
    try:
        ill = access.patron_request(request.user, ref)
    except access.NoSuchRequest:
        return gone(request, ref)
    events = list(ill.events.select_related("by"))
    told = history.history(ill, Sight.PATRON, events)
    asked = questions.of_request(ROOM, request.user, ill, events, now)
    card = card_of(request.user)
    hers = line(ill, now, refusals([ill], now, card))
    status = waiting.told(hers.status, ill, asked["questions"], Sight.PATRON)
    several = things.shown(
        things.out(ill), Sight.PATRON, now, to_renew(ill), card.stopped if card else ""
    )
    return render(
        request,
        "patron/request.html",
        together(
            asked,
            {
                "line": replace(hers, status=status),
                "things": several,
                "terms": words.ill.terms_for_patron(ill.supply) if ill.is_open else (),
                "copy": (copy := copies.of(ill, now)),
                "stones": stones(ill, now, events, told),
                "told": told,
                "cases": cases.about(request, ill.ref),
                "talk": talk.of_patron(request.user, ill),
                "next": following.of(ill, used_up=copy is not None and copy.used_up),
                "again": next_step.ask_once_more(ill) if ill.outcome in following.AFTER else "",
                "next_steps": next_step.for_patron(ill),
                "name_kept": next_step.name_kept(ill),
            },
        ),
    )


def to_renew(ill: Request) -> Callable[[Loan], list[things.Press]]:
    """The button of one of several things that she has."""

    def of(loan: Loan) -> list[things.Press]:
        if not ill.may(Verb.RENEW, supply=loan.supply, loan=loan):
            return []
        address = reverse("patron-renew", args=[ill.ref])
        return [things.Press(_("Renew"), address, main=True, verb=Verb.RENEW)]

    return of


@needs(Role.PATRON)
@never_cache
@require_safe
def why(request: SignedIn, ref: str) -> HttpResponse:
    """Why it takes so long: each step beside what is usual, what it waits for, whose turn it is."""
    try:
        ill = access.patron_request(request.user, ref)
    except access.NoSuchRequest:
        return gone(request, ref)
    supplies = list(ill.supplies.select_related("lender"))
    answer = pace.of_loan(ill, Sight.PATRON, ill.events.all(), supplies, timezone.now())
    title = citation.short_title(ill.title)
    return render(request, "patron/why.html", {"answer": answer, "ill": ill, "title": title})


def gone(request: SignedIn, ref: str) -> HttpResponse:
    """None of hers: perhaps one that has ended and was forgotten, as an old mail leads to.

    Nothing tells whether there ever was one.
    """
    return render(request, "patron/gone.html", {"ref": reference_numbers.tidy(ref)[:8]}, status=404)


def stones(ill: Request, now: datetime, events: list[Event], told: list[Told]) -> list[Stone]:
    """The milestones; on the road, with what the van or a desk did last and when."""
    found = mileposts.stones(ill, now, events)
    if ill.state not in {State.SHIPPED, State.HOMEWARD} or not told:
        return found
    last = told[0]
    return [
        replace(stone, day=last.at, detail=last.sentence) if stone.place == Place.HERE else stone
        for stone in found
    ]


@needs(Role.PATRON)
@require_POST
def renew(request: SignedIn, ref: str) -> HttpResponse:
    """The lender's policy answers at once; a second press of the same button renews once."""
    try:
        event = loans.renew_once(
            lambda: access.patron_request(request.user, ref),
            gates.act(request.user),
            due=request.POST.get("due", ""),
            named=request.POST.get(things.THING, ""),
        )
    except access.NoSuchRequest:
        raise
    except Refusal:
        moved_on(request)
    else:
        say(request, event)
    return redirect("patron-request", ref)


def say(request: SignedIn, event: Event | None) -> None:
    """The lender's answer in words."""
    if event is None:
        messages.info(request, _("It was already renewed. The page shows the new due date."))
    elif event.verb == Verb.RENEW:
        day = words.day(event.facts["due_back"])
        messages.success(request, _("Renewed. Bring it back by %(day)s.") % {"day": day})
    else:
        why = words.label(words.ill.NO_RENEWAL, event.facts["why"])
        messages.warning(
            request,
            _("It could not be renewed: %(why)s. The due date has not changed. %(next)s")
            % {"why": why, "next": after_no(event.facts["why"])},
        )


@needs(Role.PATRON)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: SignedIn, ref: str) -> HttpResponse:
    """Needed by another day, or fetched elsewhere: as long as nothing was shipped."""
    ill = access.patron_request(request.user, ref)
    if rerouting.may(ill):
        return reroute.reroute(request, ill, reverse("patron-request", args=[ref]))
    if not ill.may(Verb.AMEND):
        moved_on(request)
        return redirect("patron-request", ref)
    where, today = request.GET.get("where", ""), ill.library.day_of(timezone.now())
    form = pick_up.AmendForm(request.POST or None, ill, where, today)
    too_soon = False
    if form.is_valid():
        try:
            changed = pick_up.amend(request, ill, form)
        except NeedByTooSoon:
            too_soon = True
        except CannotAsk:
            pass  # the form says why
        except Refusal:
            moved_on(request)
            return redirect("patron-request", ref)
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("patron-request", ref)
    return render(
        request,
        "patron/amend.html",
        {
            "title": citation.short_title(ill.title),
            "form": form,
            "too_soon": too_soon,
            "back": reverse("patron-request", args=[ref]),
        },
        status=409 if too_soon else 422 if form.is_bound else 200,
    )


@needs(Role.PATRON)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: SignedIn, ref: str) -> HttpResponse:
    """Asks before it cancels."""
    ill = access.patron_request(request.user, ref)
    if request.method == "POST":
        return cancelled(request, ill)
    if ill.may(Verb.CANCEL, supply=ill.supply) or loans.may_let_go(ill):
        return sure(request, ill)
    moved_on(request)
    return redirect("patron-request", ill.ref)


def cancelled(request: SignedIn, ill: Request) -> HttpResponse:
    if loans.may_let_go(ill):
        loans.let_go(ill, gates.act(request.user))
        said = _("Thank you for telling us. It goes back to its library; you need do nothing.")
        messages.success(request, said)
        return redirect("patron-request", ill.ref)
    try:
        borrowing.cancel(ill, gates.act(request.user))
    except Refusal:
        moved_on(request)
    else:
        messages.success(
            request, _("Canceled. We have stopped looking for it. You can ask for it again.")
        )
    return redirect("patron-request", ill.ref)


def sure(request: SignedIn, ill: Request) -> HttpResponse:
    title = citation.short_title(ill.title)
    return render(
        request,
        "shared/sure.html",
        {
            "title": _("Cancel your request for “%(title)s”?") % {"title": title},
            "happens": _("It will not be sent to you. You can ask for it again at any time."),
            "verb": _("Cancel the request"),
            "back": reverse("patron-request", args=[ill.ref]),
        },
    )


@needs(Role.PATRON)
@require_POST
def read(request: SignedIn) -> HttpResponse:
    """She has read one notice, or all."""
    unread = Notice.objects.to_person(request.user).unread()
    chosen = request.POST.get("notice", "")
    if chosen != "all":
        number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
        read = unread.filter(pk=number).first()
        same = Q(about=read.about, made_at__lte=read.made_at) if read and read.ref else Q(pk=number)
        unread = unread.filter(same)  # what was said before of the same request is read with it
    unread.update(read_at=timezone.now())
    return redirect("patron-requests")
