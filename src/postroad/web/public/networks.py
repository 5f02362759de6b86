"""The networks inside the consortium, each with a face of its own: /networks/CODE/."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.accounts import throttle
from postroad.cases import access, applying, handling
from postroad.cases.applying import TakesNone
from postroad.cases.models import Case
from postroad.catalogue import scopes as contents
from postroad.directory import closures, network_rules, networks
from postroad.directory.models import Kind, Membership, Network, NetworkRules, State
from postroad.notices import addresses
from postroad.web.public import catalogue, scopes
from postroad.web.public.contact import RATE, TO_ONE_ADDRESS
from postroad.web.shared.casework.forms import text_field
from postroad.web.shared.networks import keeps
from postroad.web.shared.one_press import OnePress

A_PAGE = 40
NEWEST = 8
COMING = 1  # the next rules, where some are entered


def network_of(code: str) -> Network:
    found = networks.find(code)
    if found is None:
        raise Http404
    return found


def at_its_own_host(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """At the name of a network, the first page is the network's; all else is where it always is."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path_info == "/" and (here := networks.at_host(request.get_host())):
            request.path_info = request.path = f"/networks/{here.code}/"
        return get_response(request)

    return answer


@require_safe
def all_networks(request: HttpRequest) -> HttpResponse:
    taking_part = Q(library__active=True, library__membership=Membership.MEMBER) & ~Q(
        library__kind=Kind.CENTRE
    )
    rows = Network.objects.annotate(count=Count("library", filter=taking_part))
    return render(request, "public/networks/networks.html", {"rows": rows.order_by("name", "pk")})


@require_safe
def front(request: HttpRequest, network: str) -> HttpResponse:
    """Its name and words, how large it is, what is new, and where to go on."""
    shown, now = network_of(network), timezone.now()
    members = networks.by_key(shown)
    titles, newest = contents.figures(shown.code, members, NEWEST)
    return render(
        request,
        "public/networks/front.html",
        {
            **frame(request, shown, "network"),
            "members": len(members),
            "open_today": open_today(shown, now) if members else 0,
            "titles": titles,
            "newest": newest,
            "rules": network_rules.of(shown.pk, timezone.localdate(now)),
        },
    )


def open_today(network: Network, now: Any) -> int:
    listed = list(networks.members(network))
    board = closures.Board(listed, now)
    return sum(1 for each in listed if board.today(each).is_open)


def frame(request: HttpRequest, network: Network, here: str) -> dict[str, Any]:
    """What each of its pages bears: whose it is, and the ways between them."""
    return {
        "network": network,
        "here": here,
        "joins": network.takes_applications,
        "keeps": keeps(request.user, network),
    }


@require_safe
def search(request: HttpRequest, network: str) -> HttpResponse:
    return catalogue.results_in(request, scopes.within(network_of(network)))


@require_safe
def members(request: HttpRequest, network: str) -> HttpResponse:
    """Its libraries by town, each with whether it is open today, on its own day."""
    shown, now = network_of(network), timezone.now()
    rows = networks.members(shown).order_by("town", "name", "pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    board = closures.Board(listed, now)
    hours = words.hours.today_of(board, listed)
    return render(
        request,
        "public/networks/members.html",
        {
            **frame(request, shown, "network-members"),
            "page": page,
            "listed": [(board.today(each), hours.get(each.pk, "")) for each in listed],
            "everywhere": board.for_many(timezone.localdate(now)),
        },
    )


@require_safe
def rules(request: HttpRequest, network: str) -> HttpResponse:
    """What its members agreed on, in plain words, with the day from which each holds."""
    shown, today = network_of(network), timezone.localdate()
    holds = network_rules.of(shown.pk, today)
    to_come = shown.rules.filter(effective__gt=today).order_by("effective", "pk")[:COMING]
    return render(
        request,
        "public/networks/rules.html",
        {
            **frame(request, shown, "network-rules"),
            "holds": told(holds, shown),
            "to_come": [told(each, shown) for each in to_come],
        },
    )


def told(row: NetworkRules | None, network: Network) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"row": row, "sentences": list(words.networks.sentences(row, network.name))}


