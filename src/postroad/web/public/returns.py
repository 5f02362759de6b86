"""What to do with a borrowed book: /returns.

Anyone may ask, with a number or with the name of a library. What is answered is where it goes and
how (`ill/returns.py`); a title or a request is named to those alone whose it is to see. Who works
at no library has ten tries a minute, so that nobody counts through the numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from postroad.accounts import roles, throttle
from postroad.accounts.models import BORROWING, User
from postroad.cases.models import Kind as CaseKind
from postroad.catalogue import citation, holdings, search
from postroad.catalogue.query import Query
from postroad.catalogue.search import NoIndex
from postroad.delivery.models import Parcel, ParcelState, Via
from postroad.directory.called import MOST, called
from postroad.directory.models import Contact, Kind, Library
from postroad.ill import access, returns, spelling
from postroad.ill.finding import AT_HAND
from postroad.ill.homeward import Way
from postroad.ill.lifecycle import State
from postroad.ill.lookup import Seen
from postroad.ill.models import Number, Request, System
from postroad.ill.returns import Home
from postroad.web.shared import gates, way_home
from postroad.web.shared.way_home import Shown

RATE = "10/m/ip"
AGAIN = 60  # seconds after which the next try is let in
LONGEST = 200
TITLES = 5
OWNERS = 6  # of a title, that are listed; if there are more, the stamp in the book has to tell
TOO_MANY_TRIES = gettext_lazy(
    "That were many tries in one minute. Wait a minute, then try again. Staff who sign in are not "
    "limited."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form was sent with."""

    number: str
    owner: str
    sender: str

    def address(self, **changed: str) -> str:
        """The same question with one of several libraries chosen."""
        typed = {"q": self.number, "from": self.owner, "at": self.sender, **changed}
        return "?" + urlencode({name: value for name, value in typed.items() if value})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several libraries that may be meant."""

    library: Library
    address: str


@dataclass(frozen=True, slots=True)
class Title:
    """A title of the catalog, and whose copy it may be."""

    title: str
    author: str
    pk: int
    owners: Sequence[Choice]
    more: int  # owners, when they are too many to list


@dataclass(slots=True)
class Page:
    """What the page says."""

    asked: Asked
    home: Home | None = None
    shown: Sequence[Shown] = ()
    choices: Sequence[Choice] = ()
    senders: Sequence[Choice] = ()
    more: bool = False  # whether there may be more to choose from than are listed
    titles: Sequence[Title] = ()
    mine: Sequence[Request] = ()
    trouble: str = ""  # a sentence on what was not found, or why nothing is answered
    ask_us: bool = False
    status: int = 200


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    asked = Asked(*(typed(request, name) for name in ("q", "from", "at")))
    works = works_somewhere(request)
    answer = Page(asked)
    if asked.number or asked.owner or request.GET.get("library"):
        if asked.number and not works and not throttle.lets_try(request, "returns", RATE):
            answer.status, answer.trouble = 429, str(TOO_MANY_TRIES)
        else:
            look(request, answer)
    elif asked.sender:
        answer.trouble = _("Say also what is on the book, or which library it belongs to.")
    response = render(
        request,
        "public/returns.html",
        {
            "answer": answer,
            "works": works,
            "contacts": contacts() if answer.ask_us else (),
            "about": about(answer),
            "case": case_of(request, answer),
            "can_send": answer.home is not None and can_send(request, answer.home),
            "mailed": answer.home is not None and mailed(request, answer.home),
            "parcel": answer.home is not None and ready(request, answer.home),
            "prints": answer.home is not None and prints(request, answer.home),
        },
        status=answer.status,
    )
    if answer.status == 429:
        response.headers["Retry-After"] = str(AGAIN)
    return response


def typed(request: HttpRequest, name: str) -> str:
    return " ".join(request.GET.get(name, "").replace("\x00", "").split())[:LONGEST]


def works_somewhere(request: HttpRequest) -> bool:
    """Whether this person has a post; then nobody has to keep her from trying numbers."""
    user = request.user
    return isinstance(user, User) and bool(roles.posts(user))


def look(request: HttpRequest, answer: Page) -> None:
    """Find whose it is, and how it goes home; or say what would have to be known."""
    asked, now = answer.asked, timezone.now()
    sender = sender_of(request, answer)
    chosen = by_code(request.GET.get("library", ""))
    named = [chosen] if chosen else called(asked.owner)
    owner = named[0] if len(named) == 1 else None
    unsent = False
    if asked.number:
        sight = access.seen_by(request.user) if isinstance(request.user, User) else Seen()
        found = returns.advice(asked.number, sight, now=now, sender=sender, owner=owner)
        if found.home is not None:
            show(answer, found.home)
            return
        among = [each for each in found.libraries if each in named] or found.libraries
        answer.choices, unsent = choices(among, asked), found.unsent
    if owner is not None:
        if asked.number:
            answer.trouble = _("We do not know that number, so this goes by the library alone.")
        show(answer, returns.home(owner, sender, now))
    elif not answer.choices and named:
        answer.choices, answer.more = choices(named, asked), len(named) == MOST
    elif not answer.choices and asked.owner:
        answer.trouble = _("We know no library that is called “%(text)s”.") % {"text": asked.owner}
        answer.ask_us = True
    elif not answer.choices:
        not_a_number(request, answer, unsent=unsent)


def sender_of(request: HttpRequest, answer: Page) -> Library | None:
    """Where the book is: as was said, or the desk of who asks."""
    asked = answer.asked
    if chosen := by_code(request.GET.get("sender", "")):
        return chosen
    if asked.sender:
        found = called(asked.sender)
        if len(found) == 1:
            return found[0]
        answer.senders = [Choice(each, asked.address(at="", sender=each.code)) for each in found]
        return None
    return gates.desk(request).library if gates.desks(request.user) else None


def by_code(code: str) -> Library | None:
    return Library.objects.filter(code=code[:16].replace("\x00", "")).first() if code else None


def choices(libraries: Iterable[Library], asked: Asked) -> list[Choice]:
    return [Choice(each, asked.address(**{"from": ""}, library=each.code)) for each in libraries]


def not_a_number(request: HttpRequest, answer: Page, *, unsent: bool) -> None:
    """No thing that is known bears it: then it may be a title, or nobody here can tell."""
    asked = answer.asked
    if unsent:
        answer.trouble = _(
            "That is the number of a request, but no library has recorded that it sent something "
            "for it. So we cannot say whose it is."
        )
        answer.ask_us = True
        return
    if any(sign.isalpha() for sign in asked.number):
        answer.mine = borrowed_under(request, asked.number)
        answer.titles = titles(asked)
    if not answer.mine and not answer.titles:
        answer.trouble = _("We know nothing with “%(text)s” on it.") % {"text": asked.number}
        answer.ask_us = True


def borrowed_under(request: HttpRequest, title: str) -> list[Request]:
    """What this person's own libraries have borrowed under this title, and have at hand."""
    if not isinstance(request.user, User):
        return []
    sight = access.seen_by(request.user)
    at_hand = Request.objects.filter(sight.requests, state__in=AT_HAND, title__icontains=title)
    rows = at_hand.shown().select_related("current_loan__parcel_home")  # whose slip may be printed
    return list(rows.order_by("-asked_at", "-pk")[:TITLES])


