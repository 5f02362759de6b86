"""What came to a borrowing desk though nothing that bears its number was sent there."""

from dataclasses import dataclass

from postroad.catalogue.models import Item
from postroad.directory.models import Library
from postroad.ill import arrivals, finding
from postroad.ill.lifecycle import ON_LOAN, LoanState, State
from postroad.ill.lookup import items
from postroad.ill.models import Loan, Supply
from postroad.ill.models.request import together

# Where a reader waits for it, or has it: of what is on its way home nobody has sent a second.
HERE_OR_COMING = ON_LOAN - {State.HOMEWARD}


@dataclass(frozen=True, slots=True)
class Instead:
    """A copy of a library that has sent something else here. Nothing was changed."""

    item: Item
    sent: tuple[Loan, ...]  # what it may have come in place of

    @property
    def loan(self) -> Loan | None:
        """What it has come in place of, if that is plain."""
        return self.sent[0] if len(self.sent) == 1 else None

    @property
    def will_do(self) -> bool:
        return self.loan is not None and arrivals.will_do(self.loan, self.item)


def instead(library: Library, text: str) -> Instead | None:
    """What a copy that is not expected here may have come in place of."""
    for item in _at_large(text):
        sent = list(
            Loan.objects.open()
            .borrowed_by(library)
            .filter(lender=item.library, state=LoanState.SHIPPED)
            .select_related("request__library", "supply__lender", "item", "parcel_out")
        )
        for loan in sent:
            together(loan.request, None, loan)
        if sent:
            alike = [loan for loan in sent if arrivals.will_do(loan, item)]
            return Instead(item, tuple(alike or sent))
    return None


def second(library: Library, text: str) -> tuple[Supply, Item] | None:
    """A copy of a title that came to this library already for one of its readers: the attempt by
    which its library may have sent it, too."""
    for item in _at_large(text):
        asked = Supply.objects.of_members().filter(finding.served_by(item), lender=item.library)
        asked = asked.filter(request__library=library, request__state__in=HERE_OR_COMING)
        open_ones = asked.select_related("request__library", "lender__policy", "item")
        found = [
            supply
            for supply in open_ones.order_by("-attempt")
            if supply.is_open or supply.ending in finding.MAY_COME
        ]
        if found:
            return found[0], item
    return None


def _at_large(text: str) -> list[Item]:
    """The copies that bear this barcode and are not known to be anywhere else."""
    found = items(text)
    out = Loan.objects.open().filter(item__in=found).values_list("item", flat=True)
    away = set(out)
    return [item for item in found if item.pk not in away]
