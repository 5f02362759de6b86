"""Stops as a sorter needs them: sign, route, and the bin that is being filled for each."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from postroad.delivery import codes, contractors, ri_codes, routing
from postroad.delivery.models import Container, ContainerState, ParcelState
from postroad.delivery.routing import Address, Place
from postroad.directory.models import State
from postroad.errors import Refusal

# Written out, since each thing on a belt asks for it, and to compose it takes Django longer than
# to answer it takes the database. A bin is a stop's while it stands open at a hub with something
# for it; the one that was filled last counts.
STOPS = f"""
    SELECT library.id, library.code, library.name, library.town, library.state,
        library.delivery_code, route.code, stop.place, region.letter,
        now.sign, now.word, later.sign, later.word, change.first_day,
        ri.id, ri.retired_on, EXISTS(SELECT 1 FROM delivery_ricode), house.code, house.retired_on,
        (
            SELECT bin.number FROM delivery_container bin
            WHERE bin.state = '{ContainerState.OPEN.value}' AND bin.kind = '{Container.Kind.BIN}'
                AND bin.retired_on IS NULL AND bin.holder IN (SELECT code FROM delivery_hub)
                AND EXISTS(
                    SELECT 1 FROM delivery_parcel parcel
                    WHERE parcel.container_id = bin.id AND parcel.to_library_id = library.id
                        AND parcel.state = '{ParcelState.MOVING.value}'
                )
            ORDER BY bin.last_at DESC, bin.id DESC LIMIT 1
        )
    FROM directory_library library
    LEFT JOIN delivery_stop stop ON stop.library_id = library.id AND stop.active
    LEFT JOIN delivery_route route ON route.id = stop.route_id
    LEFT JOIN delivery_region region ON region.id = route.region_id
    LEFT JOIN delivery_hub hub ON hub.id = region.hub_id
    LEFT JOIN delivery_stopcode now
        ON now.courier_id = hub.courier_id AND now.library_id = library.id
    LEFT JOIN delivery_changeover change
        ON change.old_id = hub.courier_id AND change.ended_at IS NULL
    LEFT JOIN delivery_stopcode later
        ON later.courier_id = change.new_id AND later.library_id = library.id
    LEFT JOIN delivery_ricode ri
        ON ri.code = library.delivery_code AND library.state = '{State.RHODE_ISLAND.value}'
    LEFT JOIN delivery_ricode house ON house.clearinghouse
    WHERE library.id IN ({{libraries}})
"""  # noqa: S608  # words of ours


class _Row(NamedTuple):
    """A row of STOPS."""

    pk: int
    code: str
    name: str
    town: str
    state: str
    delivery_code: str
    route: str | None
    place: int | None
    letter: str | None
    sign: str | None  # of who drives now
    word: str | None
    later_sign: str | None  # of who drives from a day on
    later_word: str | None
    later_on: Any  # a date
    ri_code: int | None
    retired_on: Any  # a date
    listed: Any  # whether there is a list of Rhode Island's codes
    clearinghouse: str | None
    clearinghouse_until: Any  # a date
    bin: str | None


@dataclass(frozen=True, slots=True)
class SortStop:
    """A library and, where the van calls, its place on a route and its sign."""

    library: int
    code: str
    name: str
    town: str
    route: str  # empty: the van does not call
    place: int
    where: Place  # as a slip shows it
    bin: str  # the number of the bin that is being filled for it

    def sign_on(self, day: date) -> Address | None:
        """What is sorted for there stands under this, as on a slip of its own state whose journey
        ends on a day; None: its code is missing, unknown or retired (R7)."""
        try:
            return routing.address(Place("", "", self.where.state), self.where.on(day))
        except Refusal:
            return None


def of(libraries: Collection[int], today: date) -> dict[int, SortStop]:
    """These libraries, in one query."""
    keys = sorted(libraries)
    if not keys:
        return {}
    sql = STOPS.format(libraries=", ".join(["%s"] * len(keys)))
    with connection.cursor() as cursor:
        cursor.execute(sql, keys)
        rows = list(map(_Row._make, cursor.fetchall()))
    return {row.pk: _stop(row, today) for row in rows}


def _stop(row: _Row, today: date) -> SortStop:
    trouble = None
    if row.state == State.RHODE_ISLAND and row.listed:
        trouble = ri_codes.trouble(row.ri_code is not None, row.retired_on, today)
    facts = row.letter, row.sign, row.word, row.later_sign, row.later_word, row.later_on
    slip = contractors.borne(row.route or "", *facts)
    place = Place(
        name=row.name,
        town=row.town,
        state=row.state,
        route=slip.route,
        letter=slip.letter,
        word=slip.word,
        later=slip.later,
        delivery_code=row.delivery_code,
        code_trouble=trouble,
        clearinghouse=ri_codes.in_force(row.clearinghouse or "", row.clearinghouse_until, today),
    )
    return SortStop(
        row.pk,
        row.code,
        row.name,
        row.town,
        place.route,
        row.place or 0,
        place,
        codes.grouped(row.bin) if row.bin else "",
    )
