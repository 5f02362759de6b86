"""Who of the ILL center looks after a request: taken, taken over, handed on, given back.

It moves no state and no clock. Of two at once the second is told who has it.
"""

from collections.abc import Iterable

from django.db import transaction

from postroad.accounts import roles
from postroad.accounts.models import Role, User
from postroad.errors import Refusal
from postroad.ill.acts import Act
from postroad.ill.lifecycle import OutOfTurn, Verb
from postroad.ill.models import Event, MovedMeanwhile, Request

MANAGED = frozenset({Verb.ASSIGN, Verb.UNASSIGN})


class ManagedByOther(Refusal):
    """Somebody else looks after it than the page has shown."""

    code = "managed-by-other"


class ManagedByNobody(Refusal):
    """Whoever looked after it has given it back."""

    code = "managed-by-nobody"


class ManagerAway(Refusal):
    """Whoever should look after it is away, or works elsewhere."""

    code = "manager-away"


@transaction.atomic
def assign(ill: Request, act: Act, to: User, *, instead_of: int | None = None) -> Event | None:
    """Somebody of the center looks after it, in place of nobody or of whom the page has shown.

    None, if she does already.
    """
    _refuse_closed(ill)
    if ill.managed_by_id == to.pk:
        return None
    if ill.managed_by_id != instead_of:
        raise _other(ill)
    if not roles.has(to, Role.CENTRE) or (to != act.by and to.is_away(act.at.date())):
        raise ManagerAway(name=str(to), ref=ill.ref)
    return _written(ill, Verb.ASSIGN, act, to, _said(ill, to))


def _refuse_closed(ill: Request) -> None:
    if not ill.is_open:
        raise OutOfTurn(verb=Verb.ASSIGN, part="wish", state=ill.state, ref=ill.ref)


def _said(ill: Request, to: User) -> dict[str, object]:
    said: dict[str, object] = {"manager": str(to)}
    if ill.managed_by is not None:
        said |= {"instead_of": str(ill.managed_by), "instead_of_key": ill.managed_by.pk}
    return said


@transaction.atomic
def give_back(ill: Request, act: Act) -> Event:
    """Whoever looks after it does so no more."""
    if ill.managed_by is None or ill.managed_by != act.by:
        raise _other(ill)
    return _written(ill, Verb.UNASSIGN, act, None, {"manager": str(ill.managed_by)})


def taken_over(events: Iterable[Event], by: User) -> Event | None:
    """The event by which this person took it over, or handed it on, if nobody has had it since: it
    can be undone."""
    newest = max((each for each in events if each.verb in MANAGED), key=_key, default=None)
    if newest is None or newest.by_id != by.pk or newest.verb != Verb.ASSIGN:
        return None
    return newest if "instead_of_key" in newest.facts else None


def _key(event: Event) -> int:
    return event.pk


@transaction.atomic
def undo(ill: Request, act: Act, event: int) -> Event:
    """Whoever looked after it before does so again, away or not."""
    _refuse_closed(ill)
    assert act.by is not None  # a person presses it
    last = taken_over(ill.events.filter(verb__in=MANAGED), act.by)
    if last is None or last.pk != event:
        raise _other(ill)
    was = User.objects.filter(pk=last.facts["instead_of_key"], is_active=True).first()
    if was is None or not roles.has(was, Role.CENTRE):
        raise ManagerAway(name=last.facts["instead_of"], ref=ill.ref)
    return _written(ill, Verb.ASSIGN, act, was, _said(ill, was))


def _written(
    ill: Request, verb: Verb, act: Act, manager: User | None, said: dict[str, object]
) -> Event:
    before = ill.managed_by_id
    try:
        ill.seal(verb, managed_by=manager)
        return ill.write_down(verb, act, said=said)
    except MovedMeanwhile:
        now = Request.objects.select_related("managed_by").get(pk=ill.pk)
        if now.managed_by_id != before:
            raise _other(now) from None
        raise


def _other(ill: Request) -> Refusal:
    if ill.managed_by is None:
        return ManagedByNobody(ref=ill.ref)
    return ManagedByOther(name=str(ill.managed_by), ref=ill.ref)
