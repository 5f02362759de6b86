"""The copyright count, as a library's own staff read and change it."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest

from postroad.documents import uses
from postroad.documents.copyright import Basis, Choice
from postroad.documents.models import Use
from postroad.documents.uses import Asked
from tests.markup import tight
from tests.web.counted import AT, BEES, FERRIES, declined, had, the_sixth

LIST = "/staff/library/copyright/"


def test_titles_are_listed_with_their_counts_most_copies_first(cast, at):
    had(cast.lee, 5)
    the_sixth(cast.lee)
    had(cast.lee, 2, BEES)
    page = tight(at(cast.borrower).get(LIST))
    assert page.index("Ferries &amp; trains") < page.index("The beekeeper")
    assert '<td data-label="Copies, of five" class="figure">6</td>' in page
    assert '<td data-label="Beyond" class="figure">1</td>' in page
    assert "1 royalty" in page
    assert "$31.50" in page
    assert 'class="mark"' in page  # the chart's line at five


def test_a_year_a_word_and_a_filter_narrow_it(cast, at):
    had(cast.lee, 6)
    had(cast.lee, 1, BEES)
    had(cast.lee, 1, BEES, AT - timedelta(days=365))
    desk = at(cast.borrower)

    def rows(query: str) -> list[str]:
        answer = desk.get(LIST + query)
        assert answer.status_code == 200
        return [each.title for each, _address in answer.context["rows"]]

    assert rows("") == ["Ferries & trains", "The beekeeper"]
    assert rows("?year=2025") == ["The beekeeper"]
    assert rows("?q=bee") == rows("?q=0028-0836") == ["The beekeeper"]
    assert rows("?show=beyond") == rows("?show=open") == ["Ferries & trains"]
    assert rows("?show=beyond&q=bee") == []
    for strange in ("?year=%00", "?year=99999", "?year=²⁰²⁶", "?show=x", "?page=zz", "?q=%00"):
        assert rows(strange) == rows("")
    years = [each.label for each in desk.get(LIST).context["years"]]
    assert years == ["2026", "2025"]


def test_a_list_costs_the_same_however_long_it_is(cast, at, django_assert_num_queries):
    desk = at(cast.borrower)
    desk.get(LIST)
    had(cast.lee, 1)
    with django_assert_num_queries(STATEMENTS):
        desk.get(LIST)
    had(cast.lee, 9)
    had(cast.lee, 5, BEES)
    with django_assert_num_queries(STATEMENTS):
        desk.get(LIST)
    key = Use.objects.order_by("pk")[0].pk
    with django_assert_num_queries(STATEMENTS):
        desk.get(f"{LIST}{key}/")


STATEMENTS = 9  # 7 of them for the frame


def test_the_list_is_a_spreadsheet_too_with_its_filters_and_no_formula(cast, at):
    had(cast.lee, 6)
    had(cast.lee, 1, BEES)
    uses.record(Asked(cast.lee, type(BEES)("=1+1", (), "2026"), AT), AT)
    answer = at(cast.borrower).get(f"{LIST}?format=csv")
    rows = list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0][:3] == ["Title", "ISSN or ISBN", "Kind"]
    assert [row[0] for row in rows[1:]] == ["Ferries & trains", "'=1+1", "The beekeeper"]
    assert rows[1][3:7] == ["2026", "6", "1", "1"]
    answer = at(cast.borrower).get(f"{LIST}?format=csv&show=beyond")
    assert len(answer.getvalue().decode().splitlines()) == 2


def test_a_title_shows_each_copy_with_its_mark_and_choice(cast, at):
    first, *_rest = had(cast.lee, 5)
    the_sixth(cast.lee)
    declined(cast.lee)
    page = tight(at(cast.borrower).get(f"{LIST}{first.pk}/"))
    assert "6 copies in 2026. 1 is beyond the five" in page
    assert "copy 5 of five" in page
    assert page.count("beyond five<") == 1
    assert "Royalty paid" in page
    assert "Not declined after all" in page
    assert page.count("CCG: within the guidelines") == 6


def test_a_mark_is_changed_with_a_reason_and_put_back(cast, at):
    (use,) = had(cast.lee, 1)
    desk, address = at(cast.borrower), f"{LIST}{use.pk}/mark/"
    assert desk.post(address, {"basis": "ccl", "reason": " "}).status_code == 422
    assert desk.post(address, {"basis": "odd", "reason": "why"}).status_code == 422
    use.refresh_from_db()
    assert use.basis == Basis.CCG
    answer = desk.post(address, {"basis": "ccl", "reason": "Her own website has it"})
    assert answer["Location"] == f"{LIST}{use.pk}/"
    use.refresh_from_db()
    assert (use.basis, use.marked_by) == (Basis.CCL, str(cast.borrower))
    page = tight(desk.get(f"{LIST}{use.pk}/"))
    assert f"Changed by {cast.borrower}: Her own website has it" in page
    assert "The count had marked it “CCG: within the guidelines”" in tight(desk.get(address))
    desk.post(address, {"back": "1"})
    use.refresh_from_db()
    assert (use.basis, use.reason) == (Basis.CCG, "")


def test_a_choice_is_made_afterwards_and_taken_back(cast, at):
    use = had(cast.lee, 6)[-1]
    desk, address = at(cast.borrower), f"{LIST}{use.pk}/choice/"
    assert desk.post(address, {"choice": "declined"}).status_code == 422
    assert desk.post(address, {"choice": "", "cost": "3"}).status_code == 422
    desk.post(address, {"choice": "royalty", "cost": "12.50"})
    use.refresh_from_db()
    assert (use.choice, use.cost) == (Choice.ROYALTY, Decimal("12.50"))
    assert "Royalty paid" in tight(desk.get(address))
    desk.post(address, {"back": "1"})
    use.refresh_from_db()
    assert (use.choice, use.cost) == (Choice.NONE, None)


def test_a_declined_copy_has_no_mark_and_is_removed_after_asking(cast, at):
    had(cast.lee, 1)
    no, desk = declined(cast.lee), at(cast.borrower)
    for page in ("mark", "choice"):
        assert desk.post(f"{LIST}{no.pk}/{page}/", {"back": "1"}).status_code == 409
    address = f"{LIST}{no.pk}/declined/"
    assert "was declined?" in desk.get(address).content.decode()
    assert desk.post(address).status_code == 200
    assert Use.objects.filter(pk=no.pk).exists()
    desk.post(address, {"sure": "yes"})
    assert not Use.objects.filter(pk=no.pk).exists()
    assert Use.objects.count() == 1


def test_a_copy_that_was_made_is_not_removed(cast, at):
    (use,) = had(cast.lee, 1)
    assert at(cast.borrower).post(f"{LIST}{use.pk}/declined/", {"sure": "yes"}).status_code == 409
    assert Use.objects.filter(pk=use.pk).exists()


def test_another_librarys_staff_see_and_change_nothing_of_it(cast, at):
    use = had(cast.lee, 6)[-1]
    desk = at(cast.neighbour)
    assert "Ferries" not in desk.get(LIST).content.decode()
    assert "Ferries" not in desk.get(f"{LIST}?format=csv").getvalue().decode()
    for page in ("", "mark/", "choice/", "declined/"):
        assert desk.get(f"{LIST}{use.pk}/{page}").status_code == 404
    assert desk.post(f"{LIST}{use.pk}/choice/", {"choice": "royalty"}).status_code == 404
    use.refresh_from_db()
    assert use.choice == Choice.NONE


@pytest.mark.parametrize("who", ["ada", "driver", "lender", "stranger"])
def test_a_reader_a_driver_and_who_only_lends_find_no_such_page(cast, at, who):
    (use,) = had(cast.lee, 1)
    for address in (LIST, f"{LIST}{use.pk}/", f"{LIST}{use.pk}/mark/"):
        assert at(getattr(cast, who)).get(address).status_code == 404


def test_an_empty_year_says_so(cast, at):
    assert "No copy was counted in this year" in at(cast.borrower).get(LIST).content.decode()
    page = at(cast.borrower).get(f"{LIST}?q=x").content.decode()
    assert "No title matches" in page


def test_the_chart_stands_still_at_five_where_all_have_fewer(cast, at):
    had(cast.lee, 1, FERRIES)
    chart = at(cast.borrower).get(LIST).context["chart"]
    assert [width for _bar, width in chart.rows] == ["20.0%"]
    assert chart.mark_at == "100.0%"
