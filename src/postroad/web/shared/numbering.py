"""The numbers of other systems, as the pages of a request show them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.utils.translation import gettext as _

from postroad import words
from postroad.ill import access, numbering
from postroad.ill.models import Number, Request, Supply
from postroad.reference_numbers import grouped
from postroad.web.shared.gates import SignedIn


@dataclass(frozen=True, slots=True)
class Shown:
    """A number with what it is called, and which lender's attempt it is of."""

    number: Number
    label: str
    lender: str


def shown(ill: Request, supplies: Collection[int] | None = None) -> list[Shown]:
    """Those that stand on a request; with `supplies` (their keys), of the attempts only theirs."""
    standing = Number.objects.standing().filter(request=ill).select_related("supply__lender")
    return [
        of(number)
        for number in standing
        if supplies is None or number.supply_id is None or number.supply_id in supplies
    ]


def of(number: Number) -> Shown:
    lender = number.supply.lender_name if number.supply else ""
    return Shown(number, words.label(words.ill.NUMBER_SYSTEMS, number.system), lender)


def through(supply: Supply, numbers: Iterable[Shown]) -> str:
    """In which system an outside lender was asked, and under which number."""
    own = next((each.number.typed for each in numbers if each.number.supply_id == supply.pk), "")
    return words.ill.asked_through(supply.outside_system, own)


def warn_if_shared(request: SignedIn, numbers: Iterable[Number]) -> None:
    """Say so where another open request bears one of these numbers; it stands all the same."""
    for number in numbers:
        others = numbering.also_on([number])
        if not others:
            continue
        known = [grouped(ill.ref) for ill in others if access.sight(request.user, ill)]
        facts = {
            "label": words.label(words.ill.NUMBER_SYSTEMS, number.system),
            "number": number.typed,
            "refs": _(" and ").join(known) or _("of another library"),
        }
        said = _(
            "Please check: %(label)s %(number)s is also on open request %(refs)s. Copies for one "
            "book club may share a number; otherwise one of the two is wrong."
        )
        messages.warning(request, said % facts)
