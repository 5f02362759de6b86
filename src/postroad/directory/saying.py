"""What is said of a library: written down as it was said, and carried out (R1 to R3).

`say` writes a statement, and `follow` makes the closures be what the newest statements say, so
that lender choice, clocks, holds and the van go by them. `follow` looks at all that was said, not
at what came last: in whatever order statements are heard, and however late, the same closures hold.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from postroad.directory import closures, standing, thresholds
from postroad.directory.models import Closure, Effect, Library
from postroad.directory.standing import ALL, END, Said, Service, Stretch
from postroad.directory.statements import (
    FIELDS,
    Source,
    Statement,
    UsedLink,
    Verdict,
    new_key,
)
from postroad.errors import Refusal

STOPS = {
    Service.OPEN: Effect.CLOSED,
    Service.LENDING: Effect.NO_LENDING,
    Service.RETURNS: Effect.NO_RETURNS,
    Service.DELIVERY: Effect.NO_DELIVERY,
}
STOPPED: Mapping[str, frozenset[Service]] = {
    **{effect: frozenset({service}) for service, effect in STOPS.items()},
    Effect.CLOSED: frozenset(ALL),
}
# A library's own people and the center may end what either of them entered by hand.
OVERRULES = (Source.OWN, Source.LINK, Source.TEAM)
BY_HAND = ("library", "office")


class LinkUsed(Refusal):
    """The link has done what it was for; it works once."""

    code = "link-used"


class EndsBeforeItStarts(Refusal):
    """The last day lies before the first."""

    code = "ends-before-it-starts"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: yes, no, or nothing of each service, and from when until when."""

    answers: Mapping[Service, bool | None]  # None: left blank; absent: not asked
    since: date | None = None
    until: date | None = None
    note: str = ""


@transaction.atomic
def say(
    library: Library,
    words: Words,
    *,
    source: Source,
    said_by: str = "",
    at: datetime | None = None,
    said_at: datetime | None = None,
    key: str | None = None,
    contact: str = "",
) -> Statement:
    """Write a statement down; if its source is trusted, closures follow it at once.

    `at` is when we hear of it, `said_at` when it was said, if that was earlier. `key` names the
    form that was sent: the same form sent twice is one statement. Anyone else's word waits for the
    center.
    """
    at = at or timezone.now()
    check(words)
    statement = Statement(
        library=library,
        said_at=said_at or at,
        heard_at=at,
        not_asked=[each.value for each in ALL if each not in words.answers],
        since=words.since,
        until=words.until,
        note=words.note,
        source=source,
        said_by=said_by,
        contact=contact,
        verdict=Verdict.WAITS if source == Source.ANYONE else Verdict.TAKEN,
        key=key or new_key(),
        **{FIELDS[each]: value for each, value in words.answers.items()},
    )
    return _heard(statement, library, at)


def _heard(statement: Statement, library: Library, at: datetime) -> Statement:
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
    except IntegrityError:  # the other press was faster
        return Statement.objects.get(key=statement.key)
    if statement.verdict == Verdict.TAKEN:
        follow([library], at)
        _end_what_was_entered(statement, library, at)
    return statement


def check(words: Words) -> None:
    """Refuse what ends before it starts."""
    if words.since and words.until and words.until < words.since:
        raise EndsBeforeItStarts(since=words.since, until=words.until)


@transaction.atomic
def decide(statement: Statement, verdict: Verdict, *, by: str, at: datetime | None = None) -> None:
    """The center takes a statement, sets it aside, or lets it wait: each undoes the others."""
    at = at or timezone.now()
    Statement.objects.filter(pk=statement.pk).update(
        verdict=verdict, decided_by=by, decided_at=at, current=False
    )
    statement.refresh_from_db()
    library = statement.library
    if library is None:
        return
    if verdict == Verdict.TAKEN:
        follow([library], at, by=by)
        _end_what_was_entered(statement, library, at)
    else:
        _put_back_what_it_ended(statement, library, by, at)
        follow([library], at, by=by)


@transaction.atomic
def follow(libraries: Iterable[Library], now: datetime, *, by: str = "") -> int:
    """Let the closures of libraries be what was said of them; how many changed.

    What ends is ended by whoever said the newest word, or `by` another.
    """
    every = {each.pk: each for each in libraries}
    if not every:
        return 0
    # One after the other: two statements at once would each see closures without the other's.
    list(Library.objects.select_for_update(no_key=True).filter(pk__in=every).order_by("pk"))
    said, rows = _said(every.values()), _rows(every, now)
    changed, ruling = 0, set()
    for library in every.values():
        words, today = said[library.pk], library.day_of(now)
        ruling |= _ruling(words, now, today)
        changed += _carry_out(library, words, rows[library.pk], now, by)
    about = Statement.objects.filter(library__in=every)
    about.filter(current=True).exclude(pk__in=ruling).update(current=False)
    about.filter(pk__in=ruling, current=False).update(current=True)
    closures.changed()
    return changed


