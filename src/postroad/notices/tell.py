"""Who is told what: the listener of events."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.ill import clocks
from postroad.ill.lifecycle import REMINDERS, LoanState, State, Verb
from postroad.ill.models import Event, Request
from postroad.notices import (
    addresses,
    answer_pages,
    folder,
    links,
    living,
    offers,
    overdue,
    post,
    reach,
    to_patron,
    words,
)
from postroad.notices.models import Kind, Mailbox, Notice
from postroad.notices.words import Facts
from postroad.words.ill import NO_RENEWAL
from postroad.words.intake import concerns
from postroad.words.labels import label

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

PATRON: Mapping[Verb, Kind] = {
    Verb.ASK: Kind.ASKED,
    Verb.WAIT: Kind.WAITS,
    Verb.SHIP: Kind.ON_ITS_WAY,
    Verb.SHIP_LATE: Kind.ON_ITS_WAY,
    Verb.REROUTE: Kind.ON_ITS_WAY,  # to another library than she was told
    Verb.RECEIVE: Kind.ARRIVED,
    Verb.CHECK_OUT: Kind.LENT,
    Verb.POSTPONE: Kind.NEW_DUE_DAY,
    Verb.HOLD_LONGER: Kind.HELD_LONGER,
    Verb.RENEW: Kind.RENEWED,
    Verb.CHANGE_DUE: Kind.DUE_CHANGED,
    Verb.REFUSE_RENEWAL: Kind.NOT_RENEWED,
    Verb.DECLINE: Kind.CANNOT_SUPPLY,
    Verb.CANCEL: Kind.CANCELLED,
    Verb.EXPIRE: Kind.EXPIRED,
}
# What the clock of a thing says when it rings: to the borrowing library, and to the lender.
LATE: Mapping[str, Kind] = {
    LoanState.SHIPPED: Kind.LATE,
    LoanState.ARRIVED: Kind.UNCLAIMED,
    LoanState.HOMEWARD: Kind.LATE,
}
LATE_FOR_LENDER: Mapping[str, Kind] = {
    LoanState.SHIPPED: Kind.LATE,
    LoanState.HOMEWARD: Kind.LATE,
}

# What an undone mistake takes away again: the notice of each of these verbs.
WITHDRAWS: Mapping[Verb, frozenset[Verb]] = {
    **dict.fromkeys(
        (Verb.UNDO_SHIP, Verb.COME_BACK, Verb.STAY_HOME),
        frozenset({Verb.SHIP, Verb.SHIP_LATE, Verb.REROUTE}),
    ),
    Verb.UNDO_RECEIVE: frozenset({Verb.RECEIVE}),
    Verb.UNDO_CHECK_OUT: frozenset({Verb.CHECK_OUT}),
}
HEARD = frozenset(
    {
        *(*PATRON, *WITHDRAWS, *offers.HEARD, *to_patron.HEARD),
        *(Verb.REVIEW, Verb.REMIND, Verb.REMIND_LOAN),
    }
)
CORRECTED = frozenset({Kind.ON_ITS_WAY, Kind.ARRIVED})  # who heard this hears that it is not so
KEPT = timedelta(days=30)  # then what was written to an address without an account is deleted

Recipient = User | Library | Role | Mailbox  # a role is all who hold it for the consortium


@dataclass(frozen=True, slots=True)
class Telling:
    """A kind of notice for one recipient."""

    kind: Kind
    to: Recipient


def people(event: Event, now: datetime) -> None:
    """Listener: write the notices that follow from an event. Told twice, it writes them once."""
    if event.verb == Verb.FORGET:
        forget(event)
    if event.verb not in HEARD:
        return
    ill = event.request
    with transaction.atomic() if event.verb in WITHDRAWS else nullcontext():
        write([of_event(telling, event, ill, event.at) for telling in tellings(event, ill)])


def note(
    kind: Kind,
    to: Recipient,
    facts: "DataclassInstance",
    *,
    source: str,
    source_key: str | int,
    now: datetime,
    about: str = "",
    link: str = "",
    reply_to: str = "",
    leave: str = "",
) -> None:
    """Tell somebody something: on the screen, and by mail where there is an address.

    Told once for each source, kind and recipient: `source="ill.event", source_key=event.pk`, or
    `source="desk", source_key="2026-11-23"`. What it is `about` ("request:4K7Q2M9A", "library:LEE",
    one of `links.PAGES`) says where its button leads, unless `link` is the path of a page that lets
    its reader in by a signed token. About a request no person is told but its patron: it is
    forgotten with her name. `facts` are those of the kind's template (`words.Facts`, or others).

    `reply_to` is an address for answers. `leave` is the path of a page that ends such mail at one
    POST without a question (RFC 8058).
    """
    write(
        [
            compose(
                kind,
                to,
                facts,
                source=source,
                source_key=source_key,
                now=now,
                about=about,
                link=link,
                reply_to=reply_to,
                leave=leave,
            )
        ]
    )


def compose(
    kind: Kind,
    to: Recipient,
    facts: "DataclassInstance",
    *,
    source: str,
    source_key: str | int,
    now: datetime,
    about: str = "",
    link: str = "",
    reply_to: str = "",
    leave: str = "",
) -> Notice:
    """The same, not saved yet: many at once are for `write`."""
    if not source or source_key == "":
        raise ValueError("a notice follows from something")
    notice = addressed(to)
    notice.source, notice.source_key = source, str(source_key)
    notice.kind, notice.made_at = kind, now
    notice.about, notice.reply_to = about, reply_to[:1000]
    notice.link, notice.leave = links.of_ours(link), links.of_ours(leave)
    end = links.whole(leave) if leave else ""
    written = words.write(kind, facts, links.address(notice), end)
    notice.subject, notice.text, notice.html = written.subject, written.text, written.html
    notice.mail_due_at = now if notice.mail_to.strip() else None
    return notice


def write(notices: Iterable[Notice]) -> None:
    """Save them, each once; none to a patron whose name has left the request since it was read.

    A worker may be slow, and its lease outrun: what it wrote then, nobody would delete again. The
    lock makes whoever takes the name wait, and find the notice.
    """
    notices = list(notices)
    refs = {notice.ref for notice in notices if notice.user_id is not None} - {""}
    with transaction.atomic():
        if refs:
            rows = Request.objects.select_for_update(no_key=True).filter(ref__in=refs)
            hers = dict(rows.order_by("pk").values_list("ref", "patron"))
            notices = [each for each in notices if is_told_to_no_other(each, hers)]
        Notice.objects.bulk_create(notices, ignore_conflicts=True)


def is_told_to_no_other(notice: Notice, hers: Mapping[str, int | None]) -> bool:
    """Of a request only its patron is told, as long as it has her name."""
    return notice.user_id is None or not notice.ref or hers.get(notice.ref) == notice.user_id


def tellings(event: Event, ill: Request) -> Iterator[Telling]:
    """Who is to be told of an event, and what."""
    if event.verb in to_patron.HEARD:
        yield from (Telling(*each) for each in to_patron.tellings(event, ill))
    elif event.verb in WITHDRAWS:
        yield from correction(event, ill)
    elif ill.patron and (kind := patron_hears(event)) and not undone(event, ill):
        yield Telling(kind, ill.patron)
        if kind in reach.MUST_HEAR and not reach.by_mail(ill.patron):
            yield Telling(Kind.UNREACHED, ill.library)
    if kind := library_hears(event):
        yield Telling(kind, ill.library)
    if kind := offers.TO_LENDER.get(Verb(event.verb)):
        yield Telling(kind, whoever_lends(event))
    for kind, desk in overdue.steps(event, ill):
        yield Telling(kind, desk)
    if event.verb == Verb.REMIND_LOAN and (kind := lender_hears(event, ill)):
        yield Telling(kind, whoever_lends(event))


def whoever_lends(event: Event) -> Recipient:
    """The lender's desk; of one outside the centre hears what a lender would."""
    supply = event.supply
    return Role.CENTRE if supply is None or supply.is_outside else supply.lender


