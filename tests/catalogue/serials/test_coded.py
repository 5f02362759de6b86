"""Holdings that are coded in MARC 853 and 863 are read by their captions."""

from datetime import date

import pymarc
import pytest

from postroad.catalogue.marc import holdings
from postroad.catalogue.marc.fields import by_tag
from postroad.catalogue.serials import Answer, Asked, Kind, Reading, answer, read
from tests.catalogue.records import field

TODAY = date(2026, 11, 27)
VOLUMES = ("853", {"8": "1", "a": "v.", "b": "no.", "i": "(year)", "j": "(month)"})


def coded(*fields: tuple[str, dict[str, str]]) -> Reading:
    record = pymarc.Record()
    record.add_field(*(field(tag, parts) for tag, parts in fields))
    return read(holdings.statements_of(by_tag(record)))


def test_a_run_is_written_in_one_field():
    said = coded(
        ("853", {"8": "1", "a": "v.", "i": "(year)"}),
        ("863", {"8": "1", "a": "1-49", "i": "1950-1998"}),
    )
    assert (said.first_year, said.last_year) == (1950, 1998)
    assert answer(said, Asked(1987, 12), TODAY) is Answer.HAS
    assert answer(said, Asked(None, 50), TODAY) is Answer.NOT


# The pairs of a holdings record that its own site showed otherwise than the tool did:
# https://github.com/wellcomecollection/catalogue-pipeline/pull/1439
def test_the_ends_of_a_run_may_be_told_by_unlike_subfields():
    said = coded(
        VOLUMES,
        ("863", {"8": "1.1", "a": "8-69", "b": "-1", "i": "1959-2020", "j": "-21"}),
        ("863", {"8": "1.2", "a": "69", "b": "2-3", "i": "2020", "j": "22-23"}),
    )
    assert [(run.first.volume, run.last.volume, run.last.issue) for run in said.runs] == [
        (8, 69, 1),
        (69, 69, 3),
    ]
    assert answer(said, Asked(None, 69, 3), TODAY) is Answer.HAS
    assert answer(said, Asked(None, 69, 4), TODAY) is Answer.NOT
    assert answer(said, Asked(1990), TODAY) is Answer.HAS


def test_what_is_still_received_is_open():
    said = coded(VOLUMES, ("863", {"8": "1.1", "a": "8-", "i": "1959-"}))
    assert said.is_open
    assert answer(said, Asked(2020), TODAY) is Answer.HAS


def test_years_may_stand_in_the_place_of_volumes():
    said = coded(
        ("853", {"8": "1", "a": "(year)", "b": "no.", "i": "(year)"}),
        ("863", {"8": "1.1", "a": "1995", "b": "30", "i": "1995"}),
        ("863", {"8": "1.2", "a": "1995", "b": "32", "i": "1995"}),
    )
    assert answer(said, Asked(1995, None, 30), TODAY) is Answer.HAS
    assert answer(said, Asked(1995, None, 31), TODAY) is Answer.NOT
    assert answer(said, Asked(1995), TODAY) is Answer.UNKNOWN


@pytest.mark.parametrize(
    "fields",
    [
        [("863", {"8": "1.1", "a": "1-49", "i": "1950-1998"})],  # no captions at all
        [VOLUMES, ("863", {"8": "1.1", "a": "A-C", "i": "1950-1998"})],
        [
            VOLUMES,
            ("863", {"8": "1.1", "a": "1", "c": "5", "i": "1950"}),
        ],  # a level without caption
    ],
)
def test_codes_without_captions_are_not_known(fields: list[tuple[str, dict[str, str]]]):
    said = coded(*fields)
    assert answer(said, Asked(1970, 12), TODAY) is Answer.UNKNOWN
    assert answer(said, Asked(2010), TODAY) is not Answer.HAS


# Supplements and indexes came out among the issues themselves:
# https://github.com/FOLIO-FSE/folio_migration_tools/pull/277
def test_supplements_and_indexes_stay_apart():
    said = coded(
        ("854", {"8": "1", "a": "v.", "i": "(year)"}),
        ("864", {"8": "1.1", "a": "12", "i": "1987"}),
        ("855", {"8": "2", "a": "v.", "i": "(year)"}),
        ("865", {"8": "2.1", "a": "1-20", "i": "1976-1995"}),
        ("866", {"8": "3", "a": "v.1-v.5 (1976-1980)"}),
    )
    assert {run.kind for run in said.runs} == {Kind.BASIC, Kind.SUPPLEMENT, Kind.INDEX}
    assert answer(said, Asked(1987, 12), TODAY) is Answer.NOT


# One empty statement for each field that said nothing:
# https://github.com/FOLIO-FSE/folio_migration_tools/issues/249
def test_fields_that_say_nothing_are_no_statements():
    record = pymarc.Record()
    empty = [("863", {"8": f"1.{n}", "a": ""}) for n in range(5)]
    for tag, parts in (VOLUMES, *empty, ("866", {"8": "0", "a": " "})):
        record.add_field(field(tag, parts))
    assert holdings.statements_of(by_tag(record)) == ()
