"""How a parcel goes from one library to another, and what its slip must show (R7).

Pure: two places come in, a way comes out.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from postroad.delivery.codes import CodeTrouble, StopCodeMissing, ri_code

RHODE_ISLAND = "RI"
VIA_SOUTHEAST = "S"  # the letter under which Rhode Island's courier hands over to Massachusetts


class Carried(StrEnum):
    DELIVERY = "delivery"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Later:
    """What the sorter of another courier reads, from a day on. Without a word its table lacks the
    place."""

    first_day: date
    sign: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What a slip must know of a library. Without a route the van does not call."""

    name: str
    town: str
    state: str = "MA"
    route: str = ""
    letter: str = ""  # the region's, in Massachusetts, or what its courier puts in its stead
    word: str = ""  # in the stead of the town, where its courier has a table of codes
    uncoded: bool = False  # such a table lacks it
    later: Later | None = None  # before a change of contractor
    delivery_code: str = ""  # Rhode Island's three letters
    code_trouble: CodeTrouble | None = None  # what is wrong with it
    clearinghouse: str = ""  # the letters of the office that sends on what has none
    lines: tuple[str, ...] = ()  # its postal address, where the mail is to find it

    def on(self, day: date) -> "Place":
        """As a slip shows it whose journey ends on a day."""
        if self.later is None or day < self.later.first_day:
            return self
        then = self.later
        return replace(self, letter=then.sign, word=then.word, uncoded=not then.word)

    @property
    def by_clearinghouse(self) -> bool:
        """Whether what comes here from the van goes to the clearinghouse first."""
        return self.state == RHODE_ISLAND and not self.delivery_code and bool(self.clearinghouse)

    @property
    def where(self) -> str:
        """Town and state, as far as they are known."""
        return ", ".join(part for part in (self.town, self.state) if part)


@dataclass(frozen=True, slots=True)
class Address:
    """What the sorter reads: a sign in a box, and one word at arm's length."""

    sign: str
    headline: str


def carried(sender: Place, receiver: Place) -> Carried:
    """The van takes it if it calls at both ends, else the mail does."""
    return Carried.DELIVERY if sender.route and receiver.route else Carried.MAIL


def address(sender: Place, receiver: Place, by: Carried = Carried.DELIVERY) -> Address:
    """Letter and town in Massachusetts; three letters in Rhode Island, or its clearinghouse's
    for a library that has none. Raises CodeMissing where there are none at all.
    """
    if by is Carried.MAIL:
        return Address("", receiver.town or receiver.name)
    if receiver.by_clearinghouse:
        return Address(RHODE_ISLAND, ri_code(receiver.clearinghouse))
    if receiver.state == RHODE_ISLAND:
        return Address(RHODE_ISLAND, ri_code(receiver.delivery_code, receiver.code_trouble))
    if receiver.uncoded:
        raise StopCodeMissing(library=receiver.name)
    letter = VIA_SOUTHEAST if sender.state == RHODE_ISLAND else receiver.letter
    return Address(letter, receiver.word or receiver.town)


def return_slip_inside(
    sender: Place, receiver: Place, by: Carried = Carried.DELIVERY, *, lent: bool
) -> bool:
    """What Rhode Island lends carries the slip for its way home, folded so that none sees it.

    What is not `lent` has no way home before it: it is on it, or stays where it goes.
    """
    over_the_border = sender.state == RHODE_ISLAND and receiver.state != RHODE_ISLAND
    return lent and by is Carried.DELIVERY and over_the_border


def nights(sender_state: str, receiver_state: str) -> int:
    """Nights between the day of collection and the first on which it can be delivered (R11).

    Between the states one courier hands over to the other, which takes a night more.
    """
    return 2 if (sender_state == RHODE_ISLAND) != (receiver_state == RHODE_ISLAND) else 1
