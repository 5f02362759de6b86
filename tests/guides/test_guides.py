from datetime import UTC, date, datetime

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from postroad.accounts.models import Post, Role
from postroad.guides import seed
from postroad.guides.models import AnswerPage, FrontPage, GuidePage, Guides, News, NewsPage
from tests.cast import Cast

TODAY = date(2026, 11, 23)


@pytest.fixture
def published(db: None) -> None:
    seed.publish(TODAY)


def test_a_new_house_has_a_front_door(client: Client, db: None):
    page = client.get("/")
    assert page.status_code == 200
    assert b'role="search"' in page.content
    assert b"No guide has been published yet" in page.content


def test_the_tree_of_pages_is_sound(published: None):
    assert not any(Page.find_problems())


def test_the_front_page_shows_the_search_first_then_guides_and_news(
    client: Client, published: None
):
    text = client.get("/").content.decode()
    search, guides, news = (
        text.index(part) for part in ('role="search"', "How to ask for a book", "No van on Thanks")
    )
    assert search < guides < news


def test_every_guide_says_when_it_was_looked_over(client: Client, published: None):
    for guide in GuidePage.objects.all():
        text = client.get(guide.url).content.decode()
        assert "Updated on" in text, guide.slug
    assert "Updated on Wednesday 11 November 2026." in (
        client.get("/guides/how-to-ask-for-a-book/").content.decode()
    )


def test_guides_and_news_are_written_and_plain(client: Client, published: None):
    pages = [*GuidePage.objects.all(), *AnswerPage.objects.all(), *NewsPage.objects.all()]
    assert len(pages) == 28
    for page in pages:
        text = client.get(page.url).content.decode()
        begins = page.intro.partition("[[")[0][:30].replace("'", "&#x27;")
        assert begins in text
        assert "[[" not in text, page.slug
        assert "style=" not in text
        assert "<script" not in text.split("<main")[1]


def test_no_public_page_loads_anything_of_the_editor(cast: Cast, client: Client, published: None):
    client.force_login(cast.editor)
    for address in ("/", "/guides/", "/news/", "/guides/when-a-book-is-late/"):
        text = client.get(address).content.decode()
        assert "wagtail" not in text.lower()
        assert "/cms/" not in text.split("<main")[1].split("</main")[0]


def test_publishing_twice_changes_nothing(published: None):
    guide = GuidePage.objects.get(slug="when-a-book-is-late")
    guide.title = "When it is late"
    guide.save_revision().publish()
    seed.publish(TODAY)
    assert GuidePage.objects.get(pk=guide.pk).title == "When it is late"
    assert GuidePage.objects.count() == 17


def test_a_draft_is_not_there_for_readers(client: Client, published: None):
    GuidePage.objects.get(slug="when-a-book-is-late").unpublish()
    assert client.get("/guides/when-a-book-is-late/").status_code == 404
    assert "When a book is late" not in client.get("/").content.decode()


def test_a_front_page_costs_few_queries(
    client: Client, published: None, django_assert_max_num_queries
):
    client.get("/")  # where the site is rooted is remembered
    with django_assert_max_num_queries(9):
        client.get("/")


def test_more_guides_cost_no_more_queries(
    client: Client, published: None, django_assert_num_queries
):
    client.get("/guides/")
    with django_assert_num_queries(8):
        client.get("/guides/")
    parent = Guides.objects.get()
    for number in range(5):
        parent.add_child(
            instance=GuidePage(slug=f"more-{number}", title="More", intro="More", body=[])
        )
    with django_assert_num_queries(8):
        client.get("/guides/")


