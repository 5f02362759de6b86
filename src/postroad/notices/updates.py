"""E-mail updates: signing up, confirming, changing, leaving; and the letters.

Nobody is written to who has not confirmed the address by a button; opening a link does nothing,
since mail scanners open links. Whether an address is known already is never looked at when somebody
signs up or asks for their link, so no answer can tell it. Who leaves is deleted: the row, the
interests, what was written, and what came back. Nothing is kept to refuse the address later: typed
again, it is asked again.

A bulletin is heard once, whatever is killed: an `Alert` for each subscriber is written when it is
published, and loses its `due_at` in the transaction that writes the letter. Who wants a digest has
alerts that are due later, and then all in one letter.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from secrets import token_urlsafe
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Page

from postroad.directory import thresholds
from postroad.errors import Refusal
from postroad.guides.models import Announcement, NewsPage
from postroad.notices import links, tell, topics
from postroad.notices.models import OF_UPDATES, Kind, Mailbox, Notice, address_key
from postroad.notices.subscribers import (
    Alert,
    Bounce,
    Bulletin,
    BulletinTopic,
    Frequency,
    Interest,
    LinkAsked,
    Signup,
    Subscriber,
)
from postroad.notices.words import Entry

SALT = "postroad.notices.updates"
SIGNUP, ALERT = Signup._meta.label_lower, Alert._meta.label_lower  # the sources of notices
ANNOUNCEMENT = Announcement._meta.label_lower
GOOD_FOR = timedelta(days=7)  # in which a sign-up may be confirmed; then it is deleted
KEPT = timedelta(days=400)  # what was published stays in the feeds for a year
MOST = 60  # topics of one subscriber
HOUR = time(7)  # at which digests are written
BATCH = 500  # subscribers looked for in one turn
TURN = 5  # seconds after which a turn of the job ends: the lane shall show that it lives
LINES = 50  # of one letter; what is more stands in the next
BOUNCES_KEPT = timedelta(days=90)  # a letter that came back longer ago counts no more


class LinkIsOver(Refusal):
    """It was confirmed, it is too old, they have left, or it was never ours."""

    code = "updates-link-is-over"


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What stands in the letter that asks for a confirmation."""

    house: str
    frequency: str
    topics: tuple[str, ...]
    days: int = GOOD_FOR.days


@dataclass(frozen=True, slots=True)
class News:
    """What stands in the letter about one bulletin, or about several."""

    heading: str
    topics: str
    summary: str = ""
    entries: tuple[Entry, ...] = ()
    count: int = 1


def token(secret: str) -> str:
    return signing.Signer(salt=SALT).sign(secret)


def secret_of(token: str) -> str:
    """What a link was signed for; LinkIsOver if it was not we who signed it."""
    try:
        return signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature as no:
        raise LinkIsOver from no


# Signing up


@transaction.atomic
def sign_up(email: str, wanted: Iterable[str], frequency: Frequency, *, now: datetime) -> None:
    """Send a link to this address, behind which a button confirms it."""
    signup = Signup.objects.create(
        email=address_key(email),
        secret=token_urlsafe(16),
        frequency=frequency,
        topics=list(dict.fromkeys(wanted))[:MOST],
        asked_at=now,
    )
    facts = AskedFor(
        house=house(),
        frequency=str(frequency.label),
        topics=tuple(topic.label for topic in topics.known(signup.topics)),
    )
    tell.note(
        Kind.CONFIRM_UPDATES,
        Mailbox(email),
        facts,
        source=SIGNUP,
        source_key=signup.pk,
        now=now,
        link=links.updates("confirm", token(signup.secret)),
    )


def house() -> str:
    return settings.CONSORTIUM or "Postroad"


def signup_of(token: str, now: datetime) -> Signup:
    found = Signup.objects.filter(secret=secret_of(token), asked_at__gt=now - GOOD_FOR).first()
    if found is None:
        raise LinkIsOver
    return found


