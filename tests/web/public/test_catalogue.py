"""Finding a book and looking at it, as anybody and as a patron."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from postroad.catalogue import holdings, loading, members, search
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.directory.models import Closure, Effect, Library, Policy
from tests.browser import assert_accessible, weight
from tests.catalogue.records import item, load, record
from tests.markup import tight


@pytest.fixture
def shelf(cast):
    load(cast.lee, record("b1", ("020", {"a": "0141439513"}), item("31"), title="Emma"))
    load(
        cast.lenox,
        record("x1", ("020", {"a": "0141439513"}), item("41"), title="Emma"),
        record("x2", item("42"), title="Emma", leader="gm", year="1996"),
        record("x3", item("43"), title="Émile", author="Rousseau", language="fre", year="1762"),
    )


def emma() -> Record:
    return Record.objects.get(title="Emma", format="book")


def found(client, address: str) -> list[str]:
    return [hit.record.title for hit in client.get(address).context["hits"]]


def choice(client, address: str, label: str):
    facets = client.get(address).context["facets"]
    return next(each for facet in facets for each in facet.choices if each.label == label)


@pytest.mark.parametrize("typed", ["emma", "0141439513", "0-14-143951-3", "austen emma"])
def test_a_book_is_found_by_words_and_numbers(typed, client, shelf):
    assert "Emma" in found(client, f"/search?q={typed}")


def test_the_search_is_narrowed_by_links_alone(client, shelf):
    film = choice(client, "/search?q=emma", "film")
    assert (film.count, film.chosen) == (1, False)
    narrowed = "/search" + film.address
    assert parse_qs(urlsplit(narrowed).query) == {"q": ["emma"], "format": ["film"]}
    assert client.get(narrowed).context["answer"].total == 1
    assert choice(client, narrowed, "film").chosen
    back = choice(client, narrowed, "film").address
    assert client.get("/search" + back).context["answer"].total == 2


def test_what_narrows_is_shown_above_the_titles_and_taken_away_there(client, shelf):
    page = client.get("/search?q=emma&format=book&year=1810")
    assert [each.label for each in page.context["chosen"]] == ["book", "1810 to 1819"]
    text = page.content.decode()
    assert text.index('class="narrowed"') < text.index('class="records"')
    assert "?q=emma&amp;year=1810" in text
    assert 'class="narrowed"' not in client.get("/search?q=emma").content.decode()


def test_years_stand_in_their_order_chosen_or_not(client, shelf):
    page = client.get("/search?year=1810&year=1990")
    years = next(each for each in page.context["facets"] if each.label == "Year")
    labels = [each.label for each in years.choices]
    assert labels[0] == "1990 to 1999"
    assert labels == sorted(labels, reverse=True)


def span(client, address: str):
    facets = client.get(address).context["facets"]
    return next(each for each in facets if each.label == "Year").span


def test_years_are_narrowed_by_a_form_that_keeps_all_else(client, shelf):
    address = "/search?q=emma&format=film&format=book&year=1810&page=2&sort=newest"
    form = span(client, address)
    assert form.kept == [
        ("q", "emma"),
        ("sort", "newest"),
        ("format", "film"),
        ("format", "book"),
    ]
    page = client.get("/search", {"q": "emma", "format": ["film", "book"], "from": 1990, "to": ""})
    assert [hit.format for hit in page.context["hits"]] == ["film"]
    assert '<input type="text" id="from" name="from" value="1990"' in tight(page)


@pytest.mark.parametrize(
    ("typed", "label", "some"),
    [
        ("from=1762&to=1813", "1762 to 1813", {"Emma", "Émile"}),
        ("from=1813&to=1762", "1762 to 1813", {"Emma", "Émile"}),  # the wrong way round
        ("from=+1996+", "1996 and later", {"Emma"}),
        ("to=1762", "1762 and earlier", {"Émile"}),
        ("from=1762&to=1762", "1762", {"Émile"}),
    ],
)
def test_the_years_typed_stand_above_the_titles_and_are_left_out_there(
    client, shelf, typed, label, some
):
    page = client.get(f"/search?{typed}")
    assert set(found(client, f"/search?{typed}")) == some
    [choice] = page.context["chosen"]
    assert (choice.label, choice.address) == (label, "?")
    assert page.context["narrowed"]
    assert [name for name, _value in page.context["kept"]] == [
        each.split("=")[0] for each in typed.split("&")
    ]


@pytest.mark.parametrize(
    "wrong", ["abc", "-5", "0", "19999", "19.5", "१९५०", "\x00", "<b>", "9" * 900]
)
@pytest.mark.parametrize("name", ["from", "to"])
def test_what_is_no_year_is_said_and_narrows_nothing(client, shelf, name, wrong):
    page = client.get("/search", {"q": "emma", name: wrong})
    text = page.content.decode()
    assert "is not a year, so all years are shown" in text
    assert "<b>" not in text
    assert page.context["answer"].total == 2
    assert not page.context["narrowed"]
    assert not page.context["kept"]


def test_a_decade_takes_the_place_of_the_years_typed(client, shelf):
    decade = choice(client, "/search?from=1990&to=1999&q=emma", "1810 to 1819")
    assert decade.count == 1  # the years typed do not narrow their own facet
    assert parse_qs(urlsplit(decade.address).query) == {"q": ["emma"], "year": ["1810"]}


def test_years_in_which_nothing_appeared_say_so_and_stay_to_be_changed(client, shelf):
    page = client.get("/search?q=emma&from=1600&to=1601")
    assert "No library here has that" in page.content.decode()
    assert span(client, "/search?q=emma&from=1600&to=1601").first == "1600"


def test_each_facet_has_words_for_its_values(client, shelf):
    facets = client.get("/search").context["facets"]
    said = {facet.label: [each.label for each in facet.choices] for facet in facets}
    assert said["Language"] == ["English", "French"]
    assert said["Library"] == ["Lenox Library", "Lee Library"]
    assert said["Year"] == ["1990 to 1999", "1810 to 1819", "1760 to 1769"]


def test_what_can_be_lent_now_is_one_link_and_goes_away_by_another(client, shelf):
    now = choice(client, "/search?q=emma", "Can be lent now")
    assert (now.count, now.chosen) == (2, False)
    holdings.take(Item.objects.get(barcode="42"))
    page = client.get("/search" + now.address)
    assert [hit.record.format for hit in page.context["hits"]] == ["book"]
    [left] = page.context["chosen"]
    assert (left.label, left.address) == ("Can be lent now", "?q=emma")


@pytest.fixture
def placed(cast):
    for library, north in ((cast.lee, 42.0), (cast.lenox, 42.1), (cast.pittsfield, 43.0)):
        library.latitude, library.longitude = north, -73.0
        library.save()
    members.forget()


def test_miles_are_counted_from_the_readers_own_library(client, cast, shelf, placed):
    assert not [f for f in client.get("/search").context["facets"] if f.label == "Within"]
    client.force_login(cast.ada)
    near = choice(client, "/search?q=emma", "Within 5 miles of Lee Library")
    assert (near.count, near.address) == (1, "?q=emma&miles=5")
    page = client.get("/search" + near.address)
    assert page.context["answer"].total == 1
    assert page.context["chosen"][0].address == "?q=emma"


@pytest.mark.parametrize("typed", ["lenox", "Lenox", " LENOX ", "Lenox Library"])
def test_miles_are_counted_from_a_library_or_town_that_is_typed(client, shelf, placed, typed):
    page = client.get("/search", {"q": "emma", "near": typed, "miles": "5"})
    assert page.context["answer"].total == 2
    [left] = page.context["chosen"]
    assert left.label.startswith("Within 5 miles of Lenox")
    assert left.address == "?q=emma"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("near=Atlantis&miles=5", "No library or town is called “Atlantis”."),
        ("miles=5", "Type the library or town to count the miles from."),
        ("near=%3Cb%3E%00&miles=5", "No library or town is called"),
        ("near=lee&miles=7000", ""),
    ],
)
def test_a_place_that_is_not_known_is_said_and_narrows_nothing(client, shelf, placed, typed, says):
    page = client.get(f"/search?q=emma&{typed}")
    assert says in page.content.decode()
    assert page.context["answer"].total == 2
    assert page.context["chosen"] == []


def test_a_slip_shows_the_nearest_under_a_heading_of_its_own(client, shelf):
    page = client.get("/search?q=emna")
    assert page.context["hits"] == []
    assert {hit.record.title for hit in page.context["nearest"]} == {"Emma"}
    text = tight(page)
    assert "No title has exactly these words" in text
    assert text.index("Nearest to what you typed") < text.index('class="records"')
    assert "2 titles" not in text


def test_narrowing_stays_when_the_words_change(client, shelf):
    page = client.get("/search?q=emma&format=film&library=lenox")
    assert page.context["kept"] == [("format", "film"), ("library", "lenox")]
    assert '<input type="hidden" name="format" value="film">' in tight(page)


@pytest.mark.parametrize(
    "address",
    [
        "/search?page=-1",
        "/search?page=99999999999999999999",
        "/search?page=x&sort=x&format=x&language=x&library=x&year=x",
        "/search?year=1995&year=-10&year=99999&library=%00&language=%00%00%00",
        "/search?q=%00%ff%fe&author=%00&number=%00",
        "/search?number=" + "9" * 5000,
        "/search?q=" + "%22" * 999,
        "/search?" + "&".join(f"library=l{n}" for n in range(90)),
        "/libraries?page=x&state=x&kind=x&network=%00&q=%00",
        "/libraries?q=" + "a+" * 500,
    ],
)
def test_no_address_is_too_odd(address, client, shelf):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><b>', "{{ 7 }}"])
def test_what_is_typed_is_never_markup(typed, client, shelf):
    page = client.get("/search", {"q": typed, "author": typed, "format": typed}).content.decode()
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_a_slip_of_the_finger_is_answered_with_a_link(client, shelf):
    page = client.get("/search?q=emna")
    assert page.context["instead"] == "?q=emma"
    assert b"Did you mean" in page.content


def test_nothing_found_says_what_to_do_next(client, shelf):
    page = client.get("/search?q=xqzzyv&format=film").content.decode()
    assert "No library here has that" in page
    assert "Look in every format" in page


def test_an_empty_catalogue_says_so(client, db):
    search.refresh()
    assert b"The catalog is empty" in client.get("/search").content


def test_without_an_index_the_page_says_that_nothing_is_lost(client, db):
    page = client.get("/search?q=emma")
    assert page.status_code == 503
    assert b"Nothing is lost" in page.content


def test_a_record_that_is_not_there(client, db):
    assert client.get("/record/12345").status_code == 404
    assert client.get("/record/99999999999999999999999").status_code == 404
    assert client.get("/libraries/nowhere").status_code == 404


def rows(client) -> dict[str, str]:
    """Each owner's answer to: could you lend it today?"""
    page = client.get(reverse("record", args=[emma().pk]))
    return {each.library.code: each.why_not for each in page.context["owners"]}


