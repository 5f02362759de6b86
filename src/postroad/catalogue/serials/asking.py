"""What a person types who looks for a volume: 1987, v. 12, n.s. 5, XII, no. 3."""

from postroad.catalogue.serials import tokens
from postroad.catalogue.serials.answers import Asked
from postroad.catalogue.serials.tokens import Token, What

SKIPPED = {What.VOLUME, What.NUMBER, What.COMMA, What.COLON}
LONGEST = 40  # signs
HIGHEST = 999_999


def asked(year: str, volume: str, issue: str) -> tuple[Asked, list[str]]:
    """What is looked for, and the names of the fields that were not understood."""
    typed = {"year": year, "volume": volume, "issue": issue}
    read = {name: one(text, is_year=name == "year") for name, text in typed.items()}
    strange = [name for name, text in typed.items() if text.strip() and read[name] is None]
    numbers = {name: each[0] for name, each in read.items() if each}
    series = next((each[1] for name, each in read.items() if each and name == "volume"), "")
    return Asked(**numbers, series=series), strange


def one(text: str, *, is_year: bool) -> tuple[int, str] | None:
    """A number, and the series in which it counts."""
    text = tokens.plain(text.replace("\x00", "")[:LONGEST])
    if not text:
        return None
    if not is_year and tokens.ROMAN.match(text.lower()):
        text = f"v.{text}"
    told = tokens.tokens(text)
    series = next((token.text for token in told if token.what is What.SERIES), "")
    counted = [token for token in told if token.what not in {*SKIPPED, What.SERIES}]
    if not counted or not is_number(counted, is_year=is_year):
        return None
    return counted[0].low, series


def is_number(counted: list[Token], *, is_year: bool) -> bool:
    """One number, or a run of two of which the first counts: 12-13."""
    kinds = {What.YEAR} if is_year else {What.NUM, What.YEAR}
    numbers, between = counted[::2], counted[1::2]
    plain = all(token.what in kinds and token.high <= HIGHEST for token in numbers)
    return plain and len(counted) in {1, 3} and all(each.what is What.DASH for each in between)
