"""The characters of a record, by the evidence of its bytes: what it claims is often wrong.

Valid UTF-8 is UTF-8. What is not is MARC-8, where an accent stands before its letter, or
Windows-1252, which holds Latin-1, where a letter has its accent with it; in a text of either, the
other makes letters that no language has. Long runs beyond ASCII are Cyrillic.
"""

import re
import unicodedata
from contextlib import redirect_stderr
from io import StringIO

from pymarc.marc8 import marc8_to_unicode
from pymarc.marc8_mapping import CODESETS

from postroad.protocols.marc.results import Complaints

NO_CHARACTERS = "some characters could not be read"
NO_MARC8 = "its characters are no UTF-8, and some are no MARC-8 either: its words may be wrong"
CALLED_UTF8 = "marked as UTF-8, but written in MARC-8"
GUESSED = "its characters were taken for {}, since they fit neither UTF-8 nor MARC-8"
CONTROL_SIGNS = "control characters were taken out"

BEYOND = re.compile(rb"[\x80-\xff]+")
DESIGNATION = re.compile(rb"\x1b(?:[(),$-][,)-]?[1234BENQS!]|[gbps])")
ESCAPE = b"\x1b"
# What stands for a line end or a tab is a blank; the marks of non-filing characters are nothing.
BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]")
NO_TEXT = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
SILENT = frozenset("\x88\x89\x98\x9c\x00")  # begin and end of non-filing signs; filling
# Letters beyond ASCII in which languages are written, by MARC's code of the language.
COMMON = "éèüöäáíóúñçàâêôîßøåæãõëïìòùûýœšžčćłāēīōū"
TYPOGRAPHY = "‘’“”–—…•«»°©®™£€§·¿¡½¼¾ªº²³†\xa0"
LETTERS = {
    "fre": "àâçèéêëîïôùûüÿœæ",
    "ger": "äöüßéà",
    "spa": "áéíóúñü",
    "por": "áâãàçéêíóôõú",
    "ita": "àèéìíòóù",
    "cat": "àçèéíïòóúü",
    "dut": "ëïéöüèáó",
    "ice": "áéíóúýþæðö",
    "swe": "åäöé",
    "fin": "åäö",
    "dan": "æøåé",
    "nor": "æøåéò",
    "est": "äöõüšž",
    "gle": "áéíóú",
    "cze": "áčďéěíňóřšťúůýž",
    "slo": "áäčďéíĺľňóôŕšťúýž",
    "pol": "ąćęłńóśźż",
    "hun": "áéíóöőúüű",
    "rum": "ăâîșțşţ",
    "tur": "çğıöşüâî",
    "slv": "čšž",
    "hrv": "čćđšž",
    "scr": "čćđšž",
    "scc": "čćđšž",
    "lit": "ąčęėįšųūž",
    "wel": "âêîôûŵŷ",
    "haw": "āēīōūʻ",
}
ACCENTS = {code: chr(sign) for code, (sign, combines) in CODESETS[0x45].items() if combines}
OF_THE_WEST = frozenset({0xE1, 0xE2, 0xE3, 0xE4, 0xE8, 0xE9})  # accents
LIGATURE = re.compile(rb"\xeb[A-Za-z]{1,2}\xec[A-Za-z]")
# Marks of romanization that make no letter of Unicode's own, and what they stand on.
ROMANIZED = {0xEB: "itzuao", 0xEC: "uasoe", 0xF2: "acdghklmnrstz", 0xF3: "tdzs", 0xF6: "in"}
ROMANIZED |= {0xE5: "nm", 0xE7: "e", 0xFA: "n", 0xFB: "g", 0xF4: "rlm", 0xF0: "hz", 0xF1: "hz"}
CYRILLIC = frozenset({"rus", "ukr", "bul", "bel", "mac", "srp"})
CYRILLIC_PAGES = ("cp1251", "cp866", "koi8-r")
COMMON_CYRILLIC = frozenset("оеаинтсрвл")
WORDY = 3  # bytes beyond ASCII in a row: a word in another alphabet


def encoding_of(fields: list[bytes], *, claims_utf8: bool, language: str, prior: float) -> str:
    """How the fields that are not valid UTF-8 are written: "utf-8" if all are."""
    written = [field for field in fields if not field.isascii()]
    escapes = [field for field in fields if DESIGNATION.search(field)]
    good, bad = False, []
    for field in written:
        if is_utf8(field):
            good = True
        else:
            bad.append(field)
    if not bad:
        shifts = escapes and not good and (not claims_utf8 or is_designed(escapes))
        return "marc-8" if shifts else "utf-8"
    if escapes and not good:
        return "marc-8"
    prior += (not claims_utf8) / 2
    return legacy(b"\x1e".join(bad), language=language, mixed=good, prior=prior)


def is_designed(fields: list[bytes]) -> bool:
    """Whether each escape that calls for a set of characters is followed by one back to Latin."""
    return all(len(DESIGNATION.findall(field)) > 1 for field in fields)


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def legacy(data: bytes, *, language: str, mixed: bool, prior: float) -> str:
    """What these bytes are, that are not UTF-8: nothing that we know if they are neither."""
    runs = BEYOND.findall(data)
    wordy = sum(len(run) >= WORDY for run in runs)
    if wordy * (3 if language in CYRILLIC else 2) > len(runs):
        page = max(CYRILLIC_PAGES, key=lambda page: cyrillic(data, page))
        if cyrillic(data, page) * 3 > sum(map(len, runs)):
            return page
    if mixed and any(is_utf8(run) for run in runs):
        return "damaged"  # within one field: a sign of UTF-8 that was cut
    if mixed and not any(len(run) == 1 for run in runs):
        return "damaged"
    letters = LETTERS.get(language, "")
    text = data.decode("cp1252", "replace")
    if weigh(data, text, letters) + prior >= 0:
        return "marc-8"
    return "cp1252" if is_plausible(text, letters) else "damaged"