@pytest.fixture
def monday(time_machine):
    time_machine.move_to("2026-11-23 15:00:00+00:00", tick=False)


def test_the_record_tells_who_could_lend_it_today_and_why_not(client, shelf, cast, monday):
    assert rows(client) == {"lee": "", "lenox": ""}
    Item.objects.filter(library=cast.lee).update(status=ItemStatus.REFERENCE)
    holdings.take(Item.objects.get(barcode="41"))
    assert rows(client) == {
        "lee": "to be used in the library only",
        "lenox": "no copy on the shelf",
    }


def test_policies_and_closures_are_reasons(client, shelf, cast, monday):
    Policy.objects.filter(library=cast.lee).update(formats_not_lent=["book"])
    Closure.objects.create(
        library=cast.lenox,
        effect=Effect.CLOSED,
        first_day=date(2026, 11, 20),
        last_day=date(2026, 12, 20),
    )
    assert rows(client) == {
        "lee": "does not lend this format to other libraries",
        "lenox": "closed right now",
    }


def test_a_patron_is_told_to_fetch_what_her_own_library_has(client, shelf, cast, monday):
    client.force_login(cast.ada)
    page = client.get(reverse("record", args=[emma().pk])).content.decode()
    assert "Lee Library has it on the shelf. You can pick it up there today" in page
    assert page.index(">Lee Library</a>") < page.index(">Lenox Library</a>")
    assert "On the shelf at Lee Library" in client.get("/search?q=emma").content.decode()


