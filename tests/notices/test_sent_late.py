"""What the reader hears of a thing that a lender sends after its turn had passed."""

import pytest

from postroad.catalogue.models import Item
from postroad.ill import lending, loans, shipping, undo
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State, Verb
from postroad.ill.models import Event, Loan
from postroad.ill.scans import lending as scans
from postroad.notices import post, tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy

BARCODE, OTHER = "30001000000017", "30001000000025"


@pytest.fixture
def story(cast: Cast) -> Story:
    """Lenox said no, and Pittsfield has sent it; then Lenox sends its copy all the same."""
    story = begin(cast).at(State.REFERRED)
    copy(story.record, cast.pittsfield, OTHER)
    lending.refuse(story.supply, Act(cast.lender, MONDAY), reason=Reason.ON_LOAN)
    story.look()
    story.listen()
    item = Item.objects.get(barcode=OTHER)
    shipping.ship(story.supply, Act(cast.neighbour, MONDAY), item=item)
    scans.ship(cast.lenox, BARCODE, Act(cast.lender, MONDAY), sure=True)
    assert Event.objects.filter(verb=Verb.SHIP_LATE).exists()
    return story


def tell_all(story: Story) -> None:
    for event in Event.objects.filter(request=story.ill).order_by("pk"):
        tell.people(event, event.at)


def on_its_way() -> list[str]:
    told = Notice.objects.filter(kind=Kind.ON_ITS_WAY).order_by("pk")
    return [notice.subject.split(":")[0] for notice in told]


def keep_it(story: Story) -> None:
    undo.undo(Event.objects.get(verb=Verb.SHIP_LATE), Act(story.cast.lender, MONDAY))
    assert Event.objects.latest("pk").verb == Verb.STAY_HOME


def test_she_hears_of_each_that_is_on_its_way_and_not_of_what_stays_home(story: Story):
    tell_all(story)
    assert on_its_way() == ["On its way from Pittsfield", "On its way from Lenox"]
    keep_it(story)
    tell_all(story)
    assert on_its_way() == ["On its way from Pittsfield"]
    assert not Notice.objects.filter(kind=Kind.NOT_YET).exists()  # no mail had gone


def test_what_stayed_home_before_she_was_told_is_not_told(story: Story):
    keep_it(story)
    tell_all(story)
    assert on_its_way() == ["On its way from Pittsfield"]


@pytest.mark.parametrize("here", [False, True])
def test_she_is_told_not_yet_unless_another_is_here_for_her(story: Story, here: bool):
    tell_all(story)
    post.send(MONDAY)
    if here:
        loan = Loan.objects.get(barcode=OTHER)
        story.look()
        loan.request = story.ill
        loans.receive(loan, Act(story.cast.borrower, MONDAY))
    keep_it(story)
    tell_all(story)
    assert Notice.objects.filter(kind=Kind.NOT_YET).exists() != here
