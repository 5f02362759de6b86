"""A network's page: changed, kept in history, put back; its members, and a name of its own."""

import pytest

from postroad.directory import networks
from postroad.directory.models import Kind, Library, Network
from tests.cast import Cast, outside


@pytest.fixture
def berkshire(cast: Cast) -> Network:
    return Network.objects.get(code="berkshire")


def test_a_change_says_what_was_and_is_and_is_put_back(berkshire: Network, cast: Cast):
    assert networks.change(berkshire, {"lead": ""}, by="Ann") is None
    changed = networks.change(berkshire, {"lead": "Hills", "office": cast.lee}, by="Ann")
    assert changed is not None
    assert changed.facts == {"lead": ["", "Hills"], "office": [None, "lee"]}
    networks.undo(changed, by="Ben")
    berkshire.refresh_from_db()
    assert (berkshire.lead, berkshire.office) == ("", None)
    last = berkshire.changes.first()
    assert last is not None
    assert (last.by, last.undoes) == ("Ben", changed)
    networks.undo(last, by="Ann")  # an undo is a change as any other
    berkshire.refresh_from_db()
    assert (berkshire.lead, berkshire.office) == ("Hills", cast.lee)


def test_what_was_changed_again_is_not_put_back_over_it(berkshire: Network):
    first = networks.change(berkshire, {"lead": "Hills"}, by="Ann")
    networks.change(berkshire, {"lead": "Mountains"}, by="Ben")
    assert first is not None
    with pytest.raises(networks.ChangedSince):
        networks.undo(first, by="Ann")
    berkshire.refresh_from_db()
    assert berkshire.lead == "Mountains"


def test_nothing_is_put_back_twice(berkshire: Network):
    changed = networks.change(berkshire, {"lead": "Hills"}, by="Ann")
    assert changed is not None
    networks.undo(changed, by="Ann")
    networks.change(berkshire, {"lead": "Hills"}, by="Ben")
    with pytest.raises(networks.UndoneAlready):
        networks.undo(changed, by="Ann")


def test_members_are_who_takes_part(berkshire: Network, cast: Cast):
    Library.objects.filter(pk=cast.pittsfield.pk).update(network=berkshire, kind=Kind.CENTRE)
    Library.objects.filter(pk=outside().pk).update(network=berkshire)
    assert networks.by_key(berkshire) == {cast.lee.pk: "lee", cast.lenox.pk: "lenox"}
    Library.objects.filter(pk=cast.lenox.pk).update(active=False)
    assert networks.by_key(berkshire) == {cast.lee.pk: "lee"}


def test_a_name_leads_to_its_network_however_a_browser_writes_it(berkshire: Network):
    networks.change(berkshire, {"host": "hills.example.org"}, by="Ann")
    for host in ("hills.example.org", "Hills.Example.org:8000", "hills.example.org."):
        found = networks.at_host(host)
        assert found is not None
        assert found.code == "berkshire"
    for host in ("", "example.org", "x.hills.example.org", "hills.example.org.evil.example"):
        assert networks.at_host(host) is None
