"""Which part of a whole a record describes: volume 2, season 3, "The return of the king"."""

import re

from postroad.catalogue.folding import fold
from postroad.catalogue.marc.fields import Fields, join, tidy

NUMBER = r"(?:[0-9]{1,4}|[ivxlc]{1,7}|one|two|three|four|five|six|seven|eight|nine|ten)"
NAMED = (
    r"(?:v|vol|vols|volume|volumes|pt|part|parts|bk|tome|t|bd|band|teil|tl|disc|season|series|saison"
    r"|staffel|tom|chast|parte|libro)"
)
DESIGNATION = re.compile(rf"\b{NAMED}\b\.? ?(?:no\b\.? ?)?({NUMBER})(?:\b(?! ?%))", re.I)
AT_END = re.compile(rf"[:;,.(\[] *{NAMED}\b\.? ?({NUMBER})[ .)\]]*$", re.I)
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
WORDS = {
    word: str(number)
    for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)
}


def part_of(fields: Fields) -> str:
    """The number of the part, or else its name; nothing for a whole, and where nothing is said."""
    for field in fields.get("245", ())[:1]:
        number, name = tidy(join(field, "n")), tidy(join(field, "p"))
        if number:
            return number_of(number) or fold(number)[:80]
        if found := AT_END.search(tidy(join(field, "ab"))) or DESIGNATION.match(
            tidy(join(field, "b"))
        ):
            return as_number(found.group(1))
        return fold(name)[:80]
    return ""


def number_of(text: str) -> str:
    """ "Vol. II" and "2" are 2; what is no number is nothing."""
    if found := DESIGNATION.search(text):
        return as_number(found.group(1))
    bare = re.fullmatch(rf"[\[(]?({NUMBER})[\])]?", text.strip(" ."), re.I)
    if bare:
        return as_number(bare.group(1))
    digits = re.findall(r"[0-9]+", text)
    return digits[0].lstrip("0") or "0" if len(digits) == 1 else ""


def as_number(text: str) -> str:
    text = text.lower()
    if text.isdigit():
        return text.lstrip("0") or "0"
    return WORDS.get(text) or str(of_roman(text))


def of_roman(text: str) -> int:
    values = [ROMAN[sign] for sign in text]
    after = [*values[1:], 0]
    return sum(
        -value if value < following else value
        for value, following in zip(values, after, strict=True)
    )
