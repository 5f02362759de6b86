"""The harvest of a library's system: /office/libraries/CODE/harvest/.

Where its records come from, when, and what came of it. "Try it" lets the doctor look, in a job: no
visit waits for another server. The center and the library's director change it, its staff see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad import fetching, words
from postroad.accounts import roles
from postroad.accounts.models import AT_A_LIBRARY, Role
from postroad.catalogue.harvest import client, leaving, turns
from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.catalogue.models import ItemStatus
from postroad.directory.models import Connection, Library, Protocol
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.protocols.oai import asking
from postroad.web.office.keeping import in_office
from postroad.web.shared.gates import RECORDS, SignedIn, needs
from postroad.words.labels import label

RUNS = 10
EVERY = {
    1: gettext_lazy("every hour"),
    6: gettext_lazy("every six hours"),
    24: gettext_lazy("every day"),
    168: gettext_lazy("every week"),
}


class HarvestForm(InOurWords, forms.Form):
    """Where the records are fetched, and how often."""

    address = forms.URLField(
        label=gettext_lazy("Address of the OAI-PMH server"),
        help_text=gettext_lazy(
            "Of a Koha it is https://, the name of its catalog, and /cgi-bin/koha/oai.pl."
        ),
        max_length=500,
        assume_scheme="https",
    )
    format = forms.CharField(
        label=gettext_lazy("Format (metadataPrefix)"),
        help_text=gettext_lazy("The one that is MARC: marcxml, marc21 or another."),
        max_length=100,
        initial=client.PREFIX,
    )
    set = forms.CharField(
        label=gettext_lazy("Set"),
        help_text=gettext_lazy("Leave it blank for all records."),
        max_length=200,
        required=False,
    )
    every_hours = forms.TypedChoiceField(
        label=gettext_lazy("How often"), choices=tuple(EVERY.items()), coerce=int, initial=24
    )
    secret_name = forms.SlugField(
        label=gettext_lazy("Name of its password"),
        help_text=gettext_lazy(
            "Only where the server wants one. The password itself is kept by the operator, in the "
            "variable SECRET_, the library's code, _ and this name, as NAME:PASSWORD."
        ),
        max_length=40,
        required=False,
    )
    active = forms.BooleanField(
        label=gettext_lazy("Harvest it"),
        help_text=gettext_lazy("The first time all of it, then what changed."),
        required=False,
    )

    def __init__(self, *args: Any, office: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if not office:
            del self.fields["secret_name"]

    def clean_address(self) -> str:
        address = asking.base_of(self.cleaned_data["address"])
        try:
            fetching.split(address)
        except Refusal as no:
            raise forms.ValidationError(words.refusal(no)) from no
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("secret_name") and not cleaned.get("address", "https").startswith("https"):
            said = _("A password is only sent over https. Enter an address that begins with it.")
            self.add_error("address", said)
        return cleaned


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of the doctor."""

    tone: str
    says: str


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the sample, and what its copies would say."""

    number: str
    title: str
    copies: Sequence[tuple[str, str]]  # each copy, and its status
    more: int


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*RECORDS, *AT_A_LIBRARY)
def page(request: SignedIn, code: str) -> HttpResponse:
    """The connection of one library, its last runs, and what the doctor found."""
    library = library_of(request, code)
    connection = Connection.objects.filter(library=library, protocol=Protocol.OAI).first()
    may_change = in_office(request.user) or roles.has(request.user, Role.DIRECTOR, library)
    if request.method == "POST":
        if not may_change:
            raise Http404
        if "do" in request.POST:
            found = connection or get_object_or_404(Connection, library=library)
            return act(request, found, request.POST["do"])
        return save(request, library, connection)
    form = HarvestForm(initial=initial(connection), office=in_office(request.user))
    return show(request, library, connection, form, may_change)


def library_of(request: SignedIn, code: str) -> Library:
    """Hers, or any of the office's; "not yours" looks like "not there"."""
    library = get_object_or_404(Library.objects.members(), code=code)
    here = any(roles.has(request.user, role, library) for role in AT_A_LIBRARY)
    if not (in_office(request.user) or here):
        raise Http404
    return library


def initial(connection: Connection | None) -> dict[str, Any]:
    if connection is None:
        return {"active": True}
    return {
        "address": connection.address,
        "format": client.prefix_of(connection),
        "set": client.set_of(connection),
        "every_hours": connection.every_hours,
        "secret_name": connection.secret_name,
        "active": connection.active,
    }


