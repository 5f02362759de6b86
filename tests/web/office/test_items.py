"""How a library's items are read, on a page: tried on its own records, kept, put back."""

from typing import Any

import pytest
from django.test import Client

from postroad.catalogue import mapping, rereading
from postroad.catalogue.marc.layouts import PRESETS
from postroad.catalogue.models import Item, ItemMapping, Rereading
from tests.cast import Cast
from tests.catalogue.records import item, load, record

pytestmark = pytest.mark.django_db
HERE = "/staff/library/items/"
ODD = ("852", {"b": "LEE", "p": "31", "k": "FIC", "j": "SMI", "s": "In the whaler"})
PLAIN = ("852", {"b": "LEE", "p": "32", "k": "FIC", "j": "JON", "s": "Available"})


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def director(cast: Cast) -> Client:
    load(
        cast.lee, record("b1", ODD, title="Moby Dick"), record("b2", PLAIN), record("b3", title="C")
    )
    return at(cast.director)


def typed(page, **changed: object) -> dict[str, Any]:
    """What the form has, as a browser would send it, with what somebody changes."""
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    sent = {name: value for name, value in sent.items() if value is not False}
    words = [*page.context["unknown"], *page.context["known"]]
    sent |= {"word": [each.word for each in words], "means": [each.means for each in words]}
    return {**sent, **changed}


def shown(page) -> dict[str, list[str]]:
    return {row.title: [str(each.says) for each in copies] for row, copies in page.context["rows"]}


def test_a_director_sees_her_own_records_and_what_nobody_knows(director: Client):
    page = director.get(HERE)
    assert page.context["form"]["system"].value() == "evergreen"
    assert shown(page) == {
        "Moby Dick": ["not known"],
        "Pride and prejudice": ["on the shelf"],
        "C": [],
    }
    assert [(each.word, each.count) for each in page.context["unknown"]] == [("In the whaler", 1)]
    assert page.context["without"] == 1
    text = page.content.decode()
    assert "852 $b LEE $p 31" in text
    assert 'href="/staff/library/items/"' in director.get("/staff/library/").content.decode()


def test_a_word_is_tried_then_kept_and_the_records_read_anew(director: Client, cast: Cast):
    sent = typed(director.get(HERE))
    sent["means"] = ["in" for _ in sent["word"]]
    page = director.post(HERE, sent | {"try": "1"})
    assert shown(page)["Moby Dick"] == ["on the shelf"]
    assert "Nothing is saved yet" in page.content.decode()
    assert Item.objects.get(barcode="31").status == "unknown"
    assert not ItemMapping.objects.get().rules
    page = director.post(HERE, sent | {"keep": "read"}, follow=True)
    assert "are being read anew" in page.content.decode()
    rereading.work_off(Rereading.objects.get().asked_at)
    assert Item.objects.get(barcode="31").status == "in"
    page = director.get(HERE)
    assert "Read anew" in page.content.decode()
    assert page.context["form"]["system"].value() == "evergreen"  # its words alone are others
    assert not page.context["unknown"]
    page = director.post(HERE, {"back": "1"}, follow=True)
    assert mapping.of(cast.lee).layout == PRESETS["evergreen"]
    assert "read in another way than is saved now" in page.content.decode()
    director.post(HERE, {"read": "1"})
    rereading.work_off(Rereading.objects.get().asked_at)
    assert Item.objects.get(barcode="31").status == "unknown"


def test_another_preset_brings_its_subfields_and_one_that_is_changed_makes_own_rules(
    director: Client, cast: Cast
):
    page = director.get(HERE)
    page = director.post(HERE, typed(page, system="koha", **{"try": "1"}))
    form = page.context["form"]
    assert (form["system"].value(), form["tag"].value(), form["barcode"].value()) == (
        *("koha", "952", "p"),
    )
    page = director.post(HERE, typed(page, barcode="9", **{"try": "1"}))
    assert page.context["form"]["system"].value() == "own"
    page = director.post(HERE, typed(page, tag="852", barcode="p", call_number="kj", status="s"))
    assert shown(page)["Moby Dick"] == ["not known"]
    director.post(HERE, typed(page, keep="later"))
    kept = mapping.of(cast.lee)
    assert (kept.layout.system, kept.layout.tag, kept.layout.call_number) == ("own", "852", "kj")
    assert director.get(HERE).context["form"]["call_number"].value() == "kj"


