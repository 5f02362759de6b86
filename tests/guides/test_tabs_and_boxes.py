"""Guides with tabs, answers by topic, shared boxes, pictures, and what is to be read again."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Drawn
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex

from postroad.accounts.models import Post, Role
from postroad.guides import seed, upkeep
from postroad.guides.models import AnswerPage, Answers, Box, FrontPage, GuidePage, Guides, Topic
from tests.cast import Cast
from tests.guides.test_editing import WORDS, begin, sent
from tests.guides.test_guides import TODAY
from tests.markup import tight

GUIDE = "/guides/interlibrary-loan/"


@pytest.fixture
def published(db: None) -> None:
    seed.publish(TODAY)


@pytest.fixture
def desk(cast: Cast, client: Client, published: None) -> Client:
    client.force_login(cast.editor)
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return tight(answer)


def test_what_was_planted_is_what_wagtail_would_have_written(published: None):
    assert not any(Page.find_problems())
    for page in [*GuidePage.objects.all(), *AnswerPage.objects.all()]:
        page.full_clean()
        assert page.latest_revision is not None
        assert page.latest_revision == page.live_revision
        assert page.latest_revision.as_object().body.raw_data[:1] == page.body.raw_data[:1]
        assert page.url == page.get_url()
        assert not page.has_unpublished_changes
    assert {each.slug for each in GuidePage.objects.all().search("rhode island slip")} >= {
        "sending-books-to-rhode-island",
        "interstate-delivery",
    }


def test_a_page_that_was_planted_keeps_its_first_text_when_it_is_changed(published: None):
    guide = GuidePage.objects.get(slug="when-a-book-is-late")
    guide.title = "Late"
    guide.save_revision().publish()
    assert [each.as_object().title for each in guide.revisions.order_by("pk")] == [
        "When a book is late",
        "Late",
    ]


def test_a_guide_shows_its_tabs_and_marks_where_the_reader_is(client: Client, published: None):
    text = text_of(client, f"{GUIDE}interstate-delivery/")
    tabs = text.split('class="tabs"')[1].split("</nav>")[0]
    assert tabs.index("Home") < tabs.index("State-wide delivery") < tabs.index("E-mail updates")
    here = f'href="{GUIDE}interstate-delivery/" aria-current="page"'
    assert here in tabs
    assert tabs.count("aria-current") == 1
    assert 'class="tabs"' not in text_of(client, "/guides/how-to-ask-for-a-book/")


def test_a_tab_that_is_a_draft_stands_in_no_list(client: Client, published: None):
    GuidePage.objects.get(slug="document-delivery").unpublish()
    for address in (GUIDE, f"{GUIDE}?whole", f"{GUIDE}e-content/"):
        assert "Articles from journals" not in text_of(client, address)
        assert ">Document delivery<" not in text_of(client, address)


def test_the_list_of_guides_has_guides_under_their_kinds_and_no_tabs(
    client: Client, published: None
):
    GuidePage.objects.filter(slug="when-a-book-is-late").update(kind="policy")
    text = text_of(client, "/guides/")
    assert text.index("How it works") < text.index("Policies") < text.index("When a book is late")
    assert "Interstate delivery" not in text


def test_a_tab_has_no_tabs(published: None):
    guide = GuidePage.objects.get(slug="interlibrary-loan", depth=4)
    tab = GuidePage.objects.get(slug="e-content")
    assert GuidePage.can_create_at(guide)
    assert not GuidePage.can_create_at(tab)
    assert not GuidePage.can_create_at(FrontPage.objects.get())


@pytest.mark.parametrize("address", [f"{GUIDE}?whole", f"{GUIDE}team-and-contact/?whole"])
def test_a_whole_guide_is_on_one_page_to_be_printed(client: Client, published: None, address: str):
    text = text_of(client, address)
    assert text.count('<article class="whole') == 13
    assert (
        text.index("What it costs") < text.index("How an item travels") < text.index("About your")
    )
    assert "noindex" in text


def test_more_tabs_cost_no_more_statements(client: Client, published: None):
    address = f"{GUIDE}document-delivery/"
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    guide = GuidePage.objects.get(slug="interlibrary-loan", depth=4)
    for number in range(5):
        page = GuidePage(slug=f"more-{number}", title="More", intro="More", body=[])
        guide.add_child(instance=page)
    with CaptureQueriesContext(connection) as after:
        client.get(address)
    assert len(after) == len(before) <= 11


def test_answers_stand_under_their_topics_in_their_order(client: Client, published: None):
    Topic.objects.filter(name="For library staff").update(place=0)
    Topic.objects.filter(name="Asking").update(place=9)
    text = text_of(client, "/answers/")
    assert text.index("For library staff") < text.index(">Asking<")
    Answers.objects.get().add_child(instance=AnswerPage(title="Why?", slug="why", intro="So."))
    text = text_of(client, "/answers/")
    assert text.index(">Asking<") < text.index("Other questions") < text.index("Why?")


def test_an_answer_says_when_it_was_updated_and_keeps_its_owner_to_itself(
    cast: Cast, client: Client, published: None
):
    AnswerPage.objects.filter(slug="when-is-something-late").update(maintainer=cast.editor)
    text = text_of(client, "/answers/when-is-something-late/")
    assert "Updated on Sunday 15 November 2026." in text
    assert "By van after 14 days on the way, by mail after 21 days." in text
    assert "Editor" not in text


def test_an_editor_answers_a_question(desk: Client):
    address = f"/cms/pages/add/guides/answerpage/{Answers.objects.get().pk}/"
    topic = Topic.objects.get(name="Asking")
    form = {**sent(), "title": "May I ask for maps?", "topic": str(topic.pk)}
    answer = desk.post(address, form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert "May I ask for maps?" in text_of(desk, f"{GUIDE}questions/")


def test_a_name_of_a_number_that_nobody_agreed_on_is_refused_on_the_form(desk: Client):
    said = desk.post(begin(), sent(intro="Late after [[van-late]].")).content.decode()
    assert "There is no number called [[van-late]]." in said
    text = WORDS.replace("Roll it.", "Late after [[van-late]].")
    said = desk.post(begin(), sent(**{"body-0-value": text})).content.decode()
    assert "There is no number called [[van-late]]." in said
    text = WORDS.replace("Roll it.", "Late after [[courier-late]].")
    assert desk.post(begin(), sent(**{"body-0-value": text})).status_code == 302
    assert "Late after 14 days." in text_of(desk, "/guides/how-to-return-a-map/")


def card(address: str) -> dict[str, str]:
    return sent(
        **{
            "body-0-type": "cards",
            "body-0-value-count": "1",
            "body-0-value-0-deleted": "",
            "body-0-value-0-order": "0",
            "body-0-value-0-type": "item",
            "body-0-value-0-id": "",
            "body-0-value-0-value-title": "Search",
            "body-0-value-0-value-text": "All of it.",
            "body-0-value-0-value-page": "",
            "body-0-value-0-value-address": address,
        }
    )


def test_a_card_leads_to_a_page_and_does_nothing_else(desk: Client):
    for address in ("javascript:alert(1)", "//evil.example", "search", "/a b", "https://a\\b"):
        said = desk.post(begin(), card(address)).content.decode()
        assert "Begin it with / or with https://" in said, address
    assert desk.post(begin(), card("/search")).status_code == 302
    assert 'href="/search">Search</a>' in text_of(desk, "/guides/how-to-return-a-map/")


# Boxes that many pages share


def test_a_box_says_where_it_is_used_before_it_is_changed(desk: Client):
    box = Box.objects.get(title="Ask a person")
    page = text_of(desk, f"/cms/snippets/guides/box/edit/{box.pk}/")
    assert "What you change here changes on 1 page:" in page
    assert page.index("Interlibrary loan") < page.index('name="title"')
    alone = Box.objects.create(title="Alone", body=[])
    page = text_of(desk, f"/cms/snippets/guides/box/edit/{alone.pk}/")
    assert "No page holds this box yet." in page


def test_what_is_changed_in_a_box_changes_on_every_page(desk: Client):
    box = Box.objects.get(title="Ask a person")
    form = {key: value for key, value in sent().items() if key.startswith("body")}
    answer = desk.post(
        f"/cms/snippets/guides/box/edit/{box.pk}/", {**form, "title": "Ask <somebody>"}
    )
    assert answer.status_code == 302
    text = text_of(desk, GUIDE)
    assert "Ask &lt;somebody&gt;" in text
    assert "Roll it." in text
    assert box.revisions.count() == 1


def test_a_box_that_pages_hold_cannot_be_deleted(desk: Client):
    box = Box.objects.get(title="Ask a person")
    answer = desk.post(f"/cms/snippets/guides/box/delete/{box.pk}/", follow=True)
    assert "stands on: Interlibrary loan. Take it out there first." in answer.content.decode()
    assert Box.objects.filter(pk=box.pk).exists()
    alone = Box.objects.create(title="Alone", body=[])
    desk.post(f"/cms/snippets/guides/box/delete/{alone.pk}/")
    assert not Box.objects.filter(pk=alone.pk).exists()


def test_a_topic_that_has_answers_cannot_be_deleted(desk: Client):
    topic = Topic.objects.get(name="Asking")
    assert ReferenceIndex.get_references_to(topic).exists()
    desk.post(f"/cms/snippets/guides/topic/delete/{topic.pk}/")
    assert Topic.objects.filter(pk=topic.pk).exists()


def test_a_box_that_is_gone_all_the_same_leaves_the_page_standing(client: Client, published: None):
    Box.objects.all().delete()
    assert "Ask a person" not in text_of(client, GUIDE)


# Pictures


def picture(description: str = "") -> Any:
    drawn = BytesIO()
    Drawn.new("RGB", (1600, 900)).save(drawn, "PNG")
    drawn.seek(0)
    return get_image_model().objects.create(
        title="van.png", description=description, file=ImageFile(drawn, name="van.png")
    )


def with_picture(**said: str) -> dict[str, str]:
    return sent(
        **{
            "body-0-type": "picture",
            "body-0-value-image-image": str(picture().pk),
            "body-0-value-image-alt_text": "",
            "body-0-value-caption": "In Sturbridge",
            **said,
        }
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Wagtail's files
def test_a_picture_without_alternative_text_is_not_published(desk: Client):
    answer = desk.post(begin(), with_picture())
    assert answer.status_code == 200
    assert not GuidePage.objects.filter(slug="how-to-return-a-map").exists()
    alt = {"body-0-value-image-alt_text": "A green van before a library"}
    assert desk.post(begin(), with_picture(**alt)).status_code == 302
    text = text_of(desk, "/guides/how-to-return-a-map/")
    assert 'alt="A green van before a library"' in text
    [address] = [part.split('"')[0] for part in text.split('<img src="')[1:]]
    shown = Client().get(address)
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/png"
    assert "immutable" in shown["Cache-Control"]
    assert shown.content[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    "name",
    [
        "../secret-key",
        "../documents/a.pdf",
        "none.png",
        "..%2Fsecret-key",
        "%2Fetc%2Fpasswd",
        "",
    ],
)
def test_nothing_but_pictures_of_pages_is_handed_out(client: Client, name: str, db: None):
    assert client.get(f"/media/images/{name}").status_code == 404


def test_the_library_of_pictures_asks_for_alternative_text(desk: Client):
    drawn = BytesIO()
    Drawn.new("L", (40, 30)).save(drawn, "PNG")
    drawn.seek(0)
    drawn.name = "van.png"
    form = {"title": "x", "file": drawn, "collection": "1"}
    page = desk.post("/cms/images/add/", form).content.decode()
    assert "Please fill this in." in page
    assert "Alternative text" in page
    assert not get_image_model().objects.exists()


# What is hard to read, and what two editors do at once


def test_a_page_is_published_and_its_editor_hears_where_readers_stumble(desk: Client):
    text = WORDS.replace("Roll it.", "See https://maps.example.org/roll for it.")
    answer = desk.post(begin(), sent(**{"body-0-value": text}), follow=True)
    said = "“https://maps.example.org/roll” stands there as an address."
    assert said in answer.content.decode()
    guide = GuidePage.objects.get(slug="how-to-return-a-map")
    assert guide.live
    form = text_of(desk, f"/cms/pages/{guide.pk}/edit/")
    assert said in form
    assert form.index(said) < form.index('name="title"')
    assert "Where readers might stumble" not in text_of(desk, begin())


def test_no_text_that_we_begin_with_makes_a_reader_stumble(published: None):
    from postroad.guides import looking

    pages = [
        FrontPage.objects.get(),
        *GuidePage.objects.all(),
        *AnswerPage.objects.all(),
        *Box.objects.all(),
    ]
    said = {page.pk: list(map(str, looking.over(page))) for page in pages}
    assert {key: found for key, found in said.items() if found} == {}


def test_the_second_of_two_editors_is_warned_and_neither_loses_a_word(desk: Client, cast: Cast):
    Post.objects.create(user=cast.centre, role=Role.EDITOR)
    guide = GuidePage.objects.get(slug="when-a-book-is-late")
    address = f"/cms/pages/{guide.pk}/edit/"
    seen = {"loaded_revision_id": str(guide.latest_revision_id)}
    other = Client()
    other.force_login(cast.centre)
    first = other.post(address, sent(title="The first", **seen), follow=True)
    assert "while you had it open" not in first.content.decode()
    second = desk.post(address, sent(title="The second", **seen), follow=True)
    assert "Centre saved this page at" in second.content.decode()
    assert "Nothing is lost" in second.content.decode()
    titles = [each.as_object().title for each in guide.revisions.order_by("pk")]
    assert titles == ["When a book is late", "The first", "The second"]


def test_who_saves_twice_is_not_warned_of_herself(desk: Client):
    guide = GuidePage.objects.get(slug="when-a-book-is-late")
    address = f"/cms/pages/{guide.pk}/edit/"
    seen = {"loaded_revision_id": str(guide.latest_revision_id)}
    desk.post(address, sent(title="The first", **seen))
    again = desk.post(address, sent(title="The second", **seen), follow=True)
    assert "while you had it open" not in again.content.decode()


# Who keeps what right


def test_what_is_overdue_and_what_nobody_keeps_is_listed(desk: Client, cast: Cast):
    GuidePage.objects.update(maintainer=cast.editor, review_by=TODAY + timedelta(days=400))
    AnswerPage.objects.update(maintainer=cast.editor, review_by=None)
    GuidePage.objects.filter(slug="e-content").update(review_by=TODAY)
    AnswerPage.objects.filter(slug="how-do-i-return-it").update(maintainer=None)
    AnswerPage.objects.filter(slug="may-i-ask-for-anything").update(maintainer=cast.lender)
    assert [page.slug for page in upkeep.overdue(TODAY)] == ["e-content"]
    assert [page.slug for page in upkeep.overdue(TODAY - timedelta(days=1))] == []
    assert {page.slug for page in upkeep.unowned()} == {
        "how-do-i-return-it",
        "may-i-ask-for-anything",  # no editor any more
    }
    for address in ("/cms/", "/cms/upkeep/"):
        page = text_of(desk, address)
        assert "How do I return something?" in page, address
        assert "Without an owner" in page, address


def test_only_editors_may_be_made_owners(desk: Client, cast: Cast):
    form = desk.get(begin()).context["form"]
    assert list(form.fields["maintainer"].queryset) == [cast.editor]


def test_the_lists_of_upkeep_are_for_editors_alone(cast: Cast, client: Client, db: None):
    client.force_login(cast.lender)
    assert client.get("/cms/upkeep/").status_code == 404


def test_the_front_door_tells_a_newcomer_four_ways(client: Client, published: None):
    text = text_of(client, "/")
    assert text.count("<li><a", text.index('class="cards"'), text.index("Who lends now")) == 4
    front = FrontPage.objects.get()
    front.body = []
    front.save()
    seed.publish(TODAY)  # what an editor took away stays away
    assert 'class="cards"' not in text_of(client, "/")


def test_there_is_one_list_of_answers(published: None):
    assert not Answers.can_create_at(FrontPage.objects.get())
    assert not GuidePage.can_create_at(Answers.objects.get())
    assert not AnswerPage.can_create_at(Guides.objects.get())
