"""What her library's desk can do for the reader of a request: the way on after a no, a word where
no mail reaches her, her copy on paper."""

from typing import Any

from postroad.accounts.models import BORROWING
from postroad.ill.models import Request
from postroad.notices import handing_over, reach
from postroad.web.shared import next_step
from postroad.web.shared.gates import SignedIn
from postroad.web.staff.counter import works


def at_desk(request: SignedIn, ill: Request) -> dict[str, Any]:
    """The center, where it acts for a library, neither meets its readers nor holds their copies."""
    on = next_step.at_desk(ill)
    if request.user.stands_in_for is not None or not works(request.user, ill.library, BORROWING):
        return on
    return {**on, "to_tell": reach.is_to_tell(ill), "hands_over": handing_over.may(ill)}
