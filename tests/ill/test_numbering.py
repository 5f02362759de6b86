"""A Clio ID is of the request, an ILL number of one attempt: entered, mended, taken off, found."""

import pytest
from django.db import IntegrityError, transaction

from postroad.ill import asking, lending, lookup, mediation, numbering, undo
from postroad.ill.access import find
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Owner, Reason, State
from postroad.ill.models import MovedMeanwhile, Number, System
from postroad.ill.numbering import Place
from tests.cast import outside
from tests.ill.story import MONDAY, begin

CLIO = Place(System.CLIO)
OTHER = Place(System.OTHER)


@pytest.fixture
def story(cast):
    return begin(cast).at(State.REFERRED)


def enter(story, place, typed):
    return numbering.enter(
        story.ill, place, typed, Act(story.cast.borrower, MONDAY, role=Owner.BORROWING)
    )


def given(story):
    return Act(story.cast.borrower, MONDAY, role=Owner.BORROWING)


def oclc(story):
    return Place(System.OCLC, story.supply)


def verbs(story):
    return [event.verb for event in story.ill.events.order_by("pk") if "number" in event.verb]


def begin_another(story):
    ill = asking.ask(
        story.record,
        Act(story.cast.bea, MONDAY),
        patron=story.cast.bea,
        library=story.cast.pittsfield,
    )
    return type(story)(story.cast, story.record, ill)


def test_each_number_is_kept_as_typed_with_who_wrote_it_and_moves_nothing(story):
    before = (story.ill.state, story.ill.due_at, story.supply.state, story.supply.due_at)
    number = enter(story, CLIO, "Clio # 12 345")
    enter(story, oclc(story), "201-993-144")
    assert (number.value, number.typed) == ("12345", "Clio # 12 345")
    assert (number.entered_by, number.at) == (str(story.cast.borrower), MONDAY)
    story.look()
    after = (story.ill.state, story.ill.due_at, story.supply.state, story.supply.due_at)
    assert before == after
    told = story.ill.events.filter(verb="number_entered").order_by("pk")
    assert [(e.facts["of"], e.facts["lender"]) for e in told] == [
        ("clio", ""),
        ("oclc", "Lenox Library"),
    ]


@pytest.mark.parametrize("spelled", ["12345", "Clio #12345", "ILL: 12 345", "clio-id 12-345"])
def test_each_way_of_writing_finds_the_request(story, spelled):
    enter(story, CLIO, "12345")
    assert list(lookup.by_number(spelled)) == [story.ill]
    for who in (story.cast.borrower, story.cast.lender, story.cast.centre):
        assert [ill for ill, _sight in find(who, spelled)] == [story.ill]
    for who in (story.cast.neighbour, story.cast.stranger, story.cast.bea):
        assert find(who, spelled) == []


def test_a_lender_finds_by_its_own_attempts_number_only(story):
    enter(story, oclc(story), "201993144")
    assert find(story.cast.lender, "201993144")
    Number.objects.update(supply=None, system=System.OTHER)
    assert find(story.cast.lender, "201993144")
    Number.objects.all().delete()
    lending.refuse(story.supply, Act(story.cast.lender, MONDAY), reason=Reason.ON_LOAN)
    story.listen()
    mediation.refer_outside(
        story.ill,
        Act(story.cast.centre, MONDAY),
        lender=outside("Yale"),
        system="Docline",
        number="77",
    )
    assert find(story.cast.centre, "77")
    assert find(story.cast.lender, "77") == []


def test_if_a_system_is_named_a_number_of_it_goes_first(story):
    other = begin_another(story)
    enter(story, CLIO, "12345")
    enter(other, OTHER, "12345")
    assert set(lookup.by_number("12345")) == {story.ill, other.ill}
    assert list(lookup.by_number("Clio 12345")) == [story.ill]
    assert set(lookup.by_number("OCLC 12345")) == {story.ill, other.ill}


def test_a_clio_id_is_of_one_request_and_a_request_has_one(story):
    enter(story, CLIO, "12345")
    other = begin_another(story)
    with pytest.raises(numbering.NumberTaken) as no:
        enter(other, CLIO, "Clio 12-345")
    assert no.value.facts["ref"] == story.ill.ref
    with pytest.raises(numbering.OneIsThere):
        enter(story, CLIO, "12346")
    assert enter(story, CLIO, "12 345").typed == "12345"
    assert Number.objects.count() == 1
    assert verbs(story) == ["number_entered"]