@transaction.atomic
def confirm(token: str, *, now: datetime) -> Subscriber:
    """Whoever reads mail at this address wants it. What they had before is added to, not lost."""
    found = Signup.objects.select_for_update().filter(pk=signup_of(token, now).pk).first()
    if found is None:  # the other press was faster
        raise LinkIsOver
    subscriber, _new = Subscriber.objects.get_or_create(
        email=found.email, defaults={"secret": token_urlsafe(16), "confirmed_at": now}
    )
    subscriber.frequency = found.frequency
    subscriber.save(update_fields=["frequency"])
    add_interests(subscriber, found.topics)
    reschedule(subscriber, now)
    asked = Notice.objects.to_mailbox(Mailbox(found.email)).filter(source=SIGNUP)
    tell.take_away(asked.filter(source_key=str(found.pk)))
    found.delete()  # what was asked for in another letter waits for its own button
    return subscriber


def add_interests(subscriber: Subscriber, wanted: Iterable[str]) -> None:
    rows = [Interest(subscriber=subscriber, topic=topic) for topic in wanted]
    Interest.objects.bulk_create(rows, ignore_conflicts=True)


# Changing, leaving


def subscriber_of(token: str) -> Subscriber:
    found = Subscriber.objects.filter(secret=secret_of(token)).first()
    if found is None:
        raise LinkIsOver
    return found


@transaction.atomic
def change(
    subscriber: Subscriber, wanted: Collection[str], frequency: Frequency, *, now: datetime
) -> None:
    """These topics and no others; what waits for a digest waits for the next of the new kind."""
    kept = list(dict.fromkeys(wanted))[:MOST]
    subscriber.interests.exclude(topic__in=kept).delete()
    add_interests(subscriber, kept)
    subscriber.frequency = frequency
    subscriber.save(update_fields=["frequency"])
    wished = BulletinTopic.objects.filter(topic__in=kept).values("bulletin")
    subscriber.alerts.filter(due_at__isnull=False).exclude(bulletin__in=wished).update(due_at=None)
    reschedule(subscriber, now)


def reschedule(subscriber: Subscriber, now: datetime) -> None:
    due = next_letter(Frequency(subscriber.frequency), now)
    subscriber.alerts.filter(due_at__isnull=False).update(due_at=due)


@transaction.atomic
def leave(token: str) -> None:
    """They get no more, and nothing of them stays. Pressed twice, it has been done once."""
    secret = secret_of(token)
    if found := Subscriber.objects.select_for_update().filter(secret=secret).first():
        end(found)


def end(subscriber: Subscriber) -> None:
    email = subscriber.email
    subscriber.delete()
    Signup.objects.filter(email=email).delete()
    LinkAsked.objects.filter(email=email).delete()
    Bounce.objects.filter(address=email).delete()
    forget_letters(email, OF_UPDATES)


def forget_letters(email: str, kinds: Iterable[Kind]) -> None:
    tell.take_away(Notice.objects.to_mailbox(Mailbox(email)).filter(kind__in=list(kinds)))


# Publishing


@transaction.atomic
def publish(
    source: str,
    source_key: str | int,
    *,
    title: str,
    summary: str,
    path: str,
    about: Collection[str],
    at: datetime,
    now: datetime,
) -> None:
    """Let everybody hear of it who asked for one of the topics that it is about. Told twice, once.

    Who confirmed later than it happened hears of what comes next.
    """
    bulletin, _new = Bulletin.objects.get_or_create(
        source=source,
        source_key=str(source_key),
        defaults={
            "title": title[:200],
            "summary": summary[:400],
            "path": links.of_ours(path),
            "at": at,
        },
    )
    rows = [BulletinTopic(bulletin=bulletin, topic=topic) for topic in sorted(set(about))]
    BulletinTopic.objects.bulk_create(rows, ignore_conflicts=True)
    told = audience(bulletin.topics.values("topic")).filter(confirmed_at__lte=at)
    due = {frequency: next_letter(frequency, now) for frequency in Frequency}
    alerts = [
        Alert(subscriber_id=pk, bulletin=bulletin, due_at=due[Frequency(frequency)])
        for pk, frequency in told.values_list("pk", "frequency")
    ]
    Alert.objects.bulk_create(alerts, ignore_conflicts=True, batch_size=500)


def audience(about: Iterable[Any]) -> QuerySet[Subscriber]:
    """Who wants to hear of one of these topics."""
    wants = Interest.objects.filter(topic__in=about)
    return Subscriber.objects.filter(pk__in=wants.values("subscriber"))


