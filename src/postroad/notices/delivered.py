"""What follows from the steps of a copy: its reader hears that it is here, or that it was none of
hers; its lender, without her name, that it cannot be used."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from postroad.documents import gate
from postroad.documents.models import Copy
from postroad.ill import document_delivery
from postroad.ill.lifecycle import State, Verb
from postroad.ill.models import Event, Request, Supply
from postroad.notices import links, living, reach, tell
from postroad.notices.models import Kind, Notice, NoticeQuerySet
from postroad.notices.words import Facts, Quote
from postroad.words.document_delivery import FAULTS
from postroad.words.labels import label

SENT = frozenset({Verb.DELIVER, Verb.DELIVER_AGAIN})
HEARD = SENT | {Verb.UNDO_DELIVER, Verb.REJECT_COPY, Verb.UNDO_REJECT_COPY}


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What the templates may say of a copy."""

    ref: str
    title: str
    library: str
    lender: str
    day: date | None = None  # until which it can be opened
    views: int = 0
    is_link: bool = False
    again: bool = False
    lacks: str = ""  # a Quote: what its lender could not send
    fault: str = ""
    said: str = ""  # a Quote: what is wrong with it


def people(event: Event, now: datetime) -> None:
    """Listener: told twice, it is one notice."""
    if event.verb not in HEARD:
        return
    ill, supply, _loan = event.parts()
    if supply is None:
        return
    if event.verb in SENT:
        here(event, ill, supply)
    elif event.verb == Verb.UNDO_DELIVER:
        taken_back(event, ill, supply)
    elif event.verb == Verb.REJECT_COPY:
        rejected(event, ill, supply)
    else:  # it can be used after all
        tell.take_away(of_request(ill, Kind.COPY_REJECTED))


def here(event: Event, ill: Request, supply: Supply) -> None:
    """To its reader, unless it was taken back before she heard of it; to the desk, if no mail
    reaches her."""
    if ill.patron is None or ill.state != State.DELIVERED:
        return
    is_link = bool(supply.link)
    copy = None if is_link else document_delivery.newest(supply)
    if copy is None and not is_link:
        return
    facts = CopyFacts(
        ref=ill.ref,
        title=ill.title,
        library=ill.library.name,
        lender=supply.lender_name,
        day=until(copy, ill) if copy else None,
        views=copy.views_left if copy else 0,
        is_link=is_link,
        again=event.verb == Verb.DELIVER_AGAIN,
        lacks=Quote(event.facts.get("lacks", "")),
    )
    note(
        Kind.COPY_READY, ill.patron, facts, event, ill, links.copy(gate.token(copy)) if copy else ""
    )
    if not reach.by_mail(ill.patron):
        why = str(Kind.COPY_READY.label)
        to_desk = replace(tell.facts(Kind.UNREACHED, event, ill), why=why)
        note(Kind.UNREACHED, ill.library, to_desk, event, ill)


def note(
    kind: Kind,
    to: tell.Recipient,
    facts: CopyFacts | Facts,
    event: Event,
    ill: Request,
    link: str = "",
) -> None:
    """About this request, following from this event."""
    tell.note(
        kind,
        to,
        facts,
        source=living.EVENT,
        source_key=event.pk,
        now=event.at,
        about=links.of_request(ill.ref),
        link=link,
    )


def until(copy: Copy, ill: Request) -> date:
    return ill.library.day_of(copy.expires_at)


def taken_back(event: Event, ill: Request, supply: Supply) -> None:
    """The notice of the mistake goes; if its mail may be out, she hears that it was one."""
    told = list(of_request(ill, Kind.COPY_READY))
    with transaction.atomic():
        tell.take_away(of_request(ill, Kind.COPY_READY))
        if ill.patron is not None and any(notice.may_be_out for notice in told):
            facts = CopyFacts(ill.ref, ill.title, ill.library.name, supply.lender_name)
            note(Kind.COPY_TAKEN_BACK, ill.patron, facts, event, ill)


def rejected(event: Event, ill: Request, supply: Supply) -> None:
    """To its lender; of one outside, to the center."""
    if ill.state != State.REFERRED:
        return
    facts = CopyFacts(
        ref=ill.ref,
        title=ill.title,
        library=ill.library.name,
        lender=supply.lender_name,
        fault=label(FAULTS, str(event.facts["fault"])),
        said=Quote(event.note),
    )
    note(Kind.COPY_REJECTED, tell.whoever_lends(event), facts, event, ill)


def of_request(ill: Request, kind: Kind) -> NoticeQuerySet:
    return Notice.objects.of_request(ill.ref).filter(source=living.EVENT, kind=kind)
