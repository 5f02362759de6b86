"""Where and how an item goes home (R4 to R7), and the numbers under which the mail carries it.

The decision itself is `homeward`'s; here its facts are gathered, and a number is followed home.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from postroad.accounts.models import User
from postroad.delivery import forecast, parcels, promises, slips, stops, tracking
from postroad.delivery.lanes import Van
from postroad.delivery.models import Parcel, Purpose, Via
from postroad.directory import closures, evidence, known, standing, thresholds
from postroad.directory.models import Address, Closure, Effect, Library, Membership
from postroad.directory.opening import Shut
from postroad.directory.statements import Source, Statement
from postroad.errors import Refusal
from postroad.ill import homeward, lookup, volumes
from postroad.ill.homeward import Facts, Stretch, Word
from postroad.ill.lifecycle import LoanState, Verb
from postroad.ill.lookup import Seen
from postroad.ill.models import Loan, MovedMeanwhile, Request, Supply

SENDS_HOME = (Verb.SHIP_RETURN, Verb.RETURN)


class WrongTrackingNumber(Refusal):
    """No carrier's numbers look like this, or its check digit is wrong."""

    code = "wrong-tracking-number"


class Way(StrEnum):
    """In which direction something travels by mail."""

    OUT = "out"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Posting:
    """What goes by mail, and the number by which its carrier knows it."""

    loan: Loan
    way: Way
    parcel: Parcel

    @property
    def number(self) -> str:
        return self.parcel.tracking_number


def parcel_home(loan: Loan, *, by: User | None, at: datetime, tracking_number: str = "") -> Parcel:
    """The parcel that takes the item back to its library, by the van or by mail."""
    ill = loan.request
    return parcels.make(
        from_library=ill.library,
        to_library=loan.supply.lender,
        purpose=Purpose.RETURN,
        item_library=loan.supply.lender,
        item_barcode=loan.barcode,
        title=volumes.titled(ill.title, loan.label),
        ref=ill.ref,
        at=at,
        by=by,
        tracking_number=tracking_number,
        send_to=loan.supply.return_to,
    )


def checked(number: str, *, sure: bool = False) -> str:
    """The number as it is kept. What is nobody's is refused, unless somebody has looked again."""
    tidied = tracking.tidy(number)
    if tidied and not sure and not tracking.candidates(tidied):
        raise WrongTrackingNumber(number=tidied)
    return tidied


def postings(loan: Loan) -> list[Posting]:
    """What of this loan goes or went by mail, the way out first."""
    ways = ((Way.OUT, loan.parcel_out), (Way.HOME, loan.parcel_home))
    return [
        Posting(loan, way, parcel)
        for way, parcel in ways
        if parcel is not None and parcel.via == Via.MAIL
    ]


def home_by_mail(loan: Loan) -> Posting | None:
    """The way home, if it is on it by mail."""
    ways = postings(loan) if loan.state == LoanState.HOMEWARD else []
    return next((posting for posting in ways if posting.way == Way.HOME), None)


def address_home(lender: Library) -> Address | None:
    """Where the post takes it home to, if that is known: the desk for returns, or for all mail."""
    return lender.address_for(*Address.TO_RETURN)


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """Where the post takes one thing home to."""

    written: Sequence[str]  # lines as on a label
    confirmed_on: date | None  # nobody has, where there is none


def return_address(supply: Supply) -> ReturnAddress | None:
    """What its lender said with this very thing goes before what is known of the lender."""
    if supply.return_to:
        said = supply.shipped_at or supply.asked_at
        return ReturnAddress(supply.return_to.splitlines(), supply.request.library.day_of(said))
    known = address_home(supply.lender)
    return ReturnAddress(known.written, known.confirmed_on) if known else None


def may_send_home(ill: Request) -> bool:
    """Whether its borrower may send it home now; what the patron has is brought back first."""
    return any(ill.may(verb, supply=ill.supply, loan=ill.loan) for verb in SENDS_HOME)


def track(posting: Posting, number: str, *, seen: str | None = None, sure: bool = False) -> str:
    """Write down, mend or (with none) take off the number; R5: without one it goes all the same.

    `seen` is what stood there on the page. Raises MovedMeanwhile if that is no longer so: what a
    colleague wrote down is not overwritten unread.
    """
    number = checked(number, sure=sure)
    found = {"carrier": parcels.carrier_of(number), "tracking_number": number}
    box = posting.parcel.box  # all that is in it has one number
    still = Parcel.objects.filter(box=box) if box else Parcel.objects.filter(pk=posting.parcel.pk)
    still = still if seen is None else still.filter(tracking_number__in=(seen, number))
    if not still.update(**found):
        raise MovedMeanwhile(ref=posting.loan.request.ref, verb=Verb.SHIP_RETURN)
    return number


