"""The gates of the pages: who may come in, and at which library's desk they sit.

A stranger is sent to the sign-in page. Somebody whose page this is not is told what he would be
told if there were no such page.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from django_htmx.http import HttpResponseClientRedirect

from postroad.accounts import roles
from postroad.accounts.models import AT_A_LIBRARY, Role, User
from postroad.directory.models import Library
from postroad.guides import editors
from postroad.ill.acts import Act, Door
from postroad.ill.lifecycle import Owner
from postroad.web.shared.headers import EDITORS

P = ParamSpec("P")
# Who may come in, and whose way a page is in the navigation.
STAFF = AT_A_LIBRARY
CASES = frozenset({Role.CENTRE, Role.DELIVERY})  # the offices that people write to
RECORDS = frozenset({Role.CENTRE, Role.OPERATOR})  # of all libraries, their people and cards
KEEPERS = RECORDS | {Role.DIRECTOR}  # hers those of her own library
MAIL_READERS = CASES | RECORDS
OFFICE = MAIL_READERS | {Role.EDITOR}
E_CONTENT = frozenset({Role.CENTRE, Role.EDITOR})  # licensed resources and their lists
READING = frozenset({"GET", "HEAD"})
STANDS_IN = "stands_in_for"  # the session's name for the library for which the center acts
CHOSEN = "desk"  # the session's name for the library at which somebody works just now


class SignedIn(HttpRequest):
    """The request of somebody who came through a gate."""

    user: User


def act(user: User) -> Act:
    """What somebody does now by a button or a scan of a page; of the center, for a library."""
    if user.stands_in_for is not None:
        return Act(user, role=Owner.CENTRE, library=user.stands_in_for, door=Door.PAGE)
    return Act(user, door=Door.PAGE)


def stands_in(request: HttpRequest) -> Library | None:
    """The library for which somebody of the center has chosen to act; nobody else ever does."""
    chosen = request.session.get(STANDS_IN)
    if chosen is None or not roles.has(request.user, Role.CENTRE):
        return None
    return Library.objects.members().select_related("policy").filter(pk=chosen["pk"]).first()


def act_for(request: HttpRequest, library: Library | None) -> None:
    """From now on, until another is chosen or none."""
    request.session.pop(STANDS_IN, None)
    if library is not None:
        request.session[STANDS_IN] = {"pk": library.pk, "name": library.name}


@dataclass(frozen=True, slots=True)
class Desk:
    """The library for which somebody works just now, and as what."""

    library: Library
    roles: frozenset[Role]


def needs(
    *wanted: Role,
    or_center: bool = False,
) -> Callable[
    [Callable[Concatenate[SignedIn, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let in who fills one of these roles; work at a library counts at the desk chosen just now.

    Days are those of that desk, on a patron's page those of her library, else the consortium's.
    `or_center` lets in who of the ILL center acts for a library just now: then for that one alone,
    and seeing no more than the center does.
    """
    if not wanted:
        raise ValueError("name the roles that may come in")

    def gate(
        page: Callable[Concatenate[SignedIn, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if or_center and (library := stands_in(request)):
                request.user.stands_in_for = library
                with timezone.override(library.time_zone):
                    return page(request, *args, **kwargs)  # type: ignore[arg-type]  # is signed in
            if not roles.has_any(request.user, wanted):
                raise Http404
            if not at_hand(request, wanted):
                return to_another_desk(request)
            with timezone.override(zone_of(request, wanted)):
                return page(request, *args, **kwargs)  # type: ignore[arg-type]  # is signed in

        guarded.needs = frozenset(wanted)  # type: ignore[attr-defined]  # read by the test of gates
        return guarded

    return gate


def open_to(role: Role, address: str) -> bool:
    """Whether the page at this address of ours is one of this role's, or everybody's."""
    path = urlsplit(address).path
    if path.startswith(EDITORS):
        return role is Role.EDITOR
    try:
        page = resolve(path).func
    except Resolver404:
        return False
    return role in getattr(page, "needs", Role)


def zone_of(request: HttpRequest, wanted: Collection[Role]) -> str:
    """In whose days a page for these roles speaks."""
    if not AT_A_LIBRARY.isdisjoint(wanted) and desks(request.user):
        return desk(request).library.time_zone
    card = roles.card_of(request.user) if Role.PATRON in wanted else None
    return card.library.time_zone if card else settings.TIME_ZONE


def at_hand(request: HttpRequest, wanted: Collection[Role]) -> bool:
    """Whether one of the roles is held for the consortium, or at the desk chosen just now."""
    if any(roles.has(request.user, role) for role in wanted if role not in AT_A_LIBRARY):
        return True
    return not desk(request).roles.isdisjoint(wanted)


def desk(request: HttpRequest) -> Desk:
    """The desk at which this person sits; whoever works at no library finds none."""
    known: Desk | None = getattr(request, "desk", None)
    if known is None:
        known = choose(desks(request.user), request.session.get(CHOSEN))
        request.desk = known  # type: ignore[attr-defined]
    return known


def choose(open_to: list[Desk], chosen: object) -> Desk:
    if not open_to:
        raise Http404
    return next((desk for desk in open_to if desk.library.pk == chosen), open_to[0])


def desks(user: roles.Person) -> list[Desk]:
    """Every library for which this person works, by town."""
    at: dict[int, tuple[Library, set[Role]]] = {}
    for post in roles.posts(user):
        if post.library and post.role in AT_A_LIBRARY:
            at.setdefault(post.library.pk, (post.library, set()))[1].add(Role(post.role))
    return [Desk(library, frozenset(filled)) for library, filled in at.values()]


def to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.method not in READING:
        said = _(
            "You are no longer signed in, so what you just sent was not recorded. Sign in and do "
            "it again."
        )
        messages.warning(request, said)
    return leave(request, "account_login")


def to_another_desk(request: HttpRequest) -> HttpResponse:
    if request.method not in READING:
        said = _("You have switched to another library, so what you just sent was not recorded.")
        messages.warning(request, said)
    return leave(request, "staff-desk")


def leave(request: HttpRequest, name: str) -> HttpResponse:
    """Send to another page that knows the way back, unless there is nothing to come back to."""
    address = resolve_url(name)
    if before := page_before(request):
        way = QueryDict(mutable=True)
        way[REDIRECT_FIELD_NAME] = before
        address = f"{address}?{way.urlencode(safe='/')}"
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def page_before(request: HttpRequest) -> str:
    """The page to come back to: this one, or of ours the one on which something was sent."""
    if request.method in READING and not request.headers.get("HX-Request"):
        return request.get_full_path()
    seen = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(seen, {request.get_host()}, request.is_secure())
    return urlsplit(seen)._replace(scheme="", netloc="").geturl() if ours else ""


def editors_only(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """The gate before Wagtail's own pages, which know groups but not our roles."""

    def answer(request: HttpRequest) -> Any:
        if not request.path_info.startswith(EDITORS):
            return get_response(request)
        return at_the_editors_door(request) or get_response(request)

    return answer


def at_the_editors_door(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    if not roles.has(request.user, Role.EDITOR):
        return page_not_found(request, Http404())
    request.user = editors.admit(request.user)
    return None
