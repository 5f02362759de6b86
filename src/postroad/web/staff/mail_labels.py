"""Address labels of what a library mails on a day, in one file: /staff/mailings/labels.pdf."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from postroad.delivery import label_drawing, mailings, slips
from postroad.delivery.label_drawing import AddressLabel
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.staff.mailings import parse_day
from postroad.web.staff.slips import as_pdf, layout


@require_POST
@needs(*STAFF)
def pdf(request: SignedIn) -> HttpResponse:
    """A label for each box; whose address nobody knows is named on the page that comes next."""
    library = gates.desk(request).library
    day = parse_day(request.POST.get("day", ""), library.day_of(timezone.now()))
    firsts = [box.first for box in mailings.of_day(library, day)]
    written = slips.postal(firsts)
    labels = [
        AddressLabel(
            each.to_library.name,
            written[each.number, "to"],
            (library.name, *written.get((each.number, "from"), ())),
        )
        for each in firsts
        if (each.number, "to") in written
    ]
    for name in sorted({e.to_library.name for e in firsts if (e.number, "to") not in written}):
        said = _(
            "No address of %(library)s is known, so no label was printed. The center enters it."
        )
        messages.warning(request, said % {"library": name})
    if not labels:
        messages.warning(request, _("There was no label to print."))
        return redirect("staff-mailings")
    return as_pdf(label_drawing.address_labels(labels, layout(request)))
