"""What has been seen of a file, in little room: of a million records ten megabytes.

No Django here. Both know only whether something was seen: a set of the texts themselves would take
ten times as much, and a file may be of any size.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
BUCKETS = 1 << 14


class Seen(Protocol[T_contra]):
    """As much of a set as both have."""

    def add(self, one: T_contra) -> None: ...
    def update(self, others: Iterable[T_contra]) -> None: ...
    def discard(self, one: T_contra) -> None: ...
    def __contains__(self, one: T_contra) -> bool: ...
    def __bool__(self) -> bool: ...


class SeenKeys(Seen[int], Protocol):
    """Such as can be gone through, in their order."""

    def __iter__(self) -> Iterator[int]: ...


class Keys:
    """Keys of rows: a bit for each, up to the highest."""

    def __init__(self, keys: Iterable[int] = ()) -> None:
        self.bits = bytearray()
        self.update(keys)

    def add(self, one: int) -> None:
        place = one >> 3
        if place >= len(self.bits):
            self.bits.extend(bytes(place + 1 - len(self.bits)))
        self.bits[place] |= 1 << (one & 7)

    def update(self, others: Iterable[int]) -> None:
        for one in others:
            self.add(one)

    def discard(self, one: int) -> None:
        if one in self:
            self.bits[one >> 3] &= ~(1 << (one & 7))

    def __contains__(self, one: int) -> bool:
        place = one >> 3
        return place < len(self.bits) and bool(self.bits[place] >> (one & 7) & 1)

    def __bool__(self) -> bool:
        return any(self.bits)

    def __iter__(self) -> Iterator[int]:
        for place, byte in enumerate(self.bits):
            if byte:
                yield from (place * 8 + bit for bit in range(8) if byte >> bit & 1)


class Texts:
    """Texts by a hash of 64 bits. Python's own is another in each process, so nobody can choose
    texts that have the same; of ten million one in a million is taken for another."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.buckets: dict[int, array[int]] = {}
        self.update(texts)

    def add(self, one: str) -> None:
        sign = hash(one)
        bucket = self.buckets.get(sign % BUCKETS)
        if bucket is None:
            self.buckets[sign % BUCKETS] = array("q", (sign,))
        elif sign not in bucket:
            bucket.append(sign)

    def update(self, others: Iterable[str]) -> None:
        for one in others:
            self.add(one)

    def discard(self, one: str) -> None:
        sign = hash(one)
        bucket = self.buckets.get(sign % BUCKETS)
        if bucket is not None and sign in bucket:
            bucket.remove(sign)
            if not bucket:
                del self.buckets[sign % BUCKETS]

    def __contains__(self, one: str) -> bool:
        sign = hash(one)
        return sign in self.buckets.get(sign % BUCKETS, ())

    def __bool__(self) -> bool:
        return bool(self.buckets)
