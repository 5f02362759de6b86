"""What the centre does with a request: the form of each step, its verb, and when it is offered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from postroad.accounts.models import User
from postroad.ill import borrowing, lending, mediation, numbering
from postroad.ill.access import NoSuchRequest
from postroad.ill.lifecycle import (
    LENDING,
    OPEN_SUPPLY,
    Proof,
    Reason,
    State,
    SupplyState,
)
from postroad.ill.models import Request, Supply
from postroad.web.office.centre.forms import (
    CloseForm,
    HomeForm,
    NoForm,
    NoQuestions,
    OutsideForm,
    SentForm,
)

Act = Callable[[Request, Any, User], None]


@transaction.atomic
def _ask_outside(ill: Request, form: Any, by: User) -> None:
    mediation.refer_outside(
        ill,
        lender=form.library(by),
        system=form.cleaned_data["system"],
        number=form.cleaned_data["number"],
        by=by,
    )


def _sent(ill: Request, form: Any, by: User) -> None:
    mediation.outside_shipped(current(ill), by=by, **form.cleaned_data)


def _said_no(ill: Request, form: Any, by: User) -> None:
    reason = Reason(form.cleaned_data["reason"])
    lending.refuse(current(ill), reason=reason, by=by, note=form.cleaned_data["note"])


@transaction.atomic
def _correct(ill: Request, form: Any, by: User) -> None:
    mediation.correct(
        current(ill),
        lender=form.library(by),
        system=form.cleaned_data["system"],
        number=form.cleaned_data["number"],
        by=by,
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
    lending.check_in(current(ill), by=by, rests_on=proof, note=form.cleaned_data["note"])


def _unsent(ill: Request, form: Any, by: User) -> None:
    lending.unship(current(ill), by=by)


def _close(ill: Request, form: Any, by: User) -> None:
    borrowing.decline(ill, reason=form.reason(), by=by)


def _again(ill: Request, form: Any, by: User) -> None:
    mediation.refer_again(ill, by=by)


def current(ill: Request) -> Supply:
    """The outside supply that the request lives by; the centre answers for no member."""
    if ill.current is None or not ill.current.is_outside:
        raise NoSuchRequest(ref=ill.ref)
    ill.current.request = ill
    return ill.current


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the centre does with a request: its form, its verb, and when it is offered."""

    form: type[forms.Form]
    act: Act
    verb: str
    outside: bool  # it is about an outside lender's supply
    done: Promise
    starts: Callable[[Request], dict[str, Any]] = lambda _ill: {}  # what its form holds at first

    def fits(self, ill: Request) -> bool:
        if not self.outside:
            return ill.state == State.CENTRE
        supply = ill.current
        return supply is not None and supply.is_outside and supply.state in SUPPLIES[self.verb]


# From which states of an outside supply a step may be taken.
SUPPLIES: Mapping[str, frozenset[SupplyState]] = {
    **{verb: states for verb, (states, _after) in LENDING.items()},
    "correct": OPEN_SUPPLY,
}

STEPS: Mapping[str, Step] = {
    "outside": Step(OutsideForm, _ask_outside, "refer_outside", False, gettext_lazy("Recorded.")),
    "again": Step(
        NoQuestions,
        _again,
        "refer_again",
        False,
        gettext_lazy("The member libraries are being asked again."),
    ),
    "close": Step(
        CloseForm, _close, "decline", False, gettext_lazy("Closed. The reader has been told why.")
    ),
    "sent": Step(
        SentForm, _sent, "ship", True, gettext_lazy("Recorded. The reader has been told the date.")
    ),
    "no": Step(
        NoForm,
        _said_no,
        "refuse",
        True,
        gettext_lazy("Recorded. If no member library can lend it, it comes back to this queue."),
    ),
    "unsent": Step(
        NoQuestions, _unsent, "unship", True, gettext_lazy("Undone: it has not been sent.")
    ),
    "home": Step(
        HomeForm, _home, "check_in", True, gettext_lazy("It is home. The loan is finished.")
    ),
    "correct": Step(
        OutsideForm, _correct, "correct", True, gettext_lazy("Corrected."), starts=_written
    ),
}