@dataclass(frozen=True, slots=True)
class Home:
    """Where something belongs, how it goes there, and, for who may see it, its request."""

    library: Library
    sender: Library | None
    ways: tuple[homeward.Advice, ...]  # two, where it turns on whether the van stops at the sender
    expected_on: date | None = None  # by the van, from this sender
    address: Address | None = None
    ill: Request | None = None

    @property
    def way(self) -> homeward.Advice:
        return self.ways[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a number. Several libraries: it is on more than one thing."""

    libraries: tuple[Library, ...] = ()
    home: Home | None = None  # of the only one
    unsent: bool = False  # it is a request's number, and nobody has recorded sending a thing


def advice(
    text: str,
    sight: Seen,
    *,
    now: datetime,
    sender: Library | None = None,
    owner: Library | None = None,
) -> Answer:
    """Where the thing belongs that bears this number, and how it goes home.

    Whoever asks learns the destination and the way. The request itself, with its title, is named to
    those alone whose it is to see (`sight`). `sender` is where the thing is, if that was said;
    `owner` is the one that was chosen of several.
    """
    whose, unsent = _whose(text)
    if owner is not None:
        whose = {library: ills for library, ills in whose.items() if library == owner}
    if len(whose) != 1:
        return Answer(tuple(sorted(whose, key=lambda each: (each.town, each.name))), None, unsent)
    ((library, ills),) = whose.items()
    seen = Request.objects.filter(sight.requests, pk__in=[ill.pk for ill in ills])
    mine = [ill for ill in ills if ill in seen] if ills else []
    loan = next(iter([*mine, *ills]), None)
    found = home(library, sender or (loan.library if loan else None), now)
    return Answer((library,), replace(found, ill=mine[0] if mine else None), unsent)


def _whose(text: str) -> tuple[dict[Library, list[Request]], bool]:
    """The owners of what bears this number, each with the loans by which it is or was away; and
    whether there is a request of which nothing was sent."""
    owners: dict[Library, list[Request]] = {}
    unsent = False
    found = lookup.by_number(text).prefetch_related("supplies__lender")[: lookup.MOST]
    for ill in sorted(found, key=lambda ill: not ill.is_open):  # an open loan before what is over
        sent = [supply for supply in ill.supplies.all() if supply.shipped_at is not None]
        if sent:
            owners.setdefault(sent[-1].lender, []).append(ill)
        else:
            unsent = True
    for item in lookup.items(text):
        owners.setdefault(item.library, [])
    return owners, unsent


def home(library: Library, sender: Library | None, now: datetime) -> Home:
    """How something goes from a library, if that is known, to the one that it belongs to."""
    found = _known(library, sender, now)
    return Home(
        library=library,
        sender=sender,
        ways=homeward.ways(found.facts),
        expected_on=found.expected_on,
        address=found.address,
    )


def of_loan(loan: Loan, now: datetime) -> Home:
    """How what was borrowed goes home from its borrower."""
    return home(loan.supply.lender, loan.request.library, now)


@dataclass(frozen=True, slots=True)
class _Known:
    facts: Facts
    expected_on: date | None
    address: Address | None


def _known(library: Library, sender: Library | None, now: datetime) -> _Known:
    today = library.day_of(now)
    ends = {library.pk, *([sender.pk] if sender else [])}
    places, calendars = slips.places(ends), stops.calendars(ends, today)
    receiver = calendars.get(library.pk)
    here = calendars.get(sender.pk) if sender else promises.every_day(library)
    nights = calendars.nights(here, receiver, today) if here and receiver else None
    stopped = calendars.stopped_on(today, lent=False)
    expected = forecast.expect(today, here, receiver, nights) if here and receiver else None
    if expected and (stopped or not calendars.may_be_promised(expected.day, today)):
        expected = None
    address = address_home(library)
    patience = timedelta(days=thresholds.days("closure-patience", on=today, library=library))
    rows = list(Closure.objects.at(library).touching(today, today + patience))
    by_statement = [row for row in rows if _says_no_returns(row)]
    facts = Facts(
        today=today,
        receiver=places[library.pk],
        sender=places[sender.pk] if sender else None,
        member=library.membership == Membership.MEMBER,
        active=library.active,
        at_home=library == sender,
        words=(*_said(library, by_statement, now), *_seen_on_its_website(library, today)),
        shut=_shut((row for row in rows if row not in by_statement), today + patience),
        van_stopped=_van_stopped(here, receiver, nights, today),
        stopped=stopped,
        has_address=address is not None,
    )
    return _Known(facts, expected.day if expected and sender else None, address)


def _says_no_returns(row: Closure) -> bool:
    """Where a statement said no to returns, that itself is the reason."""
    return row.effect == Effect.NO_RETURNS and row.source.startswith("statement:")


def _shut(rows: Iterable[Closure], until: date) -> Stretch | None:
    """What keeps the mail out for longer than it is under way."""
    long = [row.shut() for row in rows if row.effect in closures.RETURNS and row.last_day > until]
    return _stretch(max(long, key=lambda shut: shut.last)) if long else None


def _van_stopped(
    sender: Van | None, receiver: Van | None, nights: int | None, today: date
) -> Stretch | None:
    """The suspension in which it would come to the receiver; a holiday is none (R6)."""
    if sender is None or receiver is None:
        return None
    held = forecast.suspension(today, sender, receiver, nights)
    return _stretch(held) if held else None


def _stretch(shut: Shut) -> Stretch:
    endless = shut.last == Closure.FURTHER_NOTICE
    return Stretch(None if endless else shut.last, shut.reason)


def _said(library: Library, by_statement: Iterable[Closure], now: datetime) -> list[Word]:
    """What was said of returns: the newest statement counts, a blank in it is unknown (R1, R2)."""
    today = library.day_of(now)
    rows = {row.pk: row for row in Statement.objects.taken().filter(library=library, current=True)}
    said = [row.said(library.day_of(row.moment)) for row in rows.values()]
    holds = known.holds(by_statement)
    returns = standing.standing(said, holds, today=today, now=now, stale_after=0).returns
    row = rows.get(returns.key or 0)
    if returns.value is None or row is None:
        return []
    source = homeward.Source.TEAM if row.source == Source.TEAM else homeward.Source.LIBRARY
    day = library.day_of(row.moment) if row.said_at else None
    return [Word(returns.value, source, day, returns.until)]


def _seen_on_its_website(library: Library, today: date) -> list[Word]:
    """Where staff are in the building, what is mailed is taken in (R3, step 1)."""
    seen = evidence.standing(library, today)
    if seen is None:
        return []
    until = evidence.runs_out(seen)
    return [Word(seen.staff_on_site, homeward.Source.WEBSITE, seen.seen_on, until)]
