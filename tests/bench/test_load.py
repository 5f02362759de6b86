"""What the bench of a load measures."""

import json

import pytest

from postroad.bench import corpus, load


def row(place: int, library: int, record: int) -> tuple[str, str, int]:
    return f"L{library}", f"{library}b{place}", record


def shared_place() -> int:
    """A place at which the first two libraries have the same edition."""
    return next(
        place
        for place in range(0, 100, 2)
        if corpus.number_of(place, 0) == corpus.number_of(place, 1)
    )


def test_joins_are_counted_against_the_editions_of_which_the_corpus_was_made():
    place = shared_place()
    right = [row(place, 0, 7), row(place, 1, 7), row(1, 0, 8), row(1, 1, 9)]
    assert [figure.value for figure in load.joined(right)] == [1, 1]
    wrong = [row(place, 0, 7), row(place, 1, 8), row(1, 0, 9), row(1, 1, 9)]
    assert [figure.value for figure in load.joined(wrong)] == [0, 0]


@pytest.mark.nightly
@pytest.mark.django_db
def test_four_files_are_loaded_and_found_by_this_release_and_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setenv("POSTROAD_BENCH_CORPUS", str(tmp_path))
    found = list(load.measure(400))
    assert all(json.loads(figure.line())["value"] > 0 for figure in found)
    read = [figure.n for figure in found if figure.metric == "records a second"]
    assert read[-2:] == [40, 400]
    assert [figure.value > 0.95 for figure in found if figure.metric == "joins that are right"]
