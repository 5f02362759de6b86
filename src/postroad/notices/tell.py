"""Who is told what: the listener of events, and the reminder before a book is due."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse

from postroad.accounts.models import User
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.ill import clocks
from postroad.ill.lifecycle import State, SupplyState
from postroad.ill.models import Event, Request
from postroad.notices import folder, post, words
from postroad.notices.models import Kind, Notice
from postroad.notices.words import Facts

PATRON: Mapping[str, Kind] = {
    "ask": Kind.ASKED,
    "ship": Kind.ON_ITS_WAY,
    "receive": Kind.ARRIVED,
    "lend": Kind.LENT,
    "renew": Kind.RENEWED,
    "refuse_renewal": Kind.NOT_RENEWED,
    "decline": Kind.CANNOT_SUPPLY,
    "cancel": Kind.CANCELLED,
    "expire": Kind.EXPIRED,
}
# What the clock of a state has to say when it rings: to the borrowing library, to the lender.
NUDGE: Mapping[str, Kind] = {
    State.REVIEW: Kind.NEEDS_REVIEW,
    State.SHIPPED: Kind.LATE,
    State.ARRIVED: Kind.UNCLAIMED,
    State.HOMEWARD: Kind.LATE,
}
NUDGE_LENDER: Mapping[str, Kind] = {SupplyState.SHIPPED: Kind.LATE, SupplyState.HOMEWARD: Kind.LATE}

# What a mistake put right takes back.
TAKES_BACK: Mapping[str, tuple[str, Kind]] = {
    "unship": ("ship", Kind.ON_ITS_WAY),
    "come_back": ("ship", Kind.ON_ITS_WAY),
    "unreceive": ("receive", Kind.ARRIVED),
    "unlend": ("lend", Kind.LENT),
}
HEARD = frozenset({*PATRON, *TAKES_BACK, "review", "nudge", "nudge_lender"})
CORRECTED = frozenset({Kind.ON_ITS_WAY, Kind.ARRIVED})  # who heard this hears that it is not so
BATCH = 200


@dataclass(frozen=True, slots=True)
class Telling:
    """A kind of notice for one recipient."""

    kind: Kind
    to: User | Library


def people(event: Event, now: datetime) -> None:
    """Listener: write the notices that follow from an event. Told twice, it writes them once."""
    if event.verb == "forget":
        forget(event)
    if event.verb not in HEARD:
        return
    ill = event.request
    with transaction.atomic() if event.verb in TAKES_BACK else nullcontext():
        write([notice(telling, event, ill, event.at) for telling in tellings(event, ill)], ill)


def write(notices: list[Notice], ill: Request) -> None:
    """Save them, each once; none to a patron whose name has left the request since it was read.

    A worker may be slow, and its lease outrun: what it wrote then, nobody would delete again. The
    lock makes whoever takes the name wait, and find the notice.
    """
    with transaction.atomic():
        if any(notice.user_id for notice in notices):
            row = Request.objects.select_for_update(no_key=True).filter(pk=ill.pk)
            hers = row.values_list("patron", flat=True).get()
            notices = [notice for notice in notices if notice.user_id in (None, hers)]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)


def tellings(event: Event, ill: Request) -> Iterator[Telling]:
    """Who is to be told of an event, and what."""
    if event.verb in TAKES_BACK:
        yield from correction(event, ill)
    elif ill.patron and (kind := patron_hears(event)) and not undone(event, ill):
        yield Telling(kind, ill.patron)
    if kind := library_hears(event):
        yield Telling(kind, ill.library)
    if event.verb == "nudge_lender" and (kind := NUDGE_LENDER.get(event.supply_after)):
        lender = event.supply.lender if event.supply else None
        if lender:
            yield Telling(kind, lender)


def patron_hears(event: Event) -> Kind | None:
    if event.verb == "nudge" and event.after == State.LENT:
        return Kind.OVERDUE
    return PATRON.get(event.verb)


def library_hears(event: Event) -> Kind | None:
    if event.verb == "nudge":
        return NUDGE.get(event.after)
    return Kind.NEEDS_REVIEW if event.verb == "review" else None


def undone(event: Event, ill: Request) -> bool:
    """Whether this was taken back before anybody was told of it."""
    if ill.state == event.after:  # what was done once more meanwhile, `correction` puts right
        return False
    opposites = [verb for verb, (undoes, _) in TAKES_BACK.items() if undoes == event.verb]
    later = Event.objects.filter(request=event.request_id, pk__gt=event.pk)
    return bool(opposites) and later.filter(verb__in=opposites).exists()


def correction(event: Event, ill: Request) -> Iterator[Telling]:
    """Take back the notice of a mistake; if its mail is out, say that it was one."""
    _verb, kind = TAKES_BACK[event.verb]
    wrong = Notice.objects.filter(event__request=ill, kind=kind, event__lt=event.pk)
    mailed = wrong.filter(mailed_at__isnull=False).exists()
    wrong.delete()
    if ill.patron and mailed and kind in CORRECTED:
        yield Telling(Kind.NOT_YET, ill.patron)


def notice(telling: Telling, event: Event, ill: Request, at: datetime) -> Notice:
    """What this recipient reads, not saved yet."""
    written = words.write(telling.kind, facts(telling, event, ill))
    address = telling.to.email
    person = telling.to if isinstance(telling.to, User) else None
    library = telling.to if isinstance(telling.to, Library) else None
    return Notice(
        user=person,
        library=library,
        event=event,
        kind=telling.kind,
        ref=ill.ref,
        subject=written.subject,
        text=written.text,
        html=written.html,
        made_at=at,
        mail_to=address,
        mail_due_at=at if address else None,
    )


def facts(telling: Telling, event: Event, ill: Request) -> Facts:
    """What this recipient may know: no library is told the patron's name."""
    for_patron = isinstance(telling.to, User)
    known = Facts(
        ref=ill.ref,
        title=ill.title,
        author=ill.author,
        library=ill.library.name,
        link=link("patron-request" if for_patron else "staff-request", ill.ref),
        place=place(event, ill),
        why=why(telling.kind, event, ill),
        again=event.verb == "nudge",
        homeward=State.HOMEWARD in (event.after, event.supply_after),
    )
    return replace(known, day=day(telling.kind, event, ill))


