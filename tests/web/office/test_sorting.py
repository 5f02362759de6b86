"""Where a thing goes, asked by hand or with a list; keys for programs."""

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from postroad.accounts import keys
from postroad.accounts.models import ProgramKey
from postroad.ill.lifecycle import State
from tests.ill.story import begin, copy, title

pytestmark = pytest.mark.django_db
HERE, KEYS = "/office/delivery/sort/", "/office/delivery/keys/"
BARCODE = "30610000000018"


@pytest.fixture
def office(cast):
    client = Client()
    client.force_login(cast.delivery)
    return client


def read(answer):
    return " ".join(answer.content.decode().split())


def test_a_scan_says_where_it_goes_and_why(cast, office):
    story = begin(cast).at(State.SHIPPED)
    said = read(office.get(HERE, {"barcode": story.loan.barcode}))
    assert "<strong>Sort: Lee Library, Lee.</strong>" in said
    assert "It is lent to Lee Library, Lee by a request." in said
    assert "WEST 2" in said


def test_a_barcode_of_two_libraries_is_set_aside_until_one_is_chosen(cast, office):
    for library in (cast.lee, cast.lenox):
        copy(title(f"Emma in {library}"), library, BARCODE)
    said = read(office.get(HERE, {"barcode": BARCODE}))
    assert "<strong>Set aside.</strong>" in said
    assert f"?barcode={BARCODE}&amp;library=lenox" in said
    assert "Sort: Lenox Library" in read(office.get(HERE, {"barcode": BARCODE, "library": "lenox"}))


@pytest.mark.parametrize("text", ["\0", "9" * 500, "книга", "<script>", "%s"])
def test_whatever_is_scanned_is_answered(cast, office, text):
    assert office.get(HERE, {"barcode": text}).status_code == 200


def test_a_list_comes_back_with_an_answer_in_each_line(cast, office):
    copy(title(), cast.lenox, BARCODE)
    sent = SimpleUploadedFile("list.csv", f"Barcode,Library\n{BARCODE},\n=1+1,\n".encode())
    answer = office.post(f"{HERE}file/", {"file": sent})
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[:4] for row in rows[1:]] == [
        ["2", BARCODE, "Sort", "lenox"],
        ["3", "'=1+1", "Set aside", ""],
    ]


def test_a_list_that_cannot_be_read_says_why(office):
    for name, content in (("a.pdf", b"%PDF-1.4"), ("a.csv", b"no,such\n1,2\n"), ("a.csv", b"")):
        answer = office.post(f"{HERE}file/", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
    assert office.get(f"{HERE}file/").status_code == 302


def test_the_page_asks_few_statements(cast, office, django_assert_num_queries):
    copy(title(), cast.lenox, BARCODE)
    office.get(HERE, {"barcode": BARCODE})
    with django_assert_num_queries(7):
        office.get(HERE, {"barcode": BARCODE})


def test_a_key_is_shown_once_and_can_be_withdrawn_and_given_back(cast, office):
    assert office.post(KEYS, {"name": "Belt 1"}).status_code == 302
    key = ProgramKey.objects.get()
    assert (key.may, key.library) == (ProgramKey.May.SORT, None)
    shown = office.get(KEYS).context["shown"]
    assert keys.of(shown) == key
    assert office.get(KEYS).context["shown"] == ""
    said = read(office.post(f"{KEYS}{key.pk}/", follow=True))
    assert "Belt 1 is let in no more." in said
    assert keys.of(shown) is None
    again = read(office.post(f"{KEYS}{key.pk}/", follow=True))
    assert "Somebody else was faster" in again
    assert "let in again" in read(office.post(f"{KEYS}{key.pk}/", {"again": "1"}, follow=True))
    assert keys.of(shown) == key


def test_a_librarys_key_names_one_library(cast, office):
    assert office.post(KEYS, {"name": "Koha", "library": "nowhere"}).status_code == 422
    assert office.post(KEYS, {"name": "", "library": ""}).status_code == 422
    office.post(KEYS, {"name": "Koha", "library": "lenox"})
    key = ProgramKey.objects.get()
    assert (key.may, key.library) == (ProgramKey.May.HOLDS, cast.lenox)


def test_keys_are_listed_in_as_many_statements_as_one(cast, office, django_assert_num_queries):
    def listed():
        office.get(KEYS)

    office.post(KEYS, {"name": "Belt", "library": "lee"})
    listed()
    with django_assert_num_queries(6):
        listed()
    for at in range(5):
        keys.make(f"B{at}", ProgramKey.May.SORT, library=None, by="Dora", now=timezone.now())
    with django_assert_num_queries(6):
        listed()
