"""On which terms a thing is lent: as they stand on the day on which it leaves (R14)."""

from datetime import datetime
from typing import Any

from postroad.directory import agreements
from postroad.directory.models import Agreement
from postroad.ill.models import Supply


def of(supply: Supply, at: datetime) -> dict[str, Any]:
    """What an attempt keeps of them: of a member its policy; of a lender elsewhere, which names its
    own day, what that day means."""
    agreed = agreements.between(supply.lender, supply.request.library, supply.lender.day_of(at))
    means = {"due_means": agreed.due_means if agreed else Agreement.DueMeans.AT_BORROWER}
    if supply.is_outside:
        return means
    policy = supply.lender.rules
    return {
        "loan_days": policy.loan_days,
        "renewals_allowed": policy.renewals,
        "renewal_days": policy.renewal_days,
        **means,
    }
