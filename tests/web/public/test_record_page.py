"""What a record's page says beside where it is: its editions, what programs read, its MARC."""

import json
import re
from io import BytesIO
from urllib.parse import parse_qs

import pymarc
import pytest
import rispy
from django.urls import reverse
from django.utils import timezone
from pybtex.database import parse_string

from postroad.catalogue import decisions, holdings, loading
from postroad.catalogue.models import Item, Record
from postroad.ill.lifecycle import State
from tests.catalogue.records import field, item, load, record
from tests.ill import story

HOSTILE = 'Emma </script><script>alert("x")</script> & {friends}'
LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)
COIN = re.compile(r'<span class="Z3988" title="([^"]*)" aria-hidden="true"></span>')


OWNED = ("561", {"a": "From the library of Mrs. Yu"})


@pytest.fixture
def shelf(cast):
    isbn = ("020", {"a": "0141439513"})
    load(
        cast.lee,
        record(
            "b1",
            isbn,
            ("590", {"a": "Gift of Mrs. Ito"}),
            OWNED,
            item("31", v="12.50"),
            title="Emma",
        ),
        record("b2", item("32"), title="Emma", leader="im", year="2010"),
    )
    load(cast.lenox, record("x1", isbn, ("520", {"a": "שלום Emma"}), item("41"), title="Emma"))


def emma(form: str = "book") -> Record:
    return Record.objects.get(title="Emma", format=form)


def test_the_other_formats_of_a_work_stand_on_its_page_and_under_a_hit(client, shelf):
    page = client.get(reverse("record", args=[emma().pk]))
    (edition,) = page.context["editions"]
    assert (edition.record, edition.form) == (emma("audiobook"), "audiobook")
    assert edition.held == "1 library, on the shelf at 1"
    hits = client.get("/search?q=emma").context["hits"]
    assert {hit.also for hit in hits} == {"Also as audiobook", "Also as book"}
    everything = client.get(reverse("record-editions", args=[emma().pk]))
    assert [each.record.pk for each in everything.context["editions"]] == [emma("audiobook").pk]


def test_many_editions_have_a_page_of_their_own(client, cast):
    years = range(1990, 2000)
    load(cast.lee, *(record(f"b{year}", title="Emma", year=str(year)) for year in years))
    first = Record.objects.get(year=1990)
    page = client.get(reverse("record", args=[first.pk]))
    assert (len(page.context["editions"]), page.context["more_editions"]) == (6, 9)
    assert "All 9 other editions and formats" in page.content.decode()


def test_a_title_cannot_leave_the_script_in_which_search_engines_read_it(client, cast):
    load(cast.lee, record("b1", item("31"), title=HOSTILE))
    pk = Record.objects.get().pk
    page = client.get(reverse("record", args=[pk])).content.decode()
    (told,) = LD.findall(page)
    read = json.loads(told)
    assert (read["@type"], read["name"]) == ("Book", HOSTILE)
    assert read["url"] == f"http://testserver/record/{pk}"
    assert read["offers"][0]["availability"] == "https://schema.org/InStock"
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("in", "InStock"),
        ("out", "OutOfStock"),
        ("reference", "InStoreOnly"),
        ("unknown", "OutOfStock"),
    ],
)
def test_only_what_could_be_lent_is_offered(status, told, client, cast):
    load(cast.lee, record("b1", item("31"), title="Emma"))
    Item.objects.update(status=status)
    page = client.get(reverse("record", args=[emma().pk])).content.decode()
    offers = json.loads(LD.findall(page)[0])["offers"]
    assert [each["availability"] for each in offers] == [f"https://schema.org/{told}"]


@pytest.mark.parametrize("form", ["serial", "eresource", "article"])
def test_what_is_never_lent_is_offered_by_nobody(form, client, cast):
    load(cast.lee, record("b1", item("31"), title="Emma"))
    Record.objects.update(format=form)
    page = client.get(reverse("record", args=[emma(form).pk])).content.decode()
    assert "offers" not in json.loads(LD.findall(page)[0])


def test_a_copy_that_its_library_did_not_find_is_promised_nowhere(client, cast):
    load(cast.lee, record("b1", item("31"), title="Emma"))
    address = reverse("record", args=[emma().pk])
    assert "1 library could lend it today" in client.get(address).content.decode()
    holdings.doubt(cast.lee.pk, emma().pk, timezone.now())
    page = client.get(address).content.decode()
    assert "No: it did not find its copy when it was asked" in page
    assert "No library could lend it now." in page
    (offer,) = json.loads(LD.findall(page)[0])["offers"]
    assert offer["availability"] == "https://schema.org/OutOfStock"
    (hit,) = client.get("/search?q=emma").context["hits"]
    assert hit.holds == "1 library owns it; no copy is on the shelf now"


