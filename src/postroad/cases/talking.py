"""Talk about a request between two parties: to write, to read, what is unread.

Who may read a thread is read from the thread alone, as of cases (`access`). Its parties are fixed
when the first of them writes.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from postroad.accounts.models import User
from postroad.cases import access
from postroad.cases.access import Seat
from postroad.cases.handling import NothingWritten, one_line, plain
from postroad.cases.lifecycle import Side
from postroad.cases.models import Between, Message, Parties, Seen, Talk, TalkEvent, Thread

WRITE = "write"
OTHER_SIDE = {Side.ASKER: Side.ANSWERER, Side.ANSWERER: Side.ASKER}


def key_of(parties: Parties) -> str:
    """By which the talk of two parties is found again."""
    ends = (
        parties.patron.pk if parties.patron else "",
        parties.asking.pk if parties.asking else "",
        parties.office,
        parties.answering.pk if parties.answering else "",
    )
    return f"{parties.between} " + " ".join(str(each or "-") for each in ends)


def find(about: str, parties: Parties) -> Talk | None:
    """What these two have written about this; None as long as nobody has."""
    return shown().filter(about=about, parties=key_of(parties)).first()


def shown() -> QuerySet[Talk]:
    return Talk.objects.select_related("thread__patron", "thread__asking", "thread__answering")


def about(what: str, sitting: Seat) -> list[Talk]:
    """Those about a thing that they may read who sit there, the newest first."""
    mine = shown().filter(access.seen_by(sitting), about=what)
    return list(mine.order_by("-heard_at", "-pk"))


def lie_here(sitting: Seat) -> QuerySet[Talk]:
    return shown().filter(access.seen_by(sitting))


def unread(sitting: Seat) -> Q:
    """A filter for those in which the other side wrote, and nobody of this side has read it."""
    return (access.answered_by(sitting) & Q(answerer_unread=True)) | (
        access.asked_by(sitting) & Q(asker_unread=True)
    )


def messages(talk: Talk) -> QuerySet[Message]:
    return Message.objects.filter(thread=talk.thread_id).order_by("at", "pk")


def write(
    parties: Parties,
    about: str,
    text: str,
    *,
    side: Side,
    name: str,
    by: User | None = None,
    key: UUID | None = None,
    at: datetime | None = None,
) -> Talk:
    """One side writes to the other, which hears of it. The same form sent twice writes once."""
    at, text = at or timezone.now(), plain(text)
    if not text:
        raise NothingWritten
    if key and (before := Message.objects.filter(key=key).first()):
        return shown().get(thread=before.thread_id)
    try:
        with transaction.atomic():
            return _write(parties, about, text, side, one_line(name)[:160], by, key, at)
    except IntegrityError:  # both sides begin at once, or the other press was faster
        with transaction.atomic():
            if key and Message.objects.filter(key=key).exists():
                return shown().get(about=about, parties=key_of(parties))
            return _write(parties, about, text, side, one_line(name)[:160], by, key, at)


def _write(
    parties: Parties,
    about: str,
    text: str,
    side: Side,
    name: str,
    by: User | None,
    key: UUID | None,
    at: datetime,
) -> Talk:
    talk = find(about, parties) or _begin(parties, about, at)
    message = Message.objects.create(
        thread=talk.thread, at=at, side=side, user=by, name_shown=name, text=text, key=key
    )
    other = OTHER_SIDE[side].value
    talk.heard_at = at
    setattr(talk, f"{other}_unread", True)
    talk.save(update_fields=["heard_at", f"{other}_unread"])
    TalkEvent.objects.create(
        verb=WRITE, talk=talk, message=message, side=side, by=by, at=at, due_at=at
    )
    if by is not None:
        Seen.objects.update_or_create(thread=talk.thread, user=by, defaults={"at": at})
    return talk


def _begin(parties: Parties, about: str, at: datetime) -> Talk:
    thread = Thread(
        between=parties.between,
        patron=parties.patron,
        asking=parties.asking,
        office=parties.office,
        answering=parties.answering,
    )
    thread.save(force_insert=True)
    return Talk.objects.create(thread=thread, about=about, parties=key_of(parties), heard_at=at)


def read(talk: Talk, side: Side, *, by: User | None, at: datetime) -> None:
    """Somebody of a side has read it all: nothing of it is new to her side."""
    if not talk.is_unread_by(side):
        return
    unread = Talk.objects.filter(pk=talk.pk, heard_at__lte=talk.heard_at)
    unread.update(**{f"{side.value}_unread": False, f"{side.value}_read_at": at})
    if by is not None:
        Seen.objects.update_or_create(thread=talk.thread, user=by, defaults={"at": at})


def forget(threads: dict[int, str]) -> None:
    """What a reader and her library wrote is deleted; of what others wrote the words go, too: they
    may name her. Keys of threads, and between whom each is."""
    hers = [key for key, between in threads.items() if between == Between.PATRON_LIBRARY]
    if hers:
        Thread.objects.filter(pk__in=hers).delete()
    if rest := [key for key in threads if key not in hers]:
        Message.objects.filter(thread__in=rest).update(text="", user=None, name_shown="")
