"""Libraries and their records: added, changed, confirmed, retired, also by a list."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from postroad.accounts.models import Upload
from postroad.directory import records
from postroad.directory.models import Contact, Library
from postroad.ill.lifecycle import State
from tests.ill.story import begin

LIBRARIES = "/office/libraries/"
LEE = "/office/libraries/lee/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.operator)
    return client


@pytest.fixture
def director(client, cast):
    client.force_login(cast.director)
    return client


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_operator_adds_a_library(office):
    sent = {"membership": "member", "name": "Sturgis Library", "town": "Barnstable", "state": "MA"}
    page = office.post(LIBRARIES + "add/", sent, follow=True)
    made = Library.objects.get(code="sturgis-library")
    assert page.redirect_chain[-1][0] == f"{LIBRARIES}sturgis-library/joining/"
    page = office.get(f"{LIBRARIES}sturgis-library/")
    assert made in Library.objects.members()
    assert "by Operator" in text(page)
    assert "Nobody is director here" in text(page)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": ""}, "name"),
        ({"state": "CT"}, "state"),
        ({"code": "lee"}, "code"),
        ({"code": "add"}, "code"),
        ({"code": "a b"}, "code"),
        ({"name": "Lee Library", "town": "lee"}, "name"),
        ({"delivery_code": "1X"}, "delivery_code"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"email": "me"}, "email"),
    ],
)
def test_what_cannot_be_added_says_why_and_adds_nothing(office, sent, field):
    facts = {"membership": "member", "name": "Sturgis", "town": "Barnstable", "state": "MA"}
    page = office.post(LIBRARIES + "add/", {**facts, **sent})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert Library.objects.count() == 5


def test_another_library_of_the_same_name_comes_in_when_somebody_says_so(office):
    sent = {"membership": "member", "name": "Lee Library", "town": "Lee", "state": "MA"}
    assert "another library of the same name" in text(office.post(LIBRARIES + "add/", sent))
    office.post(LIBRARIES + "add/", {**sent, "another": "on"})
    assert Library.objects.filter(name="Lee Library").count() == 2


def test_a_library_elsewhere_needs_no_state_of_ours(office):
    sent = {"membership": "outside", "name": "Bowdoin College", "town": "Brunswick", "state": "ME"}
    office.post(LIBRARIES + "add/", sent)
    assert Library.objects.outside().get().name == "Bowdoin College"


def test_a_library_is_found_by_name_town_code_or_symbol(office, cast):
    cast.providence.symbols.create(authority="OCLC", value="RPP")
    for asked, found in [
        ("athen", "Berkshire Athenaeum"),
        ("providence public", "Providence Public Library"),
        ("otis-school", "Otis School Library"),
        ("rpp", "Providence Public Library"),
    ]:
        assert [str(each) for each in office.get(LIBRARIES, {"q": asked}).context["page"]] == [
            found
        ]
    assert "No library matches" in text(office.get(LIBRARIES, {"q": "zz%"}))


def test_a_director_edits_her_own_record_but_not_name_and_code(director, cast):
    page = director.get(LEE + "record/")
    assert {"name", "code", "state"}.isdisjoint(page.context["form"].fields)
    sent = {"town": "Lee", "phone": "413-555-0100", "name": "Mine", "open_days": ["0", "1"]}
    page = director.post(LEE + "record/", sent, follow=True)
    lee = Library.objects.get(code="lee")
    assert (lee.name, lee.phone, lee.open_days) == ("Lee Library", "413-555-0100", "MT-----")
    assert "413-555-0100 confirmed" in text(page)
    assert "by Director" in text(page)
    assert "Phone was nothing, is 413-555-0100" in text(page)


@pytest.mark.parametrize("address", ["", "record/", "confirm/", "cards/", "contact/add/"])
def test_a_record_of_another_library_is_not_there(client, cast, address):
    client.force_login(cast.neighbour)
    assert client.get(LEE + address).status_code in (404, 405)
    assert client.post(LEE + address).status_code in (404, 405)
    assert client.get(LIBRARIES).status_code == 404


def test_a_row_of_another_library_is_not_there(office, cast):
    other = Contact.objects.create(library=cast.lenox, purpose="ill", name="Lena")
    assert office.get(f"{LEE}contact/{other.pk}/").status_code == 404
    assert office.post(f"{LEE}contact/{other.pk}/", {"remove": "1", "sure": "1"}).status_code == 404
    assert Contact.objects.exists()


def test_contacts_are_added_changed_and_removed(director, cast):
    sent = {"purpose": "ill", "name": "Ben", "phone": "413-555-0100", "extension": "7"}
    for _ in range(2):  # a double press
        page = director.post(LEE + "contact/add/", sent, follow=True)
    contact = cast.lee.contacts.get()
    assert "Ben interlibrary loan 413-555-0100 ext. 7" in text(page)
    assert contact.confirmed_by == "Director"
    one = f"{LEE}contact/{contact.pk}/"
    director.post(one, {**sent, "name": "Benjamin"})
    assert cast.lee.contacts.get().name == "Benjamin"
    assert "Remove “Benjamin”?" in text(director.post(one, {"remove": "1"}))
    page = director.post(one, {"remove": "1", "sure": "yes"}, follow=True)
    assert not cast.lee.contacts.exists()
    assert "Contact was Benjamin, is nothing" in text(page)
    assert director.post(LEE + "contact/add/", {"purpose": "ill"}).status_code == 422


def test_an_address_fits_on_a_label_and_stands_once(director, cast):
    sent = {
        "purpose": "return",
        "lines": " Lee Library \r\n\r\n100  Main St",
        "town": "Lee",
        "state": "ma",
        "zip": "01238",
        "country": "us",
    }
    director.post(LEE + "address/add/", sent)
    assert cast.lee.addresses.get().written == ["Lee Library", "100 Main St", "Lee, MA 01238"]
    again = director.post(LEE + "address/add/", {**sent, "town": "Lenox"})
    assert "There is an address for this already" in text(again)
    for lines in ("a\n" * 6, "x" * 61, "\n"):
        assert director.post(LEE + "address/add/", {**sent, "lines": lines}).status_code == 422


def test_a_symbol_is_of_one_library_unless_it_is_shared(office, cast):
    sent = {"authority": "OCLC", "value": "rds"}
    office.post("/office/libraries/lenox/symbol/add/", sent)
    page = office.post(LEE + "symbol/add/", sent)
    assert "This is the symbol of Lenox Library" in text(page)
    office.post(LEE + "symbol/add/", {**sent, "umbrella": "on"})
    assert cast.lee.symbols.get().value == "RDS"


def test_all_of_it_is_confirmed_by_one_press(director, cast):
    records.keep(Contact(library=cast.lee, purpose="ill", name="Ben"), by="Somebody")
    director.post(LEE + "confirm/")
    assert cast.lee.contacts.get().confirmed_by == "Director"
    said = cast.lee.confirmations.get(field="town")
    assert (said.confirmed_by, said.confirmed_on) == ("Director", timezone.localdate())


def test_retiring_asks_first_says_what_is_open_and_is_undone(office, cast):
    begin(cast).at(State.LENT)
    page = office.get(LEE + "retire/")
    assert "1 request of its readers is still open" in text(page)
    assert Library.objects.get(code="lee").active
    office.post(LEE + "retire/")
    assert Library.objects.get(code="lee").active
    page = office.post(LEE + "retire/", {"sure": "yes"}, follow=True)
    assert not Library.objects.get(code="lee").active
    assert "retired" in text(page)
    office.post(LEE + "retire/", {"back": "1"})
    assert Library.objects.get(code="lee").active


def test_a_director_does_not_retire_her_library(director):
    assert director.get(LEE + "retire/").status_code == 404
    assert director.post(LEE + "retire/", {"sure": "yes"}).status_code == 404


# By a list


def send(client, content: str | bytes, name="list.csv"):
    content = content.encode() if isinstance(content, str) else content
    return client.post(
        LIBRARIES + "file/", {"file": SimpleUploadedFile(name, content)}, follow=True
    )


def test_a_list_is_looked_at_and_then_saved_once(office, cast):
    page = send(office, "Code,Name,State,Shoe\nsturgis,Sturgis,MA,9\nlee,Lee Public Library,,\n")
    assert "Columns that are not read: Shoe" in text(page)
    assert "Name: was Lee Library becomes Lee Public Library" in text(page)
    assert Library.objects.count() == 5
    address, seen = page.request["PATH_INFO"], page.context["difference"].seen
    page = office.post(address, {"seen": seen}, follow=True)
    assert "1 added, 1 changed, 0 as they were" in text(page)
    assert Library.objects.get(code="lee").name == "Lee Public Library"
    assert Upload.objects.get().rows == []
    page = office.post(address, {"seen": seen}, follow=True)
    assert "This list is done" in text(page)
    assert Library.objects.get(code="lee").changes.count() == 1


def test_a_list_that_means_something_else_meanwhile_is_shown_again(office, cast):
    page = send(office, "Code,Name,State\nlee,Lee Public Library,\n")
    address, seen = page.request["PATH_INFO"], page.context["difference"].seen
    records.change(cast.lee, {"name": "Lee Town Library"}, by="Somebody")
    page = office.post(address, {"seen": seen})
    assert "Something has changed meanwhile" in text(page)
    assert Library.objects.get(code="lee").name == "Lee Town Library"


def test_a_list_with_mistakes_says_them_and_cannot_be_saved(office, cast):
    page = send(office, "Code,Name,State\nlee,Lee Public Library,\none,One,<b>XX</b>\n")
    assert "Line 3, column C “&lt;b&gt;XX&lt;/b&gt;” is not a state" in text(page)
    office.post(page.request["PATH_INFO"], {"seen": page.context["difference"].seen})
    assert Library.objects.get(code="lee").name == "Lee Library"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "not a spreadsheet"),
        (b"a,b\n1,2\n", "None of the first rows has these headings: Code"),
        (b"Code\n" + b"x\n" * 20_001, "more than 20,000 rows"),
        (b"x" * 5_000_001, "too large"),
        (b'Code,Name\nlee,"Lee\n', "quotation mark"),
    ],
)
def test_a_file_that_is_no_list_gets_its_sentence(office, content, says):
    page = send(office, content)
    assert page.status_code == 422
    assert says in text(page)
    assert not Upload.objects.exists()


def test_a_list_is_seen_by_whoever_sent_it(office, client, cast):
    address = send(office, "Code,Name\nlee,Lee\n").request["PATH_INFO"]
    client.force_login(cast.centre)
    assert client.get(address).status_code == 404
