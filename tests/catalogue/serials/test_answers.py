"""A library has a volume, has it not, or nobody knows; what is not understood is not known."""

import random
from datetime import date

import pytest

from postroad.catalogue.serials import Answer, Asked, Reading, Statement, answer, read
from tests.catalogue.serials.test_statements import labels, made, volumes

TODAY = date(2026, 11, 27)
HAS, NOT, UNKNOWN = Answer.HAS, Answer.NOT, Answer.UNKNOWN


def said(
    text: str, *, year: int | None = None, volume: int | None = None, issue: int | None = None
) -> Answer:
    return answer(read([Statement(text)]), Asked(year, volume, issue), TODAY)


@pytest.mark.parametrize(
    ("text", "year", "volume", "issue", "wanted"),
    [
        # "Does anyone have volume 12 of 1987?"
        ("v.1(1976)-v.20(1995)", 1987, 12, None, HAS),
        ("v.1(1976)-v.20(1995)", 1987, None, None, HAS),
        ("v.1(1976)-v.20(1995)", None, 12, None, HAS),
        ("v.1(1976)-v.20(1995)", 1996, None, None, NOT),
        ("v.1(1976)-v.20(1995)", 1996, 21, None, NOT),
        ("v.1(1976)-v.20(1995)", 2010, 12, None, UNKNOWN),  # one of the two is a slip
        ("v.1(1976)-v.10(1985), v.13(1988)-", 1987, 12, None, NOT),
        ("v.1(1976)-v.10(1985), v.13(1988)-", 2020, 45, None, HAS),
        ("v.1(1976)-v.10(1985), v.13(1988)-", 2030, None, None, NOT),
        ("1980-1990", 1987, 12, 3, HAS),  # years without volumes
        ("1980-1986, 1988-1990", 1987, None, None, NOT),
        ("v.5-v.7, v.9-v.12", None, 8, None, NOT),
        ("v.5-v.7, v.9-v.12", None, 12, None, HAS),
        ("v.5-v.7, v.9-v.12", 1987, None, None, UNKNOWN),
        # parts of a volume
        ("v.1:no.2(1976)-v.4:no.3(1979)", None, 1, None, UNKNOWN),
        ("v.1:no.2(1976)-v.4:no.3(1979)", None, 1, 1, NOT),
        ("v.1:no.2(1976)-v.4:no.3(1979)", None, 4, 3, HAS),
        ("v.1:no.2(1976)-v.4:no.3(1979)", None, 4, 4, NOT),
        ("v.1:no.2(1976)-v.4:no.3(1979)", 1979, None, None, UNKNOWN),
        ("v.12:no.1,3-4 (1987)", 1987, 12, 2, NOT),
        ("v.12:no.1,3-4 (1987)", 1987, 12, 3, HAS),
        ("v.12:no.1,3-4 (1987)", 1987, 12, None, UNKNOWN),
        ("1983-1986:no.1", 1986, None, 1, HAS),
        ("1983-1986:no.1", 1986, None, 2, NOT),
        ("1983-1986:no.1", 1986, None, None, UNKNOWN),
        ("May 1998-Oct.1998", 1998, None, None, UNKNOWN),
        # several volumes a year: the last year may be there in part only
        ("v.89(1902)-v.256(1985)", 1985, None, None, UNKNOWN),
        ("v.89(1902)-v.256(1985)", 1950, None, None, HAS),
        ("v.10(1935/36)-v.83(2007/08)", 2008, None, None, UNKNOWN),
        # numbers that run on without volumes
        ("no.1(1950)-no.38(1977)", None, None, 12, HAS),
        ("no.1(1950)-no.38(1977)", None, 12, None, HAS),
        ("no.1(1950)-no.38(1977)", 1960, 12, 3, UNKNOWN),
        ("no.1(1950)-no.38(1977)", None, None, 39, NOT),
        # numbering that began again
        ("v.30(2015/16); n.s. v.1(2016)-", None, 5, None, UNKNOWN),
        ("v.30(2015/16); n.s. v.1(2016)-", 2020, 5, None, HAS),
        ("v.30(2015/16); n.s. v.1(2016)-", 1990, 5, None, NOT),
        ("ser.1 v.1 (1838)-ser.9 v.16 (1925)", None, 12, None, UNKNOWN),
        ("ser.1 v.1 (1838)-ser.9 v.16 (1925)", 1900, None, None, HAS),
        # what is lacking
        ("v.1-20 (1970-1989) lacks v.12", 1981, 12, None, NOT),
        ("v.1-20 (1970-1989) lacks v.12", None, 13, None, HAS),
        ("v.1-20 (1970-1989) lacks v.12", 1981, None, None, UNKNOWN),
        ("v.1-20 (1970-1989); lacks 1981", 1981, None, None, NOT),
        ("v.1-20 (1970-1989), some issues missing", 1981, 12, None, UNKNOWN),
        ("v.1-20 (1970-1989), some issues missing", 1995, None, None, NOT),
        ("1990-2000 incomplete", 1995, None, None, UNKNOWN),
        ("inc. no. 332-353", None, None, 340, UNKNOWN),
        ("inc. no. 332-353", None, None, 300, NOT),
        # the year in which it came out is no year of the thing
        ("1961/62(1963)", 1963, None, None, NOT),
        ("2.1938/40(1942)", 1942, None, None, NOT),
        ("115.1921/22(1923) - 125.1937", 1930, 120, None, HAS),
        # only the newest
        ("Letzte 10 Jg.", 2020, None, None, HAS),
        ("Latest 5 years only", 2024, None, None, HAS),
        ("Latest 5 years only", 2010, None, None, NOT),
        ("Latest 5 years only", 2021, None, None, UNKNOWN),
        ("Latest 5 years only", None, 12, None, UNKNOWN),
        ("Current year only", 2026, None, None, HAS),
        ("Current year only", 1987, None, None, NOT),
        ("Current issues only", 2026, None, None, UNKNOWN),
        ("Current issues only", 1987, None, None, NOT),
        # not the thing itself
        ("v.1-88(1857-1901) index", 1890, None, None, UNKNOWN),
        ("v.266:supp.(1990)", 1990, 266, None, UNKNOWN),
        ("28 reels", 1987, None, None, UNKNOWN),
        ("1988:test issue no.3", 1988, None, None, UNKNOWN),
        ("v.1=no.1-v.3=no.36 (1990-1992)", None, 12, None, UNKNOWN),
        # years that contradict the volumes
        ("v.39(1942)-v.40:no.13(1972), v.41(1943)-v.48(1946)", 1960, None, None, UNKNOWN),
        ("v.39(1942)-v.40:no.13(1972), v.41(1943)-v.48(1946)", 1944, None, None, HAS),
        # one date behind two captions is the end's
        ("no. 1 (Dec. 1978)-no. 26; no. 30-no. 65/68 (Jan.-Dec. 1995)", 1990, None, None, UNKNOWN),
    ],
)
def test_a_question_is_answered_as_a_librarian_would(
    text: str, year: int | None, volume: int | None, issue: int | None, wanted: Answer
):
    assert said(text, year=year, volume=volume, issue=issue) is wanted


