"""What the centre does with a request: the form of each step, its verb, and when it is offered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from postroad.accounts.models import User
from postroad.ill import (
    borrowing,
    boxes,
    document_delivery,
    lending,
    loans,
    losing,
    mediation,
    numbering,
    shipping,
    undo,
)
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import WAITING, Proof, Reason, State, Verb
from postroad.ill.models import Event, Request, Supply
from postroad.ill.models.question import hold_of
from postroad.web.office.centre.forms import (
    CloseForm,
    HomeForm,
    LostForm,
    NoForm,
    NoQuestions,
    OutsideForm,
)
from postroad.web.office.centre.terms import OfferForm, SentForm, TermsForm, may_change, written
from postroad.web.shared import gates
from postroad.web.shared.copy_sent import SendCopyForm

Does = Callable[[Request, Any, User], None]
TAKEN_BACK = frozenset({Verb.REFUSE, Verb.WRITE_OFF})


@transaction.atomic
def _ask_outside(ill: Request, form: Any, by: User) -> None:
    mediation.refer_outside(
        ill,
        gates.act(by),
        lender=form.library(by),
        system=form.cleaned_data["system"],
        number=form.cleaned_data["number"],
    )


def _sent(ill: Request, form: Any, by: User) -> None:
    given, said = form.cleaned_data, form.terms
    mediation.outside_shipped(
        current(ill),
        gates.act(by),
        lender_due_on=said.lender_due_on,
        renewals=said.renewals,
        offer=said.offer,
        return_to=said.return_to,
        **{name: given[name] for name in ("expected_on", "tracking_number", "barcode")},
    )


def _copy(ill: Request, form: Any, by: User) -> None:
    if not form.send(current(ill), gates.act(by)):
        raise ToBeMended


class ToBeMended(Exception):
    """The form says what is wrong."""


def _copy_undone(ill: Request, form: Any, by: User) -> None:
    document_delivery.undo_deliver(current(ill), gates.act(by))


def _offer(ill: Request, form: Any, by: User) -> None:
    lending.offer(current(ill), gates.act(by), form.offered)


def _terms(ill: Request, form: Any, by: User) -> None:
    mediation.change_terms(current(ill), gates.act(by), form.terms)


def _lost(ill: Request, form: Any, by: User) -> None:
    loan = loans.of(current(ill).request, Verb.WRITE_OFF)
    losing.write_off(loan, gates.act(by), note=form.cleaned_data["note"])


def _take_back(ill: Request, form: Any, by: User) -> None:
    """What the center wrote down last for the lender was a mistake."""
    current(ill)
    if (last := mistaken(ill)) is None:
        raise undo.TooLateToUndo(verb=Verb.WRITE_OFF, ref=ill.ref)
    undo.undo(last, gates.act(by))


def mistaken(ill: Request) -> Event | None:
    """The no or the loss of an outside lender, if it was said last and can be undone."""
    if ill.supply is None or not ill.supply.is_outside:
        return None
    last = undo.last_step(ill.events.all())
    of_lender = last is not None and last.event.supply_id == ill.supply.pk
    return last.event if last and of_lender and last.event.verb in TAKEN_BACK else None


def _said_no(ill: Request, form: Any, by: User) -> None:
    reason = Reason(form.cleaned_data["reason"])
    lending.refuse(current(ill), gates.act(by), reason=reason, note=form.cleaned_data["note"])


@transaction.atomic
def _correct(ill: Request, form: Any, by: User) -> None:
    mediation.correct(
        current(ill),
        gates.act(by),
        lender=form.library(by),
        system=form.cleaned_data["system"],
        number=form.cleaned_data["number"],
    )


def _written(ill: Request) -> dict[str, Any]:
    """What stands there now, to be corrected."""
    supply = current(ill)
    number = numbering.of_lender(supply)
    return {
        "system": supply.outside_system,
        "lender": supply.lender_name,
        "number": number.typed if number else "",
    }


def _home(ill: Request, form: Any, by: User) -> None:
    proof = Proof(form.cleaned_data["rests_on"])
    loan = loans.of(current(ill).request, Verb.CHECK_IN)
    chosen = form.cleaned_data.get("box", ())
    also = [each for each in boxes.others(loan) if str(each.pk) in chosen]
    boxes.check_in([loan, *also], gates.act(by), rests_on=proof, note=form.cleaned_data["note"])


def _in_the_box(ill: Request) -> dict[str, Any]:
    """What went home in one box with it."""
    inside = boxes.others(ill.loan) if ill.loan is not None else []
    titles = [(str(each.pk), f"{each.request.title[:80]} ({each.request.ref})") for each in inside]
    return {"box": titles}


def _unsent(ill: Request, form: Any, by: User) -> None:
    shipping.undo_ship(loans.of(current(ill).request, Verb.UNDO_SHIP), gates.act(by))


def _close(ill: Request, form: Any, by: User) -> None:
    borrowing.decline(ill, gates.act(by), reason=form.reason())


def _again(ill: Request, form: Any, by: User) -> None:
    mediation.refer_again(ill, gates.act(by))


def current(ill: Request) -> Supply:
    """The outside supply that the request lives by; the centre answers for no member."""
    if ill.supply is None or not ill.supply.is_outside:
        raise NoSuchRequest(ref=ill.ref)
    return ill.supply


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the centre does with a request: its form, its verb, and when it is offered."""

    form: type[forms.Form]
    does: Does
    verb: Verb
    outside: bool  # it is about an outside lender's supply
    done: Promise
    starts: Callable[[Request], dict[str, Any]] = lambda _ill: {}  # what its form holds at first
    when: Callable[[Request, Supply], bool] | None = None  # beside what the tables say
    tables: bool = True  # else `when` alone says it, of what has ended too

    def fits(self, ill: Request) -> bool:
        if not self.outside:
            asks = self.verb in (Verb.REFER_OUTSIDE, Verb.REFER_AGAIN)
            return ill.state == State.CENTRE and not (asks and hold_of(ill))
        supply = ill.supply
        if supply is None or not supply.is_outside or not (supply.is_open or not self.tables):
            return False
        if self.when is not None and not self.when(ill, supply):
            return False
        return not self.tables or ill.may(self.verb, supply=supply, loan=ill.loan)


