"""One request as the centre sees it, and the steps that it takes there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.accounts.models import Role, User
from postroad.catalogue import citation
from postroad.catalogue.models import Record
from postroad.delivery import tracking
from postroad.directory import elsewhere
from postroad.errors import Refusal
from postroad.ill import access, returns, service
from postroad.ill.access import NoSuchRequest, Sight
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Event, Loan, Request, Supply
from postroad.ill.numbering import NotANumber, OneIsThere, of_lender
from postroad.ill.returns import Posting
from postroad.reference_numbers import grouped
from postroad.web.office.centre import late, managing
from postroad.web.office.centre.steps import STEPS, ToBeMended, current
from postroad.web.shared import (
    answer_link,
    charges,
    history,
    mileposts,
    numbering,
    talk,
    things,
    waiting,
)
from postroad.web.shared.copy_sent import TAKES_BACK, SendCopyForm
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.numbering import Shown
from postroad.web.shared.pieces import together
from postroad.web.shared.questions import Room
from postroad.web.shared.why import names, nobody, why

FIRST = 8  # lenders that are suggested before anything is typed
ROOM = Room(
    "staff-question", "staff-question-withdraw", "staff-question-ask", "office-centre-request"
)
NAMES_A_LENDER = {"outside", "correct"}


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
        return redirect("office-centre-request", ill.ref)
    if STEPS[step].outside:
        current(ill)  # or there is no such thing: a member answers for itself
    form = bound(request, ill, step)
    if form.is_valid():
        if step in SURE and "sure" not in request.POST and STEPS[step].fits(ill):
            return sure(request, ill, step, form)
        if take(request, ill, step, form):
            return redirect("office-centre-request", ill.ref)
    return show(request, ill, sight, {step: form}, status=422)


def bound(request: SignedIn, ill: Request, step: str) -> forms.Form:
    if issubclass(STEPS[step].form, SendCopyForm):
        return SendCopyForm(request.POST, request.FILES)
    return STEPS[step].form(request.POST, initial=STEPS[step].starts(ill))


def take(request: SignedIn, ill: Request, step: str, form: forms.Form) -> bool:
    """The verb, and what to say after it. False: the form has to be mended first."""
    try:
        STEPS[step].does(ill, form, request.user)
    except NoSuchRequest:
        raise
    except ToBeMended:
        return False
    except (NotANumber, OneIsThere) as no:
        form.add_error("number", words.refusal(no))
        return False
    except elsewhere.SymbolTaken as no:
        form.add_error("symbol", words.refusal(no))
        return False
    except Refusal as no:
        messages.warning(request, words.refusal(no))
        return True
    messages.success(request, str(STEPS[step].done))
    doubt(request, form.cleaned_data.get("tracking_number", ""))
    if step == "sent":
        too_late(request, ill)
    if "number" in form.cleaned_data and ill.current and (number := of_lender(ill.current)):
        numbering.warn_if_shared(request, [number])
    return True


def doubt(request: SignedIn, number: str) -> None:
    """A tracking number that is nobody's was kept; somebody may want to look again."""
    if number and not tracking.candidates(number):
        messages.warning(
            request,
            _(
                "Tracking number %(number)s does not look like any carrier's. It was saved as you "
                "entered it."
            )
            % {"number": number},
        )


