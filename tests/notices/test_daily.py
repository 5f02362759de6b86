"""Each desk hears once in the morning what waits there, and a few times a day what is new."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postroad.accounts.models import Card, Role
from postroad.delivery import searches
from postroad.directory import closures
from postroad.directory.models import Library, Policy
from postroad.ill import asking, dates, loans, waiting
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Loan, Request, Supply
from postroad.notices import daily, tell
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, title

TUESDAY = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)  # half past seven in the morning
HOUR = timedelta(hours=1)


@pytest.fixture
def story(cast: Cast) -> Story:
    """Lenox was asked on Monday at ten."""
    Library.objects.update(email="desk@lenox.example")
    return begin(cast).at(State.REFERRED)


def letters(library: Library) -> list[Notice]:
    return list(Notice.objects.filter(source="desk", library=library).order_by("pk"))


def test_a_lender_reads_in_the_morning_what_waits_for_its_answer(story: Story):
    assert daily.send(TUESDAY) == 1
    (letter,) = letters(story.cast.lenox)
    assert letter.subject == "1 item is waiting this morning: Lenox Library"
    assert "* 1 request to answer" in letter.text
    assert "* Walden" in letter.text
    assert letter.text.rstrip().endswith("/staff/")
    assert letter.mail_due_at == TUESDAY
    assert not Notice.objects.at(story.cast.lenox).unread().exists()  # its screen has the list


def test_a_lender_is_warned_a_working_day_before_its_silence_counts_as_a_no(story: Story):
    """Asked on Monday with two days to answer: until Wednesday night. Thanksgiving is Thursday."""
    daily.send(TUESDAY)
    daily.send(TUESDAY + 24 * HOUR)
    first, second = letters(story.cast.lenox)
    warned = "1 of these goes on to another library if nobody answers or ships it"
    assert warned in first.text  # one working day before
    assert warned in second.text


def test_nobody_is_warned_while_there_is_time(story: Story):
    Supply.objects.update(due_at=TUESDAY + 96 * HOUR)
    daily.send(TUESDAY)
    (letter,) = letters(story.cast.lenox)
    assert "goes on to another library" not in letter.text


def test_it_is_told_once_however_often_the_job_runs(story: Story):
    assert daily.send(TUESDAY) == 1
    assert daily.send(TUESDAY) == daily.send(TUESDAY + HOUR) == 0
    assert len(letters(story.cast.lenox)) == 1


def test_a_late_worker_still_writes_but_nobody_is_written_to_at_night(story: Story):
    for hour in (3, 6, 19, 23):
        local = datetime(2026, 11, 24, hour, tzinfo=UTC) + 5 * HOUR
        assert daily.send(local) == 0
    assert daily.send(TUESDAY + HOUR) == 1


def test_what_is_asked_in_the_day_is_told_that_day_in_one_letter(story: Story):
    daily.send(TUESDAY)
    for number in range(3):
        record = title(f"Book {number}")
        copy(record, story.cast.lenox, f"300010000000{number}")
        ill = asking.ask(
            record, Act(at=TUESDAY + HOUR), patron=story.cast.ada, library=story.cast.lee
        )
        Story(story.cast, record, ill, now=TUESDAY + HOUR).listen()
    assert daily.send(TUESDAY + 3 * HOUR) == 1
    _morning, letter = letters(story.cast.lenox)
    assert letter.subject == "3 new requests for Lenox Library"
    assert "Walden" not in letter.text
    assert daily.send(TUESDAY + 6 * HOUR) == 0  # nothing new by one o'clock


def test_nothing_is_sent_on_a_closed_day_nor_when_nothing_waits(story: Story):
    sunday = TUESDAY + timedelta(days=5)
    assert daily.send(sunday) == 0
    closures.close(
        first_day=date(2026, 11, 24),
        last_day=date(2026, 11, 24),
        libraries=[story.cast.lenox],
        source="library",
    )
    assert daily.send(TUESDAY) == 0
    Request.objects.all().delete()
    assert daily.send(TUESDAY + timedelta(days=1)) == 0


def test_a_library_may_do_without(story: Story):
    Policy.objects.update_or_create(library=story.cast.lenox, defaults={"daily_mail": False})
    assert daily.send(TUESDAY) == 0


def test_a_library_without_an_address_is_left_alone(story: Story):
    Library.objects.update(email="")
    assert daily.send(TUESDAY) == 0


def test_a_borrowing_desk_reads_what_it_has_to_do_and_no_name(story: Story):
    story.ship()
    story.look()
    for verb in (loans.receive, loans.check_out):
        verb(story.loan, Act(story.cast.borrower, MONDAY))
        story.look()
    Loan.objects.update(due_back=date(2026, 11, 23))
    daily.send(TUESDAY)
    (letter,) = letters(story.cast.lee)
    assert "* 1 overdue loan" in letter.text
    assert "Ada" not in letter.text + letter.subject


def test_both_ends_and_the_hub_hear_in_the_morning_what_did_not_arrive(story: Story):
    story.ship()
    friday = TUESDAY + timedelta(days=3)
    assert searches.ask(friday) == 3
    daily.send(friday)
    line = "* 1 item that did not arrive: look whether it is with you"
    for library in (story.cast.lee, story.cast.lenox):
        assert line in letters(library)[-1].text
    hub = Notice.objects.filter(office=Role.DELIVERY).latest("pk")
    assert line in hub.text


def test_the_centre_hears_what_no_member_could_supply(cast: Cast):
    cast.centre.email = "centre@example.org"
    cast.centre.save()
    Policy.objects.update_or_create(library=cast.lenox, defaults={"lends": False})
    story = begin(cast)
    story.listen()
    assert story.ill.state == State.CENTRE
    daily.send(TUESDAY)
    letter = Notice.objects.get(office=Role.CENTRE)
    assert letter.kind == Kind.MORNING
    assert "* 1 request that no member library could supply" in letter.text
    assert letter.text.rstrip().endswith("/office/centre/")
    assert letter.mail_to == "centre@example.org"


def test_any_number_of_libraries_takes_as_many_statements(story: Story, django_assert_num_queries):
    def more(first: int, last: int) -> None:
        for number in range(first, last):
            other = Library.objects.create(
                code=f"other-{number}",
                name=f"Other Library {number}",
                town="Other",
                state="MA",
                kind="public",
                email="desk@other.example",
            )
            story.cast.stranger.posts.create(role=Role.LENDING, library=other)
            record = title(f"Book {number}")
            copy(record, other, f"3000200000{number:04}")
            ill = asking.ask(record, Act(at=MONDAY), patron=story.cast.ada, library=story.cast.lee)
            supply = story.supply
            Request.objects.filter(pk=ill.pk).update(state=State.REFERRED, attempts=1, due_at=None)
            supply.pk, supply.request, supply.lender = None, ill, other
            supply.save(force_insert=True)

    more(0, 2)
    with django_assert_num_queries(27) as few:
        assert daily.send(TUESDAY) == 3
    more(2, 30)
    with django_assert_num_queries(len(few)):
        assert daily.send(TUESDAY + timedelta(days=1)) == 31


def test_old_letters_go(story: Story):
    daily.send(TUESDAY)
    daily.send(TUESDAY + timedelta(days=60))
    assert not Notice.objects.filter(made_at=TUESDAY).exists()


def test_a_desk_hears_that_no_mail_reaches_its_reader(cast: Cast):
    cast.ada.email = ""
    cast.ada.save()
    story = begin(cast).at(State.ARRIVED)
    for event in story.ill.events.order_by("pk"):
        tell.people(event, event.at)
    notice = Notice.objects.get(kind=Kind.UNREACHED)
    assert (notice.library, notice.ref) == (cast.lee, story.ill.ref)
    assert "ready for pickup" in notice.text
    assert "Ada" not in notice.text
    assert Card.objects.filter(user=cast.ada).exists()


@pytest.mark.parametrize(("days", "heard"), [(27, False), (28, True), (29, True)])
def test_a_lender_hears_of_what_is_long_overdue(cast: Cast, days: int, heard: bool):
    story = begin(cast).at(State.LENT)
    due = story.loan.due_back
    assert due is not None
    at = datetime.combine(due, MONDAY.timetz()) + timedelta(days=days)
    story.ill.move(Verb.REMIND_LOAN, house(at), loan=story.loan, said={"state": "lent"})
    for event in story.ill.events.filter(verb="remind_loan"):
        tell.people(event, event.at)
    told = Notice.objects.filter(kind=Kind.OVERDUE_LENT, library=cast.lenox)
    assert told.exists() == heard
    assert not any("Ada" in notice.text for notice in told)


@pytest.mark.once  # PostgreSQL reads a table through as long as it is as small as here
def test_no_turn_of_the_job_reads_all_that_was_ever_told(story: Story):
    daily.send(TUESDAY)
    with CaptureQueriesContext(connection) as asked:
        daily.send(TUESDAY + HOUR)
    selects = [each["sql"] for each in asked if "notices_notice" in each["sql"]]
    assert len(selects) >= 4
    with connection.cursor() as cursor:
        for sql in selects:
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
            assert "SCAN notices_notice" not in str(plan), sql


@pytest.mark.parametrize("days", range(6))
def test_a_borrowing_desk_reads_the_numbers_of_its_own_lists(story: Story, days: int):
    """What was due on Saturday: the desk is closed on Sunday and Monday."""
    story.ship()
    for verb in (loans.receive, loans.check_out):
        verb(story.loan, Act(story.cast.borrower, MONDAY))
    Loan.objects.update(due_back=date(2026, 11, 28))
    monday = date(2026, 11, 30)
    closures.close(first_day=monday, last_day=monday, libraries=[story.cast.lee], source="library")
    now = TUESDAY + timedelta(days=3 + days)  # from Friday on
    daily.send(now)
    day = dates.desk_day(story.cast.lee, now)
    overdue = waiting.borrowing(now, day)[waiting.Borrowing.OVERDUE]
    written = ["1 overdue loan" in letter.text for letter in letters(story.cast.lee)]
    assert written == ([True] if day == now.date() and Loan.objects.filter(overdue) else [])
    assert Loan.objects.filter(overdue).exists() == (now.date() >= date(2026, 12, 1))
