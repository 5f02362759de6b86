"""Notices to staff: written by an office, read and acknowledged by each person, reminded once.

To whom it goes is settled when it is sent, a `Receipt` each: who holds one of the roles at one of
the libraries on that day. So the list of who has read it and who has not stays what it was.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from postroad.accounts.models import AT_A_LIBRARY, Post, Role, User
from postroad.delivery.models import Stop
from postroad.directory import thresholds
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.notices import links, tell
from postroad.notices.models import Kind, Notice, NoticeQuerySet
from postroad.notices.staff import Reach, Receipt, StaffNotice, Subject
from postroad.notices.words import Quote

SOURCE = StaffNotice._meta.label_lower
REMINDER = "reminder"  # in the key of its source
BATCH = 20


class NobodyThere(Refusal):
    """Nobody holds such a post at these libraries, so nobody would read it."""

    code = "nobody-to-tell"


@dataclass(frozen=True, slots=True)
class Said:
    """What stands in the letter."""

    heading: str
    library: str
    office: str
    said: str
    again: bool = False


def concerned(reach: Reach, places: Collection[str]) -> QuerySet[Library]:
    """The libraries at which it is to be read."""
    members = Library.objects.members()
    match reach:
        case Reach.ALL:
            return members
        case Reach.STATE:
            return members.filter(state__in=places)
        case Reach.NETWORK:
            return members.filter(network__code__in=places)
        case Reach.ROUTE:
            stops = Stop.objects.filter(active=True, route__code__in=places)
            return members.filter(pk__in=stops.values("library"))
    return members.filter(code__in=places)


def readers(libraries: QuerySet[Library], roles: Collection[Role]) -> dict[int, Post]:
    """Who holds one of these roles there, by person: with two posts, by the first."""
    posts = Post.objects.filter(role__in=roles, library__in=libraries, user__is_active=True)
    found: dict[int, Post] = {}
    for post in posts.select_related("user", "library").order_by("library__town", "pk"):
        found.setdefault(post.user_id, post)
    return found


@transaction.atomic
def send(
    *,
    about: Subject,
    title: str,
    text: str,
    reach: Reach,
    places: Iterable[str] = (),
    roles: Collection[Role] = AT_A_LIBRARY,
    until: date | None = None,
    office: Role,
    by: str,
    at: datetime,
    key: UUID | None = None,
) -> StaffNotice:
    """Tell everybody concerned, on their page Today and by mail. Sent twice with one key, once."""
    places = sorted(set(places))
    if not (found := readers(concerned(reach, places), roles)):
        raise NobodyThere
    notice, new = StaffNotice.objects.get_or_create(
        key=key or uuid4(),
        defaults={
            "about": about,
            "title": title,
            "text": text,
            "reach": reach,
            "places": places,
            "roles": sorted(roles),
            "office": office,
            "written_by": by,
            "at": at,
            "until": until,
            "remind_at": at + _patience(at),
        },
    )
    if new:
        Receipt.objects.bulk_create(
            Receipt(notice=notice, user_id=pk, library=post.library) for pk, post in found.items()
        )
        write(notice, notice.receipts.select_related("user", "library"), at)
    return notice


def _patience(at: datetime) -> timedelta:
    return timedelta(days=thresholds.days("acknowledge", on=timezone.localdate(at)))


def write(
    notice: StaffNotice, receipts: Iterable[Receipt], now: datetime, *, again: bool = False
) -> None:
    """By mail; on the screen it stands on the page Today, until it is acknowledged."""
    written = [letter(notice, each, now, again=again) for each in receipts]
    tell.write([each for each in written if each.mail_to.strip()])


def letter(notice: StaffNotice, receipt: Receipt, now: datetime, *, again: bool) -> Notice:
    facts = Said(
        heading=notice.title,
        library=receipt.library.name,
        office=str(Role(notice.office).label),
        said=Quote(notice.text),
        again=again,
    )
    made = tell.compose(
        Kind.STAFF_NOTICE,
        receipt.user,
        facts,
        source=SOURCE,
        source_key=f"{notice.pk} {REMINDER}" if again else notice.pk,
        now=now,
        link=links.today(),
    )
    made.read_at = now
    return made


def to_read(user: User, today: date) -> QuerySet[Receipt]:
    """What somebody has yet to acknowledge, the oldest first."""
    return (
        waiting(Receipt.objects.filter(user=user), today)
        .select_related("notice")
        .order_by("notice__at", "pk")
    )


def waiting(receipts: QuerySet[Receipt], today: date) -> QuerySet[Receipt]:
    """Those for which it still matters whether they are acknowledged."""
    open_ones = receipts.filter(acknowledged_at=None, notice__withdrawn_at=None)
    return open_ones.exclude(notice__until__lt=today)


def acknowledge(notice: int, user: User, *, at: datetime) -> bool:
    """She has read it. False if it did not go to her; pressed twice, the first time counts."""
    known = StaffNotice.objects.filter(pk=notice)  # a number that no key reaches is none of them
    hers = Receipt.objects.filter(notice__in=known, user=user)
    return bool(hers.filter(acknowledged_at=None).update(acknowledged_at=at)) or hers.exists()


def withdraw(notice: StaffNotice, *, by: str, at: datetime) -> None:
    """It stands on nobody's page any more; letters that have not left do not leave."""
    StaffNotice.objects.filter(pk=notice.pk, withdrawn_at=None).update(
        withdrawn_at=at, withdrawn_by=by
    )
    letters(notice).unmailed().update(mail_due_at=None)


def put_back(notice: StaffNotice, *, at: datetime) -> None:
    """It was withdrawn by mistake: it stands there again, and unsent letters leave."""
    StaffNotice.objects.filter(pk=notice.pk).update(withdrawn_at=None, withdrawn_by="")
    letters(notice).filter(mailed_at=None, mail_due_at=None, mail_trouble="").exclude(
        mail_to=""
    ).update(mail_due_at=at)


def letters(notice: StaffNotice) -> NoticeQuerySet:
    keys = [str(notice.pk), f"{notice.pk} {REMINDER}"]
    return Notice.objects.filter(source=SOURCE, source_key__in=keys, user__isnull=False)


def remind(now: datetime) -> int:
    """Job: write once more, and only once, to who has not acknowledged; how many notices it was."""
    due = StaffNotice.objects.filter(remind_at__lte=now).order_by("remind_at", "pk")
    return sum(remind_of(pk, now) for pk in due.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def remind_of(pk: int, now: datetime) -> bool:
    notice = StaffNotice.objects.select_for_update().filter(pk=pk, remind_at__lte=now).first()
    if notice is None:
        return False
    StaffNotice.objects.filter(pk=pk).update(remind_at=None)
    late = waiting(notice.receipts.filter(user__is_active=True), timezone.localdate(now))
    write(notice, late.select_related("user", "library"), now, again=True)
    return True
