"""Libraries outside the consortium: found by name or symbol, and added when first dealt with."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from postroad.directory import records
from postroad.directory.models import Authority, Library, Membership, Symbol
from postroad.directory.symbols import LONGEST, normalize
from postroad.errors import Refusal

MOST = 8  # that are offered for a few letters


class SymbolTaken(Refusal):
    """This symbol is another library's, and no umbrella."""

    code = "symbol-taken"


def named(text: str) -> list[Library]:
    """Those that are called exactly so: by the whole name, or by a symbol."""
    name = tidy(text)
    called = Q(name__iexact=name) | Q(symbols__value=normalize(name)[:LONGEST])
    return _listed(called) if name else []


def like(text: str, most: int = MOST) -> list[Library]:
    """Those with all of these words in their name or town, or with a symbol that begins so."""
    words = tidy(text).split()[:MOST]
    if not words:
        return []
    alike = Q()
    for word in words:
        alike &= Q(name__icontains=word) | Q(town__icontains=word)
    begins = normalize("".join(words))[:LONGEST]
    return _listed(alike | Q(symbols__value__startswith=begins), most)


def known(most: int) -> list[Library]:
    """Those that were added last: what is offered before anything is typed."""
    keys = Library.objects.outside().order_by("-pk").values_list("pk", flat=True)[:most]
    return _listed(Q(pk__in=list(keys)))


def _listed(which: Q, most: int = MOST) -> list[Library]:
    found = Library.objects.outside().filter(which).distinct().prefetch_related("symbols")
    return list(found.order_by("name", "town", "pk")[:most])


@transaction.atomic
def add(
    name: str,
    *,
    by: str,
    town: str = "",
    state: str = "",
    symbol: str = "",
    authority: str = "",
    at: datetime | None = None,
) -> Library:
    """A library that nobody here had dealt with. Of its days nothing is known."""
    value, authority = normalize(symbol), authority or Authority.OCLC
    if holder := _holder(authority, value):
        raise SymbolTaken(symbol=value, library=holder)
    facts = {"name": tidy(name)[:160], "town": tidy(town)[:60], "state": state}
    never = {"membership": Membership.OUTSIDE, "open_days": ""}
    added = records.add({**facts, **never}, by=by, at=at)
    if value:
        try:
            with transaction.atomic():
                records.keep(Symbol(library=added, authority=authority, value=value), by=by, at=at)
        except IntegrityError as just_taken:
            raise SymbolTaken(symbol=value, library=_holder(authority, value)) from just_taken
    return added


def _holder(authority: str, value: str) -> str:
    """The name of the library that has this symbol for itself, or nothing."""
    taken = Symbol.objects.filter(authority=authority, value=value, umbrella=False)
    return taken.values_list("library__name", flat=True).first() or ""


def tidy(text: str) -> str:
    """Without what nobody sees: the same name is one however it is spaced."""
    return " ".join(text.split())


def about(library: Library) -> str:
    """What tells it from others of its name: place and symbols."""
    place = ", ".join(part for part in (library.town, library.state) if part)
    return " · ".join(part for part in (place, *_values(library)) if part)


def _values(library: Library) -> Sequence[str]:
    return [symbol.value for symbol in library.symbols.all()]
