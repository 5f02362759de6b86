"""Anything of any library, sent without a request: whose it is, its parcel, its slip."""

import pytest

from postroad.accounts.models import Post, Role
from postroad.catalogue.models import Item, Record
from postroad.delivery.models import Parcel, ParcelState, Purpose, Via
from postroad.directory.models import Authority, Symbol
from postroad.ill import transit
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan
from postroad.ill.transit import Why
from tests.delivery.test_slips import barcodes, words

HERE = "/staff/transit/"


@pytest.fixture
def walden(cast):
    return Record.objects.create(title="Walden", match_key="walden")


@pytest.fixture
def copies(cast, walden):
    """One of Lenox, one of Providence, and one barcode on a book of each of two."""
    owners = [
        (cast.lenox, "31111"),
        (cast.providence, "32222"),
        (cast.lenox, "39999"),
        (cast.pittsfield, "39999"),
        (cast.lee, "30000"),
    ]
    Item.objects.bulk_create(
        Item(record=walden, library=library, barcode=code) for library, code in owners
    )


def whys(things):
    return [each.why for each in things]


def test_the_catalog_says_whose_it_is_by_library_and_barcode(cast, copies):
    cast.providence.delivery_code = ""
    cast.providence.save()
    found = transit.look(["A31111B", "31111", "32222", "39999", "30000", "nobody's"], cast.lee)
    assert [each.to for each in found] == [cast.lenox, cast.providence, None, cast.lee, None]
    assert whys(found) == [None, Why.NO_SLIP, Why.SEVERAL, Why.OURS, Why.UNKNOWN]
    assert found[0].title == "Walden"
    assert {each.name for each in found[2].owners} == {cast.lenox.name, cast.pittsfield.name}


def test_what_is_said_goes_before_and_elsewhere_is_a_transfer(cast, copies):
    said = {"39999": cast.pittsfield, "nobody's": cast.lenox}
    home = transit.look(["39999", "nobody's"], cast.lee, said=said)
    assert [(each.to, each.purpose) for each in home] == [
        (cast.pittsfield, Purpose.RETURN),
        (cast.lenox, Purpose.RETURN),
    ]
    away = transit.look(["31111", "nobody's"], cast.lee, to=cast.pittsfield)
    assert [(each.to, each.purpose, each.why) for each in away] == [
        (cast.pittsfield, Purpose.TRANSFER, None),
        (cast.pittsfield, Purpose.TRANSFER, None),
    ]


def test_many_are_looked_up_in_as_many_statements_as_few(cast, copies, django_assert_num_queries):
    for texts in (["31111"], [f"3{number:05}" for number in range(100)]):
        with django_assert_num_queries(4):
            transit.look(texts, cast.lee)
    assert len(transit.look([str(number) for number in range(300)], cast.lee)) == transit.MOST


def test_a_second_press_sends_nothing_twice(cast, copies):
    things = transit.look(["31111", "39999"], cast.lee)
    first = transit.send(things, cast.lee, Act(cast.borrower))
    again = transit.send(things, cast.lee, Act(cast.borrower))
    assert [each.pk for each in first] == [each.pk for each in again]
    parcel = Parcel.objects.get()
    assert (parcel.item_library, parcel.item_barcode, parcel.purpose, parcel.via, parcel.ref) == (
        cast.lenox,
        "31111",
        Purpose.RETURN,
        Via.DELIVERY,
        "",
    )


def test_a_clerk_scans_several_and_prints_them_at_once(cast, copies, at):
    desk = at(cast.borrower)
    assert f'href="{HERE}"' in desk.get("/returns").content.decode()
    cast.providence.delivery_code = "PRO"
    cast.providence.save()
    sent: dict[str, object] = {"barcodes": "31111\r\n32222\r\n39999\r\n"}
    unclear = desk.post(HERE, sent)
    assert unclear.status_code == 422
    assert "Several libraries have this barcode" in unclear.content.decode()
    assert desk.post(HERE + "add/", sent).status_code == 422
    assert not Parcel.objects.exists()
    sent |= {"barcode": ["31111", "32222", "39999"], "owner": ["", "", cast.pittsfield.code]}
    assert desk.post(HERE, sent).status_code == 200
    page = desk.post(HERE + "add/", sent, follow=True)
    assert "3 parcels are ready" in page.content.decode()
    made = page.context["parcels"]
    assert {each.to_library for each in made} == {cast.lenox, cast.providence, cast.pittsfield}
    wanted = {"parcel": [each.number for each in made]}
    printed = desk.post(HERE + "slips.pdf", wanted).content
    assert sorted(barcodes(printed)) == sorted(each.number for each in made)
    assert "fold inside" not in words(printed)
    assert "PRO" in words(printed)
    assert "COPY" in words(desk.post(HERE + "slips.pdf", wanted).content)


