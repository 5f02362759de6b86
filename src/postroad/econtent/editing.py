"""The directory of licensed resources: added, changed, checked, retired, put back.

Each change is kept with who made it. Names are texts, since what a person said stays when the
account has gone. Nothing is deleted: a right that is taken away stays in the history.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from postroad.directory.models import Library, Network
from postroad.econtent.models import FundingEnd, Resource, ResourceChange, Right
from postroad.errors import Refusal

FIELDS = (
    *("name", "kind", "subjects", "description", "provider", "address"),
    *("payer", "acknowledgement", "trial_until", "ends_on", "lending", "copying"),
    *("contact_name", "contact_email", "contact_phone", "training_guide", "vendor_guide"),
)
DAYS = frozenset({"trial_until", "ends_on", "checked_on"})
OF_A_RIGHT = ("who", "library", "network", "value", "how", "prefix", "ranges", "card_pattern")
LONGEST_SLUG = 60
PAGES = ("add", "funding", "lists", "report")  # stand where a resource of this name would

Verb = ResourceChange.Verb


class ChangedSince(Refusal):
    """What is to be put back was changed again; that goes first."""

    code = "resource-changed-since"


class UndoneAlready(Refusal):
    """It was put back already."""

    code = "resource-undone-already"


def add(facts: Mapping[str, Any], *, by: str, at: datetime | None = None) -> Resource:
    """A new resource; its address on the site is made of its name. The same one pressed twice is
    one."""
    at = at or timezone.now()
    try:
        return _add(facts, by, at)
    except IntegrityError:  # somebody took that address at the same moment
        return _add(facts, by, at)


@transaction.atomic
def _add(facts: Mapping[str, Any], by: str, at: datetime) -> Resource:
    today = timezone.localdate(at)
    resource = Resource(**facts, added_on=today, checked_on=today)
    told = {name: getattr(resource, name) for name in FIELDS}
    if same := Resource.objects.filter(active=True, **told).first():
        return same
    resource.slug = free_slug(resource.name)
    resource.save(force_insert=True)
    resource.changes.create(verb=Verb.ADD, at=at, by=by)
    return resource


def free_slug(name: str) -> str:
    """One that no resource has, from the words of a name."""
    wanted = slugify(name)[: LONGEST_SLUG - 4].strip("-") or "resource"
    taken = {*Resource.objects.filter(slug__startswith=wanted).values_list("slug", flat=True)}
    taken.update(PAGES)
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


@transaction.atomic
def change(
    resource: Resource,
    facts: Mapping[str, Any],
    *,
    by: str,
    at: datetime | None = None,
    verb: Verb = Verb.CHANGE,
    undoes: ResourceChange | None = None,
    ending: FundingEnd | None = None,
) -> ResourceChange | None:
    """Write what is different, and who said so; None where nothing is."""
    row = Resource.objects.select_for_update(no_key=True).get(pk=resource.pk)
    told = {
        name: [plain(getattr(row, name)), plain(value)]
        for name, value in facts.items()
        if getattr(row, name) != value
    }
    if not told:
        return None
    for name in told:
        setattr(row, name, facts[name])
        setattr(resource, name, facts[name])
    row.save(update_fields=list(told))
    return row.changes.create(
        verb=verb, at=at or timezone.now(), by=by, facts=told, undoes=undoes, ending=ending
    )


def check(resource: Resource, *, by: str, at: datetime | None = None) -> ResourceChange | None:
    """All that is on record of it is right today, as somebody says who looked."""
    at = at or timezone.now()
    return change(resource, {"checked_on": timezone.localdate(at)}, by=by, at=at, verb=Verb.CHECK)


def retire(resource: Resource, *, by: str, at: datetime | None = None) -> None:
    """It stands in no list and answers no request. Its page says so."""
    change(resource, {"active": False}, by=by, at=at, verb=Verb.RETIRE)


def bring_back(resource: Resource, *, by: str, at: datetime | None = None) -> None:
    change(resource, {"active": True}, by=by, at=at, verb=Verb.BRING_BACK)


@transaction.atomic
def give(
    resource: Resource, facts: Mapping[str, Any], *, by: str, at: datetime | None = None
) -> Right:
    """One group more may use it; pressed twice it is one."""
    Resource.objects.select_for_update(no_key=True).get(pk=resource.pk)
    if same := resource.rights.filter(**facts).first():
        return same
    right = Right.objects.create(resource=resource, **facts)
    _of_right(resource, right.pk, {}, said_of(right), by=by, at=at)
    return right


@transaction.atomic
def change_right(
    right: Right, facts: Mapping[str, Any], *, by: str, at: datetime | None = None
) -> ResourceChange | None:
    row = Right.objects.select_for_update(no_key=True, of=("self",)).filter(pk=right.pk).first()
    if row is None:  # taken away meanwhile
        raise ChangedSince(resource=right.resource.name)
    before = said_of(row)
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()
    return _of_right(row.resource, row.pk, before, said_of(row), by=by, at=at)


@transaction.atomic
def take_away(right: Right, *, by: str, at: datetime | None = None) -> None:
    """This group may use it no more; the history keeps what it was, and gives it back."""
    key, before = right.pk, said_of(right)
    if Right.objects.filter(pk=key).delete()[0]:
        _of_right(right.resource, key, before, {}, by=by, at=at)


def _of_right(
    resource: Resource,
    key: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    by: str,
    at: datetime | None,
    undoes: ResourceChange | None = None,
) -> ResourceChange | None:
    told = {
        name: [before.get(name), after.get(name)]
        for name in OF_A_RIGHT
        if (before.get(name) or None) != (after.get(name) or None)
    }
    if not told:
        return None
    return ResourceChange.objects.create(
        resource=resource,
        verb=Verb.RIGHT,
        at=at or timezone.now(),
        by=by,
        facts=told,
        right=key,
        undoes=undoes,
    )


@transaction.atomic
def undo(changed: ResourceChange, *, by: str, at: datetime | None = None) -> None:
    """Put back what stood before, if nobody has changed it again since."""
    resource = Resource.objects.select_for_update(no_key=True).get(pk=changed.resource_id)
    if ResourceChange.objects.filter(undoes=changed).exists():
        raise UndoneAlready(resource=resource.name)
    if changed.verb == Verb.RIGHT:
        _undo_right(resource, changed, by, at)
        return
    for name, (_before, after) in changed.facts.items():
        if plain(getattr(resource, name)) != after:
            raise ChangedSince(resource=resource.name)
    before = {name: read(name, before) for name, (before, _after) in changed.facts.items()}
    change(resource, before, by=by, at=at, undoes=changed, ending=changed.ending)


def _undo_right(resource: Resource, changed: ResourceChange, by: str, at: datetime | None) -> None:
    """The right has its key again, so that what was changed before can be put back, too."""
    key = changed.right or 0
    right = Right.objects.filter(pk=key).first()
    now = said_of(right) if right else {}
    before = {name: was for name, (was, _is) in changed.facts.items()}
    if any(
        (now.get(name) or None) != (kept or None) for name, (_was, kept) in changed.facts.items()
    ):
        raise ChangedSince(resource=resource.name)
    then = {**now, **before}
    if then.get("who") is None:
        Right.objects.filter(pk=key).delete()
        then = {}
    else:
        row = right or Right(pk=key, resource=resource)
        for name, value in then.items():
            setattr(row, name, read(name, value))
        row.save()
    _of_right(resource, key, now, then, by=by, at=at, undoes=changed)


def may_undo(changed: ResourceChange) -> bool:
    """Whether there is anything to put back: not of its beginning, and not twice. The end of a
    payer's money is taken back for all resources at once (`funding.undo`)."""
    return bool(changed.facts) and changed.ending_id is None and not hasattr(changed, "undone_by")


def said_of(right: Right) -> dict[str, Any]:
    return {name: plain(getattr(right, name)) for name in OF_A_RIGHT}


def plain(value: object) -> object:
    """As it is kept in the history."""
    if isinstance(value, Library | Network):
        return value.code
    return value.isoformat() if isinstance(value, date) else value


def read(name: str, kept: Any) -> Any:
    if kept is None:
        return None if name in DAYS | {"library", "network"} else ""
    if name in DAYS:
        return date.fromisoformat(kept)
    if name == "library":
        return Library.objects.filter(code=kept).first()
    if name == "network":
        return Network.objects.filter(code=kept).first()
    return kept
