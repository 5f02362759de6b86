"""What the benches print, and that they measure what they say."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command

from postroad.bench import consortium, figures, loans, pages, public, referral, visitors
from postroad.bench.figures import Figure
from postroad.ill.models import Event, Request

KEYS = ["bench", "metric", "value", "unit", "n", "conditions"]


def assert_speaks(found: list[Figure]) -> None:
    for figure in found:
        said = json.loads(figure.line())
        assert list(said) == KEYS
        assert said["value"] > 0
        assert {"cores", "machine", "python", "database", "load"} <= set(said["conditions"])


def test_a_percentile_is_a_value_that_was_measured():
    assert figures.percentile([3, 1, 2], 50) == 2
    assert figures.percentile(range(1, 101), 95) == 95
    assert figures.percentile([7], 95) == 7


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_loans_go_out_and_home_in_processes_and_each_is_looked_at():
    found = list(loans.measure(loans=4, clerks=2, workers=1))
    assert_speaks(found)
    assert {figure.metric for figure in found} >= {"whole loans", "queries a loan"}
    assert Request.objects.count() == 4 + 2 + loans.WARM_UP
    assert not Event.objects.untold().exists()


@pytest.mark.django_db
def test_a_loan_that_is_not_whole_gives_no_figure():
    loans.people_and_books(1)
    with pytest.raises(loans.NotWhole):
        loans.check(1)
    loans.one_by_one([0])
    loans.check(1)


@pytest.mark.django_db
def test_a_referral_is_timed_and_finds_its_lender():
    found = list(referral.measure(libraries=12, holders=3, requests=2))
    assert_speaks(found)
    assert {figure.metric for figure in found} >= {"one referral p95", "facts and ranking p95"}
    assert Request.objects.filter(current__isnull=False).count() == 2 + referral.WARM_UP


@pytest.mark.django_db(transaction=True)  # the end of a visit closes connections
def test_a_page_that_is_not_there_gives_no_figure():
    from django.core.wsgi import get_wsgi_application

    with pytest.raises(pages.NotShown):
        pages.visit(get_wsgi_application(), "/nowhere", "")
    assert b"<html" in pages.unpacked(pages.visit(get_wsgi_application(), "/libraries", ""))


def test_the_weight_counts_what_the_page_fetches():
    html = (
        b'<link rel="stylesheet" href="/static/a.css"><a href="/static/b.pdf">'
        b'<script src="/static/c.js">'
    )
    assert pages.parts(html) == {"/static/a.css", "/static/c.js"}


def test_a_bench_that_nobody_made_is_refused():
    with pytest.raises(CommandError):
        call_command("bench", "nothing")


@pytest.mark.django_db
def test_the_shelves_hold_so_many_copies_of_each_title():
    from django.utils import timezone

    owners = consortium.libraries(4, timezone.localdate())
    titles = consortium.titles(2)
    consortium.copies(titles, owners, 3)
    assert [title.items.values("library").distinct().count() for title in titles] == [3, 3]


def test_readers_are_counted_and_timed_beside_those_who_keep_the_door_open(site: str):
    port = int(site.rsplit(":", 1)[1])
    crowd = visitors.Crowd(visitors=3, silent=2, kept=2, slow=1)
    with ThreadPoolExecutor(1) as thread:  # a browser's loop may run in ours
        met = thread.submit(asyncio.run, visitors.come(port, crowd, seconds=0.1)).result()
    assert len(met.seconds) == sum(met.ended.values())
    found = list(visitors.figures("this", crowd, met))
    assert {figure.metric for figure in found} >= {"pages", "failures", "visit p95"}
    assert all(json.loads(figure.line())["conditions"]["idle"] == 4 for figure in found)


def test_the_release_before_is_taken_out_of_the_history(tmp_path):
    found = visitors.take_out(tmp_path)
    assert found is None or (found / "postroad" / "__init__.py").exists()


@pytest.mark.django_db
def test_the_public_house_is_furnished_and_its_list_is_read_whole():
    public.furnish(libraries=12, guides=3)
    assert_speaks([public.read_a_list(20)])
    assert {page.address for page in public.public_pages()} >= {"/guides/boxes/", "/status.csv"}
