"""Cards of a library, by hand and by a file of its own system."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from postroad import spreadsheet
from postroad.accounts import card_lists, cards, roles, uploads
from postroad.accounts.card_lists import Why
from postroad.accounts.cards import NumberTaken
from postroad.accounts.models import Card, Role, Upload, User

FILE = """Cardnumber,Surname,Firstname,Email,Date expiry,Debarred
21,Hopper,Grace,grace@example.org,12/31/2027,
22,Johnson,Katherine,,2026-01-31,Owes 5 dollars
"""


def table(text: str) -> spreadsheet.Table:
    return spreadsheet.table(spreadsheet.read(text.encode()), card_lists.HEADINGS, ["barcode"])


def upload(cast, text: str) -> Upload:
    return uploads.keep(
        Upload.Kind.CARDS,
        "cards.csv",
        table(text),
        library=cast.lee,
        by=cast.director,
        at=timezone.now(),
    )


def look(cast, text: str):
    kept = upload(cast, text)
    rows = [*uploads.rows(kept)]
    good, wrong = card_lists.wanted(rows, kept.columns)
    return card_lists.compare(cast.lee, good, kept.columns, card_lists.numbers(rows)), wrong


def load(cast, text: str, **more) -> Upload:
    kept = upload(cast, text)
    assert uploads.accept(kept, **more)
    uploads.work_off(timezone.now())
    kept.refresh_from_db()
    return kept


def test_a_file_says_what_it_would_change_before_it_does(cast):
    difference, wrong = look(cast, FILE)
    assert (len(difference.new), len(difference.changed), difference.absent) == (2, 0, 1)
    assert not wrong
    assert Card.objects.filter(library=cast.lee).count() == 1


def test_a_file_adds_cards_with_accounts_and_twice_it_changes_nothing(cast):
    done = load(cast, FILE)
    assert done.state == "done"
    assert done.rows == []
    assert done.report == {"new": 2, "wrong": 0}
    grace = Card.objects.select_related("user").get(barcode="21", library=cast.lee)
    assert (str(grace.user), grace.user.email) == ("Grace Hopper", "grace@example.org")
    assert grace.expires == date(2027, 12, 31)
    assert not grace.user.has_usable_password()
    assert grace.user.name_key == " grace hopper"
    assert roles.has(grace.user, Role.PATRON, cast.lee)
    assert Card.objects.get(barcode="22").stopped == "Owes 5 dollars"
    before = list(Card.objects.values()), list(User.objects.values())
    assert load(cast, FILE).report == {"same": 2, "wrong": 0}
    assert (list(Card.objects.values()), list(User.objects.values())) == before


def test_a_later_file_says_card_by_card_what_is_new(cast):
    load(cast, FILE)
    later = FILE.replace("Hopper", "Murray Hopper").replace("Owes 5 dollars", "no")
    later = later.replace("grace@example.org", "").replace("2026-01-31", "31-Jan-2029")
    difference, _wrong = look(cast, later)
    assert difference.counts == {
        "name": 1,
        "email-gone": 1,
        "expires": 1,
        "blocked-gone": 1,
    }
    load(cast, later)
    grace, katherine = Card.objects.filter(barcode__in=("21", "22")).order_by("barcode")
    assert (str(grace.user), grace.user.email) == ("Grace Murray Hopper", "")
    assert grace.user.name_key == " grace murray hopper"
    assert (katherine.blocked, katherine.expires) == ("", date(2029, 1, 31))


def test_a_column_that_is_not_there_says_nothing(cast):
    load(cast, FILE)
    difference, _wrong = look(cast, 'Barcode,Name\n21,Grace Hopper\n22,"Johnson, Katherine"\n')
    assert difference.same == 2


def test_what_cannot_be_taken_is_told_by_line_and_column(cast):
    text = (
        "Barcode,Name,E-mail,Expires\n"
        "31,Ada Byron,ada@example,\n"
        ",Nobody,,\n"
        "2.1E+13,Damaged,,\n"
        "32,,,\n"
        "33,Emmy Noether,,14/31/2026\n"
        "34,One,,\n"
        "3 4,Two,,\n"
        f"{'9' * 31},Long,,\n"
    )
    _difference, wrong = look(cast, text)
    assert [(each.line, each.column, each.why) for each in wrong] == [
        (2, "C", Why.NOT_AN_ADDRESS),
        (3, "A", Why.NO_NUMBER),
        (4, "A", Why.DAMAGED_NUMBER),
        (5, "B", Why.NO_NAME),
        (6, "D", Why.NOT_A_DAY),
        (8, "A", Why.TWICE),
        (9, "A", Why.TOO_LONG),
    ]
    assert wrong[5].text == "7"  # the line that had it first
    assert load(cast, text).report == {"new": 1, "wrong": 7}


@pytest.mark.parametrize("never", ["  -  -  ", "0000-00-00", "00/00/0000", "N/A", "None", "NEVER"])
def test_a_card_that_does_not_expire_is_taken_as_other_systems_write_it(cast, never):
    difference, wrong = look(cast, f'P BARCODE,PATRN NAME,EXP DATE\n31,"Byron, Ada",{never}\n')
    assert (wrong, [each.wanted.expires for each in difference.new]) == ([], [None])


def test_a_number_is_unique_in_its_library_only(cast):
    """F13: cards of two libraries collide, as barcodes do."""
    number = cast.bea.card.barcode
    load(cast, f"Barcode,Name\n{number},Grace Hopper\n")
    assert Card.objects.filter(barcode=number).count() == 2
    assert str(cast.bea) == "Bea"
    with pytest.raises(NumberTaken):
        cards.enter(cast.lee, barcode=number, first="A", last="B", email="")


def test_a_card_that_is_not_in_the_file_stays_unless_somebody_wants_it_blocked(cast):
    load(cast, FILE)
    assert Card.objects.get(user=cast.ada).stopped == ""
    done = load(cast, FILE.replace("grace@example.org", "nowhere"), block_absent=True)
    assert done.report["absent"] == 1
    assert "not in the library's list" in Card.objects.get(user=cast.ada).stopped
    assert Card.objects.get(barcode="21").stopped == ""  # it is in the file, with a mistake
    assert Card.objects.get(barcode="22").stopped == "Owes 5 dollars"


def test_a_file_changes_no_account_of_somebody_who_works_here(cast):
    Card.objects.create(user=cast.operator, library=cast.lee, barcode="77")
    load(cast, "Barcode,Name,E-mail,Blocked\n77,Somebody Else,mine@example.org,yes\n")
    operator = User.objects.get(pk=cast.operator.pk)
    assert (operator.first_name, operator.email) == ("Operator", "operator@example.org")
    assert operator.card.blocked == card_lists.BY_THEIR_SYSTEM


def test_a_worker_that_dies_between_two_steps_goes_on_where_it_was(cast, monkeypatch):
    monkeypatch.setattr(uploads, "BATCH", 1)
    monkeypatch.setattr(uploads, "AT_A_TURN", 0)  # not one step fits
    kept = upload(cast, FILE)
    uploads.accept(kept)
    uploads.work_off(timezone.now())
    kept.refresh_from_db()
    assert (kept.state, kept.worked) == ("accepted", 0)
    good, _wrong = card_lists.wanted(uploads.rows(kept), kept.columns)
    assert uploads._next(kept, good)
    twin = Upload.objects.get(pk=kept.pk)
    assert uploads._next(twin, good)
    assert not uploads._next(kept, good)  # another worker did this step
    monkeypatch.setattr(uploads, "AT_A_TURN", 10)
    uploads.work_off(timezone.now())
    kept.refresh_from_db()
    assert (kept.state, kept.report) == ("done", {"new": 2, "wrong": 0})


def test_a_file_is_accepted_once_and_its_rows_do_not_stay(cast):
    kept = upload(cast, FILE)
    uploads.tidy(timezone.now())
    assert uploads.accept(kept)
    assert not uploads.accept(kept)
    uploads.cancel(kept)
    assert Upload.objects.get().rows == []
    uploads.work_off(timezone.now())
    assert Card.objects.filter(library=cast.lee).count() == 1
    other = upload(cast, FILE)
    uploads.tidy(timezone.now() + timedelta(days=2))
    other.refresh_from_db()
    assert (other.state, other.rows) == ("canceled", [])


def test_numbers_that_differ_in_their_capitals_are_cards_of_their_own(cast):
    rows = "Barcode,Name\nab1,Grace Hopper\nAB1,Grace Hopper\nAb1,Grace Hopper\n"
    assert load(cast, rows).report["new"] == 3
    made = Card.objects.filter(library=cast.lee, barcode__iexact="ab1")
    assert {card.barcode for card in made} == {"ab1", "AB1", "Ab1"}


def test_what_is_canceled_behind_the_last_card_blocks_no_card_any_more(cast):
    kept = upload(cast, FILE)
    uploads.accept(kept, block_absent=True)
    kept.refresh_from_db()
    uploads.cancel(kept)
    kept.worked = kept.total
    uploads._finish(kept, 0, timezone.now())  # as the worker does that has just read it
    assert Card.objects.get(user=cast.ada).blocked == ""
    assert Upload.objects.get().state == "canceled"


def test_a_card_is_good_through_its_last_day(cast):
    card, today = cast.ada.card, timezone.localdate()
    card.expires = today
    assert card.stopped == ""
    card.expires = today - timedelta(days=1)
    assert card.stopped == "it has expired"


def test_twenty_thousand_cards_are_read_and_compared_in_few_statements(
    cast, django_assert_max_num_queries
):
    rows = "".join(f"5{number:06},Reader {number}\n" for number in range(2000))
    with django_assert_max_num_queries(8):
        difference, _wrong = look(cast, "Barcode,Name\n" + rows)
    assert len(difference.new) == 2000
    kept = upload(cast, "Barcode,Name\n" + rows)
    uploads.accept(kept)
    with django_assert_max_num_queries(90):
        uploads.work_off(timezone.now())
    assert Card.objects.filter(library=cast.lee).count() == 2001
