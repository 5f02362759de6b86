"""Talk about a request: with whom whoever reads its page may write, and what was written.

Each thread has two parties, and no page shows it to anybody else: with whom somebody talks goes by
the desk at which she sits, what she reads by the thread itself (`cases.access`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad.accounts import roles
from postroad.accounts.models import BORROWING, LENDING, Role, User
from postroad.cases import access, talking
from postroad.cases.access import Seat
from postroad.cases.lifecycle import Side
from postroad.cases.models import (
    Message,
    Parties,
    Talk,
    libraries,
    library_and,
    of_request,
    patron_and,
    refs,
)
from postroad.directory.models import Library
from postroad.ill.access import Sight
from postroad.ill.models import Request, Supply
from postroad.web.shared import gates
from postroad.web.shared.casework.forms import MessageForm

PATRON, CENTRE = "patron", "center"  # in an address; a library stands there by its code
ROWS = 100  # of a list


@dataclass(frozen=True, slots=True)
class Party:
    """With whom one may talk, as whom, and what they have written so far."""

    key: str
    name: str
    parties: Parties
    side: Side  # ours
    signs_as: str
    talk: Talk | None = None

    @property
    def unread(self) -> bool:
        return self.talk is not None and self.talk.is_unread_by(self.side)


@dataclass(frozen=True, slots=True)
class Said:
    """A message, as its reader sees it."""

    message: Message
    mine: bool
    who: str
    read: bool  # by the other side, of what is mine


def of_staff(
    request: HttpRequest, ill: Request, sight: Sight, supplies: Sequence[Supply]
) -> list[Party]:
    """With whom somebody talks about a request from the desk, or the office, where she sits."""
    user = request.user
    assert isinstance(user, User)  # the gate
    library = gates.desk(request).library if gates.desks(user) else None
    found: list[Party] = []
    sitting = access.seat(user)
    if library == ill.library and sight == Sight.BORROWING:
        found = list(of_borrower(user, ill, supplies))
        sitting = sitting.narrowed(ill.library)
    elif library is not None and lends(user, library, supplies):
        found = list(of_lender(user, library, ill))
        sitting = sitting.narrowed(library)
    elif roles.has(user, Role.CENTRE):
        return of_the_centre(user, ill, supplies)
    return with_talks(found, ill, sitting) if found else []


def of_the_centre(user: User, ill: Request, supplies: Sequence[Supply]) -> list[Party]:
    """With whom the center talks about a request."""
    return with_talks(list(of_centre(user, ill, supplies)), ill, at_the_centre())


def at_the_centre() -> Seat:
    return Seat(frozenset({Role.CENTRE.value}), frozenset(), frozenset())


def of_borrower(user: User, ill: Request, supplies: Sequence[Supply]) -> Iterator[Party]:
    if not any(roles.has(user, role, ill.library) for role in BORROWING):
        return
    name = signed(user, ill.library.name)
    if ill.patron is not None:
        hers = patron_and(ill.patron, ill.library)
        yield Party(PATRON, _("The patron"), hers, Side.ANSWERER, name)
    for lender in lenders(ill, supplies):
        between = libraries(ill.library, lender)
        yield Party(lender.code, lender.name, between, Side.ASKER, name)
    office = library_and(ill.library, Role.CENTRE)
    yield Party(CENTRE, str(Role.CENTRE.label), office, Side.ASKER, name)


def of_lender(user: User, library: Library, ill: Request) -> Iterator[Party]:
    name = signed(user, library.name)
    between = libraries(ill.library, library)
    yield Party(ill.library.code, ill.library.name, between, Side.ANSWERER, name)
    office = library_and(library, Role.CENTRE)
    yield Party(CENTRE, str(Role.CENTRE.label), office, Side.ASKER, name)


def of_centre(user: User, ill: Request, supplies: Sequence[Supply]) -> Iterator[Party]:
    name = signed(user, str(Role.CENTRE.label))
    for library in (ill.library, *lenders(ill, supplies)):
        between = library_and(library, Role.CENTRE)
        yield Party(library.code, library.name, between, Side.ANSWERER, name)


def of_patron(user: User, ill: Request) -> Party:
    """She and her library; it begins, since what she asks herself is a case."""
    between = patron_and(user, ill.library)
    mine = Party(ill.library.code, ill.library.name, between, Side.ASKER, str(user))
    sitting = Seat(frozenset(), frozenset(), frozenset(), user.pk)
    return with_talks([mine], ill, sitting)[0]


def by_link(ill: Request, lender: Library) -> Party:
    """The borrowing library, for a lender that answers from its mail: nobody there has a name."""
    between = libraries(ill.library, lender)
    written = talking.find(of_request(ill.ref), between)
    key, name = ill.library.code, ill.library.name
    return Party(key, name, between, Side.ANSWERER, lender.name, written)


def lenders(ill: Request, supplies: Sequence[Supply]) -> list[Library]:
    """The members that were asked, each once."""
    found = {each.lender_id: each.lender for each in supplies if not each.is_outside}
    return [each for each in found.values() if each.pk != ill.library_id]


def lends(user: User, library: Library, supplies: Sequence[Supply]) -> bool:
    asked = any(each.lender_id == library.pk for each in supplies)
    return asked and any(roles.has(user, role, library) for role in LENDING)


def with_talks(found: Sequence[Party], ill: Request, sitting: Seat) -> list[Party]:
    """The same with what was written, in one statement."""
    known = {each.parties: each for each in talking.about(of_request(ill.ref), sitting)}
    return [
        Party(
            each.key,
            each.name,
            each.parties,
            each.side,
            each.signs_as,
            known.get(talking.key_of(each.parties)),
        )
        for each in found
    ]


def signed(user: User, of: str) -> str:
    return f"{user}, {of}"


def context(ill: Request, party: Party, form: MessageForm, now: datetime) -> dict[str, Any]:
    """A thread, read by this."""
    return {"ill": ill, "party": party, "form": form, "said": said(party)}


def said(party: Party) -> list[Said]:
    if party.talk is None:
        return []
    read_at = party.talk.read_at[talking.OTHER_SIDE[party.side]]
    return [
        Said(
            each,
            each.side == party.side,
            each.name_shown or _("(no longer kept)"),
            isinstance(read_at, datetime) and each.at <= read_at,
        )
        for each in talking.messages(party.talk)
    ]


def write(ill: Request, party: Party, form: MessageForm, by: User | None) -> None:
    """Send what is in a form that was found good."""
    talking.write(
        party.parties,
        of_request(ill.ref),
        form.cleaned_data["text"],
        side=party.side,
        name=party.signs_as,
        by=by,
        key=form.cleaned_data["key"],
    )


def read(party: Party, by: User | None) -> None:
    if party.talk is not None:
        talking.read(party.talk, party.side, by=by, at=timezone.now())


@dataclass(frozen=True, slots=True)
class Row:
    """One thread in the list of a desk."""

    ill: Request
    key: str
    name: str
    talk: Talk
    unread: bool


def listed(sitting: Seat) -> list[Row]:
    """The threads of a desk or an office, what is unread first; two statements."""
    new = Case(When(talking.unread(sitting), then=Value(True)), default=Value(False))
    here = talking.lie_here(sitting).annotate(is_new=new)
    talks = list(here.order_by("-is_new", "-heard_at", "-pk")[:ROWS])
    ills = {ill.ref: ill for ill in Request.objects.filter(ref__in=refs(t.about for t in talks))}
    rows = (row(each, ills, sitting, bool(each.is_new)) for each in talks)
    return [each for each in rows if each is not None]


def row(talk: Talk, ills: dict[str, Request], sitting: Seat, unread: bool) -> Row | None:
    ill = ills.get(next(iter(refs([talk.about])), ""))
    sides = access.sides(sitting, talk.thread)
    if ill is None or not sides:
        return None
    thread, answers = talk.thread, sides[0] == Side.ANSWERER
    other = thread.asking if answers else thread.answering
    if answers and thread.patron_id is not None:
        return Row(ill, PATRON, _("The patron"), talk, unread)
    if other is None:
        return Row(ill, CENTRE, str(Role.CENTRE.label), talk, unread)
    return Row(ill, other.code, other.name, talk, unread)


def unread(sitting: Seat) -> int:
    return talking.lie_here(sitting).filter(talking.unread(sitting)).count()
