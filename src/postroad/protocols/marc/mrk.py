r"""MARC as lines of text, the format of MarcEdit and MARCMaker: files called `.mrk`.

    =LDR  00714cam a2200205 a 4500
    =245  10$aWalden ;$bor, Life in the woods.

A blank is written `\` where a place counts, a dollar sign `{dollar}`, and what MARC-8 has beyond
ASCII by its name in braces, an accent before its letter. Editors wrap long lines, leave blank ones,
and write UTF-8 or what Windows writes.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import IO

import pymarc
from pymarc.marcxml import record_to_xml

from postroad.protocols.marc import characters, limits
from postroad.protocols.marc.directory import SHORT_LEADER
from postroad.protocols.marc.results import (
    LEADER_LENGTH,
    Complaints,
    Read,
    TooLong,
    Trouble,
    shown,
    whole_leader,
)
from postroad.protocols.marc.subfields import DELIMITER, field_of, is_control

START = re.compile(r"=(LDR|[0-9A-Za-z]{3})(?:  | |\t|$)(.*)", re.DOTALL)
LEADERS = frozenset({"LDR", "000"})
BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*=(?:LDR|[0-9]{3})(?:  | |\t)", re.IGNORECASE)
NO_FIELD = "a line before the first field was left out"
WINDOWS = characters.GUESSED.format("Windows-1252")
UNNAMED = "a name in braces is not known, and was kept as it stood"
NO_LEADER = "there is no leader (=LDR): it was taken for a book"
PLAIN = "00000nam a2200000 a 4500"

MNEMONIC = re.compile(r"\{([A-Za-z0-9]+)\}")


def table(said: str) -> dict[str, str]:
    """Names, each before what it means."""
    words = said.split(" ")
    return dict(zip(words[::2], words[1::2], strict=True))


SIGNS = table(
    "dollar $ lcub { rcub } bsol \\ quot \" apos ' lt < gt > amp & euro € pound £ cent ¢ "
    "AElig Æ aelig æ OElig Œ oelig œ Lstrok Ł lstrok ł Ostrok Ø ostrok ø Dstrok Đ dstrok đ "
    "THORN Þ thorn þ ETH Ð eth ð inodot ı szlig ß Ohorn Ơ ohorn ơ Uhorn Ư uhorn ư scriptl ℓ "
    "softsign ʹ hardsign ʺ mlPrime ʹ mlDbPrime ʺ ayn ʻ mlrhring ʻ alif ʼ mllhring ʼ middot · "
    "flat ♭ sharp ♯ reg ® copy © phono ℗ plusmn ± deg ° iquest ¿ iexcl ¡ laquo « raquo » "
    "ldquo “ rdquo ” lsquo ‘ rsquo ’ ndash – mdash — hellip …"
)
SIGNS |= {"nbsp": " ", "joiner": "", "nonjoin": ""}
ACCENTS = table(
    "grave \u0300 acute \u0301 circ \u0302 tilde \u0303 macr \u0304 breve \u0306 dot \u0307 "
    "uml \u0308 hooka \u0309 hook \u0309 ring \u030a dblac \u030b caron \u030c candra \u0310 "
    "rcommaa \u0315 rcedil \u031c dotb \u0323 dbldotb \u0324 ringb \u0325 commab \u0326 "
    "cedil \u0327 ogon \u0328 breveb \u032e under \u0332 dblunder \u0333 llig \ufe20 "
    "rlig \ufe21 ldbltil \ufe22 rdbltil \ufe23"
)
LETTERED = re.compile(r"([A-Za-z])(" + "|".join(sorted(ACCENTS, key=len, reverse=True)) + r")")


def is_mrk(head: bytes) -> bool:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    return BEGINS.match(head) is not None


def records(file: IO[bytes], skip: int = 0) -> Iterator[Read | Trouble]:
    """Each record of the file behind the first `skip`."""
    position = 0
    for lines, complaints in stanzas(file):
        position += 1
        if position <= skip:
            continue
        if sum(map(len, lines)) > limits.LONGEST:
            yield Trouble(position, str(TooLong()), number_in(lines))
        else:
            yield of_lines(lines, position, complaints)


def stanzas(file: IO[bytes]) -> Iterator[tuple[list[str], Complaints]]:
    """The fields of each record, a text each, as they are told apart by their leaders: or by blank
    lines and control numbers, where there are none."""
    held: list[str] = []
    complaints, blank, size = Complaints(), False, 0
    for line, was_windows in lines_of(file):
        started = START.match(line)
        if not line.strip():
            blank = True
        elif started is None:
            if held and size <= limits.LONGEST:
                held[-1] = f"{held[-1].rstrip()} {line.strip()}"
            elif not held:
                complaints.note(NO_FIELD, line)
        else:
            if held and begins_another(started[1].upper(), held, blank=blank):
                yield held, complaints
                held, complaints, size = [], Complaints(), 0
            if size <= limits.LONGEST:
                held.append(line)
            blank = False
        size += len(line)
        if was_windows and held:
            complaints.note(WINDOWS, line)
    if held:
        yield held, complaints


def begins_another(tag: str, held: list[str], *, blank: bool) -> bool:
    """Whether a field of this tag is the first of the next record."""
    if tag in LEADERS:
        return True
    tags = {line[1:4].upper() for line in held}
    return (tag == "001" and tags - LEADERS != set()) or (blank and not tags & LEADERS)


def lines_of(file: IO[bytes]) -> Iterator[tuple[str, bool]]:
    """Each line without its end, and whether it was taken for what Windows writes."""
    head = file.read(2)
    file.seek(0)
    if head in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        for text in codecs.getreader("utf-16")(file):
            yield text.rstrip("\r\n"), False
        return
    first = True
    while line := file.readline(limits.LONGEST + 1):
        if first:
            line, first = line.removeprefix(codecs.BOM_UTF8), False
        for part in line.rstrip(b"\r\n").split(b"\r"):  # of the old Macintosh
            try:
                yield part.decode(), False
            except UnicodeDecodeError:
                yield part.decode("cp1252", "replace"), True


def of_lines(lines: list[str], position: int, complaints: Complaints) -> Read | Trouble:
    record = pymarc.Record()
    record.leader = pymarc.Leader(leader_of(lines, complaints))
    for line in lines:
        started = START.match(line)
        assert started is not None  # it was looked at when it came
        tag, text = started[1], started[2]
        if tag.upper() not in LEADERS:
            record.fields.append(field(tag, text, complaints))
    if not record.fields:
        return Trouble(position, "a record without fields", seen=shown(lines[0].encode()))
    raw: bytes = record_to_xml(record, namespace=True)  # type: ignore[no-untyped-call]
    return Read(position, record, raw, "marcxml", complaints.told())


def leader_of(lines: list[str], complaints: Complaints) -> str:
    found = next((line for line in lines if line[1:4].upper() in LEADERS), None)
    if found is None:
        complaints.note(NO_LEADER)
        return PLAIN
    started = START.match(found)
    said = (started[2] if started else "").replace("\\", " ")
    if len(said) != LEADER_LENGTH:
        complaints.note(SHORT_LEADER, said)
    return "".join(sign if sign.isascii() else " " for sign in whole_leader(said))


def field(tag: str, text: str, complaints: Complaints) -> pymarc.Field:
    if is_control(tag):
        said = named(text.replace("\\", " "), complaints)
        return pymarc.Field(tag, data=characters.clean(said, complaints, fixed=True))
    before, sign, rest = text.partition("$")
    if len(before) == 2 or not sign:
        before = before[:2].replace("\\", " ") + before[2:]
    text = (before + sign + rest).replace("$", DELIMITER)
    made = field_of(tag, text, complaints)
    made.subfields = [
        pymarc.Subfield(code, characters.clean(named(value, complaints), complaints))
        for code, value in made.subfields
    ]
    return made


def named(text: str, complaints: Complaints) -> str:
    """With what stands in braces as it is meant. An accent goes behind the letter before which it
    stands."""
    if "{" not in text:
        return text
    made, pending, at, accented = "", "", 0, False
    for found in MNEMONIC.finditer(text):
        between = text[at : found.start()]
        if between:
            made, pending = made + between[0] + pending + between[1:], ""
        at, name = found.end(), found[1]
        if name in ACCENTS:
            pending, accented = pending + ACCENTS[name], True
        elif (sign := meant(name)) is not None:
            made, pending, accented = made + sign + pending, "", accented or len(sign) > 1
        else:
            complaints.note(UNNAMED, found[0])
            made, pending = made + found[0] + pending, ""
    rest = text[at:]
    made += rest[:1] + pending + rest[1:]
    return unicodedata.normalize("NFC", made) if accented else made


def meant(name: str) -> str | None:
    """A sign by its name: also a letter with its accent, as in {eacute}."""
    if name in SIGNS:
        return SIGNS[name]
    lettered = LETTERED.fullmatch(name)
    return lettered[1] + ACCENTS[lettered[2]] if lettered else None


def number_in(lines: list[str]) -> str:
    found = next((line for line in lines if line.startswith("=001")), "")
    return found[4:].strip()[:80]


def written(record: pymarc.Record) -> str:
    """A record as lines, with a blank one behind them."""
    lines = [f"=LDR  {str(record.leader).replace(' ', chr(92))}"]
    for each in record.fields:
        if is_control(each.tag):
            data = escaped(each.data or "").replace(" ", "\\")
            lines.append(f"={each.tag}  {data}")
            continue
        marks = "".join(each.indicators or ("  ")).replace(" ", "\\")
        parts = "".join(f"${code}{escaped(value)}" for code, value in each.subfields)
        lines.append(f"={each.tag}  {marks}{parts}")
    return "\n".join(lines) + "\n\n"


ESCAPED = str.maketrans({"$": "{dollar}", "{": "{lcub}", "}": "{rcub}", "\\": "{bsol}"})


def escaped(text: str) -> str:
    return text.translate(ESCAPED)
