"""What becomes of the mail, and in the demonstration the letters themselves: /office/mail/.

Real mail is nobody's to read but the receiver's: outside the demonstration an operator sees which
letters wait, failed or left, and why. There a request never stands beside a reader's address.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from itertools import islice
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from postroad import reference_numbers
from postroad.accounts import roles
from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.notices import addresses, folder, post
from postroad.notices.models import Notice, NoticeQuerySet
from postroad.web.shared import gates
from postroad.web.shared.paging import page_of
from postroad.web.shared.pieces import Choice

P = ParamSpec("P")
Page = Callable[Concatenate[gates.SignedIn, P], HttpResponse]
SHOWN = 40  # letters of the demonstration's folder on the list
A_PAGE = 40
log = logging.getLogger(__name__)


def in_the_demonstration(page: Page[P]) -> Page[P]:
    @wraps(page)
    def shown(request: gates.SignedIn, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return page(request, *args, **kwargs)

    return shown


@dataclass(frozen=True, slots=True)
class Line:
    """A letter in the list: where it stands, and what was said if it did not leave."""

    notice: Notice
    what: str
    to: str
    ref: str

    @property
    def may_go_again(self) -> bool:
        return self.notice.made_at >= timezone.now() - post.STALE


@require_safe
@gates.needs(*gates.MAIL_READERS)
@never_cache
def mail(request: gates.SignedIn) -> HttpResponse:
    """Those that wait, those that could not be sent, those that left; of a request, to somebody."""
    operator = roles.has_any(request.user, [Role.OPERATOR])
    if not (settings.DEMO or operator):
        raise Http404
    asked = "".join(filter(str.isprintable, request.GET.get("q", ""))).strip()[:200]
    usual = "sent" if settings.DEMO else "waiting"
    show = request.GET["show"] if request.GET.get("show") in SHOWS else usual
    found = about(asked)
    of_the_folder = settings.DEMO and show == "sent"
    chosen = Notice.objects.none() if of_the_folder else SHOWS[show](found)
    page = page_of(request, chosen.select_related("library"), A_PAGE)
    return render(
        request,
        "office/mail.html",
        {
            "asked": asked,
            "show": show,
            "choices": choices(found, asked, show),
            "letters": list(letters(asked)) if of_the_folder else [],
            "most": SHOWN,
            "page": page,
            "lines": [line(notice, asked) for notice in page.object_list],
            "demo": settings.DEMO,
            "operator": operator,
        },
    )


def about(asked: str) -> NoticeQuerySet:
    """The letters of a request, or to an address: as it is now, or was when it was written."""
    every = Notice.objects.exclude(mail_to="")
    if not asked:
        return every
    if "@" not in asked:
        return every.of_request(reference_numbers.tidy(asked))
    people, libraries = (
        kind._default_manager.filter(email__iexact=asked).values("pk") for kind in (User, Library)
    )
    mine = Q(user__in=people) | Q(library__in=libraries) | Q(mail_to__iexact=asked)
    return every.filter(mine | Q(address=addresses.key(asked)))


def letters(asked: str) -> Iterable[folder.Letter]:
    """Those in the folder that are to this address, or about this request."""
    if not asked:
        return folder.newest(SHOWN)
    number = reference_numbers.tidy(asked)
    if "@" in asked:
        found = (
            letter
            for letter in folder.newest(None)
            if asked.lower() in addresses.recipients(letter.to.lower())
        )
    elif reference_numbers.is_ours(number):
        found = (letter for letter in folder.newest(None) if number in letter.text)
    else:
        return []
    return islice(found, SHOWN)


SHOWS: dict[str, Callable[[NoticeQuerySet], NoticeQuerySet]] = {
    "waiting": lambda found: found.unmailed().order_by("mail_due_at", "pk"),
    "failed": lambda found: found.failed(),
    "sent": lambda found: found.filter(mailed_at__isnull=False).order_by("-pk"),
}


def choices(found: NoticeQuerySet, asked: str, show: str) -> list[Choice]:
    words = {"waiting": _("Not yet sent"), "failed": _("Could not be sent"), "sent": _("Sent")}
    counts = {"waiting": found.unmailed().count(), "failed": found.failed().count()}
    return [
        Choice(label, address(key, asked), counts.get(key), key == show)
        for key, label in words.items()
    ]


def address(show: str, asked: str) -> str:
    query = {"show": show} | ({"q": asked} if asked else {})
    return f"{reverse('office-mail')}?{urlencode(query)}"


def line(notice: Notice, asked: str) -> Line:
    """As much of it as may be seen here."""
    if settings.DEMO:
        return Line(notice, notice.subject, notice.mail_to, notice.ref)
    kind = str(notice.get_kind_display())
    if notice.library or notice.office:
        to = notice.library.name if notice.library else notice.get_office_display()
        return Line(notice, kind, f"{to}, {notice.mail_to}", notice.ref)
    if "@" in asked:
        return Line(notice, kind, notice.mail_to, "")
    return Line(notice, kind, masked(notice.mail_to), notice.ref)


def masked(typed: str) -> str:
    """Enough to see which mail server it is, and not whose address."""
    return f"…@{typed.rpartition('@')[2]}" if "@" in typed else "…"


@require_POST
@gates.needs(Role.OPERATOR)
def send_again(request: gates.SignedIn, notice: int) -> HttpResponse:
    """A letter that was given up goes out once more, with the next turn of the mail."""
    failed = Notice.objects.failed().filter(pk=notice)
    if post.try_again(failed, timezone.now()):
        log.info("%s sends letter %s again", request.user.pk, notice)
        messages.success(request, _("The message will be sent again in a moment."))
    else:
        messages.warning(
            request,
            _(
                "Nothing was sent: it has been sent in the meantime, or it is more than a week "
                "old. A recipient with an account can still see it after signing in."
            ),
        )
    return redirect(address("failed", ""))


@require_safe
@gates.needs(*gates.MAIL_READERS)
@in_the_demonstration
def letter(request: gates.SignedIn, name: str) -> HttpResponse:
    return render(request, "office/letter.html", {"letter": found(name)})


@require_safe
@gates.needs(*gates.MAIL_READERS)
@in_the_demonstration
def letter_as_html(request: gates.SignedIn, name: str) -> HttpResponse:
    """The message as a mail program shows it. The page's policy lets nothing in it act or load."""
    html = found(name).html
    if not html:
        raise Http404
    return HttpResponse(html)


def found(name: str) -> folder.Letter:
    letter = folder.read(name)
    if letter is None:
        raise Http404
    return letter