def _said(libraries: Collection[Library]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    zones = {each.pk: each for each in libraries}
    for row in Statement.objects.taken().filter(library__in=zones):
        assert row.library_id is not None  # the filter looked
        found[row.library_id].append(row.said(zones[row.library_id].day_of(row.moment)))
    return found


def _rows(libraries: Collection[int], now: datetime) -> dict[int, list[Closure]]:
    """The closures by statements that hold or that were ended early."""
    yesterday = (now - timedelta(days=1)).date()
    alive = Q(last_day__gte=yesterday) | Q(was_until__gte=yesterday)
    found: dict[int, list[Closure]] = defaultdict(list)
    for row in Closure.objects.filter(
        alive, library__in=libraries, source__startswith="statement:"
    ):
        assert row.library_id is not None  # the filter looked
        found[row.library_id].append(row)
    return found


def _ruling(said: Collection[Said], now: datetime, today: date) -> set[int]:
    """The newest statement, and those that rule a service today or later."""
    last_word = standing.newest(said, now)
    ruling = {last_word.key} if last_word else set()
    for service in ALL:
        ruling |= {each.key for each, _ in standing.governing(service, said, now, today)}
    return ruling


def _carry_out(
    library: Library, said: Collection[Said], rows: list[Closure], now: datetime, by: str
) -> int:
    """Enter what must stop, end what must not; what somebody ended by hand stays ended."""
    today = library.day_of(now)
    last_word = standing.newest(said, now)
    wanted = {
        (f"statement:{each.key}", STOPS[each.service], each.last): each
        for each in standing.stops(said, now, today)
    }
    changed = 0
    for row in rows:
        meant = wanted.pop((row.source, Effect(row.effect), row.was_until or row.last_day), None)
        if meant is None and row.was_until is None and row.last_day >= max(today, row.first_day):
            closures.reopen(
                row.entry,
                by=by or _name_of(last_word),
                at=now,
                source=f"statement:{last_word.key if last_word else 0}",
            )
            changed += 1
        elif meant is not None and row.ended_source:
            closures.put_back(row.entry, by=by or _name_of(last_word), at=now)
            changed += 1
    for (source, effect, last), stretch in wanted.items():
        _enter(library, stretch, source, effect, last, rows, now)
        changed += 1
    return changed


def _name_of(said: Said | None) -> str:
    if said is None:
        return ""
    return Statement.objects.values_list("said_by", flat=True).get(pk=said.key)


def _enter(
    library: Library,
    stretch: Stretch,
    source: str,
    effect: Effect,
    last: date,
    rows: Iterable[Closure],
    now: datetime,
) -> None:
    """One that took another end begins where its former row stopped."""
    former = [
        row.last_day
        for row in rows
        if (row.source, row.effect) == (source, effect) and row.was_until
    ]
    first = max([stretch.first, *(day + timedelta(days=1) for day in former)])
    statement = Statement.objects.only("note", "said_by").get(pk=stretch.key)
    closures.close(
        libraries=[library],
        effect=effect,
        first_day=min(first, last),
        last_day=None if last == END else last,
        reason=statement.note[:120],
        source=source,
        said_by=statement.said_by,
        at=now,
    )


def _end_what_was_entered(statement: Statement, library: Library, at: datetime) -> None:
    """A yes of the library or of the center ends an older no that was entered by hand.

    Days on which the doors are locked and that have an end are a calendar, and stay: to say on
    Thanksgiving that one lends does not open the library.
    """
    today = library.day_of(at)
    trusted = statement.source in OVERRULES or statement.decided_by
    if not trusted or statement.first_day(library) > today:
        return
    yes = [STOPS[each] for each, value in statement.answers.items() if value]
    calendar = Q(effect=Effect.CLOSED) & ~Q(last_day=Closure.FURTHER_NOTICE)
    older = Closure.objects.current(today).filter(
        library=library,
        effect__in=yes,
        first_day__lte=today,
        source__in=BY_HAND,
        said_at__lt=statement.moment,
    )
    for row in older.exclude(calendar):
        closures.reopen(
            row.entry,
            by=statement.said_by,
            at=at,
            library=library,
            source=f"statement:{statement.pk}",
        )


def _put_back_what_it_ended(statement: Statement, library: Library, by: str, at: datetime) -> None:
    ended = Closure.objects.filter(
        library=library, ended_source=f"statement:{statement.pk}", was_until__isnull=False
    )
    for row in ended:
        closures.put_back(row.entry, library=library, by=by, at=at)


def in_time(now: datetime) -> int:
    """Job: carry out what has begun to count since: stamps that lay ahead of the clock."""
    lately = now - timedelta(days=2)
    begun = Statement.objects.taken().filter(
        said_at__gt=F("heard_at"), said_at__range=(lately, now), library__isnull=False
    )
    return follow(Library.objects.filter(pk__in=begun.values("library")), now)


def forget_strangers(now: datetime) -> int:
    """Job: forget who else said something of a library, and how to reach them; the word stays.

    Kept as long as the address of somebody who asked: the center may have to ask back.
    """
    days = thresholds.days("case-addresses", on=now.date())
    old = Statement.objects.filter(source=Source.ANYONE, heard_at__lt=now - timedelta(days=days))
    return old.exclude(said_by="", contact="").update(said_by="", contact="")


@transaction.atomic
def use(nonce: str, *, at: datetime) -> None:
    """Mark a signed link as used; raises LinkUsed if it was before."""
    try:
        with transaction.atomic():
            UsedLink.objects.create(nonce=nonce, used_at=at)
    except IntegrityError:
        raise LinkUsed from None
