"""What stands on a slip, and which slips a parcel needs. A slip names libraries and numbers, never
a patron.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from postroad.delivery import routing
from postroad.delivery.bars import Symbology
from postroad.delivery.routing import Address, Carried, Place


class Layout(StrEnum):
    LABEL = "label"  # one on a label of 4 by 6 inches
    CARD = "card"  # one on a card or label of 4 by 3 inches
    SHEET = "sheet"  # four on a letter sheet
    A4 = "a4"  # four on a sheet of A4


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """All that is printed. Without a number it is of no parcel that is followed."""

    number: str
    sender: Place
    receiver: Place
    ref: str = ""
    title: str = ""
    need_by: date | None = None
    by: Carried = Carried.DELIVERY
    copy: bool = False
    lent: bool = False  # and so to come back the same way
    inside: bool = False  # the slip for the way home, folded so that none sees it
    item: str = ""  # the item's own barcode, where the library wants it on its slips
    symbology: Symbology = Symbology.CODE_128
    note: str = ""  # what else the sorter is to know


def addressed(facts: Iterable[SlipFacts]) -> list[tuple[SlipFacts, Address]]:
    """The slips with their addresses, each followed by the one for its way home where it needs one
    (R7).
    """
    slips = [slip for each in facts for slip in with_return_slip(each)]
    return [(slip, routing.address(slip.sender, slip.receiver, slip.by)) for slip in slips]


def with_return_slip(facts: SlipFacts) -> list[SlipFacts]:
    ends = facts.sender, facts.receiver
    if facts.inside or not routing.return_slip_inside(*ends, facts.by, lent=facts.lent):
        return [facts]
    home = SlipFacts("", sender=facts.receiver, receiver=facts.sender, ref=facts.ref, inside=True)
    return [facts, home]
