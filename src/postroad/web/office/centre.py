"""The ILL centre: what no member could supply, and what was asked for outside. /office/centre/."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts.models import Role, User
from postroad.catalogue import citation
from postroad.catalogue.models import Record
from postroad.delivery import tracking
from postroad.delivery.tracking import Carrier
from postroad.errors import Refusal
from postroad.ill import access, borrowing, lending, mediation
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import LENDING, Reason, State
from postroad.ill.mediation import NumberTaken
from postroad.ill.models import Event, Request, Supply
from postroad.mistakes import InOurWords
from postroad.web import words
from postroad.web.shared import history, mileposts
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.pieces import Choice, Why
from postroad.web.shared.why import why

A_PAGE = 25
OUTSIDE = Q(current__isnull=False, current__lender=None)
TO_LOOK_FOR = "queue"

# What a filter shows. The first is what the centre's day begins with.
SHOWS: Mapping[str, tuple[Promise, Q]] = {
    TO_LOOK_FOR: (gettext_lazy("To look for"), Q(state=State.CENTRE)),
    "asked": (gettext_lazy("Asked outside"), OUTSIDE & Q(state=State.REFERRED)),
    "coming": (gettext_lazy("On its way here"), OUTSIDE & Q(state=State.SHIPPED)),
    "here": (
        gettext_lazy("With our libraries"),
        OUTSIDE & Q(state__in=[State.ARRIVED, State.LENT, State.BACK]),
    ),
    "homeward": (gettext_lazy("On its way home"), OUTSIDE & Q(state=State.HOMEWARD)),
    "late": (
        gettext_lazy("Late"),
        Q(rung=True)
        & (
            OUTSIDE & ~Q(state=State.CLOSED)
            | Q(state__in=[State.CENTRE, State.SHIPPED, State.HOMEWARD])
        ),
    ),
}

EXPECTED: Mapping[State, Promise] = {
    State.CENTRE: gettext_lazy("Look for it elsewhere, or say that it cannot be had"),
    State.REFERRED: gettext_lazy("Enter what the lender answers"),
    State.SHIPPED: gettext_lazy("Ask after it if it does not come"),
    State.HOMEWARD: gettext_lazy("Enter when the lender has it back"),
}
BUTTONS: Mapping[State, Promise] = {
    State.CENTRE: gettext_lazy("Look for it"),
    State.REFERRED: gettext_lazy("Enter the answer"),
    State.HOMEWARD: gettext_lazy("It is home"),
}
CARRIERS: Mapping[Carrier, Promise | str] = {
    Carrier.USPS: "USPS",
    Carrier.UPS: "UPS",
    Carrier.FEDEX: "FedEx",
    Carrier.POST: gettext_lazy("a foreign post"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A request in the queue."""

    ill: Request
    title: str
    author: str
    stands: str
    expected: str
    button: str
    late: bool


@needs(Role.CENTRE)
@never_cache
@require_safe
def queue(request: SignedIn) -> HttpResponse:
    show = request.GET.get("show", TO_LOOK_FOR)
    show = show if show in SHOWS else TO_LOOK_FOR
    counts = {name: listed(name).count() for name in SHOWS}
    page = Paginator(listed(show).shown().order_by("due_at", "pk"), A_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "office/centre/queue.html",
        {
            "show": show,
            "label": SHOWS[show][0],
            "choices": [
                Choice(str(label), f"?show={name}", counts[name], chosen=name == show)
                for name, (label, _which) in SHOWS.items()
            ],
            "page": page,
            "rows": rows(list(page.object_list)),
            "counts": {"office-centre": counts[TO_LOOK_FOR]},
        },
    )


def listed(show: str) -> Any:
    """The requests of a filter; `rung` tells those whose clock rang where they stand now."""
    reminders = Event.objects.filter(
        request=OuterRef("pk"), verb__in=["nudge", "nudge_lender"], after=OuterRef("state")
    )
    return Request.objects.annotate(rung=Exists(reminders)).filter(SHOWS[show][1])


def rows(ills: Sequence[Any]) -> list[Row]:
    kept = rotas([ill.pk for ill in ills if ill.state == State.CENTRE])
    return [row(ill, kept.get(ill.pk, {})) for ill in ills]


