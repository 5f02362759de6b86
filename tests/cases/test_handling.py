"""The verbs of a case."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from postroad.cases import handling, merging
from postroad.cases.handling import (
    DayHasPassed,
    NothingWritten,
    NotTheirs,
    NumberWanted,
    WrittenMeanwhile,
)
from postroad.cases.lifecycle import Ending, OutOfTurn, Side, State
from postroad.cases.merging import OtherParties
from postroad.cases.models import Case, CaseEvent, Kind, Message, MovedMeanwhile, Thread
from postroad.directory.models import Kind as LibraryKind
from postroad.directory.models import Library
from tests.cases.asking import EMAIL, MONDAY, between_libraries, by_library, by_patron, by_visitor

HOUR = timedelta(hours=1)


def answer(case, cast, text="Yes, we do.", **more):
    return handling.answer(
        case, text, by=cast.centre, name="Centre", at=more.pop("at", MONDAY + HOUR), **more
    )


def test_a_case_is_born_with_a_number_a_clock_a_message_and_an_event(db):
    case = by_visitor()
    assert len(case.number) == 8
    assert case.state == State.NEW
    assert case.due_at > MONDAY
    assert case.subject == "Do you take back a book from 1998?"
    assert Message.objects.get().text == "Do you take back a book from 1998?"
    assert CaseEvent.objects.get().due_at == MONDAY


def test_the_same_form_sent_twice_begins_one_case(db):
    key = uuid4()
    assert by_visitor(key=key) == by_visitor(key=key)
    assert Message.objects.count() == 1


def test_the_same_answer_sent_twice_is_written_once(cast):
    case, key = by_visitor(), uuid4()
    answer(case, cast, key=key)
    answer(Case.objects.shown().get(), cast, key=key)
    assert Message.objects.filter(side="answerer").count() == 1


@pytest.mark.parametrize("text", ["", "  \n ", "\u0000\u0007"])
def test_a_case_says_something(db, text):
    with pytest.raises(NothingWritten):
        by_visitor(text=text)
    assert not Case.objects.exists()
    assert not Thread.objects.exists()


def test_r3_a_return_to_confirm_names_its_loan(db):
    with pytest.raises(NumberWanted):
        by_visitor(kind=Kind.RETURN)
    assert by_visitor(kind=Kind.RETURN, clio_id="123456").clio_id == "123456"
    assert by_visitor(kind=Kind.RETURN, ill_number="201993144").ill_number == "201993144"


def test_no_line_breaks_in_what_stands_in_a_head(db):
    case = by_visitor(
        name="Walt\r\nBcc: all@x.org", email="a@x.org\r\n", subject="One\nTwo\u2028Three"
    )
    assert case.from_name == "Walt Bcc: all@x.org"
    assert (case.from_email, case.subject) == ("a@x.org", "One Two Three")


def test_whoever_answers_first_has_it_in_hand_and_the_asker_has_the_turn(cast):
    case = answer(by_visitor(), cast)
    assert case.state == State.THEIRS
    assert case.assigned == cast.centre
    assert case.due_at - MONDAY > timedelta(days=13)


def test_a_reply_to_what_is_closed_opens_it_and_nothing_is_lost(cast):
    case = answer(by_visitor(), cast, closes=Ending.ANSWERED)
    assert case.state == State.CLOSED
    assert case.ending == Ending.ANSWERED
    handling.reply(case, "And DVDs?", name="Walt", at=MONDAY + 2 * HOUR)
    case.refresh_from_db()
    assert (case.state, case.ending, case.closed_at) == (State.OURS, "", None)
    assert [each.text for each in handling.messages(case)][-1] == "And DVDs?"


def test_an_answer_is_not_sent_over_what_was_written_meanwhile(cast):
    case = by_visitor()
    shown = Message.objects.latest("pk").pk
    handling.reply(case, "I found it, thanks.", name="Walt", at=MONDAY + HOUR)
    with pytest.raises(WrittenMeanwhile):
        answer(Case.objects.shown().get(), cast, seen=shown)
    assert Message.objects.filter(side="answerer").count() == 0
    answer(Case.objects.shown().get(), cast, seen=Message.objects.latest("pk").pk)


def test_two_clerks_at_once_do_not_both_move_it(cast):
    case, stale = by_visitor(), Case.objects.shown().get()
    handling.close(case, Ending.NOTHING, by=cast.centre, name="C", at=MONDAY)
    with pytest.raises(MovedMeanwhile):
        handling.put_off(stale, date(2026, 12, 1), by=cast.centre, name="C", at=MONDAY)


def test_what_is_put_off_rests_until_the_morning_of_its_day(cast):
    case = by_visitor()
    handling.put_off(case, date(2026, 12, 1), by=cast.centre, name="C", why="new hours", at=MONDAY)
    assert case.state == State.PUT_OFF
    assert case.due_at.isoformat() == "2026-12-01T04:59:59+00:00"
    with pytest.raises(DayHasPassed):
        handling.put_off(case, date(2026, 11, 23), by=cast.centre, name="C", at=MONDAY)


def test_it_is_given_only_to_who_may_see_it(cast):
    case = by_visitor()
    handling.assign(case, cast.centre, by=cast.centre, name="C", at=MONDAY)
    with pytest.raises(NotTheirs):
        handling.assign(case, cast.delivery, by=cast.centre, name="C", at=MONDAY)
    before = case.due_at
    handling.assign(case, None, by=cast.centre, name="C", at=MONDAY + HOUR)
    assert case.assigned is None
    assert case.due_at == before


def test_merging_is_for_the_same_two_alone_and_can_be_undone(cast):
    first, second = by_visitor(), by_visitor(text="I asked before: returns?")
    other = by_visitor(email="emily@example.net")
    with pytest.raises(OtherParties):
        merging.merge(other, first, by=cast.centre, name="C", at=MONDAY)
    merging.merge(second, first, by=cast.centre, name="C", at=MONDAY)
    assert second.state == State.CLOSED
    assert second.ending == Ending.MERGED
    assert handling.messages(first).count() == 2
    handling.reopen(second, by=cast.centre, name="C", at=MONDAY + HOUR)
    assert second.is_open
    assert second.merged_into is None
    assert handling.messages(first).count() == 1


def test_a_reply_by_the_link_of_a_merged_case_arrives_where_it_goes_on(cast):
    first, second = by_visitor(), by_visitor(text="Again")
    merging.merge(second, first, by=cast.centre, name="C", at=MONDAY)
    handling.reply(second, "Hello?", name="Walt", at=MONDAY + HOUR)
    assert handling.messages(first).last().text == "Hello?"
    second.refresh_from_db()
    assert second.state == State.CLOSED


def test_two_cases_merged_crosswise_at_once_go_round_in_no_circle(cast):
    one, other = by_visitor(), by_visitor()
    one_on_her_page, other_on_her_page = (Case.objects.get(pk=each.pk) for each in (one, other))
    merging.merge(one, other, by=cast.centre, name="C", at=MONDAY)
    with pytest.raises(MovedMeanwhile):
        merging.merge(other_on_her_page, one_on_her_page, by=cast.centre, name="D", at=MONDAY)
    other.refresh_from_db()
    assert handling.continued(one) == other
    assert other.is_open


def test_what_a_stranger_wrote_before_her_address_was_removed_is_merged_with_nothing(cast):
    first, second = by_visitor(), by_visitor()
    Case.objects.update(from_email="")
    first.refresh_from_db()
    second.refresh_from_db()
    with pytest.raises(OtherParties):
        merging.merge(second, first, by=cast.centre, name="C", at=MONDAY)
    assert merging.twins(first, MONDAY) == []


def test_twins_are_few_and_of_the_same_two(cast):
    case = by_library(cast, about="request:AAAA", text="Still not here")
    same = by_library(cast, about="request:AAAA")
    by_library(cast, about="request:BBBB", text="Another book")
    between_libraries(cast, about="request:AAAA")
    by_patron(cast, about="request:AAAA")
    assert merging.twins(case, MONDAY + HOUR) == [same]


def test_a_closed_case_stays_closed_for_a_second_press(cast):
    case = by_visitor()
    handling.close(case, Ending.SETTLED, by=cast.centre, name="C", at=MONDAY)
    with pytest.raises(OutOfTurn):
        handling.close(case, Ending.SETTLED, by=cast.centre, name="C", at=MONDAY)


def test_the_asker_may_say_that_it_is_no_longer_needed(cast):
    case = by_visitor()
    handling.close(case, Ending.ANSWERED, by=None, name="Walt", side=Side.ASKER, at=MONDAY)
    assert case.ending == Ending.WITHDRAWN


def test_a_colleague_who_began_to_answer_has_gone_away_after_a_while(cast):
    case = by_library(cast, office="centre")
    handling.begin_answering(case, cast.centre, at=MONDAY)
    assert [each.user for each in handling.others_answering(case, cast.operator, at=MONDAY)] == [
        cast.centre
    ]
    assert handling.others_answering(case, cast.centre, at=MONDAY) == []
    later = MONDAY + handling.TYPING
    assert handling.others_answering(case, cast.operator, at=later) == []


def test_the_office_is_waited_for_on_its_own_working_days(cast):
    friday = MONDAY + timedelta(days=4)
    assert by_visitor(at=friday).due_at.date().isoformat() == "2026-12-01"  # the end of Monday, UTC
    Library.objects.filter(pk=cast.otis_school.pk).update(
        kind=LibraryKind.CENTRE, open_days="----FSS"
    )
    assert by_visitor(at=friday).due_at.date().isoformat() == "2026-11-29"


def test_numbers_that_were_typed_are_kept_with_the_case(db):
    case = by_visitor(text="It is Clio 123456.", ill_number="201 993 144")
    assert set(case.mentions.values_list("value", flat=True)) == {"123456", "201993144"}


def test_a_visitor_is_known_by_one_address_however_she_writes_it(db):
    assert by_visitor(email=" Walt@Example.NET ").from_email == EMAIL