def test_who_would_lose_copies_is_asked_first(director: Client, cast: Cast):
    page = director.get(HERE)
    sent = typed(page, system="sierra", only="on", keep="read")
    page = director.post(HERE, sent)
    assert page.status_code == 422
    assert "2 copies are found now, and with this only 0" in " ".join(page.content.decode().split())
    assert mapping.of(cast.lee).layout.system == "evergreen"
    director.post(HERE, sent | {"sure": "1"})
    assert mapping.of(cast.lee).layout.system == "sierra"


def test_a_word_never_becomes_on_the_shelf_by_itself(director: Client, cast: Cast):
    page = director.get(HERE)
    sent = typed(page, keep="later")
    sent["means"] = ["" for _ in sent["word"]]
    director.post(HERE, sent)
    kept = mapping.of(cast.lee).layout
    load(cast.lee, record("b1", ODD, title="Moby Dick"), record("b2", PLAIN))
    assert set(Item.objects.values_list("status", flat=True)) == {"unknown"}
    assert kept.words["AVAILABLE"] == "unknown"


def test_the_center_does_so_for_any_library_and_nobody_else_does(director: Client, cast: Cast):
    center = at(cast.centre)
    page = center.get("/office/libraries/lee/items/")
    assert page.context["library"] == cast.lee
    assert center.get("/office/libraries/lenox/items/").context["made"].records == 0
    assert center.get("/office/libraries/none/items/").status_code == 404
    assert director.get("/office/libraries/lenox/items/").status_code == 404
    assert at(cast.borrower).get(HERE).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {"system": "nothing"},
        {"system": "own", "shown": "own"},
        {"system": "own", "shown": "own", "tag": "245"},
        {"system": "koha", "shown": "koha", "tag": "952", "barcode": "pp"},
        {"system": "koha", "shown": "koha", "tag": "952", "barcode": "\0"},
        {"system": "koha", "shown": "koha", "tag": "952", "location": "$c"},
    ],
)
def test_what_makes_no_sense_is_told_at_its_field_and_nothing_kept(director: Client, cast, sent):
    before = mapping.of(cast.lee)
    page = director.post(HERE, {**sent, "keep": "read"})
    assert page.status_code == 422
    assert page.context["form"].errors
    assert mapping.of(cast.lee) == before


@pytest.mark.parametrize(
    "sent",
    [
        {"word": ["a", "b"], "means": ["in"]},
        {"word": ["a\0", "", "x" * 500], "means": ["in", "in", "in"]},
        {"word": ["a"], "means": ["away"]},
        {"word": ["a"], "means": ["whatever"]},
    ],
)
def test_words_that_nobody_could_send_change_nothing_else(director: Client, cast: Cast, sent):
    page = director.post(HERE, {"system": "koha", "shown": "", **sent, "try": "1"})
    assert page.status_code == 200
    assert "away" not in mapping.of(cast.lee).layout.words.values()


def test_a_reading_that_is_under_way_is_shown_and_stopped(director: Client, cast: Cast):
    load(cast.lee, record("k1", item("41"), title="Koha's"))
    director.post(HERE, {"read": "1"})
    page = director.get(HERE)
    assert "0 of 4 are done" in page.content.decode()
    assert "Stopped" in director.post(HERE, {"stop": "1"}, follow=True).content.decode()
    assert Rereading.objects.get().stopped
    assert director.post(HERE, {"stop": "1"}).status_code in {200, 422}
