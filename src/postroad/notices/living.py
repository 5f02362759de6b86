"""Which notices still say something: a notice is over when its request has gone on.

"Overdue" is over once the book was brought back, "Ready for pickup" once it was picked up. A notice
about something else lives until it is read.
"""

from collections.abc import Iterable, Mapping

from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from postroad.ill.lifecycle import UNSHIPPED, State, Verb
from postroad.ill.models import Event, Request
from postroad.notices import links
from postroad.notices.models import OF_CASES, OF_UPDATES, Kind, Notice, NoticeQuerySet

LENT = frozenset({State.LENT})
ENDED = frozenset({State.CLOSED})
# Where a request stands while the notice is true.
LIVES: Mapping[Kind, frozenset[State]] = {
    Kind.ASKED: UNSHIPPED,
    Kind.ON_ITS_WAY: frozenset({State.SHIPPED}),
    Kind.NOT_YET: UNSHIPPED | {State.SHIPPED},
    Kind.ARRIVED: frozenset({State.ARRIVED}),
    Kind.HELD_LONGER: frozenset({State.ARRIVED}),
    Kind.LENT: LENT,
    Kind.NEW_DUE_DAY: LENT,
    Kind.RENEWED: LENT,
    Kind.NOT_RENEWED: LENT,
    Kind.DUE_SOON: LENT,
    Kind.OVERDUE: LENT,
    Kind.CANNOT_SUPPLY: ENDED,
    Kind.CANCELLED: ENDED,
    Kind.EXPIRED: ENDED,
    Kind.NEEDS_REVIEW: frozenset({State.REVIEW}),
    Kind.LATE: frozenset({State.SHIPPED, State.HOMEWARD}),
    Kind.UNCLAIMED: frozenset({State.ARRIVED}),
    Kind.UNREACHED: frozenset(State),
    Kind.OVERDUE_LENT: LENT,
}

# What asks its reader to do something: once that is done, or the day is another, no mail says it.
CALLS = frozenset(
    {
        Kind.ARRIVED,
        Kind.HELD_LONGER,
        Kind.DUE_SOON,
        Kind.OVERDUE,
        Kind.NEEDS_REVIEW,
        Kind.LATE,
        Kind.UNCLAIMED,
        Kind.OVERDUE_LENT,
    }
)
OF_A_DAY = frozenset({Kind.DUE_SOON, Kind.OVERDUE})
UNTIL_READ = frozenset(  # about no request, or true for ever
    {Kind.MORNING, Kind.NEWLY_ASKED, Kind.STATUS_ASKED, Kind.REVIEW_DUE, Kind.STAFF_NOTICE}
    | OF_CASES
    | OF_UPDATES
)
EVENT = Event._meta.label_lower  # the source of what follows from an event of a request
# Each sets a day, before which there is one reminder.
DUE = (Verb.CHECK_OUT, Verb.RENEW, Verb.POSTPONE)


def living(notices: NoticeQuerySet) -> NoticeQuerySet:
    """Those of these that are not over."""
    is_true = Q()
    for kind, states in LIVES.items():
        is_true |= Q(told=kind, state__in=states)
    told = ExpressionWrapper(OuterRef("kind"), output_field=CharField())
    true = its_request().annotate(told=told).filter(is_true)
    of_none = ~Q(about__startswith=links.of_request(""))
    return notices.filter(of_none | ~Q(kind__in=list(LIVES)) | Exists(true))


def its_request() -> QuerySet[Request]:
    """In a query about notices: the request that each is about."""
    ref = Substr(OuterRef("about"), len(links.of_request("")) + 1)
    return Request.objects.filter(ref=ref)


def mailable(notice: Notice) -> NoticeQuerySet:
    """The row of this letter, as long as it is ours and still worth sending, however long the mail
    had to wait. What asks its reader for nothing always is, and costs no look at its request."""
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    if not notice.ref or notice.kind not in CALLS:
        return mine
    states = LIVES[Kind(notice.kind)]
    mine = mine.filter(Exists(Request.objects.filter(ref=notice.ref, state__in=states)))
    if notice.kind in OF_A_DAY:
        since = Q(at__gt=notice.made_at)
        if notice.source == EVENT:
            since = Q(pk__gt=int(notice.source_key))
        moved = Event.objects.filter(since, request__ref=notice.ref, verb__in=DUE)
        mine = mine.exclude(Exists(moved))
    return mine


def newest_of_each(notices: Iterable[Notice]) -> list[Notice]:
    """Of each request the newest; the others were said before it. Given newest first."""
    found: dict[str, Notice] = {}
    alone = []
    for notice in notices:
        if ref := notice.ref:
            found.setdefault(ref, notice)
        else:
            alone.append(notice)
    return sorted([*found.values(), *alone], key=lambda each: each.made_at, reverse=True)