def too_late(request: SignedIn, ill: Request) -> None:
    """What comes after the reader needs it was recorded all the same; somebody has to tell her."""
    loan = ill.loans.select_related("supply", "parcel_out").order_by("pk").last()
    if loan is None or ill.need_by is None or loan.arrives_on is None:
        return
    if loan.arrives_on > ill.need_by:
        facts = {"day": words.day(loan.arrives_on), "needed": words.day(ill.need_by)}
        said = _(
            "It should be here on %(day)s, but the reader needs it by %(needed)s. Check the date; "
            "if it is right, tell the borrowing library."
        )
        messages.warning(request, said % facts)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before a step that cannot be undone, with the facts of the request by name."""

    title: Promise
    happens: Promise
    verb: Promise


SURE: Mapping[str, Question] = {
    "home": Question(
        gettext_lazy("Is it home at %(lender)s?"),
        gettext_lazy(
            "The loan ends, and the reader's name is removed from the record. This cannot be "
            "undone."
        ),
        gettext_lazy("Yes, it is home"),
    ),
    "withdrawn": Question(
        gettext_lazy("Take the copy back?"), TAKES_BACK, gettext_lazy("Take the copy back")
    ),
    "lost": Question(
        gettext_lazy("Close it as lost?"),
        gettext_lazy(
            "The loan ends: %(lender)s does not expect it back. Undo it as long as nothing else "
            "has happened to the request."
        ),
        gettext_lazy("Yes, close it as lost"),
    ),
    "close": Question(
        gettext_lazy("Close the request for “%(title)s”?"),
        gettext_lazy(
            "The reader is told: “%(reason)s” The request ends, and the reader's name is removed "
            "from the record. This cannot be undone."
        ),
        gettext_lazy("Close it and tell the reader"),
    ),
}


def from_outside(ill: Request, others: Sequence[Shown]) -> dict[str, Any]:
    """What an outside lender has said, where its things travel, and what to ask it."""
    return {
        "through": through(ill.current, others),
        "terms": words.ill.terms(ill.current) if ill.current else "",
        "inquiry": late.inquiry(ill),
        "mailed": mailed(ill),
        "return_to": returns.return_address(ill.supply) if ill.supply else None,
    }


class Sent:
    """What was typed, to be sent once more with the answer: several of a name one after another."""

    def __init__(self, form: forms.Form) -> None:
        self.given = form.cleaned_data

    def items(self) -> Iterable[tuple[str, object]]:
        for name, value in self.given.items():
            for each in value if isinstance(value, list) else [value]:
                yield name, each


def sure(request: SignedIn, ill: Request, step: str, form: Any) -> HttpResponse:
    question = SURE[step]
    facts = {
        "title": citation.short_title(ill.title),
        "lender": ill.current.lender_name if ill.current else "",
        "reason": form.reason() if step == "close" else "",
    }
    return render(
        request,
        "shared/sure.html",
        {
            "title": question.title % facts,
            "happens": question.happens % facts,
            "verb": question.verb,
            "fields": Sent(form),
            "back": reverse("office-centre-request", args=[ill.ref]),
        },
    )


def forms_of(ill: Request) -> dict[str, forms.Form]:
    """The form of each step that fits where the request stands."""
    return {
        name: step.form(initial=step.starts(ill)) for name, step in STEPS.items() if step.fits(ill)
    }


def show(
    request: SignedIn,
    ill: Request,
    sight: Sight,
    typed: Mapping[str, forms.Form] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """One request as the centre sees it: no reader's name, but all that a lender may ask."""
    events, now = list(ill.events.select_related("by", "on_behalf_of")), timezone.now()
    others, offered = numbering.shown(ill), forms_of(ill)
    asked = charges.beside(ROOM, request.user, ill, events, now)
    lender = ill.current.lender_name if ill.current is not None and ill.current.is_open else ""
    stands = mileposts.Status(words.ill.it_stands(ill.state), lender)
    return render(
        request,
        "office/centre/request.html",
        together(
            {
                "status": waiting.told(stands, ill, asked["questions"], sight),
                "stones": mileposts.stones(ill, now, events),
                "other_numbers": others,
                "attempts": [attempt(supply, ill.loan, others) for supply in ill.supplies.all()],
                "forms": apart({**offered, **(typed or {})}),
                "told": history.history(ill, sight, events),
                "things": things.shown(things.out(ill), sight, now, lambda _loan: ()),
                "lenders": elsewhere.known(FIRST) if offered.keys() & NAMES_A_LENDER else [],
            },
            named(ill),
            catalogued(ill),
            of_lenders(ill, request.user, sight, events),
            managing.offered(ill, request.user, events),
            from_outside(ill, others),
            asked,
        ),
        status=status,
    )


def catalogued(ill: Request) -> dict[str, Any]:
    """What it is, by its record or by what was told, and whether a record may be chosen for it."""
    matches = bool(ill.citation) and ill.may(Verb.MATCH)
    held = service.asked_now(ill)
    changes = service.may_change(ill) and ill.may(Verb.CHANGE_SERVICE, supply=held)
    return {
        "numbers": numbers(ill.record),
        "matches": matches,
        "changes_service": changes,
        "citation": cited(ill),
    }


