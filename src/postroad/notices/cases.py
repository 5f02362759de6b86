"""Who is told what of a case: the listener of its events.

What the asker wrote goes to nobody by mail; what was answered goes to the asker alone.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django.db import transaction

from postroad import reference_numbers
from postroad.accounts.models import Post, Role, User
from postroad.cases import access, clocks
from postroad.cases.lifecycle import ESCALATES, Ending, Side, Verb
from postroad.cases.models import Application, Between, Case, CaseEvent
from postroad.cases.models import Kind as About
from postroad.directory.models import Library
from postroad.notices import links, tell
from postroad.notices.models import Kind, Mailbox, Notice
from postroad.notices.tell import Recipient
from postroad.notices.words import CaseFacts, Quote
from postroad.words.cases import ENDINGS
from postroad.words.labels import label

BATCH = 1000  # cases
EVENT = CaseEvent._meta.label_lower  # the source of what follows from an event of a case

TO_ASKER: Mapping[str, Kind] = {
    Verb.ASK: Kind.CASE_RECEIVED,
    Verb.ANSWER: Kind.CASE_ANSWERED,
    Verb.CLOSE: Kind.CASE_CLOSED,
    Verb.CONFIRM: Kind.CASE_CLOSED,
    Verb.LAPSE: Kind.CASE_CLOSED,
}
TO_STAFF: Mapping[str, Kind] = {
    Verb.ASK: Kind.CASE_OPENED,
    Verb.REPLY: Kind.CASE_REPLIED,
    Verb.ASSIGN: Kind.CASE_ASSIGNED,
    Verb.REMIND: Kind.CASE_DUE,
    Verb.WAKE: Kind.CASE_DUE,
}
# Ends of which the asker is told. What is sent to nobody is advertising.
TOLD = frozenset(
    {Ending.ANSWERED, Ending.SETTLED, Ending.CONFIRMED, Ending.NOTHING, Ending.NO_REPLY}
)


def parties(event: CaseEvent, now: datetime) -> None:
    """Listener: write the notices that follow from an event. Told twice, it writes them once."""
    if event.verb not in TO_ASKER and event.verb not in TO_STAFF:
        return
    with transaction.atomic():
        # Who forgets the case waits, and finds the notices; or is done, and there is no case.
        rows = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=event.case_id)
        case = rows.shown().first()
        if case is not None:
            tell.write([*to_asker(event, case), *to_staff(event, case)])


def to_asker(event: CaseEvent, case: Case) -> Iterator[Notice]:
    kind, thread = TO_ASKER.get(event.verb), case.thread
    if kind is None or (event.side == Side.ASKER and event.verb != Verb.ASK):
        return
    if kind == Kind.CASE_CLOSED and not is_told_of_the_end(event):
        return
    if case.has_mailbox:
        to = Mailbox(case.from_email, case.from_name)
        link = links.case_page(links.VISITOR, access.token(case))
        yield composed(kind, to, event, case, link=link)
    elif thread.patron is not None and kind != Kind.CASE_RECEIVED:
        link = links.case_page(links.PERSON, case.number)
        yield composed(kind, thread.patron, event, case, link=link)
    elif thread.asking is not None and kind != Kind.CASE_RECEIVED:
        yield composed(kind, thread.asking, event, case)
    elif thread.between == Between.OFFICE_LIBRARY and kind != Kind.CASE_RECEIVED:
        yield composed(kind, Role(thread.office), event, case)


def is_told_of_the_end(event: CaseEvent) -> bool:
    """Not of what an answer said already, nor of advertising."""
    return ending_of(event) in TOLD and not event.facts.get("answered")


def ending_of(event: CaseEvent) -> str:
    """How this event ended its case; "" if it did not."""
    if event.verb == Verb.LAPSE:
        return Ending.NO_REPLY
    return Ending.CONFIRMED if event.verb == Verb.CONFIRM else event.facts.get("ending", "")


def to_staff(event: CaseEvent, case: Case) -> Iterator[Notice]:
    kind = TO_STAFF.get(event.verb)
    if kind is None:
        return
    for to in dict.fromkeys(hearing(event, case)):
        if isinstance(to, User) and to.pk == event.by_id:
            continue
        link = ""
        if isinstance(to, User):
            reader = "office" if case.thread.office_answers else links.LIBRARY
            link = links.case_page(reader, case.number)
        yield composed(kind, to, event, case, link=link)
    if kind == Kind.CASE_OPENED and case.kind == About.JOINING:
        yield from to_the_networks_office(event, case)


def to_the_networks_office(event: CaseEvent, case: Case) -> Iterator[Notice]:
    """Who asks to join a network is its office's business, too, on a page of its own."""
    asked = Application.objects.select_related("network__office").filter(case=case).first()
    if asked is None or asked.network.office is None:
        return
    link = links.application(asked.network.code, asked.pk)
    for director in directors(asked.network.office):
        yield composed(Kind.CASE_OPENED, director, event, case, link=link)