def test_lacks_in_a_line_of_their_own_are_of_their_copy():
    one = [Statement("v.1-20 (1970-1989)", group="1"), Statement("LACKS: v. 12", group="1")]
    other = [Statement("v.10-15", group="2")]
    twelve = Asked(volume=12)
    assert answer(read(one), twelve, TODAY) is NOT
    assert answer(read([*one, *other]), twelve, TODAY) is HAS


def test_remarks_count_only_where_they_take_something_away():
    harmless = Statement("v.1-20", note="Current issues in Periodicals Room")
    never = Statement("v.21:no.2-4 (1999)", note="no.1 never received, bound")
    damaged = Statement("v.1-20", inner="several volumes damaged by water")
    assert answer(read([harmless]), Asked(volume=12), TODAY) is HAS
    assert answer(read([never]), Asked(1999, 21, 3), TODAY) is not NOT
    assert answer(read([damaged]), Asked(volume=12), TODAY) is UNKNOWN


def test_copies_say_what_is_there_and_not_what_is_not():
    copies = [Statement(f"v.{n} ({1975 + n})", group=f"copy {n}") for n in (10, 11, 13)]
    odd = Statement("c.2 bound", group="copy x")
    assert answer(read([*copies, odd]), Asked(volume=11), TODAY) is HAS
    assert answer(read([*copies, odd]), Asked(volume=12), TODAY) is UNKNOWN
    with_text = [Statement("v.10-v.11, v.13"), *copies]
    assert answer(read(with_text), Asked(volume=12), TODAY) is NOT


def test_nothing_asked_is_not_known():
    assert answer(read([Statement("1980-1990")]), Asked(), TODAY) is UNKNOWN
    assert answer(Reading(), Asked(1987), TODAY) is UNKNOWN


def bounds(reading: Reading) -> tuple[int, int]:
    """The first and the last year of which anything says that it is there."""
    first = reading.first_year or (TODAY.year - 5 if reading.rolling else 0)
    return first, TODAY.year if reading.is_open else reading.last_year or 0


def test_nothing_is_had_outside_of_what_the_text_says():
    for label in labels():
        reading = read([Statement(label["statement"])])
        first, last = bounds(reading)
        for year in (*range(1600, 2040, 7), first - 1, last + 1):
            if year < first or year > last:
                assert answer(reading, Asked(year), TODAY) is not HAS, (label, year)
        held = {number for _, number in volumes(reading)}
        for volume in range(400):
            if volume not in held:
                assert answer(reading, Asked(None, volume), TODAY) is not HAS, (label, volume)


def test_each_volume_that_is_written_is_had_and_each_gap_is_not():
    dice = random.Random(12)
    for _ in range(40):
        text, held, _, _ = made(dice)
        reading = read([Statement(text)])
        for volume in range(130):
            wanted = HAS if ("", volume) in held else NOT
            assert answer(reading, Asked(None, volume), TODAY) is wanted, (text, volume)
