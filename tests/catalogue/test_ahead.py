"""Records that are read ahead in processes beside: the same, in the same order, come what may."""

import os
from collections.abc import Iterator
from io import BytesIO

import pytest

from postroad.bench import corpus
from postroad.catalogue import ahead, marc
from postroad.catalogue.description import made_of
from postroad.catalogue.marc.copies import Reading
from postroad.protocols.marc import reading
from postroad.protocols.marc.plain import Plain
from postroad.protocols.marc.results import Read, Trouble

FILE = b"".join(corpus.records(700))


def records(file: bytes = FILE) -> Iterator[Read | Trouble]:
    return reading.records(BytesIO(file))


def said(found: Iterator[Read | Trouble]) -> list[object]:
    return [marc.facts(each.record) if isinstance(each, Read) else each.reason for each in found]


@pytest.fixture
def two_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})


def test_they_say_the_same_in_the_same_order(two_cores):
    with_faults = FILE + b"00042nonsense\x1d" + next(corpus.records(1, library=2))
    found = list(ahead.told(records(with_faults), Reading(), after=50))
    known = [each for each in found if isinstance(each, Read) and isinstance(each.record, Plain)]
    assert sum(each.record.known is not None for each in known) > 400  # type: ignore[attr-defined]
    assert said(iter(found)) == said(records(with_faults))
    for each in known:
        if made := each.record.made:  # type: ignore[attr-defined]
            assert made == made_of(marc.facts(each.record).description, each.raw)
    assert sum(each.record.made is not None for each in known) > 100  # type: ignore[attr-defined]


def test_a_short_file_is_read_alone_and_so_is_any_where_there_is_one_core(two_cores, monkeypatch):
    def nothing_known(found: Iterator[Read | Trouble]) -> bool:
        return not any(getattr(each.record, "known", 1) for each in found if isinstance(each, Read))

    assert nothing_known(ahead.told(records(), Reading(), after=650))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    assert nothing_known(ahead.told(records(), Reading(), after=50))


def test_what_breaks_the_file_does_so_behind_all_that_was_read(two_cores):
    def broken() -> Iterator[Read | Trouble]:
        yield from records()
        raise OSError("the disk is gone")

    found = ahead.told(broken(), Reading(), after=50)
    read = [next(found) for _ in range(700)]
    assert said(iter(read)) == said(records())
    with pytest.raises(OSError, match="disk"):
        next(found)


def test_if_a_process_beside_is_lost_the_records_are_read_here(two_cores):
    found = iter(records())
    with ahead.Beside(Reading()) as beside:
        beside.process.kill()
        beside.process.wait()
        read = list(ahead.in_turn(found, [beside], Reading()))
    assert said(iter(read)) == said(records())


def test_who_stops_in_between_leaves_no_process_behind(two_cores):
    found = ahead.told(records(), Reading(), after=50)
    for _ in range(200):
        next(found)
    found.close()  # type: ignore[attr-defined]
    assert said(iter(list(records())[:1]))
