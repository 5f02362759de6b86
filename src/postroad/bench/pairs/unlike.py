"""Two editions that are easily taken for one: a real record, and another thing made of it.

What was changed is what tells a person that it is another: the statement of the edition and its
year, the volume, the form, the language, the publisher. The label follows from that and from no
rule of ours. In half of the pairs the other bears the same numbers, as records do that were copied,
or as sets do on each of their volumes.
"""

import re
from collections.abc import Callable

import pymarc

from postroad.bench.pairs import fields
from postroad.bench.pairs.fields import add, change, drop, drop_codes, has, text

ORDINALS = ("", "1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th")
NUMBERED = re.compile(r"\b([1-9])(?:st|nd|rd|th|d)\b")


def is_book(record: pymarc.Record) -> bool:
    leader = str(record.leader)
    return leader[6:8] == "am" and fields.text008(record)[23:24] in {" ", "", "r"}


def is_plain(record: pymarc.Record) -> bool:
    """A book in one volume."""
    codes = {sub.code for field in fields.fields(record, "245") for sub in field.subfields}
    counted = re.search(r"\bv(?:\.|ol)", text(record, "300", "a"))
    return is_book(record) and not codes & set("np") and not counted


def later_edition(record: pymarc.Record) -> bool:
    """The next edition, five years later."""
    year = fields.year(record)
    if not is_book(record) or year is None:
        return False
    said = NUMBERED.search(text(record, "250", "a"))
    number = min(int(said.group(1)) + 1 if said else 2, 10)
    drop(record, "250")
    add(record, "250", "  ", a=f"{ORDINALS[number]} ed.")
    fields.set_year(record, min(year + 5, 2026))
    return year <= 2021


def revised(record: pymarc.Record) -> bool:
    """A revised edition of the same year."""
    if not is_book(record) or has(record, "250"):
        return False
    add(record, "250", "  ", a="Rev. and enl. ed.")
    return True


def edition_of_same_year(record: pymarc.Record) -> bool:
    """Second and third edition, both of one year."""
    said = NUMBERED.search(text(record, "250", "a"))
    if not is_book(record) or not said:
        return False
    other = ORDINALS[int(said.group(1)) + 1]
    return change(record, "250", "a", lambda value: NUMBERED.sub(other, value, count=1))


def reprint(record: pymarc.Record) -> bool:
    """By another publisher, decades later."""
    year = fields.year(record)
    if not is_book(record) or year is None or year > 1995:
        return False
    drop(record, "260", "264")
    add(record, "264", " 1", a="Mineola, NY :", b="Dover Publications,", c=f"{year + 27}.")
    fields.coded(record, 6, f"r{year + 27}{year}")
    return True


def other_publisher(record: pymarc.Record) -> bool:
    """The same year, at another publisher: the American edition of a British book."""
    if not is_book(record) or not (text(record, "260", "b") or text(record, "264", "b")):
        return False
    year = fields.year(record)
    drop(record, "260", "264", "020")
    add(record, "264", " 1", a="New York :", b="Vanguard Press,", c=f"{year}.")
    return year is not None


def volume(record: pymarc.Record) -> bool:
    """Volume 2, where the other is of volume 1: both have the set's ISBN."""
    return is_plain(record) and in_title(record, "n", "Volume 2 /")


def volume_in_subtitle(record: pymarc.Record) -> bool:
    return (
        is_plain(record) and not text(record, "245", "b") and in_title(record, "b", "volume two /")
    )


def volume_by_name(record: pymarc.Record) -> bool:
    return is_plain(record) and in_title(record, "p", "The later years /")


def in_title(record: pymarc.Record, code: str, said: str) -> bool:
    """Say this behind the first words of the title."""
    for field in fields.fields(record, "245"):
        field.add_subfield(code, said, pos=1)
        return True
    return False


def large_print(record: pymarc.Record) -> bool:
    if not is_book(record):
        return False
    drop(record, "250")
    add(record, "250", "  ", a="Large print ed.")
    return change(record, "300", "a", lambda said: said.rstrip(" :;") + " (large print) :")


def large_print_coded(record: pymarc.Record) -> bool:
    """In the coded field only."""
    was_book = is_book(record) and has(record, "008")
    fields.coded(record, 23, "d")
    return was_book


def online(record: pymarc.Record) -> bool:
    """The e-book, described by the printed one's record."""
    if not is_book(record):
        return False
    drop(record, "336", "337", "338")
    add(record, "337", "  ", a="computer", b="c", **{"2": "rdamedia"})
    add(record, "338", "  ", a="online resource", b="cr", **{"2": "rdacarrier"})
    add(record, "856", "40", u="https://example.org/ebook")
    return change(record, "300", "a", lambda said: f"1 online resource ({said.rstrip(' :;')})")


