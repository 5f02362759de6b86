"""How many copies of a title a library has had: the guidelines of CONTU and section 108.

No Django here. The guidelines are no law: this counts and warns, and never stands in the way. Where
something is not known the copy counts, since a warning too many costs less than one too few.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from stdnum import isbn

from postroad.protocols.fillers import is_filler_issn

FREE = 5  # copies without a royalty: of a periodical in a calendar year, of another work ever
RECENT = 5  # years before the request, within which an issue of a periodical counts
TERM = 95  # years after which a work that was published in the United States is free to all
KEPT = 3  # complete calendar years after the one of the request
SURE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Basis(StrEnum):
    """Why a copy may be made; the first two are the marks on a request."""

    CCG = "ccg"  # conforms to the guidelines: counts
    CCL = "ccl"  # conforms to the law in another way
    OWN = "own"  # the library subscribes, or has a copy that cannot be used
    LICENSED = "licensed"
    NOT_MARKED = ""


class Choice(StrEnum):
    """What the library does about a copy beyond the free ones."""

    NONE = ""
    ROYALTY = "royalty"
    OTHER_SOURCE = "other-source"  # bought, or from a supplier that pays
    DECLINED = "declined"  # no copy was made


class Warn(StrEnum):
    """What staff should know before the copy is made."""

    LAST_FREE = "last-free"  # this one is the fifth
    BEYOND = "beyond"  # the sixth, or a later one
    AGE_UNKNOWN = "age-unknown"  # no year: it counts
    AGE_IN_DOUBT = "age-in-doubt"  # part of that year or month is too old: it counts
    BY_TITLE = "by-title"  # some were found by the title alone
    ONLY_KEPT = "only-kept"  # counted over the term, of which only the last years are kept


@dataclass(frozen=True, slots=True)
class Citation:
    """What is copied from. `numbers`: each ISSN of a periodical that is known, print and online;
    the ISBNs of another work."""

    title: str
    numbers: Collection[str] = ()
    published: str = ""  # 2024, 2024-03 or 2024-03-31
    is_periodical: bool = True
    linking: str = ""  # the linking ISSN, if it is known


@dataclass(frozen=True, slots=True)
class Rights:
    """What the requesting library has of the title; nobody said so: it does not."""

    subscribes: bool = False  # in force or on order
    owns_unusable: bool = False  # lost, lent, at the binder
    licensed: bool = False  # the copy comes under a licence that allows it


class Past(Protocol):
    """A copy that this library has had."""

    @property
    def title(self) -> str: ...
    @property
    def numbers(self) -> str: ...  # with spaces between
    @property
    def is_periodical(self) -> bool: ...
    @property
    def asked_in(self) -> int: ...
    @property
    def basis(self) -> str: ...
    @property
    def choice(self) -> str: ...
    @property
    def cost(self) -> Decimal | None: ...


AnyPast = TypeVar("AnyPast", bound=Past)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the count says of one more copy."""

    basis: Basis
    count: int  # that this library has had and that count
    over: bool  # whether this one would be beyond the free ones
    warn: tuple[Warn, ...]
    paid: int = 0  # besides: under the guidelines too, but paid for, or from another source


def judge(
    uses: Iterable[Past], citation: Citation, asked_on: date, rights: Rights | None = None
) -> Verdict:
    """Of one more copy for the library whose uses these are, asked for on its own date."""
    basis = basis_of(citation, asked_on, rights or Rights())
    same = list(same_title(uses, citation))
    counted = [use for use in same if counts(use, citation, asked_on)]
    made = [use for use in same if in_time(use, citation, asked_on) and under_guidelines(use)]
    over = basis is Basis.CCG and len(counted) >= FREE
    by_title = any(not (use.numbers and numbers_of(citation)) for use in counted)
    warn = tuple(warnings(basis, len(counted), citation, asked_on, by_title))
    return Verdict(basis, len(counted), over, warn, paid=len(made) - len(counted))


def basis_of(citation: Citation, asked_on: date, rights: Rights) -> Basis:
    """The mark that the system sets."""
    if rights.licensed:
        return Basis.LICENSED
    if rights.subscribes or rights.owns_unusable:
        return Basis.OWN
    span = published(citation)
    if span is None:
        return Basis.CCG
    if citation.is_periodical:
        return Basis.CCG if span[1] >= years_before(asked_on, RECENT) else Basis.CCL
    return Basis.CCG if asked_on.year - span[1].year <= TERM else Basis.CCL


def counts(use: Past, citation: Citation, asked_on: date) -> bool:
    """Whether a copy is one of those of which five are free: filled under the guidelines, or under
    nothing that anybody marked, and not paid for."""
    return in_time(use, citation, asked_on) and takes_a_free_one(use)


def in_time(use: Past, citation: Citation, asked_on: date) -> bool:
    """Of a periodical those of this calendar year, of another work all that are kept."""
    return not citation.is_periodical or use.asked_in == asked_on.year


def takes_a_free_one(use: Past) -> bool:
    return under_guidelines(use) and use.choice == Choice.NONE


def under_guidelines(use: Past) -> bool:
    """Made under the guidelines, or under nothing that anybody marked; paid for or not."""
    return use.basis in {Basis.CCG, Basis.NOT_MARKED} and use.choice != Choice.DECLINED


