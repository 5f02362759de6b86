import pytest
from django.utils import timezone

from postroad.catalogue import decisions, loading
from postroad.catalogue.models import Record
from postroad.ill import asking, moved
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from tests.catalogue.records import file_of, item, record
from tests.ill.story import MONDAY, Story

pytestmark = pytest.mark.django_db
ISBN = ("020", {"a": "0141439513"})
NOW = timezone.now()


def asked(cast, record):
    return asking.ask(record, Act(cast.ada), patron=cast.ada, library=cast.lee)


def test_a_request_follows_its_record_to_the_one_that_it_turned_out_to_be(cast):
    brief = record("x1", item("41"), title="PRIDE AND PREJUDICE", author="", year="    ")
    loading.load(file_of(brief), cast.lenox, refresh=False)
    old = Record.objects.get()
    ill = asked(cast, record=old)
    loading.load(file_of(record("b1", ISBN, item("31"))), cast.pittsfield, refresh=False)
    loading.load(file_of(record("x1", ISBN, item("41"))), cast.lenox, refresh=False)
    old.refresh_from_db()
    assert old.moved_to.items.count() == 2
    assert moved.follow(NOW) == 1
    ill.refresh_from_db()
    assert ill.record == old.moved_to
    assert moved.follow(NOW) == 0


def test_a_request_never_turns_into_one_for_another_book(cast):
    loading.load(file_of(record("x1", ISBN, item("41"))), cast.lenox, refresh=False)
    ill = asked(cast, record=Record.objects.get())
    other = record("x1", item("42"), title="Cooking with herbs", author="Green, Rosa", year="2015")
    loading.load(file_of(other), cast.lenox, refresh=False)
    moved.follow(NOW)
    ill.refresh_from_db()
    assert ill.record.title == "Pride and prejudice"
    assert Record.objects.get(title="Cooking with herbs").items.get().barcode == "42"


@pytest.fixture
def joined(cast):
    """Ada asked for a book that was joined to another by mistake, since."""
    loading.load(file_of(record("b1", item("31"))), cast.pittsfield, refresh=False)
    loading.load(
        file_of(record("x1", item("41"), title="Stolz und Vorurteil")), cast.lenox, refresh=False
    )
    here, there = Record.objects.order_by("pk")
    ill = asking.ask(there, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    decisions.join(there, here, cast.director, NOW, "")
    assert moved.follow(NOW) == 1
    ill.refresh_from_db()
    assert ill.record == here
    return ill


def split(ill, cast) -> Record:
    off = ill.record.contributions.get(library=cast.lenox)
    return decisions.split(ill.record, [off.pk], cast.director, NOW, "not the same")


def test_a_request_goes_back_when_what_was_joined_by_mistake_is_split(joined, cast):
    other = split(joined, cast)
    assert moved.follow(NOW) == 1
    joined.refresh_from_db()
    assert joined.record == other
    assert moved.follow(NOW) == 0
    decisions.join(other, Record.objects.get(title="Pride and prejudice"), cast.director, NOW, "")
    assert moved.follow(NOW) == 1  # it was the same after all
    split(Request.objects.get(), cast)
    assert moved.follow(NOW) == 1
    joined.refresh_from_db()
    assert joined.record.title == "Stolz und Vorurteil"


def test_a_request_stays_on_the_record_of_what_was_lent(joined, cast):
    Story(cast, joined.record, joined).at(State.SHIPPED)
    split(joined, cast)
    assert moved.follow(NOW) == 0
    assert Request.objects.get().record == joined.record


def test_a_request_stays_where_somebody_put_it_since(joined, cast):
    loading.load(file_of(record("b9", item("39"), title="Emma")), cast.lee, refresh=False)
    emma = Record.objects.get(title="Emma")
    split(joined, cast)
    Request.objects.update(record=emma)
    assert moved.follow(NOW) == 0
    assert Request.objects.get().record == emma