def titles(asked: Asked) -> list[Title]:
    """Titles of the catalog, which anybody may search, with the libraries that own them."""
    try:
        hits = search.find(Query(words=asked.number)).hits[:TITLES]
    except NoIndex:
        return []
    held = holdings.counts_of(record.pk for record in hits)
    keys = {each.library_id for rows in held.values() for each in rows}
    owners = Library.objects.in_bulk(keys)
    found = []
    for record in hits:
        own = [owners[each.library_id] for each in held.get(record.pk, [])]
        few = own if len(own) <= OWNERS else []
        found.append(
            Title(
                citation.short_title(record.title),
                citation.person(record.author),
                record.pk,
                [Choice(each, asked.address(q="", library=each.code)) for each in few],
                len(own) - len(few),
            )
        )
    return found


def show(answer: Page, home: Home) -> None:
    answer.home, answer.shown = home, way_home.shown(home)
    answer.ask_us = any(each.way == Way.ASK_US for each in home.ways)


def can_send(request: HttpRequest, home: Home) -> bool:
    """Whether this person's desk has it, and may send it home now."""
    ill = home.ill
    return ill is not None and borrows(request, ill) and returns.may_send_home(ill)


def mailed(request: HttpRequest, home: Home) -> returns.Posting | None:
    """The number under which this person's desk has mailed it, to be written down or mended."""
    ill = home.ill
    if ill is None or ill.loan is None or not borrows(request, ill):
        return None
    return returns.home_by_mail(ill.loan)


