"""What a lender may do by the link in its mail, each step on a page with one button."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue.models import Item
from postroad.form_errors import InOurWords
from postroad.ill import answer_links, copies, lending, unscanned
from postroad.ill import undo as undoing
from postroad.ill.answer_links import Held
from postroad.ill.identity import Side
from postroad.ill.lifecycle import (
    LENDERS_TURN,
    WAITING,
    Later,
    LoanState,
    Reason,
    SupplyState,
)
from postroad.ill.undo import LastStep
from postroad.reference_numbers import grouped
from postroad.web.shared import talk
from postroad.web.shared.answering import Conditions, NotNow, Refuse
from postroad.web.shared.casework.forms import MessageForm
from postroad.web.shared.copy_sent import SendCopyForm
from postroad.web.shared.tracking import TrackingNumber

MOST_COPIES = 30
RECENT = 30  # events among which the last thing done is looked for


class Press(InOurWords, forms.Form):
    """One button, and nothing to fill in."""


class Shipped(InOurWords, forms.Form):
    """Which copy, on which day, and the number if it was mailed."""

    item = forms.ChoiceField(
        label=gettext_lazy("Which copy did you send?"), widget=forms.RadioSelect
    )
    barcode = forms.CharField(
        label=gettext_lazy("Barcode or label on it"),
        help_text=gettext_lazy("Leave it empty if there is none."),
        max_length=40,
        required=False,
    )
    on = forms.DateField(
        label=gettext_lazy("On which day?"), widget=forms.DateInput(attrs={"type": "date"})
    )
    number = TrackingNumber(
        help_text=gettext_lazy("Only if you mailed it. For the van, leave it empty.")
    )

    def __init__(self, data: QueryDict | None, held: Held) -> None:
        super().__init__(data)
        known = unscanned.copies_to_send(held.supply)[:MOST_COPIES]
        self.copies = {str(item.pk): item for item in known}
        self.fields["on"].initial = held.lender.day_of(timezone.now())
        if self.copies:
            del self.fields["barcode"]  # it stands in the catalog
        if len(self.copies) < 2:
            del self.fields["item"]
        else:
            choices = [(key, described(item)) for key, item in self.copies.items()]
            self.fields["item"].choices = choices  # type: ignore[attr-defined]
            self.fields["item"].initial = choices[0][0]

    @property
    def copy(self) -> Item | None:
        """The only copy need not be chosen."""
        return self.copies.get(self.cleaned_data.get("item") or next(iter(self.copies), ""))


def described(item: Item) -> str:
    """A copy as somebody knows it who stands at the shelf."""
    parts = [item.volume, item.call_number, item.location, grouped(item.barcode)]
    return ", ".join(part for part in parts if part) or _("a copy without a barcode")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be done: its form, when it may be done, and what does it."""

    name: str
    form: Callable[[QueryDict | None, Held], Any]
    may: Callable[[Held], bool]
    act: Callable[[Held, Any, datetime], str]
    button: str = "main"
    called: str = ""  # where no table of words has its name
    told: str = ""
    takes_a_file: bool = False  # which takes seconds, so not in a transaction

    @property
    def label(self) -> str:
        """Of the link, the page and its button."""
        return self.called or words.label(words.answer_links.STEPS, self.name)

    @property
    def explains(self) -> str:
        return self.told or words.label(words.answer_links.EXPLAINED, self.name)


def _press(data: QueryDict | None, held: Held) -> Press:
    return Press(data)


def _not_now(data: QueryDict | None, held: Held) -> NotNow:
    return NotNow(data, held.supply, timezone.now())


def _to_lend(held: Held) -> bool:
    asked = held.supply.state in (SupplyState.ASKED, SupplyState.OFFERED)
    return asked and not held.ill.is_copy


def _to_ship(held: Held) -> bool:
    return held.supply.state in LENDERS_TURN and not held.ill.is_copy


def _to_copy(held: Held) -> bool:
    return held.supply.state in LENDERS_TURN and held.ill.is_copy


def _waits(held: Held) -> bool:
    return held.supply.state in WAITING


def _out(held: Held) -> bool:
    return held.loan is not None and held.loan.is_open


def _yes(held: Held, form: Press, now: datetime) -> str:
    lending.promise(held.supply, held.act(now))
    return _("Recorded: you will send it. Come back to this page when you have shipped it.")


def _copy(held: Held, form: SendCopyForm, now: datetime) -> str:
    """Empty: the form says why not."""
    if not form.send(held.supply, held.act(now)):
        return ""
    return _("Sent. The reader is told how to open it; there is nothing more to do.")


def _no(held: Held, form: Refuse, now: datetime) -> str:
    given = form.cleaned_data
    reason = Reason(given["reason"])
    item = copies.looked_for(held.supply) if reason in lending.MISSING_NOW else None
    lending.refuse(held.supply, held.act(now), reason=reason, note=given["note"], item=item)
    return _("Recorded: you said no. The next library is asked.")


def _conditions(held: Held, form: Conditions, now: datetime) -> str:
    lending.offer(held.supply, held.act(now), form.offered)
    return _("Recorded. Wait with shipping until %(library)s has accepted.") % {
        "library": held.ill.library.name
    }


def _later(held: Held, form: NotNow, now: datetime) -> str:
    given = form.cleaned_data
    lending.retry(
        held.supply,
        held.act(now),
        reason=Later(given["reason"]),
        on=given["on"],
        note=given["note"],
    )
    return _("Recorded: not before %(day)s. Other libraries are asked meanwhile.") % {
        "day": words.day(given["on"])
    }


