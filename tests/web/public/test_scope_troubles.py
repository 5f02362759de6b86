"""Troubles that others reported of a search within one library or group, each tried on ours.

The source of each stands with it: repository and number of its issue or pull request.
"""

import re
from typing import Any

import pytest
from django.test import Client

from postroad.catalogue import search
from postroad.catalogue.models import ItemStatus
from postroad.directory.models import Library, Network
from tests.cast import Cast
from tests.ill.story import copy, title

HERE = "/networks/berkshire/search"


@pytest.fixture
def shelves(cast: Cast) -> None:
    """Lee and Lenox are in the network. Emma is in at Pittsfield alone, and out at Lee."""
    emma = title("Emma")
    copy(emma, cast.lee, "1", status=ItemStatus.OUT)
    copy(emma, cast.pittsfield, "2")
    walden = title("Walden")
    copy(walden, cast.lenox, "3")
    copy(walden, cast.pittsfield, "4", status=ItemStatus.OUT)
    for number in range(25):
        book = title(f"Walden reader {number}")
        copy(book, cast.lee, f"5{number}")
        copy(book, cast.pittsfield, f"6{number}")
    search.refresh()


pytestmark = pytest.mark.usefixtures("shelves")


def page(client: Client, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def links(answer: Any) -> list[str]:
    """Where the page's own matter leads."""
    inside = answer.content.decode().split("<main")[1].split("<footer")[0]
    return [each.replace("&amp;", "&") for each in re.findall(r'href="([^"]+)"', inside)]


def test_a_facet_of_a_limited_view_names_no_institution_outside_it(client: Client):
    """swissbib/sbvf2 #170: the facet had all other institutions of the same records."""
    facets = page(client, HERE + "?q=walden").context["facets"]
    (libraries,) = [each.choices for each in facets if each.label == "Library"]
    assert {each.label for each in libraries} == {"Lee Library", "Lenox Library"}


def test_what_is_on_the_shelf_elsewhere_is_not_on_the_shelf_here(client: Client):
    """rero/rero-ils #2278, Aspen-Discovery/aspen-discovery #2983: availability was everybody's."""
    assert "1 library owns it; no copy is on the shelf now" in text(page(client, HERE + "?q=emma"))
    assert "On the shelf at 1 library" in text(page(client, "/search?q=emma"))


def test_what_is_in_here_is_not_called_out_because_it_is_out_elsewhere(client: Client):
    """Aspen-Discovery/aspen-discovery #3021: owned and in here, shown as available elsewhere."""
    said = text(page(client, HERE + "?q=walden+-reader"))
    assert "On the shelf at 1 library" in said


def test_the_next_page_is_of_the_same_libraries(client: Client):
    """openfifth/koha #87: the next page had forgotten the branch."""
    first = page(client, HERE + "?q=walden")
    turns = [each for each in links(first) if "page=" in each]
    assert turns
    assert all(each.startswith(("?", HERE)) for each in turns)
    second = page(client, HERE + "?q=walden&page=2")
    assert second.context["answer"].total == first.context["answer"].total == 26
    assert second.context["network"].code == "berkshire"


def test_each_number_of_a_facet_is_what_its_link_finds(client: Client):
    """hbz/lobid-resources #278: the count of a library was not what its link found."""
    for facet in page(client, HERE + "?q=walden").context["facets"]:
        for choice in facet.choices:
            found = page(client, HERE + choice.address).context["answer"].total
            assert found == choice.count, (facet.label, choice.label)


def test_searching_again_and_again_doubles_nothing(client: Client):
    """OregonDigital/oregondigital #1109: a filter was doubled with each search."""
    address = HERE + "?q=walden&format=book"
    for _ in range(3):
        body = page(client, address).content.decode()
        (form,) = re.findall(r'<form class="search".*?</form>', body, re.S)
        kept = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
        assert kept == [("format", "book")]
        address = f"{HERE}?q=walden&" + "&".join(f"{name}={value}" for name, value in kept)


def test_changing_the_libraries_keeps_what_else_was_chosen(client: Client):
    """NatLibFi/NDL-VuFind2 #1532: filters disappeared when the tab was changed."""
    everywhere, _here = page(client, HERE + "?q=walden&format=book&sort=newest").context["scopes"]
    assert everywhere.address == "/search?q=walden&format=book&sort=newest"


def test_a_library_of_the_other_scope_does_not_empty_this_one(client: Client, cast: Cast):
    """Of the same kind: a facet that was chosen elsewhere and cannot be seen or removed here."""
    client.force_login(cast.borrower)
    _all, here = page(client, "/search?q=walden&library=pittsfield").context["scopes"]
    assert "library" not in here.address
    assert page(client, here.address).context["answer"].total == 26


def test_a_group_without_anybody_has_nothing_and_not_everything(client: Client):
    """kenstir/hemlock #17: a limit that was not understood found all copies."""
    Library.objects.update(network=None)
    assert page(client, HERE + "?q=walden").context["answer"].total == 0
    assert client.get("/networks/berkshire-2/search?q=walden").status_code == 404


def test_a_copy_that_is_hidden_makes_nothing_found(client: Client, cast: Cast):
    """Librarika/Issues #226: a title with no copy to show was in the results."""
    Library.objects.filter(pk=cast.lenox.pk).update(active=False)
    titles = [hit.title for hit in page(client, HERE + '?q="walden"').context["hits"]]
    assert "Walden" not in titles


def test_the_scope_is_said_wherever_it_holds(client: Client):
    """rero/rero-ils #39: one could not always see where the box searches."""
    for words in ("walden", "nothing-has-this", "9780691096124", ""):
        said = text(page(client, f"{HERE}?q={words}"))
        assert "Titles in Berkshire Libraries" in said
        assert "All libraries" in said


def test_the_way_into_a_record_and_back_keeps_the_libraries(client: Client):
    """NatLibFi/NDL-VuFind2 #1048: links to records had lost the hidden filter."""
    for words, says in (
        ("emma", "On the shelf at no library of Berkshire Libraries just now."),
        ("walden -reader", "On the shelf in Berkshire Libraries: Lenox Library."),
    ):
        found = page(client, f"{HERE}?q={words}")
        (address,) = {each for each in links(found) if each.startswith("/record/")}
        record = page(client, address)
        assert says in text(record)
        assert f'href="{HERE}"' in record.content.decode()
    elsewhere = page(client, "/search?q=emma")
    (address,) = {each for each in links(elsewhere) if each.startswith("/record/")}
    for wrong in ("", "?network=", "?network=nowhere", "?network=%00"):
        assert "Berkshire Libraries" not in text(page(client, address.partition("?")[0] + wrong))


def test_what_is_new_is_new_here(client: Client, cast: Cast):
    """vufind-org/vufind #672: new items took over filters that were not theirs."""
    copy(title("Newest of all"), cast.pittsfield, "77")
    assert "Newest of all" not in text(page(client, "/networks/berkshire/"))
    copy(title("Newest here"), cast.lee, "78")
    Network.objects.create(code="later", name="Later")
    assert Network.objects.count() == 2


@pytest.mark.parametrize("host", ["schools.example.org", "evil.example", "schools.example.org:1"])
def test_a_name_that_the_operator_has_not_listed_is_no_network(client: Client, host: str):
    """django-tenants #173, django-tenant-schemas #269: a tenant by a name that is not allowed."""
    Network.objects.filter(code="berkshire").update(host="schools.example.org")
    assert client.get("/", headers={"host": host}).status_code == 400