def patron_hears(event: Event) -> Kind | None:
    if event.verb == Verb.REMIND_LOAN and event.loan_after == LoanState.LENT:
        return Kind.OVERDUE if overdue.is_with_her(event) else None
    if event.verb in (Verb.SHIP, Verb.SHIP_LATE) and event.facts.get("unscanned"):
        return None  # it has arrived: that is what she hears
    if event.facts.get("not_for_her"):
        return None  # it goes home, or its lender is asked first
    return PATRON.get(Verb(event.verb))


def library_hears(event: Event) -> Kind | None:
    if event.verb == Verb.REMIND_LOAN:
        return LATE.get(event.loan_after)
    if event.verb in offers.OFFERS:
        return Kind.OFFERED
    reminded = event.verb == Verb.REMIND and event.after == State.REVIEW
    return Kind.NEEDS_REVIEW if reminded or event.verb == Verb.REVIEW else None


def lender_hears(event: Event, ill: Request) -> Kind | None:
    """That it is late on the road; of an overdue loan, once it is long overdue."""
    if event.loan_after != LoanState.LENT:
        return LATE_FOR_LENDER.get(event.loan_after)
    return Kind.OVERDUE_LENT if overdue.is_long(event, ill) else None


def undone(event: Event, ill: Request) -> bool:
    """Whether this was taken back before anybody was told of it: of this very thing."""
    opposites = [verb for verb, undoes in WITHDRAWS.items() if event.verb in undoes]
    if not opposites:
        return False
    loan = ill.current_loan if event.loan_id == ill.current_loan_id else event.loan
    if loan is None or loan.state == event.loan_after:
        return False  # what was done once more meanwhile, `correction` puts right
    later = Event.objects.filter(loan=loan, pk__gt=event.pk)
    return later.filter(verb__in=opposites).exists()


