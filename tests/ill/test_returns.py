"""Returns by mail: a parcel with a clock and, sooner or later, a number (R5, R9)."""

from datetime import timedelta

import pytest

from postroad.catalogue.models import Item
from postroad.delivery.models import Parcel, Purpose, Stop, Via
from postroad.ill import loans, lookup, mediation, returns
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import MovedMeanwhile
from postroad.ill.returns import Way, WrongTrackingNumber
from tests.cast import outside
from tests.ill.story import MONDAY, begin

GOOD = "9400 1112 0620 6406 2607 87"
KEPT = "9400111206206406260787"


def of_home(story):
    story.look()
    return returns.home_by_mail(story.loan)


@pytest.fixture
def by_mail(cast):
    """The van does not call at Lee any more: Ada's book is back and goes home by mail."""
    story = begin(cast).at(State.BACK)
    Stop.objects.filter(library=cast.lee).delete()
    return story


def test_a_return_by_mail_has_a_clock_an_owner_and_its_number(by_mail, cast):
    loans.ship_return(by_mail.loan, Act(cast.borrower, MONDAY), tracking_number=GOOD)
    parcel = Parcel.objects.latest("pk")
    assert (parcel.via, parcel.purpose) == (Via.MAIL, Purpose.RETURN)
    assert parcel.item_library == cast.lenox
    assert (parcel.carrier, parcel.tracking_number) == ("usps", KEPT)
    assert parcel.late_at.date() == (MONDAY + timedelta(days=22)).date()
    by_mail.look()
    assert by_mail.rings_at == parcel.due_at == parcel.late_at


def test_it_goes_without_a_number_which_is_added_mended_and_taken_off_later(by_mail, cast):
    loans.ship_return(by_mail.loan, Act(cast.borrower))
    assert of_home(by_mail).number == ""
    assert returns.track(of_home(by_mail), GOOD) == KEPT
    assert (of_home(by_mail).number, of_home(by_mail).parcel.carrier) == (KEPT, "usps")
    returns.track(of_home(by_mail), "1Z5R89390357567127")
    assert of_home(by_mail).parcel.carrier == "ups"
    returns.track(of_home(by_mail), "")
    assert (of_home(by_mail).number, of_home(by_mail).parcel.carrier) == ("", "")


def test_a_number_with_a_wrong_digit_is_refused_until_somebody_is_sure(by_mail, cast):
    loans.ship_return(by_mail.loan, Act(cast.borrower))
    wrong = KEPT[:-1] + "8"
    with pytest.raises(WrongTrackingNumber):
        returns.track(of_home(by_mail), wrong)
    assert of_home(by_mail).number == ""
    returns.track(of_home(by_mail), wrong, sure=True)
    assert (of_home(by_mail).number, of_home(by_mail).parcel.carrier) == (wrong, "")


def test_what_the_van_takes_home_asks_for_no_number(cast):
    story = begin(cast).at(State.HOMEWARD)
    assert of_home(story) is None
    assert returns.postings(story.loan) == []


def test_what_a_lender_elsewhere_sends_and_gets_back_is_a_parcel_by_mail_either_way(cast):
    story = begin(cast)
    Item.objects.all().delete()
    story.listen()
    supply = mediation.refer_outside(
        story.ill, Act(cast.centre), lender=outside("Yale"), system="OCLC", number="1"
    )
    mediation.outside_shipped(supply, Act(cast.centre), tracking_number=KEPT)
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(story.loan, Act(cast.borrower))
    assert [each.way for each in returns.postings(story.loan)] == [Way.OUT, Way.HOME]
    assert of_home(story).number == ""
    returns.track(of_home(story), GOOD)
    out, home = (each.parcel for each in returns.postings(story.loan))
    assert [(each.via, each.purpose) for each in (out, home)] == [
        ("mail", "loan"),
        ("mail", "return"),
    ]
    assert (out.from_library, out.state) == (outside("Yale"), "arrived")
    assert (home.to_library, home.state) == (outside("Yale"), "ready")
    assert (out.tracking_number, out.carrier) == (KEPT, "usps")
    assert (home.tracking_number, home.carrier) == (KEPT, "usps")
    story.look()
    loans.undo_ship_return(story.loan, Act(cast.borrower))
    assert story.loan.parcel_home is None
    home.refresh_from_db()
    assert home.state == "cancelled"


@pytest.mark.parametrize("spelled", [GOOD, KEPT, GOOD.replace(" ", "-")])
def test_the_number_finds_the_request(by_mail, cast, spelled):
    loans.ship_return(by_mail.loan, Act(cast.borrower), tracking_number=GOOD)
    assert list(lookup.by_number(spelled)) == [by_mail.ill]


def test_a_number_that_a_colleague_wrote_down_meanwhile_is_not_overwritten_unread(by_mail, cast):
    loans.ship_return(by_mail.loan, Act(cast.borrower))
    theirs, mine = of_home(by_mail), of_home(by_mail)
    returns.track(theirs, GOOD, seen="")
    with pytest.raises(MovedMeanwhile):
        returns.track(mine, "1Z5R89390357567127", seen="")
    assert of_home(by_mail).number == KEPT
    assert returns.track(of_home(by_mail), GOOD, seen="") == KEPT  # the same twice is once
    assert returns.track(of_home(by_mail), "", seen=KEPT) == ""
