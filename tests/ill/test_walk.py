"""The real verbs on the real database, in any order: what must hold after each, and that all ends.

Readers, desks, the driver, the worker and time itself do whatever hypothesis thinks of; a refusal
is an answer like any other, and some act on what they read long ago. After every step the whole
database is read; in the end everybody does their duty, and then every loan must end.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model
from hypothesis import HealthCheck, note, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from hypothesis.strategies import booleans, integers, sampled_from

from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import custody, outlook, parcels, promises
from postroad.delivery.models import Custody, CustodyStep, Parcel
from postroad.directory.models import Closure, Effect, Library
from postroad.errors import Refusal
from postroad.ill import asking, borrowing, lending, loans, mediation, road, shipping, sweeps, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import (
    ROWS,
    LoanEnding,
    LoanState,
    Reason,
    State,
    SupplyState,
    Verb,
    wish_of,
)
from postroad.ill.lifecycle.questions import QUESTIONS, QuestionKind
from postroad.ill.models import Event, Loan, Question, Request, Supply
from postroad.notices import due_soon, links
from postroad.notices.models import Notice
from postroad.worker import run
from tests.cast import Cast, gather, outside
from tests.ill.order import (
    each_copy_is_in_one_place,
    has_ended_with_a_word,
    history_leads_here,
    its_turn_is_as_its_history_says,
    only_what_makes_sense_is_asked,
    points_at_what_it_lives_by,
    the_counts_are_those_of_the_loans,
    undone,
    what_the_ledger_says_is_kept,
)
from tests.ill.story import MONDAY, assert_whole, copy, title

COPIES = {
    "walden": ("lenox", "providence"),  # a single copy at each: several readers want it at once
    "emma": ("lenox", "lenox"),  # two, which may both be sent for one request
}
READERS = {"ada": "lee", "bea": "pittsfield"}
PLACES = ("lee", "lenox", "pittsfield", "providence")
SWEEPS: dict[str, Callable[[datetime], int]] = {
    "clocks": sweeps.ring,
    "need-by days": sweeps.expire,
    "closed lenders": sweeps.closed_lenders,
    "forgotten patrons": sweeps.forget,
    "days of parcels": outlook.follow,
    "clocks of the road": road.follow,
    "late parcels": promises.ring,
    "due soon": due_soon.send,
}
# What `forget` takes; nothing else changes on a closed record.
FORGETTABLE = ("patron_id", "note", "reason", "reason_note", "key", "offer_note")
# What may be said of a record that is over, each once by the version of its request: what was
# damaged and what is missing, what is owed for it, how many pieces came, and that it turned up.
ASKED = {Verb.ASK_QUESTION, Verb.ANSWER, Verb.WITHDRAW_QUESTION, Verb.REMIND_QUESTION}
SAID = ASKED | {Verb.CHARGE, Verb.SETTLE_CHARGE, Verb.COUNT_PIECES, Verb.RECOVER}
whichever = integers(0, 5)

Way = Callable[["House", Request], object]


def supplied(verb: Callable[..., object], **more: Any) -> Way:
    """A verb of the lending side, for the supply that the request lives by."""
    return lambda house, ill: verb(house.supply_of(ill), Act(at=house.now), **more)


def borrowed(verb: Callable[..., object], **more: Any) -> Way:
    return lambda house, ill: verb(ill, Act(at=house.now), **more)


def thing(verb: Callable[..., object]) -> Way:
    """A verb of the foremost thing that is out."""
    return lambda house, ill: verb(thing_of(ill), Act(at=house.now))


def thing_of(ill: Request) -> Loan:
    """As it was when the request was read."""
    if ill.loan is None:
        raise Refusal
    return ill.loan


# What may be done, and by which line of the tables; a reader's cancelling is her library's too.
VERBS: dict[str, tuple[str, Way]] = {
    "approve": ("approve", borrowed(borrowing.approve, note="the reader rang")),
    "cancel by the reader": (
        "cancel",
        lambda house, ill: borrowing.cancel(ill, Act(ill.patron, house.now)),
    ),
    "cancel": ("cancel", borrowed(borrowing.cancel, note="the reader rang")),
    "decline": ("decline", borrowed(borrowing.decline, reason="Dear reader, nobody has it.")),
    "receive": ("receive", thing(loans.receive)),
    "undo receive": ("undo_receive", thing(loans.undo_receive)),
    "check out": ("check_out", thing(loans.check_out)),
    "undo check out": ("undo_check_out", thing(loans.undo_check_out)),
    "renew": ("renew", lambda house, ill: loans.renew(thing_of(ill), Act(ill.patron, house.now))),
    "return": ("return", thing(loans.return_item)),
    "undo return": ("undo_return", thing(loans.undo_return)),
    "ship return": ("ship_return", thing(loans.ship_return)),
    "undo ship return": ("undo_ship_return", thing(loans.undo_ship_return)),
    "promise": ("promise", supplied(lending.promise)),
    "refuse": ("refuse", supplied(lending.refuse, reason=Reason.ON_LOAN, note="is it for Ada?")),
    "not on shelf": ("refuse", lambda house, ill: house.not_on_shelf(ill)),
    "ship": ("ship", lambda house, ill: house.ship(ill)),
    "undo ship": ("undo_ship", thing(shipping.undo_ship)),
    "come back": ("come_back", thing(shipping.come_back)),
    "check in": ("check_in", thing(shipping.check_in)),
    "ask outside": ("refer_outside", lambda house, ill: house.ask_outside(ill)),
    "sent from outside": ("ship", supplied(mediation.outside_shipped, barcode="o-1")),
    "ask the members again": ("refer_again", borrowed(mediation.refer_again)),
}


class House(RuleBasedStateMachine):
    """Some libraries, two readers, three copies, and everything that may be done."""

    cast: Cast
    now: datetime
    verbs: Mapping[str, tuple[str, Way]] = VERBS

    @initialize()
    def open(self) -> None:
        self.sandbox = transaction.atomic()
        self.sandbox.__enter__()
        self.now = MONDAY
        self.titles = {name: title(name) for name in COPIES}
        for name, owners in COPIES.items():
            for number, place in enumerate(owners):
                copy(self.titles[name], getattr(self.cast, place), f"{name}-{place}-{number}")
        self.readers: dict[int, int] = {}  # of each request, also when its name has gone
        self.closed: dict[tuple[type, int], dict[str, Any]] = {}
        self.old_screens: list[Request] = []
        self.read: dict[int, list[dict[str, Any]]] = {}  # the rows of each request, found in order
        for reader, what in (("ada", "walden"), ("bea", "walden"), ("ada", "emma")):
            self.asks(reader, what, None)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:
                self.everybody_does_their_duty()
        finally:
            transaction.set_rollback(True)
            self.sandbox.__exit__(None, None, None)

    # What may happen

    @rule(
        reader=sampled_from(sorted(READERS)),
        what=sampled_from(sorted(COPIES)),
        need_by=sampled_from([None, None, 2, 40]),
    )
    def asks(self, reader: str, what: str, need_by: int | None) -> None:
        patron, home = getattr(self.cast, reader), getattr(self.cast, READERS[reader])
        day = home.day_of(self.now) + timedelta(days=need_by) if need_by else None
        with suppress(Refusal):
            ill = asking.ask(
                self.titles[what],
                Act(patron, self.tick()),
                patron=patron,
                library=home,
                need_by=day,
                note="for my thesis",
                insists=len(self.readers) % 2 == 1,
            )
            self.readers[ill.pk] = patron.pk

    @rule(which=whichever, verb=sampled_from(sorted(VERBS)))
    def somebody_tries(self, which: int, verb: str) -> None:
        if ill := self.one(which):
            self.attempt(verb, ill)

    @rule(which=whichever, choice=integers(0, 9))
    def somebody_does(self, which: int, choice: int) -> None:
        """One of the verbs that the tables allow now."""
        if ill := self.one(which):
            fits = [verb for verb, (line, _) in VERBS.items() if fits_now(Verb(line), ill)]
            if fits:
                self.attempt(fits[choice % len(fits)], ill)

    @rule(which=whichever, steps=integers(1, 6))
    def it_goes_on(self, which: int, steps: int) -> None:
        """What this request waits for is done, and what it waits for then."""
        for _step in range(steps):
            if ill := self.one(which):
                self.duty(ill)

    @rule(which=integers(0, 20), verb=sampled_from(sorted(VERBS)))
    def somebody_acts_on_an_old_page(self, which: int, verb: str) -> None:
        """The oldest are the last that anybody thinks of."""
        if self.old_screens:
            self.attempt(verb, self.old_screens.pop(-1 - which % len(self.old_screens)))

    @rule(which=whichever, back=sampled_from([0, 0, 0, 1]))
    def somebody_takes_back(self, which: int, back: int) -> None:
        if ill := self.one(which):
            events = ill.events.select_related("request__library", "request__current__lender")
            newest = list(events.select_related("supply__lender").order_by("-pk"))
            with suppress(Refusal):
                undo.undo(newest[back % len(newest)], Act(at=self.tick()))

    @rule(which=whichever, drops=booleans(), place=sampled_from(PLACES), late=sampled_from([0, 9]))
    def the_driver_scans(self, which: int, drops: bool, place: str, late: int) -> None:
        """Any parcel, also one that is closed, at any library, and told of hours later."""
        every = list(Parcel.objects.select_related("from_library", "to_library").order_by("pk"))
        if not every:
            return
        parcel, now = every[which % len(every)], self.tick()
        told: dict[str, Any] = {"by": None, "at": now - timedelta(hours=late), "noted_at": now}
        with transaction.atomic():
            if drops:
                parcels.drop(parcel, library=getattr(self.cast, place), **told)
            else:
                parcels.pick_up(parcel, **told)

    @rule(which=whichever)
    def the_driver_takes_a_scan_back(self, which: int) -> None:
        if scans := list(self.scans()):
            with transaction.atomic():
                custody.undo(scans[which % len(scans)], by=None, at=self.tick())

    @rule(
        place=sampled_from(PLACES),
        days=sampled_from([None, 0, 2, 30]),
        effect=sampled_from(sorted(Effect.values)),
    )
    def a_library_closes(self, place: str, days: int | None, effect: str) -> None:
        """For so many days more than this one; without a number, all are open again."""
        library: Library = getattr(self.cast, place)
        if days is None:
            Closure.objects.all().delete()
            return
        today = library.day_of(self.now)
        Closure.objects.create(
            library=library, effect=effect, first_day=today, last_day=today + timedelta(days=days)
        )

    @rule(job=sampled_from(sorted(SWEEPS)))
    def the_worker_works(self, job: str) -> None:
        run.until_idle(self.tick())
        SWEEPS[job](self.now)

    @rule(job=sampled_from(sorted(SWEEPS)))
    def the_clocks_ring_before_the_worker_works(self, job: str) -> None:
        SWEEPS[job](self.tick())

    @rule(hours=sampled_from([1, 2, 12, 30, 24 * 4, 24 * 15, 24 * 40]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # How it is done

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def one(self, which: int) -> Request | None:
        keys = sorted(self.readers)
        if not keys:
            return None
        page = Request.objects.shown().get(pk=keys[which % len(keys)])
        self.old_screens.append(deepcopy(page))
        return page

    def supply_of(self, ill: Request) -> Supply:
        """As it was when the request was read."""
        if ill.supply is None:
            raise Refusal
        return ill.supply

    def attempt(self, verb: str, ill: Request) -> bool:
        self.tick()
        try:
            with transaction.atomic():
                self.verbs[verb][1](self, ill)
        except Refusal as no:
            note(f"    {verb} {ill.pk}: {no}")
            return False
        note(f"    {verb} {ill.pk}: now {ill.state}")
        return True

    def item_of(self, supply: Supply, ill: Request) -> Item:
        items = Item.objects.select_related("record", "library")
        mine = items.filter(record=ill.record_id, library=supply.lender_id)
        item = mine.filter(status=ItemStatus.IN).first() or mine.first()
        if item is None:
            raise Refusal
        return item

    def ship(self, ill: Request) -> None:
        supply = self.supply_of(ill)
        shipping.ship(supply, Act(at=self.now), item=self.item_of(supply, ill))

    def not_on_shelf(self, ill: Request) -> None:
        supply = self.supply_of(ill)
        item = self.item_of(supply, ill)
        reason = Reason.NOT_ON_SHELF
        lending.refuse(supply, Act(at=self.now), reason=reason, item=item, note="looked twice")

    def ask_outside(self, ill: Request) -> None:
        number = f"{ill.pk % 2}"  # now and then one that another request has
        mediation.refer_outside(
            ill, Act(at=self.now), lender=outside("Yale"), system="OCLC", number=number
        )

    def scans(self) -> Iterable[Custody]:
        driven = (CustodyStep.PICKED_UP, CustodyStep.DROPPED)
        return Custody.objects.filter(step__in=driven).select_related("parcel").order_by("pk")

    def duty(self, ill: Request) -> None:
        """What brings this request on."""
        outside = ill.current is not None and ill.current.is_outside
        wanted = {
            State.REVIEW: ["approve"],
            State.REFERRED: ["sent from outside"] if outside else ["ship", "refuse"],
            State.CENTRE: ["ask outside", "decline"],
            State.SHIPPED: ["receive"],
            State.ARRIVED: ["check out"],
            State.LENT: ["return"],
            State.BACK: ["ship return"],
            State.HOMEWARD: ["check in"],
        }
        if ill.state in (State.ASKED, State.APPROVED):
            run.until_idle(self.tick())
        else:
            any(self.attempt(verb, ill) for verb in wanted.get(State(ill.state), []))

    def everybody_does_their_duty(self) -> None:
        """Nobody is silent any more: whatever happened before, all loans end, and names go."""
        Closure.objects.all().delete()
        for _day in range(20):
            self.now += timedelta(days=1)
            for _step in range(6):
                for ill in Request.objects.shown().exclude(state=State.CLOSED):
                    self.duty(ill)
            for sweep in SWEEPS.values():
                sweep(self.now)
            if not Request.objects.exclude(state=State.CLOSED).exists():
                break
        run.until_idle(self.now)
        assert not Request.objects.exclude(state=State.CLOSED).exists(), "some loans do not end"
        assert not Supply.objects.exclude(state=SupplyState.CLOSED).exists()
        assert not Loan.objects.open().exists()
        assert not Parcel.objects.open().exists()
        assert not Item.objects.filter(status=ItemStatus.AWAY).exists()
        self.all_is_over()

    def all_is_over(self) -> None:
        self.now += timedelta(days=15)
        sweeps.forget(self.now)
        run.until_idle(self.now)
        assert not Request.objects.filter(patron__isnull=False).exists()
        assert not Event.objects.exclude(trouble="").exists()
        self.all_is_well()

    # What always holds

    @invariant()
    def all_is_well(self) -> None:
        requests = list(Request.objects.all())
        supplies = list(Supply.objects.all())
        things = list(Loan.objects.all())
        events = list(Event.objects.order_by("pk"))
        made = list(Parcel.objects.all())
        asked = list(Question.objects.all())
        for ill in requests:
            mine = [supply for supply in supplies if supply.request_id == ill.pk]
            out = [loan for loan in things if loan.request_id == ill.pk]
            story = [event for event in events if event.request_id == ill.pk]
            theirs = [question for question in asked if question.request_id == ill.pk]
            travels = [parcel for parcel in made if parcel.ref == ill.ref]
            rows = [columns(row) for row in (ill, *mine, *out, *story, *theirs, *travels)]
            if self.read.get(ill.pk) == rows:  # it was in order, and nothing of it has changed
                continue
            assert_whole(ill)
            points_at_what_it_lives_by(ill, mine, out)
            history_leads_here(ill, mine, out, story)
            its_turn_is_as_its_history_says(ill, story)
            only_what_makes_sense_is_asked(ill, out, theirs)
            self.read[ill.pk] = rows
        everything: list[Any] = [*requests, *supplies, *things, *made]
        for record in everything:
            has_ended_with_a_word(record)
        sides: list[Request | Supply | Loan] = [*requests, *supplies, *things]
        for record in sides:
            self.closed_is_closed(record)
        each_copy_is_in_one_place(things)
        what_the_ledger_says_is_kept(made)
        the_counts_are_those_of_the_loans(things)
        self.who_is_forgotten_is_nowhere(requests, events)
        # Of two events of one request the second may find it moved: it is told again later.
        troubles = [(event.verb, event.trouble) for event in events if event.trouble]
        assert not [each for each in troubles if "moved-meanwhile" not in each[1]]

    def closed_is_closed(self, record: Request | Supply | Loan) -> None:
        if record.is_open:
            if self.closed.pop((type(record), record.pk), None):
                assert undone(record), "a closed record was opened"
            return
        kept = {name: of for name, of in columns(record).items() if name not in FORGETTABLE}
        seen = self.closed.get((type(record), record.pk), kept)
        if changed := {name for name, of in kept.items() if seen[name] != of}:
            match record:
                case Request():
                    assert changed <= {"version", "open_questions"}
                    self.is_said_of_what_is_over(record, record.version - seen["version"])
                case Loan() if changed == {"state", "ending"}:
                    assert seen["state"] == LoanState.LOST
                    assert record.ending == LoanEnding.FOUND
                case Loan():
                    assert changed == {"pieces_back"}
                case _:
                    raise AssertionError(f"a closed attempt has changed: {changed}")
        self.closed[type(record), record.pk] = kept

    def is_said_of_what_is_over(self, ill: Request, times: int) -> None:
        said = list(ill.events.exclude(verb=Verb.FORGET).order_by("-pk")[:times])
        assert {event.verb for event in said} <= SAID
        for event in said:
            if event.verb in ASKED:
                assert QUESTIONS[QuestionKind(str(event.facts["kind"]))].outlives

    def who_is_forgotten_is_nowhere(
        self, requests: Iterable[Request], events: Iterable[Event]
    ) -> None:
        gone = {ill.pk for ill in requests if ill.patron_id is None}
        theirs = [event for event in events if event.request_id in gone]
        assert not [event for event in theirs if event.by_id == self.readers[event.request_id]]
        assert not [event.note for event in theirs if event.note]
        assert not [ill for ill in requests if ill.pk in gone and (ill.note or ill.reason)]
        assert not Supply.objects.filter(request__in=gone).exclude(reason_note="").exists()
        told = {
            event.request_id for event in theirs if event.verb == Verb.FORGET and not event.due_at
        }
        about = [links.of_request(ill.ref) for ill in requests if ill.pk in told]
        assert not Notice.objects.filter(about__in=about, user__isnull=False).exists()


def columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields}


def fits_now(verb: Verb, ill: Request) -> bool:
    """Whether the tables may allow it, where the foremost part stands."""
    row = ROWS[verb]
    if row.loan is not None and None not in row.loan.starts:
        return ill.loan is not None and ill.loan.state in row.loan.starts
    return row.wish is None or wish_of(State(ill.state)) in row.wish.starts


FEW = settings(
    max_examples=5,
    stateful_step_count=40,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.both
@pytest.mark.django_db
def test_whatever_people_and_time_do_the_house_stays_in_order_and_every_loan_ends() -> None:
    House.cast = gather()
    run_state_machine_as_test(House, settings=FEW)


@pytest.mark.nightly
@pytest.mark.django_db
def test_the_same_for_longer_and_each_night_anew() -> None:
    House.cast = gather()
    many = settings(FEW, max_examples=300, stateful_step_count=80)
    run_state_machine_as_test(House, settings=many)