def correction(event: Event, ill: Request) -> Iterator[Telling]:
    """Take back the notice of a mistake; if its mail may be out, say that it was one. What stays at
    home while another thing is here for her was none of hers to wait for."""
    undoes = WITHDRAWS[Verb(event.verb)]
    kind = PATRON[min(undoes)]  # all of them tell her the same
    done = Event.objects.filter(loan=event.loan_id, verb__in=undoes, pk__lt=event.pk)
    keys = [str(key) for key in done.values_list("pk", flat=True)]
    said = Notice.objects.of_request(ill.ref).filter(source=living.EVENT, kind=kind)
    wrong = said.filter(source_key__in=keys)
    mailed = any(notice.may_be_out for notice in wrong)
    take_away(wrong)
    waits = event.verb != Verb.STAY_HOME or ill.state in living.LIVES[Kind.NOT_YET]
    if ill.patron and mailed and waits and kind in CORRECTED:
        yield Telling(Kind.NOT_YET, ill.patron)


def of_event(telling: Telling, event: Event, ill: Request, at: datetime) -> Notice:
    """What this recipient reads of an event, not saved yet."""
    return compose(
        telling.kind,
        telling.to,
        facts(telling.kind, event, ill),
        source=living.EVENT,
        source_key=event.pk,
        now=at,
        about=links.of_request(ill.ref),
        link=link_of(telling, event, ill),
    )


def link_of(telling: Telling, event: Event, ill: Request) -> str:
    """A page that lets its reader in without signing in, where there is one."""
    if telling.kind == Kind.QUESTION:
        return to_patron.link(event)
    return answer_pages.of_lender(telling.to, event, ill)