def cyrillic(data: bytes, page: str) -> int:
    """How many of the commonest letters it has as small ones."""
    return sum(sign in COMMON_CYRILLIC for sign in data.decode(page, "replace"))


def weigh(data: bytes, text: str, letters: str) -> float:
    """What speaks for MARC-8, less what speaks for Windows-1252, in which it would be this text."""
    for_marc8 = 3.0 * len(LIGATURE.findall(data))
    for at, byte in enumerate(data):
        if byte < 0x80:
            continue
        before, after = data[at - 1 : at], data[at + 1 : at + 2]
        for_marc8 += (
            of_accent(byte, after, letters) if byte >= 0xE0 else of_sign(byte, before, after)
        )
        if text[at].isalpha() and text[at + 1 : at + 2].isupper() and not text[at].isupper():
            for_marc8 += 1.0  # a capital within a word
    return for_marc8


def of_accent(byte: int, after: bytes, letters: str) -> float:
    """An accent of MARC-8, or a small letter of Windows-1252."""
    if byte in {0xFC, 0xFD, 0xFF} or not after:
        return -2.0
    if after[0] >= 0xE0:
        return 0.0  # two accents on one letter
    if not after.isalpha():
        return -2.0
    letter, latin = after.decode(), bytes([byte]).decode("cp1252")
    made = composed(byte, letter)
    if not made:
        return 0.0 if byte in ROMANIZED and letter.lower() in ROMANIZED[byte] else -2.0
    swallowed = letter.lower() in "aeiouy" and made.casefold() in COMMON + letters
    if made > "\u017f" and byte in OF_THE_WEST and letter.lower() not in "aeiouy":
        return -1.5  # no language has it
    return 1.2 + swallowed + 1.2 * (familiar(made, letters) - familiar(latin, letters))


def of_sign(byte: int, before: bytes, after: bytes) -> float:
    """A letter or a sign of MARC-8, or a capital, a quotation mark or another sign."""
    if 0xA1 <= byte <= 0xBD and byte not in {0xAF, 0xBB}:
        return 1.5 if before.isalpha() or after.isalpha() or before >= b"\x80" else 0.0
    if 0xC0 <= byte <= 0xC8:
        return -1.5 if after.islower() and byte not in {0xC1, 0xC7} else 0.5
    return 0.0 if byte in {0x88, 0x89, 0x8D, 0x8E} else -2.0


def composed(accent: int, letter: str) -> str:
    """The letter with this accent of MARC-8, if Unicode has it as one."""
    made = unicodedata.normalize("NFC", letter + ACCENTS.get(accent, ""))
    return made if len(made) == 1 and made != letter else ""


def familiar(sign: str, letters: str) -> float:
    """How much this letter is at home in the language; in one that we do not know, in many."""
    if not letters:
        return 1.0 if sign.casefold() in COMMON else 0.0
    return 1.0 if sign.casefold() in letters else -0.5


def is_plausible(text: str, letters: str) -> bool:
    """Whether a text of Windows-1252 has, beyond ASCII, mostly letters of words and the signs of
    typography."""
    beyond = [sign for sign in text if sign > "\x7f"]
    good = [sign for sign in beyond if sign.casefold() in COMMON + letters + TYPOGRAPHY]
    return len(good) * 3 > len(beyond) * 2


def decoded(data: bytes, encoding: str, complaints: Complaints) -> str:
    """The text of these bytes, in the encoding of the record; UTF-8 where they are just that."""
    if data.isascii() and ESCAPE not in data:
        return data.decode("ascii")
    if encoding == "marc-8":
        return of_marc8(data, complaints)
    try:
        return data.decode()
    except UnicodeDecodeError as why:
        if encoding in {"utf-8", "damaged"}:
            complaints.note(NO_CHARACTERS, data[max(0, why.start - 8) :])
            return data.decode("utf-8", "replace")
        complaints.note(GUESSED.format(NAMES[encoding]), data[max(0, why.start - 8) :])
        return data.decode(encoding, "replace")


NAMES = {"cp1252": "Windows-1252", "cp1251": "Windows-1251", "cp866": "DOS 866", "koi8-r": "KOI8-R"}


def of_marc8(data: bytes, complaints: Complaints) -> str:
    said = StringIO()  # pymarc tells standard error
    try:
        with redirect_stderr(said):
            text = str(marc8_to_unicode(data))
    except (UnicodeDecodeError, KeyError, ValueError, IndexError, TypeError):
        complaints.note(NO_CHARACTERS, data)
        return data.decode("ascii", "replace")
    if said.getvalue() or 0xE0 <= data[-1] <= 0xFE:
        complaints.note(NO_MARC8, data)
    return text


def clean(text: str, complaints: Complaints, *, fixed: bool = False) -> str:
    """Without what no text has: it would break XML, labels and mail. In a field of fixed length, a
    blank stands in its place."""
    if text.isprintable():
        return text
    if BREAKS.search(text):
        text = BREAKS.sub(" ", text)
    if found := set(NO_TEXT.findall(text)):
        if found - SILENT:
            complaints.note(CONTROL_SIGNS, " ".join(f"U+{ord(sign):04X}" for sign in sorted(found)))
        text = NO_TEXT.sub(" " if fixed else "", text)
    return text
