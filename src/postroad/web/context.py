"""What the frame of every page needs: who reads, where they may go, whose house it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad.accounts import roles
from postroad.accounts.models import BORROWING, LENDING, Role
from postroad.situations.models import banners
from postroad.web.shared.alive import worker_silent_since
from postroad.web.shared.gates import (
    CASES,
    E_CONTENT,
    MAIL_READERS,
    OFFICE,
    RECORDS,
    STAFF,
    STANDS_IN,
)

WORK = {
    "patron": frozenset({Role.PATRON}),
    "staff": STAFF,
    "courier": frozenset({Role.DRIVER}),
    "office": OFFICE,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A line of the navigation. `name` is the address's name; a page may give it a count."""

    name: str
    label: Promise
    roles: frozenset[Role] | None = None  # who sees it; None: everybody
    demo: bool = False  # only in the demonstration
    also: tuple[str, ...] = ()  # where else addresses begin that belong to it
    under: tuple["Way", ...] = ()  # what it holds together; who may go one of these goes only that


@dataclass(frozen=True, slots=True)
class Signpost:
    """A way as one reader sees it from one page."""

    name: str
    label: Promise
    address: str
    here: bool
    under: Sequence["Signpost"] = ()  # the second row, of a way that holds several together


SEARCH = Way("search", _("Catalog"), also=("/record/", "/collections/", "/patron/ask/"))
LIBRARIES = Way("libraries", _("Libraries"), also=("/networks/", "/delivery/"))
STATUS = Way("status", _("Status"), also=("/say/",))
E_RESOURCES = Way("e-resources", _("E-resources"))
RETURNS = Way("returns", _("Returns"))
CONTACT = Way("contact", _("Contact"), also=("/case/",))
GUIDES = Way("guides", _("Guides"), also=("/answers/", "/news/", "/search/guides"))
PUBLIC = (SEARCH, E_RESOURCES, LIBRARIES, STATUS, RETURNS, GUIDES, CONTACT)
WAYS: dict[str, tuple[Way, ...]] = {
    "public": PUBLIC,
    "patron": (Way("patron-requests", _("My requests"), frozenset({Role.PATRON})), *PUBLIC),
    "staff": (
        Way("staff", _("Today"), STAFF),
        Way(
            "staff-borrowing",
            _("Borrowing"),
            BORROWING,
            also=("/staff/ask/", "/staff/requests/"),
        ),
        Way(
            "staff-lending",
            _("Lending"),
            LENDING,
            also=("/staff/supplies/", "/staff/requests/"),
        ),
        Way("staff-cases", _("Cases"), STAFF),
        Way(
            "staff-library",
            _("Our library"),
            under=(
                Way(
                    "staff-library",
                    _("Our library"),
                    frozenset({Role.DIRECTOR}),
                    also=("/office/libraries/", "/office/people/", "/office/networks/"),
                ),
                Way("staff-catalog", _("Our records"), frozenset({Role.DIRECTOR})),
                Way("staff-library-items", _("How items are read"), frozenset({Role.DIRECTOR})),
                Way("staff-library-copyright", _("Copyright"), BORROWING),
            ),
        ),
        Way("search", _("Catalog"), under=(SEARCH, E_RESOURCES)),
        LIBRARIES,
        Way(
            "returns",
            _("Returns"),
            under=(RETURNS, Way("staff-transit", _("Send anything"), STAFF)),
        ),
    ),
    "courier": (Way("courier-route", _("My route"), frozenset({Role.DRIVER})),),
    "office": (
        Way(
            "office-centre",
            _("ILL center"),
            under=(
                Way("office-centre", _("Requests"), frozenset({Role.CENTRE})),
                Way("office-copyright", _("Copyright"), frozenset({Role.CENTRE})),
            ),
        ),
        Way("office-delivery", _("Delivery"), frozenset({Role.DELIVERY})),
        Way(
            "office-cases",
            _("Cases"),
            CASES,
            also=("/office/contact/",),
        ),
        Way(
            "office-closures",
            _("Open and closed"),
            under=(
                Way("office-closures", _("Closures"), CASES),
                Way("office-situations", _("Situations"), CASES),
                Way("office-status", _("Status"), RECORDS),
            ),
        ),
        Way("office-staff-notices", _("Notices to staff"), CASES),
        Way(
            "office-libraries",
            _("Records"),
            under=(
                Way("office-libraries", _("Library records"), RECORDS),
                Way("office-networks", _("Networks"), RECORDS),
                Way("office-people", _("People"), RECORDS),
                Way("office-thresholds", _("Thresholds"), RECORDS),
                Way("office-agreements", _("Agreements"), RECORDS),
                Way("office-e-resources", _("E-resources"), E_CONTENT),
                Way("office-title-lists", _("Title lists"), E_CONTENT),
            ),
        ),
        Way("office-mail", _("Mail"), MAIL_READERS, demo=True),
        Way("wagtailadmin_home", _("Edit the guides"), frozenset({Role.EDITOR})),
        Way("office-updates", _("Updates"), frozenset({Role.EDITOR})),
        Way("office-operations", _("Operations"), frozenset({Role.OPERATOR})),
        SEARCH,
        LIBRARIES,
    ),
}


