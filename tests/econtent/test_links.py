"""Links that do not work: what readers report, and what nothing answers at for three days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from postroad import fetching
from postroad.accounts.models import Role
from postroad.econtent import links, reports, taking
from postroad.econtent.models import FailingLink, LinkReport, LinkTurn, Resource, Title, TitleList
from postroad.fetching import PrivateAddress
from postroad.notices import dead_links
from postroad.notices.models import Kind, Notice
from tests.econtent.lists import NOW, boats, line, listed, shown
from tests.test_fetching import serving

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 28, 8, 30, tzinfo=UTC)  # half past three in Boston
Said = tuple[int, dict[str, str], bytes]
Answers = dict[str, Said]
FOUND: Said = (200, {}, b"there")
GONE: Said = (404, {}, b"")


@pytest.fixture(autouse=True)
def nearby(settings: Any) -> None:
    settings.FETCH_PRIVATE = True


def licensed(here: str, *paths: str, own: str = "/") -> TitleList:
    """A resource at this server, and a list with a title at each path."""
    Resource.objects.filter(pk=boats().pk).update(address=f"{here}{own}")
    if not paths:
        return TitleList.objects.get_or_create(resource=boats(), platform="j.example")[0]
    lines = (line(f"T{at}", title_url=f"{here}{path}") for at, path in enumerate(paths))
    file = shown(listed(*lines))
    taking.take_effect(file, by=None, now=NOW)
    return file.title_list


def nights(count: int, after: int = 0) -> None:
    for night in range(after, after + count):
        links.check_by_night(NIGHT + timedelta(days=night))


def failing() -> list[tuple[str, int]]:
    rows = FailingLink.objects.order_by("address", "pk").values_list("address", "days")
    return [("/" + address.split("/", 3)[3], days) for address, days in rows]


def test_dead_after_three_nights_told_once_and_gone_when_it_answers() -> None:
    answers: Answers = {"/": FOUND, "/a": GONE, "/b": FOUND}
    with serving(answers) as here:
        licensed(here, "/a", "/b")
        nights(2)
        assert (failing(), list(links.dead())) == ([("/a", 2)], [])
        assert dead_links.tell_of(NIGHT) == 0
        nights(1, after=2)
        assert [each.address for each in links.dead()] == [f"{here}/a"]
        assert dead_links.tell_of(NIGHT) == 1
        assert dead_links.tell_of(NIGHT + timedelta(hours=1)) == 0
        told = Notice.objects.get(kind=Kind.LINKS_DEAD)
        assert (told.office, f"{here}/a".removeprefix("http://") in told.text) == (
            Role.CENTRE,
            True,
        )
        answers["/a"] = FOUND
        nights(1, after=3)
        assert failing() == []


def test_a_second_look_in_one_night_does_not_count_and_by_day_nobody_looks() -> None:
    with serving({"/": FOUND, "/a": GONE}) as here:
        licensed(here, "/a")
        nights(1)
        assert links.check_by_night(NIGHT + timedelta(minutes=5)) == 0
        assert links.check_by_night(NIGHT + timedelta(days=1, hours=9)) == 0
        LinkTurn.objects.all().delete()
        nights(1)
        assert failing() == [("/a", 1)]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_what_a_server_keeps_from_us_is_not_known(status: int) -> None:
    answers: Answers = {"/": FOUND, "/a": (status, {}, b""), "/b": GONE}
    with serving(answers) as here:
        licensed(here, "/a", "/b")
        nights(1)
        answers["/b"] = (status, {}, b"")
        nights(1, after=1)
        assert failing() == [("/b", 1)]


def test_where_nothing_is_reached_it_may_be_us() -> None:
    with serving({}) as here:
        pass  # nobody is there any more
    title_list = licensed(here, "/a")
    nights(4)
    assert (failing(), LinkTurn.objects.get().on) == ([], None)
    with serving({"/": FOUND}) as there:
        Resource.objects.create(slug="x", name="X", address=f"{there}/")
        for night in range(3):
            for minute in range(3):
                links.check_by_night(NIGHT + timedelta(days=night, minutes=minute))
    assert failing() == [("/", 3), ("/a", 3)]
    assert {each.why for each in links.dead()} == {FailingLink.Why.UNREACHED}
    title_list.titles.all().delete()


def test_an_address_inside_a_private_network_is_not_asked(settings: Any) -> None:
    settings.FETCH_PRIVATE = False
    with serving({"/": GONE}) as here:
        licensed(here)
        with pytest.raises(PrivateAddress):
            fetching.knock(f"{here}/")
        assert not links.ask(f"{here}/", None).reached
        nights(3)
    assert failing() == []


def test_the_titles_of_a_list_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "OF_A_LIST", 2)
    paths = [f"/{at}" for at in range(5)]
    with serving({"/": FOUND, **dict.fromkeys(paths, GONE)}) as here:
        licensed(here, *paths)
        nights(1)
        assert failing() == [("/0", 1), ("/1", 1)]
        nights(1, after=1)
        assert failing() == [("/0", 2), ("/1", 2), ("/2", 1), ("/3", 1)]
        nights(2, after=2)
        assert failing()[4] == ("/4", 2)
        assert TitleList.objects.get().checked_to == Title.objects.order_by("pk")[1].pk


def test_what_is_not_on_the_list_any_more_is_forgotten() -> None:
    with serving({"/": FOUND, "/a": GONE, "/b": FOUND}) as here:
        licensed(here, "/a", "/b")
        nights(1)
        licensed(here, "/b")
        nights(1, after=1)
    assert failing() == []


def test_slow_servers_are_left_until_another_night(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "A_WHILE", 0.0)
    with serving({"/": GONE, "/a": GONE}) as here:
        licensed(here, "/a")
        nights(1)
    assert failing() == [("/", 1)]
    assert TitleList.objects.get().checked_to == 0  # it begins there, not behind it


def test_a_resource_that_is_over_is_not_asked() -> None:
    with serving({"/": GONE}) as here:
        licensed(here)
        Resource.objects.update(ends_on=date(2026, 11, 1))
        nights(3)
    assert failing() == []


# What readers report


@pytest.fixture
def title() -> Title:
    return licensed("https://j.example", "/a").titles.get()


def test_reports_of_one_address_are_one_row_and_name_nobody(
    title: Title, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reports.report(title, now=NOW)
    with django_assert_num_queries(1):
        reports.report(title, now=NOW + timedelta(hours=1))
    row = LinkReport.objects.get()
    assert (row.address, row.count) == ("https://j.example/a", 2)
    assert row.last_at - row.first_at == timedelta(hours=1)
    assert {field.name for field in LinkReport._meta.get_fields()} == {
        "id",
        "title_list",
        "address",
        "count",
        "first_at",
        "last_at",
        "settled_at",
        "settled_by",
    }


def test_a_report_is_settled_and_opened_again_unless_it_came_anew(title: Title) -> None:
    reports.report(title, now=NOW)
    row = LinkReport.objects.get()
    settle: Callable[[], bool] = lambda: reports.settle(row, by=None, now=NOW)  # noqa: E731
    assert (settle(), settle(), reports.reopen(row), reports.reopen(row)) == (
        True,
        False,
        True,
        False,
    )
    settle()
    reports.report(title, now=timezone.now())
    assert not reports.reopen(row)
    assert LinkReport.objects.count() == 2
