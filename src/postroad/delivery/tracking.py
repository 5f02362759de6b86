"""Which carriers a tracking number can belong to.

Pure. A number of digits alone may be valid for several carriers: show all, let people choose.

What is printed below a bar code is the number; the bars say more: the ZIP code to which it goes,
FedEx's service and shipper. So both are kept as the number, and either finds the other.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum


class Carrier(StrEnum):
    USPS = "usps"
    UPS = "ups"
    FEDEX = "fedex"
    POST = "post"  # the post of another country


# The officially assigned ISO 3166-1 codes, as the end of a number of the world's posts may be.
COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""


# Where each carrier tells of a number; of the posts of other countries there is no one page.
PAGES = {
    Carrier.USPS: "https://tools.usps.com/go/TrackConfirmAction?tLabels=",
    Carrier.UPS: "https://www.ups.com/track?tracknum=",
    Carrier.FEDEX: "https://www.fedex.com/fedextrack/?trknbr=",
}
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})  # what a page or a mail puts in between
KIND = re.compile(r"\][A-Z][0-9]")  # by which a scanner tells what kind of code it was
LONGEST = 40  # of a tidied number; longer ones are nobody's


def tidy(number: str) -> str:
    """The number itself: without blanks, hyphens and what only the bars say, in capitals."""
    seen = "".join(sign for sign in number if unicodedata.category(sign) not in UNSEEN).upper()
    bare = seen[3:] if KIND.match(seen) else seen
    return next((part for part, fits in within(bare) if fits(part)), bare)


def within(bars: str) -> Iterator[tuple[str, Callable[[str], bool]]]:
    """What may be the number within the digits of a bar code, and what it has to be then."""
    if not (bars.isascii() and bars.isdigit()):
        return
    if bars.startswith("420"):  # a ZIP code of five digits or nine
        yield from ((bars[cut:], is_impb) for cut in (8, 12))
    if len(bars) == 34 and bars.startswith(("1", "96")):
        yield bars[-12:], is_fedex
    if len(bars) == 32:
        yield bars[16:28], is_fedex
    if len(bars) == 22 and bars.startswith("96"):
        yield bars[-15:], is_fedex


def page_about(carrier: Carrier, number: str) -> str:
    """The carrier's own page about a number; "" where it has none."""
    start = PAGES.get(carrier)
    return start + tidy(number) if start else ""


def candidates(number: str) -> list[Carrier]:
    """The carriers whose form and check digit this number bears; empty if it is nobody's."""
    tidied = tidy(number)
    if not tidied.isascii() or not re.search(r"[1-9]", tidied):
        return []  # a row of zeros passes every sum
    return [carrier for carrier, fits in CARRIERS.items() if fits(tidied)]


def is_usps(number: str) -> bool:
    return is_impb(number) or is_twenty(number) or (is_s10(number) and number.endswith("US"))


def is_impb(number: str) -> bool:
    """22, 26, 30 or 34 digits that start with 91 to 95."""
    form = re.fullmatch(r"9[1-5](\d{20}|\d{24}|\d{28}|\d{32})", number)
    return form is not None and threes_and_ones(number)


def is_twenty(number: str) -> bool:
    """Some of these are printed without the 91 that their check digit counts."""
    if not re.fullmatch(r"\d{20}", number):
        return False
    return threes_and_ones(number) or threes_and_ones("91" + number)


def is_post(number: str) -> bool:
    return is_s10(number) and not number.endswith("US")


def is_s10(number: str) -> bool:
    """The Universal Postal Union's form: two letters, nine digits, a country."""
    if not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", number) or number[-2:] not in COUNTRIES.split():
        return False
    total = weighed(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7))
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return int(number[10]) == check


def is_ups(number: str) -> bool:
    if not re.fullmatch(r"1Z[A-Z0-9]{15}\d", number):
        return False
    values = [int(sign) if sign.isdigit() else (ord(sign) - 63) % 10 for sign in number[2:-1]]
    total = sum(value * (2 if place % 2 else 1) for place, value in enumerate(values))
    return int(number[-1]) == -total % 10


def is_fedex(number: str) -> bool:
    """Express has 12 digits, Ground 15."""
    if re.fullmatch(r"\d{12}", number):
        total = weighed(number[:-1], (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1))
        return int(number[-1]) == total % 11 % 10
    return re.fullmatch(r"\d{15}", number) is not None and threes_and_ones(number)


def threes_and_ones(number: str) -> bool:
    """From the right, without the check digit: thrice the first, once the second, and so on."""
    digits = [int(digit) for digit in reversed(number[:-1])]
    total = sum(digit * (1 if place % 2 else 3) for place, digit in enumerate(digits))
    return int(number[-1]) == -total % 10


def weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


CARRIERS: dict[Carrier, Callable[[str], bool]] = {
    Carrier.USPS: is_usps,
    Carrier.UPS: is_ups,
    Carrier.FEDEX: is_fedex,
    Carrier.POST: is_post,
}