def test_what_her_own_library_has_lent_out_is_said_of_it(client, shelf, cast, monday):
    client.force_login(cast.ada)
    assert rows(client)["lee"] == "your own library, pick it up there"
    holdings.take(Item.objects.get(record=emma(), library=cast.lee))
    assert rows(client)["lee"] == "your own library, and no copy is on the shelf"


def test_one_search_box_is_enough_for_a_reader_who_searches(client, shelf, cast, monday):
    """At work the box of the frame finds any number, so it stays."""
    box = 'id="find"'
    assert box not in client.get("/search").content.decode()
    assert box in client.get(reverse("record", args=[emma().pk])).content.decode()
    client.force_login(cast.lender)
    assert box in client.get("/search").content.decode()


def test_a_patron_sees_on_which_day_it_could_come(client, shelf, cast, monday):
    client.force_login(cast.bea)
    page = client.get(reverse("record", args=[emma().pk]))
    assert page.context["soonest"] is not None
    assert page.context["soonest"] > date(2026, 11, 23)
    assert "It could be at your library on" in page.content.decode()


def test_where_a_lent_copy_is_nobody_is_told(client, shelf, cast, monday):
    def told():
        page = client.get(reverse("record", args=[emma().pk])).content.decode()
        return page[page.index("<main") : page.index("</main>")]

    Item.objects.filter(barcode="41").update(status=ItemStatus.OUT)
    lent_to_its_own_reader = told()
    Item.objects.filter(barcode="41").update(status=ItemStatus.AWAY)
    assert told() == lent_to_its_own_reader