def test_an_editor_writes_and_publishes(cast: Cast, client: Client, published: None):
    client.force_login(cast.editor)
    news = News.objects.get()
    form = {
        "title": "Snow",
        "slug": "snow",
        "day": "2026-11-23",
        "intro": "The van stays at home today.",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "note",
        "body-0-id": "",
        "body-0-value": (
            '{"blocks": [{"key": "a", "text": "Tomorrow instead.", "type": "unstyled", "depth": 0,'
            ' "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}'
        ),
        "action-publish": "action-publish",
    }
    answer = client.post(f"/cms/pages/add/guides/newspage/{news.pk}/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert "Tomorrow instead." in client.get("/news/snow/").content.decode()
    assert "Snow" in client.get("/").content.decode()


def test_an_editors_words_cannot_bring_in_a_script(cast: Cast, client: Client, published: None):
    guide = GuidePage(
        slug="hostile",
        title="<script>alert(1)</script>",
        intro="<img src=x onerror=alert(1)>",
        body=[],
    )
    Guides.objects.get().add_child(instance=guide)
    for address in ("/", "/guides/", "/guides/hostile/"):
        text = client.get(address).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_who_leaves_the_post_of_editor_leaves_the_editors_pages(
    cast: Cast, client: Client, db: None
):
    client.force_login(cast.editor)
    assert client.get("/cms/").status_code == 200
    Post.objects.filter(user=cast.editor, role=Role.EDITOR).delete()
    assert client.get("/cms/").status_code == 404


def test_the_editors_sign_in_is_ours(cast: Cast, client: Client, db: None):
    for address in ("/cms/", "/cms/login/", "/cms/password_reset/", "/cms/pages/"):
        assert client.get(address)["Location"].startswith("/accounts/login/?next=/cms/")
    assert client.get("/_util/login/").status_code == 404
    client.force_login(cast.lender)
    assert client.get("/cms/").status_code == 404
    assert client.post("/cms/login/", {"username": "editor"}).status_code == 404
    assert get_user(client) == cast.lender


def test_there_is_one_front_page(db: None):
    assert not FrontPage.can_create_at(Page.objects.get(depth=1))


def test_the_models_and_migrations_agree(db: None):
    call_command("makemigrations", "guides", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("last", "shown"),
    [(None, True), (TODAY, True), (date(2026, 11, 22), False), (date(2027, 1, 1), True)],
)
def test_news_goes_by_itself_after_its_last_day(
    client: Client, published: None, last: date | None, shown: bool
):
    item = NewsPage.objects.get(slug="no-van-on-thanksgiving")
    item.show_until = last
    item.save_revision().publish()
    with time_machine.travel(datetime(2026, 11, 24, 4, 30, tzinfo=UTC), tick=False):  # still 23rd
        for address in ("/", "/news/"):
            assert (item.title in client.get(address).content.decode()) is shown, address
        assert client.get(item.url).status_code == (200 if shown else 404)


def test_a_day_on_which_an_editor_lets_it_expire_counts_too(client: Client, published: None):
    NewsPage.objects.filter(slug="no-van-on-thanksgiving").update(
        expire_at=datetime(2026, 11, 23, tzinfo=UTC)
    )
    with time_machine.travel(datetime(2026, 11, 24, tzinfo=UTC), tick=False):
        assert "No van on Thanks" not in client.get("/news/").content.decode()


def test_a_link_to_a_page_that_is_not_published_is_its_words_alone(published: None):
    """A situation that ends takes its answers down, and other pages name them still."""
    guide, news = GuidePage.objects.live().first(), NewsPage.objects.shown().first()
    link = '<a linktype="page" id="%d">there</a>'
    cards = {"value": [{"title": "Lenders", "text": "", "page": guide}]}
    for page in (guide, news):
        assert expand_db_html(link % page.pk) == f'<a href="{page.url}">there</a>'
    assert "href" in render_to_string("guides/_cards.html", cards)
    guide.unpublish()
    NewsPage.objects.update(show_until=date(2020, 1, 1))
    for page in (guide, news):
        assert expand_db_html(link % page.pk) == "<a>there</a>"
    assert "href" not in render_to_string("guides/_cards.html", cards)
