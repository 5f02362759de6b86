"""What waits for an answer stands in the line that says how a request stands, for both sides."""

import pytest

from postroad.ill import loans, questions
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, State
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.milestones import Place
from postroad.ill.questions import Asking, Said
from tests.ill.story import MONDAY
from tests.web.staff.test_questions import asked

NOT_LENT = "It is here, and is not lent until this is settled."


def statuses(story, at):
    """As the borrower, the lender and the reader read it."""
    cast, page = story.cast, f"/staff/requests/{story.ill.ref}/"
    ours, theirs = (at(who).get(page).context["status"] for who in (cast.borrower, cast.lender))
    hers = at(cast.ada).get(f"/patron/requests/{story.ill.ref}/").context
    return ours, theirs, hers["line"].status, hers["next"]


def test_a_wrong_item_waits_for_its_lender_on_every_page(story, at):
    asked(story, QuestionKind.WRONG_ITEM)
    ours, theirs, hers, after = statuses(story, at)
    assert ours.sentence == NOT_LENT
    assert ours.detail.startswith("Wrong item sent: waiting for Lenox Library, until ")
    assert "your turn" not in ours.detail
    assert "Wrong item sent: it is your turn, until " in theirs.detail
    assert hers.sentence == "It has reached Lee Library, where staff are checking it."
    stones = at(story.cast.ada).get(f"/patron/requests/{story.ill.ref}/").context["stones"]
    assert [each.label for each in stones if each.place == Place.HERE] == ["At the pickup library"]
    assert after == ""


@pytest.mark.parametrize("kind", [QuestionKind.SECOND_COPY, QuestionKind.BLOCKED])
def test_what_the_desk_itself_decides_is_its_turn_and_no_lender_reads_of_a_card(story, at, kind):
    asked(story, kind)
    ours, theirs, hers, _after = statuses(story, at)
    assert ours.sentence == NOT_LENT
    assert "it is your turn, until " in ours.detail
    assert "card" not in theirs.detail
    assert not hers.sentence.startswith("Ready")


def test_missing_parts_wait_for_the_other_side_and_may_be_lent_meanwhile(story, at):
    asked(story, QuestionKind.MISSING_PARTS)
    ours, theirs, hers, after = statuses(story, at)
    assert ours.sentence == "It is on the hold shelf."
    assert ours.detail.startswith("Parts are missing: waiting for Lenox Library, until ")
    assert ours.detail.endswith("It can be lent meanwhile.")
    assert "Parts are missing: it is your turn" in theirs.detail
    assert hers.sentence.startswith("Ready for you")
    assert after


def test_a_renewal_that_is_asked_stands_beside_the_day_and_the_reader_reads_it(story, at):
    asked(story, QuestionKind.RENEWAL)
    ours, theirs, hers, _after = statuses(story, at)
    assert "Renewal asked: waiting for Lenox Library, until " in ours.detail
    assert "Renewal asked: it is your turn, until " in theirs.detail
    assert "You asked to keep it longer: waiting for Lenox Library, until " in hers.detail


def test_the_centers_page_says_it_too(story, at):
    asked(story, QuestionKind.WRONG_ITEM)
    page = at(story.cast.centre).get(f"/office/centre/{story.ill.ref}/")
    assert page.context["status"].sentence == NOT_LENT
    assert "waiting for Lenox Library" in page.content.decode()


def test_what_came_and_is_not_wanted_is_not_called_ready_to_its_reader(story, at):
    story.at(State.ARRIVED)
    loans.not_wanted(story.loan, Act(story.cast.borrower, MONDAY))
    _ours, _theirs, hers, after = statuses(story, at)
    assert hers.sentence == "It is at Lee Library, and goes back to its owner."
    assert after == ""


def test_one_question_to_several_is_told_once(story, at):
    loan = story.at(State.SHIPPED).loan
    for owner in (Owner.LENDING, Owner.DELIVERY):
        one = Asking(QuestionKind.NOT_RECEIVED, loan.request, loan, Said(), owner)
        questions.ask(one, Act(at=MONDAY))
    ours, theirs, _hers, _after = statuses(story, at)
    assert ours.detail.count("Has not arrived") == theirs.detail.count("Has not arrived") == 1
    assert "Has not arrived: it is your turn" in theirs.detail
