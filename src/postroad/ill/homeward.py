"""How a thing goes home: by the van, by mail, or not yet; and why (R4 to R7).

Pure: facts come in, a decision with its reasons comes out. What nobody knows is never a yes: then
the answer is to ask.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from postroad.delivery import routing
from postroad.delivery.codes import CodeMissing
from postroad.delivery.routing import RHODE_ISLAND, Carried, Place
from postroad.delivery.stopping import Meanwhile, Stopped


class Way(StrEnum):
    """What to do with it."""

    VAN = "van"
    VAN_HELD = "van-held"  # the van takes it, and it waits at the hub until its stop is served
    MAIL = "mail"
    HOLD_ON = "hold-on"  # keep it for now
    ASK_US = "ask-us"
    HERE = "here"  # it is at home


class Because(StrEnum):
    """One reason. Its rule stands in RULES."""

    SAYS_YES = "says-yes"
    TEAM_SAYS_YES = "team-says-yes"
    WEBSITE_SAYS_YES = "website-says-yes"
    SAYS_NO = "says-no"
    WEBSITE_SAYS_NO = "website-says-no"
    SHUT = "shut"
    NOT_KNOWN = "not-known"
    LEFT = "left"
    NUMBER = "number"
    NO_ADDRESS = "no-address"
    VAN_AT_BOTH = "van-at-both"
    HELD_AT_HUB = "held-at-hub"
    STOPPED = "stopped"  # the whole service is suspended or wound down
    OUTSIDE = "outside"
    NO_VAN_HERE = "no-van-here"
    NO_VAN_THERE = "no-van-there"
    SLIP_OF_RI = "slip-of-ri"
    SLIP_OF_MA = "slip-of-ma"
    SLIP_VIA_SOUTHEAST = "slip-via-southeast"
    NO_CODE = "no-code"


RULES: dict[Because, str] = {
    **dict.fromkeys(
        (
            Because.SAYS_YES,
            Because.TEAM_SAYS_YES,
            Because.WEBSITE_SAYS_YES,
            Because.SAYS_NO,
            Because.WEBSITE_SAYS_NO,
            Because.SHUT,
            Because.NOT_KNOWN,
            Because.LEFT,
        ),
        "R4",
    ),
    **dict.fromkeys((Because.NUMBER, Because.NO_ADDRESS), "R5"),
    **dict.fromkeys(
        (
            Because.VAN_AT_BOTH,
            Because.HELD_AT_HUB,
            Because.STOPPED,
            Because.OUTSIDE,
            Because.NO_VAN_HERE,
            Because.NO_VAN_THERE,
        ),
        "R6",
    ),
    **dict.fromkeys(
        (
            Because.SLIP_OF_RI,
            Because.SLIP_OF_MA,
            Because.SLIP_VIA_SOUTHEAST,
            Because.NO_CODE,
        ),
        "R7",
    ),
}


# Of these a desk must hear before it lets go of the thing.
BEWARE = frozenset(
    {
        *(Because.SAYS_NO, Because.WEBSITE_SAYS_NO, Because.SHUT, Because.NOT_KNOWN, Because.LEFT),
        *(Because.HELD_AT_HUB, Because.STOPPED, Because.NO_CODE),
    }
)
# What holds until somebody says otherwise, where no last day was told.
ENDLESS = frozenset({Because.SAYS_NO, Because.SHUT, Because.HELD_AT_HUB, Because.STOPPED})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, with the day from which or until which it holds, where there is one."""

    because: Because
    on: date | None = None  # when it was said or seen
    until: date | None = None  # its last day; None: none is known
    why: str = ""  # in the words of who said so

    @property
    def rule(self) -> str:
        return RULES[self.because]

    @property
    def is_endless(self) -> bool:
        """Whether it holds, and nobody knows until when."""
        return self.because in ENDLESS and self.until is None


class Source(StrEnum):
    """Whose word it is that returns are accepted or not."""

    LIBRARY = "library"  # its own, or a list in which it stands
    TEAM = "team"
    WEBSITE = "website"


@dataclass(frozen=True, slots=True)
class Word:
    """That a library accepts returns by mail, or does not."""

    accepts: bool
    source: Source
    on: date | None = None  # without a day it is older than any with one
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days, up to the last, on which something does not happen; no last one is further notice."""

    until: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision rests on. A place without a route is one where the van does not stop."""

    today: date
    receiver: Place
    sender: Place | None = None  # None: nobody has said from where it is sent
    member: bool = False  # of the consortium: the van is for members
    active: bool = True  # the library still takes part
    at_home: bool = False  # the sender is the receiver
    words: tuple[Word, ...] = ()
    shut: Stretch | None = None  # it takes no mail in, for longer than mail is under way
    van_stopped: Stretch | None = None  # its deliveries are suspended, for longer than a holiday
    stopped: Stopped | None = None  # so is the whole service, which takes nothing home today
    has_address: bool = False


class Kind(StrEnum):
    """Which slip stands on it (R7)."""

    RHODE_ISLAND = "rhode-island"
    MASSACHUSETTS = "massachusetts"
    SOUTHEAST = "southeast"  # from Rhode Island: filled in, "S via Southeast"


@dataclass(frozen=True, slots=True)
class Slip:
    """What the sorter must be able to read."""

    kind: Kind
    sign: str
    headline: str


