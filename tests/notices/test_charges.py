"""The library that borrowed hears what it is charged, what became of that, and what is found."""

from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from postroad.ill import charging, losing, questions
from postroad.ill.lifecycle import Owner, State
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import Charge, ChargeKind, ChargeState
from postroad.ill.questions import Said
from postroad.notices.models import Kind, Notice
from postroad.worker import run
from tests.cast import Cast
from tests.ill.story import begin
from tests.ill.test_questions import act, ask, fresh


def told() -> list[Notice]:
    """What is new, by the worker."""
    run.until_idle(timezone.now() + timedelta(days=1))
    notices = list(Notice.objects.filter(kind=Kind.CHARGED).order_by("pk"))
    Notice.objects.all().delete()
    return notices


def test_a_charge_its_payment_and_what_is_found_after_it_are_told(cast: Cast):
    story, lends = begin(cast).at(State.LENT), act(Owner.LENDING)
    question = fresh(ask(story, QuestionKind.LOST, Owner.BORROWING))
    questions.answer(question, Answer.WRITE_OFF, lends, Said(cost=Decimal(24)))
    (charged,) = told()
    assert charged.library == cast.lee
    assert charged.subject == "24.00 USD charged for Walden"
    assert "Lenox Library charges your library 24.00 USD for Walden: replacement." in charged.text
    assert "Ada" not in charged.text

    owed = Charge.objects.select_related("loan__request", "loan__supply__lender").get()
    charging.settle(owed, lends, state=ChargeState.PAID)
    assert "is now paid" in told()[0].text

    desk = Client()
    desk.force_login(cast.lender)
    pressed = desk.post(f"/staff/requests/{story.ill.ref}/found/", {"sure": "yes"}, follow=True)
    assert "what becomes of the charge for it" in pressed.content.decode()
    (found,) = told()
    assert found.subject == "Found again: Walden"
    assert "24.00 USD, replacement: paid" in found.text
    desk.post(f"/staff/charges/{owed.pk}/", {"state": ChargeState.REFUNDED})
    assert "is now refunded" in told()[0].text


def test_what_is_found_without_a_charge_says_nothing_of_one(cast: Cast):
    story, lends = begin(cast).at(State.LENT), act(Owner.LENDING)
    losing.write_off(story.loan, lends)
    losing.recover(story.loan, lends)
    (found,) = told()
    assert "is there again" in found.text
    assert "what becomes of it" not in found.text


def test_what_a_lender_charges_unasked_is_told_with_its_words(cast: Cast):
    story = begin(cast).at(State.CLOSED)
    kind, note = ChargeKind.REPAIR, "A new spine."
    charging.charge(story.loan, act(Owner.LENDING), kind=kind, amount=Decimal("3.5"), note=note)
    (charged,) = told()
    assert "A new spine." in charged.text
