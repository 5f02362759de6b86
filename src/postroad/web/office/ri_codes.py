"""Codes of Rhode Island: /office/delivery/codes/, with a list brought in from a spreadsheet."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import spreadsheet
from postroad.accounts.models import Role
from postroad.delivery import ri_codes
from postroad.delivery.models import RiCode
from postroad.delivery.ri_codes import HEADINGS, Why
from postroad.web.office import keeping
from postroad.web.shared.file_form import FileForm, known_headings
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import plain

A_PAGE = 100
SHOWN = 200  # rows of a preview
SALT = "codes of Rhode Island"
WHY = {
    Why.NOT_THREE_LETTERS: gettext_lazy("is not three letters from A to Z"),
    Why.TWICE: gettext_lazy("stands in the list twice, first in line %(text)s"),
    Why.MISSING: gettext_lazy("the name is missing"),
    Why.TOO_LONG: gettext_lazy("is too long"),
    Why.NOT_A_DAY: gettext_lazy("is no day that can be read"),
}


@require_safe
@needs(Role.DELIVERY)
def page(request: SignedIn) -> HttpResponse:
    """All codes."""
    return answer(request)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DELIVERY)
def file(request: SignedIn) -> HttpResponse:
    """What a file would change. It has an address of its own, where the front door takes files."""
    return answer(request) if request.method == "POST" else redirect("office-delivery-codes")


def answer(request: SignedIn) -> HttpResponse:
    """Nothing is changed by looking."""
    sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if sent else FileForm()
    table = form.table(HEADINGS, ["code", "name"]) if sent and form.is_valid() else None
    known: dict[str, Any] = {"form": form, "headings": known_headings(HEADINGS)}
    if table is not None:
        found = ri_codes.difference(table)
        known |= {
            "found": found,
            "steps": found.changed[:SHOWN],
            "wrong": [(each, WHY[each.why] % {"text": each.text}) for each in found.wrong[:SHOWN]],
            "kept": signing.dumps(kept(table), salt=SALT, compress=True),
        }
    asked = keeping.asked(request)
    rows = RiCode.objects.select_related("library")
    rows = rows.filter(code=asked.upper()) | rows.filter(name__icontains=asked) if asked else rows
    known |= {"page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")), "asked": asked}
    known["today"] = timezone.localdate()
    status = 422 if sent and table is None else 200
    return render(request, "office/delivery/ri-codes.html", known, status=status)


def kept(table: spreadsheet.Table) -> list[list[Any]]:
    """The rows as they were read: what is accepted is what was seen."""
    return [
        [row.line, {name: table.cell(row, name) for name in table.columns}] for row in table.rows
    ]


def table_of(rows: list[list[Any]]) -> spreadsheet.Table:
    names = list(dict.fromkeys(name for _line, cells in rows for name in cells))
    return spreadsheet.Table(
        {name: at for at, name in enumerate(names)},
        (),
        tuple(
            spreadsheet.Row(line, tuple(cells.get(name, "") for name in names))
            for line, cells in rows
        ),
    )


@require_POST
@needs(Role.DELIVERY)
def accept(request: SignedIn) -> HttpResponse:
    """What was shown is written down, in one transaction; rows that are wrong are left out."""
    try:
        rows = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=86_400)
    except signing.BadSignature:
        messages.warning(request, _("Choose the file once more. Nothing was changed."))
        return redirect("office-delivery-codes")
    changed = ri_codes.apply(ri_codes.difference(table_of(rows)).steps)
    said = ngettext("%(n)s code was changed.", "%(n)s codes were changed.", changed)
    messages.success(request, said % {"n": changed})
    return redirect("office-delivery-codes")


@require_POST
@needs(Role.DELIVERY)
def retire(request: SignedIn) -> HttpResponse:
    """No slip bears it from today on; or it holds again."""
    code = RiCode.objects.filter(code=plain(request.POST.get("code", ""))[:3]).first()
    if code is None:
        messages.warning(request, _("No such code is known. Nothing was changed."))
        return redirect("office-delivery-codes")
    again = "again" in request.POST
    ri_codes.retire(code, None if again else timezone.localdate())
    said = _("%(code)s holds again.") if again else _("%(code)s is retired: no slip bears it.")
    messages.success(request, said % {"code": code})
    return redirect("office-delivery-codes")


@require_POST
@needs(Role.DELIVERY)
def clearinghouse(request: SignedIn) -> HttpResponse:
    """What goes to a library without letters is sent there; or nowhere again."""
    code = request.POST.get("code", "")[:3]
    if not ri_codes.name_clearinghouse(code):
        messages.warning(request, _("No such code is known. Nothing was changed."))
    elif code:
        said = _("What goes to a library without letters is sent to %(code)s from now on.")
        messages.success(request, said % {"code": code})
    else:
        messages.success(request, _("No slip is printed for a library without letters."))
    return redirect("office-delivery-codes")