def addressed(to: Recipient) -> Notice:
    """An empty notice to this recipient."""
    match to:
        case User():
            return Notice(user=to, mail_to=to.email)
        case Library():
            return Notice(library=to, mail_to=to.email)
        case Mailbox():
            if not (key := addresses.key(to.email)):
                raise ValueError("nobody is at an empty address")
            name = addresses.name_shown(to.name)
            return Notice(address=key, name=name, mail_to=to.email.strip()[:1000])
    holders = User.objects.filter(is_active=True, posts__role=to, posts__library=None)
    there = [address for address in holders.values_list("email", flat=True) if address]
    return Notice(office=to, mail_to=", ".join(there))


def facts(kind: Kind, event: Event, ill: Request) -> Facts:
    """What its recipient may know: no library is told the patron's name."""
    return Facts(
        ref=ill.ref,
        copied=ill.is_copy,
        title=ill.title,
        author=ill.author,
        library=ill.library.name,
        place=place(event, ill),
        day=day(kind, event, ill),
        why=why(kind, event, ill),
        again=event.verb in REMINDERS or event.verb == Verb.CHANGE_OFFER,
        homeward=event.loan_after == LoanState.HOMEWARD,
    )


def place(event: Event, ill: Request) -> str:
    """The town of a member, the name of an outside lender."""
    supply = ill.current if event.supply_id in (None, ill.current_id) else event.supply
    if supply is None:
        return ""
    return supply.lender_name if supply.is_outside else supply.lender.town


def why(kind: Kind, event: Event, ill: Request) -> str:
    if kind == Kind.NOT_RENEWED:
        return label(NO_RENEWAL, event.facts["why"])
    if kind == Kind.QUESTION:
        return words.Quote(to_patron.said(event))
    if kind == Kind.OFFERED:
        return offers.said(event)
    if kind == Kind.UNREACHED:
        heard = patron_hears(event)
        return str(heard.label) if heard else ""
    if kind == Kind.OVERDUE_CENTRE:
        return overdue.outside_lender(event)
    if kind == Kind.NEEDS_REVIEW:
        return "; ".join(concerns(ill.concerns))
    return str(event.facts.get("reason", "") or event.facts.get("recalled", ""))


def day(kind: Kind, event: Event, ill: Request) -> date | None:
    """The one day that matters in a notice of this kind."""
    if kind == Kind.ARRIVED:
        return shelf_end(event, ill)
    if kind == Kind.OFFERED:
        return offers.answer_by(event, ill)
    if kind in {Kind.DUE_SOON, Kind.OVERDUE, Kind.NOT_RENEWED, *overdue.FOR_STAFF}:
        loan = event.parts()[2]
        return loan.due_back if loan is not None else None
    known = event.facts
    written = known.get("due_back") or known.get("until") or known.get("expected_on")
    return date.fromisoformat(written) if written else None


def shelf_end(event: Event, ill: Request) -> date | None:
    """Until when the item waits on the hold shelf, as a day of its library."""
    rings = clocks.of_loan(LoanState.ARRIVED, event.at, borrower=ill.library).due_at
    return ill.library.day_of(rings) if rings else None


def forget(event: Event) -> None:
    """Nothing of what the patron was told about this request stays, here or in the folder."""
    take_away(Notice.objects.of_request(event.request.ref).to_somebody())
    for number in event.facts.get("cases", ()):  # in which she and her library wrote of it
        take_away(Notice.objects.filter(about=links.of_case(number)))


def tidy(now: datetime) -> int:
    """Job: forget what was written to addresses without an account, and addresses nobody has."""
    old = Notice.objects.exclude(address="").filter(made_at__lt=now - KEPT)
    take_away(old)
    return addresses.tidy()


def take_away(notices: Iterable[Notice]) -> None:
    """The rows and their letters. Before: who is killed in between leaves a row, and begins anew.
    And after: a letter that was just being put into the folder lies there by then."""
    if not (gone := list(notices)):
        return
    remove = partial(folder.forget, [each for notice in gone for each in post.message_ids(notice)])
    remove()
    Notice.objects.filter(pk__in=[notice.pk for notice in gone]).delete()
    transaction.on_commit(remove)
