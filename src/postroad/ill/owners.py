"""What is known of the libraries that own a title: two statements, whatever their number.

A referral and the page of a title ask for it all at once. These are written out, since Django
composes a query anew each time: for the nine that they replace, that took longer than the answers.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from postroad.catalogue.models import ContributionState, ItemStatus, Record
from postroad.delivery.stopping import Meanwhile, Stopped
from postroad.directory.models import Library, Membership
from postroad.ill.lifecycle import WAITING

YEAR = timedelta(days=365)  # over which the fair share is counted

# Of two hundred owners, the database finds them again sooner than it is told their keys. The
# borrower is last and has no count, whether it owns the title or not.
PLACES = f"""
    WITH places AS (
        SELECT library_id, COUNT(*) FILTER (WHERE status = '{ItemStatus.IN.value}') AS on_shelf
        FROM catalogue_item
        WHERE record_id = %(record)s AND status <> '{ItemStatus.WITHDRAWN.value}'
        GROUP BY library_id
        UNION ALL SELECT %(borrower)s, NULL
    )
"""  # noqa: S608  # words of ours

# What is not lent can be copied all the same. Of a serial, many libraries list no copy at all, and
# `serial_rows` knows who has the volume; and who supplies copies to all need not own it.
THERE = ", ".join(f"'{each.value}'" for each in (ItemStatus.IN, ItemStatus.REFERENCE))
PLACES_OF_COPIES = f"""
    WITH known AS (
        SELECT library_id, CASE WHEN status IN ({THERE}) THEN 1 ELSE 0 END AS there
        FROM catalogue_item
        WHERE record_id = %(record)s AND status <> '{ItemStatus.WITHDRAWN.value}'
        UNION ALL
        SELECT library_id, 0 FROM catalogue_contribution
        WHERE record_id = %(record)s AND state = '{ContributionState.LIVE.value}'
        UNION ALL
        SELECT library_id, 0 FROM directory_policy WHERE supplies_documents
    ), places AS (
        SELECT library_id, SUM(there) AS on_shelf FROM known GROUP BY library_id
        UNION ALL SELECT %(borrower)s, NULL
    )
"""  # noqa: S608  # words of ours

# What is counted is looked up for each library: joined, PostgreSQL reads all that was ever lent, or
# counts anew for each library what all have in hand.
ON_HAND = ", ".join(f"'{state.value}'" for state in sorted(WAITING))
OWNERS = f"""
    SELECT library.id, library.code, library.name, library.town, library.state,
        library.open_days, library.time_zone, library.latitude, library.longitude,
        library.network_id, policy.ask_order, policy.keeps_own,
        policy.lends, policy.formats_not_lent, policy.copies, policy.supplies_documents,
        policy.lends_to_other_states,
        stop.pick_up_days, stop.drop_days, region.hub_id,
        CASE WHEN stop.on_demand THEN stop.notice_hours ELSE 0 END, town.library_id,
        places.on_shelf,
        (SELECT SUM(lent) FROM ill_tally WHERE library_id = library.id AND month > %(since)s),
        (SELECT SUM(borrowed) FROM ill_tally WHERE library_id = library.id AND month > %(since)s),
        (SELECT COUNT(*) FROM ill_supply WHERE lender_id = library.id AND state IN ({ON_HAND})),
        EXISTS(
            SELECT 1 FROM catalogue_doubt
            WHERE library_id = library.id AND record_id = %(record)s AND cleared_at IS NULL
        )
    FROM places
    JOIN directory_library library ON library.id = places.library_id
    LEFT JOIN directory_policy policy ON policy.library_id = library.id
    LEFT JOIN delivery_stop stop ON stop.library_id = library.id AND stop.active
    LEFT JOIN delivery_route route ON route.id = stop.route_id
    LEFT JOIN delivery_region region ON region.id = route.region_id
    LEFT JOIN delivery_stop town ON town.id = stop.behind_id AND town.active
    WHERE library.active AND library.membership = '{Membership.MEMBER.value}'
        OR places.on_shelf IS NULL
