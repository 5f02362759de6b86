"""Where things go that a sorter scans: what is known of each is gathered for `sorting`, in three
statements, whatever their number. An answer says nothing of any reader, and no title.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models.functions import Upper
from django.utils import timezone

from postroad import barcodes
from postroad.catalogue.models import ItemStatus
from postroad.delivery import codes, forecast, lanes, sort_stops, stops
from postroad.delivery.lanes import Van, Vans
from postroad.delivery.models import OPEN_STATES, Purpose
from postroad.delivery.routing import Address
from postroad.delivery.sort_stops import SortStop
from postroad.directory.models import Closure, Library
from postroad.directory.opening import ALWAYS, Calendar, Shut, weekdays
from postroad.ill import sorting
from postroad.ill.lifecycle import LoanState
from postroad.ill.lookup import LONGEST
from postroad.ill.sorting import Clue, Decision, Do, Reason, Source, Trouble

AT_ONCE = 400  # questions; each is asked in a few readings, and a statement takes so many values

# Written out, as `sort_stops.STOPS` is. What was said last stands last.
KNOWN = f"""
    SELECT source, known.barcode, owner, goes_to, known.kind, container, library.code FROM (
    SELECT '{Source.LOAN.value}' AS source, barcode, lender_id AS owner,
        CASE WHEN state = '{LoanState.SHIPPED.value}' THEN borrower_id ELSE lender_id END
            AS goes_to,
        state AS kind, '' AS container, shipped_at AS said, id AS told
    FROM ill_loan WHERE due_at IS NOT NULL AND barcode IN ({{barcodes}})
    UNION ALL
    SELECT '{Source.PARCEL.value}',
        CASE WHEN parcel.item_barcode IN ({{barcodes}}) THEN item_barcode ELSE parcel.number END,
        COALESCE(item_library_id, CASE purpose
            WHEN '{Purpose.LOAN.value}' THEN from_library_id
            WHEN '{Purpose.RETURN.value}' THEN to_library_id
        END),
        to_library_id, purpose, COALESCE(bin.number, ''), parcel.made_at, parcel.id
    FROM delivery_parcel parcel LEFT JOIN delivery_container bin ON bin.id = parcel.container_id
    WHERE parcel.state IN ({", ".join(f"'{state}'" for state in OPEN_STATES)})
        AND (parcel.item_barcode IN ({{barcodes}}) OR parcel.number IN ({{numbers}}))
    UNION ALL
    SELECT '{Source.HOLD.value}', barcode, owner_id, CASE WHEN until >= %s THEN pick_up_id END,
        '', '', said_at, id
    FROM ill_toldhold WHERE taken_back_at IS NULL AND barcode IN ({{barcodes}})
    UNION ALL
    SELECT '{Source.ITEM.value}', barcode, library_id, library_id, '', '', NULL, id
    FROM catalogue_item
    WHERE status <> '{ItemStatus.WITHDRAWN.value}' AND barcode IN ({{barcodes}})
    ) AS known LEFT JOIN directory_library library ON library.id = known.owner
    ORDER BY said, told
"""  # noqa: S608  # words of ours

OF_LOANS = {LoanState.SHIPPED: Reason.LOAN, LoanState.HOMEWARD: Reason.RETURN}
OF_PARCELS = {Purpose.LOAN: Reason.LOAN, Purpose.RETURN: Reason.RETURN}


class _Row(NamedTuple):
    """A row of KNOWN."""

    source: str
    barcode: str
    owner: int | None
    to: int | None
    kind: str  # the state of a loan, the purpose of a parcel
    container: str
    code: str | None  # of the owner


@dataclass(frozen=True, slots=True)
class Question:
    """What was scanned and, if the asker knows, the code of the library whose barcode it is."""

    text: str
    library: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do with it, and why."""

    barcode: str
    reason: Reason
    do: Do = Do.ASIDE
    to: SortStop | None = None
    sign: Address | None = None  # as a slip would have it
    owners: tuple[SortStop, ...] = ()
    trouble: Trouble | None = None
    held: Shut | None = None
    next_day: date | None = None  # on which the van brings it, if it is sorted today
    bin: str = ""  # in which it is, or which is being filled for its stop

    @property
    def held_until(self) -> date | None:
        """The last day; None where nobody knows it."""
        endless = self.held is None or self.held.last == Closure.FURTHER_NOTICE
        return None if endless or self.held is None else self.held.last


def where(question: Question, now: datetime) -> Answer:
    """Where one thing goes."""
    return all_of([question], now)[0]


def all_of(questions: Sequence[Question], now: datetime) -> list[Answer]:
    """Where each of these goes, in their order."""
    today = timezone.localdate(now)
    decided: list[tuple[str, Decision]] = []
    for at in range(0, len(questions), AT_ONCE):
        decided += _decided(questions[at : at + AT_ONCE], today)
    goes = {decision.to for _text, decision in decided} - {None}
    concerned = goes.union(*(decision.owners for _text, decision in decided))
    places = sort_stops.of([each for each in concerned if each is not None], today)
    called = [key for key in goes if key is not None and key in places and places[key].route]
    vans = stops.calendars(called, today)
    return [_answer(text, decision, places, vans, today) for text, decision in decided]


