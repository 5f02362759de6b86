"""A request in the fields of another system's form, and that system's answer read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts.models import Role
from postroad.catalogue import citation
from postroad.catalogue.models import IdentifierKind
from postroad.delivery import codes, routing, slips
from postroad.directory import elsewhere
from postroad.directory.models import Address, Library
from postroad.form_errors import InOurWords
from postroad.ill import access, copyout, materials
from postroad.ill.copyout import Answer, Field, System, Wanted
from postroad.ill.lifecycle import State
from postroad.ill.materials import Citation, Material
from postroad.ill.materials import Field as Cited
from postroad.ill.models import Number, Request
from postroad.ill.models import System as Giver
from postroad.reference_numbers import grouped
from postroad.web.office.centre.steps import STEPS
from postroad.web.office.centre.terms import within_a_year, written
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice

# What of a citation has a field of its own in every form; the place is part of the imprint.
HAVE_FIELDS = frozenset(
    {
        *(Cited.TITLE, Cited.AUTHOR, Cited.YEAR, Cited.NUMBER),
        *(Cited.EDITION, Cited.PUBLISHER, Cited.PLACE),
    }
)
OF_SEVERAL_LINES = frozenset({Field.SHIP_TO, Field.NOTES})


class AnswerForm(InOurWords, forms.Form):
    """What the other system, or the lender, has answered, as it was copied there."""

    pasted = forms.CharField(
        label=gettext_lazy("The answer, pasted"),
        max_length=copyout.LONGEST,
        help_text=gettext_lazy(
            "Copy the request's page or the lender's e-mail and paste all of it here. You see what "
            "was read before anything is saved."
        ),
        error_messages={"required": gettext_lazy("Paste the answer here.")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A field of the other form, ready to be copied."""

    name: str
    label: str
    value: str

    @property
    def rows(self) -> int:
        return self.value.count("\n") + 1 if self.name in OF_SEVERAL_LINES else 0


@needs(Role.CENTRE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: SignedIn, ref: str) -> HttpResponse:
    """What to paste there, and a box for what is answered. It enters nothing by itself."""
    ill, _sight = access.request_for(request.user, ref)
    step = next_step(ill)
    if step == "":
        raise Http404
    system = chosen(ill, request.GET.get("system", ""))
    form = AnswerForm(request.POST if request.method == "POST" else None)
    answer = copyout.read(form.cleaned_data["pasted"]) if form.is_valid() else None
    if answer is not None and not answer:
        form.add_error("pasted", _("Nothing that we know was found in it. Enter it by hand below."))
    confirm = confirmation(ill, system, answer) if answer is not None else None
    return render(
        request,
        "office/centre/copy-out.html",
        {
            "ill": ill,
            "title": citation.short_title(ill.title),
            "systems": [
                Choice(
                    words.label(words.ill.SYSTEMS, each), f"?system={each}", chosen=each == system
                )
                for each in System
            ],
            "lines": lines(wanted(ill), system),
            "form": form,
            "read": facts(answer) if answer else (),
            "unread": answer.unread if answer else (),
            "confirm": confirm,
            "lenders": elsewhere.known(8) if confirm and confirm.step == "outside" else [],
        },
        status=422 if form.errors else 200,
    )


def next_step(ill: Request) -> str:
    """What an answer would be entered by: a lender was asked, or it has sent it; none if nothing
    is asked for outside now."""
    if ill.state == State.CENTRE:
        return "outside"
    return "sent" if STEPS["sent"].fits(ill) else ""


def chosen(ill: Request, asked: str) -> System:
    """The system that the address names; else that which the lender was asked through."""
    through = ill.current.outside_system if ill.current and ill.state != State.CENTRE else ""
    known = {each.value: each for each in System}
    return known.get(asked) or known.get(through, System.OCLC)


def wanted(ill: Request) -> Wanted:
    """What another system may know of it. The reader's name and note are not among it."""
    record, told = ill.record, materials.read(ill.citation)
    known: dict[str, list[str]] = {}
    for each in record.identifiers.order_by("pk") if record else ():
        known.setdefault(each.kind, []).append(each.value)
    for kind in IdentifierKind.values:
        if number := ill.citation.get(kind):
            known.setdefault(kind, [number])
    clio = Number.objects.standing().filter(request=ill, system=Giver.CLIO).first()
    return Wanted(
        title=ill.title,
        ref=grouped(ill.ref),
        author=ill.author,
        edition=record.edition if record else said(told, Cited.EDITION),
        publisher=record.publisher if record else imprint(told),
        year=ill.year,
        oclc=known.get(IdentifierKind.OCLC, ()),
        isbn=known.get(IdentifierKind.ISBN, ()),
        issn=known.get(IdentifierKind.ISSN, ()),
        need_by=ill.need_by,
        max_cost=ill.max_cost,
        also=also(told),
        ship_to=ship_to(ill.library),
        courier=courier(ill.library),
        clio=clio.typed if clio else "",
    )


def said(told: Citation | None, *names: Cited) -> str:
    """What the reader knows of it, of one field or several."""
    return ", ".join(text for name in names if told is not None and (text := told.of(name)))


def imprint(told: Citation | None) -> str:
    place = () if told is None or told.material == Material.MAP else (Cited.PLACE,)
    return said(told, *place, Cited.PUBLISHER)