def row(ill: Any, rota: Mapping[str, Any]) -> Row:
    state = State(ill.state)
    outside = ill.current is not None and ill.current.is_outside
    return Row(
        ill=ill,
        title=citation.short_title(ill.title),
        author=citation.person(ill.author),
        stands=stands(ill, rota),
        expected=str(EXPECTED.get(state, "")) if outside or state == State.CENTRE else "",
        button=str(BUTTONS.get(state, _("Open")))
        if outside or state == State.CENTRE
        else _("Open"),
        late=ill.rung,
    )


def stands(ill: Request, rota: Mapping[str, Any]) -> str:
    """Why it is here, or where it stands with its lender."""
    if ill.state == State.CENTRE:
        return nobody(len(rota.get("passed_over", ())), ill.attempts)
    where = words.label(words.STATES, ill.state)
    lender = ill.current.lender_name if ill.current else ""
    return f"{lender}: {where}" if lender else where


def nobody(owners: int, attempts: int) -> str:
    """Why no member could supply it, in short."""
    own = (
        ngettext(
            "%(n)s member library owns it and could not be asked.",
            "%(n)s member libraries own it and could not be asked.",
            owners,
        )
        % {"n": owners}
        if owners
        else _("No member library owns it.")
    )
    if not attempts:
        return own
    asked = ngettext("%(n)s attempt before.", "%(n)s attempts before.", attempts)
    return f"{own} {asked % {'n': attempts}}"


def rotas(requests: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The ranking that led each of these requests here, the last one of each. One query."""
    led = Event.objects.filter(request__in=requests, verb="escalate").order_by("at", "pk")
    return {pk: facts.get("rota", {}) for pk, facts in led.values_list("request_id", "facts")}


# The forms, and what each of them does


class NoQuestions(InOurWords, forms.Form):
    """A button alone."""


class OutsideForm(InOurWords, forms.Form):
    """A lender elsewhere was asked."""

    NUMBERED = frozenset({"OCLC WorldShare", "Docline", "RapidILL"})
    SYSTEMS = (
        ("OCLC WorldShare", "OCLC WorldShare"),
        ("Docline", "Docline"),
        ("RapidILL", "RapidILL"),
        ("letter", gettext_lazy("by letter or mail")),
        ("other", gettext_lazy("another way")),
    )
    system = forms.ChoiceField(label=gettext_lazy("Asked through"), choices=SYSTEMS)
    lender = forms.CharField(
        label=gettext_lazy("Lender"),
        max_length=120,
        help_text=gettext_lazy("Its name as the reader may read it, for instance Yale University."),
        error_messages={"required": gettext_lazy("Say who was asked.")},
    )
    number = forms.CharField(
        label=gettext_lazy("ILL number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("With it, anybody finds this request again from the search box."),
    )

    def clean_number(self) -> str:
        """As the search box looks for it: without gaps."""
        return "".join(self.cleaned_data["number"].split())

    def clean(self) -> None:
        system = self.cleaned_data.get("system")
        if system in self.NUMBERED and self.cleaned_data.get("number") == "":
            self.add_error(
                "number",
                _("%(system)s gives each request a number. Enter it.") % {"system": system},
            )


class SentForm(InOurWords, forms.Form):
    """The lender elsewhere says that it has sent the item, and on what terms."""

    expected_on = forms.DateField(
        label=gettext_lazy("Should be here on"),
        required=False,
        help_text=gettext_lazy("Leave it empty to reckon with three weeks by mail."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    loan_days = forms.IntegerField(
        label=gettext_lazy("Days of the loan, from the day it arrives"),
        min_value=1,
        max_value=366,
        initial=28,
    )
    renewals = forms.IntegerField(
        label=gettext_lazy("Renewals that the lender allows"), min_value=0, max_value=9, initial=0
    )
    barcode = forms.CharField(
        label=gettext_lazy("Barcode of the item"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("If you know it, the library can receive it by scan."),
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"), required=False, max_length=40
    )

    def clean_expected_on(self) -> date | None:
        day: date | None = self.cleaned_data["expected_on"]
        today = timezone.localdate()
        if day is not None and not today <= day <= today + timedelta(days=366):
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return day

    def clean_barcode(self) -> str:
        return "".join(self.cleaned_data["barcode"].split())

    def clean_tracking_number(self) -> str:
        return tracking.tidy(self.cleaned_data["tracking_number"])


class NoForm(InOurWords, forms.Form):
    """The lender elsewhere cannot send it."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why not"),
        choices=[(reason.value, words.REASONS[reason]) for reason in Reason],
    )
    note = forms.CharField(label=gettext_lazy("In its words"), required=False, max_length=300)


