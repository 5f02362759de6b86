"""Libraries of the consortium and others, and what is known of each: symbols, people, addresses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from postroad.directory import thresholds
from postroad.directory.models import (
    Address,
    Agreement,
    Authority,
    Contact,
    Library,
    Membership,
    Symbol,
    Threshold,
)
from postroad.directory.symbols import normalize
from tests.cast import Cast

DAY = date(2026, 7, 1)


def outside(name: str = "Harbor College Library", **more: object) -> Library:
    facts = {"code": "harbor", "membership": Membership.OUTSIDE, "open_days": ""}
    return Library.objects.create(name=name, **{**facts, **more})


def test_members_are_the_consortiums_own_that_take_part(cast: Cast):
    there = outside(state="ME")
    Library.objects.filter(pk=cast.lenox.pk).update(active=False)

    members = set(Library.objects.members())

    assert members == {*cast.libraries} - {cast.lenox}
    assert [*Library.objects.outside()] == [there]
    assert there.get_state_display() == "Maine"


def test_a_library_elsewhere_needs_no_state_and_a_member_does(cast: Cast):
    outside(state="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Library.objects.filter(pk=cast.lee.pk).update(state="")


@pytest.mark.once
@pytest.mark.parametrize(
    "typed",
    ["MA-LEE", " ma-lee ", "Ma - Lee", "ma-lee\n", "m\u200ba-lee", "\uff2d\uff21-lee"],
)
def test_a_symbol_is_one_however_it_is_typed(typed: str):
    assert normalize(typed) == "MA-LEE"


def test_a_symbol_is_kept_and_found_in_its_one_form(cast: Cast):
    Symbol.objects.create(library=cast.lee, authority=Authority.OCLC, value=" x lee")

    assert [each.library for each in Symbol.objects.named("xlee ")] == [cast.lee]


@pytest.mark.parametrize("value", ["xlee", "X LEE", ""])
def test_the_database_takes_no_symbol_in_another_form(cast: Cast, value: str):
    with pytest.raises(IntegrityError), transaction.atomic():
        Symbol.objects.bulk_create(
            [Symbol(library=cast.lee, authority=Authority.OCLC, value=value)]
        )


def test_a_symbol_belongs_to_one_library_unless_it_is_an_umbrella(cast: Cast):
    def add(library: Library, *, umbrella: bool, value: str = "XRI") -> None:
        with transaction.atomic():
            Symbol.objects.create(
                library=library, authority=Authority.OCLC, value=value, umbrella=umbrella
            )

    add(cast.providence, umbrella=True)
    add(cast.lee, umbrella=True)
    with pytest.raises(IntegrityError):
        add(cast.lee, umbrella=True)  # twice for one library
    add(cast.lee, umbrella=False, value="XLEE")
    with pytest.raises(IntegrityError):
        add(cast.lenox, umbrella=False, value="xlee")


def test_a_contact_says_whom_to_reach_and_without_a_library_is_the_consortiums(cast: Cast):
    ours = Contact.objects.create(
        purpose=Contact.Purpose.ILL, phone="555-0100", menu_option="3", extension="214"
    )

    assert str(ours) == "555-0100"
    assert not cast.lee.contacts.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(library=cast.lee, purpose=Contact.Purpose.ILL, place="desk")


def test_an_address_is_written_as_on_a_label(cast: Cast):
    here = Address.objects.create(
        library=cast.lee,
        purpose=Address.Purpose.RETURN,
        lines="Interlibrary Loan\r\n\r\n 100 Main Street ",
        town="Lee",
        state="MA",
        zip="01238",
    )
    there = Address(lines="1 Quay", town="Cork", zip="T12", country="IE")

    assert here.written == ["Interlibrary Loan", "100 Main Street", "Lee, MA 01238"]
    assert there.written == ["1 Quay", "Cork T12", "IE"]


def test_one_address_for_each_purpose(cast: Cast):
    def add(purpose: str) -> None:
        with transaction.atomic():
            Address.objects.create(library=cast.lee, purpose=purpose, lines="1", town="Lee")

    add("mail")
    add("return")
    with pytest.raises(IntegrityError):
        add("return")


def test_an_agreement_names_its_sides(cast: Cast):
    Agreement.objects.create(name="Rhode Island", lender_side="state:RI", effective=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(name="?", lender_side="the north", effective=DAY)


def test_what_two_sides_agreed_on_goes_before_a_librarys_own_and_everybodys(cast: Cast):
    agreed = Agreement.objects.create(name="Maine", lender_side="state:ME", effective=DAY)
    other = Agreement.objects.create(name="RI", lender_side="state:RI", effective=DAY)
    Threshold.objects.create(name="mail-late", days=30, effective=DAY, agreement=agreed)
    Threshold.objects.create(name="mail-late", days=25, effective=DAY, library=cast.lee)

    def days(library: Library | None, agreement: Agreement | None) -> int:
        return thresholds.days("mail-late", on=DAY, library=library, agreement=agreement)

    assert days(cast.lee, agreed) == 30
    assert days(cast.lee, other) == 25
    assert days(None, other) == thresholds.DEFAULTS["mail-late"]


def test_a_threshold_is_for_a_library_or_under_an_agreement(cast: Cast):
    agreed = Agreement.objects.create(name="Maine", lender_side="state:ME", effective=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Threshold.objects.create(
            name="desk", days=1, effective=DAY, library=cast.lee, agreement=agreed
        )
