"""Which notices still say something: a notice is over when its request has gone on.

"Overdue" is over once the book was brought back, "Ready for pickup" once it was picked up: that
very book, whatever else is out under the request. A notice about something else lives until read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Cast, Coalesce, Substr

from postroad.ill.lifecycle import ON_LOAN, UNSHIPPED, State, SupplyState, Verb
from postroad.ill.models import Event, Question, Request
from postroad.notices import links
from postroad.notices.models import OF_CASES, OF_UPDATES, Kind, Notice, NoticeQuerySet

LENT = frozenset({State.LENT})
ENDED = frozenset({State.CLOSED})
# Where a request stands while the notice is true.
LIVES: Mapping[Kind, frozenset[State]] = {
    Kind.ASKED: UNSHIPPED,
    Kind.ON_ITS_WAY: frozenset({State.SHIPPED}),
    Kind.COMES_LATER: frozenset({State.SHIPPED}),
    Kind.WAITS: frozenset({State.WAITING}),
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
    Kind.QUESTION: frozenset(State) - ENDED,
    Kind.QUESTION_ANSWERED: frozenset(State) - ENDED,
    Kind.NEEDS_REVIEW: frozenset({State.REVIEW}),
    Kind.OFFERED: frozenset({State.REFERRED}),  # and still `offered`
    Kind.OFFER_ACCEPTED: frozenset({State.REFERRED}),
    Kind.OFFER_DECLINED: frozenset(State),
    Kind.LATE: frozenset({State.SHIPPED, State.HOMEWARD}),
    Kind.UNCLAIMED: frozenset({State.ARRIVED}),
    Kind.UNREACHED: frozenset(State),
    Kind.OVERDUE_LENT: LENT,
    Kind.OVERDUE_DESK: LENT,
    # until it is under way home: an outside lender waits for it wherever it is
    Kind.OVERDUE_CENTRE: frozenset({State.ARRIVED, State.LENT, State.BACK}),
    Kind.DUE_CHANGED: LENT,
    Kind.LOAN_ANSWER: frozenset(State),
    Kind.CHARGED: frozenset(State),
    Kind.COPY_READY: frozenset({State.DELIVERED}),
    Kind.COPY_TAKEN_BACK: UNSHIPPED,
    Kind.COPY_REJECTED: frozenset({State.REFERRED}),
    Kind.ASKED_TO_LEND: frozenset({State.REFERRED}),
    Kind.LENDER_UNREACHED: frozenset({State.REFERRED}),
}

# What is said of one thing goes by where that thing stands, not by the foremost of several.
OF_A_THING = frozenset(kind for kind, states in LIVES.items() if states <= ON_LOAN)
# What asks its reader to do something: once that is done, or the day is another, no mail says it.
CALLS = frozenset(
    {
        Kind.ARRIVED,
        Kind.COMES_LATER,
        Kind.HELD_LONGER,
        Kind.DUE_SOON,
        Kind.OVERDUE,
        Kind.NEEDS_REVIEW,
        Kind.OFFERED,
        Kind.LATE,
        Kind.UNCLAIMED,
        Kind.OVERDUE_LENT,
        Kind.OVERDUE_DESK,
        Kind.OVERDUE_CENTRE,
        Kind.DUE_CHANGED,
        Kind.COPY_READY,
        Kind.COPY_REJECTED,
        Kind.ASKED_TO_LEND,
        Kind.LENDER_UNREACHED,
    }
)
OFFERED = Q(current__state=SupplyState.OFFERED)
OF_A_DAY = frozenset(
    {Kind.DUE_SOON, Kind.OVERDUE, Kind.OVERDUE_DESK, Kind.OVERDUE_CENTRE, Kind.DUE_CHANGED}
)
UNTIL_READ = frozenset(  # about no request, or true for ever
    {Kind.MORNING, Kind.NEWLY_ASKED, Kind.STATUS_ASKED, Kind.REVIEW_DUE, Kind.STAFF_NOTICE}
    | OF_CASES
    | OF_UPDATES
    | {Kind.DESK_QUESTION, Kind.DESK_ANSWER}  # the first until it is answered: `_unanswered`
    | {Kind.MESSAGE, Kind.MESSAGE_TO_STAFF}
    | {Kind.HARVEST_FAILED, Kind.HARVEST_ASKS, Kind.COPY_CODE, Kind.COPIES_MISSING}
    | {Kind.LINKS_DEAD}
    | {Kind.FUNDING_ENDS, Kind.FUNDING_STAYS, Kind.RESOURCE_ENDS}
    | {Kind.VAN_DELAY, Kind.VAN_AGAIN}
)
EVENT = Event._meta.label_lower  # the source of what follows from an event of a request
# Each sets a day, before which there is one reminder.
DUE = (Verb.CHECK_OUT, Verb.RENEW, Verb.POSTPONE, Verb.CHANGE_DUE)


def living(notices: NoticeQuerySet) -> NoticeQuerySet:
    """Those of these that are not over."""
    is_true = Q()
    for kind, states in LIVES.items():
        stands = Q(thing__in=states)
        if kind not in OF_A_THING:
            stands |= Q(state__in=states)
        if kind == Kind.OFFERED:
            stands &= OFFERED
        is_true |= Q(told=kind) & stands
    told = ExpressionWrapper(OuterRef("kind"), output_field=CharField())
    true = its_request().annotate(told=told, thing=_thing()).filter(is_true)
    of_none = ~Q(about__startswith=links.of_request(""))
    living = notices.filter(of_none | ~Q(kind__in=list(LIVES)) | Exists(true))
    return living.filter(~Q(kind=Kind.DESK_QUESTION) | Exists(_unanswered()))


def _unanswered() -> QuerySet[Question]:
    """In a query about notices: the question that each asks, as long as it is open."""
    key = Substr(OuterRef("about"), len(links.QUESTION) + 2)
    same = Question.objects.open().annotate(key=Cast("pk", CharField()))
    here = Q(library=None) | Q(library=OuterRef("library"))  # or another desk answers it by now
    return same.filter(here, key=key)


def its_request() -> QuerySet[Request]:
    """In a query about notices: the request that each is about."""
    ref = Substr(OuterRef("about"), len(links.of_request("")) + 1)
    return Request.objects.filter(ref=ref)


def _thing() -> Coalesce:
    """In `its_request`: where the thing stands of which a notice tells; the request, if of none."""
    known = Event.objects.filter(request=OuterRef("pk"), loan__isnull=False).annotate(
        key=Cast("pk", CharField()),
        source=ExpressionWrapper(OuterRef(OuterRef("source")), output_field=CharField()),
    )
    its = known.filter(key=OuterRef(OuterRef("source_key")), source=EVENT)
    return Coalesce(Subquery(its.values("loan__state")[:1]), "state")


def mailable(notice: Notice) -> NoticeQuerySet:
    """The row of this letter, as long as it is ours and still worth sending, however long the mail
    had to wait. What asks its reader for nothing always is, and costs no look at its request."""
    mine = Notice.objects.filter(pk=notice.pk, mail_due_at=notice.mail_due_at)
    if notice.kind == Kind.DESK_QUESTION:
        return mine.filter(Exists(_unanswered()))
    if not notice.ref or notice.kind not in CALLS:
        return mine
    kind = Kind(notice.kind)
    about = Request.objects.filter(ref=notice.ref)
    moved = Event.objects.filter(request__ref=notice.ref, verb__in=DUE)
    stands: Coalesce | F = F("state")
    if notice.source == EVENT:
        its = Event.objects.filter(pk=int(notice.source_key))
        if kind in OF_A_THING:
            stands = Coalesce(Subquery(its.values("loan__state")), "state")
        moved = moved.filter(pk__gt=int(notice.source_key), loan=Subquery(its.values("loan")))
    else:
        moved = moved.filter(at__gt=notice.made_at)
    true = about.annotate(stands=stands).filter(stands__in=LIVES[kind])
    if kind == Kind.OFFERED:
        true = true.filter(OFFERED)
    mine = mine.filter(Exists(true))
    return mine.exclude(Exists(moved)) if kind in OF_A_DAY else mine


def newest_of_each(notices: Iterable[Notice]) -> list[Notice]:
    """Of each request the newest, and of each thing of it; the others were said before it. Given
    newest first."""
    notices = list(notices)
    several = {ref for ref, many in Counter(each.ref for each in notices).items() if many > 1}
    thing = _things(each for each in notices if each.ref in several - {""})
    said: dict[str, set[int | None]] = defaultdict(set)
    found = []
    for notice in notices:
        its, about = thing.get(notice.pk), said[notice.ref]
        if not notice.ref or not about or (its is not None and not about & {its, None}):
            found.append(notice)
        about.add(its)
    return found


def _things(notices: Iterable[Notice]) -> dict[int, int | None]:
    """By the keys of these notices, which thing each tells of."""
    sources = {
        notice.pk: int(notice.source_key)
        for notice in notices
        if notice.kind in OF_A_THING and notice.source == EVENT
    }
    of = dict(Event.objects.filter(pk__in=set(sources.values())).values_list("pk", "loan"))
    return {notice: of.get(event) for notice, event in sources.items()}