def of_lenders(ill: Request, user: User, sight: Sight, events: Iterable[Event]) -> dict[str, Any]:
    """Why no member library has it; the link by which one answers from its mail; and what the
    center and the libraries have written."""
    supplies = list(ill.supplies.all())
    return {
        **asked_in_vain(events),
        **answer_link.shown(ill, sight, supplies),
        "talks": talk.of_the_centre(user, ill, supplies),
    }


def apart(offered: Mapping[str, forms.Form]) -> Mapping[str, forms.Form]:
    """Several forms on one page, whose fields have names in common."""
    for name, form in offered.items():
        form.auto_id = f"{name}-%s"
    return offered


def named(ill: Request) -> dict[str, Any]:
    title, author = citation.short_title(ill.title), citation.person(ill.author)
    return {"ill": ill, "title": title, "author": author}


def asked_in_vain(events: Iterable[Event]) -> dict[str, Any]:
    """Why no member library has it, as it was when the request came to the centre."""
    led = [event for event in events if event.verb == Verb.ESCALATE]
    rota = led[-1].facts.get("rota", {}) if led else {}
    return {
        "why": why(rota, names([rota]), led[-1].at) if led else None,
        "nobody": nobody(rota),
    }


def mailed(ill: Request) -> list[tuple[Posting, str]]:
    """What comes and goes by mail, with the carriers to whom its number may belong."""
    ways = returns.postings(ill.loan) if ill.loan else []
    return [(posting, words.delivery.carriers(posting.number)) for posting in ways]


@needs(Role.CENTRE)
@never_cache
@require_safe
def lenders(request: SignedIn) -> JsonResponse:
    """What the field for a lender suggests for what was typed so far."""
    typed = request.GET.get("q", "").replace("\0", "")[:80]
    found = elsewhere.like(typed)
    told = [{"value": each.name, "label": elsewhere.about(each)} for each in found]
    return JsonResponse({"found": told})


def numbers(record: Record | None) -> list[tuple[str, str]]:
    """ISBN, OCLC number and so on: what other systems look it up by."""
    if record is None:
        return []
    return sorted((each.get_kind_display(), each.value) for each in record.identifiers.all())


def cited(ill: Request) -> str:
    """All that another system asks for, a line each, to be copied in one piece."""
    lines = [
        (_("Title"), ill.title),
        (_("Author"), ill.author),
        (_("Year"), str(ill.year or "")),
        (_("Format"), ill.get_format_display()),
        *numbers(ill.record),
        *words.wanted.lines(ill),
        (_("Needed by"), f"{ill.need_by:%Y-%m-%d}" if ill.need_by else ""),
        (_("Our number"), grouped(ill.ref)),
    ]
    return "\n".join(f"{name}: {value}" for name, value in lines if value)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of what was tried before."""

    supply: Supply
    answer: str
    through: str


def attempt(supply: Supply, loan: Loan | None, others: Sequence[Shown]) -> Attempt:
    if supply.is_open and loan is not None and loan.supply_id == supply.pk:
        stands = words.ill.it_stands(loan.state, words.ill.LOAN_STATES)
        return Attempt(supply, stands, through(supply, others))
    if supply.is_open:
        return Attempt(supply, standing(supply), through(supply, others))
    parts = [words.label(words.ill.ENDINGS, supply.ending)]
    if no := words.ill.no_of(supply):
        parts.append(no)
    return Attempt(supply, ": ".join(parts), through(supply, others))


def standing(supply: Supply) -> str:
    """Where an open attempt stands: by its thing once it has sent one."""
    loan = supply.request.loan
    if loan is not None and loan.supply_id == supply.pk and loan.is_open:
        return words.ill.it_stands(loan.state, words.ill.LOAN_STATES)
    copies = supply.request.is_copy
    return words.ill.it_stands(supply.state, words.ill.SUPPLY_STATES, is_copy=copies)


def through(supply: Supply | None, others: Sequence[Shown]) -> str:
    """In which system an outside lender was asked, and under which number."""
    if supply is None or not supply.is_outside:
        return ""
    return numbering.through(supply, others)
