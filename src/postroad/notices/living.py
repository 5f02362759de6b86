"""Which notices still say something: a notice is over when its request has gone on.

"Overdue" is over once the book was brought back, "Ready to fetch" once it was fetched. A notice
that follows from no request lives until it is read.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Exists, OuterRef, Q

from postroad.ill.lifecycle import UNSHIPPED, State
from postroad.ill.models import Event
from postroad.notices.models import Kind, Notice, NoticeQuerySet

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
DUE = ("lend", "renew", "postpone")  # each sets a day, before which there is one reminder


def living(notices: NoticeQuerySet) -> NoticeQuerySet:
    """Those of these that are not over."""
    lives = Q(event=None) | ~Q(kind__in=list(LIVES))
    for kind, states in LIVES.items():
        lives |= Q(kind=kind, event__request__state__in=states)
    return notices.filter(lives)


def mailable(notices: NoticeQuerySet, kind: str) -> NoticeQuerySet:
    """Those of these, all of one kind, that are still worth a letter, however long the mail had to
    wait. What asks its reader for nothing always is, and costs no look at its request."""
    if kind in CALLS:
        states = LIVES[Kind(kind)]
        notices = notices.filter(Q(event=None) | Q(event__request__state__in=states))
    if kind in OF_A_DAY:
        later = Event.objects.filter(
            request=OuterRef("event__request"), pk__gt=OuterRef("event"), verb__in=DUE
        )
        notices = notices.exclude(Exists(later))
    return notices


def newest_of_each(notices: Iterable[Notice]) -> list[Notice]:
    """Of each request the newest; the others were said before it. Given newest first."""
    found: dict[str, Notice] = {}
    alone = []
    for notice in notices:
        if notice.ref:
            found.setdefault(notice.ref, notice)
        else:
            alone.append(notice)
    return sorted([*found.values(), *alone], key=lambda each: each.made_at, reverse=True)
