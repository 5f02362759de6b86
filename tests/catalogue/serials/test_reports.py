"""Troubles with serial holdings that others reported in public: each with where it stands."""

from datetime import date

from postroad.catalogue.serials import Answer, Asked, Statement, answer, read
from postroad.catalogue.serials.drawing import spans

TODAY = date(2026, 11, 27)
HAS, NOT, UNKNOWN = Answer.HAS, Answer.NOT, Answer.UNKNOWN


def said(asked: Asked, *texts: str | Statement) -> Answer:
    lines = [each if isinstance(each, Statement) else Statement(each) for each in texts]
    return answer(read(lines), asked, TODAY)


# "2012 -": it was unclear whether one year was meant, or all since:
# https://github.com/mlibrary/search/issues/84
def test_a_year_with_a_dash_goes_on_and_one_without_does_not():
    assert said(Asked(2020), "2012 -") is HAS
    assert said(Asked(2020), "2012") is NOT
    assert said(Asked(2020), "2012+") is HAS
    assert said(Asked(2020), "v 23 (1960) - v 64 (2002) ; v 70 (2008) -") is HAS
    assert said(Asked(2005), "v 23 (1960) - v 64 (2002) ; v 70 (2008) -") is NOT


# A volume number alone told nobody the year of it:
# https://github.com/mlibrary/search/issues/82
def test_a_volume_without_a_year_is_not_taken_for_any_year():
    assert said(Asked(1987), "v.12") is UNKNOWN
    assert said(Asked(None, 12), "v.12") is HAS


# Years stand beside volumes in `enumeration`, and no filter by year knew of them:
# https://github.com/wellcomecollection/platform/issues/5135
def test_years_beside_volumes_are_found_by_the_year():
    text = (
        "v.19:no.1 (Apr. 2000) - v.26:no.2 (Aug. 2007)",
        "v.27:no.2 (June 2008) - v.29:no.4 (Dec. 2010)",
    )
    assert said(Asked(2003), *text) is HAS
    assert said(Asked(None, 26, 3), *text) is NOT
    assert said(Asked(None, 27, 1), *text) is NOT
    assert said(Asked(2008), *text) is UNKNOWN
    assert said(Asked(2010), *text) is UNKNOWN  # it ends with an issue: there may be more of 2010


# "Laufende Woche" of one desk was shown with the whole run of another:
# https://github.com/swissbib/sbvf2/issues/393
def test_the_current_week_is_not_the_whole_run():
    whole = "Jg. 1, Nr. 1 (1. Okt. 1850)->"
    assert said(Asked(1900), whole) is HAS
    assert said(Asked(1900), "Laufende Woche") is NOT
    assert said(Asked(2026), "Laufende Woche") is UNKNOWN
    assert said(Asked(1840), whole) is NOT


# The older years stand elsewhere, and only the newer ones were shown:
# https://github.com/swissbib/sbvf2/issues/442
def test_two_places_of_one_library_count_together():
    old = Statement("v.1(1883)-v.250(1983)", group="1")
    new = Statement("v.251(1984)-", group="2")
    assert said(Asked(1900), old, new) is HAS
    assert said(Asked(2010), old, new) is HAS
    assert [(span.first, span.is_open) for span in spans(read([old, new]), TODAY)] == [(1883, True)]


# Current issues were not shown because there were bound volumes too:
# https://github.com/pulibrary/orangelight/issues/1555
def test_bound_volumes_and_current_issues_are_both_there():
    bound = Statement("v.1(1991)-v.23(2013)")
    current = [Statement(f"v. {n} ({1990 + n})", group=f"copy v.{n}") for n in range(24, 29)]
    assert said(Asked(2016, 26), bound, *current) is HAS
    assert said(Asked(2000), bound, *current) is HAS
    assert said(Asked(2024), bound, *current) is NOT


# Parts of one volume, each with its numbers and days:
# https://github.com/pulibrary/bibdata/pull/1573
def test_the_parts_of_a_bound_volume_are_told_by_their_numbers():
    parts = [
        Statement("vol. 290, no. 5489-5495 Oct.-17 Nov. 2000", group="copy 1"),
        Statement("vol. 289, no. 5483-5488 25 Aug.-29 Sept. 2000", group="copy 2"),
    ]
    assert said(Asked(2000, 290, 5490), *parts) is HAS
    assert said(Asked(2000, 290, 5482), *parts) is UNKNOWN
    assert said(Asked(2000, 289), *parts) is UNKNOWN


# Jahrgänge with their Hefte, and numbers that are missing between them:
# https://github.com/pod4lib/aggregator/issues/772
def test_missing_numbers_between_runs_are_missing():
    text = (
        "Jahrg.5:Heft 1(1928:Jan.)-Jahrg.20:Heft 2(1943:Feb.), "
        "Jahrg.20:Heft 4(1943:Apr.)-Jahrg.20:Heft 8(1943:Aug.); "
        "Jahrg.27:Heft 1(1961:Feb.)-Jahrg.57:Heft 121(1992:Dez.)"
    )
    assert said(Asked(1943, 20, 3), text) is NOT
    assert said(Asked(1943, 20, 4), text) is HAS
    assert said(Asked(1950), text) is NOT
    assert said(Asked(1987, 52), text) is HAS


# Of a film nothing but the summary tells what is there:
# https://github.com/ualbertalib/discovery/issues/691
def test_what_is_on_film_is_told_by_its_summary_alone():
    assert said(Asked(1950), "1911-") is HAS
    assert said(Asked(1950), "Microfilm: 1911-1970; paper: 1971-") is HAS
    assert said(Asked(1950), "reels 1-25") is UNKNOWN


# The same summary came twice over:
# https://github.com/vufind-org/vufind/pull/2904
def test_what_is_said_twice_is_as_what_is_said_once():
    once, twice = Statement("v.1-5, v.7"), Statement("v.1-5, v.7", group="2")
    for volume in range(10):
        assert said(Asked(None, volume), once, twice) is said(Asked(None, volume), once)


# Commas within a list, an issue at the end only, a supplement between number and date, days within
# dates: read in part, and the rest was lost without a word:
# https://github.com/bdmcodey/marc-serials-toolkit (CORPUS-FINDINGS.md)
def test_nothing_is_lost_in_silence():
    assert said(Asked(1915, 19, 7), "v. 19 nos. 1, 3, 7-12 (Jan, Mar, Jul-Dec 1915)") is HAS
    assert said(Asked(1915, 19, 5), "v. 19 nos. 1, 3, 7-12 (Jan, Mar, Jul-Dec 1915)") is NOT
    assert said(Asked(None, 55, 4), "v. 1 - v. 55 no. 3 (1927-1982)") is NOT
    assert said(Asked(None, 58), "v. 58 Suppl. (Sep 2003)") is UNKNOWN
    assert said(Asked(1996, 34, 8), "v. 34 no. 8/9-v. 35 no. 23/24 (Apr 18, 1996-Dec 1997)") is HAS
    assert said(Asked(1998), "v. 34 no. 8/9-v. 35 no. 23/24 (Apr 18, 1996-Dec 1997)") is NOT