def next_letter(frequency: Frequency, now: datetime) -> datetime:
    """When the next letter is written to whoever wants them so often."""
    if frequency == Frequency.AT_ONCE:
        return now
    zone = ZoneInfo(settings.TIME_ZONE)
    day = now.astimezone(zone).date()
    if now.astimezone(zone).time() >= HOUR:
        day += timedelta(days=1)
    if frequency == Frequency.WEEKLY:
        wanted = (thresholds.days("updates-weekday", on=day) - 1) % 7  # 1 is Monday
        day += timedelta(days=(wanted - day.weekday()) % 7)
    return datetime.combine(day, HOUR, zone)


# Letters


def send(now: datetime) -> int:
    """Job: write the letters that are due, one for each subscriber; how many it was."""
    due = Alert.objects.filter(due_at__lte=now).order_by()
    ends, written = monotonic() + TURN, 0
    for subscriber in due.values_list("subscriber", flat=True).distinct()[:BATCH]:
        written += write_to(subscriber, now)
        if monotonic() > ends:
            break
    return written


@transaction.atomic
def write_to(subscriber: int, now: datetime) -> bool:
    """One letter about all that is due to a subscriber. Who has left meanwhile is not there."""
    who = Subscriber.objects.select_for_update().filter(pk=subscriber).first()
    if who is None:
        return False
    waits = who.alerts.filter(due_at__lte=now).select_related("bulletin").order_by("pk")
    due = list(waits[:LINES])
    if not due:
        return False
    who.alerts.filter(pk__in=[each.pk for each in due]).update(due_at=None)
    stands = standing([each.bulletin for each in due])
    told = [each for each in due if each.bulletin_id in stands]
    if told:
        tell.write([letter(who, told, now)])
    return bool(told)


def standing(bulletins: Sequence[Bulletin]) -> set[int]:
    """Of these those that still say something: a page may have been taken down since."""
    pages = dict[int, int]()
    for each in bulletins:
        if each.source == ANNOUNCEMENT:
            pages[int(each.source_key)] = each.pk
    found = {each.pk for each in bulletins} - set(pages.values())
    if pages:
        announced = dict(Announcement.objects.filter(pk__in=pages).values_list("pk", "page"))
        stands = readable(announced.values())
        found |= {pages[key] for key, page in announced.items() if page in stands}
    return found


def readable(pages: Iterable[int]) -> set[int]:
    """Of these pages those that readers see today."""
    live = set(Page.objects.live().filter(pk__in=list(pages)).values_list("pk", flat=True))
    news = set(NewsPage.objects.filter(pk__in=live).values_list("pk", flat=True))
    shown = set(NewsPage.objects.shown().filter(pk__in=news).values_list("pk", flat=True))
    return (live - news) | shown


def letter(who: Subscriber, told: Sequence[Alert], now: datetime) -> Notice:
    first = told[0].bulletin
    mine = {interest.topic for interest in who.interests.all()}
    about = BulletinTopic.objects.filter(bulletin__in=[each.bulletin_id for each in told])
    reasons = sorted(mine & set(about.values_list("topic", flat=True)))
    facts = News(first.title, topics.labels(reasons), first.summary)
    path, kind = first.path, Kind.UPDATE
    if len(told) > 1:
        entries = [entry(each.bulletin) for each in told]
        facts = News(first.title, facts.topics, entries=tuple(entries), count=len(told))
        path, kind = links.updates("mine", token(who.secret)), Kind.UPDATES
    return tell.compose(
        kind,
        Mailbox(who.email),
        facts,
        source=ALERT,
        source_key=told[0].pk,
        now=now,
        link=path,
        leave=links.updates("leave", token(who.secret)),
    )


def entry(bulletin: Bulletin) -> Entry:
    words = bulletin.title
    if bulletin.summary:
        words = _("%(title)s. %(summary)s") % {"title": words, "summary": bulletin.summary}
    return Entry(words, bulletin.path)


def tidy(now: datetime) -> int:
    """Job: forget who never confirmed, and what was published long ago."""
    gone = list(Signup.objects.filter(asked_at__lte=now - GOOD_FOR).values_list("pk", flat=True))
    letters = Notice.objects.filter(source=SIGNUP, source_key__in=[str(pk) for pk in gone])
    tell.take_away(letters.exclude(address=""))
    Bounce.objects.filter(at__lt=now - BOUNCES_KEPT).delete()
    return (
        Signup.objects.filter(pk__in=gone).delete()[0]
        + Bulletin.objects.filter(at__lt=now - KEPT).delete()[0]
    )
