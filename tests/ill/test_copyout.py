"""A request in another system's fields, and that system's answer read back."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroad.ill.copyout import (
    Answer,
    Field,
    System,
    Wanted,
    conditions,
    day,
    dollars,
    fields,
    read,
    reason_for_no,
)
from postroad.ill.lifecycle import Condition, Reason

WALDEN = Wanted(
    title="Walden",
    ref="4K7Q 2M9A",
    author="Thoreau",
    publisher="Princeton",
    year=2004,
    oclc=("52165837",),
    isbn=("9780691096124", "0691096120"),
    need_by=date(2026, 12, 31),
    max_cost=Decimal(15),
    ship_to=("Lee Library", "100 Main St", "Lee, MA 01238"),
    courier="C Lee",
    clio="123 456",
)
SHIPPED = """OCLC WorldShare ILL
Request ID: 201993144
Status: Shipped
Lender: Yale University (YUS)
Due Date: 12/31/2026
Lending Charges: $15.00 USD
Conditions: Library use only, no photocopying
"""


def test_each_form_has_its_fields_in_its_own_order_and_dates_as_it_wants_them():
    oclc = dict(fields(WALDEN, System.OCLC))
    assert oclc[Field.IMPRINT] == "Princeton, 2004"
    assert oclc[Field.NEED_BY] == "12/31/2026"
    assert oclc[Field.MAX_COST] == "15.00"
    assert oclc[Field.ISBN] == "9780691096124"
    assert oclc[Field.SHIP_TO] == "Lee Library\n100 Main St\nLee, MA 01238\nCourier: C Lee"
    assert oclc[Field.NOTES] == "Clio ID 123 456; Our number 4K7Q 2M9A"
    assert fields(WALDEN, System.OCLC)[0][0] == Field.OCLC
    assert fields(WALDEN, System.DOCLINE)[0][0] == Field.TITLE


def test_what_is_not_known_is_empty_and_never_made_up():
    empty = dict(fields(Wanted(title="Walden", ref="4K7Q 2M9A"), System.DOCLINE))
    known = {Field.TITLE: "Walden", Field.NOTES: "Our number 4K7Q 2M9A"}
    assert empty == {name: known.get(name, "") for name in empty}


def test_a_whole_answer_is_read():
    assert read(SHIPPED) == Answer(
        number="201993144",
        symbol="YUS",
        lender="Yale University",
        due_on=date(2026, 12, 31),
        cost=Decimal("15.00"),
        conditions=(Condition.LIBRARY_USE, Condition.NO_COPYING),
        note="Library use only, no photocopying",
        system=System.OCLC,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Request ID\n201993144\nLender\nYUS",
        "REQUEST ID:\t201993144\r\nLENDER:\tYUS",
        "> Request ID:  201993144\n>\n> Lender symbol - yus",
        "\u200bRequest ID\uff1a 201993144\nLender symbol    YUS",
        "Request ID: 201993144\nRequest ID: 999\nLender: YUS",
    ],
)
def test_an_answer_is_read_however_it_was_copied(text: str):
    answer = read(text)
    assert (answer.number, answer.symbol) == ("201993144", "YUS")


def test_a_no_is_read_with_its_reason_and_its_words():
    answer = read("DOCLINE Request Number: 33221100\nLIBID: CTUYAL\nReason: Non-circulating, rare")
    assert (answer.reason, answer.note) == (Reason.REFERENCE, "Non-circulating, rare")
    assert (answer.system, answer.symbol) == (System.DOCLINE, "CTUYAL")


def test_what_says_nothing_is_nothing():
    assert not read("Dear colleague, thank you.")
    assert not read("Due date: none\nConditions: N/A\nReason for No: -\nCost:")
    assert not read("")


def test_what_cannot_be_read_is_told_and_left_out():
    answer = read("Due date: 13/13/2026\nCost: EUR 12.00\nRequest ID: see below")
    assert (answer.due_on, answer.cost, answer.number) == (None, None, "")
    assert set(answer.unread) == {"13/13/2026", "EUR 12.00", "see below"}


@pytest.mark.parametrize(
    "written",
    [
        "20261231",
        "2026-12-31",
        "2026-12-31T05:00:00Z",
        "12/31/2026",
        "12/31/26",
        "Dec 31, 2026",
        "Thursday, December 31st, 2026",
        "31 Dec. 2026",
    ],
)
def test_a_day_is_read_as_the_systems_write_it(written: str):
    assert day(written) == date(2026, 12, 31)


@pytest.mark.parametrize("written", ["", "soon", "31/12/2026", "2026-02-30", "Foo 1, 2026", "1/2"])
def test_what_is_no_day_is_none(written: str):
    assert day(written) is None


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("15", "15.00"),
        ("$15.00", "15.00"),
        ("15 USD", "15.00"),
        ("US$ 1,250.00", "1250.00"),
        ("$15 (IFM)", "15.00"),
        ("no charge", "0.00"),
        ("Free.", "0.00"),
    ],
)
def test_an_amount_is_in_dollars(written: str, amount: str):
    assert dollars(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["", "EUR 15", "15-20", "£15", "CAD 15.00", "ask", "9" * 12])
def test_another_currency_and_several_amounts_are_no_amount(written: str):
    assert dollars(written) is None


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("In-library use only", [Condition.LIBRARY_USE]),
        ("Do not copy", [Condition.NO_COPYING]),
        ("Patron must sign", [Condition.SIGNATURE]),
        ("Special collections, supervised use", [Condition.SUPERVISED]),
        ("Charges apply: $20", [Condition.COST]),
        ("Insure for 400", [Condition.OTHER]),
        ("No charge", []),
        ("none", []),
        ("No restrictions.", []),
    ],
)
def test_conditions_are_ours_or_the_lenders_words(written: str, found: list[Condition]):
    assert list(conditions(written)) == found


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("In use / on loan", Reason.ON_LOAN),
        ("Not on shelf", Reason.NOT_ON_SHELF),
        ("LOST", Reason.MISSING),
        ("noncirculating", Reason.REFERENCE),
        ("Lacking volume", Reason.LACKS_PART),
        ("Not owned", Reason.NOT_OWNED),
        ("Not found as cited", Reason.NOT_AS_CITED),
        ("At bindery", Reason.BINDERY),
        ("Technical processing", Reason.IN_PROCESS),
        ("Poor condition", Reason.CONDITION),
        ("On reserve", Reason.ON_HOLD),
        ("Policy problem", Reason.POLICY),
        ("because of the flood", Reason.OTHER),
    ],
)
def test_a_reason_is_of_our_list(written: str, reason: Reason):
    assert reason_for_no(written) == reason


@given(st.text(max_size=400))
def test_nothing_that_is_pasted_breaks_it(text: str):
    answer = read(text + "\nDue date: " + text + "\nCost: " + text + "\nLender: " + text)
    assert len(answer.note) <= 300
    assert len(answer.lender) <= 160