# Sessions and people cost their own queries; these are a visitor's, and do not grow.
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # With the numbers of the hits, for programs, and with the formats of their works.
        ("/search", 5),
        ("/search?q=emma", 5),
        ("/search?q=emma&format=book&library=lee&year=1810", 5),
        ("/search?q=0141439513", 4),
        ("/record/{pk}", 7),  # with its other editions; if it has any, one more for who has them
        ("/libraries", 5),
        ("/libraries?q=lee&state=MA&network=berkshire", 5),
        ("/libraries/lee", 12),
    ],
)
def test_the_number_of_queries_does_not_grow(
    address, queries, client, shelf, cast, django_assert_num_queries
):
    address = address.format(pk=emma().pk)
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
    libraries = Library.objects.bulk_create(
        Library(code=f"l{n}", name=f"Library {n}", town="Lee", state="MA", kind="public")
        for n in range(50)
    )
    loading.stock(
        loading.NewCopy(emma().pk, each.pk, f"9{each.pk}", "FIC", "Stacks", ItemStatus.IN)
        for each in libraries
    )
    search.refresh()
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.first
def test_the_pages_are_accessible_and_light_and_need_no_script(browse, shelf, cast):
    addresses = ["/search?q=emma", "/search?q=emna", f"/record/{emma().pk}", "/libraries"]
    for address in [*addresses, "/libraries/lee"]:
        for width, dark in ((1280, False), (360, True)):
            page = browse(width=width, dark=dark)
            page.goto(address)
            assert_accessible(page)
        assert weight(browse(), address) < 60_000


def test_a_reader_without_scripts_narrows_and_opens_a_record(browse, shelf):
    page = browse(scripts=False)
    page.goto("/search")
    page.get_by_label("Title, author, subject or ISBN").fill("emma")
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="film").click()
    page.get_by_role("main").get_by_role("link", name="Emma").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Emma")
    expect(page.get_by_role("row", name="Lenox Library")).to_be_visible()


STAFF = ["borrower", "lender", "director", "allrounder", "centre", "driver", "delivery", "editor"]


@pytest.mark.parametrize("who", [*STAFF, "operator", "stranger", "ada", None])
def test_a_record_offers_only_what_leads_somewhere(who, client, cast, shelf):
    if who:
        client.force_login(getattr(cast, who))
    page = client.get(reverse("record", args=[emma().pk]))
    ask = page.context["ask"]
    offered = {name for name in ("herself", "for_reader") if getattr(ask, name)}
    expected = {"ada": {"herself"}, None: {"herself"}}
    staff = {"for_reader"} if who in {"borrower", "director"} else set()
    assert offered == expected.get(who, staff)
    for name in offered:
        assert client.get(getattr(ask, name), follow=True).status_code == 200
    if who == "stranger":
        assert "Your library" in ask.no


def test_a_record_and_a_list_say_that_she_has_asked_for_it(client, cast, shelf):
    client.force_login(cast.ada)
    ask = {"library": "lee", "insists": "on"}
    client.post(reverse("patron-ask", args=[emma().pk]), ask)
    for address in (reverse("record", args=[emma().pk]), "/search?q=emma"):
        page = client.get(address).content.decode()
        assert "We have your request and are looking" in page, address
        assert "/patron/requests/" in page
    client.force_login(cast.bea)
    assert "/patron/requests/0" not in client.get("/search?q=emma").content.decode()
    assert client.get(reverse("record", args=[emma().pk])).context["ask"].asked is None


