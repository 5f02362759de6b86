"""The text of an XML file that is not well-formed, made so where nobody can be in doubt how.

Systems write signs into XML that it does not allow, a bare `&`, names of HTML's signs, and bytes
that are not of the encoding they declare.
"""

import codecs
import html
import re

from postroad.protocols.marc import characters
from postroad.protocols.marc.results import Complaints

AMPERSAND = "a bare & or an unknown name of a sign was mended"
FOREIGN = "\ufdd0"  # before a sign that was no UTF-8, until it has been named
REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,6})|([0-9]{1,7}));")
LOOSE = re.compile(r"&(?!#x[0-9A-Fa-f]+;|#[0-9]+;|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z]{2,8});)?")
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def of_windows(why: UnicodeError) -> tuple[str, int]:
    """What is not of the declared encoding, read as Windows-1252."""
    assert isinstance(why, UnicodeDecodeError)
    bad = why.object[why.start : why.end]
    return "".join(FOREIGN + sign for sign in bad.decode("cp1252", "replace")), why.end


codecs.register_error("windows-1252", of_windows)


def mended(text: str, complaints: Complaints) -> str:
    """The same text as XML can have it."""
    if FOREIGN in text:
        at = text.index(FOREIGN)
        complaints.note(characters.GUESSED.format("Windows-1252"), text[at - 8 : at + 8])
        text = text.replace(FOREIGN, "")
    if found := sorted(set(ILLEGAL.findall(text)) | illegal_references(text)):
        complaints.note(characters.CONTROL_SIGNS, " ".join(f"U+{ord(sign):04X}" for sign in found))
        text = ILLEGAL.sub("", text)
        text = REFERENCE.sub(lambda found: "" if is_illegal(found) else found[0], text)
    if loose := LOOSE.search(text):
        complaints.note(AMPERSAND, text[loose.start() : loose.start() + 12])
        text = LOOSE.sub(sign_of, text)
    return text


def illegal_references(text: str) -> set[str]:
    return {chr(code_of(each)) for each in REFERENCE.finditer(text) if is_illegal(each)}


def code_of(found: re.Match[str]) -> int:
    return min(int(found[1], 16) if found[1] else int(found[2]), 0x10FFFF)


def is_illegal(found: re.Match[str]) -> bool:
    return bool(ILLEGAL.match(chr(code_of(found))))


def sign_of(found: re.Match[str]) -> str:
    """The sign that HTML calls so, or the ampersand itself."""
    if found[1]:
        named = html.unescape(found[0])
        if named != found[0]:
            return named
    return f"&amp;{found[0][1:]}"