def frame(request: HttpRequest) -> dict[str, object]:
    held = frozenset(roles.held(request.user)) if hasattr(request, "user") else frozenset()
    whose = audience(request.path, held)
    return {
        "demo": settings.DEMO,
        "consortium": settings.CONSORTIUM,
        "signposts": signposts(request.path, whose, held),
        "knows_readers": bool(held & BORROWING),
        "at_work": bool(held) and whose not in {"public", "patron"},
        "situations": banners,
        "acting_for": acting_for(request, held),
        "silent_since": worker_silent_since if held and whose in {"staff", "office"} else None,
    }


def acting_for(request: HttpRequest, held: frozenset[Role]) -> str:
    """The library for which somebody of the center acts just now; of nobody else."""
    if Role.CENTRE not in held or not hasattr(request, "session"):
        return ""
    return str(request.session.get(STANDS_IN, {}).get("name", ""))


def audience(path: str, held: frozenset[Role]) -> str:
    """By the address; on public pages, and as a guest at another's, by the reader's own work."""
    first = path.split("/", 2)[1]
    if held & WORK.get(first, frozenset()):
        return first
    if held & STAFF:
        return "staff"
    if held & OFFICE:
        return "office"
    if Role.DRIVER in held:
        return "courier"
    return "patron" if Role.PATRON in held else "public"


def signposts(path: str, audience: str, held: frozenset[Role]) -> list[Signpost]:
    """The ways open to this reader; of those that lead here only the nearest is marked."""
    ways = opened(WAYS[audience], held)
    singles = [single for way in ways for single in way.under or (way,)]
    near = [nearness(path, (address_of(single), *single.also)) for single in singles]
    nearest = max(near, default=0)
    here = singles[near.index(nearest)] if nearest else None
    return [signpost(way, here) for way in ways]


def opened(ways: Sequence[Way], held: frozenset[Role]) -> list[Way]:
    """Those of them that this reader may go. What holds only one of hers together is that one."""
    found = []
    for way in ways:
        under = opened(way.under, held)
        if len(under) == 1:
            found.append(under[0])
        elif under:
            found.append(replace(way, name=under[0].name, under=tuple(under)))
        elif not way.under and may_go(way, held):
            found.append(way)
    return found


def may_go(way: Way, held: frozenset[Role]) -> bool:
    mine = way.roles is None or bool(way.roles & held)
    return mine and (settings.DEMO or not way.demo) and bool(address_of(way))


def signpost(way: Way, here: Way | None) -> Signpost:
    under = [signpost(each, here) for each in way.under]
    at = any(each.here for each in under) if under else way is here
    return Signpost(way.name, way.label, address_of(way), at, under)


def nearness(path: str, beginnings: tuple[str, ...]) -> int:
    """How much of the path the longest of these beginnings covers."""
    return max((len(each) for each in beginnings if path.startswith(each)), default=0)


def address_of(way: Way) -> str:
    """Where the way leads; a page that the editors have not made yet has no address."""
    try:
        return reverse(way.name)
    except NoReverseMatch:
        return ""