def test_references_are_found_on_the_page_and_under_each_hit(client, shelf):
    page = client.get(reverse("record", args=[emma().pk])).content.decode()
    (coin,) = COIN.findall(page)
    said = parse_qs(coin.replace("&amp;", "&"))
    assert said["rft.isbn"] == ["9780141439518"]
    assert said["rft_id"][0] == f"http://testserver/record/{emma().pk}"
    assert len(COIN.findall(client.get("/search?q=emma").content.decode())) == 2


def test_a_reference_is_taken_along_as_ris_and_as_bibtex(client, shelf):
    pk = emma().pk
    ris = client.get(reverse("record-ris", args=[pk]))
    assert ris["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    assert ris["Content-Disposition"] == f'attachment; filename="record-{pk}.ris"'
    assert rispy.loads(ris.content.decode())[0]["authors"] == ["Austen, Jane"]
    bib = client.get(reverse("record-bib", args=[pk])).content.decode()
    (entry,) = parse_string(bib, "bibtex").entries.values()
    assert entry.fields["isbn"] == "9780141439518"


def marc_of(client, pk: int, query: str = "") -> list[pymarc.Record]:
    sent = client.get(reverse("record-mrc", args=[pk]) + query)
    assert sent["Content-Type"].startswith("application/marc")
    return list(pymarc.MARCReader(sent.content))


def test_the_marc_record_is_shown_and_taken_without_the_library_s_own_notes(client, shelf):
    page = client.get(reverse("record-marc", args=[emma().pk])).content.decode()
    assert "Emma" in page
    assert "Gift of Mrs. Ito" not in page
    assert "12.50" not in page
    assert "Mrs. Yu" in page  # unless its first indicator says that it is private
    (sent,) = marc_of(client, emma().pk)
    assert (sent.title, sent.get_fields("590", "952")) == ("Emma", [])
    xml = client.get(reverse("record-xml", args=[emma().pk])).content
    (read,) = pymarc.parse_xml_to_array(BytesIO(xml))
    assert read.as_dict()["fields"] == sent.as_dict()["fields"]


def test_what_a_record_marks_as_private_is_for_staff_alone(client, cast):
    private = record("b1", title="Emma")
    private.add_field(field("561", {"a": "From the library of Mrs. Yu"}, "0 "))
    load(cast.lee, private)
    address = reverse("record-marc", args=[emma().pk])
    assert "Mrs. Yu" not in client.get(address).content.decode()
    client.force_login(cast.borrower)
    assert "Mrs. Yu" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("866", {"a": "v.1-", "x": "SECRET"}),
        ("863", {"8": "1.1", "a": "1", "x": "SECRET"}),
        ("880", {"6": "590-01", "a": "SECRET"}),
        ("880", {"6": "952-00/(2", "a": "SECRET"}),
        ("880", {"6": "852-01", "a": "Lee", "x": "SECRET"}),
    ],
)
def test_a_note_of_the_staff_is_theirs_wherever_it_stands(client, cast, tag, parts):
    load(cast.lee, record("b1", (tag, parts), title="Emma"))
    addresses = [reverse(f"record-{name}", args=[emma().pk]) for name in ("marc", "mrc", "xml")]
    for each in addresses:
        assert b"SECRET" not in client.get(each).content
    client.force_login(cast.borrower)
    for each in addresses:
        assert b"SECRET" in client.get(each).content


def test_a_record_that_came_as_xml_in_parts_is_shown_with_all_of_them(client, cast):
    parts = [record("b1", item(each), title="Emma") for each in ("31", "32")]
    xml = b"".join(map(pymarc.record_to_xml, parts))
    head = b"<collection xmlns='http://www.loc.gov/MARC21/slim'>"
    loading.load(BytesIO(head + xml + b"</collection>"), cast.lee)
    client.force_login(cast.borrower)
    assert len(marc_of(client, emma().pk)) == 2


def test_staff_choose_each_library_s_own_record_and_see_the_whole(client, shelf, cast):
    of_lenox = emma().contributions.get(library=cast.lenox)
    chosen = f"?of={of_lenox.pk}"
    assert client.get(reverse("record-marc", args=[emma().pk]) + chosen).status_code == 404
    assert client.get(reverse("record-mrc", args=[emma().pk]) + chosen).status_code == 404
    client.force_login(cast.lender)
    page = client.get(reverse("record-marc", args=[emma().pk])).content.decode()
    assert "Gift of Mrs. Ito" in page
    theirs = client.get(reverse("record-marc", args=[emma().pk]) + chosen).content.decode()
    assert "<bdi>שלום Emma</bdi>" in theirs  # it runs from right to left and nothing else with it
    (sent,) = marc_of(client, emma().pk, chosen)
    assert sent["001"].data == "x1"
    assert client.get(reverse("record-marc", args=[emma().pk]) + "?of=x").status_code == 404


