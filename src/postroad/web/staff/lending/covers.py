"""Cover sheets of copies, to be printed: /staff/lending/copies/covers.pdf."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts.models import LENDING
from postroad.delivery import cover_drawing
from postroad.delivery.cover_drawing import Cover, Paper
from postroad.ill import waiting
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.paging import is_key
from postroad.web.staff.lending.copies import Row, as_rows, in_order, of_library

MOST = 100  # of one print, the first of the list


@require_safe
@needs(*LENDING)
def pdf(request: SignedIn) -> HttpResponse:
    """Of those that were ticked, or of all that wait; in the order of the list."""
    library = gates.desk(request).library
    waits = in_order(of_library(library).filter(waiting.COPIES), library)
    chosen = [key for key in request.GET.getlist("supply")[:MOST] if is_key(key)]
    if "supply" in request.GET:
        waits = waits.filter(pk__in=chosen)
    covers = [cover_of(row) for row in as_rows(list(waits[:MOST]), library)]
    if not covers:
        messages.warning(request, _("No copy waits to be made."))
        return redirect("staff-lending-copies")
    file = cover_drawing.draw(covers, paper(request))
    named = {"Content-Disposition": f'inline; filename="{_("cover-sheets")}.pdf"'}
    return HttpResponse(file, content_type="application/pdf", headers=named)


def paper(request: SignedIn) -> Paper:
    return Paper.A4 if request.GET.get("paper") == Paper.A4 else Paper.LETTER


def cover_of(row: Row) -> Cover:
    ill, item = row.ill, row.copies.first
    shelf = (item.location, item.call_number) if item else ()
    due = row.supply.due_at
    author = ", ".join(str(part) for part in (ill.author, ill.year) if part)
    return Cover(
        ref=ill.ref,
        title=ill.title,
        level=row.level,
        due=_("send by %(hour)s") % {"hour": words.moment(due)} if due else "",
        shelf=tuple(part for part in (*shelf, row.volumes) if part),
        wanted=[*([(_("Author and year"), author)] if author else []), *words.wanted.lines(ill)],
        library=f"{ill.library.name}, {ill.library.town}",
    )
