"""Two volumes under one request: each is told of, taken back and over by itself."""

from datetime import datetime, timedelta

import pytest

from postroad.ill import loans, shipping, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Event, Loan, Request
from postroad.notices import links, living, post, tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, begin, copy

LATER = MONDAY + timedelta(days=29)


class Two:
    """Both volumes of Walden, sent by Lenox to Lee in one attempt."""

    def __init__(self, cast: Cast) -> None:
        self.story = begin(cast).at(State.SHIPPED)
        self.cast = cast
        self.first = self.story.loan.pk
        item = copy(self.story.record, cast.lenox, "30001000000025", volume="2")
        act = Act(cast.lender, MONDAY)
        self.second = shipping.ship(self.story.supply, act, item=item).pk

    def loan(self, key: int) -> Loan:
        """As the database has it now."""
        ill = Request.objects.shown().get(pk=self.story.ill.pk)
        loan = ill.loans.select_related("supply__lender").get(pk=key)
        loan.request = ill
        return loan

    def act(self, at: datetime = MONDAY) -> Act:
        return Act(self.cast.borrower, at)

    def receive(self, key: int, at: datetime = MONDAY) -> None:
        loans.receive(self.loan(key), self.act(at))

    def lend(self, key: int) -> None:
        self.receive(key)
        loans.check_out(self.loan(key), self.act())

    def tell(self) -> None:
        for event in Event.objects.filter(request=self.story.ill).order_by("pk"):
            tell.people(event, event.at)


@pytest.fixture
def two(cast: Cast) -> Two:
    return Two(cast)


def of(kind: Kind, loan: int) -> Notice | None:
    """The notice of this kind that follows from what happened to this volume."""
    events = Event.objects.filter(loan=loan).values_list("pk", flat=True)
    keys = [str(key) for key in events]
    return Notice.objects.filter(kind=kind, source_key__in=keys).first()


def is_living(notice: Notice | None) -> bool:
    assert notice is not None
    return living.living(Notice.objects.filter(pk=notice.pk)).exists()


def is_mailable(notice: Notice | None) -> bool:
    assert notice is not None
    return living.mailable(notice).exists()


def test_the_receipt_of_one_undone_leaves_the_news_of_the_other(two: Two):
    two.receive(two.first)
    two.receive(two.second)
    two.tell()
    loans.undo_receive(two.loan(two.second), two.act())
    two.tell()
    assert of(Kind.ARRIVED, two.first) is not None
    assert of(Kind.ARRIVED, two.second) is None


def test_what_was_undone_before_anybody_was_told_is_not_told_though_the_other_is_there(two: Two):
    two.receive(two.first)
    two.receive(two.second)
    loans.undo_receive(two.loan(two.second), two.act())
    two.tell()
    assert of(Kind.ARRIVED, two.first) is not None
    assert of(Kind.ARRIVED, two.second) is None


def test_one_undone_after_its_mail_went_is_corrected_though_the_other_is_there(two: Two):
    two.receive(two.first)
    two.receive(two.second)
    two.tell()
    post.send(MONDAY)
    loans.undo_receive(two.loan(two.second), two.act())
    two.tell()
    assert is_living(of(Kind.NOT_YET, two.second))


def test_one_is_overdue_by_mail_while_the_other_waits_on_the_hold_shelf(two: Two):
    two.lend(two.first)
    two.receive(two.second, LATER)
    sweeps.ring(LATER)
    two.tell()
    notice = of(Kind.OVERDUE, two.first)
    assert is_mailable(notice)
    assert is_living(notice)


def test_one_that_was_brought_back_is_not_called_overdue_while_the_other_is_out(two: Two):
    two.lend(two.first)
    two.lend(two.second)
    sweeps.ring(LATER)
    two.tell()
    loans.return_item(two.loan(two.first), two.act(LATER))
    loans.ship_return(two.loan(two.first), two.act(LATER))
    assert not is_mailable(of(Kind.OVERDUE, two.first))
    assert not is_living(of(Kind.OVERDUE, two.first))
    assert is_mailable(of(Kind.OVERDUE, two.second))


def test_a_new_due_day_of_one_takes_no_reminder_from_the_other(two: Two):
    two.lend(two.first)
    two.receive(two.second, LATER)
    sweeps.ring(LATER)
    two.tell()
    loans.check_out(two.loan(two.second), two.act(LATER))
    assert is_mailable(of(Kind.OVERDUE, two.first))


def test_one_sweep_tells_of_both_that_are_overdue(two: Two):
    two.lend(two.first)
    two.lend(two.second)
    assert sweeps.things(LATER) == 2
    assert Loan.objects.filter(request=two.story.ill, reminders=1).count() == 2


def test_her_page_tells_the_newest_of_each(two: Two):
    two.receive(two.first)
    two.lend(two.second)
    two.tell()
    unread = living.living(Notice.objects.to_person(two.cast.ada))
    kinds = [notice.kind for notice in living.newest_of_each(unread)]
    assert sorted(kinds) == [Kind.ARRIVED, Kind.LENT]


def test_her_page_leaves_out_what_was_said_of_the_same_thing_or_of_all_before(two: Two):
    two.lend(two.first)
    two.receive(two.second)
    events = Event.objects.filter(loan__isnull=False).order_by("pk")
    last = {event.loan_id: str(event.pk) for event in events}
    said = [
        Notice(
            pk=pk,
            kind=kind,
            about=links.of_request(two.story.ill.ref),
            source=living.EVENT,
            source_key=last.get(loan, "1"),
        )
        for pk, (kind, loan) in enumerate(
            (
                (Kind.RENEWED, two.first),
                (Kind.ARRIVED, two.second),
                (Kind.LENT, two.first),
                (Kind.ASKED, None),
            ),
            1,
        )
    ]
    assert living.newest_of_each(said) == said[:2]
