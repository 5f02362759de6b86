"""Labels of bins as a page: read back from the paper, presorted, refused with a reason."""

import pytest
from django.utils import timezone

from postroad.delivery import containers
from postroad.delivery.models import Container, Stop
from postroad.delivery.slip_facts import Layout
from postroad.directory.models import Library
from tests.delivery.test_bars import read
from tests.delivery.test_slips import words
from tests.markup import tight

LABELS = "/office/delivery/bins/labels/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def bins(cast):
    return containers.put_to_use(3, Container.Kind.BIN, holder="HUB", at=timezone.now())


def print_them(office, bins, **more):
    numbers = "\n".join(each.number for each in bins)
    return office.post(LABELS, {"numbers": numbers, "layout": "label", **more})


@pytest.mark.parametrize("layout", list(Layout))
def test_each_bin_is_read_back_from_every_paper(office, bins, layout):
    answer = print_them(office, bins, layout=layout)
    assert answer["Content-Type"] == "application/pdf"
    found = read(answer.content)
    assert sorted(texts[0] for _kind, texts in found) == sorted(each.number for each in bins)


def test_a_presorted_bin_says_for_which_stop_or_route(office, bins, cast):
    stop = Stop.objects.get(library=cast.lenox)
    said = words(print_them(office, bins[:1], stop=stop.pk).content)
    assert "Lenox" in said
    assert "Lenox Library, WEST 2" in said
    assert "WEST\r\n2" in words(print_them(office, bins[:1], route="WEST 2").content)


def test_without_rhode_islands_letters_it_cannot_be_printed_and_says_why(office, bins, cast):
    Library.objects.filter(pk=cast.providence.pk).update(delivery_code="")
    page = print_them(office, bins, stop=Stop.objects.get(library=cast.providence).pk)
    assert page.status_code == 422
    assert "needs the library's three letters" in tight(page).replace("&#x27;", "'")


def test_those_that_nobody_scanned_are_filled_in_or_the_one_that_is_named(office, bins):
    page = office.get(LABELS)
    assert set(page.context["form"].initial["numbers"].split()) == {each.number for each in bins}
    page = office.get(f"{LABELS}?bin={bins[1].number}")
    assert page.context["form"].initial["numbers"] == bins[1].number


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (
            {"numbers": "B00000000000\nrubbish"},
            "No bin or bag has the number B00000000000, rubbish",
        ),
        ({"numbers": "x\n" * 201}, "At most 200 labels at once"),
        ({"numbers": " "}, "fill"),
    ],
)
def test_a_number_that_is_none_is_named(office, bins, sent, said):
    page = office.post(LABELS, {"layout": "label", **sent})
    assert page.status_code == 422
    assert said in tight(page)


def test_a_number_may_be_typed_as_it_is_shown(office, bins):
    number = bins[0].number
    shown = " ".join((number[:4], number[4:8], number[8:]))
    answer = office.post(LABELS, {"numbers": shown, "layout": "card"})
    assert [texts[0] for _kind, texts in read(answer.content)] == [number]
