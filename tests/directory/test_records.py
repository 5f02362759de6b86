"""A library's record, and lists of libraries."""

from datetime import date

import pytest
from django.utils import timezone

from postroad import spreadsheet
from postroad.directory import listing, records
from postroad.directory.listing import Why
from postroad.directory.models import Address, Contact, Library, Network, Symbol
from postroad.directory.records import CodeTaken

FACTS = {"name": "Sturgis Library", "town": "Barnstable", "state": "MA", "phone": "508-555-0100"}
LIST = """Code,Name,Town,State,Type,Network,E-mail,Phone,Web site,OCLC
sturgis,Sturgis Library,Barnstable,MA,public library,Berkshire Libraries,ill@sturgis.example,508-555-0100,https://sturgis.example,stu
lee,,,,,,,413-555-0199,,
"""


def look(text: str) -> listing.Difference:
    found = spreadsheet.table(spreadsheet.read(text.encode()), listing.HEADINGS, ["code"])
    rows = [
        (row.line, {name: found.cell(row, name) for name in found.columns}) for row in found.rows
    ]
    return listing.compare(rows, found.columns)


def load(text: str):
    return listing.apply(look(text), by="Olga", at=timezone.now())


def test_a_library_comes_in_with_who_said_so(cast):
    made = records.add(FACTS, by="Olga")
    assert made.code == "sturgis-library"
    assert made in Library.objects.members()
    assert made.policy.lends
    said = {each.field: (each.confirmed_by, each.confirmed_on) for each in made.confirmations.all()}
    assert said == dict.fromkeys(FACTS, ("Olga", timezone.localdate()))
    assert [each.verb for each in made.changes.all()] == ["add"]


def test_a_code_is_given_once(cast):
    with pytest.raises(CodeTaken):
        records.add({**FACTS, "code": "lee"}, by="Olga")
    codes = [records.add(FACTS, by="Olga").code for _ in range(3)]
    assert codes == ["sturgis-library", "sturgis-librar-2", "sturgis-librar-3"]
    assert all(len(code) <= 16 for code in codes)


def test_what_is_changed_is_confirmed_and_the_rest_keeps_its_word(cast):
    records.confirm(cast.lee, ["town", "email"], by="Ben", on=date(2026, 1, 2))
    before = {"town": "Lee", "email": "ill@lee.example", "phone": ""}
    assert records.change(cast.lee, before, by="Dora") == ["email"]
    said = {each.field: each.confirmed_by for each in cast.lee.confirmations.all()}
    assert said == {"town": "Ben", "email": "Dora"}
    assert cast.lee.changes.get().facts == {"email": ["lee@example.org", "ill@lee.example"]}
    assert records.change(cast.lee, before, by="Dora") == []


def test_contacts_addresses_and_symbols_bear_who_said_so(cast):
    contact = Contact(library=cast.lee, purpose="ill", name="Ben", phone="413-555-0100")
    address = Address(library=cast.lee, purpose="mail", lines="100 Main St", town="Lee", state="MA")
    symbol = Symbol(library=cast.lee, authority="OCLC", value="lee x")
    for row in (contact, address, symbol):
        records.keep(row, by="Dora")
        assert (row.confirmed_by, row.confirmed_on) == ("Dora", timezone.localdate())
    assert symbol.value == "LEEX"
    records.remove(contact, by="Dora")
    told = [next(iter(each.facts.items())) for each in cast.lee.changes.all()]
    assert told[0] == ("contact", ["Ben", None])
    records.confirm_all(cast.lee, by="Olga", on=date(2026, 12, 1))
    assert {each.confirmed_by for each in (*cast.lee.addresses.all(), *cast.lee.symbols.all())} == {
        "Olga"
    }
    assert "town" in {each.field for each in cast.lee.confirmations.filter(confirmed_by="Olga")}


def test_a_library_that_retires_stands_in_no_list_and_is_brought_back(cast):
    records.retire(cast.lee, by="Olga")
    records.retire(cast.lee, by="Olga")
    assert cast.lee not in Library.objects.members()
    records.bring_back(cast.lee, by="Olga")
    assert cast.lee in Library.objects.members()
    assert [each.verb for each in cast.lee.changes.all()] == ["bring-back", "retire"]


