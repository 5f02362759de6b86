"""Rhode Island's codes: brought in from a file, retired, and what slips make of them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from postroad.delivery import parcels, slips, sort_stops
from postroad.delivery.codes import CodeMissing, CodeRetired, CodeUnknown
from postroad.delivery.models import RiCode
from postroad.delivery.routing import Address
from postroad.ill import transit
from postroad.ill.transit import Why
from tests.delivery.test_slips import words

HERE = "/office/delivery/codes/"
LIST = """Code,Library,Town,Retired
PRO,Providence Public Library,Providence,
bar,Barrington Public Library,Barrington,
OLD,Old Library,Warren,2026-01-31
X1Z,Wrong Letters,Bristol,
BAR,Twice,Barrington,
NON,,Newport,
DAY,Some Library,Newport,soon
"""


@pytest.fixture
def office(cast):
    client = Client()
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def make_parcel(cast):
    def make(sender, receiver):
        return parcels.make(
            from_library=getattr(cast, sender),
            to_library=getattr(cast, receiver),
            item_barcode="1",
            title="Walden",
            ref="",
            at=timezone.now(),
            by=None,
        )

    return make


def bring(office, text=LIST):
    return office.post(HERE + "file/", {"file": SimpleUploadedFile("codes.csv", text.encode())})


def test_a_list_is_shown_as_a_difference_then_applied(office):
    seen = bring(office)
    assert [step.code for step in seen.context["steps"]] == ["PRO", "BAR", "OLD"]
    wrong = [(each.line, each.column, str(each.why)) for each in seen.context["found"].wrong]
    assert wrong == [
        (5, "A", "not-three-letters"),
        (6, "A", "twice"),
        (7, "B", "missing"),
        (8, "D", "not-a-day"),
    ]
    assert not RiCode.objects.exists()
    said = office.post(HERE + "accept/", {"kept": seen.context["kept"]}, follow=True)
    assert "3 codes were changed." in said.content.decode()
    assert list(RiCode.objects.values_list("code", flat=True)) == ["BAR", "OLD", "PRO"]
    assert not bring(office).context["steps"]
    changed = bring(office, LIST.replace("Barrington Public", "Barrington Free")).context["steps"]
    assert [dict(step.changes) for step in changed] == [
        {"name": ("Barrington Public Library", "Barrington Free Library")}
    ]


@pytest.mark.parametrize("kept", ["", "x" * 100_000, "\x00", "W10:1:1"])
def test_what_was_not_shown_is_not_applied(office, kept):
    said = office.post(HERE + "accept/", {"kept": kept}, follow=True).content.decode()
    assert "Choose the file once more" in said
    assert not RiCode.objects.exists()


@pytest.mark.parametrize("text", ["", "no, headings\n1,2\n", "Code\nPRO\n"])
def test_a_file_without_its_columns_says_so(office, text):
    assert bring(office, text).status_code == 422


def test_no_slip_bears_an_unknown_or_retired_code(office, cast, make_parcel):
    cast.providence.delivery_code = "PRO"
    cast.providence.save()
    parcel = make_parcel("lee", "providence")
    assert "PRO" in words(slips.print_slips([parcel]))  # no list is here, so none can tell
    RiCode.objects.create(code="BAR", name="Barrington")
    with pytest.raises(CodeUnknown):
        slips.print_slips([parcel])
    code = RiCode.objects.create(code="PRO", name="Providence")
    assert "PRO" in words(slips.print_slips([parcel]))
    office.post(HERE + "retire/", {"code": "PRO"})
    code.refresh_from_db()
    assert code.retired_on is not None
    with pytest.raises(CodeRetired):
        slips.print_slips([parcel])
    (thing,) = transit.look(["1"], cast.lee, to=cast.providence)
    assert thing.why is Why.NO_SLIP
    office.post(HERE + "retire/", {"code": "PRO", "again": "1"})
    assert "PRO" in words(slips.print_slips([parcel]))


def test_what_has_no_letters_goes_to_the_clearinghouse_if_one_is_named(office, cast, make_parcel):
    cast.providence.delivery_code = ""
    cast.providence.save()
    parcel = make_parcel("lee", "providence")
    RiCode.objects.create(code="CLR", name="Clearinghouse")
    RiCode.objects.create(code="BAR", name="Barrington")
    with pytest.raises(CodeMissing):
        slips.print_slips([parcel])
    for code in ("BAR", "CLR"):  # one at a time
        office.post(HERE + "clearinghouse/", {"code": code})
    said = words(slips.print_slips([parcel]))
    assert "CLR" in said
    assert "By the clearinghouse" in said
    assert cast.providence.name in said
    here = sort_stops.of([cast.providence.pk], timezone.localdate())[cast.providence.pk]
    assert here.sign_on(timezone.localdate()) == Address("RI", "CLR")
    office.post(HERE + "retire/", {"code": "CLR"})  # then nobody sends it on
    with pytest.raises(CodeMissing):
        slips.print_slips([parcel])
    office.post(HERE + "retire/", {"code": "CLR", "again": "1"})
    office.post(HERE + "clearinghouse/", {"code": ""})
    with pytest.raises(CodeMissing):
        slips.print_slips([parcel])
    said = office.post(HERE + "clearinghouse/", {"code": "\x00"}, follow=True).content.decode()
    assert "No such code is known" in said


def test_letters_of_its_own_go_before_the_clearinghouse(office, cast, make_parcel):
    cast.providence.delivery_code = "PRO"
    cast.providence.save()
    for code in ("CLR", "PRO"):
        RiCode.objects.create(code=code, name=code)
    office.post(HERE + "clearinghouse/", {"code": "CLR"})
    said = words(slips.print_slips([make_parcel("lee", "providence")]))
    assert "PRO" in said
    assert "clearinghouse" not in said


def test_only_slips_to_rhode_island_ask_for_its_codes(cast, make_parcel, django_assert_num_queries):
    here, there = make_parcel("lee", "lenox"), make_parcel("lee", "providence")
    cast.providence.delivery_code = "PRO"
    cast.providence.save()
    RiCode.objects.bulk_create(
        RiCode(code=f"{a}{b}{c}", name="x") for a in "PQ" for b in "RS" for c in "OT"
    )
    with django_assert_num_queries(4):
        slips.print_slips([here])
    with django_assert_num_queries(5):
        slips.print_slips([there])


def test_a_list_of_codes_costs_no_more_than_a_few(office, django_assert_num_queries):
    RiCode.objects.create(code="AAA", name="A")
    office.get(HERE)
    with django_assert_num_queries(6):
        office.get(HERE)
    RiCode.objects.bulk_create(RiCode(code=f"B{a}{b}", name="B") for a in "ABCD" for b in "ABCDE")
    with django_assert_num_queries(6):
        assert len(office.get(HERE + "?q=").context["page"].object_list) == 21
    assert [each.code for each in office.get(HERE + "?q=baa").context["page"]] == ["BAA"]
