"""What people type, and what they get."""

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postroad.catalogue import search
from postroad.catalogue.models import Item, Record, Unindexed
from postroad.catalogue.search import Answer, NoIndex, Query
from tests import lots
from tests.catalogue.records import item, load, record

SHELF = [
    record("b1", item("31234000000017"), ("020", {"a": "0141439513"}), ("650", {"a": "Sisters"})),
    record("b2", item("32"), title="Emma", year="1816"),
    record("b3", item("33"), title="Emma Goldman in exile", author="Wexler, Alice", year="1989"),
    record(
        "b4", item("34"), title="L'étranger", author="Camus, Albert", year="1942", language="fre"
    ),
    record("b5", item("35"), title="1984", author="Orwell, George", year="1949"),
    record("b6", item("36"), title="Pride of Baghdad", author="Vaughan, Brian K.", year="2006"),
    record("b7", item("37"), title="Libraries of New England", author="", year="1901"),
    record("b8", item("38"), title="Undated", author="", year="    "),
    record("b9", item("39"), title="O'Connor's women", author="", year="1950"),
    record("b10", item("40"), title="The rail-road", author="", year="1850"),
    record("b11", item("41"), title="Vremi\u0361a nol\u02b9", author="", year="1911"),
    record("b12", item("42"), title="Τεχνογαμία", author="", year="1911"),
    record("b13", item("43"), title="The prime minister", author="", year="1876"),
]


@pytest.fixture
def shelf(cast):
    load(cast.lee, *SHELF)


def titles(answer: Answer) -> list[str]:
    return [hit.title for hit in answer.hits]


def find(words: str = "", **more) -> list[str]:
    return titles(search.find(Query(words=words, **more)))


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("austen pride", "Pride and prejudice"),
        ("PRIDE prejudice", "Pride and prejudice"),
        ("sisters", "Pride and prejudice"),  # a subject
        ("etranger", "L'étranger"),
        ("e\u0301tranger", "L'étranger"),  # letter and accent apart
        ("l’étranger", "L'étranger"),
        ("emma", "Emma"),  # the whole title before a part of one
        ('"emma goldman"', "Emma Goldman in exile"),
        ("“emma goldman”", "Emma Goldman in exile"),
        ("library", "Libraries of New England"),
        ("orwell 1949", "1984"),  # the year is a word too
        ("1984", "1984"),
        ("oconnor", "O'Connor's women"),
        ("o’connor", "O'Connor's women"),
        ("oconnors women", "O'Connor's women"),
        ("women's", "O'Connor's women"),
        ("railroad", "The rail-road"),
        ("rail-road", "The rail-road"),
        ("vremia nol", "Vremi\u0361a nol\u02b9"),  # as one types what was transcribed
        ("τεχνογαμια", "Τεχνογαμία"),
    ],
)
def test_what_is_typed_finds_the_book(words, first, shelf):
    assert find(words)[0] == first


@pytest.mark.parametrize(
    "number",
    [
        "0141439513",
        "0-14-143951-3",
        "9780141439518",
        "978 0 14 143951 8",
        "ISBN 0141439513",
        "ISBN-13: 978-0-14-143951-8",
        "isbn:0141439513",
        "31234000000017",
        "3123 4000 0000 17",  # as our pages show it
    ],
)
def test_any_number_finds_the_book(number, shelf, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        answer = search.find(Query(words=number))
    assert answer.by_number
    assert titles(answer) == ["Pride and prejudice"]
    assert find(number=number) == ["Pride and prejudice"]


def test_all_words_must_be_there_and_a_phrase_in_a_row(shelf):
    assert set(find("pride")) == {"Pride and prejudice", "Pride of Baghdad"}
    assert find("pride exile") == []
    assert find('"prejudice pride"') == []
    assert find("pride", author="vaughan") == ["Pride of Baghdad"]


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ("emma OR étranger", {"Emma", "Emma Goldman in exile", "L'étranger"}),
        ("emma NOT goldman", {"Emma"}),
        ("emma -goldman", {"Emma"}),
        ('emma -"in exile"', {"Emma"}),
        ('"emma OR goldman"', set()),  # in a phrase it is a word
        ("EMMA IN EXILE OR", set()),  # all in capitals: words like others
        ("-emma", set()),  # all but one book is no answer
        ("rail-road", {"The rail-road"}),
        ("OR", set()),
    ],
)
def test_or_and_not_are_read_where_they_are_meant(words, some, shelf):
    assert set(find(words)) == some


def test_a_slip_of_the_finger_gets_a_suggestion(shelf):
    answer = search.find(Query(words="prid prejudise"))
    assert answer.total == 0
    assert answer.suggestion == Query(words="pride prejudice")
    assert search.find(Query(words="xqzzyv")).suggestion is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (Query("prejudise zzz"), Query("prejudice")),  # what nothing is like is left out
        (Query("pride minister"), Query("prime minister")),  # both are known, not together
        (Query("pride", author="vaughn"), Query("pride", author="vaughan")),
        (Query(author="Austin, Jane"), Query(author="austen jane")),
    ],
)
def test_what_was_meant_is_offered_when_it_finds_something(typed, meant, shelf):
    assert search.find(typed).suggestion == meant
    assert search.find(meant).total


