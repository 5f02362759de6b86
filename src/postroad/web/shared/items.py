"""How a library's items are read: /staff/library/items/, and /office/libraries/CODE/items/.

Left what is said of its system, right what that makes of its own records. Nothing is kept before
somebody says so; what was kept before is put back by one press, and the records that the library
has sent are read anew without a new file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from postroad import words
from postroad.catalogue import mapping, rereading, sampling
from postroad.catalogue.mapping import Preview, Row
from postroad.catalogue.marc import statuses
from postroad.catalogue.marc.copies import Copy, Reading
from postroad.catalogue.models import ItemMapping, ItemStatus, Rereading
from postroad.catalogue.sampling import Seen
from postroad.directory.models import Library
from postroad.web.shared.gates import SignedIn
from postroad.web.shared.item_forms import FIRST, MORE, MappingForm, Word, shown_in_form

FEWER = 0.95  # of the copies that are found now; if a mapping finds less, it asks
TONES = {ItemStatus.IN: "ok", ItemStatus.UNKNOWN: "warn", ItemStatus.REFERENCE: "note"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A copy as a reader will find it."""

    copy: Copy

    @property
    def says(self) -> str | Promise:
        return _("not known") if self.copy.strange else ItemStatus(self.copy.status).label

    @property
    def tone(self) -> str:
        return TONES.get(ItemStatus(self.copy.status), "no")


def page(
    request: SignedIn, library: Library, address: str, frame: Mapping[str, Any]
) -> HttpResponse:
    """The page, or what was pressed on it. `frame` is what the door has around its pages."""

    def shown(form: MappingForm, reading: Reading, **more: Any) -> HttpResponse:
        context = facts(library, form, reading, looked_at)
        status = 422 if form.errors or more.get("fewer") else 200
        return render(
            request, "shared/items/items.html", {**frame, **context, **more}, status=status
        )

    kept = mapping.of(library) or Reading()
    looked_at = sampling.look(library)
    if request.method != "POST":
        first = guessed(kept, looked_at)
        form = MappingForm(kept=kept, initial=shown_in_form(first))
        return shown(form, first)
    if said := press(request, library):
        messages.success(request, said)
        return redirect(address)
    form = MappingForm(request.POST, kept=kept)
    if not form.is_valid():
        return shown(form, kept)
    wanted = form.reading()
    form = MappingForm(kept=kept, initial=shown_in_form(wanted))
    if "keep" not in request.POST:
        return shown(form, wanted, tried=True)
    fewer = loses(looked_at, kept, wanted) if "sure" not in request.POST else None
    if fewer:
        return shown(form, wanted, fewer=fewer)
    now = timezone.now()
    mapping.keep(library, wanted, by=request.user, at=now)
    if request.POST["keep"] == "read":
        rereading.ask(library, by=request.user, at=now)
        messages.success(request, _("Saved. Your records are being read anew."))
    else:
        messages.success(request, _("Saved. The next file is read so."))
    return redirect(address)


def press(request: SignedIn, library: Library) -> str:
    """What a button beside the form does; what to say of it."""
    now = timezone.now()
    if "back" in request.POST and mapping.go_back(library, by=request.user, at=now):
        return _("Put back. What was in effect until now can be put back in the same way.")
    if "read" in request.POST:
        rereading.ask(library, by=request.user, at=now)
        return _("Your records are being read anew.")
    if "stop" in request.POST and rereading.stop(library, now):
        return _("Stopped. What was read so far stays.")
    return ""


def guessed(kept: Reading, looked_at: tuple[Seen, ...]) -> Reading:
    """Where nothing is kept yet, what its records look like."""
    return kept if kept.layout else replace(kept, layout=mapping.guess(looked_at).layout)


def loses(looked_at: tuple[Seen, ...], kept: Reading, wanted: Reading) -> tuple[int, int] | None:
    """Of the sample: copies that are found now and with what is wanted, if that is far less."""
    now = mapping.preview(looked_at, kept, ()).copies
    then = mapping.preview(looked_at, wanted, ()).copies
    return (now, then) if then < FEWER * now else None


def facts(
    library: Library, form: MappingForm, reading: Reading, looked_at: tuple[Seen, ...]
) -> dict[str, Any]:
    rows = sampling.choose(looked_at, reading.layout)
    made = mapping.preview(looked_at, reading, rows)
    kept = ItemMapping.objects.filter(library=library).select_related("by").first()
    asked = Rereading.objects.filter(library=library).select_related("by").first()
    known = words_of(made, reading, asked)
    return {
        "library": library,
        "form": form,
        "first": [form[name] for name in FIRST],
        "more": [form[name] for name in MORE],
        "made": made,
        "rows": [(row, copies_of(row)) for row in made.rows],
        "by_status": by_status(made),
        "unknown": [each for each in known if not each.means],
        "known": [each for each in known if each.means],
        "kept": kept,
        "before": system_named(mapping.of_written(kept.before)) if kept and kept.before else "",
        "asked": asked,
        "without": rereading.without_items(library) if looked_at else 0,
    }


def copies_of(row: Row) -> list[Shown]:
    return [Shown(copy) for copy in row.copies]


def by_status(made: Preview) -> list[tuple[str | Promise, int]]:
    """How many copies of the sample have which status, and of how many nobody knows it."""
    told = [
        (ItemStatus(code).label, count - made.strange.total() * (code == ItemStatus.UNKNOWN))
        for code, count in sorted(made.by_status.items())
    ]
    unknown: list[tuple[str | Promise, int]] = [(_("not known"), made.strange.total())]
    return [(says, count) for says, count in [*told, *unknown] if count]


def words_of(made: Preview, reading: Reading, asked: Rereading | None) -> list[Word]:
    """The words that stand in the sample, and those that the last reading of all records did not
    know, with how often; the most frequent first."""
    counts = dict(made.words)
    if asked:
        counts |= {w: n for w, n in asked.report.get("strange", {}).items() if n > counts.get(w, 0)}
    meant = reading.layout.words if reading.layout else {}
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [Word(word, count, statuses.meaning(word, meant)) for word, count in ordered]


def system_named(reading: Reading) -> str | Promise:
    system = shown_in_form(reading)["system"]
    return words.label(words.catalogue.SYSTEMS, system) if system else _("nothing yet")
