"""Slips of what is ready for the van: /staff/lending/slips/ and /staff/borrowing/slips/.

Printing counts, so that a second print of the same slip says COPY; hence it is a form.
"""

from collections.abc import Callable, Collection
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from postroad import words
from postroad.accounts.models import BORROWING, LENDING, Role
from postroad.delivery import slips
from postroad.delivery.models import Paper, Parcel, ParcelState
from postroad.delivery.slip_facts import Layout
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill.lifecycle import LoanState
from postroad.ill.models import Loan
from postroad.web.shared import gates
from postroad.web.shared.gates import STAFF, SignedIn, needs
from postroad.web.shared.scanning import plain
from postroad.web.staff.counter import show

MOST = 100  # slips of one print

Ready = Callable[[Library], QuerySet[Parcel]]


def lent(library: Library) -> QuerySet[Parcel]:
    """What this library has shipped and the driver has not yet collected."""
    sent = Loan.objects.open().lent_by(library).filter(state=LoanState.SHIPPED)
    return ready(library).filter(pk__in=sent.values("parcel_out"))


def going_home(library: Library) -> QuerySet[Parcel]:
    """What this library sends back to its lenders and the driver has not yet collected."""
    sent = Loan.objects.open().borrowed_by(library).filter(state=LoanState.HOMEWARD)
    return ready(library).filter(pk__in=sent.values("parcel_home"))


def ready(library: Library) -> QuerySet[Parcel]:
    waiting = Parcel.objects.filter(from_library=library, state=ParcelState.READY)
    return waiting.select_related("to_library").order_by("printings", "made_at", "pk")


def listed(side: str, wanted: Collection[Role], which: Ready) -> Callable[..., HttpResponse]:
    """The page on which slips are chosen."""

    @require_safe
    @needs(*wanted)
    def page(request: SignedIn) -> HttpResponse:
        library = gates.desk(request).library
        waiting = which(library)
        parcels = list(waiting[:MOST])
        more = waiting.count() - MOST if len(parcels) == MOST else 0
        here = {"side": side, "parcels": parcels, "more": more, **papers(library)}
        return show(request, "staff/slips.html", here)

    return page


def printed(side: str, wanted: Collection[Role], which: Ready) -> Callable[..., HttpResponse]:
    """The PDF: of the chosen parcels, or of all that were not printed yet."""

    @require_POST
    @needs(*wanted)
    def pdf(request: SignedIn) -> HttpResponse:
        parcels = which(gates.desk(request).library)
        if request.POST.get("which") == "new":
            parcels = parcels.filter(printings=0)
        else:
            parcels = parcels.filter(number__in=numbers(request))
        try:
            with transaction.atomic():
                file = slips.print_slips(list(parcels[:MOST]), layout(request))
        except Refusal as no:
            messages.warning(request, words.refusal(no))
            return redirect(f"staff-{side}-slips")
        return as_pdf(file)

    return pdf


@require_POST
@needs(*STAFF)
def bare_pdf(request: SignedIn) -> HttpResponse:
    """The slip of something that goes home to the library of this code, whoever brought it."""
    code = plain(request.POST.get("library", ""))[:16]
    library = Library.objects.members().filter(code=code).first()
    if library is None:
        raise Http404
    try:
        file = slips.print_bare(gates.desk(request).library, [slips.Bare(library)], layout(request))
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return redirect(f"{reverse('returns')}?{urlencode({'library': library.code})}")
    return as_pdf(file)


def as_pdf(file: bytes) -> HttpResponse:
    named = {"Content-Disposition": f'inline; filename="{_("slips")}.pdf"'}
    return HttpResponse(file, content_type="application/pdf", headers=named)


def papers(library: Library) -> dict[str, object]:
    """The papers to choose from, the library's own first."""
    own = slips.choice_of(library).paper
    return {"papers": sorted(Paper.choices, key=lambda each: each[0] != own)}


def numbers(request: SignedIn) -> list[str]:
    """Those that were ticked; a number that cannot be one is left out."""
    return [number for number in request.POST.getlist("parcel")[:MOST] if number.isalnum()]


def layout(request: SignedIn) -> Layout:
    """The paper that was chosen, or else the library's own."""
    chosen = request.POST.get("layout", "")
    if chosen not in Paper.values:
        chosen = slips.choice_of(gates.desk(request).library).paper
    return Layout(chosen)


lending_page = listed("lending", LENDING, lent)
lending_pdf = printed("lending", LENDING, lent)
borrowing_page = listed("borrowing", BORROWING, going_home)
borrowing_pdf = printed("borrowing", BORROWING, going_home)
