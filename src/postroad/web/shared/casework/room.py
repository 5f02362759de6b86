"""Where somebody works on cases: an office, or a library's desk."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from postroad.accounts.models import Role, User
from postroad.cases import access
from postroad.cases.access import NoSuchCase, Seat
from postroad.cases.lifecycle import Side
from postroad.cases.models import CannedAnswer, Case, Thread
from postroad.directory.models import Library
from postroad.web.shared import gates


@dataclass(frozen=True, slots=True)
class Room:
    """The addresses begin with its name; `seat` says whose cases lie here."""

    name: str  # "office" or "staff"
    seat: Seat
    user: User
    library: Library | None = None

    def url(self, page: str, *args: object) -> str:
        return reverse(f"{self.name}-{page}", args=args)

    @property
    def signs_as(self) -> str:
        """The name under which an answer goes out."""
        if self.library is not None:
            return f"{self.user}, {self.library.name}"
        offices = [Role(role).label for role in sorted(self.seat.offices)]
        return f"{self.user}, {offices[0]}" if offices else str(self.user)

    def case(self, number: str) -> tuple[Case, Side]:
        """A case that lies here, and the side on which this room sits; or as if there were none."""
        case, found = access.case_for(self.user, number)
        here = [side for side in access.sides(self.seat, case.thread) if side in found]
        if not here:
            raise NoSuchCase(number=number)
        return case, here[0]

    def canned(self) -> QuerySet[CannedAnswer]:
        """The texts that are this room's."""
        if self.library is not None:
            return CannedAnswer.objects.filter(library=self.library)
        return CannedAnswer.objects.filter(office__in=self.seat.offices)

    def colleagues(self, thread: Thread) -> list[User]:
        """Who answers what is said in this thread, by name."""
        held = User.objects.filter(is_active=True)
        if thread.office_answers:
            held = held.filter(posts__role=thread.office, posts__library=None)
        else:
            held = held.filter(posts__library=thread.answering_id)
        people = held.distinct().order_by("first_name", "last_name", "username")
        return [
            each
            for each in people.prefetch_related("posts")
            if Side.ANSWERER in access.sides(access.seat(each), thread)
        ]


def office(request: HttpRequest) -> Room:
    """The offices in which this person works; her libraries' cases lie at their desks."""
    user = _signed_in(request)
    sitting = access.seat(user)
    return Room("office", Seat(sitting.offices, frozenset(), frozenset()), user)


def staff(request: HttpRequest) -> Room:
    """The desk at which this person sits just now."""
    return at(_signed_in(request), gates.desk(request).library)


def at(user: User, library: Library) -> Room:
    return Room("staff", access.seat(user).narrowed(library), user, library)


def staff_of(request: HttpRequest, number: str) -> Room:
    """The desk at which this person sits, or another of hers if the case lies there: a letter leads
    to it from anywhere."""
    user, here = _signed_in(request), staff(request)
    case, _sides = access.case_for(user, number)
    others = (at(user, desk.library) for desk in gates.desks(user))
    found = (each for each in (here, *others) if access.sides(each.seat, case.thread))
    return next(found, here)


def _signed_in(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the gate
    return request.user


Context = dict[str, Any]