def link(name: str, ref: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{reverse(name, args=[ref])}"


def place(event: Event, ill: Request) -> str:
    """The town of a member, the name of an outside lender."""
    supply = ill.current if event.supply_id in (None, ill.current_id) else event.supply
    if supply is None:
        return ""
    return supply.lender.town if supply.lender else supply.outside_lender


def why(kind: Kind, event: Event, ill: Request) -> str:
    if kind == Kind.NOT_RENEWED:
        return str(words.NOT_RENEWED.get(event.facts.get("why", ""), ""))
    if kind == Kind.NEEDS_REVIEW:
        return " ".join(str(words.CONCERNS.get(concern, concern)) for concern in ill.concerns)
    return str(event.facts.get("reason", ""))


def day(kind: Kind, event: Event, ill: Request) -> date | None:
    """The one day that matters in a notice of this kind."""
    if kind == Kind.ARRIVED:
        return shelf_end(event, ill)
    if kind in {Kind.DUE_SOON, Kind.OVERDUE, Kind.NOT_RENEWED}:
        return ill.due_back
    written = event.facts.get("due_back") or event.facts.get("expected_on")
    return date.fromisoformat(written) if written else None


def shelf_end(event: Event, ill: Request) -> date | None:
    """Until when the item waits on the hold shelf, as a day of its library."""
    rings = clocks.of_request(State.ARRIVED, event.at, borrower=ill.library).due_at
    return ill.library.day_of(rings) if rings else None


def due_soon(now: datetime) -> int:
    """Job: remind those whose book is due in a few days; each loan, and each renewal, once."""
    tomorrow = (now + timedelta(days=1)).date()  # no library's today is later

    def soon(days: int) -> Q:
        return Q(due_back__lte=tomorrow + timedelta(days=days))

    last = Event.objects.filter(request=OuterRef("pk"), verb__in=["lend", "renew"])
    told = Notice.objects.filter(kind=Kind.DUE_SOON, event=OuterRef("last_event"))
    due = (
        Request.objects.filter(thresholds.reached("due-soon", soon, on=tomorrow))
        .filter(state=State.LENT, patron__isnull=False, due_back__gte=tomorrow - timedelta(days=2))
        .annotate(last_event=Subquery(last.order_by("-pk").values("pk")[:1]))
        .filter(~Exists(told), last_event__isnull=False)
        .select_related("library", "patron", "current__lender")
        .order_by("due_back", "pk")
    )
    return sum(remind(ill, now) for ill in due[:BATCH])


def remind(ill: Request, now: datetime) -> bool:
    today = ill.library.day_of(now)
    warning = timedelta(days=thresholds.days("due-soon", on=today, library=ill.library))
    if ill.patron is None or not ill.due_back or not today <= ill.due_back <= today + warning:
        return False
    event = Event.objects.filter(request=ill, verb__in=["lend", "renew"]).latest("pk")
    write([notice(Telling(Kind.DUE_SOON, ill.patron), event, ill, now)], ill)
    return True


def forget(event: Event) -> None:
    """Nothing of what the patron was told about this request stays, here or in the folder."""
    hers = Notice.objects.filter(event__request=event.request_id, user__isnull=False)
    for notice in hers:
        folder.forget(post.message_id(notice))
    hers.delete()
