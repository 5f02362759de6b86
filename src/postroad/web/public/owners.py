"""Who owns a record, and whether each could lend it: as its page shows them."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.catalogue import holdings
from postroad.catalogue.holdings import Holding
from postroad.catalogue.models import Record
from postroad.directory.models import Library
from postroad.ill import prospects, rota
from postroad.ill.rota import Lender, WhyNot


@dataclass(frozen=True, slots=True)
class Owner:
    """A library that owns the record, and whether it could lend it, today or when it opens."""

    turn: int  # its place in the order in which they are asked
    library: Library
    holding: Holding
    why_not: str
    arrives: date | None
    miles: int | None
    opens: date | None = None  # the day on which it lends again, of one that does not today

    @property
    def able(self) -> bool:
        return not self.why_not

    @property
    def soon(self) -> tuple[date, date]:
        """When a copy can come; where nobody knows where to, from when it can leave."""
        return self.arrives or date.max, self.opens or date.min


def of(shown: Record, home: Library | None) -> list[Owner]:
    """Who owns it: the reader's own library, then those that could lend it, by how soon a copy can
    come; of two on one day first who is asked first."""
    held = {holding.library_id: holding for holding in holdings.counts(shown)}
    libraries = {each.code: each for each in Library.objects.filter(pk__in=held)}
    lenders = prospects.gather(shown, home or Library(), timezone.now())
    found = [
        owner(place, lender, libraries[lender.code], held[libraries[lender.code].pk], home)
        for place, lender in enumerate(sorted(lenders, key=rota.turn))
    ]
    return sorted(found, key=lambda each: (each.library != home, not each.able, each.soon))


def owner(
    turn: int, lender: Lender, library: Library, holding: Holding, home: Library | None
) -> Owner:
    return Owner(
        turn=turn,
        library=library,
        holding=holding,
        why_not=reason(lender, holding, home),
        arrives=lender.arrives if home else None,
        miles=None if lender.miles is None else round(lender.miles),
        opens=lender.lending_on if lender.lending_on != lender.today else None,
    )


def reason(lender: Lender, holding: Holding, home: Library | None) -> str:
    """Why it cannot lend it these days, in words; nothing if it can."""
    why = rota.why_not(lender)
    if why is None or (home is None and why is WhyNot.NO_DELIVERY_THERE):
        return str(_("it did not find its copy when it was asked")) if lender.doubted else ""
    if why is WhyNot.BORROWER and not holding.on_shelf:
        return str(_("your own library, and no copy is on the shelf"))
    if why is WhyNot.NO_COPY and holding.in_library_only:
        return str(_("to be used in the library only"))
    return str(words.ill.WHY_NOT_TODAY.get(why, why))