def _may_offer(ill: Request, supply: Supply) -> bool:
    """Conditions, or others than those that the borrowing library has not answered yet."""
    return supply.state in WAITING


STEPS: Mapping[str, Step] = {
    "outside": Step(
        OutsideForm, _ask_outside, Verb.REFER_OUTSIDE, False, gettext_lazy("Recorded.")
    ),
    "again": Step(
        NoQuestions,
        _again,
        Verb.REFER_AGAIN,
        False,
        gettext_lazy("The member libraries are being asked again."),
    ),
    "close": Step(
        CloseForm,
        _close,
        Verb.DECLINE,
        False,
        gettext_lazy("Closed. The reader has been told why."),
    ),
    "sent": Step(
        SentForm,
        _sent,
        Verb.SHIP,
        True,
        gettext_lazy("Recorded. The reader has been told the date."),
        starts=written,
        when=lambda ill, _supply: not ill.is_copy,
    ),
    "copy": Step(
        SendCopyForm,
        _copy,
        Verb.DELIVER,
        True,
        gettext_lazy("Sent. The reader is told how to open it."),
        when=lambda ill, _supply: ill.is_copy,
    ),
    "withdrawn": Step(
        NoQuestions,
        _copy_undone,
        Verb.UNDO_DELIVER,
        True,
        gettext_lazy("Undone: nobody can open it any more."),
    ),
    "offer": Step(
        OfferForm,
        _offer,
        Verb.OFFER,
        True,
        gettext_lazy("Recorded. The borrowing library says whether it accepts."),
        starts=written,
        when=_may_offer,
        tables=False,
    ),
    "terms": Step(
        TermsForm,
        _terms,
        Verb.CORRECT,
        True,
        gettext_lazy("Saved."),
        starts=written,
        when=may_change,
    ),
    "lost": Step(
        LostForm,
        _lost,
        Verb.WRITE_OFF,
        True,
        gettext_lazy("Closed as lost."),
    ),
    "mistake": Step(
        NoQuestions,
        _take_back,
        Verb.UNDO_WRITE_OFF,
        True,
        gettext_lazy("Taken back."),
        when=lambda ill, _supply: mistaken(ill) is not None,
        tables=False,
    ),
    "no": Step(
        NoForm,
        _said_no,
        Verb.REFUSE,
        True,
        gettext_lazy("Recorded. If no member library can lend it, it comes back to this queue."),
    ),
    "unsent": Step(
        NoQuestions, _unsent, Verb.UNDO_SHIP, True, gettext_lazy("Undone: it has not been sent.")
    ),
    "home": Step(
        HomeForm,
        _home,
        Verb.CHECK_IN,
        True,
        gettext_lazy("It is home. The loan is finished."),
        starts=_in_the_box,
    ),
    "correct": Step(
        OutsideForm, _correct, Verb.CORRECT, True, gettext_lazy("Corrected."), starts=_written
    ),
}
