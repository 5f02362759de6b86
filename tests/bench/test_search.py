"""What the benches of searching measure, at a size at which nothing is fast or slow."""

import random
import string
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from postroad.bench import figures, known_items, relevance, rivals, search, zebra
from postroad.bench.known_items import Shelf
from postroad.catalogue import search as finding
from postroad.catalogue.description import Description
from postroad.catalogue.models import Item, Record
from tests.bench.test_bench import assert_speaks


@pytest.mark.django_db
@pytest.mark.once
def test_a_search_is_timed_in_the_engine_and_beside_others(tmp_path, monkeypatch):
    monkeypatch.setenv("POSTROAD_HOME", str(tmp_path))
    search.furnish(40)
    assert (Record.objects.count(), Item.objects.count()) == (40, 160)
    finding.rebuild()
    typed = search.questions(40, 4)
    assert set(typed) == {"keywords", "with a slip", "one word of many"}
    found = list(search.engine_times(typed, figures.conditions()))
    assert_speaks(found)
    other = rivals.Fts5(tmp_path)
    other.fill(finding.entries(range(1, 41)))
    assert all(other.find(words) for words in typed["keywords"])


@pytest.mark.django_db
@pytest.mark.once
def test_zebra_is_given_the_same_words_and_asked_for_all_of_them(tmp_path):
    search.furnish(3)
    (file,) = zebra.files(tmp_path, finding.entries(range(1, 4)))
    said = ET.parse(file).getroot()
    keys = [each.get("{http://indexdata.com/zebra-2.0}id") for each in said]
    assert keys == ["1", "2", "3"]
    assert {index.get("name") for index in said.iter() if index.get("name")} <= {*zebra.INDEXES}
    asked = zebra.query('Émile "Zola')
    assert asked == '@and @attr 1=any @attr 2=102 "emile" @attr 1=any @attr 2=102 "zola"'


@pytest.mark.nightly
@pytest.mark.django_db
@pytest.mark.once
def test_zebra_finds_the_same_records(tmp_path):
    search.furnish(60)
    finding.rebuild()
    typed = search.questions(60, 8)["keywords"]
    fts5 = rivals.Fts5(tmp_path)
    with zebra.served(tmp_path) as other:
        for each in (fts5, other):
            each.fill(finding.entries(range(1, 61)))
        assert all(other.find(words) for words in typed)
        assert other.find("no such words at all") == []


def shelf() -> Shelf:
    made, chance = Shelf(), random.Random(3)
    for number in range(1, 60):
        words = ["".join(chance.sample(string.ascii_lowercase, 7)) for _ in range(6)]
        title, name = " ".join(words), f"{words[0][:5]}son, Ann"
        made.add(number, Description(title=title, author=name, language="fre"))
    return made


def test_the_same_records_give_the_same_searches_of_each_kind_and_a_third_is_held_back():
    once, again = (list(known_items.searches(shelf(), each=6)) for _ in range(2))
    assert once == again
    assert {each.kind for each in once} == set(known_items.WAYS)
    assert sum(each.held_back for each in once) * 3 == len(once)
    assert all(each.right for each in once)


def test_a_slip_changes_the_word():
    chance = random.Random(1)
    slips = {known_items.slip("hemingway", chance) for _ in range(40)}
    assert "hemingway" not in slips
    assert len(slips) > 20


def test_what_is_cited_is_put_on_the_shelf_where_it_is_looked_for():
    made = shelf()
    rows = [
        {"query": '"pollock, jackson"', "search": "author", "expected_record_ids": "611300"},
        {"query": "jackson pollock", "search": "author", "expected_record_ids": "611300"},
        {"query": "twain NOT sawyer", "search": "everything", "expected_record_ids": ""},
    ]
    found = list(known_items.add_cited(made, rows))
    assert [each.words for each in found] == ['"pollock, jackson"', "jackson pollock"]
    assert {made.said[key].author for each in found for key in each.right} == {"pollock, jackson"}


@pytest.mark.django_db
def test_without_real_records_it_says_so_and_gives_no_figure(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("POSTROAD_SHARED", str(tmp_path))
    relevance.main()
    said = capsys.readouterr()
    assert said.out == ""
    assert "no real records" in said.err


@pytest.mark.nightly
@pytest.mark.once
@pytest.mark.django_db
def test_a_book_that_is_meant_comes_first(shared: Path, tmp_path, monkeypatch):
    """The figures of `./run bench relevance`, with a part of the records."""
    monkeypatch.setenv("POSTROAD_HOME", str(tmp_path))
    found = {each.metric: each.value for each in relevance.measure(shared / "data", most=3000)}
    assert found["Postroad: all"] > 0.9
    assert found["Postroad: held back"] > 0.9
    assert found["SQLite FTS5: all"] < found["Postroad: all"]