"""  # noqa: S608  # words of ours

CHANGES = """
    SELECT library_id, state, first_day, last_day, effect, '', '' FROM directory_closure
    WHERE library_id IS NULL AND last_day >= %(first)s AND first_day <= %(last)s
    UNION ALL
    SELECT library_id, '', first_day, last_day, effect, '', '' FROM directory_closure
    WHERE library_id IN (SELECT library_id FROM places)
        AND last_day >= %(first)s AND first_day <= %(last)s
    UNION ALL
    SELECT stop.library_id, '', first_day, last_day, '', change.pick_up_days, change.drop_days
    FROM delivery_schedulechange change JOIN delivery_stop stop ON stop.id = change.stop_id
    WHERE stop.library_id IN (SELECT library_id FROM places)
        AND last_day >= %(first)s AND first_day <= %(last)s
    UNION ALL
    SELECT NULL, '', first_day, last_day, 'stopped', instead,
        COALESCE(CAST(last_pick_up AS text), '')
    FROM delivery_delay WHERE kind IN ('suspended', 'wound-down') AND ended_at IS NULL
        AND last_day >= %(first)s AND first_day <= %(last)s
    ORDER BY 3
"""  # words of ours
STOPPED = "stopped"  # what a row tells of the whole service that is suspended or wound down


class Place(NamedTuple):
    """A row of OWNERS."""

    pk: int
    code: str
    name: str
    town: str
    state: str
    open_days: str
    time_zone: str
    latitude: float | None
    longitude: float | None
    network: int | None
    ask_order: str | None  # of the rota's steps; None where nobody wrote a policy
    keeps_own: str | None  # JSON: what it decides where its network has a rule
    lends: bool | None  # None where nobody wrote a policy
    formats_not_lent: str | None  # JSON
    copies: bool | None  # whether it makes copies of parts
    supplies_documents: bool | None
    lends_to_other_states: bool | None
    pick_up_days: str | None  # None where the van does not call
    drop_days: str | None
    hub: int | None  # that its route is sent out from, where somebody said so
    notice_hours: int | None  # of a stop to which the van comes when it is asked to
    behind: int | None  # of a satellite, the library of its hub town
    on_shelf: int | None  # copies that are in; None in the borrower's own row
    lent: int | None  # in the last twelve months
    borrowed: int | None
    in_hand: int  # requests that it has not answered or shipped
    doubted: bool  # it said more than once that it does not have it

    def lends_to(self, state: str) -> bool:
        """Whether it lends there what it lends at all: so it is where nobody wrote a policy."""
        return self.state == state or self.lends_to_other_states not in (False, 0)

    def lends_format(self, format_: str) -> bool:
        return format_ not in _listed(self.formats_not_lent or "[]")

    @property
    def own(self) -> frozenset[str]:
        return _listed(self.keeps_own or "[]")


@cache
def _listed(words: str) -> frozenset[str]:
    """A list of words, as it stands in the row; most rows bear one of a few."""
    return frozenset(json.loads(words))


class Change(NamedTuple):
    """Days on which a library, a state or all do not do something, or the van calls otherwise."""

    first_day: date
    last_day: date
    effect: str  # of a closure; or STOPPED
    pick_up_days: str  # of the van; of a service that stops, what is done instead
    drop_days: str  # the same; of a service that stops, the last day on which it takes

    @property
    def of_van(self) -> bool:
        return not self.effect

    def stopped(self) -> Stopped:
        """Of a row that tells of the whole service."""
        last_pick_up = date.fromisoformat(self.drop_days) if self.drop_days else None
        days = self.first_day, self.last_day
        return Stopped(*days, "", Meanwhile(self.pick_up_days), last_pick_up)


def with_borrower(
    record: Record | None, borrower: Library, today: date, *, copies: bool = False
) -> list[Place]:
    """Every library that owns the record and takes part, and the borrower in a row of its own; with
    `copies`, every one that may make a copy of it."""
    since = connection.ops.adapt_datefield_value(today - YEAR)
    facts = _places(record, borrower) | {"since": since}
    return list(map(Place._make, _rows(_of(copies) + OWNERS, facts)))


def _of(copies: bool) -> str:
    return PLACES_OF_COPIES if copies else PLACES


def changes(
    record: Record | None, borrower: Library, first: date, last: date, *, copies: bool = False
) -> dict[int | str, tuple[Change, ...]]:
    """What changes their days between two days, by library; that of a state under its code, and
    that of everybody under none."""
    adapted = connection.ops.adapt_datefield_value
    found: dict[int | str, tuple[Change, ...]] = {}
    stretch = {"first": adapted(first), "last": adapted(last)}
    for library, state, *change in _rows(
        _of(copies) + CHANGES, _places(record, borrower) | stretch
    ):
        scope = library or state
        found[scope] = (*found.get(scope, ()), Change(*change))
    return found


def _places(record: Record | None, borrower: Library) -> dict[str, Any]:
    return {"record": record.pk if record else 0, "borrower": borrower.pk or 0}


def _rows(sql: str, facts: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, facts)
        yield from cursor.fetchall()
