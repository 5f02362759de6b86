"""The walk of `test_walk.py` through the messy days: offers, "later", losses, several things, and
questions of every kind, asked, answered, withdrawn and left to silence in any order."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import Phase, note, seed, settings
from hypothesis.stateful import rule, run_state_machine_as_test
from hypothesis.strategies import integers, sampled_from

from postroad.accounts.models import Card
from postroad.catalogue.models import Item
from postroad.delivery.models import Parcel
from postroad.directory.models import Agreement
from postroad.errors import Refusal
from postroad.ill import (
    charging,
    due,
    lending,
    loans,
    losing,
    pieces,
    questions,
    referral,
    shipping,
    sweeps,
    undo,
)
from postroad.ill.acts import Act
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import (
    OPPOSITES,
    WAITING,
    Condition,
    Later,
    LoanState,
    Owner,
    State,
    SupplyState,
    Verb,
)
from postroad.ill.lifecycle.questions import QUESTIONS, Answer, QuestionKind, may_open
from postroad.ill.models import (
    Charge,
    ChargeKind,
    ChargeState,
    Event,
    Loan,
    Question,
    Request,
    Supply,
    Tally,
)
from postroad.ill.questions import Asking, Said
from postroad.ill.shipping import OF_THE_THING
from tests import lots
from tests.cast import Cast, gather
from tests.ill.test_walk import FEW, VERBS, House, fits_now, supplied, whichever

WALKS = 11  # in each of ten parts at night: some ten thousand steps
FREE_OF_CHARGE = Offer((Condition.LIBRARY_USE,), "in the reading room")
AT_A_COST = Offer((Condition.COST, Condition.SIGNATURE), cost=Decimal("12.50"))


def thing(verb: Any) -> Any:
    """A verb of any thing that is, or was, out."""
    return lambda house, ill: verb(house.any_thing(ill), Act(at=house.now))


def counted(house: "MessyHouse", ill: Request) -> object:
    loan = house.any_thing(ill)
    side = Owner.LENDING if house.number % 2 else Owner.BORROWING
    return pieces.count(loan, Act(at=house.now), house.number % 4, side=side)


def charged(house: "MessyHouse", ill: Request) -> object:
    facts: dict[str, Any] = {"kind": ChargeKind.PROCESSING, "amount": Decimal(5)}
    return charging.charge(house.any_thing(ill), Act(at=house.now), **facts)


def settled(house: "MessyHouse", ill: Request) -> object:
    owed = Charge.objects.select_related("loan__request__library", "loan__supply__lender")
    if (found := owed.filter(loan__request=ill).first()) is None:
        raise Refusal
    state = list(ChargeState)[house.number % len(ChargeState)]
    return charging.settle(found, Act(at=house.now), state=state)


# What may be done beside the straight road, and by which line of the tables.
MESSY: dict[str, tuple[str, Any]] = {
    "offer": ("offer", supplied(lending.offer, offered=FREE_OF_CHARGE)),
    "offer at a cost": ("offer", supplied(lending.offer, offered=AT_A_COST)),
    "change the offer": ("change_offer", supplied(lending.offer, offered=AT_A_COST)),
    "accept the offer": ("accept_offer", supplied(lending.accept_offer)),
    "decline the offer": ("decline_offer", supplied(lending.decline_offer)),
    "later": ("retry", lambda house, ill: house.later(ill)),
    "ask the center": (
        "escalate",
        lambda house, ill: referral.ask_centre(ill, Act(at=house.now)),
    ),
    "ship another": ("ship", lambda house, ill: house.ship(ill)),
    "more to send": ("more_to_send", supplied(lending.more_to_send, more=2)),
    "no more to send": ("more_to_send", supplied(lending.more_to_send, more=0)),
    "ship late": ("ship_late", lambda house, ill: house.ship_late(ill)),
    "receive what nobody shipped": ("receive", lambda house, ill: house.unscanned(ill)),
    "not wanted": ("not_wanted", thing(loans.not_wanted)),
    "wanted": ("wanted", thing(loans.wanted)),
    "give it up": ("write_off", thing(losing.write_off)),
    "find it again": ("recover", thing(losing.recover)),
    "lengthen": ("change_due", lambda house, ill: house.lengthen(ill)),
    "count the pieces": ("count_pieces", counted),
    "charge": ("charge", charged),
    "settle": ("settle_charge", settled),
    **{
        f"{name} of any": (VERBS[name][0], thing(verb))
        for name, verb in {
            "receive": loans.receive,
            "check out": loans.check_out,
            "return": loans.return_item,
            "ship return": loans.ship_return,
            "check in": shipping.check_in,
            "come back": shipping.come_back,
            "undo ship": shipping.undo_ship,
        }.items()
    },
}
EVERY: dict[str, tuple[str, Any]] = {**VERBS, **MESSY}
ROAD = sorted(name for name, (line, _way) in EVERY.items() if Verb(line) in OPPOSITES)


# What undoing does not bring back. What is not sent late after all is in hand at its lender, which
# had said no; what is sent after all is another thing, of which nothing is asked; and a lender that
# takes its "no" back says anew on what conditions.
NOT_RESTORED: dict[Verb, tuple[str, ...]] = {
    Verb.SHIP_LATE: ("state", "lenders"),
    Verb.UNDO_SHIP: ("questions",),
    Verb.COME_BACK: ("questions",),
    Verb.REFUSE: ("lenders",),
    Verb.RETRY: ("lenders",),
}


class MessyHouse(House):
    """The same libraries, which have more to say to each other."""

    verbs = EVERY
    number = 0  # which thing, which amount: drawn with each rule

    # What may happen

    @rule(which=whichever, choice=integers(0, 40), number=whichever)
    def somebody_does_what_is_messy(self, which: int, choice: int, number: int) -> None:
        if ill := self.one(which):
            self.number = number
            fits = [verb for verb, (line, _way) in MESSY.items() if fits_now(Verb(line), ill)]
            if fits:
                self.attempt(fits[choice % len(fits)], ill)

    @rule(which=whichever, choice=integers(0, 40), number=whichever)
    def somebody_errs_and_takes_it_back(self, which: int, choice: int, number: int) -> None:
        """At once: all stands as it stood."""
        if (ill := self.one(which)) is None:
            return
        self.number = number
        fits = [verb for verb in ROAD if fits_now(Verb(EVERY[verb][0]), ill)]
        before, newest = standing(ill), Event.objects.order_by("pk").last()
        verb = fits[choice % len(fits)] if fits else ""
        if newest is None or not verb or not self.attempt(verb, ill):
            return
        done = Event.objects.select_related("request__library", "request__current__lender")
        done = done.select_related("supply__lender", "loan__parcel_out", "loan__parcel_home")
        done = done.filter(request=ill, pk__gt=newest.pk, verb__in=undo.UNDO)
        if event := done.last():
            undo.undo(event, Act(at=self.tick()))
            after = standing(ill)
            for name in NOT_RESTORED.get(Verb(event.verb), ()):
                del after[name], before[name]
            assert after == before, f"{event.verb} was not taken back"

    @rule(which=whichever, choice=integers(0, 40), number=whichever, days=sampled_from([2, 9, 60]))
    def somebody_asks(self, which: int, choice: int, number: int, days: int) -> None:
        """A question that may be asked where things stand; now and then one that may not."""
        if (ill := self.one(which)) is None:
            return
        things: list[Loan | None] = [None, *self.things(ill)]
        may = [
            (kind, side, loan)
            for loan in things
            for kind, row in QUESTIONS.items()
            for side in sorted(row.by)
            if row.of_a_thing == (loan is not None)
            and (number == 0 or may_open(kind, side, standing_of(ill, loan)))
        ]
        if may:
            kind, side, loan = may[choice % len(may)]
            said = Said(day=self.now.date() + timedelta(days=days), note="as she says")
            asking = Asking(kind, loan.request if loan else ill, loan, said)
            self.say(f"ask {kind}", lambda: questions.ask(asking, Act(at=self.now, role=side)))

    @rule(which=whichever, choice=whichever, number=whichever)
    def somebody_answers(self, which: int, choice: int, number: int) -> None:
        """A question that is open or, on an old page, one that is over."""
        every = list(Question.objects.shown().order_by("-due_at", "-pk"))
        waiting = [question for question in every if question.is_open]
        if pages := waiting if number else every:
            self.answers(pages[which % len(pages)], choice)

    @rule(which=whichever)
    def somebody_withdraws(self, which: int) -> None:
        if pages := list(Question.objects.shown().order_by("-pk")):
            self.withdraws(pages[which % len(pages)])

    @rule(blocked=sampled_from(["", "fines"]))
    def a_card_is_blocked(self, blocked: str) -> None:
        Card.objects.update(blocked=blocked)

    @rule()
    def nobody_answers_any_question(self) -> None:
        sweeps.questions_due(self.now + timedelta(days=9))
        self.now += timedelta(days=9)

    # How it is done

    def say(self, what: str, do: Callable[[], object]) -> bool:
        self.tick()
        try:
            with transaction.atomic():
                do()
        except Refusal as no:
            note(f"    {what}: {no}")
            return False
        note(f"    {what}: done")
        return True

    def answers(self, question: Question, choice: int) -> bool:
        kind = QuestionKind(question.kind)
        row = QUESTIONS[kind]
        given = sorted(row.answers)[choice % len(row.answers)]
        side = min(row.whose_answer(Owner(question.owner), Owner(question.side)))
        cost = Decimal(20) if given in (Answer.CHARGE, Answer.WRITE_OFF) else None
        said = Said(day=None if choice % 2 else self.now.date() + timedelta(days=4), cost=cost)
        return self.say(
            f"answer {kind} with {given}",
            lambda: questions.answer(question, given, Act(at=self.now, role=side), said),
        )

    def withdraws(self, question: Question) -> bool:
        def withdraw() -> None:
            questions.withdraw(question, Act(at=self.now, role=Owner(question.side)))

        return self.say(f"withdraw {question.kind}", withdraw)

    def things(self, ill: Request) -> list[Loan]:
        return list(Loan.objects.shown().filter(request=ill).order_by("pk"))

    def any_thing(self, ill: Request) -> Loan:
        things = self.things(ill)
        if not things:
            raise Refusal
        loan = things[self.number % len(things)]
        loan.request = ill if ill.version == loan.request.version else loan.request
        return loan

    def later(self, ill: Request) -> None:
        day = self.now.date() + timedelta(days=1 + 3 * self.number)
        lending.retry(self.supply_of(ill), Act(at=self.now), reason=Later.BUSY, on=day)

    def ended(self, ill: Request) -> Supply:
        """An attempt that ended without a thing."""
        every = Supply.objects.shown().filter(request=ill, state=SupplyState.CLOSED, loans=None)
        if not every:
            raise Refusal
        return every[self.number % len(every)]

    def ship_late(self, ill: Request) -> None:
        supply = self.ended(ill)
        shipping.ship_late(supply, Act(at=self.now), item=self.item_of(supply, ill))

    def unscanned(self, ill: Request) -> None:
        supply = self.supply_of(ill) if self.number % 2 else self.ended(ill)
        item: Item = self.item_of(supply, ill)
        loans.receive_unscanned(supply, Act(at=self.now), item=item)

    def lengthen(self, ill: Request) -> None:
        loan = self.any_thing(ill)
        day = (loan.due_back or self.now.date()) + timedelta(days=7)
        due.lengthen(loan, Act(at=self.now), day=day)

    def has_its_answer(self, question: Question) -> None:
        if not any(self.answers(fresh(question), choice) for choice in (1, 0, 2)):
            self.withdraws(fresh(question))

    def duty(self, ill: Request) -> None:
        """Whatever was asked is answered, or not asked any more; then it goes on."""
        for question in Question.objects.shown().filter(request=ill, due_at__isnull=False):
            self.has_its_answer(question)
        ill = Request.objects.shown().get(pk=ill.pk)
        supply = ill.supply
        if ill.state == State.WAITING:
            self.attempt("ask the center", ill)
        elif ill.state == State.REFERRED and supply and supply.state == SupplyState.OFFERED:
            self.attempt("accept the offer", ill)
        else:
            super().duty(ill)

    def all_is_over(self) -> None:
        """What is asked of what is over is answered, and what is owed paid: until then names
        stay."""
        for question in Question.objects.open():
            self.has_its_answer(question)
        for key in Charge.objects.owed().values_list("pk", flat=True):
            owed = Charge.objects.select_related("loan__request").get(pk=key)
            charging.settle(owed, Act(at=self.tick()), state=ChargeState.PAID)
        assert not Question.objects.open().exists()
        super().all_is_over()

    def everybody_does_their_duty(self) -> None:
        Card.objects.update(blocked="")
        super().everybody_does_their_duty()


def people() -> Cast:
    """Everybody, and what some of them have agreed on."""
    since = date(2026, 1, 1)
    Agreement.objects.create(name="All", effective=since)
    Agreement.objects.create(
        name="Silence is a yes",
        effective=since,
        lender_side="library:lenox",
        borrower_side="network:berkshire",
        silence_on_renewal=Agreement.Silence.GRANT,
    )
    return gather()


def fresh(question: Question) -> Question:
    return Question.objects.shown().get(pk=question.pk)


def standing_of(ill: Request, loan: Loan | None) -> LoanState | State:
    return State(ill.state) if loan is None else LoanState(loan.state)


KEPT = ("item_id", *OF_THE_THING)


def standing(ill: Request) -> dict[str, Any]:
    """What a mistake that is taken back at once must leave as it was."""
    now = Request.objects.get(pk=ill.pk)
    supplies, things = now.supplies.all(), now.loans.all()
    return {
        "state": now.state,
        "lenders": [
            (each.lender_id, each.conditions, each.offer_note, each.cost, each.to_send)
            for each in supplies
            if each.state in WAITING
        ],
        "things": sorted(
            (each.state, str(each.due_back), *(str(getattr(each, name)) for name in KEPT))
            for each in things
            if each.is_open
        ),
        "copies": sorted(Item.objects.values_list("barcode", "status")),
        "parcels": sorted(Parcel.objects.open().values_list("number", "state")),
        "tally": sorted(Tally.objects.filter(lent__gt=0).values_list("library", "lent")),
        "questions": sorted(now.questions.open().values_list("kind", "owner", "loan__item")),
        "owed": sorted(str(each.amount) for each in Charge.objects.owed()),
    }


def walk(walks: int, steps: int, number: int) -> None:
    """The same walks on each change, so that none is stopped by what another brought; at night as
    POSTROAD_SEED and the number draw them, so that what has failed can be walked again."""
    drawn = type("Drawn", (MessyHouse,), {"cast": people()})
    far = settings(FEW, max_examples=walks, stateful_step_count=steps, phases=[Phase.generate])
    drawn_by = lots.SEED if lots.NIGHT else "by day"
    run_state_machine_as_test(seed(f"{drawn_by} {number}")(drawn), settings=far)


@pytest.mark.both
@pytest.mark.django_db
def test_whatever_is_asked_answered_lost_and_sent_the_house_stays_in_order() -> None:
    walk(6, 100, 0)  # the first of them is the shortest that there is


@pytest.mark.nightly
@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("number", range(1, 11))
def test_the_same_in_many_walks_each_night_anew(number: int) -> None:
    walk(WALKS, 100, number)
