"""The gates: the only way to a case. "Not yours" looks like "not there".

A thread has two parties, and this file reads them from the thread alone: no click, no state and no
number that stands in a case lets anybody else in.
"""

from dataclasses import dataclass

from django.core import signing
from django.db.models import Q

from postroad import reference_numbers
from postroad.accounts.models import AT_A_LIBRARY, BORROWING, User
from postroad.accounts.roles import posts
from postroad.cases import mentions
from postroad.cases.lifecycle import Side
from postroad.cases.models import OFFICES, Between, Case, Thread
from postroad.directory.models import Library
from postroad.errors import Refusal

SALT = "postroad.cases"
MOST = 50  # cases that one number finds


class NoSuchCase(Refusal):
    """There is no such case for this person."""

    code = "no-such-case"


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody sits: in which offices, at which libraries, and who she is herself."""

    offices: frozenset[str]
    libraries: frozenset[int]
    with_readers: frozenset[int]  # libraries where she may know who asks
    patron: int | None = None

    def narrowed(self, library: Library) -> "Seat":
        """At one desk alone."""
        only = frozenset({library.pk})
        return Seat(frozenset(), self.libraries & only, self.with_readers & only)


def seat(user: User) -> Seat:
    held = posts(user)
    at = [(post.role, post.library_id) for post in held if post.library_id is not None]
    return Seat(
        frozenset(post.role for post in held if post.role in OFFICES),
        frozenset(library for role, library in at if role in AT_A_LIBRARY),
        frozenset(library for role, library in at if role in BORROWING),
        user.pk if user.is_active else None,
    )


def sides(sitting: Seat, thread: Thread) -> list[Side]:
    """On which sides of a thread somebody sits who sits there; answering first."""
    answers = thread.answering_id in sitting.libraries
    if thread.between == Between.PATRON_LIBRARY:
        answers = thread.answering_id in sitting.with_readers
    if thread.office_answers:
        answers = thread.office in sitting.offices
    asks = thread.asking_id is not None and thread.asking_id in sitting.libraries
    if thread.between == Between.OFFICE_LIBRARY:
        asks = thread.office in sitting.offices
    if thread.between == Between.PATRON_LIBRARY:
        asks = sitting.patron is not None and thread.patron_id == sitting.patron
    return [side for side, there in ((Side.ANSWERER, answers), (Side.ASKER, asks)) if there]


def answered_by(sitting: Seat) -> Q:
    """A filter for the cases that are theirs to answer who sit there."""
    of_readers = Q(thread__between=Between.PATRON_LIBRARY)
    theirs = Q(thread__answering__in=sitting.with_readers) & of_readers
    theirs |= Q(thread__answering__in=sitting.libraries) & ~of_readers
    return theirs | Q(thread__office__in=sitting.offices) & ~Q(
        thread__between=Between.OFFICE_LIBRARY
    )


def asked_by(sitting: Seat) -> Q:
    """A filter for the cases that they asked who sit there, or she herself as a reader."""
    return (
        Q(thread__asking__in=sitting.libraries)
        | Q(thread__office__in=sitting.offices, thread__between=Between.OFFICE_LIBRARY)
        | Q(thread__patron=sitting.patron, thread__patron__isnull=False)
    )


def seen_by(sitting: Seat) -> Q:
    return answered_by(sitting) | asked_by(sitting)


def case_for(user: User, number: str) -> tuple[Case, list[Side]]:
    """The case, and on which sides this person sits; otherwise as if there were none."""
    case = Case.objects.shown().filter(number=reference_numbers.tidy(number)).first()
    found = sides(seat(user), case.thread) if case is not None else []
    if case is None or not found:
        raise NoSuchCase(number=number)
    return case, found


def patrons_case(user: User, number: str) -> Case:
    """Her own question to her library, whatever else this person is."""
    mine = Case.objects.shown().filter(
        thread__patron=user.pk, number=reference_numbers.tidy(number)
    )
    case = mine.first() if user.is_active else None
    if case is None:
        raise NoSuchCase(number=number)
    return case


def find(user: User, text: str) -> list[Case]:
    """The cases with this number, or in which it was typed, that this person may see."""
    value = mentions.plain(text[: mentions.LONGEST * 2])
    if not value:
        return []
    fits = Q(number=reference_numbers.tidy(text)) | Q(
        pk__in=Case.objects.filter(mentions__value=value).values("pk")
    )
    return list(Case.objects.shown().filter(fits, seen_by(seat(user))).order_by("-pk")[:MOST])


def token(case: Case) -> str:
    """What a letter to somebody without an account carries: it opens this one thread, and tells
    nobody who sees it whose it is."""
    return f"{case.number}-{_signer().signature(_signed(case))}"


def by_token(typed: str) -> Case:
    """The case that a letter leads to. Nothing is found when its address is no longer kept."""
    number, _dash, signature = typed.partition("-")
    case = Case.objects.shown().filter(number=number[:8]).first()
    if case is None or not case.from_email:
        raise NoSuchCase(number=number)
    try:
        _signer().unsign(f"{_signed(case)}:{signature}")
    except signing.BadSignature:
        raise NoSuchCase(number=number) from None
    return case


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def _signed(case: Case) -> str:
    return f"{case.number} {case.from_email}"
