"""Words of the index that are spelt nearly like another: one letter wrong, missing or too many, or
two that changed places.

The words are those of titles, names and subjects, so that each of them finds something. They are
read when the first slip is to be mended, in a thread of its own: of a small catalogue that takes a
moment, of a million records some seconds, in which nothing is suggested.
"""

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symspellpy import SymSpell, Verbosity

from postroad.catalogue.analysis import RUN

FIELDS = ("title", "author", "subject")
MOST_WORDS = 400_000  # the commonest; each takes some 300 bytes of memory
ANY_DIGIT = re.compile("[0-9]")
SHORTEST, SHORT = 3, 5  # letters: of fewer than three nothing is taken for a slip
PREFIX = 5  # letters that are looked up; with more it is faster, and takes more memory
NEAR = 8  # words that may be meant by one
PATIENCE = 1.0  # seconds that somebody waits for the first reading
REST = 50  # a reading is repeated after so many times as long as it took, if the index has changed


@dataclass(frozen=True, slots=True)
class Near:
    """A word of the index, and how many slips lie between it and what was typed."""

    spelling: str
    slips: int
    count: int  # records that have it


class Spelling:
    """The words of one state of the index."""

    def __init__(self, counts: Counter[str]) -> None:
        self.counts = {word: count for word, count in counts.items() if is_spelt(word)}
        self.index = SymSpell(max_dictionary_edit_distance=2, prefix_length=PREFIX)
        for word, count in self.counts.items():
            self.index.create_dictionary_entry(word, count)

    def near(self, word: str, most: int = NEAR) -> list[Near]:
        """The fewest slips first; of as many, those that leave the first letter, then the
        commonest. A year or a number is not taken for a slip of another."""
        if not is_spelt(word):
            return []
        slips = 1 if len(word) <= SHORT else 2
        found = self.index.lookup(word, Verbosity.ALL, max_edit_distance=slips)
        near = [Near(each.term, each.distance, each.count) for each in found if each.distance]
        near.sort(key=lambda each: (each.slips, each.spelling[0] != word[0], -each.count))
        return near[:most]

    def parts(self, word: str) -> tuple[str, str] | None:
        """The two words that were typed as one, if both are known: the rarer the more often."""
        ways = [(word[:at], word[at:]) for at in range(2, len(word) - 1)]
        known = [way for way in ways if all(part in self.counts for part in way)]
        return max(known, key=lambda way: min(map(self.counts.__getitem__, way)), default=None)


def is_spelt(word: str) -> bool:
    """Whether it has letters that can be mistyped. Scripts without spaces are indexed by pairs."""
    return len(word) >= SHORTEST and not ANY_DIGIT.search(word) and not RUN.search(word)


def counts(reader: Any) -> Counter[str]:
    """In how many records each word stands; one that is in title and name counts twice."""
    found: Counter[str] = Counter()
    for name in FIELDS:
        found.update(dict(reader.terms_with_prefix(name, "", limit=MOST_WORDS)))
    return Counter(dict(found.most_common(MOST_WORDS)))


@dataclass(slots=True)
class Kept:
    """What a process knows of one index."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    path: Path | None = None  # of the index
    spelling: Spelling | None = None
    read: float = 0.0  # when, and how long it took
    took: float = 0.0
    state: int = -1  # of the index at that time: how many records it had
    reading: threading.Thread | None = None

    def of(self, path: Path, reader: Any, state: int) -> Spelling | None:
        """The words of this index, or of a state shortly before; none while they are being read."""
        with self.lock:
            if self.path != path:
                self.path, self.spelling, self.state, self.reading = path, None, -1, None
            rested = time.monotonic() - self.read > self.took * REST
            if self.reading is None and self.state != state and (rested or not self.spelling):
                task = threading.Thread(
                    target=self.take, args=(path, reader, state), name="spelling", daemon=True
                )
                self.reading = task
                task.start()
            waits_for = self.reading
        if waits_for is not None:
            waits_for.join(PATIENCE if self.spelling is None else 0.1)
        return self.spelling if self.path == path else None

    def take(self, path: Path, reader: Any, state: int) -> None:
        start = time.monotonic()
        try:
            made = Spelling(counts(reader))
        except (ValueError, OSError):
            made = None  # the index went away meanwhile: the next slip reads it anew
        with self.lock:
            if self.path == path:
                self.spelling, self.state, self.read = made, state, time.monotonic()
                self.took, self.reading = self.read - start, None


KEPT = Kept()
