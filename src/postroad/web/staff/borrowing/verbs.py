"""The buttons of the borrowing desk, each at its own address: /staff/requests/REF/…/."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from postroad import words
from postroad.accounts.models import BORROWING, User
from postroad.form_errors import InOurWords
from postroad.ill import asking, borrowing, loans, renewals, rerouting, returns
from postroad.ill.access import NoSuchRequest
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Verb
from postroad.ill.models import Event, Loan, Request
from postroad.reference_numbers import grouped
from postroad.web.shared import gates, pick_up, way_home
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.reroute import reroute as rerouted
from postroad.web.shared.things import THING
from postroad.web.staff import telling
from postroad.web.staff.counter import back, borrowed, goes_on, show

LONGEST_REASON = 300


def pressed(
    verb: Callable[[Request, Act, str], None], said: str | Promise, *, to_her: bool = False
) -> Callable[..., HttpResponse]:
    """A button that needs no further word. `to_her` says that the reader is about to have it."""

    @require_POST
    @needs(*BORROWING, or_center=True)
    def press(request: SignedIn, ref: str) -> HttpResponse:
        ill = borrowed(request.user, ref)
        verb(ill, gates.act(request.user), request.POST.get(THING, ""))
        messages.success(request, said_of(said, ill.title, ill.ref))
        if to_her:
            say_terms(request, ill)
            say_blocked(request, ill)
        return back(request, "staff-request", ill.ref)

    return press


def say_terms(request: HttpRequest, ill: Request) -> None:
    """On what conditions its lender sent it."""
    if ill.supply is not None and (terms := words.ill.terms(ill.supply)):
        messages.warning(request, _("On conditions: %(terms)s.") % {"terms": terms})


def say_blocked(request: HttpRequest, ill: Request) -> None:
    """The desk hears that the reader's card is blocked, which stops nothing that staff do."""
    if why := renewals.blocked(ill):
        messages.warning(request, _("The reader's card is blocked: %(why)s.") % {"why": why})


def said_of(said: str | Promise, title: str, ref: str) -> str:
    """What was done, and to which: the row is gone from its queue by now."""
    return _("%(said)s “%(title)s”, %(number)s") % {
        "said": said,
        "title": title[:80],
        "number": grouped(ref),
    }


def of_the_thing(
    verb: Verb, act_on: Callable[[Loan, Act], object]
) -> Callable[[Request, Act, str], None]:
    """A verb of the thing that is out for a request, by its key where the button names it."""

    def press(ill: Request, act: Act, named: str) -> None:
        act_on(loans.of(ill, verb, named), act)

    return press


approve = pressed(
    lambda ill, act, _named: borrowing.approve(ill, act),
    gettext_lazy("Approved; a lender is being asked."),
)
receive = pressed(
    of_the_thing(Verb.RECEIVE, loans.receive),
    gettext_lazy("It is on the hold shelf."),
    to_her=True,
)
not_wanted = pressed(
    of_the_thing(Verb.NOT_WANTED, loans.not_wanted),
    gettext_lazy("It goes straight home, and nobody else is told."),
)
wanted = pressed(
    of_the_thing(Verb.WANTED, loans.wanted), gettext_lazy("It is kept for its reader again.")
)
lend = pressed(of_the_thing(Verb.CHECK_OUT, loans.check_out), gettext_lazy("Lent."), to_her=True)
take_back = pressed(
    of_the_thing(Verb.RETURN, loans.return_item), gettext_lazy("Taken back; send it home next.")
)


@require_POST
@needs(*BORROWING, or_center=True)
def send_home(request: SignedIn, ref: str) -> HttpResponse:
    """What goes by mail has no slip of the van's, but a number that somebody must write down."""
    ill = borrowed(request.user, ref)
    loan = loans.of(ill, Verb.SHIP_RETURN, request.POST.get(THING, ""))
    loans.ship_return(loan, gates.act(request.user))
    home, by_mail = returns.of_loan(loan, timezone.now()), returns.home_by_mail(loan)
    why = way_home.beware(home)
    if way_home.stays(home):
        said = said_of(_("It goes home, but not yet."), ill.title, ill.ref)
        messages.warning(request, f"{said}. {why}")
        return back(request, "staff-request", ill.ref)
    if why:
        messages.warning(request, why)
    if by_mail:
        said = _("Ready to go home by mail; enter its tracking number.")
        messages.success(request, said_of(said, ill.title, ill.ref))
        return redirect("staff-request-tracking", ill.ref)
    messages.success(request, said_of(_("Ready to go home; print its slip."), ill.title, ill.ref))
    return back(request, "staff-request", ill.ref)


