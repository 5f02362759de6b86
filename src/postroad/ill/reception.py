"""What a bin brings to a library, before it is unpacked: for its hold shelf, home, or not for it.

`delivery` knows what is in the bin, and whose loan that is only we know.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from postroad.delivery import containers
from postroad.delivery.models import Container, Parcel
from postroad.directory.models import Library
from postroad.ill.lifecycle import LoanState
from postroad.ill.models import Loan


@dataclass(frozen=True, slots=True)
class Reception:
    """How many pieces a bin has for this library, and for which others."""

    hold_shelf: int
    home: int
    unknown: int  # nobody told us what it is
    elsewhere: int
    towns: list[str]  # of those others

    @property
    def here(self) -> int:
        return self.hold_shelf + self.home + self.unknown


def check(container: Container, library: Library) -> Reception:
    """In one query, whatever is in it."""
    wanted = Loan.objects.filter(
        parcel_out=OuterRef("pk"), state=LoanState.SHIPPED, request__library=library
    )
    homeward = Loan.objects.filter(parcel_home=OuterRef("pk"), supply__lender=library)
    rows = (
        Parcel.objects.open()
        .filter(containers.within(container))
        .annotate(wanted=Exists(wanted), homeward=Exists(homeward))
        .values_list("to_library", "to_library__town", "wanted", "homeward")
    )
    found = list(rows)
    mine = [(hold, home) for to, _town, hold, home in found if to == library.pk]
    return Reception(
        hold_shelf=sum(hold for hold, _home in mine),
        home=sum(home for _hold, home in mine),
        unknown=sum(not hold and not home for hold, home in mine),
        elsewhere=len(found) - len(mine),
        towns=sorted({town for to, town, _hold, _home in found if to != library.pk}),
    )
