import pytest
from django.utils import timezone

from postroad.catalogue import loading
from postroad.catalogue.models import Record
from postroad.ill import asking, moved
from postroad.ill.acts import Act
from tests.catalogue.records import file_of, item, record

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