def also(told: Citation | None) -> Sequence[str]:
    """What the reader knows of a thing that no catalog lists, and the other form has no field for:
    each as its label says it."""
    if told is None:
        return ()
    shows = {Cited.PLACE} if told.material == Material.MAP else set()
    rest = [each for each in told.sheet.fields if each not in HAVE_FIELDS - shows and told.of(each)]
    return [f"{name_of(told.material, each)}: {told.of(each)}" for each in rest]


def name_of(material: Material, name: Cited) -> str:
    """As staff elsewhere read it; the form asks the reader where she read about it."""
    return _("Cited in") if name == Cited.SOURCE else words.materials.field(material, name)


def ship_to(library: Library) -> Sequence[str]:
    """Where it is to be sent, as on a label."""
    address = library.address_for(*Address.TO_SEND)
    if address is None:
        return (library.name, f"{library.town}, {library.state}")
    written = address.written
    named = any(library.name.casefold() in line.casefold() for line in written)
    return written if named else (library.name, *written)


def courier(library: Library) -> str:
    """By what the van's sorters find it: three letters, or a letter and the town (R7)."""
    place = slips.places([library.pk])[library.pk]
    if not place.route and not place.delivery_code:
        return ""
    try:
        address = routing.address(place, place)
    except codes.CodeMissing:
        return ""
    return f"{address.sign} {address.headline}".strip()


def lines(wanted: Wanted, system: System) -> list[Line]:
    labels = words.copyout.FORMS[system]
    return [Line(name, str(labels[name]), value) for name, value in copyout.fields(wanted, system)]


def facts(answer: Answer) -> list[tuple[str, str]]:
    """What was read, as it is shown before it is entered."""
    conditions = words.ill.conditions(answer.conditions)
    told: Sequence[tuple[Promise | str, str]] = (
        (_("ILL number"), answer.number),
        (_("Lender"), answer.lender),
        (_("Symbol"), answer.symbol),
        (_("Due date"), words.day(answer.due_on) if answer.due_on else ""),
        (_("Cost"), f"${answer.cost}" if answer.cost is not None else ""),
        (_("Conditions"), conditions),
        (_("Why not"), words.label(words.ill.REASONS, answer.reason) if answer.reason else ""),
        (_("In the lender's words"), answer.note),
    )
    return [(str(label), value) for label, value in told if value]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The step by which what was read is entered, with its form filled in."""

    step: str
    form: forms.Form
    title: str
    verb: str


STARTS: Mapping[str, tuple[Promise, Promise]] = {
    "outside": (gettext_lazy("Record who was asked"), gettext_lazy("Save")),
    "sent": (gettext_lazy("Record that it was sent"), gettext_lazy("It was sent")),
    "offer": (gettext_lazy("Record on what conditions it would be sent"), gettext_lazy("Save")),
    "no": (gettext_lazy("Record that it cannot be sent"), gettext_lazy("It said no")),
}


def confirmation(ill: Request, system: System, answer: Answer) -> Confirmation:
    """What the answer means for the request as it stands; somebody looks, mends and saves."""
    step = next_step(ill)
    if step == "sent" and answer.reason is not None:
        step = "no"
    elif step == "sent" and answer.conditions and answer.due_on is None and fits(ill, "offer"):
        step = "offer"  # what was sent has a due date
    title, verb = STARTS[step]
    form = FILLED[step](ill, system, answer)
    return Confirmation(step, form, str(title), str(verb))


def _outside(_ill: Request, system: System, answer: Answer) -> forms.Form:
    found = elsewhere.named(answer.symbol) if answer.symbol else []
    lender = found[0].name if len(found) == 1 else answer.lender or answer.symbol
    typed = {
        "system": str(answer.system or system),
        "lender": lender,
        "number": answer.number,
        "symbol": answer.symbol,
    }
    form = STEPS["outside"].form
    known = not lender or len(elsewhere.named(lender)) == 1
    return form(initial=typed) if known else form(typed)  # then it asks which one is meant


def _sent(ill: Request, _system: System, answer: Answer) -> forms.Form:
    return STEPS["sent"].form(initial=terms(ill, answer))


def _offer(ill: Request, _system: System, answer: Answer) -> forms.Form:
    return STEPS["offer"].form(initial=terms(ill, answer))


def terms(ill: Request, answer: Answer) -> dict[str, Any]:
    """Those that stand there, with what the answer says of them."""
    conditions = [str(each) for each in answer.conditions]
    read = {
        "lender_due_on": possible(answer),
        "cost": answer.cost or None,
        "conditions": conditions,
        "note": answer.note,
    }
    return written(ill) | {name: value for name, value in read.items() if value}


def fits(ill: Request, step: str) -> bool:
    return STEPS[step].fits(ill)


def possible(answer: Answer) -> Any:
    """The due day, if it can be one."""
    try:
        return within_a_year(answer.due_on)
    except forms.ValidationError:
        return None


def _no(_ill: Request, _system: System, answer: Answer) -> forms.Form:
    return STEPS["no"].form(initial={"reason": answer.reason, "note": answer.note})


FILLED: Mapping[str, Any] = {"outside": _outside, "sent": _sent, "offer": _offer, "no": _no}