def test_a_year_is_not_a_slip_of_another_year(shelf):
    assert search.find(Query("1985")).suggestion is None


def nearest(words: str, **more) -> list[str]:
    answer = search.find(Query(words=words, **more))
    assert (answer.hits, answer.total) == ([], 0)
    return [record.title for record in answer.nearest]


def test_when_nothing_has_all_words_those_with_all_but_one_are_nearest(shelf):
    assert nearest("emma goldman exile pride") == ["Emma Goldman in exile"]
    assert search.find(Query(words="emma goldman exile pride")).loosened


@pytest.mark.parametrize(
    "typed",
    [
        *("goldmna emma", "emma gldman", "emma goldmann exile", "emma goldnan", "emam goldman"),
        *("emmagoldman", "emma gold man exile", "xmma goldman", '"emma goldmna"'),
    ],
)
def test_one_slip_shows_the_nearest_apart_and_counts_it_nowhere(typed, shelf):
    assert nearest(typed)[0] == "Emma Goldman in exile"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Тостой", "Толстой и мир"),
        ("ספרם", "ספרים"),
        ("पुस्तके", "पुस्तकें"),
    ],
)
def test_a_slip_in_another_script_is_one_too(typed, meant, cast):
    load(cast.lee, *(record(f"s{n}", title=each) for n, each in enumerate([meant, "Emma"])))
    assert nearest(typed) == [meant]


def test_what_is_nearest_lies_within_the_same_narrowing(shelf):
    assert nearest("prid", formats=frozenset({"film"})) == []
    answer = search.find(Query(words="prid", formats=frozenset({"film"})))
    assert answer.suggestion is None
    assert nearest("prid prejudise", languages=frozenset({"eng"})) == ["Pride and prejudice"]


@pytest.mark.parametrize("typed", ["zzqx", "12345", "of the", "emma zzqx -emma", "q w e r t y" * 4])
def test_what_is_like_nothing_is_near_to_nothing(typed, shelf):
    assert nearest(typed) == []


def test_what_is_suggested_finds_something_whatever_is_typed(shelf):
    chance = random.Random(1816)
    words = "pride prejudice emma goldman orwell camus libraries"
    for _ in range(60):
        typed = [chance.choice(words.split()) for _ in range(chance.randrange(1, 4))]
        at = chance.randrange(len(typed))
        typed[at] = "".join(chance.sample(typed[at], len(typed[at])))
        if (meant := search.find(Query(" ".join(typed))).suggestion) is not None:
            assert search.find(meant).total, (typed, meant)


@pytest.mark.parametrize(
    ("since", "until", "some"),
    [
        (1942, 1949, {"L'étranger", "1984"}),
        (1989, None, {"Emma Goldman in exile", "Pride of Baghdad"}),
        (None, 1816, {"Emma", "Pride and prejudice"}),
        (1901, 1901, {"Libraries of New England"}),
        (1943, 1948, set()),
        (9999, 1, set()),
    ],
)
def test_from_one_year_to_another_both_included(shelf, since, until, some):
    assert set(find(since=since, until=until)) == some


def test_what_has_no_year_is_in_no_span_of_years(shelf):
    assert find("undated") == ["Undated"]
    assert find("undated", until=9999) == find("undated", since=1) == []


def test_a_number_among_the_words_is_a_word_where_years_narrow(shelf):
    """As with every other narrowing: a number finds its book alone, or not at all."""
    assert search.find(Query("0141439513")).by_number
    assert not search.find(Query("0141439513", since=1900)).by_number


def test_a_number_asked_for_as_one_is_narrowed_like_words(shelf):
    assert find(number="0141439513") == ["Pride and prejudice"]
    narrowed = Query(number="0141439513", formats=frozenset({"book"}))
    answer = search.find(narrowed)
    assert titles(answer) == ["Pride and prejudice"]
    assert answer.facets["library"] == {"lee": 1}
    assert find(number="0141439513", formats=frozenset({"film"})) == []
    assert find(number="0141439513", libraries=frozenset({"lenox"})) == []
    unknown = search.find(Query(number="9780140328721", formats=frozenset({"book"})))
    assert (unknown.total, unknown.isbn) == (0, "none")


def test_what_has_no_year_comes_last_in_both_orders(shelf):
    assert find(sort="newest")[0] == "Pride of Baghdad"
    assert find(sort="oldest")[0] == "Pride and prejudice"
    assert find(sort="newest")[-1] == find(sort="oldest")[-1] == "Undated"


SYNTAX = ['"', "title:", "AND", "a AND (b OR", "*", "x^~2", "[1 TO 2]", "\\", "+-!", "\x00", "{}"]


@pytest.mark.parametrize("words", [*SYNTAX, "emma " * 2000, "\ud800", "🜨", '""', "a" * 100_000])
def test_nothing_that_can_be_typed_is_a_mistake(words, shelf):
    search.find(Query(words=words, author=words, number=""))
    search.find(Query(words=words))
    assert isinstance(search.find(Query(number=words)), Answer)


