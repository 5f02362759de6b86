"""Mail to libraries without an account that are asked to lend: the request, and links to answer it.

A job writes it, so that no loan between libraries with accounts pays for a look. Where no mail gets
to, the ILL center is told, so that nobody is asked without hearing of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from postroad.accounts.models import Role
from postroad.catalogue.models import Item
from postroad.directory import closures
from postroad.directory.models import Contact, Library
from postroad.ill import answer_links, unscanned
from postroad.ill.lifecycle import LENDERS_TURN, SupplyState
from postroad.ill.models import AnswerLink, Supply
from postroad.notices import addresses, links, tell
from postroad.notices.models import DeadAddress, Kind, Mailbox
from postroad.notices.words import Entry
from postroad.words import materials
from postroad.words.answer_links import STEPS
from postroad.words.labels import label

SOURCE = "ill.answerlink"
BATCH = 50  # mails of one turn
WHEN_ASKED = ("yes", "no", "conditions", "later", "shipped")
WHEN_PROMISED = ("shipped", "no")
FOR_A_COPY = ("copy", "no", "conditions", "later")
MORNING = 7  # local: before this hour nobody is reminded


@dataclass(frozen=True, slots=True)
class AskedToLend:
    """What a lender reads of a request in its mail: never for whom it is."""

    ref: str
    title: str
    author: str
    lender: str
    library: str  # where it is picked up
    place: str  # its town
    shelf: str  # the call number, with location and volume
    need_by: date | None
    day: date  # answer, or ship, by then
    promised: bool = False  # it has said yes
    again: bool = False
    entries: tuple[Entry, ...] = ()
    parts: tuple[str, ...] = ()  # of a copy: what is wanted, a line each
    address: str = ""  # to which no mail gets


def write(now: datetime) -> int:
    """Job: write to those that were asked, once more on their last day; how many were written."""
    answer_links.make(answer_links.unlinked().order_by("asked_at", "pk")[:BATCH], now)
    return sum(_write(link, now) for link in due(now).order_by("made_at", "pk")[:BATCH])


def due(now: datetime) -> QuerySet[AnswerLink]:
    """Links whose mail was not written; that are to be reminded; to which no mail gets."""
    buried = DeadAddress.objects.filter(address=OuterRef("address"))
    soon = Q(supply__due_at__lte=now + timedelta(days=1), reminded_at=None)
    soon &= Q(mailed_at__lt=now - timedelta(hours=12))
    lost = Q(unreached_at=None, mailed_at__isnull=False) & Exists(buried)
    waiting = AnswerLink.objects.filter(
        supply__state__in=sorted(LENDERS_TURN), supply__due_at__isnull=False, stopped_at=None
    )
    return waiting.filter(Q(mailed_at=None) | soon | lost).select_related(*answer_links.WITH)


def _write(link: AnswerLink, now: datetime) -> bool:
    if link.mailed_at is None:
        return first(link, now)
    if link.unreached_at is None and addresses.dead([link.address]):
        return unreached(link, now)
    return remind(link, now) if is_last_day(link.supply, now) else False


@transaction.atomic
def first(link: AnswerLink, now: datetime) -> bool:
    """The request, to the mailbox of the lender; without one the center hears of it."""
    address = address_of(link.supply.lender)
    changes = {"mailed_at": now, "address": address, "unreached_at": None if address else now}
    if not AnswerLink.objects.filter(pk=link.pk, mailed_at=None).update(**changes):
        return False  # another process was faster
    link.address = address
    if not address:
        _tell_center(link, now)
    else:
        _mail(link, now, again=False)
    return True


@transaction.atomic
def remind(link: AnswerLink, now: datetime) -> bool:
    """Its time ends today."""
    if not AnswerLink.objects.filter(pk=link.pk, reminded_at=None).update(reminded_at=now):
        return False
    if link.address:
        _mail(link, now, again=True)
    return True


@transaction.atomic
def unreached(link: AnswerLink, now: datetime) -> bool:
    """A server refused its mail for good: the center hears of it."""
    if not AnswerLink.objects.filter(pk=link.pk, unreached_at=None).update(unreached_at=now):
        return False
    _tell_center(link, now)
    return True


def is_last_day(supply: Supply, now: datetime) -> bool:
    """Whether its lender is at work on the last day that it has."""
    lender, ends = supply.lender, supply.due_at
    local = now.astimezone(ZoneInfo(lender.time_zone))
    if ends is None or local.hour < MORNING or lender.day_of(ends) > local.date():
        return False
    return closures.calendar(lender, local.date()).is_open(local.date())


def address_of(library: Library) -> str:
    """Its mailbox for interlibrary loan, else its own; none to which no mail gets."""
    contacts = Contact.objects.filter(library=library, purpose=Contact.Purpose.ILL)
    known = [*contacts.exclude(email="").values_list("email", flat=True), library.email]
    buried = addresses.dead(known)
    usable = (each.strip() for each in known if each.strip() and each not in buried)
    return next((each for each in usable if addresses.is_usable(each)), "")


def _mail(link: AnswerLink, now: datetime, *, again: bool) -> None:
    token = answer_links.token(link)
    tell.note(
        Kind.ASKED_TO_LEND,
        Mailbox(link.address, link.supply.lender.name),
        facts(link, again=again, entries=tuple(entries(link.supply, token))),
        source=SOURCE,
        source_key=f"{link.pk} {link.nonce[:8]}{' again' if again else ''}",
        now=now,
        about=links.of_request(link.supply.request.ref),
        link=links.lend(token),
    )


def _tell_center(link: AnswerLink, now: datetime) -> None:
    tell.note(
        Kind.LENDER_UNREACHED,
        Role.CENTRE,
        facts(link, again=False),
        source=SOURCE,
        source_key=f"{link.pk} {link.nonce[:8]}",
        now=now,
        about=links.of_request(link.supply.request.ref),
    )


def facts(link: AnswerLink, *, again: bool, entries: tuple[Entry, ...] = ()) -> AskedToLend:
    supply, ill = link.supply, link.supply.request
    return AskedToLend(
        ref=ill.ref,
        title=ill.title,
        author=ill.author,
        lender=supply.lender.name,
        library=ill.library.name,
        place=ill.library.town,
        shelf=shelf(next(iter(unscanned.copies_to_send(supply)), None)),
        need_by=ill.need_by,
        day=supply.lender.day_of(supply.due_at or supply.asked_at),
        promised=supply.state == SupplyState.PROMISED,
        again=again,
        entries=entries,
        parts=parts(supply),
        address=link.address,
    )


def parts(supply: Supply) -> tuple[str, ...]:
    """What is to be copied; nothing of a loan."""
    if not supply.level:
        return ()
    return tuple(f"{name}: {text}" for name, text in materials.lines(supply.request.citation))


def shelf(item: Item | None) -> str:
    """Where the copy stands, as far as the catalogue knows."""
    parts = [item.call_number, item.volume, item.location] if item else []
    return ", ".join(part for part in parts if part)


def entries(supply: Supply, token: str) -> Iterator[Entry]:
    """The steps, each a link to its page with one button."""
    steps = WHEN_PROMISED if supply.state == SupplyState.PROMISED else WHEN_ASKED
    for step in FOR_A_COPY if supply.level else steps:
        yield Entry(label(STEPS, step), links.lend(token, step))
