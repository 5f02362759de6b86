"""What an outside lender sent and nobody has received: the text that asks the owner (R9)."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _

from postroad import words
from postroad.catalogue import citation
from postroad.directory.models import Contact, Library
from postroad.ill import numbering
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from postroad.reference_numbers import grouped


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Whom to write to, and what; it names no reader."""

    to: str  # an e-mail address; nothing, where none is known
    subject: str
    text: str

    @property
    def mailto(self) -> str:
        return f"mailto:{quote(self.to)}?subject={quote(self.subject)}&body={quote(self.text)}"


def inquiry(ill: Request) -> Inquiry | None:
    """Once the days of a loan by mail are over and it has not come."""
    supply, loan = ill.supply, ill.loan
    if supply is None or loan is None or not supply.is_outside:
        return None
    if ill.state != State.SHIPPED or not loan.reminders:
        return None
    number = numbering.of_lender(supply)
    known = words.ill.asked_through(supply.outside_system, number.typed if number else "")
    parcel = loan.parcel_out
    tracking = parcel.tracking_number if parcel is not None else ""
    lines = [
        _("Dear colleagues,"),
        _("We have not received this loan, which you sent to %(library)s:")
        % {"library": ill.library.name},
        citation.short_title(ill.title),
        _("Asked through: %(through)s") % {"through": known},
        _("Sent: %(day)s") % {"day": words.day(ill.library.day_of(loan.shipped_at))},
        _("Tracking number: %(number)s") % {"number": tracking} if tracking else "",
        _("Our number: %(number)s") % {"number": grouped(ill.ref)},
        _(
            "Has it come back to you, or can you ask the carrier where it is? Please answer with "
            "our number."
        ),
    ]
    subject = _("Loan not received: %(through)s") % {"through": known}
    return Inquiry(reached(supply.lender), subject, "\n".join(line for line in lines if line))


def reached(lender: Library) -> str:
    """Its address for interlibrary loan, or that of the library."""
    contacts = lender.contacts.filter(purpose=Contact.Purpose.ILL).exclude(email="")
    return contacts.values_list("email", flat=True).first() or lender.email
