"""The generated catalogue of the benches: always the same, and as libraries write."""

from collections import Counter

import pymarc

from postroad.bench import corpus
from postroad.catalogue import marc, matching
from postroad.catalogue.marc import Facts


def read(count: int, library: int = 0) -> list[tuple[str, Facts]]:
    """Which edition each record is of, and what it says."""
    reader = pymarc.MARCReader(b"".join(corpus.records(count, library=library)))
    found = [record for record in reader if record]
    assert len(found) == count
    return [(record["901"]["e"], marc.facts(record)) for record in found]


def test_the_same_seed_makes_the_same_records():
    assert list(corpus.records(50, seed=7)) == list(corpus.records(50, seed=7))
    assert list(corpus.records(50, seed=7)) != list(corpus.records(50, seed=8))


def test_each_record_has_its_copies_and_most_have_a_number():
    found = [facts for _, facts in read(600)]
    assert 3 < sum(len(facts.copies) for facts in found) / len(found) < 5
    assert sum(bool(facts.description.numbers) for facts in found) > 500
    assert len({facts.description.format for facts in found}) > 3
    assert sum(not facts.description.title.isascii() for facts in found) > 10


def test_libraries_share_editions_and_matching_finds_them():
    here, there = dict(read(400)), dict(read(400, library=1))
    shared = here.keys() & there.keys()
    assert 60 < len(shared) < 140
    verdicts = Counter(
        matching.compare(here[each].description, there[each].description).same for each in shared
    )
    assert verdicts[True] > 0.8 * len(shared)


def test_a_file_is_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("POSTROAD_BENCH_CORPUS", str(tmp_path / "kept"))
    made = corpus.file(20)
    assert made.read_bytes() == b"".join(corpus.records(20))
    made.write_bytes(b"kept")
    assert corpus.file(20).read_bytes() == b"kept"