@dataclass(frozen=True, slots=True)
class Advice:
    """The decision, its reasons in the order of the rules, and what it needs."""

    way: Way
    reasons: tuple[Reason, ...] = ()
    slip: Slip | None = None
    until: date | None = None  # until when it waits, at the hub or here; None: not known

    @property
    def beware(self) -> Reason | None:
        """What a desk must hear before it lets go of the thing; None, if all is as usual."""
        return next((each for each in self.reasons if each.because in BEWARE), None)


SOURCES = {
    Source.LIBRARY: Because.SAYS_YES,
    Source.TEAM: Because.TEAM_SAYS_YES,
    Source.WEBSITE: Because.WEBSITE_SAYS_YES,
}


def ways(facts: Facts) -> tuple[Advice, ...]:
    """One answer; or, where it turns on whether the van stops at the sender and nobody has said
    so, two: if it does, and if it does not."""
    if facts.sender is not None or not _van_there(facts):
        return (way(facts),)
    here = Place(name="", town="", state="", route="?")
    return (
        way(replace(facts, sender=here)),
        way(replace(facts, sender=replace(here, route=""))),
    )


def way(facts: Facts) -> Advice:
    """What to do, by R4 to R7. Whatever way it goes, nothing rests on what nobody has said."""
    if facts.at_home:
        return Advice(Way.HERE)
    if not facts.active:
        return _advice(Way.ASK_US, [Reason(Because.LEFT)])
    if _van_there(facts) and facts.sender is not None and facts.sender.route:
        return _by_van(facts, facts.sender) if facts.stopped is None else _by_mail(facts)
    return _by_mail(facts)


def _van_there(facts: Facts) -> bool:
    return facts.member and facts.active and bool(facts.receiver.route) and not facts.at_home


def _by_van(facts: Facts, sender: Place) -> Advice:
    """Always allowed; what cannot be delivered yet waits at the hub, and is not late (R6)."""
    try:
        slip = _slip(sender, facts.receiver)
    except CodeMissing:
        return _advice(Way.ASK_US, [Reason(Because.VAN_AT_BOTH), Reason(Because.NO_CODE)])
    reasons = [Reason(Because.VAN_AT_BOTH), Reason(SLIPS[slip.kind])]
    if facts.van_stopped is None:
        return _advice(Way.VAN, reasons, slip=slip)
    until = facts.van_stopped.until
    reasons.append(Reason(Because.HELD_AT_HUB, until=until, why=facts.van_stopped.why))
    return _advice(Way.VAN_HELD, reasons, slip=slip, until=until)


SLIPS = {
    Kind.RHODE_ISLAND: Because.SLIP_OF_RI,
    Kind.MASSACHUSETTS: Because.SLIP_OF_MA,
    Kind.SOUTHEAST: Because.SLIP_VIA_SOUTHEAST,
}


def _slip(sender: Place, receiver: Place) -> Slip:
    """The one slip that is seen (R7); CodeMissing if it would have none of Rhode Island's codes."""
    address = routing.address(sender, receiver, Carried.DELIVERY)
    if receiver.state == RHODE_ISLAND:
        kind = Kind.RHODE_ISLAND
    else:
        kind = Kind.SOUTHEAST if sender.state == RHODE_ISLAND else Kind.MASSACHUSETTS
    return Slip(kind, address.sign, address.headline)


def _by_mail(facts: Facts) -> Advice:
    """Only to who is known to accept it (R4); without a number it goes all the same (R5)."""
    no_van = _no_van(facts)
    stopped = facts.stopped if no_van.because is Because.STOPPED else None
    if stopped is not None and stopped.meanwhile is Meanwhile.COPIES:
        return _advice(Way.HOLD_ON, [no_van], until=no_van.until)
    if facts.shut is not None:
        shut = Reason(Because.SHUT, until=facts.shut.until, why=facts.shut.why)
        return _advice(Way.HOLD_ON, [shut, no_van], until=facts.shut.until)
    word = newest(word for word in facts.words if word.holds_on(facts.today))
    if word is None:
        return _advice(Way.ASK_US, [Reason(Because.NOT_KNOWN), no_van])
    if not word.accepts:
        of_website = word.source is Source.WEBSITE
        because = Because.WEBSITE_SAYS_NO if of_website else Because.SAYS_NO
        no = Reason(because, word.on, word.until)
        return _advice(Way.HOLD_ON, [no, no_van], until=word.until)
    reasons = [Reason(SOURCES[word.source], word.on), Reason(Because.NUMBER), no_van]
    if not facts.has_address:
        reasons.append(Reason(Because.NO_ADDRESS))
    return _advice(Way.MAIL, reasons)


def newest(words: Iterable[Word]) -> Word | None:
    """The word that counts. Of a yes and a no of one day, the no."""
    ordered = sorted(words, key=lambda word: (word.on or date.min, not word.accepts))
    return ordered[-1] if ordered else None


def _no_van(facts: Facts) -> Reason:
    if not facts.member:
        return Reason(Because.OUTSIDE)
    if not facts.receiver.route:
        return Reason(Because.NO_VAN_THERE)
    if facts.stopped is not None and facts.sender is not None and facts.sender.route:
        return Reason(Because.STOPPED, until=facts.stopped.until, why=facts.stopped.reason)
    return Reason(Because.NO_VAN_HERE)


def _advice(
    way: Way, reasons: Iterable[Reason], *, slip: Slip | None = None, until: date | None = None
) -> Advice:
    return Advice(way, tuple(sorted(reasons, key=lambda each: each.rule)), slip, until)
