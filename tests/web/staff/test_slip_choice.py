"""How a library has its slips: its paper, its barcodes."""

import pytest

from postroad.delivery.models import Parcel, Purpose, SlipChoice
from postroad.ill.lifecycle import State
from tests.delivery.test_bars import kinds
from tests.delivery.test_slips import pages

HERE = "/staff/library/slips/"


def size(pdf):
    return {(page.get_width() / 72, page.get_height() / 72) for page in pages(pdf)}


def test_a_director_chooses_paper_and_barcodes_and_slips_are_like_that(story, cast, at):
    desk = at(cast.director)
    assert f'href="{HERE}"' in desk.get("/staff/library/").content.decode()
    sent = {"paper": "card", "symbology": "code39", "item_barcode": "on"}
    assert "Saved." in desk.post(HERE, sent, follow=True).content.decode()
    assert desk.get(HERE).context["form"]["paper"].value() == "card"
    assert SlipChoice.objects.get().library == cast.lee
    story.at(State.HOMEWARD)
    at_desk = at(cast.borrower)
    chosen = at_desk.get("/staff/borrowing/slips/").context["papers"]
    assert chosen[0][0] == "card"
    printed = at_desk.post("/staff/borrowing/slips.pdf", {"which": "new"}).content
    assert size(printed) == {(4, 3)}
    home = Parcel.objects.get(purpose=Purpose.RETURN)
    assert kinds(printed, home.number) == {"Code39"}
    assert kinds(printed, home.item_barcode) == {"Code39"}
    other = at_desk.post("/staff/borrowing/slips.pdf", {"parcel": home.number, "layout": "a4"})
    assert {round(wide * 25.4) for wide, _high in size(other.content)} == {297}


@pytest.mark.parametrize("wrong", [{"paper": "poster"}, {"symbology": "qr"}, {}])
def test_a_choice_that_is_none_is_not_kept(cast, at, wrong):
    sent = {"paper": "a4", "symbology": "codabar", **wrong} if wrong else {}
    assert at(cast.director).post(HERE, sent).status_code == 422
    assert not SlipChoice.objects.exists()


def test_only_the_director_chooses(cast, at):
    assert at(cast.borrower).get(HERE).status_code == 404
