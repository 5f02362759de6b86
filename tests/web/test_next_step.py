"""What ended with "no" leads on: for the reader and at the desk, with what is known filled in."""

import pytest
from django.test import Client

from postroad.accounts.models import Card
from postroad.ill import asking, borrowing, sweeps
from postroad.ill.acts import Act
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.wanted import Wanted
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, title


def ended(story: Story) -> Story:
    story.look()
    borrowing.cancel(story.ill, Act(story.cast.ada, MONDAY))
    story.look()
    return story


def page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_she_asks_again_or_by_what_she_knows_or_writes(client: Client, cast: Cast):
    story = ended(begin(cast))
    client.force_login(cast.ada)
    shown = page(client, f"/patron/requests/{story.ill.ref}/")
    assert f'href="/patron/ask/{story.record.pk}/"' in shown
    assert (
        "/patron/ask/blank/?material=book&amp;title=Walden&amp;author=Henry+David+Thoreau" in shown
    )
    assert f"/patron/requests/{story.ill.ref}/question/" in shown


def test_what_could_not_be_supplied_is_asked_in_any_edition(client: Client, cast: Cast):
    story = begin(cast)
    borrowing.review(story.ill, Act(at=MONDAY), concerns=["duplicate"])
    borrowing.decline(story.ill, Act(cast.borrower, MONDAY), reason="Too fragile.")
    client.force_login(cast.ada)
    shown = page(client, f"/patron/requests/{story.ill.ref}/")
    address = f"/patron/ask/{story.record.pk}/?any_edition=on"
    assert f'href="{address}"' in shown
    assert client.get(address).context["form"]["any_edition"].value() is True
    # kept by the form beside it, which looks for a library farther away
    assert '<input type="hidden" name="any_edition" value="on">' in page(client, address)


def test_a_blank_request_is_asked_again_with_all_that_was_told(client: Client, cast: Cast):
    said = {Field.TITLE: "Ice <b>", Field.PLACE: "Otis", Field.SCALE: "1:25000"}
    wanted = Wanted(cast.ada, cast.lee, citation=Citation(Material.MAP, said))
    ill = asking.ask_blank(wanted, Act(cast.ada, MONDAY))
    story = ended(Story(cast, title("no record of it"), ill))
    client.force_login(cast.ada)
    shown = page(client, f"/patron/requests/{story.ill.ref}/")
    assert "/patron/ask/blank/?material=map&amp;title=Ice+%3Cb%3E" in shown
    again = "/patron/ask/blank/?material=map&title=Ice&place=Otis&scale=1:25000"
    form = client.get(again).context["form"]
    assert (form["place"].value(), form["scale"].value()) == ("Otis", "1:25000")


def test_the_desk_does_it_for_her_until_she_is_forgotten(client: Client, cast: Cast):
    story = ended(begin(cast))
    client.force_login(cast.borrower)
    card = Card.objects.get(user=cast.ada).barcode
    address = f"/staff/requests/{story.ill.ref}/"
    shown = page(client, address)
    assert f"/staff/ask/?card={card}&amp;record={story.record.pk}" in shown
    assert f"/staff/ask/blank/?card={card}&amp;material=book" in shown
    sweeps.forget_patron(story.ill, MONDAY)
    assert card not in page(client, address)


@pytest.mark.parametrize("who", ["lender", "centre"])
def test_nobody_else_reads_her_card_there(client: Client, cast: Cast, who: str):
    story = begin(cast)
    story.listen()
    ended(story)
    client.force_login(cast.people[who])
    assert Card.objects.get(user=cast.ada).barcode not in page(
        client, f"/staff/requests/{story.ill.ref}/"
    )