def microfilm(record: pymarc.Record) -> bool:
    if not is_book(record):
        return False
    fields.coded(record, 23, "a")
    in_title(record, "h", "[microform] /")
    add(record, "533", "  ", a="Microfilm.", b="Ann Arbor :", c="University Microfilms.")
    return True


def braille(record: pymarc.Record) -> bool:
    if not is_book(record):
        return False
    return change(record, "300", "a", lambda said: said.rstrip(" :;") + " of braille :")


def talking_book(record: pymarc.Record) -> bool:
    """Read aloud, on discs; described as a spoken recording."""
    if not is_book(record):
        return False
    record.leader = pymarc.Leader(str(record.leader)[:6] + "i" + str(record.leader)[7:])
    drop(record, "300", "336", "337", "338")
    add(record, "300", "  ", a="8 audio discs (10 hr.) :", b="digital ;", c="4 3/4 in.")
    return True


def translation(record: pymarc.Record) -> bool:
    """Into another language, under the same words: names of persons and places."""
    code = fields.text008(record)[35:38]
    if not is_book(record) or code not in {"eng", "fre", "ger", "spa", "rus", "ita"}:
        return False
    fields.coded(record, 35, "por" if code != "por" else "eng")
    drop(record, "041")
    return True


def other_author(record: pymarc.Record) -> bool:
    """Another's book of the same name: Poems, Letters."""
    drop(record, "700", "710", "020", "010", "035", "019")
    drop_codes(record, "245", "c")
    drop_codes(record, "100", "dqc")
    changed = change(record, "100", "a", lambda _said: "Winterbourne, Agatha")
    return changed and is_book(record)


def next_year(record: pymarc.Record) -> bool:
    """A yearbook's next volume: the year is in its title."""
    title = text(record, "245", "ab")
    found = re.search(r"\b(19[0-9]{2}|200[0-9])\b", title)
    if not found or not is_book(record):
        return False
    following = str(int(found.group()) + 1)
    return change(record, "245", "ab", lambda said: said.replace(found.group(), following))


def companion(record: pymarc.Record) -> bool:
    """The workbook that goes with it."""
    if not is_plain(record):
        return False
    drop_codes(record, "245", "bc")
    drop(record, "300")
    add(record, "300", "  ", a="64 p.")
    return change(record, "245", "a", lambda said: said.rstrip(" :/.") + " : workbook")


def adapted(record: pymarc.Record) -> bool:
    """Retold for children by another, with fewer pages."""
    if not is_plain(record) or not has(record, "100"):
        return False
    drop(record, "020", "010", "035", "019", "300", "260", "264")
    drop_codes(record, "245", "c")
    add(record, "300", "  ", a="48 p. :", b="col. ill.")
    for field in fields.fields(record, "245"):
        field.add_subfield("c", "retold by Ann Marsh.")
    year = fields.year(record)
    add(record, "264", " 1", a="Oxford :", b="Ladybird,", c=f"{year}.")
    return year is not None


def next_of_series(record: pymarc.Record) -> bool:
    """The same title on the next number of a series that numbers its books."""
    said = text(record, "490", "v")
    found = re.search(r"[0-9]+", said)
    if not found or not is_book(record):
        return False
    number = str(int(found.group()) + 1)
    drop(record, "830", "440")
    return change(record, "490", "v", lambda value: value.replace(found.group(), number))


def other_disc(record: pymarc.Record) -> bool:
    """Blu-ray for DVD, a cassette for a disc."""
    kind = str(record.leader)[6]
    if kind not in "gij" or not text(record, "300", "a"):
        return False
    drop(record, "007", "347", "344", "538", "340", "346")
    drop_codes(record, "245", "h")
    drop(record, "300", "250", "655", "337", "338")
    fields.coded(record, 29 if kind == "g" else 23, " ")
    made = "1 Blu-ray disc (90 min.)" if kind == "g" else "1 Playaway audio player"
    add(record, "300", "  ", a=made)
    return True


Other = Callable[[pymarc.Record], bool]
OTHERS: dict[str, Other] = {
    each.__name__.replace("_", " "): each
    for each in (
        *(later_edition, revised, edition_of_same_year, reprint, other_publisher, volume),
        *(volume_in_subtitle, volume_by_name, large_print, large_print_coded, online, microfilm),
        *(braille, talking_book, translation, other_author, next_year, companion, adapted),
        *(next_of_series, other_disc),
    )
}
# These have other numbers always: one that both bear would say that they are one.
OTHER_NUMBERS = frozenset({"revised", "other publisher", "other author", "adapted"})
