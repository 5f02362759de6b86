"""Holds that a library tells by hand or with a list, and takes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from postroad.ill import destinations
from postroad.ill.destinations import Question
from postroad.ill.models import ToldHold
from postroad.ill.sorting import Reason
from tests.ill.story import copy, title

pytestmark = pytest.mark.django_db
HERE = "/staff/holds/"
BARCODE = "30610000000018"


@pytest.fixture
def desk(cast):
    """Lenox'."""
    copy(title(), cast.lenox, BARCODE)
    client = Client()
    client.force_login(cast.lender)
    return client


def reason():
    return destinations.where(Question(BARCODE), timezone.now()).reason


def read(answer):
    return " ".join(answer.content.decode().split())


def test_a_hold_is_told_taken_back_and_put_back(cast, desk):
    said = read(desk.post(HERE, {"barcode": BARCODE, "pick_up": "Lee Library"}, follow=True))
    assert "1 hold was told." in said
    assert "Lee Library, Lee" in said
    assert reason() is Reason.HOLD
    hold = ToldHold.objects.get()
    assert (hold.owner, hold.pick_up, hold.told_by) == (cast.lenox, cast.lee, cast.lenox)
    assert "was taken back" in read(desk.post(f"{HERE}{hold.pk}/", follow=True))
    assert reason() is Reason.OWNER
    assert "counts again" in read(desk.post(f"{HERE}{hold.pk}/", {"again": "1"}, follow=True))
    assert reason() is Reason.HOLD
    assert "Somebody else was faster" in read(
        desk.post(f"{HERE}{hold.pk}/", {"again": "1"}, follow=True)
    )


def test_another_librarys_hold_is_not_there_to_take_back(cast, desk):
    desk.post(HERE, {"barcode": BARCODE, "pick_up": "lee"})
    other = Client()
    other.force_login(cast.borrower)
    other.post(f"{HERE}{ToldHold.objects.get().pk}/")
    assert reason() is Reason.HOLD


@pytest.mark.parametrize(
    "typed", [("", "lee"), (BARCODE, ""), (BARCODE, "nowhere"), ("\0", "lee"), ("9" * 99, "lee")]
)
def test_what_is_mistyped_is_said_beside_its_field(desk, typed):
    answer = desk.post(HERE, {"barcode": typed[0], "pick_up": typed[1]})
    assert answer.status_code == 422
    assert not ToldHold.objects.exists()


def test_of_a_list_wrong_lines_are_named_and_stop_no_other(desk):
    rows = f"Barcode,Pick-up library,Until\n{BARCODE},lee,\n2,nowhere,\n3,lee,soon\n"
    answer = desk.post(f"{HERE}file/", {"file": SimpleUploadedFile("h.csv", rows.encode())})
    assert answer.status_code == 422
    said = read(answer)
    assert "Line 3, column B" in said
    assert "is no code of a library here" in said
    assert "Line 4, column C" in said
    assert reason() is Reason.HOLD
    assert desk.get(f"{HERE}file/").status_code == 302


def test_many_are_listed_in_as_many_statements_as_one(desk, django_assert_num_queries):
    for count in (1, 40):
        rows = "Barcode,Pick-up library\n" + "".join(f"{count}{at},lee\n" for at in range(count))
        desk.post(f"{HERE}file/", {"file": SimpleUploadedFile("h.csv", rows.encode())})
        desk.get(HERE)
        with django_assert_num_queries(9):
            assert str(desk.get(HERE).content).count("<tr>") > count
