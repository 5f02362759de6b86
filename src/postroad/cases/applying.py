"""A library asks to join a network: asked, taken in, refused, and either put back.

An application is a case of the ILL center, so it has an owner and a clock, and who asked reads the
answer by the link of a letter. Taken in, the library begins to come in step by step (`Joining`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from postroad.accounts import roles
from postroad.accounts.models import Role, User
from postroad.cases import handling
from postroad.cases.lifecycle import Ending
from postroad.cases.models import Application, Case, Decision, Kind, visitor_and
from postroad.directory import records
from postroad.directory.models import Library, Membership, Network
from postroad.errors import Refusal

SAID = ("name", "town", "state", "kind", "phone", "system", "titles")


class TakesNone(Refusal):
    """The network takes no applications, at least not now."""

    code = "network-takes-no-applications"


class DecidedAlready(Refusal):
    """Somebody was faster."""

    code = "application-decided-already"


class NotDecided(Refusal):
    """There is nothing to put back."""

    code = "application-not-decided"


class ReasonWanted(Refusal):
    """Who is refused hears why."""

    code = "application-reason-wanted"


class CenterTakesItIn(Refusal):
    """The form names a library that is known here already: anybody may have sent it, so the center
    asks that library."""

    code = "application-of-a-known-library"


class InAnotherNetwork(Refusal):
    """The library belongs to another network; it leaves that first."""

    code = "application-of-another-network"


@transaction.atomic
def ask(
    network: Network,
    facts: Mapping[str, Any],
    *,
    text: str,
    name: str,
    email: str,
    key: UUID | None = None,
    at: datetime | None = None,
) -> Application:
    """A case begins, and with it the application; the same form sent twice begins one."""
    if not network.takes_applications:
        raise TakesNone(network=network.name)
    case = handling.ask(
        visitor_and(Role.CENTRE),
        kind=Kind.JOINING,
        subject=f"{facts['name']}, {facts['town']}: {network.name}",
        text=text,
        name=name,
        email=email,
        about=f"network:{network.code}",
        key=key,
        at=at,
    )
    said = {each: facts[each] for each in SAID}
    return Application.objects.get_or_create(case=case, defaults={"network": network, **said})[0]


def waiting(network: Network | None = None) -> QuerySet[Application]:
    """What nobody has decided, and who asked has not withdrawn."""
    found = Application.objects.filter(decision="", case__closed_at=None)
    return found.filter(network=network) if network is not None else found


def ended(network: Network) -> QuerySet[Application]:
    """What was decided, and what was closed or withdrawn without a decision; the newest first."""
    found = Application.objects.filter(network=network)
    over = found.exclude(decision="", case__closed_at=None)
    return over.order_by(Coalesce("decided_at", "case__closed_at").desc(), "-pk")


def alike(application: Application) -> Library | None:
    """The library of this name and town that we know already."""
    return known_here(application.name, application.town, application.state)


def known_here(name: str, town: str, state: str) -> Library | None:
    """The one that takes part before one that did."""
    same = Library.objects.exclude(membership=Membership.OUTSIDE).filter(
        name__iexact=name, town__iexact=town, state=state
    )
    return same.order_by("-active", "pk").first()


TAKE_IN_ANYBODY = (Role.CENTRE, Role.OPERATOR)


@transaction.atomic
def take_in(
    application: Application, text: str, *, by: User, at: datetime | None = None
) -> Library:
    """Its library becomes a member of the network and begins to come in; who asked is answered.

    Raises InAnotherNetwork; and CenterTakesItIn where a network's own office takes in a library
    that is known here: it may not have asked itself.
    """
    at = at or timezone.now()
    row = _undecided(application)
    library = alike(row)
    known = library is not None and library.active
    if library is not None and not roles.has_any(by, TAKE_IN_ANYBODY):
        raise CenterTakesItIn(library=library.name)
    if library is None:
        library = _added(row, by=str(by), at=at)
    elif library.network_id not in (None, row.network_id):
        raise InAnotherNetwork(library=library.name)
    else:
        records.change(library, {"network": row.network}, by=str(by), at=at)
        if not library.active:
            records.bring_back(library, by=str(by), at=at)
    records.begin_joining(library, by=str(by), at=at)
    _decide(row, Decision.TAKEN_IN, by=by, at=at, library=library, was_member=known)
    _answer(row, text, Ending.SETTLED, by=by, at=at)
    _follow(application, row)
    return library


@transaction.atomic
def refuse(application: Application, reason: str, *, by: User, at: datetime | None = None) -> None:
    """Who asked hears why, and may write again."""
    at, reason = at or timezone.now(), handling.plain(reason)
    if not reason:
        raise ReasonWanted
    row = _undecided(application)
    _decide(row, Decision.REFUSED, by=by, at=at, reason=reason[:1000])
    _answer(row, reason, Ending.NOTHING, by=by, at=at)
    _follow(application, row)


@transaction.atomic
def undo(application: Application, text: str, *, by: User, at: datetime | None = None) -> None:
    """The application waits again. A library that came in by it takes part no more; one that was
    here before only leaves the network. One that has left the network since is not touched. Who
    asked is told, if there is a word for her."""
    at = at or timezone.now()
    row = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if not row.decision:
        raise NotDecided
    library = row.library
    if library is not None and library.network_id not in (None, row.network_id):
        raise InAnotherNetwork(library=library.name)
    if row.decision == Decision.TAKEN_IN and library is not None and library.network_id:
        records.change(library, {"network": None}, by=str(by), at=at)
        if not row.was_member:
            records.retire(library, by=str(by), at=at)
    Application.objects.filter(pk=row.pk).update(
        decision="", decided_at=None, decided_by="", reason="", library=None, was_member=False
    )
    case = _case(row)
    if not case.is_open:
        handling.reopen(case, by=by, name=row.network.name, at=at)
    if handling.plain(text):
        handling.answer(case, text, by=by, name=row.network.name, at=at)
    _follow(application, Application.objects.get(pk=row.pk))


def _undecided(application: Application) -> Application:
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("network", "case__thread")
        .get(pk=application.pk)
    )
    if row.decision:
        raise DecidedAlready(name=row.name)
    return row


def _added(row: Application, *, by: str, at: datetime) -> Library:
    """Without the address of who asked, which was not given to be published."""
    facts = {
        "name": row.name,
        "town": row.town,
        "state": row.state,
        "kind": row.kind,
        "network": row.network,
        "phone": row.phone,
        "open_days": "",  # not known
    }
    return records.add(facts, by=by, at=at)


def _decide(
    row: Application,
    decision: Decision,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    library: Library | None = None,
    was_member: bool = False,
) -> None:
    row.decision, row.decided_at, row.decided_by = decision, at, str(by)[:150]
    row.reason, row.library, row.was_member = reason, library, was_member
    row.save()


def _answer(row: Application, text: str, ending: Ending, *, by: User, at: datetime) -> None:
    case = _case(row)
    if not case.is_open:
        handling.reopen(case, by=by, name=row.network.name, at=at)
    handling.answer(case, text, by=by, name=row.network.name, closes=ending, at=at)


def _case(row: Application) -> Case:
    return Case.objects.shown().get(pk=row.case_id)


def _follow(application: Application, row: Application) -> None:
    """The object that was given says what the row says."""
    for field in ("decision", "decided_at", "decided_by", "reason", "library", "was_member"):
        setattr(application, field, getattr(row, field))
