"""A record of ISO 2709 cut into its fields.

The directory says where each field begins and how long it is. Its tags are right; its numbers are
often wrong, and end at 9,999 for a field and 99,999 for a record, while the signs that end the
fields hardly ever lie.
"""

import re
from dataclasses import dataclass

from postroad.protocols.marc.results import LEADER_LENGTH, Complaints, whole_leader

FIELD_END = b"\x1e"
ENTRY = 12
LONGEST_FORMAT, LONGEST_FIELD = 99_999, 9_999
SOUND_ENTRY = re.compile(rb"[0-9A-Za-z]{3}[0-9]{9}")
TOO_LONG = "too long for its format: read by the ends of its fields"
WRONG_LENGTHS = "its lengths were wrong"
CUT_SHORT = "cut short: it lists more than it has"
STRAY_END = "an end of field stood within a field"
SHORT_LEADER = "the leader is missing or has a wrong length"

Fields = list[tuple[bytes, bytes]]


class DirectoryBroken(ValueError):
    """The directory and the fields have nothing to do with each other."""

    def __str__(self) -> str:
        return "the directory does not fit the fields"


@dataclass(slots=True)
class Cut:
    """A record in its fields, each with its tag."""

    leader: str
    fields: Fields
    cut: bool = False  # some of it is missing


def cut(chunk: bytes, complaints: Complaints) -> Cut:
    """The fields of this record, which ends with its end sign."""
    end = chunk.find(FIELD_END)
    if end < 0:
        raise DirectoryBroken
    data = chunk[end + 1 : -1]
    if grown := overflown(chunk[:end], data):
        length, tags = grown
        complaints.note(TOO_LONG, chunk[:length])
        return Cut(leader_of(chunk[:length]), list(zip(tags, ended(data), strict=True)))
    length = leader_length(chunk[:end])
    if length != LEADER_LENGTH:
        complaints.note(SHORT_LEADER, chunk[:length])
    leader = leader_of(chunk[:length])
    entries = [chunk[at : at + ENTRY] for at in range(length, end, ENTRY)]
    if not entries:
        return Cut(leader, [])
    if (end - length) % ENTRY:
        raise DirectoryBroken
    tags = [entry[:3] for entry in entries]
    if (sound := by_directory(entries, data)) is not None:
        if any(FIELD_END in field for field in sound):
            complaints.note(STRAY_END)
        elif not is_length_right(chunk):
            complaints.note(why_wrong(len(chunk)), chunk[:LEADER_LENGTH])
        return Cut(leader, list(zip(tags, sound, strict=True)))
    return by_ends(leader, entries, data, complaints)


def leader_of(head: bytes) -> str:
    return whole_leader(head.decode("ascii", "replace").replace("\ufffd", " "))


def ended(data: bytes) -> list[bytes]:
    """The fields by the signs that end them."""
    return data.removesuffix(FIELD_END).split(FIELD_END)


def overflown(head: bytes, data: bytes) -> tuple[int, list[bytes]] | None:
    """How long the leader is, and the tags, of a record whose writer gave a number that is too
    large for its place more digits, and so shifted all behind it."""
    if len(data) <= LONGEST_FIELD:
        return None
    fields = ended(data)
    return next(
        (
            (length, tags)
            for length in (24, 25, 26)
            if (tags := tags_of(head[length:], fields)) is not None
        ),
        None,
    )


def tags_of(directory: bytes, fields: list[bytes]) -> list[bytes] | None:
    """The tags, if the directory is just what these fields call for, and holds long numbers."""
    tags, place, at = [], 0, 0
    for field in fields:
        numbers = b"%04d%05d" % (len(field) + 1, at)
        if directory[place + 3 : place + 3 + len(numbers)] != numbers:
            return None
        tags.append(directory[place : place + 3])
        place += 3 + len(numbers)
        at += len(field) + 1
    return tags if place == len(directory) and place > ENTRY * len(tags) else None


def leader_length(head: bytes) -> int:
    """24, unless the directory begins elsewhere."""
    for length in (24, 23, 25, 22, 26, 21, 20):
        first = head[length : length + ENTRY]
        whole = (len(head) - length) % ENTRY == 0 and SOUND_ENTRY.fullmatch(first)
        begins = first.endswith(b"00000") and not first.startswith(b"000")
        if whole and (length == LEADER_LENGTH or begins):
            return length
    return LEADER_LENGTH


def why_wrong(length: int) -> str:
    return TOO_LONG if length > LONGEST_FORMAT else WRONG_LENGTHS


def is_length_right(chunk: bytes) -> bool:
    return chunk[:5].isdigit() and int(chunk[:5]) == len(chunk)


def by_directory(entries: list[bytes], data: bytes) -> list[bytes] | None:
    """The fields as the directory has them, if each of its entries points at a whole field."""
    places: list[tuple[int, int]] = []
    strays = False
    for entry in entries:
        if not entry[3:].isdigit():
            return None
        start = int(entry[7:])
        stop = start + int(entry[3:7]) - 1
        ends = data[stop : stop + 1] == FIELD_END or (stop == len(data) and stop > start)
        if stop < start or not ends or (start and data[start - 1 : start] != FIELD_END):
            return None
        strays |= FIELD_END in data[start:stop]
        places.append((start, stop))
    if strays and not is_tiled(places, data):
        return None
    return [data[start:stop] for start, stop in places]


def is_tiled(places: list[tuple[int, int]], data: bytes) -> bool:
    """Whether the fields lie one behind the other, without a gap."""
    at = 0
    for start, stop in sorted(places):
        if start != at:
            return False
        at = stop + 1
    return at >= len(data)


def by_ends(leader: str, entries: list[bytes], data: bytes, complaints: Complaints) -> Cut:
    """The fields by the signs that end them, in the order of the directory."""
    fields = ended(data)
    tags = [entry[:3] for entry in entries]
    if not all(tag.isalnum() for tag in tags):
        raise DirectoryBroken
    if is_cut(entries, fields):
        complaints.note(CUT_SHORT, leader[:5])
        return Cut(leader, list(zip(tags, fields, strict=False)), cut=True)
    if len(fields) != len(entries):
        raise DirectoryBroken
    long = len(data) > LONGEST_FORMAT or any(len(field) >= LONGEST_FIELD for field in fields)
    long |= LEADER_LENGTH + ENTRY * len(entries) >= LONGEST_FORMAT
    complaints.note(TOO_LONG if long else WRONG_LENGTHS, leader)
    return Cut(leader, list(zip(tags, fields, strict=True)))


def is_cut(entries: list[bytes], fields: list[bytes]) -> bool:
    """Whether its end is missing: whole fields, or a part of the last."""
    if len(fields) > len(entries) or not is_front_sound(entries, fields):
        return False
    last = entries[len(fields) - 1][3:7]
    return len(fields) < len(entries) or (last.isdigit() and len(fields[-1]) + 1 < int(last))


def is_front_sound(entries: list[bytes], fields: list[bytes]) -> bool:
    """Whether all that is there is where the directory has it; the last field may be half one."""
    at = 0
    for entry, field in zip(entries, fields[:-1], strict=False):
        if not entry[3:].isdigit() or int(entry[7:]) != at or int(entry[3:7]) != len(field) + 1:
            return False
        at += len(field) + 1
    return len(fields) > 1
