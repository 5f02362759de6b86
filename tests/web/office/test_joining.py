"""A library without a system comes in, step by step, and goes on where it was left."""

import re

import pymarc
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from postroad.accounts.models import Post, Role
from postroad.catalogue import loads
from postroad.catalogue.models import Item
from postroad.directory.models import Address, Contact, Joining, Library
from tests.ill.story import begin

JOINING = "/office/libraries/sturgis-library/joining/"
RECORDS = "/staff/catalog/sturgis-library/"


@pytest.fixture
def office(client, cast, settings, tmp_path):
    settings.HOME = tmp_path
    client.force_login(cast.operator)
    sent = {"membership": "member", "name": "Sturgis Library", "town": "Barnstable", "state": "MA"}
    page = client.post("/office/libraries/add/", sent, follow=True)
    assert page.redirect_chain[-1][0] == JOINING
    return client


@pytest.fixture
def sturgis(office):
    return Library.objects.get(code="sturgis-library")


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def open_steps(client) -> list[str]:
    return [each.step.name for each in client.get(JOINING).context["steps"] if each.open]


def marc(number: int) -> bytes:
    record = pymarc.Record(force_utf8=True)
    record.add_field(
        pymarc.Field(tag="001", data=str(number)),
        pymarc.Field("245", subfields=[pymarc.Subfield("a", f"Whaling, volume {number}")]),
        pymarc.Field(
            "952",
            subfields=[pymarc.Subfield("p", f"7000{number}"), pymarc.Subfield("o", "639 WHA")],
        ),
    )
    return bytes(record.as_marc())


def send(client, content: bytes):
    sent = {"file": SimpleUploadedFile("all.mrc", content), "kind": "changes"}
    return client.post(RECORDS + "file/", sent, follow=True)


def test_the_steps_are_done_one_after_the_other(office, sturgis, cast):
    assert open_steps(office) == ["who", "policy", "delivery", "stock", "test"]
    page = office.get(JOINING)
    assert "Not on record yet: the e-mail address of the ILL desk, a contact" in text(page)
    Library.objects.filter(pk=sturgis.pk).update(email="ill@sturgis.example")
    Contact.objects.create(library=sturgis, purpose="ill", name="Cora")
    Address.objects.create(library=sturgis, purpose="mail", lines="3090 Main St", town="Barnstable")
    Post.objects.create(user=cast.stranger, role=Role.DIRECTOR, library=sturgis)
    assert open_steps(office) == ["policy", "delivery", "stock", "test"]
    form = office.get(JOINING + "policy/").context["form"]
    kept = {name: form[name].value() for name in form.fields}
    office.post(JOINING + "policy/", {**kept, "loan_days": "21"})
    assert Library.objects.get(pk=sturgis.pk).rules.loan_days == 21
    office.post(JOINING + "delivery/", {"days": ["0", "3"], "wish": "Ring at the back"})
    assert open_steps(office) == ["stock", "test"]
    office.force_login(cast.delivery)
    stop = text(office.get("/office/delivery/stops/sturgis-library/"))
    assert "The library would like the van on Mon, Thu. Ring at the back" in stop


def test_a_step_is_put_off_and_taken_up_again(office, sturgis):
    for name in ("who", "policy", "delivery", "stock", "test"):
        office.post(JOINING, {"later": name})
    assert open_steps(office) == []
    office.post(JOINING, {"now": "policy"})
    page = office.post(JOINING, {"finish": "1"}, follow=True)
    assert "neither done nor put off" in text(page)
    office.post(JOINING, {"later": "policy"})
    page = office.post(JOINING, {"finish": "1"}, follow=True)
    assert "Sturgis Library has come in" in text(page)
    assert Joining.objects.get().finished_at
    office.post(JOINING, {"later": "nothing"})
    assert "nothing" not in Joining.objects.get().later


def test_the_director_goes_on_where_the_office_began(office, sturgis, client, cast):
    office.post(JOINING, {"later": "stock"})
    Post.objects.create(user=cast.stranger, role=Role.DIRECTOR, library=sturgis)
    client.force_login(cast.stranger)
    assert "Your library is coming in" in text(client.get("/staff/library/"))
    assert open_steps(client) == ["who", "policy", "delivery", "test"]
    client.force_login(cast.director)
    assert client.get(JOINING).status_code == 404


def test_a_file_of_records_comes_in_by_and_by(office, sturgis):
    page = office.get(JOINING)
    assert f'href="{RECORDS}"' in page.content.decode()
    page = send(office, marc(1) + marc(2))
    assert "What is in this file" in text(page)
    office.post(page.redirect_chain[-1][0], {"step": "load"})
    assert loads.work_off(timezone.now()) == 1
    assert Item.objects.filter(library=sturgis).count() == 2
    assert "all.mrc : done" in text(office.get(JOINING))
    assert "stock" not in open_steps(office)


def test_a_first_request_ends_the_last_step(cast, client):
    client.force_login(cast.director)
    before = client.get("/office/libraries/lee/joining/").context["steps"]
    assert not before[-1].done
    begin(cast)
    assert client.get("/office/libraries/lee/joining/").context["steps"][-1].done


def test_looking_begins_nothing(cast, client):
    client.force_login(cast.centre)
    for step in ("", "policy/", "delivery/"):
        assert client.get(f"/office/libraries/lee/joining/{step}").status_code == 200
    assert not Joining.objects.exists()
    client.post("/office/libraries/lee/joining/", {"later": "stock"})
    assert Joining.objects.get().later == ["stock"]


def test_a_library_outside_does_not_come_in(client, cast):
    Library.objects.filter(code="lenox").update(membership="outside")
    client.force_login(cast.centre)
    assert client.get("/office/libraries/lenox/joining/").status_code == 404


def test_it_says_what_it_does_not_know_of_the_copies_in_a_file(office, sturgis):
    bare, strange = pymarc.Record(force_utf8=True), pymarc.Record(force_utf8=True)
    for record, number in ((bare, "9"), (strange, "8")):
        record.add_field(
            pymarc.Field(tag="001", data=number),
            pymarc.Field("245", subfields=[pymarc.Subfield("a", f"Logbook {number}")]),
        )
    for copy in range(2):
        parts = [pymarc.Subfield("p", f"800{copy}"), pymarc.Subfield("s", "In the whaler")]
        strange.add_field(pymarc.Field("852", subfields=parts))
    [(where, _status)] = send(office, bytes(bare.as_marc() + strange.as_marc())).redirect_chain
    office.post(where, {"step": "load"})
    loads.work_off(timezone.now())
    page = text(office.get(where))
    assert "1 record lists no copy, so the library does not count as its owner" in page
    assert "In the whaler: 2 copies" in page
    assert set(Item.objects.values_list("status", flat=True)) == {"unknown"}