def test_what_is_said_of_a_barcode_counts_however_it_was_scanned(cast, copies, at):
    sent = {"barcodes": "A39999B", "barcode": ["39999"], "owner": [cast.pittsfield.code]}
    page = at(cast.borrower).post(HERE, sent)
    assert page.status_code == 200
    assert page.context["sent"].things[0].to == cast.pittsfield
    assert ">A39999B</textarea>" in page.content.decode()


def test_slips_alone_follow_nothing(cast, copies, at):
    printed = at(cast.borrower).post(HERE + "bare.pdf", {"barcodes": "31111"})
    assert barcodes(printed.content) == ["31111"]
    assert "Lenox" in words(printed.content)
    assert not Parcel.objects.exists()


def test_what_rhode_island_sends_home_has_one_slip(cast, copies, at):
    Post.objects.create(user=cast.stranger, library=cast.providence, role=Role.LENDING)
    desk = at(cast.stranger)
    for address in ("bare.pdf", "add/"):
        desk.post(HERE + address, {"barcodes": "31111"})
    number = Parcel.objects.get().number
    printed = words(desk.post(HERE + "slips.pdf", {"parcel": number}).content)
    assert "fold inside" not in printed
    assert printed.count("Walden") == 1


def test_it_stays_after_all_and_may_go_again(cast, copies, at):
    desk = at(cast.borrower)
    desk.post(HERE + "add/", {"barcodes": "31111"})
    number = Parcel.objects.get().number
    said = desk.post(HERE + "remove/", {"number": number}, follow=True).content.decode()
    assert "nothing is sent to Lenox" in said
    assert Parcel.objects.get().state == ParcelState.CANCELLED
    again = desk.post(HERE + "remove/", {"number": number}, follow=True).content.decode()
    assert "Nothing was changed" in again
    desk.post(HERE + "add/", {"barcodes": "31111"})
    assert Parcel.objects.open().count() == 1


def test_another_library_s_parcels_are_not_touched(cast, copies, at):
    transit.send(transit.look(["31111"], cast.lee), cast.lee, Act())
    number = Parcel.objects.get().number
    desk = at(cast.lender)
    desk.post(HERE + "remove/", {"number": number})
    assert Parcel.objects.get().state == ParcelState.READY
    answer = desk.post(HERE + "slips.pdf", {"parcel": number}, follow=True)
    assert "nothing was printed" in answer.content.decode()


def test_a_loan_goes_home_by_its_request(story, at):
    story.at(State.ARRIVED)
    loan = Loan.objects.get()
    page = at(story.cast.borrower).post(HERE, {"barcodes": loan.barcode})
    assert page.status_code == 422
    assert f"/staff/requests/{loan.request.ref}/" in page.content.decode()


def test_an_umbrella_s_symbol_asks_for_the_library(cast, copies, at):
    """Many addresses hide behind it: it decides nothing."""
    Symbol.objects.bulk_create(
        Symbol(library=each, authority=Authority.OCLC, value="RDS", umbrella=True)
        for each in (cast.lenox, cast.pittsfield)
    )
    sent = {"barcodes": "unknown", "barcode": ["unknown"], "owner": ["RDS"]}
    page = at(cast.borrower).post(HERE, sent)
    assert page.status_code == 422
    assert len(page.context["sent"].rows[0].choices) == 2
    to = at(cast.borrower).post(HERE, {"barcodes": "31111", "to": "RDS"})
    assert "More than one library may be meant" in to.content.decode()


@pytest.mark.parametrize(
    "text", ["", "\x00", "\r\n\r\n", "x" * 10_000, "<b>", "١٢٣", "ספר\n" * 500]
)
def test_whatever_is_typed_has_its_answer(cast, at, text):
    desk = at(cast.borrower)
    for address in ("", "add/", "bare.pdf"):
        assert desk.post(HERE + address, {"barcodes": text, "to": text}).status_code == 422
    assert not Parcel.objects.exists()
