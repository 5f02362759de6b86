"""What the page Receive says of something that is not what somebody waits for."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.ill.arrivals import NotForHer
from postroad.ill.models import Loan
from postroad.ill.scans.otherwise import Instead
from postroad.web.shared.scanning import Asks, Line, Scan, Tone

NOT_FOR_HER: Mapping[NotForHer, Promise] = {
    NotForHer.NOT_WANTED: gettext_lazy(
        "Straight home: nobody wants “%(title)s” any more. Send it home to %(lender)s; the reader "
        "is not told."
    ),
    NotForHer.WRONG_ITEM: gettext_lazy(
        "Wrong item, instead of “%(title)s”: keep it aside. %(lender)s has been asked what to do; "
        "the reader is not told."
    ),
    NotForHer.SECOND_COPY: gettext_lazy(
        "A second copy: “%(title)s” is here already. Send this one home to %(lender)s, or open "
        "the request to keep it; the reader is not told."
    ),
}


def not_for_her(loan: Loan, why: NotForHer) -> str:
    """Why it does not wait for its reader, and where it goes."""
    facts = {"title": loan.request.title[:80], "lender": loan.supply.lender_name}
    return str(NOT_FOR_HER[why]) % facts


def instead(got: Instead, scan: Scan) -> Line:
    """A copy that nobody sent here by a scan: what it may have come in place of."""
    facts = {
        "title": got.item.record.title[:80],
        "lender": got.item.library.name,
        "sent": got.loan.request.title[:80] if got.loan else "",
    }
    if got.loan is None:
        said = ngettext(
            "“%(title)s” of %(lender)s is not expected here, and %(n)d other item is on its way "
            "from there.",
            "“%(title)s” of %(lender)s is not expected here, and %(n)d other items are on their "
            "way from there.",
            len(got.sent),
        ) % {**facts, "n": len(got.sent)}
        then = _(
            "Scan the number on the slip that came with it; then press “The wrong item came” on "
            "its request. Nothing was changed yet."
        )
        return Line(Tone.NO, f"{said} {then}", scan.text)
    if got.will_do:
        said = _(
            "This is another copy of “%(title)s” than the one that %(lender)s scanned out. Nothing "
            "was changed yet."
        )
        label = _("Receive this copy")
    else:
        said = _(
            "“%(title)s” of %(lender)s is not expected here; “%(sent)s” is. If this came in its "
            "place, record it as the wrong item. Nothing was changed yet."
        )
        label = _("It came instead")
    return Line(Tone.WARN, said % facts, got.loan.request.ref, asks=Asks(scan.text, label))


def count_pieces(loan: Loan) -> str:
    said = _("Count the pieces: %(n)d should be there. If there are fewer, say so on its request.")
    return said % {"n": loan.pieces}
