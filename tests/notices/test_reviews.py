"""Who keeps a page of the guides is told when it is due to be read again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.accounts.models import Post, Role
from postroad.guides import seed
from postroad.guides.models import AnswerPage, GuidePage
from postroad.notices import reviews
from postroad.notices.models import Kind, Notice
from tests.cast import Cast

MORNING = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def pages(cast: Cast) -> None:
    """One page is due that the editor keeps, one that nobody keeps; the others tomorrow."""
    seed.publish(date(2026, 11, 23))
    for kind in (GuidePage, AnswerPage):
        kind.objects.update(review_by=TODAY + DAY, maintainer=cast.editor)
    GuidePage.objects.filter(slug="when-a-book-is-late").update(review_by=TODAY)
    unowned = AnswerPage.objects.filter(slug="how-do-i-return-it")
    unowned.update(review_by=TODAY - DAY, maintainer=None)


def told() -> list[Notice]:
    return list(Notice.objects.filter(kind=Kind.REVIEW_DUE).order_by("pk"))


def test_the_owner_is_told_and_all_editors_of_what_nobody_keeps(cast: Cast):
    reviews.remind(MORNING)
    hers, theirs = sorted(told(), key=lambda each: each.office)
    assert hers.user == cast.editor
    assert "When a book is late (24 November 2026)" in hers.text
    assert hers.subject == "1 page is due to be read again"
    assert theirs.office == Role.EDITOR
    assert "How do I return something?" in theirs.text
    assert "When a book is late" not in theirs.text
    assert theirs.mail_to == "editor@example.org"
    assert theirs.leads_to == "/cms/upkeep/"


def test_nothing_is_told_twice_until_another_page_is_due(cast: Cast):
    for hours in range(5):
        reviews.remind(MORNING + timedelta(hours=hours))
    assert len(told()) == 2
    reviews.remind(MORNING + DAY)
    assert len(told()) == 3
    assert "When a book is late" in told()[-1].text  # still not read


def test_who_is_no_editor_any_more_is_not_told(cast: Cast):
    Post.objects.filter(user=cast.editor, role=Role.EDITOR).delete()
    Post.objects.create(user=cast.centre, role=Role.EDITOR)
    reviews.remind(MORNING)
    [notice] = told()
    assert notice.office == Role.EDITOR
    assert notice.mail_to == "centre@example.org"
    assert "When a book is late" in notice.text


def test_a_page_that_readers_do_not_see_is_nobodys_work(cast: Cast):
    GuidePage.objects.get(slug="when-a-book-is-late").unpublish()
    reviews.remind(MORNING)
    assert [notice.office for notice in told()] == [Role.EDITOR]


def test_nothing_due_tells_nobody(cast: Cast):
    reviews.remind(MORNING - 5 * DAY)
    assert told() == []
