"""A library asks to join a network: taken in, refused, put back, and asked twice."""

from typing import Any
from uuid import uuid4

import pytest

from postroad.cases import applying, handling
from postroad.cases.lifecycle import Ending, Side, State
from postroad.cases.models import Application, Case, Decision, Kind
from postroad.directory import records
from postroad.directory.models import Joining, Library, Network
from tests.cast import Cast

ASKS: dict[str, Any] = {
    "name": "Becket School Library",
    "town": "Becket",
    "state": "MA",
    "kind": "school",
    "phone": "",
    "system": "Destiny",
    "titles": 3000,
}


@pytest.fixture
def berkshire(cast: Cast) -> Network:
    network = Network.objects.get(code="berkshire")
    network.takes_applications = True
    network.save()
    return network


def ask(network: Network, **more: Any) -> Application:
    facts = {**ASKS, **{name: value for name, value in more.items() if name in ASKS}}
    return applying.ask(
        network, facts, text="We ask.", name="Jo", email="jo@example.org", key=more.get("key")
    )


def test_an_application_is_a_case_of_the_center_with_a_clock(berkshire: Network):
    asked = ask(berkshire)
    case = asked.case
    assert (case.kind, case.state, case.thread.office) == (Kind.JOINING, State.NEW, "centre")
    assert case.due_at is not None
    assert case.from_email == "jo@example.org"
    assert list(applying.waiting(berkshire)) == [asked]


def test_the_same_form_sent_twice_is_one_application(berkshire: Network):
    key = uuid4()
    assert ask(berkshire, key=key).pk == ask(berkshire, key=key).pk
    assert Case.objects.count() == Application.objects.count() == 1


def test_a_network_that_takes_none_takes_none(berkshire: Network):
    berkshire.takes_applications = False
    with pytest.raises(applying.TakesNone):
        ask(berkshire)
    assert not Case.objects.exists()


def test_taken_in_it_is_a_member_and_comes_in_step_by_step(berkshire: Network, cast: Cast):
    asked = ask(berkshire)
    library = applying.take_in(asked, "Welcome.", by=cast.centre)
    assert (library.network, library.kind, library.town) == (berkshire, "school", "Becket")
    assert library.policy.lends
    assert Joining.objects.get(library=library).begun_by == str(cast.centre)
    assert not library.contacts.exists()  # her address was not given to be published
    assert not library.email
    case = Case.objects.get(pk=asked.case_id)
    assert (case.state, case.ending) == (State.CLOSED, Ending.SETTLED)
    assert handling.messages(case).last().text == "Welcome."
    assert not applying.waiting().exists()


def test_refused_she_hears_why_and_it_can_be_undone(berkshire: Network, cast: Cast):
    asked = ask(berkshire)
    with pytest.raises(applying.ReasonWanted):
        applying.refuse(asked, " \n", by=cast.centre)
    applying.refuse(asked, "The van does not reach you yet.", by=cast.centre)
    case = Case.objects.get(pk=asked.case_id)
    assert (asked.decision, case.ending) == (Decision.REFUSED, Ending.NOTHING)
    assert handling.messages(case).last().text == "The van does not reach you yet."
    assert not Library.objects.filter(town="Becket").exists()
    with pytest.raises(applying.DecidedAlready):
        applying.take_in(asked, "Welcome.", by=cast.centre)
    applying.undo(asked, "", by=cast.centre)
    assert list(applying.waiting()) == [asked]
    applying.take_in(asked, "Welcome after all.", by=cast.centre)
    assert Library.objects.get(town="Becket").network == berkshire


def test_an_undone_newcomer_takes_part_no_more_and_comes_back_as_the_same(
    berkshire: Network, cast: Cast
):
    asked = ask(berkshire)
    first = applying.take_in(asked, "Welcome.", by=cast.centre)
    for _ in range(2):
        applying.undo(asked, "A mistake of ours.", by=cast.centre)
        row = Library.objects.get(town="Becket")
        assert (row.active, row.network) == (False, None)
        assert Case.objects.get(pk=asked.case_id).is_open
        again = applying.take_in(asked, "Welcome.", by=cast.centre)
        assert again.pk == first.pk
        assert Library.objects.get(pk=first.pk).active


def test_a_member_that_joins_is_not_added_again_and_stays_when_that_is_undone(
    berkshire: Network, cast: Cast
):
    asked = ask(berkshire, name="otis school library", town="Otis")
    assert applying.take_in(asked, "Welcome.", by=cast.centre).pk == cast.otis_school.pk
    assert Library.objects.filter(town="Otis").count() == 1
    applying.undo(asked, "", by=cast.centre)
    row = Library.objects.get(pk=cast.otis_school.pk)
    assert (row.active, row.network) == (True, None)
    with pytest.raises(applying.NotDecided):
        applying.undo(asked, "", by=cast.centre)


def test_a_library_that_is_known_here_is_taken_in_by_the_center_alone(
    berkshire: Network, cast: Cast
):
    asked = ask(berkshire, name="Otis School Library", town="Otis")
    with pytest.raises(applying.CenterTakesItIn):
        applying.take_in(asked, "Welcome.", by=cast.director)
    assert list(applying.waiting()) == [asked]
    assert Library.objects.get(pk=cast.otis_school.pk).network is None
    assert applying.take_in(ask(berkshire), "Welcome.", by=cast.director).network == berkshire


def test_who_belongs_to_another_network_leaves_that_first(berkshire: Network, cast: Cast):
    other = Network.objects.create(code="other", name="Other")
    Library.objects.filter(pk=cast.otis_school.pk).update(network=other)
    asked = ask(berkshire, name="Otis School Library", town="Otis")
    with pytest.raises(applying.InAnotherNetwork):
        applying.take_in(asked, "Welcome.", by=cast.centre)
    assert list(applying.waiting()) == [asked]


def test_who_has_gone_to_another_network_since_is_not_put_out_of_that(
    berkshire: Network, cast: Cast
):
    asked = ask(berkshire)
    library = applying.take_in(asked, "Welcome.", by=cast.centre)
    other = Network.objects.create(code="other", name="Other")
    records.change(library, {"network": other}, by="center")
    with pytest.raises(applying.InAnotherNetwork):
        applying.undo(asked, "", by=cast.centre)
    row = Library.objects.get(pk=library.pk)
    assert (row.active, row.network) == (True, other)
    records.change(library, {"network": None}, by="center")
    applying.undo(asked, "", by=cast.centre)
    assert Library.objects.get(pk=library.pk).active


def test_who_withdraws_waits_no_more_and_may_ask_again(berkshire: Network, cast: Cast):
    asked = ask(berkshire)
    case = Case.objects.shown().get(pk=asked.case_id)
    handling.close(case, Ending.WITHDRAWN, by=None, name="Jo", side=Side.ASKER)
    assert not applying.waiting().exists()
    applying.take_in(asked, "Welcome.", by=cast.centre)  # she wrote that she wants to after all
    assert Case.objects.get(pk=asked.case_id).ending == Ending.SETTLED