@require_POST
@needs(*BORROWING)
def told(request: SignedIn, ref: str) -> HttpResponse:
    """A clerk has told the reader herself what no mail could tell her."""
    ill = borrowed(request.user, ref)
    telling.told(ill)
    messages.success(request, said_of(_("Saved: the reader has been told."), ill.title, ill.ref))
    return back(request, "staff-request", ill.ref)


@require_POST
@needs(*BORROWING)
def renew(request: SignedIn, ref: str) -> HttpResponse:
    """Ask the lender's policy for the patron; the answer may be no, and two presses are one."""
    due = request.POST.get("due", "")
    event = loans.renew_once(
        lambda: borrowed(request.user, ref),
        gates.act(request.user),
        due=due,
        named=request.POST.get(THING, ""),
    )
    say_renewal(request, event)
    say_blocked(request, borrowed(request.user, ref))
    return back(request, "staff-request", ref)


def say_renewal(request: HttpRequest, event: Event | None) -> None:
    if event is None:
        messages.info(request, _("It was already renewed. The page shows the new due date."))
    elif event.verb == Verb.RENEW:
        day = {"day": words.day(event.facts["due_back"])}
        messages.success(request, _("Renewed until %(day)s.") % day)
    else:
        why = {"why": words.label(words.ill.NO_RENEWAL, event.facts["why"])}
        messages.warning(request, _("Not renewed: %(why)s.") % why)


class Decline(InOurWords, forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it cannot be supplied"),
        help_text=gettext_lazy("The patron will read this exactly as you write it."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, or_center=True)
def decline(request: SignedIn, ref: str) -> HttpResponse:
    """Close a request with a reason that its patron can read."""
    ill = borrowed(request.user, ref)
    form = Decline(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        borrowing.decline(ill, gates.act(request.user), reason=form.cleaned_data["reason"])
        messages.success(
            request, said_of(_("Closed, and the patron has been told."), ill.title, ill.ref)
        )
        return redirect(*goes_on(request.user, "staff-borrowing", ill.ref))
    return show(
        request,
        "staff/borrowing/decline.html",
        {"ill": ill, "form": form, "back": reverse("staff-request", args=[ill.ref])},
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING)
def amend(request: SignedIn, ref: str) -> HttpResponse:
    """Needed by another day, or fetched elsewhere: what is on its way, only that."""
    ill = borrowed(request.user, ref)
    if rerouting.may(ill):
        here = reverse("staff-request", args=[ill.ref])
        return rerouted(request, ill, here, reverse("staff-borrowing"))
    ill.refuse_out_of_turn(Verb.AMEND)
    today = ill.library.day_of(timezone.now())
    form = pick_up.AmendForm(request.POST or None, ill, request.GET.get("where", ""), today)
    too_soon = False
    if form.is_valid():
        try:
            changed = pick_up.amend(request, ill, form)
        except asking.NeedByTooSoon:
            too_soon = True
        except asking.CannotAsk:
            pass  # the form says why
        else:
            said = _("Changed.") if changed else _("Nothing was changed.")
            messages.success(request, said_of(said, ill.title, ill.ref))
            mine = borrowed_by_me(request.user, ill.ref)
            return redirect("staff-request", ill.ref) if mine else redirect("staff-borrowing")
    return show(
        request,
        "staff/borrowing/amend.html",
        {
            "ill": ill,
            "form": form,
            "too_soon": too_soon,
            "back": reverse("staff-request", args=[ill.ref]),
        },
        status=409 if too_soon else 422 if form.is_bound else 200,
    )


def borrowed_by_me(user: User, ref: str) -> bool:
    """Whether the request is still this desk's: it may be fetched elsewhere now."""
    try:
        borrowed(user, ref)
    except NoSuchRequest:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*BORROWING, or_center=True)
def cancel(request: SignedIn, ref: str) -> HttpResponse:
    """For the patron, who no longer wants it. Asks first: a cancelled request stays so."""
    ill = borrowed(request.user, ref)
    if request.method == "POST" and request.POST.get("sure") == "yes":
        borrowing.cancel(ill, gates.act(request.user))
        messages.success(request, said_of(_("Canceled."), ill.title, ill.ref))
        return redirect("staff-request", ill.ref)
    return show(
        request,
        "shared/sure.html",
        {
            "title": _("Cancel the request for “%(title)s”?") % {"title": ill.title},
            "happens": _(
                "No more libraries are asked, and a lender who is working on it is told to stop. "
                "A canceled request cannot be reopened, but the title can be asked for again."
            ),
            "verb": _("Cancel the request"),
            "back": reverse("staff-request", args=[ill.ref]),
        },
    )
