"""On the page of a serial anybody asks who has a volume: who has it, may have it, has it not."""

import os

import pytest
from django.urls import reverse

from postroad.catalogue.models import Record, Serial
from tests.browser import assert_accessible
from tests.catalogue.records import load, record
from tests.catalogue.test_serial_rows import journal
from tests.markup import tight

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast) -> str:
    load(cast.lee, journal("b1", "v.1(1976)-v.10(1985), v.13(1988)-"))
    load(cast.lenox, journal("x1", "v.1(1976)-v.20(1995)"))
    load(cast.pittsfield, journal("p1", "some volumes, ask"))
    return reverse("record", args=[Record.objects.get().pk])


def said(client, address: str) -> list[tuple[str, str]]:
    volumes = client.get(address).context["volumes"]
    return [(row.library.code, row.answer.value) for row in volumes.rows]


def test_the_page_shows_what_each_library_says(client, page):
    response = client.get(page)
    text = tight(response)
    assert "v.1(1976)-v.20(1995)" in text
    assert "some volumes, ask" in text
    volumes = response.context["volumes"]
    assert not volumes.is_asked
    years = {row.library.code: row.years for row in volumes.rows}
    assert years == {"lee": "1976-1985; since 1988", "lenox": "1976-1995", "pittsfield": ""}


def test_the_answer_names_who_has_it_who_may_have_it_and_who_does_not(client, page):
    address = f"{page}?year=1987&volume=12"
    assert said(client, address) == [("lenox", "has"), ("pittsfield", "unknown"), ("lee", "not")]
    text = tight(client.get(address))
    assert "1 library has volume 12, 1987." in text
    assert "1 library may have it: what it says does not tell." in text
    assert "we could not read all that it says" in text


def test_a_volume_that_nobody_has_is_said_to_be_so(client, page):
    Serial.objects.filter(library__code="pittsfield").delete()
    assert "No library is known to have volume 40, 1960." in tight(
        client.get(f"{page}?year=1960&volume=40")
    )


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("volume=v.+12", "has"),
        ("volume=XII", "has"),
        ("volume=Bd.+12&year=1987/88", "has"),
        ("year=1996", "not"),
        ("volume=12-13", "has"),
    ],
)
def test_volumes_are_typed_as_people_write_them(client, page, typed: str, wanted: str):
    assert dict(said(client, f"{page}?{typed}"))["lenox"] == wanted


def test_what_is_no_number_is_asked_for_again(client, page):
    text = tight(client.get(f"{page}?year=soon&volume=12"))
    assert 'aria-invalid="true"' in text
    assert "Type numbers only" in text
    assert "library has volume" not in text


def test_a_book_and_a_serial_of_which_nobody_says_anything_have_no_such_form(client, cast):
    load(cast.lee, journal("b1"), record("b2", ("866", {"a": "v.1-2"}), title="Emma"))
    for one in Record.objects.all():
        response = client.get(reverse("record", args=[one.pk]))
        assert response.context["volumes"] is None
        assert "Who has which volumes" not in response.content.decode()


def test_remarks_that_are_not_for_the_public_are_not_shown(client, cast):
    made = journal("b1")
    made.add_field(
        *record(
            "b9", ("866", {"8": "0", "a": "v.1-5", "x": "found dirty", "z": "Annex"})
        ).get_fields("866")
    )
    load(cast.lee, made)
    text = client.get(reverse("record", args=[Record.objects.get().pk])).content.decode()
    assert "v.1-5; Annex" in text
    assert "found dirty" not in text


# One library's statement stood over the items of all:
# https://github.com/ualbertalib/discovery/issues/549
def test_each_statement_stands_beside_its_own_library(client, page):
    rows = client.get(page).context["volumes"].rows
    texts = {row.library.code: row.statements for row in rows}
    assert texts["lenox"] == ["v.1(1976)-v.20(1995)"]
    assert texts["pittsfield"] == ["some volumes, ask"]


# A serial without items was shown as "no items received", though its holdings were told:
# https://github.com/rero/rero-ils/issues/1586
def test_a_library_without_copies_is_named_all_the_same(client, page):
    response = client.get(page)
    assert response.context["owners"] == []
    assert "Berkshire Athenaeum" in tight(response)


# Hundreds of items were strung together as one statement:
# https://github.com/pulibrary/orangelight/issues/1177
def test_the_volumes_of_many_copies_stand_in_one_line_that_ends(client, cast):
    load(cast.lee, journal("b1", volumes="|".join(f"v.{n} ({1900 + n})" for n in range(1, 61))))
    [row] = client.get(reverse("record", args=[Record.objects.get().pk])).context["volumes"].rows
    assert row.years == "1901-1960"
    [text] = row.statements
    assert text.startswith("Copies of: v.1 (1901), v.2 (1902)")
    assert text.endswith("v.40 (1940) ...")


def test_the_number_of_statements_does_not_grow_with_the_libraries(
    client, page, django_assert_max_num_queries
):
    client.get(page)
    with django_assert_max_num_queries(14):
        client.get(f"{page}?year=1987&volume=12")


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_a_reader_asks_who_has_volume_12_of_1987(page, browse, width: int, dark: bool):
    tab = browse(width=width, dark=dark)
    tab.goto(page)
    tab.get_by_role("textbox", name="Year").fill("1987")
    tab.get_by_role("textbox", name="Volume").fill("12")
    tab.get_by_role("button", name="Who has it?").click()
    tab.get_by_text("1 library has volume 12, 1987.").wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(tab)
    if folder := os.environ.get("POSTROAD_PICTURES"):
        tab.screenshot(
            path=f"{folder}/serials-{width}-{'dark' if dark else 'light'}.png", full_page=True
        )