def test_the_database_holds_what_the_verbs_promise(story):
    number = enter(story, CLIO, "12345")
    for wrong in ({"supply": story.supply}, {"system": "oclc"}, {"value": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Number.objects.filter(pk=number.pk).update(**wrong)
    with pytest.raises(ValueError, match="of an attempt"):
        Place(System.OCLC)


def test_a_request_may_have_several_numbers_of_other_systems(story):
    enter(story, OTHER, "1")
    enter(story, OTHER, "2")
    assert [each.value for each in story.ill.numbers.all()] == ["1", "2"]


def test_a_number_is_mended_and_what_it_was_stays_in_the_history(story):
    number = enter(story, CLIO, "12345")
    numbering.mend(number, CLIO, "12354", given(story), seen="12345")
    assert not lookup.by_number("12345").exists()
    assert list(lookup.by_number("12354")) == [story.ill]
    event = story.ill.events.get(verb="number_corrected")
    assert (event.facts["was_number"], event.facts["number"]) == ("12345", "12354")


def test_a_number_of_the_wrong_system_is_mended_too(story):
    number = enter(story, CLIO, "201993144")
    numbering.mend(number, oclc(story), "201993144", given(story), seen="201993144")
    mended = Number.objects.get()
    assert (mended.system, mended.supply) == (System.OCLC, story.supply)


def test_of_two_who_mend_or_take_off_the_second_is_told(story):
    number = enter(story, CLIO, "1")
    numbering.mend(number, CLIO, "2", given(story), seen="1")
    with pytest.raises(MovedMeanwhile):
        numbering.mend(number, CLIO, "3", given(story), seen="1")
    with pytest.raises(MovedMeanwhile):
        numbering.take_off(number, given(story), seen="1")
    assert Number.objects.standing().get().value == "2"


def test_a_wrong_number_is_taken_off_and_put_back(story):
    number = enter(story, CLIO, "12345")
    numbering.take_off(number, given(story), seen="12345")
    assert not lookup.by_number("12345").exists()
    with pytest.raises(MovedMeanwhile):
        numbering.take_off(number, given(story), seen="12345")
    numbering.put_back(number, given(story))
    numbering.put_back(number, given(story))
    assert list(lookup.by_number("12345")) == [story.ill]
    assert verbs(story) == ["number_entered", "number_taken_off", "number_put_back"]


def test_it_is_not_put_back_where_another_stands_by_now(story):
    number = enter(story, CLIO, "12345")
    numbering.take_off(number, given(story), seen="12345")
    other = begin_another(story)
    theirs = enter(other, CLIO, "12345")
    with pytest.raises(numbering.NumberTaken):
        numbering.put_back(number, given(story))
    numbering.take_off(theirs, given(other), seen="12345")
    enter(story, CLIO, "9")
    with pytest.raises(numbering.OneIsThere):
        numbering.put_back(number, given(story))


@pytest.mark.parametrize("typed", ["", "none", "12345 for Ada", "1" * 41, "1" + " " * 80 + "2"])
def test_what_is_no_number_is_refused(story, typed):
    with pytest.raises(numbering.NotANumber):
        enter(story, CLIO, typed)
    assert not Number.objects.exists()


def test_a_number_written_meanwhile_keeps_no_mistake_from_being_taken_back(cast):
    story = begin(cast).at(State.ARRIVED)
    enter(story, CLIO, "12345")
    undo.undo(story.ill.events.get(verb="receive"), Act(cast.borrower, MONDAY))
    story.look()
    assert story.ill.state == State.SHIPPED


def test_a_correction_of_the_way_of_asking_takes_no_other_number_of_that_system(cast):
    story = begin(cast)
    story.record.items.all().delete()
    story.listen()
    asked = {"lender": outside("Yale")}
    act = Act(cast.centre, MONDAY)
    supply = mediation.refer_outside(story.ill, act, system="letter", number="", **asked)
    numbering.enter(
        story.ill, Place(System.OCLC, supply), "7", Act(cast.centre, MONDAY, role=Owner.CENTRE)
    )
    mediation.correct(supply, act, system="letter", number="55", **asked)
    with pytest.raises(numbering.OneIsThere):
        mediation.correct(supply, act, system="OCLC WorldShare", number="8", **asked)
    assert {each.value for each in Number.objects.standing()} == {"7", "55"}