class CloseForm(InOurWords, forms.Form):
    """The reader is told why she cannot have it."""

    OWN = "own"
    READY = (
        gettext_lazy("No library that we can ask lends it."),
        gettext_lazy(
            "It is too new to be lent between libraries. Ask again in some months, or propose to "
            "your library that it buys it."
        ),
        gettext_lazy("It may only be used where it is. Your library can tell you where that is."),
        gettext_lazy("We could not find out what it is. Ask again with the author or the year."),
        gettext_lazy("It is lent for a fee only, and none was agreed."),
    )
    ready = forms.ChoiceField(
        label=gettext_lazy("What the reader is told"),
        choices=[
            *((str(n), sentence) for n, sentence in enumerate(READY)),
            (OWN, gettext_lazy("only what I write below")),
        ],
        widget=forms.RadioSelect,
        initial="0",
    )
    own = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("The reader reads this after the sentence chosen above."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> None:
        if self.cleaned_data.get("ready") == self.OWN and self.cleaned_data.get("own") == "":
            self.add_error("own", _("Write why: the reader has to know."))

    def reason(self) -> str:
        chosen = self.cleaned_data["ready"]
        ready = "" if chosen == self.OWN else str(self.READY[int(chosen)])
        return f"{ready} {self.cleaned_data['own']}".strip()


Act = Callable[[Request, Any, User], None]


def _ask_outside(ill: Request, form: Any, by: User) -> None:
    mediation.refer_outside(
        ill,
        lender=form.cleaned_data["lender"],
        system=form.cleaned_data["system"],
        number=form.cleaned_data["number"],
        by=by,
    )


def _sent(ill: Request, form: Any, by: User) -> None:
    mediation.outside_shipped(current(ill), by=by, **form.cleaned_data)


def _said_no(ill: Request, form: Any, by: User) -> None:
    reason = Reason(form.cleaned_data["reason"])
    lending.refuse(current(ill), reason=reason, by=by, note=form.cleaned_data["note"])


def _home(ill: Request, form: Any, by: User) -> None:
    lending.check_in(current(ill), by=by)


def _unsent(ill: Request, form: Any, by: User) -> None:
    lending.unship(current(ill), by=by)


def _close(ill: Request, form: Any, by: User) -> None:
    borrowing.decline(ill, reason=form.reason(), by=by)


def _again(ill: Request, form: Any, by: User) -> None:
    mediation.refer_again(ill, by=by)


def current(ill: Request) -> Supply:
    """The outside supply that the request lives by; the centre answers for no member."""
    if ill.current is None or not ill.current.is_outside:
        raise NoSuchRequest(ref=ill.ref)
    ill.current.request = ill
    return ill.current


@dataclass(frozen=True, slots=True)
class Step:
    """Something that the centre does with a request: its form, its verb, and when it is offered."""

    form: type[forms.Form]
    act: Act
    verb: str
    outside: bool  # it is about an outside lender's supply
    done: Promise

    def fits(self, ill: Request) -> bool:
        if not self.outside:
            return ill.state == State.CENTRE
        supply = ill.current
        return supply is not None and supply.is_outside and supply.state in LENDING[self.verb][0]


STEPS: Mapping[str, Step] = {
    "outside": Step(
        OutsideForm, _ask_outside, "refer_outside", False, gettext_lazy("Written down.")
    ),
    "again": Step(
        NoQuestions,
        _again,
        "refer_again",
        False,
        gettext_lazy("The member libraries are asked once more."),
    ),
    "close": Step(
        CloseForm, _close, "decline", False, gettext_lazy("Closed. The reader is told why.")
    ),
    "sent": Step(
        SentForm, _sent, "ship", True, gettext_lazy("Written down. The reader is told the day.")
    ),
    "no": Step(
        NoForm,
        _said_no,
        "refuse",
        True,
        gettext_lazy("Written down. If no member can lend it, it comes back to this queue."),
    ),
    "unsent": Step(
        NoQuestions, _unsent, "unship", True, gettext_lazy("Taken back: it has not been sent.")
    ),
    "home": Step(
        NoQuestions, _home, "check_in", True, gettext_lazy("It is home. The loan is finished.")
    ),
}


@needs(Role.CENTRE)
@never_cache
@require_safe
def one(request: SignedIn, ref: str) -> HttpResponse:
    ill, sight = access.request_for(request.user, ref)
    return show(request, ill, sight)


@needs(Role.CENTRE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: SignedIn, ref: str, step: str) -> HttpResponse:
    """One of the steps; what cannot be undone is asked first, on a page of its own."""
    ill, sight = access.request_for(request.user, ref)
    if step not in STEPS:
        raise Http404
    if request.method != "POST":
        return sure(request, ill) if step == "home" else redirect("office-centre-request", ill.ref)
    form = STEPS[step].form(request.POST)
    if form.is_valid() and take(request, ill, step, form):
        return redirect("office-centre-request", ill.ref)
    return show(request, ill, sight, {step: form}, status=422)


def take(request: SignedIn, ill: Request, step: str, form: forms.Form) -> bool:
    """The verb, and what to say after it. False: the form has to be mended first."""
    try:
        STEPS[step].act(ill, form, request.user)
    except NoSuchRequest:
        raise
    except NumberTaken as no:
        form.add_error("number", words.refusal(no))
        return False
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return True
    messages.success(request, str(STEPS[step].done))
    doubt(request, form.cleaned_data.get("tracking_number", ""))
    return True


def doubt(request: SignedIn, number: str) -> None:
    """A tracking number that is nobody's was kept; somebody may want to look again."""
    if number and not tracking.candidates(number):
        messages.warning(
            request,
            _("Tracking number %(number)s looks like no carrier's. It was kept as you wrote it.")
            % {"number": number},
        )


def sure(request: SignedIn, ill: Request) -> HttpResponse:
    return render(
        request,
        "shared/sure.html",
        {
            "title": _("Is it home at %(lender)s?") % {"lender": current(ill).lender_name},
            "happens": _(
                "The loan ends, and the reader's name leaves the record. This cannot be taken back."
            ),
            "verb": _("Yes, it is home"),
            "back": reverse("office-centre-request", args=[ill.ref]),
        },
    )


def show(
    request: SignedIn,
    ill: Request,
    sight: Sight,
    typed: Mapping[str, forms.Form] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """One request as the centre sees it: no reader's name, but all that a lender may ask."""
    events = list(ill.events.select_related("by"))
    offered = {name: step.form() for name, step in STEPS.items() if step.fits(ill)}
    return render(
        request,
        "office/centre/request.html",
        {
            "ill": ill,
            "title": citation.short_title(ill.title),
            "author": citation.person(ill.author),
            "status": mileposts.status(ill, timezone.now()),
            "stands": words.label(words.STATES, ill.state),
            "stones": mileposts.stones(ill, timezone.now(), events),
            "numbers": numbers(ill.record),
            "attempts": [attempt(supply) for supply in ill.supplies.all()],
            "why": why_here(events),
            "forms": {**offered, **(typed or {})},
            "told": history.history(ill, sight, events)[::-1],
            "carriers": carriers(ill.current.tracking_number if ill.current else ""),
        },
        status=status,
    )


def numbers(record: Record | None) -> list[tuple[str, str]]:
    """ISBN, OCLC number and so on: what other systems look it up by."""
    if record is None:
        return []
    return sorted((each.get_kind_display(), each.value) for each in record.identifiers.all())


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of what was tried before."""

    supply: Supply
    answer: str


def attempt(supply: Supply) -> Attempt:
    if supply.is_open:
        return Attempt(supply, words.label(words.SUPPLY_STATES, supply.state))
    parts = [words.label(words.ENDINGS, supply.ending)]
    if supply.reason:
        parts.append(words.label(words.REASONS, supply.reason))
    return Attempt(supply, ": ".join(parts))


def why_here(events: Sequence[Event]) -> Why | None:
    """Why no member could supply it, as it was decided last."""
    led = [event for event in events if event.verb == "escalate"]
    return why(led[-1].facts.get("rota", {}), led[-1].at) if led else None


def carriers(number: str) -> str:
    """To whom a tracking number may belong; several are all named."""
    return _(" or ").join(str(CARRIERS[each]) for each in tracking.candidates(number))