def hearing(event: CaseEvent, case: Case) -> Iterator[Recipient]:
    """Who has it in hand, else all of its desk; when it rings again, all; and who follows it."""
    thread = case.thread
    desk: Library | Role = thread.answering or Role(thread.office)
    hers = event.facts.get("to_key") if event.verb == Verb.ASSIGN else case.assigned_id
    hand = User.objects.filter(pk=hers, is_active=True).first() if hers else None
    if hand is not None and may_read(hand, case):
        yield hand
    elif event.verb != Verb.ASSIGN:
        yield desk
    if event.verb == Verb.REMIND and case.reminders >= ESCALATES:
        yield desk
        yield from directors(thread.answering)
    if event.verb in (Verb.REPLY, Verb.REMIND):
        for follower in case.followers.select_related("user"):
            if may_read(follower.user, case):
                yield follower.user


def directors(library: Library | None) -> Iterator[User]:
    if library is not None:
        held = Post.objects.filter(library=library, role=Role.DIRECTOR, user__is_active=True)
        yield from (post.user for post in held.select_related("user"))


def may_read(user: User, case: Case) -> bool:
    """Whoever has left since hears nothing more."""
    return Side.ANSWERER in access.sides(access.seat(user), case.thread)


def composed(kind: Kind, to: Recipient, event: CaseEvent, case: Case, *, link: str = "") -> Notice:
    return tell.compose(
        kind,
        to,
        facts(kind, to, event, case),
        source=EVENT,
        source_key=event.pk,
        now=event.at,
        about=links.of_case(case.number),
        link=link,
    )


def facts(kind: Kind, to: Recipient, event: CaseEvent, case: Case) -> CaseFacts:
    """What its recipient may know: no letter to a library names a reader, nor quotes anybody."""
    names = case.thread.between != Between.PATRON_LIBRARY
    said = ""
    if event.verb == Verb.ANSWER and event.message and not isinstance(to, (Library, Role)):
        said = Quote(event.message.text)
    return CaseFacts(
        case=reference_numbers.grouped(case.number),
        what=str(case.get_kind_display()),
        asker=case.asker if names else "",
        answerer=case.answerer,
        subject=case.subject if names else "",
        said=said,
        ending=label(ENDINGS, ending_of(event)),
        day=day(kind, case),
        over=bool(event.facts.get("closes")),
        again=case.reminders > 1,
    )


def day(kind: Kind, case: Case) -> date | None:
    """By when an answer should be there; or since when one is waited for."""
    desk = clocks.answers(case.thread)
    if kind == Kind.CASE_DUE:
        return desk.day_of(case.heard_at)
    return desk.day_of(case.due_at) if case.due_at else None


def forget(now: datetime) -> int:
    """Job: what was written to staff about strangers whom their cases have forgotten names them."""
    closed = Case.objects.filter(thread__between=Between.VISITOR_OFFICE, closed_at__lt=now)
    nameless = closed.filter(from_name="", from_email="").values_list("number", flat=True)
    abouts = (links.of_case(number) for number in nameless.order_by("-closed_at", "-pk")[:BATCH])
    old = list(Notice.objects.filter(about__in=[*abouts]))
    with transaction.atomic():
        tell.take_away(old)
    return len(old)