def _decided(questions: Sequence[Question], today: date) -> list[tuple[str, Decision]]:
    read = [(each, readings(each.text)) for each in questions]
    known = _known({each for _question, meant in read for each in meant}, today)
    found = [_one(question, meant, known) for question, meant in read]
    missing = {
        code_of(each)
        for each, (_barcode, decision) in zip(questions, found, strict=True)
        if decision.reason is Reason.UNKNOWN
    } - {""}
    nobodys = missing - _there(missing)
    return [
        (barcode, Decision(Reason.NO_LIBRARY) if code_of(each) in nobodys else decision)
        for each, (barcode, decision) in zip(questions, found, strict=True)
    ]


def readings(text: str) -> list[str]:
    """What may be meant, the likeliest first; none for what is no barcode of anything."""
    known = text.encode(errors="ignore").decode()  # half a sign is none, and no database takes it
    return barcodes.readings(known) if len(text) <= LONGEST else []


def code_of(question: Question) -> str:
    return question.library.replace("\0", "").strip().upper()[:LONGEST]


def _there(wanted: Collection[str]) -> set[str]:
    """Those of these codes that are of libraries."""
    if not wanted:
        return set()
    spelled = Library.objects.annotate(spelled=Upper("code")).filter(spelled__in=wanted)
    return set(spelled.order_by().values_list("spelled", flat=True))


def _one(
    question: Question, meant: Sequence[str], known: Mapping[str, list[_Row]]
) -> tuple[str, Decision]:
    if not meant:
        return question.text[:LONGEST], Decision(Reason.UNREADABLE)
    code = code_of(question)
    for barcode in meant:
        rows = known.get(barcode, ())
        owners = {row.owner for row in rows if (row.code or "").upper() == code}
        if code and not owners:
            continue
        decision = sorting.decide([_clue(row) for row in rows], owners.pop() if code else None)
        if decision.reason is not Reason.UNKNOWN:
            return barcode, decision
    rounded = barcodes.is_rounded(meant[0])
    return meant[0], Decision(Reason.ROUNDED if rounded else Reason.UNKNOWN)


def _known(meant: Iterable[str], today: date) -> dict[str, list[_Row]]:
    """All that is known of these barcodes and numbers of parcels, in one query."""
    found = defaultdict[str, list[_Row]](list)
    wanted = sorted(meant)
    if not wanted:
        return found
    spelled = defaultdict[str, list[str]](list)
    for each in wanted:
        if number := codes.read_number(each):
            spelled[number].append(each)
    for row in _rows(wanted, sorted(spelled) or [""], today):
        for barcode in spelled.get(row.barcode, [row.barcode]):
            found[barcode].append(row)
    return found


def _rows(wanted: Sequence[str], numbers: Sequence[str], today: date) -> list[_Row]:
    sql = KNOWN.format(
        barcodes=", ".join(["%s"] * len(wanted)), numbers=", ".join(["%s"] * len(numbers))
    )
    day = connection.ops.adapt_datefield_value(today)
    values = (*wanted, *wanted, *wanted, *numbers, day, *wanted, *wanted)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(map(_Row._make, cursor.fetchall()))


def _clue(row: _Row) -> Clue:
    source, reason = Source(row.source), Reason.OWNER
    if source is Source.LOAN:
        reason = OF_LOANS.get(LoanState(row.kind), Reason.UNSENT)
    elif source is Source.PARCEL:
        reason = OF_PARCELS.get(Purpose(row.kind), Reason.PARCEL)
    elif source is Source.HOLD:
        reason = Reason.HOLD
    return Clue(source, reason, row.owner, row.to, row.container)


def _answer(
    text: str, decision: Decision, places: Mapping[int, SortStop], vans: Vans, today: date
) -> Answer:
    owners = tuple(places[each] for each in decision.owners if each in places)
    to = places.get(decision.to) if decision.to is not None else None
    if to is None:
        return Answer(text, decision.reason, owners=owners)
    van = vans.get(to.library)
    held = _held(van, today) if van else None
    day = _comes(van, today) if van and held is None else None
    sign = to.sign_on(day or today)
    trouble = _trouble(to, van, sign, held, day)
    promised = day is not None and vans.may_be_promised(day, today)
    return Answer(
        barcode=text,
        reason=decision.reason,
        do=sorting.does(decision, trouble),
        to=to,
        sign=sign if to.route else None,
        owners=owners,
        trouble=trouble,
        held=held,
        next_day=day if promised else None,
        bin=codes.grouped(decision.container) if decision.container else to.bin,
    )


def _trouble(
    to: SortStop, van: Van | None, sign: Address | None, held: Shut | None, day: date | None
) -> Trouble | None:
    if not to.route or van is None:
        return Trouble.NO_STOP
    if sign is None:
        return Trouble.NO_CODE
    if held is not None:
        return Trouble.HELD
    return Trouble.NO_DAYS if day is None else None


def _held(van: Van, today: date) -> Shut | None:
    """The suspension in which it would come, if it is sorted today (R6)."""
    return forecast.suspension(today, _hub(van), van, lanes.SORT_NIGHT)


def _comes(van: Van, today: date) -> date | None:
    days = forecast.legs(today, _hub(van), van, lanes.SORT_NIGHT)
    return days[-1] if days else None


def _hub(van: Van) -> Van:
    """A hub sorts every day."""
    days = Calendar(weekdays(ALWAYS), van.zone)
    return Van(days, days, van.state, van.hub)
