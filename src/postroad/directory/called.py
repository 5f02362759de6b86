"""Libraries by what people call them: a name, a town, a symbol, the van's code.

A symbol that is an umbrella's means all under it, so it decides nothing.
"""

from django.db.models import Q

from postroad.directory.models import Kind, Library, Symbol
from postroad.directory.symbols import LONGEST, normalize

MOST = 20  # that are listed to choose from
WORDS = 8  # of a name that are looked for


def called(text: str, most: int = MOST) -> list[Library]:
    """The libraries that may be meant, those in the town of that name first; one alone is the one.

    A code or symbol in capitals means the one that has it, whatever names have these letters too.
    """
    plain = " ".join(text.replace("\x00", "").split())
    if not plain:
        return []
    coded = _coded(plain)
    if len(coded) == 1 and plain == plain.upper() and not plain.isdigit():
        return coded
    exact = _listed(Q(name__iexact=plain), most)
    if len(exact) == 1:
        return exact
    alike = Q()
    for word in plain.split()[:WORDS]:
        alike &= Q(name__icontains=word) | Q(town__icontains=word)
    in_town = _listed(Q(town__iexact=plain), most)
    found = [*coded, *in_town, *_listed(alike, most)]
    return list(dict.fromkeys(found))[:most]


def named(text: str, most: int = MOST) -> list[Library]:
    """The same for a form on which one is to be named: whoever types a code, however written, means
    the library that has it. So a page that says "type the code" can be obeyed."""
    coded = _listed(Q(code__iexact=" ".join(text.replace("\x00", "").split())), most)
    return coded if len(coded) == 1 else called(text, most)


def _coded(plain: str) -> list[Library]:
    """By our code, Rhode Island's three letters, or a symbol of any authority."""
    symbol = normalize(plain)[:LONGEST]
    under = Symbol.objects.filter(value=symbol).values("library")
    return _listed(Q(code__iexact=plain) | Q(delivery_code=symbol[:4]) | Q(pk__in=under), MOST)


def _listed(which: Q, most: int) -> list[Library]:
    takes_part = Library.objects.filter(active=True).exclude(kind=Kind.CENTRE)
    return list(takes_part.filter(which).order_by("town", "name", "pk")[:most])
