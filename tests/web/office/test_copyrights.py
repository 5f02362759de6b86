"""The copyright counts of all libraries, as the center reads them."""

import csv
from io import StringIO

import pytest

from postroad.documents.copyright import Choice
from tests.web.counted import BEES, had, the_sixth

PAGE = "/office/copyright/"


@pytest.fixture
def center(client, cast):
    client.force_login(cast.centre)
    return client


def row(answer, library):
    return next(each for each in answer.context["page"] if each.library == library)


def test_each_library_has_its_line_and_those_with_most_to_decide_come_first(center, cast):
    had(cast.lee, 5)
    the_sixth(cast.lee)
    had(cast.lee, 1, BEES)
    had(cast.pittsfield, 7)
    answer = center.get(f"{PAGE}?year=2026")
    assert [each.library for each in answer.context["page"]] == [cast.pittsfield, cast.lee]
    lee = row(answer, cast.lee)
    assert (lee.titles, lee.over, lee.counts.made, lee.counts.undecided) == (2, 1, 7, 0)
    assert row(answer, cast.pittsfield).counts.undecided == 2
    assert answer.context["total"].made == 14
    assert "$31.50" in answer.content.decode()
    assert not center.get(f"{PAGE}?year=2024").context["page"].object_list


def test_it_costs_the_same_however_many_libraries_there_are(
    center, cast, django_assert_num_queries
):
    center.get(PAGE)
    had(cast.lee, 1)
    with django_assert_num_queries(STATEMENTS):
        center.get(f"{PAGE}?year=2026")
    for library in cast.libraries:
        had(library, 3)
    with django_assert_num_queries(STATEMENTS):
        center.get(f"{PAGE}?year=2026")


STATEMENTS = 7


def test_it_leads_to_the_page_of_a_library_where_the_center_may_choose(center, cast):
    use = had(cast.lee, 6)[-1]
    address = row(center.get(f"{PAGE}?year=2026&q=lee"), cast.lee).address
    assert address == "/office/copyright/lee/?year=2026"
    assert "Ferries" in center.get(address).content.decode()
    answer = center.post(f"{PAGE}lee/{use.pk}/choice/", {"choice": "other-source"})
    assert answer["Location"] == f"{PAGE}lee/{use.pk}/"
    use.refresh_from_db()
    assert use.choice == Choice.OTHER_SOURCE
    assert center.get(f"{PAGE}pittsfield/{use.pk}/").status_code == 404
    assert center.get(f"{PAGE}nowhere/").status_code == 404


def test_all_libraries_are_a_spreadsheet(center, cast):
    had(cast.lee, 5)
    the_sixth(cast.lee, "20")
    answer = center.get(f"{PAGE}?year=2026&format=csv")
    heads, line = csv.reader(StringIO(answer.getvalue().decode("utf-8-sig")))
    facts = dict(zip(heads, line, strict=True))
    assert facts["Library"] == "Lee Library"
    assert (facts["Copies"], facts["Copies beyond five"]) == ("6", "1")
    assert facts["Royalties in dollars"] == "20.00"


@pytest.mark.parametrize("who", ["ada", "borrower", "director", "delivery", "operator"])
def test_nobody_but_the_center_reads_them(client, cast, who):
    had(cast.lee, 6)
    client.force_login(getattr(cast, who))
    for address in (PAGE, f"{PAGE}lee/", f"{PAGE}?format=csv"):
        assert client.get(address).status_code == 404