def test_a_record_that_is_too_long_for_iso_2709_is_to_be_had_in_xml(client, cast):
    long = record("b1", ("520", {"a": "word " * 1500}), title="Emma")
    parts = [field for _ in range(20) for field in long.get_fields("520")]
    long.add_field(*parts)
    assert len(pymarc.record_to_xml(long)) > 99_999
    xml = b"<collection xmlns='http://www.loc.gov/MARC21/slim'>" + pymarc.record_to_xml(long)
    loading.load(BytesIO(xml + b"</collection>"), cast.lee)
    refused = client.get(reverse("record-mrc", args=[emma().pk]))
    assert refused.status_code == 409
    assert "MARCXML" in refused.content.decode()
    assert client.get(reverse("record-xml", args=[emma().pk])).status_code == 200


def test_of_what_no_bytes_are_kept_the_page_says_so(client, shelf):
    emma().contributions.all().update(state="gone")
    page = client.get(reverse("record-marc", args=[emma().pk]))
    assert "kept here" in page.content.decode()
    assert client.get(reverse("record-mrc", args=[emma().pk])).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["record-editions", "record-marc", "record-mrc", "record-xml", "record-ris", "record-bib"],
)
def test_each_address_of_a_record_leads_on_when_it_was_joined(name, client, cast):
    load(cast.lee, record("b1", title="Emma"))
    load(cast.lenox, record("x1", title="Emma : roman", year="1900"))
    left, kept = Record.objects.order_by("pk")
    decisions.join(left, kept, None, timezone.now(), "")
    assert client.get(reverse(name, args=[left.pk])).url == reverse(name, args=[kept.pk])
    assert client.get(reverse(name, args=[kept.pk])).status_code == 200
    assert client.get(reverse(name, args=[999999])).status_code == 404


def test_staff_read_what_was_asked_for_here_and_how_it_ended_without_a_name(client, cast):
    told = story.begin(cast).at(State.CLOSED)
    page = client.get(reverse("record", args=[told.record.pk]))
    assert told.ill.ref not in page.content.decode()
    client.force_login(cast.neighbour)  # of a library that has nothing to do with it
    page = client.get(reverse("record", args=[told.record.pk]))
    (asked,) = page.context["asked_here"]
    assert (asked.ref, asked.library, asked.lender) == (
        told.ill.ref,
        "Lee Library",
        "Lenox Library",
    )
    assert (asked.stands, asked.took) == ("lent and returned", "0 days until it was there")
    text = page.content.decode()
    assert told.ill.ref in text
    assert '<td data-label="For">Lee Library</td>' in text
    assert '<td data-label="Lender">Lenox Library</td>' in text
    assert f"/{told.ill.ref}/" not in text  # which she may not open
    for who, address in ((cast.borrower, "staff/requests"), (cast.centre, "office/centre")):
        client.force_login(who)
        page = client.get(reverse("record", args=[told.record.pk]))
        assert page.context["asked_here"][0].address == f"/{address}/{told.ill.ref}/"
    section = text[text.index('id="asked"') :]
    section = section[: section.index("</section>")]
    assert told.ill.ref in section
    assert "ada" not in section.casefold()


def test_what_was_asked_for_by_a_record_that_was_joined_is_told_too(client, cast):
    told = story.begin(cast)
    kept = story.title("Walden, or, Life in the woods")
    Record.objects.filter(pk=told.record.pk).update(moved_to=kept)
    client.force_login(cast.lender)
    page = client.get(reverse("record", args=[kept.pk]))
    assert [each.ref for each in page.context["asked_here"]] == [told.ill.ref]
    assert page.context["asked_here"][0].stands == "Being checked"


def test_the_holdings_stand_by_how_soon_a_copy_can_come(client, cast, time_machine):
    time_machine.move_to("2026-11-23T15:00:00Z")
    load(cast.providence, record("p1", item("51"), title="Emma"))
    load(cast.lenox, record("x1", item("41"), title="Emma"))
    client.force_login(cast.ada)
    owners = client.get(reverse("record", args=[emma().pk])).context["owners"]
    days = [owner.arrives for owner in owners if owner.able]
    assert days == sorted(days)
    assert len(days) == 2