@settings(
    max_examples=60 if lots.NIGHT else 20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(typed=st.lists(st.text(), max_size=3))
def test_no_word_breaks_the_search(shelf, typed):  # the shelf may stay: asking changes nothing
    assert isinstance(search.find(Query(words=" ".join(typed))), Answer)


def test_punctuation_alone_finds_nothing_instead_of_everything(shelf):
    assert search.find(Query(words="?!")).total == 0
    assert search.find(Query()).total == len(SHELF)


FORMS = ["am", "gm", "jm", "im"]
LANGUAGES = ["eng", "fre", "spa"]


@pytest.fixture
def crowd(cast):
    """Three hundred titles in several loads, so that the index has several segments."""
    chance = random.Random(1673)
    for library in (cast.lee, cast.lenox, cast.pittsfield):
        load(
            library,
            *(
                record(
                    f"{library.code}{n}",
                    item(str(n)),
                    title=f"{chance.choice(['River', 'Road', 'Hill'])} number {n % 60}",
                    author=f"Author {n % 7}",
                    year=str(chance.choice([1899, 1900, 1955, 2001])),
                    language=chance.choice(LANGUAGES),
                    leader=chance.choice(FORMS),
                )
                for n in range(100)
            ),
        )


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(words="river"),
        Query(words="road", formats=frozenset({"book"})),
        Query(formats=frozenset({"film", "music"}), languages=frozenset({"eng", "fre"})),
        Query(words="number", libraries=frozenset({"lee"}), years=frozenset({1900, 2000})),
        Query(years=frozenset({1890}), formats=frozenset({"book"}), languages=frozenset({"spa"})),
        Query(words="river", since=1900, until=1955, formats=frozenset({"book"})),
        Query(until=1899, languages=frozenset({"fre"})),
        Query(since=1956, years=frozenset({1950, 2000})),
    ],
)
def test_facets_are_exact(query, crowd):
    answer = search.find(query)
    records = [facts for facts in all_facts() if query.words in facts["words"]]
    chosen = query.chosen()
    if query.span:
        first, last = query.span
        chosen["year"] = [str(year) for year in range(first, last + 1)]
    assert answer.total == sum(fits(facts, chosen) for facts in records)
    for name in ("format", "language", "library", "decade"):
        own = {name, "year"} if name == "decade" else {name}  # years are one facet
        others = {facet: values for facet, values in chosen.items() if facet not in own}
        counted: Counter[str] = Counter()
        for facts in records:
            if fits(facts, others):
                counted.update(facts[name])
        assert answer.facets[name] == counted


def all_facts() -> list[dict[str, set[str]]]:
    owners: dict[int, set[str]] = {}
    for key, code in Item.objects.values_list("record_id", "library__code"):
        owners.setdefault(key, set()).add(code)
    return [
        {
            "words": {"", *each.title.lower().split()},
            "format": {each.format},
            "language": {each.language},
            "library": owners[each.pk],
            "decade": {str((each.year or 0) // 10 * 10)},
            "year": {str(each.year or "")},
        }
        for each in Record.objects.all()
    ]


def fits(facts: dict[str, set[str]], chosen: dict[str, list[str]]) -> bool:
    return all(facts[name] & set(values) for name, values in chosen.items())


def test_turning_the_pages_shows_each_record_once(crowd):
    query = Query(words="number")
    total = search.find(query).total
    pages = -(-total // 20)
    seen = [hit.pk for page in range(1, pages + 1) for hit in search.find(query, page).hits]
    assert len(seen) == len(set(seen)) == total
    assert search.find(query, pages + 1).hits == []
    assert search.find(query, -5).page == 1
    assert search.find(query, 10**12).hits == []


def test_a_record_that_is_gone_leaves_the_index(shelf):
    gone = Record.objects.get(title="Undated")
    key = gone.pk
    gone.items.all().delete()
    gone.delete()
    assert find("undated") == []  # never a hole in the page
    Unindexed.objects.note([key])
    search.refresh()
    assert search.find(Query()).total == len(SHELF) - 1


def test_without_an_index_there_is_no_answer_and_refresh_makes_one(db):
    with pytest.raises(NoIndex):
        search.find(Query(words="emma"))
    assert not search.is_ready()
    search.refresh()
    assert search.is_ready()
    assert search.find(Query(words="emma")).total == 0


def test_a_short_word_is_put_right_and_not_left_out(cast):
    load(cast.lee, record("b1", item("31"), title="West of the Pecos", author="Grey, Zane"))
    assert search.find(Query(words="wst of the pecos")).suggestion == Query(
        words="west of the pecos"
    )


@pytest.mark.parametrize("typed", ["0 0 xqzzyvv", "of the xqzzyvv", "12 of 0 xqzzyvv"])
def test_what_is_left_when_the_telling_word_is_unknown_is_not_suggested(typed, cast):
    load(cast.lee, record("b1", item("31"), title="0 0 of the 12 Pecos"))
    assert search.find(Query(words=typed)).suggestion is None