def warnings(
    basis: Basis, count: int, citation: Citation, asked_on: date, by_title: bool
) -> Iterator[Warn]:
    if basis is not Basis.CCG:
        return
    if count >= FREE:
        yield Warn.BEYOND
    elif count == FREE - 1:
        yield Warn.LAST_FREE
    span = published(citation)
    if span is None:
        yield Warn.AGE_UNKNOWN
    elif citation.is_periodical and span[0] < years_before(asked_on, RECENT):
        yield Warn.AGE_IN_DOUBT
    if by_title:
        yield Warn.BY_TITLE
    if not citation.is_periodical:
        yield Warn.ONLY_KEPT


def published(citation: Citation) -> tuple[date, date] | None:
    """The first and the last day on which it may have appeared; None if no year is known."""
    match = SURE.fullmatch(citation.published.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        if day:
            return (date(year or 0, month or 0, day),) * 2
        if month:
            following = date((year or 0) + month // 12, month % 12 + 1, 1)
            return date(year or 0, month, 1), following - timedelta(1)
        return date(year or 0, 1, 1), date(year or 0, 12, 31)
    except ValueError:  # no day of the calendar: the year alone is known
        return (date(year, 1, 1), date(year, 12, 31)) if year else None


def years_before(day: date, years: int) -> date:
    """The same day, years ago; of February 29 the day before, so that more counts."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def same_title(uses: Iterable[Past], citation: Citation) -> list[Past]:
    """The copies of this title: those that share a number with it, directly or through another
    one; by the title where one side has no number."""
    same_kind = [use for use in uses if use.is_periodical == citation.is_periodical]
    family = numbers_of(citation)
    while more := {
        number
        for use in same_kind
        if shares(use, family)
        for number in use.numbers.split()
        if number not in family
    }:
        family |= more
    title = title_key(citation.title)
    return [
        use
        for use in same_kind
        if shares(use, family)
        or (not (family and use.numbers) and title and title_key(use.title) == title)
    ]


def families(uses: Iterable[AnyPast]) -> list[list[AnyPast]]:
    """The copies of each title: what shares a number, directly or through another one; what has no
    number goes by its title, to the only one of that name or to one of its own."""
    of_number: dict[tuple[bool, str], list[AnyPast]] = {}
    nameless: list[AnyPast] = []
    for use in uses:
        keys = [(use.is_periodical, number) for number in use.numbers.split()]
        if not keys:
            nameless.append(use)
            continue
        known = {id(each): each for key in keys if (each := of_number.get(key))}
        family = max(known.values(), key=len, default=[])
        family.append(use)
        for each in known.values():
            if each is not family:
                family.extend(each)
                keys.extend((one.is_periodical, n) for one in each for n in one.numbers.split())
        of_number.update(dict.fromkeys(keys, family))
    found = list({id(each): each for each in of_number.values()}.values())
    return found + (join_by_title(found, nameless) if nameless else [])


def join_by_title(
    found: Iterable[list[AnyPast]], nameless: Iterable[AnyPast]
) -> list[list[AnyPast]]:
    """Put each into the only family of its name; those that have none become families."""
    named: dict[tuple[bool, str], list[list[AnyPast]]] = {}
    for family in found:
        for name in {(use.is_periodical, title_key(use.title)) for use in family}:
            named.setdefault(name, []).append(family)
    own: dict[tuple[bool, str], list[AnyPast]] = {}
    for use in nameless:
        name = (use.is_periodical, title_key(use.title))
        same = named.get(name, []) if name[1] else []
        (same[0] if len(same) == 1 else own.setdefault(name, [])).append(use)
    return list(own.values())


def shares(use: Past, numbers: Collection[str]) -> bool:
    return any(number in numbers for number in use.numbers.split())


def numbers_of(citation: Citation) -> frozenset[str]:
    return frozenset(filter(None, map(compact, (*citation.numbers, citation.linking))))


def compact(number: str) -> str:
    """An ISSN of 8 signs or an ISBN of 13, without hyphens; empty if it is neither."""
    plain = re.sub(r"[\s\u2010-\u2015-]", "", number.upper())
    if len(plain) == 10 and isbn.is_valid(plain):
        return str(isbn.to_isbn13(plain))
    if re.fullmatch(r"[0-9]{7}[0-9X]", plain):
        return "" if is_filler_issn(plain) else plain
    return plain if re.fullmatch(r"[0-9]{13}", plain) else ""


def title_key(title: str) -> str:
    """A title as it is compared: no case, marks, points, or article in front."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"[^\w]+", " ", plain.replace("&", " and ")).strip()
    return re.sub(r"^(?:the|a|an) (?=\S)", "", plain)


def key_of(citation: Citation) -> str:
    """Under which its copies are listed: the linking ISSN, else a number of its own, else the
    title."""
    number = compact(citation.linking) or min(numbers_of(citation), default="")
    return number or title_key(citation.title)


def purge_on(asked_on: date) -> date:
    """The first day on which the row of a request is no longer kept."""
    return date(asked_on.year + KEPT + 1, 1, 1)
