"""Who is told of a message about a request: the listener of its events.

To a library or an office the letter names no reader and quotes nobody; a reader reads what her
library wrote to her.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from postroad.accounts.models import Role, User
from postroad.cases.lifecycle import Side
from postroad.cases.models import Between, Talk, TalkEvent, Thread, refs
from postroad.directory.models import Library
from postroad.ill.models import AnswerLink, Request
from postroad.notices import answer_pages, tell
from postroad.notices.models import Kind
from postroad.notices.words import Quote

EVENT = TalkEvent._meta.label_lower


@dataclass(frozen=True, slots=True)
class Written:
    """What the templates may say of a message."""

    ref: str
    title: str
    sender: str  # a library or an office; none where a reader wrote
    said: str = ""  # a Quote: to a reader alone


def other_side(event: TalkEvent, now: datetime) -> None:
    """Listener: tell the other side. Told twice, it tells once."""
    with transaction.atomic():
        # Who forgets it waits, and finds the notice; or is done, and there is no talk.
        rows = Talk.objects.select_for_update(of=("self",), no_key=True).filter(pk=event.talk_id)
        talk = rows.select_related("thread__patron", "thread__asking", "thread__answering").first()
        ill = Request.objects.filter(ref__in=refs([talk.about])).first() if talk else None
        if talk is None or ill is None:
            return
        side = Side.ANSWERER if event.side == Side.ASKER else Side.ASKER
        to = party(talk.thread, side)
        hers = isinstance(to, User)
        tell.note(
            Kind.MESSAGE if hers else Kind.MESSAGE_TO_STAFF,
            to,
            Written(
                ref=ill.ref,
                title=ill.title,
                sender=named(party(talk.thread, Side(event.side))),
                said=Quote(event.message.text) if hers else "",
            ),
            source=EVENT,
            source_key=event.pk,
            now=event.at,
            about=talk.about,
            link=answer_pages.page_of(answers_by_link(to, ill)),
        )


def party(thread: Thread, side: Side) -> User | Library | Role:
    """Who sits on a side of a thread."""
    if side == Side.ANSWERER and thread.between != Between.OFFICE_LIBRARY:
        return thread.answering or Role(thread.office)
    if side == Side.ANSWERER:
        assert thread.answering is not None  # a constraint holds it
        return thread.answering
    asks = thread.patron or thread.asking
    return asks if asks is not None else Role(thread.office)


def named(who: User | Library | Role) -> str:
    """No letter names a reader."""
    if isinstance(who, User):
        return ""
    return who.name if isinstance(who, Library) else str(who.label)


def answers_by_link(to: User | Library | Role, ill: Request) -> AnswerLink | None:
    """The link of a lender that could not sign in to read it."""
    if not isinstance(to, Library) or to.pk == ill.library_id:
        return None
    links = AnswerLink.objects.filter(supply__request=ill, supply__lender=to, stopped_at=None)
    return links.select_related("supply__request").order_by("-supply__attempt", "-pk").first()
