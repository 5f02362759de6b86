"""A library's record: added, changed, confirmed, retired and brought back.

Each change is kept with who made it, and each field with who last said that it is right. Names are
texts, since what a person said stays when the account has gone.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify

from postroad.directory import hours
from postroad.directory.models import (
    Address,
    Confirmation,
    Contact,
    Joining,
    Library,
    LibraryChange,
    Policy,
    SpecialHours,
    Symbol,
)
from postroad.errors import Refusal

FIELDS = (
    "name",
    "town",
    "state",
    "kind",
    "network",
    "email",
    "phone",
    "website",
    "open_days",
    "hours",
    "delivery_code",
)
OF_THE_CENTER = frozenset({"name", "state", "kind", "network", "delivery_code"})
LONGEST_CODE = 16

Verb = LibraryChange.Verb
Said = Contact | Address | Symbol | SpecialHours  # rows that bear who confirmed them


class CodeTaken(Refusal):
    """Another library has this code, maybe a retired one."""

    code = "library-code-taken"


@transaction.atomic
def add(facts: Mapping[str, Any], *, by: str, at: datetime | None = None) -> Library:
    """A new library, with the usual policy; its code is made of its name where none is given."""
    at = at or timezone.now()
    code = facts.get("code") or free_code(facts["name"])
    try:
        with transaction.atomic():
            library = Library.objects.create(**{**facts, "code": code})
    except IntegrityError as taken:
        raise CodeTaken(library=code) from taken
    if not library.is_outside:
        Policy.objects.create(library=library)
    library.changes.create(verb=Verb.ADD, at=at, by=by)
    confirm(library, [name for name in FIELDS if facts.get(name)], by=by, on=timezone.localdate(at))
    return library


def free_code(name: str) -> str:
    """A code that no library has had, from the words of a name."""
    wanted = slugify(name)[:LONGEST_CODE].strip("-") or "library"
    taken = set(
        Library.objects.filter(code__startswith=wanted[: LONGEST_CODE - 4]).values_list(
            "code", flat=True
        )
    )
    number, code = 1, wanted
    while code in taken:
        number += 1
        code = f"{wanted[: LONGEST_CODE - 1 - len(str(number))].strip('-')}-{number}"
    return code


@transaction.atomic
def change(
    library: Library, facts: Mapping[str, Any], *, by: str, at: datetime | None = None
) -> list[str]:
    """Write what is different, say who said so, and tell which fields that were.

    Everything else keeps who confirmed it. A day that is no opening day any more has no hours.
    """
    at = at or timezone.now()
    row = Library.objects.select_for_update(no_key=True, of=("self",)).get(pk=library.pk)
    if "open_days" in facts:
        facts = {**facts, "hours": hours.fit(facts["open_days"], facts.get("hours", row.hours))}
    told = {
        name: [shown(getattr(row, name)), shown(value)]
        for name, value in facts.items()
        if getattr(row, name) != value
    }
    if told:
        for name in told:
            setattr(row, name, facts[name])
            setattr(library, name, facts[name])
        row.save(update_fields=list(told))
        row.changes.create(verb=Verb.CHANGE, at=at, by=by, facts=told)
        confirm(row, told, by=by, on=timezone.localdate(at))
    return list(told)


def shown(value: object) -> str:
    return "" if value is None else str(value)


def confirm(library: Library, fields: Collection[str], *, by: str, on: date) -> None:
    """These fields of the record are right, as somebody says who should know."""
    confirm_each([(library, name) for name in fields], by=by, on=on)


def confirm_each(said: Collection[tuple[Library, str]], *, by: str, on: date) -> None:
    Confirmation.objects.bulk_create(
        [
            Confirmation(library=library, field=name, confirmed_on=on, confirmed_by=by)
            for library, name in said
        ],
        update_conflicts=True,
        unique_fields=["library", "field"],
        update_fields=["confirmed_on", "confirmed_by"],
    )


@transaction.atomic
def confirm_all(library: Library, *, by: str, on: date) -> None:
    """All that is on record of it is right: the filled fields, special hours, symbols, contacts,
    addresses."""
    confirm(library, [name for name in FIELDS if getattr(library, name)], by=by, on=on)
    of_it = (library.symbols, library.contacts, library.addresses, library.special_hours)
    for rows in of_it:
        rows.update(confirmed_on=on, confirmed_by=by)


@transaction.atomic
def keep(row: Said, *, by: str, at: datetime | None = None) -> None:
    """A contact, an address or a symbol, new or changed, and who says so."""
    at = at or timezone.now()
    row.confirmed_on, row.confirmed_by = timezone.localdate(at), by
    before = type(row).objects.filter(pk=row.pk).first() if row.pk else None
    row.save()
    if row.library is not None:
        row.library.changes.create(
            verb=Verb.CHANGE, at=at, by=by, facts={kind_of(row): [before and str(before), str(row)]}
        )


@transaction.atomic
def remove(row: Said, *, by: str, at: datetime | None = None) -> None:
    """The history keeps what it said."""
    if row.library is not None:
        row.library.changes.create(
            verb=Verb.CHANGE, at=at or timezone.now(), by=by, facts={kind_of(row): [str(row), None]}
        )
    row.delete()


def kind_of(row: Said) -> str:
    """Under which name it stands among the facts of a change."""
    return row._meta.model_name or ""


def retire(library: Library, *, by: str, at: datetime | None = None) -> None:
    """It takes part no more: it stands in no list and is asked for nothing. What it has out comes
    home as ever."""
    _set_active(library, Verb.RETIRE, active=False, by=by, at=at)


def bring_back(library: Library, *, by: str, at: datetime | None = None) -> None:
    _set_active(library, Verb.BRING_BACK, active=True, by=by, at=at)


@transaction.atomic
def supply_documents(
    library: Library, *, supplies: bool, by: str, at: datetime | None = None
) -> None:
    """Whether it is asked for copies that no member is known to have."""
    policy, _made = Policy.objects.get_or_create(library=library)
    other = Policy.objects.filter(pk=policy.pk, supplies_documents=not supplies)
    if other.update(supplies_documents=supplies):
        verb = Verb.SUPPLY if supplies else Verb.SUPPLY_NO_MORE
        library.changes.create(verb=verb, at=at or timezone.now(), by=by)


@transaction.atomic
def _set_active(library: Library, verb: str, *, active: bool, by: str, at: datetime | None) -> None:
    if Library.objects.filter(pk=library.pk, active=not active).update(active=active):
        library.changes.create(verb=verb, at=at or timezone.now(), by=by)
    library.active = active


def begin_joining(library: Library, *, by: str, at: datetime | None = None) -> Joining:
    """The way by which a library comes in; begun once, and taken up again where it was left."""
    facts = {"begun_at": at or timezone.now(), "begun_by": by}
    return Joining.objects.get_or_create(library=library, defaults=facts)[0]
