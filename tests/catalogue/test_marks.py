"""What a load has seen of its file is remembered in little room, and rightly."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from postroad.catalogue.marks import Keys, Texts

DONE = st.lists(st.tuples(st.booleans(), st.integers(1, 300)))


@given(DONE)
def test_keys_are_those_of_a_set(done: list[tuple[bool, int]]):
    keys, known = Keys(), set[int]()
    for adds, one in done:
        (keys.add if adds else keys.discard)(one)
        (known.add if adds else known.discard)(one)
    assert list(keys) == sorted(known)
    assert [one for one in range(310) if one in keys] == sorted(known)
    assert bool(keys) == bool(known)


@given(DONE)
def test_texts_are_those_of_a_set(done: list[tuple[bool, int]]):
    texts, known = Texts(), set[int]()
    for adds, one in done:
        (texts.add if adds else texts.discard)(f"b{one}")
        (known.add if adds else known.discard)(one)
    assert [one for one in range(310) if f"b{one}" in texts] == sorted(known)
    assert bool(texts) == bool(known)


def test_a_hundred_thousand_take_little_room():
    texts, keys = Texts(f"b{one}" for one in range(100_000)), Keys(range(400_000))
    assert sum(map(sys.getsizeof, texts.buckets.values())) < 100_000 * 30
    assert sys.getsizeof(keys.bits) < 400_000 / 8 * 1.2
