"""Three months of the demo consortium: requests in every state, made by calling the verbs.

A queue of things to do, by time. Each person in it looks at where a request stands and does what
such a person would do, then comes back later. The clock moves with the queue; what the worker does
is done after every step. One seed gives one story.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from postroad.accounts.models import Role
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.delivery import parcels
from postroad.delivery.models import Parcel
from postroad.demo import (
    articles,
    cases,
    counts,
    harvests,
    people,
    road,
    sorting,
    statuses,
    turns,
    uses,
)
from postroad.demo.errands import DAYS, HISTORY, HOURS, Errands
from postroad.demo.house import TRY
from postroad.demo.people import HOME, LENDER
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import asking, lending, loans, shipping, wanted
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState
from postroad.ill.models import Loan, Request, Supply
from postroad.notices import post
from postroad.notices.models import Notice
from postroad.reports import pace
from postroad.worker import run


class Story(Errands):
    """Who asks for what, and what the desks find this morning."""

    def tell(self, requests: int, progress: Callable[[int, int], None]) -> None:
        """Let the readers ask, and follow each request until now."""
        asks = sorted(self.moments(requests))
        titles = list(self.titles(requests))
        done = 0
        for number, (at, record) in enumerate(zip(asks, titles, strict=True), start=1):
            done += self.catch_up(at)
            self.ask(at, record, number)
            progress(number, requests)
        self.catch_up(self.now)
        self.sweep(self.now)
        self.this_morning()
        articles.make(self)
        turns.tell(self.now)
        road.tell(self.now)
        sorting.tell(self.now)
        cases.tell(self.now)
        people.tell_staff(self.now)
        statuses.make(self.now)
        uses.make(self.now)
        harvests.make(self.now)
        run.until_idle(self.now)
        pace.reckon(self.now)
        counts.tell(self.now)
        old = Notice.objects.filter(made_at__lt=self.now - 2 * DAYS)
        old.update(read_at=F("made_at") + HOURS)
        stale = Notice.objects.unmailed().filter(made_at__lt=self.now - post.STALE)
        stale.update(mail_due_at=None)  # letters of a past that nobody lived are no failures

    def moments(self, requests: int) -> Iterator[datetime]:
        """When somebody asks: oftener lately, so that every queue of today has something."""
        for _ in range(requests):
            ago = self.dice.betavariate(1, 2.2) * HISTORY
            yield self.now - ago - 5 * timedelta(minutes=1)

    def titles(self, requests: int) -> Iterator[Record]:
        """A third of what is asked for only one of the demo's two libraries can send."""
        rare = self.only_at(Library.objects.get(code=LENDER), requests // 2)
        lees = self.only_at(Library.objects.get(code=HOME), requests // 8)
        wide = list(
            Record.objects.filter(items__status=ItemStatus.IN, language="eng")
            .exclude(title__in=TRY)
            .order_by("pk")
            .distinct()[: requests * 12]
        )
        nowhere = list(self.nowhere().order_by("pk")[:40])
        self.dice.shuffle(rare)
        self.dice.shuffle(lees)
        for _ in range(requests):
            chance = self.dice.random()
            if chance < 0.25 and rare:
                yield rare.pop()
            elif chance < 0.32 and lees:
                yield lees.pop()
            elif chance < 0.37 and nowhere:
                yield self.dice.choice(nowhere)
            else:
                yield self.dice.choice(wide)

    def this_morning(self) -> None:
        """What the desks of the demonstration's own accounts find when they open."""
        self.ask_the_lender()
        self.ask_in_vain()
        self.ask_for_what_nobody_has()
        here = Loan.objects.open().borrowed_by(Library.objects.get(code=HOME)).shown()
        clerk = self.people[Role.BORROWING]
        lent = list(here.filter(state=LoanState.LENT).order_by("due_back", "pk"))
        for number, loan in enumerate(lent[: min(5, len(lent) // 2)]):
            at = self.hour_before(self.desks[loan.borrower_id], self.now - (number + 1) * HOURS)
            if loan.lent_at is None or loan.lent_at > at:
                continue
            loans.return_item(loan, Act(clerk, at))
            if number > 2:
                then = self.hour_before(self.desks[loan.borrower_id], min(at + HOURS / 2, self.now))
                loans.ship_return(loan, Act(clerk, max(at, then)))
        for loan in here.filter(state=LoanState.SHIPPED).order_by("pk")[:3]:
            if loan.parcel_out is not None and loan.parcel_out.state == "moving":
                self.drop_lately(loan.parcel_out, loan.request.library)

    def drop_lately(self, parcel: Parcel, library: Library) -> None:
        """An hour ago or, if the van was not there today, on its last day, if it had it by then."""
        van = self.van.get(library.pk)
        if van is None:
            return
        at = self.hour_before(van.drop, self.now - HOURS)
        picked_up = parcel.custody.order_by("-at", "-pk").values_list("at", flat=True)[0]
        if picked_up < at:
            parcels.drop(parcel, library=library, by=self.driver, at=at)

    def ask_the_lender(self) -> None:
        """Sixteen readers ask overnight for what only the demo's lender has; some is under way.

        The first is the demo's own patron, so that whatever the dice say she has a request.
        """
        lender, clerk = Library.objects.get(code=LENDER), self.people[Role.LENDING]
        for number, record in enumerate(self.only_at(lender, 400)[-16:]):
            card = self.dice.choice(self.cards[1:]) if number else self.cards[0]
            answers = {1: 2 * HOURS, 2: 3 * HOURS}.get(number % 4)
            at = self.now - self.within(5 * HOURS, 20 * HOURS)
            if answers is not None:
                at = self.hour_before(self.desks[lender.pk], at + answers) - answers
            try:
                ill = asking.ask(record, Act(card.user, at), patron=card.user, library=card.library)
                run.until_idle(at)
                supply = Supply.objects.select_related("request__library", "lender").get(
                    request=ill, lender=lender
                )
                if number % 4 == 1:
                    lending.promise(supply, Act(clerk, at + 2 * HOURS))
                if number % 4 == 2:
                    item = record.items.select_related("library", "record").get(library=lender)
                    shipping.ship(supply, Act(clerk, at + 3 * HOURS), item=item)
            except (Refusal, Supply.DoesNotExist):
                continue  # this reader's card is blocked, or her library is off every route

    def ask_in_vain(self) -> None:
        """What intake leaves to the staff: a blocked card, and a copy that is on the shelf."""
        home = Library.objects.get(code=HOME)
        at_home = [card for card in self.cards[1:] if card.library_id == home.pk]
        blocked = [card for card in at_home if card.blocked]
        own = list(
            Record.objects.filter(items__library=home, items__status=ItemStatus.IN)
            .order_by("title", "pk")
            .distinct()
        )
        for number, card in enumerate([*blocked, *self.dice.sample(at_home, 3)]):
            record = own[number * 7 % len(own)]
            at = self.now - (number + 2) * HOURS
            asking.ask(record, Act(card.user, at), patron=card.user, library=home, insists=True)
            run.until_idle(at)

    def ask_for_what_nobody_has(self) -> None:
        """What the ILL centre finds in the morning, whatever it did with all that came before."""
        known = Request.objects.filter(record=OuterRef("pk"))
        nowhere = self.nowhere().filter(~Exists(known)).order_by("-pk")[:3]
        for number, record in enumerate(nowhere):
            card = self.dice.choice([each for each in self.cards[1:] if not each.blocked])
            at = self.now - (number + 3) * HOURS
            asking.ask(record, Act(card.user, at), patron=card.user, library=card.library)
            run.until_idle(at)

    def nowhere(self) -> QuerySet[Record]:
        """Titles that are lent, but of which each copy is missing or stays in its library."""
        lent = Item.objects.filter(record=OuterRef("pk")).exclude(
            status__in=(ItemStatus.MISSING, ItemStatus.REFERENCE)
        )
        return Record.objects.filter(~Exists(lent)).exclude(format__in=wanted.NOT_LENT)

    def only_at(self, library: Library, wanted: int) -> list[Record]:
        """Titles of which one library has the only copy, and has it in."""
        elsewhere = Item.objects.filter(record=OuterRef("pk")).exclude(library=library)
        return list(
            Record.objects.filter(items__library=library, items__status=ItemStatus.IN)
            .filter(~Exists(elsewhere))
            .exclude(title__in=TRY)
            .order_by("pk")
            .distinct()[:wanted]
        )


def states() -> dict[str, int]:
    """How many requests stand where."""
    counted: dict[str, int] = {}
    for state in Request.objects.values_list("state", flat=True):
        counted[state] = counted.get(state, 0) + 1
    return counted