def test_of_the_only_copy_that_she_asked_for_no_other_is_promised(client, cast, shelf):
    """Lee and Lenox have one each of *Emma*; of *Émile* there is one copy in all."""
    client.force_login(cast.ada)
    for title, others in (("Émile", False), ("Emma", True)):
        pk = Record.objects.get(title=title, format="book").pk
        client.post(reverse("patron-ask", args=[pk]), {"library": "lee", "insists": "on"})
        page = client.get(reverse("record", args=[pk])).content.decode()
        assert "You have asked for this title" in page
        assert ("Ask for another copy" in page) is others, title
        assert "could lend it" not in page.lower().partition("where it is")[0]
    client.post(reverse("patron-ask", args=[pk]), {"library": "lee", "insists": "on"})
    page = client.get(reverse("record", args=[pk])).content.decode()
    assert "Ask for another copy" not in page  # she waits for both


def test_only_who_is_not_signed_in_is_told_to_sign_in(client, cast, shelf):
    address, hint = reverse("record", args=[emma().pk]), "Sign in with your library card"
    assert hint in client.get(address).content.decode()
    for who in (cast.borrower, cast.ada):
        client.force_login(who)
        assert hint not in client.get(address).content.decode()


@pytest.mark.parametrize("format_", ["serial", "eresource"])
def test_what_is_not_lent_is_said_in_words_with_what_to_do(format_, client, cast, shelf):
    Record.objects.filter(pk=emma().pk).update(format=format_)
    pk = Record.objects.get(title="Emma", format=format_).pk
    page = client.get(reverse("record", args=[pk]))
    assert "do not lend whole journals" in page.content.decode()
    for promise in (reverse("patron-ask", args=[pk]), "Could lend it", "when it could reach you"):
        assert promise not in page.content.decode()
    client.force_login(cast.ada)
    for answer in (client.get, client.post):
        said = answer(reverse("patron-ask", args=[pk]))
        if format_ == "serial" and answer == client.get:
            assert said["Location"].startswith(f"{reverse('patron-ask-blank')}?material=article&")
            continue
        assert (said.status_code, "desk can help" in said.content.decode()) == (409, True)
    client.force_login(cast.borrower)
    address = f"/staff/ask/?card={cast.ada.card.barcode}&record={pk}"
    for answer in (client.get, client.post):
        said = answer(address).content.decode()
        assert "do not lend whole journals" in said
        assert 'name="need_by"' not in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("978-0-00-000000-0", "its last digit does not fit the others"),
        ("978014032872", "An ISBN has 10 or 13 digits"),
        ("9780140328721", "No library here has the edition with this ISBN"),
    ],
)
def test_an_isbn_that_finds_nothing_is_told_what_may_be_wrong_and_suggests_nothing(
    typed, said, client, shelf
):
    page = client.get("/search", {"q": typed}).text
    assert said in page
    assert "Did you mean" not in page


def test_a_record_of_which_nothing_more_is_known_has_no_empty_heading(client, cast, shelf):
    bare = emma()
    Record.objects.filter(pk=bare.pk).update(
        publisher="", place="", extent="", language="", subjects=[]
    )
    bare.identifiers.all().delete()
    page = client.get(reverse("record", args=[bare.pk])).content.decode()
    assert ("About this edition" in page, "Take it along" in page) == (False, True)


def test_what_cannot_be_reached_by_turning_pages_is_said(client, shelf, monkeypatch):
    for name in ("LAST_PAGE", "PAGE"):
        monkeypatch.setattr(f"postroad.catalogue.search.{name}", 1)
    assert "The first 1 are listed; narrow the search" in client.get("/search").text
    monkeypatch.undo()
    assert "narrow the search to reach" not in client.get("/search").text


def test_a_disc_says_on_what_it_is_where_it_is_listed_and_on_its_page(client, cast):
    for number, disc in enumerate(("DVD", "Blu-ray disc")):
        load(
            cast.lee,
            record(f"f{number}", ("300", {"a": f"1 {disc}"}), title="The long road", leader="gm"),
        )
    page = client.get("/search", {"q": "long road"}).content.decode()
    assert "film, DVD" in page
    assert "film, Blu-ray" in page
    one = Record.objects.get(carrier="blu-ray")
    assert "film, Blu-ray" in client.get(f"/record/{one.pk}").content.decode()