def save(request: SignedIn, library: Library, connection: Connection | None) -> HttpResponse:
    """Keep what was typed; with "Try it" nothing is harvested before somebody has seen the
    sample."""
    office = in_office(request.user)
    form = HarvestForm(request.POST, office=office)
    if not form.is_valid():
        return show(request, library, connection, form, True, status=422)
    typed = form.cleaned_data
    kept = connection or Connection(library=library)
    moved = server(kept.address) != server(typed["address"])
    options = {"prefix": typed["format"].strip(), "set": typed["set"].strip()}
    other = moved or kept.address != typed["address"] or kept.options != options
    kept.address, kept.options = typed["address"], options
    kept.every_hours = typed["every_hours"]
    tries = "try" in request.POST
    kept.active = typed["active"] and not (tries and connection is None)
    if office:
        kept.secret_name = typed["secret_name"]
    elif moved:  # the password was meant for another server
        kept.secret_name = ""
    now = timezone.now()
    kept.changed_by, kept.changed_at = str(request.user), now
    kept.save()
    turns.changed(kept, now, another_server=moved, another_list=other)
    if tries:
        turns.look(kept, now)
        messages.success(request, _("It is being tried. Load this page again in a minute."))
    else:
        messages.success(request, _("Saved."))
    return redirect("office-harvest", library.code)


def server(address: str) -> str:
    return urlsplit(address).netloc.lower()


def act(request: SignedIn, connection: Connection, what: str) -> HttpResponse:
    """A button: look again, harvest now or anew, stop, answer the question."""
    now = timezone.now()
    harvest = turns.of(connection)
    match what:
        case "look":
            turns.look(connection, now)
            said = _("It is being tried. Load this page again in a minute.")
        case "now" if connection.active:
            turns.switch(connection, now)
            said = _("It begins within seconds.")
        case "anew" if connection.active:
            turns.begin_anew(connection, now, by=str(request.user))
            said = _("All records are harvested once more, from the beginning.")
        case "stop":
            turns.stop(connection, now)
            said = _("Stopped. What came is kept, and the next harvest begins at its time.")
        case "take-away" if harvest.asks_at:
            leaving.agree(harvest, now)
            said = _("They are taken away now.")
        case "keep" if harvest.asks_at:
            leaving.keep(harvest)
            said = _("They stay.")
        case _other:
            raise Http404
    messages.success(request, said)
    return redirect("office-harvest", connection.library.code)


def show(
    request: SignedIn,
    library: Library,
    connection: Connection | None,
    form: HarvestForm,
    may_change: bool,
    status: int = 200,
) -> HttpResponse:
    harvest = Harvest.objects.filter(connection=connection).first() if connection else None
    runs = list(HarvestRun.objects.filter(harvest=harvest)[:RUNS]) if harvest else []
    checkup = harvest.checkup if harvest else {}
    return render(
        request,
        "office/libraries/harvest.html",
        {
            "library": library,
            "center": in_office(request.user),
            "connection": connection,
            "harvest": harvest,
            "every": EVERY.get(connection.every_hours, "") if connection else "",
            "under_way": next((each for each in runs if each.state == "reading"), None),
            "trouble": words.harvests.trouble(harvest.trouble, harvest.trouble_facts)
            if harvest
            else "",
            "runs": [lines_of(each) for each in runs],
            "form": form if may_change else None,
            "may_change": may_change,
            "found": [
                Found(weight, words.harvests.finding(code, facts))
                for code, weight, facts in checkup.get("findings", [])
            ],
            "sample": [row_of(each) for each in checkup.get("sample", [])],
            "sets": checkup.get("sets", []),
        },
        status=status,
    )


def lines_of(run: HarvestRun) -> dict[str, Any]:
    """A run, with what it reports."""
    return {
        "run": run,
        "counts": words.harvests.counts(run.report),
        "strange": ", ".join(list(run.report.get("strange", {}))[:RUNS]),
        "complaints": run.report.get("complaints", [])[:RUNS],
        "trouble": words.harvests.trouble(run.trouble, run.trouble_facts),
    }


def row_of(row: dict[str, Any]) -> Row:
    copies = [
        (" · ".join(filter(None, (barcode, call, place))), status_of(status, strange))
        for barcode, call, place, status, strange in row["copies"]
    ]
    return Row(row["number"], row["title"], copies, row["more"])


def status_of(status: str, strange: str) -> str:
    said = label(dict(ItemStatus.choices), status)
    return f"{said} ({strange})" if strange else str(said)
