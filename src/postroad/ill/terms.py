"""On which terms a thing is lent: as they stand on the day on which it leaves (R14)."""

from datetime import datetime
from typing import Any

from postroad.directory import agreements, network_rules
from postroad.directory.models import Agreement
from postroad.ill.models import Supply


def of(supply: Supply, at: datetime) -> dict[str, Any]:
    """What an attempt keeps of them: of a member its policy or its
    network's rules; of a lender elsewhere, which names its
    own day, what that day means."""
    agreed = agreements.between(supply.lender, supply.request.library, supply.lender.day_of(at))
    means = {"due_means": agreed.due_means if agreed else Agreement.DueMeans.AT_BORROWER}
    if supply.is_outside:
        return means
    terms = network_rules.terms(supply.lender, supply.lender.day_of(at))
    return {
        "loan_days": terms.loan_days,
        "renewals_allowed": terms.renewals,
        "renewal_days": supply.lender.rules.renewal_days,
        **means,
    }
