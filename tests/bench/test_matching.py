"""The labelled pairs of the bench, and what it counts."""

import json

import pytest

from postroad.bench import matching
from postroad.bench.pairs import alike, fields, made, real, sets, unlike
from postroad.bench.pairs.real import Pair
from postroad.bench.pairs.sets import Held
from tests.catalogue.records import record


def a_book() -> Held:
    """As a catalog has it, with all that a change may want."""
    made = record(
        "b1",
        ("010", {"a": "84006424"}),
        ("020", {"a": "9780141439587"}),
        ("250", {"a": "2nd ed."}),
        ("260", {"a": "London :", "b": "Murray Pub. Co.,", "c": "1984."}),
        ("300", {"a": "xii, 474 p. :", "b": "col. ill."}),
        ("490", {"a": "Novels ;", "v": "no. 3"}),
        year="1984",
        author="",
    )
    made.remove_fields("245")
    fields.add(made, "100", "1 ", a="Austen, Jané,", d="1775-1817")
    fields.add(
        made, "245", "14", a="The Northanger & wood to 1983 :", b="a novel /", c="by Jane Austen."
    )
    said = sets.facts(made)
    assert said
    return Held("file", 1, "b1", made, said)


@pytest.mark.parametrize("kind", alike.DIFFERENCES | alike.BY_NUMBER)
def test_what_another_cataloger_writes_otherwise_is_the_same_book(kind):
    book = a_book()
    other = fields.of(book.record)
    if kind == "shortened":
        assert alike.spelt_out(other)
    if kind == "copyright year":
        fields.drop(other, "250")
    assert (alike.DIFFERENCES | alike.BY_NUMBER)[kind](other)
    said = sets.facts(other)
    assert said
    assert matching.are_joined(Pair(kind, True, kind, book.said, said))


@pytest.mark.parametrize("kind", sorted(unlike.OTHERS.keys() - {"other disc"}))
def test_another_edition_is_another_book(kind):
    book = a_book()
    if kind in {"revised", "volume in subtitle"}:
        fields.drop(book.record, "250")
        fields.drop_codes(book.record, "245", "b")
    other = fields.of(book.record)
    assert unlike.OTHERS[kind](other)
    one, said = sets.facts(book.record), sets.facts(other)
    assert one
    assert said
    if kind in unlike.OTHER_NUMBERS:
        one, said = real.hidden(one), real.hidden(said)
    assert not matching.are_joined(Pair(kind, False, kind, one, said))


def test_an_interval_is_wide_for_few_and_narrow_for_many():
    assert [round(bound, 3) for bound in matching.wilson(99, 100)] == [0.946, 0.998]
    low, high = matching.wilson(9900, 10000)
    assert 0.987 < low < 0.99 < high < 0.992
    assert matching.wilson(0, 0) == (0, 1)


def test_precision_and_recall_are_of_what_was_joined_and_of_what_should_be():
    book = a_book().said
    other = real.entry("Persuasion", "Austen, Jane", 1984)
    judged = [
        matching.Judged(Pair("k", same, "n", book, other), joined)
        for same, joined in [(True, True), (True, False), (False, True), (False, False)] * 2
    ]
    precision, recall = matching.of_all(judged, "held back")
    assert (precision.value, precision.n) == (0.5, 4)
    assert (recall.value, recall.n) == (0.5, 4)
    assert json.loads(precision.line())["conditions"]["part"] == "held back"
    assert "not joined, and are one" in judged[1].told()


def test_the_readings_are_of_records_that_were_read():
    read = {short for each in real.readings()["clusters"].values() for short in each.split()}
    for group in real.readings()["editions"] + real.readings()["doubtful"]:
        assert set(group.split()) <= read
    assert len(read) == 400
    assert {label for label, _, _ in real.readings()["pairs"]} == {"same", "other", "doubtful"}


def test_without_the_sets_there_are_no_figures_and_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("POSTROAD_SHARED", str(tmp_path))
    matching.main()
    said = capsys.readouterr()
    assert said.out == ""
    assert "no figures" in said.err


@pytest.mark.nightly
def test_two_editions_are_hardly_ever_joined_and_one_nearly_always(shared, monkeypatch):
    monkeypatch.setenv("POSTROAD_SHARED", str(shared))
    found = list(matching.measure())
    assert sum(figure.n for figure in found if ": " in figure.metric) >= 2000
    parts = {(f.metric, f.conditions["part"]): f.value for f in found}
    for part in matching.PARTS.values():
        assert parts["precision", part] >= 0.995
        assert parts["recall", part] >= 0.95
    assert made.MOST_OF_A_KIND > 1