class JoinForm(OnePress):
    """A library that asks to join."""

    library = forms.CharField(label=gettext_lazy("Name of your library"), max_length=160)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=60)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=State.choices)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of library"),
        choices=[
            ("", gettext_lazy("choose one")),
            *((kind.value, kind.label) for kind in Kind if kind is not Kind.CENTRE),
        ],
    )
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=100)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        help_text=gettext_lazy("The answer goes there, and a link that opens your application."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone of the library"), max_length=40, required=False
    )
    system = forms.CharField(
        label=gettext_lazy("Library system that you use"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Koha, Destiny, a spreadsheet, none: whatever it is."),
    )
    titles = forms.IntegerField(
        label=gettext_lazy("About how many titles you have"),
        min_value=0,
        max_value=99_999_999,
        required=False,
    )
    text = text_field(gettext_lazy("What should we know?"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].required = False

    def clean_library(self) -> str:
        return handling.one_line(self.cleaned_data["library"])

    def clean_town(self) -> str:
        return handling.one_line(self.cleaned_data["town"])

    def clean_name(self) -> str:
        return handling.one_line(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        return handling.one_line(self.cleaned_data["phone"])

    def clean_system(self) -> str:
        return handling.one_line(self.cleaned_data["system"])

    @property
    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"name": given["library"]} | {
            name: given[name] for name in ("town", "state", "kind", "phone", "system", "titles")
        }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, network: str) -> HttpResponse:
    """Who may join and how; and the form, which begins a case of the ILL center."""
    shown, status = network_of(network), 200
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid() and belongs(form, shown):
            form.add_error("library", _("This library is a member of this network already."))
        elif form.is_valid():
            if sent_before(form) or may_write(request, form.cleaned_data["email"]):
                return begin(request, shown, form)
            form.add_error(None, WAITS)
            status = 429
    return render(
        request,
        "public/networks/join.html",
        {**frame(request, shown, "network-join"), "form": form},
        status=status,
    )


WAITS = gettext_lazy(
    "Many messages came from your network or address, so this one waits. Nothing was lost: send it "
    "again later, or call."
)


def belongs(form: JoinForm, network: Network) -> bool:
    given = form.cleaned_data
    here = applying.known_here(given["library"], given["town"], given["state"])
    return here is not None and here.network_id == network.pk and here.active


def sent_before(form: JoinForm) -> bool:
    key = form.cleaned_data["key"]
    return key is not None and Case.objects.filter(key=key).exists()


def may_write(request: HttpRequest, email: str) -> bool:
    """As for any message of somebody without an account."""
    place = throttle.lets_try(request, "contact", RATE)
    return place and throttle.lets_try(request, "contact-to", TO_ONE_ADDRESS, addresses.key(email))


def begin(request: HttpRequest, network: Network, form: JoinForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        application = applying.ask(
            network,
            form.facts,
            text=message(network, form),
            name=given["name"],
            email=given["email"],
            key=given["key"],
        )
    except TakesNone as no:
        messages.warning(request, words.refusal(no))
        return redirect("network-join", network.code)
    said = _("Sent. Keep this page: the answer is shown here, and mailed to %(email)s.")
    messages.success(request, said % {"email": application.case.from_email})
    return redirect("case", access.token(application.case))


def message(network: Network, form: JoinForm) -> str:
    """The application as whoever answers reads it in the case, and who asked in hers."""
    given = form.cleaned_data
    lines = [
        _("%(library)s, %(town)s, asks to join %(network)s.")
        % {"library": given["library"], "town": given["town"], "network": network.name}
    ]
    for name in ("kind", "phone", "system", "titles"):
        value = dict(Kind.choices).get(given[name], given[name]) if name == "kind" else given[name]
        if value not in (None, ""):
            lines.append(f"{form.fields[name].label}: {value}")
    return "\n".join([*lines, "", given["text"]]).strip()