def _shipped(held: Held, form: Shipped, now: datetime) -> str:
    given = form.cleaned_data
    unscanned.ship(
        held.supply,
        held.act(now),
        item=form.copy,
        barcode=given.get("barcode", ""),
        on=given["on"],
        tracking_number=given["number"],
        sure="sure" in form.data,
    )
    return _("Recorded: it is on its way to %(library)s.") % {"library": held.ill.library.name}


def _home(held: Held, form: Press, now: datetime) -> str:
    assert held.loan is not None  # `may` looked
    unscanned.home(held.loan, held.act(now))
    if held.supply.is_open:
        return _("Recorded: you have it again.")
    return _("Recorded: it is home. Put it on its shelf; there is nothing more to do.")


def last_step(held: Held) -> LastStep | None:
    """The last thing that this lender did to it, if that can be undone."""
    events = list(held.ill.events.select_related("supply").order_by("-pk")[:RECENT])
    for event in events:
        event.request = held.ill
    last = undoing.last_step(events)
    mine = last is not None and last.event.supply_id == held.supply.pk
    return last if mine and last is not None and last.side == Side.LENDING else None


def may_undo(held: Held) -> bool:
    return last_step(held) is not None


def _undo(held: Held, form: Press, now: datetime) -> str:
    last = last_step(held)
    if last is None or str(last.event.pk) != form.data.get("event"):
        raise undoing.TooLateToUndo(ref=held.ill.ref)
    undoing.undo(last.event, held.act(now))
    return _("Undone.")


def _stop(held: Held, form: Press, now: datetime) -> str:
    answer_links.stop(held.link, by=None, at=now)
    return _("Stopped. This link opens nothing any more.")


def _message(held: Held, form: MessageForm, now: datetime) -> str:
    party = talk.by_link(held.ill, held.lender)
    talk.write(held.ill, party, form, None)
    talk.read(party, None)  # whoever answers has read what was written before
    return _("Sent.")


ASIDE = frozenset({"message", "stop"})  # each has a place of its own on the page
STEPS: Mapping[str, Step] = {
    step.name: step
    for step in (
        Step("copy", lambda data, held: SendCopyForm(data), _to_copy, _copy, takes_a_file=True),
        Step("yes", _press, _to_lend, _yes),
        Step("no", lambda data, held: Refuse(data), _waits, _no, "danger"),
        Step("conditions", lambda data, held: Conditions(data, held.supply), _waits, _conditions),
        Step("later", _not_now, _waits, _later),
        Step("shipped", Shipped, _to_ship, _shipped),
        Step("home", _press, _out, _home),
        Step("undo", _press, may_undo, _undo),
        Step("message", lambda data, held: MessageForm(data), lambda held: True, _message),
        Step("stop", _press, lambda held: True, _stop, "danger"),
    )
}
# What a lender is expected to do: this step first.
EXPECTED: Mapping[str, str] = {
    SupplyState.ASKED: "yes",
    SupplyState.PROMISED: "shipped",
    SupplyState.SUPPLYING: "home",
}


def stands(held: Held, now: datetime) -> tuple[str, str]:
    """How it stands for this lender, and what to do."""
    supply, loan = held.supply, held.loan
    if held.ill.is_copy and supply.state in LENDERS_TURN:
        day = {"day": words.day(_due(held))}
        return _("Your library is asked for a copy."), _("Please send it by %(day)s.") % day
    if held.ill.is_copy and supply.state == SupplyState.SUPPLYING:
        return _("You have sent the copy."), _("There is nothing more to do.")
    if supply.state == SupplyState.ASKED:
        day = {"day": words.day(_due(held))}
        return _("Your library is asked to lend it."), _("Please answer by %(day)s.") % day
    if supply.state == SupplyState.PROMISED:
        day = {"day": words.day(_due(held))}
        return _("You said yes."), _("Please ship it by %(day)s.") % day
    if supply.state == SupplyState.OFFERED:
        return (
            _("You said yes, on conditions."),
            _("Wait with shipping until the borrowing library has accepted: look here again."),
        )
    if supply.state == SupplyState.SUPPLYING and loan is not None:
        stands = words.ill.it_stands(loan.state, words.ill.LOAN_STATES)
        if loan.state == LoanState.SHIPPED:
            return stands, _("Nothing to do until it is home again.")
        if loan.due_back and loan.state in (LoanState.ARRIVED, LoanState.LENT):
            if loan.due_home:
                return stands, _("It is due here on %(day)s.") % {"day": words.day(loan.due_home)}
            return stands, _("It is due back on %(day)s.") % {"day": words.day(loan.due_back)}
        return stands, _("When you have it in hand, say that it is home.")
    return over(held)


def over(held: Held) -> tuple[str, str]:
    """What is finished for this lender, and what to do with an item that was fetched."""
    how = words.label(words.ill.ENDINGS, held.supply.ending)
    said = _("This request is finished for your library: %(how)s.") % {"how": how}
    if held.supply.shipped_at is not None:
        return said, _("There is nothing more to do.")
    return said, _(
        "If you have fetched the item, put it back on its shelf. If you have sent it already, "
        "write to the ILL center or call."
    )


def _due(held: Held) -> Any:
    return held.lender.day_of(held.supply.due_at or held.supply.asked_at)