def borrows(request: HttpRequest, ill: Request) -> bool:
    """Whether this person sits at the desk that borrowed it."""
    if not gates.desks(request.user):
        return False
    desk = gates.desk(request)
    return desk.library == ill.library and bool(desk.roles & BORROWING)


def prints(request: HttpRequest, home: Home) -> bool:
    """Whether this person sits at the desk from which it goes, and prints a slip of no parcel: what
    that desk borrowed is sent home first, and then has a slip with a number."""
    if home.ill is not None and home.ill.is_open and borrows(request, home.ill):
        return False
    return bool(gates.desks(request.user)) and gates.desk(request).library == home.sender


def ready(request: HttpRequest, home: Home) -> Parcel | None:
    """The parcel in which this person's desk sends it home by the van, to print its slip."""
    ill = home.ill
    if ill is None or ill.loan is None or not borrows(request, ill):
        return None
    parcel = ill.loan.parcel_home if ill.state == State.HOMEWARD else None
    waits = parcel is not None and parcel.state == ParcelState.READY
    return parcel if waits and parcel and parcel.via == Via.DELIVERY else None


def about(answer: Page) -> str:
    """What the team is told, so that nobody has to type it again."""
    asked, home = answer.asked, answer.home
    parts = [
        asked.number,
        _("a book of %(library)s") % {"library": home.library.name} if home else asked.owner,
        _("now at %(library)s") % {"library": asked.sender} if asked.sender else "",
    ]
    return ", ".join(part for part in parts if part)


def case_of(request: HttpRequest, answer: Page) -> str:
    """The form by which a case is opened, with what is known filled in: the other number of a
    request only for whoever may see it."""
    asked, home = answer.asked, answer.home
    known = {"clio": "", "ill": ""}
    if home is not None and home.ill is not None and sees(request, home.ill):
        for number in Number.objects.standing().filter(request=home.ill):
            if number.system != System.OTHER:
                known["clio" if number.system == System.CLIO else "ill"] = number.typed
    elif (spelled := spelling.read(asked.number)).value:
        known["clio" if spelled.system == System.CLIO else "ill"] = asked.number
    known["library"] = home.library.code if home else asked.owner
    filled = {name: value for name, value in known.items() if value}
    return f"{reverse('contact')}?{urlencode({'kind': CaseKind.RETURN, **filled})}"


def sees(request: HttpRequest, ill: Request) -> bool:
    if not isinstance(request.user, User):
        return False
    sight = access.seen_by(request.user).requests
    return Request.objects.filter(sight, pk=ill.pk).exists()


def contacts() -> list[Contact]:
    """The consortium's own team; where none is entered, the center as a library."""
    team = Contact.objects.filter(
        library=None, purpose__in=(Contact.Purpose.TEAM, Contact.Purpose.ILL)
    )
    if found := list(team):
        return found
    centre = Library.objects.filter(kind=Kind.CENTRE, active=True).exclude(email="", phone="")
    return [
        Contact(name=each.name, email=each.email, phone=each.phone, purpose=Contact.Purpose.TEAM)
        for each in centre
    ]
