"""A title list takes effect, and answers with a link where licence and coverage are known."""

from datetime import date, timedelta

import pytest

from postroad.econtent import taking
from postroad.econtent.licensed import Wanted, answer, through
from postroad.econtent.models import Resource, Right, Title, TitleList
from postroad.protocols import kbart
from tests.cast import Cast

TODAY = date(2026, 11, 27)
PROXY = "https://proxy.example/login?qurl="
EZPROXY = "https://proxy.example/login?url="
ATHENS = "https://go.openathens.net/redirector/lee.example?url="
WANTED = Wanted(("03785955",), 1990)
TITLES = "\n".join(
    [
        "\t".join(kbart.COLUMNS_2010),
        "Ferries\t0378-5955\t\t1987\t\t\t1990\t\t\thttps://j.example/f?a=1\t\t\t\tfulltext",
        "Ferries\t0378-5955\t\t1995\t\t\t\t\t\thttps://j.example/f?a=1\t\t\tP1Y\tfulltext",
    ]
)


@pytest.fixture
def listed(db: None) -> TitleList:
    resource = Resource.objects.create(slug="boats", name="Boats Online")
    title_list = TitleList.objects.create(resource=resource, platform="j.example")
    taking.take(title_list, kbart.read(TITLES.encode()))
    return title_list


def allow(title_list: TitleList, **more: object) -> None:
    facts = {"who": "kind", "value": "public", "how": "proxy", "prefix": PROXY}
    Right.objects.create(resource=title_list.resource, **{**facts, **more})


def test_the_link_goes_through_the_proxy_of_the_right_in_two_statements(
    cast: Cast, listed: TitleList, django_assert_num_queries: object
) -> None:
    allow(listed)
    with django_assert_num_queries(2):
        link = answer(WANTED, cast.lee, TODAY)
    assert link is not None
    assert link.address == f"{PROXY}https%3A%2F%2Fj.example%2Ff%3Fa%3D1"
    assert (link.resource, link.title_list) == ("Boats Online", listed.pk)


@pytest.mark.parametrize(
    ("prefix", "address", "whole"),
    [
        (PROXY, "https://j.example/?a=1&b=2", f"{PROXY}https%3A%2F%2Fj.example%2F%3Fa%3D1%26b%3D2"),
        (EZPROXY, "https://j.example/?a=1&b=2", f"{EZPROXY}https://j.example/?a=1&b=2"),
        (
            ATHENS,
            "https://j.example/?a=1&b=2",
            f"{ATHENS}https%3A%2F%2Fj.example%2F%3Fa%3D1%26b%3D2",
        ),
        (EZPROXY, f"{EZPROXY}https://j.example/f", f"{EZPROXY}https://j.example/f"),
        (PROXY, f"{EZPROXY}https://j.example/f", f"{EZPROXY}https://j.example/f"),
        (PROXY, "http://proxy.example/login?url=x", "http://proxy.example/login?url=x"),
        (PROXY, "https://proxy.example/help", f"{PROXY}https%3A%2F%2Fproxy.example%2Fhelp"),
    ],
)
def test_an_address_goes_behind_the_proxy_once_and_as_the_proxy_wants_it(
    prefix: str, address: str, whole: str
) -> None:
    assert through(Right(how="proxy", prefix=prefix), address) == whole


@pytest.mark.parametrize("year", [1986, 1992, 2026, None])
def test_a_gap_an_embargo_and_an_unknown_year_give_no_link(
    cast: Cast, listed: TitleList, year: int | None
) -> None:
    allow(listed)
    assert answer(Wanted(("03785955",), year), cast.lee, TODAY) is None


def test_another_kind_of_library_gets_no_link_and_residents_are_not_known(
    cast: Cast, listed: TitleList
) -> None:
    allow(listed)
    allow(listed, who="town", value="Otis")
    assert answer(WANTED, cast.otis_school, TODAY) is None


def test_a_library_and_a_network_are_named_by_their_row(cast: Cast, listed: TitleList) -> None:
    allow(listed, who="library", library=cast.otis_school, value="", how="ip")
    allow(listed, who="network", network=cast.lee.network, value="", how="ip")
    for library in (cast.otis_school, cast.lee):
        link = answer(WANTED, library, TODAY)
        assert link is not None
        assert link.address == "https://j.example/f?a=1"
    assert answer(WANTED, cast.providence, TODAY) is None


@pytest.mark.parametrize("field", ["ends_on", "trial_until"])
def test_the_last_day_still_counts_and_the_day_after_does_not(
    cast: Cast, listed: TitleList, field: str
) -> None:
    allow(listed)
    Resource.objects.update(**{field: TODAY})
    assert answer(WANTED, cast.lee, TODAY)
    assert answer(WANTED, cast.lee, TODAY + timedelta(1)) is None


def test_the_same_file_changes_nothing_and_another_only_what_differs(listed: TitleList) -> None:
    before = set(Title.objects.values_list("pk", flat=True))
    assert taking.take(listed, kbart.read(TITLES.encode())) == taking.Change(0, 0, 2)
    assert set(Title.objects.values_list("pk", flat=True)) == before
    found = kbart.read(TITLES.replace("P1Y", "P2Y").encode())
    assert taking.take(listed, found) == taking.Change(1, 1, 1)


def test_a_file_with_a_bad_line_changes_nothing(listed: TitleList) -> None:
    with pytest.raises(taking.HasBadLines):
        taking.take(listed, kbart.read(TITLES.replace("P1Y", "soon").encode()))
    assert Title.objects.filter(embargo="P1Y").count() == 1
