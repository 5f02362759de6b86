"""Working off a long queue, page by page: nothing in it is passed over."""

import re
from html import unescape

from postroad.directory.models import Policy
from postroad.ill.lifecycle import State
from postroad.ill.models import Supply
from postroad.web.staff.lending import queue
from tests.markup import tight
from tests.web.staff.crowd import crowd


def shown(page):
    return [row.supply.pk for row in page.context["rows"]]


def way(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', tight(page))
    return unescape(found[1]) if found else None


def test_whoever_works_off_every_other_row_of_each_page_sees_them_all(cast, at, monkeypatch):
    monkeypatch.setattr(queue, "ROWS", 4)
    Policy.objects.update(open_requests=99)
    every = {story.supply.pk for story in crowd(cast, 14, State.REFERRED)}
    desk, seen = at(cast.lender), set()
    page = desk.get("/staff/lending/")
    while True:
        rows = shown(page)
        seen |= set(rows)
        for key in rows[::2]:
            supply = Supply.objects.get(pk=key)
            desk.post(f"/staff/supplies/{supply.request.ref}/{supply.attempt}/promise/")
        if (address := way(page, "next")) is None:
            break
        page = desk.get(f"/staff/lending/{address}")
    assert seen == every


def test_rows_that_a_colleague_dealt_with_are_no_reason_to_skip_others(cast, at, monkeypatch):
    """All that the next page began with is gone when it is opened."""
    monkeypatch.setattr(queue, "ROWS", 10)
    Policy.objects.update(open_requests=99)
    keys = [story.supply.pk for story in crowd(cast, 25, State.REFERRED)]
    desk = at(cast.lender)
    first = desk.get("/staff/lending/")
    rest = set(keys) - set(shown(first))
    gone = shown(desk.get(f"/staff/lending/{way(first, 'next')}"))[:9]
    for supply in Supply.objects.filter(pk__in=gone):
        desk.post(f"/staff/supplies/{supply.request.ref}/{supply.attempt}/promise/")
    page = desk.get(f"/staff/lending/{way(first, 'next')}")
    seen = set(shown(page))
    while (address := way(page, "next")) is not None:
        page = desk.get(f"/staff/lending/{address}")
        seen |= set(shown(page))
    assert seen >= rest - set(gone)


def test_an_address_that_is_nonsense_shows_the_first_page(cast, at):
    crowd(cast, 2, State.REFERRED)
    for junk in ("page=2&from=x", "page=-1&of=9", "page=9&from=1,2,%00", "page=" + "9" * 30):
        assert len(shown(at(cast.lender).get(f"/staff/lending/?{junk}"))) == 2