def test_a_list_adds_and_changes_and_twice_it_does_nothing(cast):
    found = look(LIST)
    assert not found.wrong
    assert [(step.code, step.library) for step in found.steps] == [
        ("sturgis", None),
        ("lee", cast.lee),
    ]
    assert dict(found.changed[0].changes) == {"phone": ("", "413-555-0199")}
    assert load(LIST) == {"new": 1, "changed": 1, "same": 0}
    made = Library.objects.get(code="sturgis")
    assert (made.kind, made.network, made.website) == (
        "public",
        Network.objects.get(),
        "https://sturgis.example",
    )
    assert made.symbols.get().value == "STU"
    assert made.policy.pk
    lee = Library.objects.get(code="lee")
    assert (lee.name, lee.phone) == ("Lee Library", "413-555-0199")
    assert {each.field for each in lee.confirmations.all()} == {"phone"}
    before = list(Library.objects.values())
    assert load(LIST) == {"new": 0, "changed": 0, "same": 2}
    assert list(Library.objects.values()) == before


def test_a_list_tells_its_mistakes_by_line_and_column_and_changes_nothing(cast):
    Symbol.objects.create(library=cast.lenox, authority="OCLC", value="LNX")
    text = (
        "Code,Name,State,Type,E-mail,Website,OCLC,Member,Network\n"
        "a b,Name,MA,,,,,,\n"
        ",Name,MA,,,,,,\n"
        "one,,MA,,,,,,\n"
        "two,Two,XX,,,,,,\n"
        "three,Three,CT,,,,,yes,\n"
        "four,Four,CT,,,,,no,\n"
        "five,Five,,,,,,,\n"
        "six,Six,MA,castle,me,ftp://x,lnx,,nobody\n"
        "four,Four,MA,,,,,,\n"
        f"seven,{'x' * 161},MA,,,,,,\n"
    )
    found = look(text)
    assert [(each.line, each.column, each.why) for each in found.wrong] == [
        (2, "A", Why.NOT_A_CODE),
        (3, "A", Why.MISSING),
        (4, "B", Why.MISSING),
        (5, "C", Why.NO_SUCH_STATE),
        (6, "C", Why.NO_SUCH_STATE),
        (8, "C", Why.MISSING),
        (9, "D", Why.NO_SUCH_KIND),
        (9, "I", Why.NO_SUCH_NETWORK),
        (9, "E", Why.NOT_AN_ADDRESS),
        (9, "F", Why.NOT_A_WEBSITE),
        (9, "G", Why.SYMBOL_TAKEN),
        (10, "A", Why.TWICE),
        (11, "B", Why.TOO_LONG),
    ]
    with pytest.raises(AssertionError):
        load(text)
    assert Library.objects.count() == 5


WEEK = "Code,Name,State,Mon,Tue,Wed,Thu,Fri,Sat,Sun\n"


def test_hours_come_by_weekday_as_people_type_them_and_an_empty_day_stays_as_it_was(cast):
    load(f"{WEEK}new,New,MA,9-5,9-5,noon-8,9-5,9-5,closed,closed\n")
    made = Library.objects.get(code="new")
    week = "09:00-17:00|09:00-17:00|12:00-20:00|09:00-17:00|09:00-17:00||"
    assert (made.open_days, made.hours) == ("MTWTF--", week)
    assert made.confirmations.get(field="hours").confirmed_by == "Olga"
    load(f"{WEEK}new,,,,,,,,10-2,\nlee,,,,,,,,,\n")
    made.refresh_from_db()
    assert (made.open_days, made.hours[-13:]) == ("MTWTFS-", "|10:00-14:00|")
    assert look(f"{WEEK}new,,,9 am - 5 pm,,,,,,\n").changed == []


def test_hours_that_cannot_be_taken_are_named_by_their_cell(cast):
    Library.objects.filter(code="lenox").update(open_days="")
    shut = ",".join(["closed"] * 7)
    found = look(f"{WEEK}lee,,,late,,,,,,\nlenox,,,9-5,,,,,,\nnew,New,MA,{shut}\n")
    assert [(each.line, each.column, each.why) for each in found.wrong] == [
        (2, "D", Why.NOT_HOURS),
        (3, "E", Why.HOURS_MISSING),
        (4, "D", Why.NEVER_OPEN),
    ]


def test_a_list_of_two_thousand_takes_few_statements(cast, django_assert_max_num_queries):
    rows = "".join(f"lib-{number},Library {number},MA\n" for number in range(2000))
    with django_assert_max_num_queries(120):
        load("Code,Name,State\n" + rows)
    assert Library.objects.count() == 2005
