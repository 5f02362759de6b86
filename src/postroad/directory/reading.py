"""Reading crowd-sourced lists: a file is kept as it came, then read in pieces, and matched.

Nothing is read twice: an entry is known by the sum of its own words. A row that names a library
that we are not sure of waits for somebody to choose, and what was chosen is remembered for the next
file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from postroad import fetching, spreadsheet
from postroad.directory import crowd, saying
from postroad.directory.crowd import Entry, Finder, Match, Place, bare_name
from postroad.directory.listing import STATES
from postroad.directory.models import Authority, Kind, Library, Symbol
from postroad.directory.standing import ALL
from postroad.directory.statements import (
    FIELDS,
    ListedName,
    Source,
    Statement,
    StatementImport,
    StatusList,
    Verdict,
)
from postroad.errors import Refusal
from postroad.spreadsheet import Row

PIECE = 1_000  # rows in one transaction
LEASE = timedelta(minutes=10)  # in which a list is surely fetched, or not to be had
TOLD = 200  # troubles that are kept to be shown
How = ListedName.How


def receive(
    status_list: StatusList, name: str, sent: bytes, *, by: str, at: datetime
) -> tuple[StatementImport, bool]:
    """Keep a file to be read; whether it is new. The same file of a list is one import.

    Raises one of the refusals of `spreadsheet` for what is no list.
    """
    digest = sha256(sent).hexdigest()
    known = StatementImport.objects.filter(status_list=status_list, sha256=digest).first()
    if known is not None:
        return known, False
    rows = spreadsheet.read(sent)
    at_column, above = crowd.columns(rows)
    waiting = [
        [row.line, *(row.cells[at] if at < len(row.cells) else "" for at in at_column.values())]
        for row in rows[above:]
    ]
    made = StatementImport(
        status_list=status_list,
        name=name[:200],
        sha256=digest,
        at=at,
        by=by,
        columns=list(at_column),
        waiting=waiting,
        rows=len(waiting),
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:  # the other press was faster
        return StatementImport.objects.get(status_list=status_list, sha256=digest), False
    return made, True


def begin(file: StatementImport, at: datetime) -> None:
    """It is to be read: pieces of it are, until it is done."""
    StatementImport.objects.filter(pk=file.pk, begun_at=None).update(begun_at=at)


def discard(file: StatementImport) -> bool:
    """Throw away one of which nothing was read; whether it was thrown away."""
    return bool(StatementImport.objects.filter(pk=file.pk, begun_at=None).delete()[0])


def go_on(now: datetime, *, pieces: int = 5) -> int:
    """Job: read on in whatever waits to be read; how many rows were."""
    read = 0
    for _piece in range(pieces):
        waits = StatementImport.objects.filter(begun_at__isnull=False, finished_at=None)
        key = waits.order_by("begun_at", "pk").values_list("pk", flat=True).first()
        if key is None:
            break
        read += piece(key, now)
    return read


def piece(key: int, now: datetime) -> int:
    """Read the next rows of a file; whoever is killed meanwhile has read none of them."""
    file = StatementImport.objects.select_related("status_list").get(pk=key)
    rows = file.waiting[file.read : file.read + PIECE]
    found, skipped = entries(file, rows)  # what takes its time needs no lock
    with transaction.atomic():
        held = StatementImport.objects.select_for_update().filter(pk=key, finished_at=None)
        if not held.filter(read=file.read).exists():  # another was faster
            return 0
        _keep(file, found, skipped, now)
        return len(rows)


def _keep(
    file: StatementImport, found: Sequence[Entry], skipped: Sequence[list[Any]], now: datetime
) -> None:
    """Write down what a piece of a file says, and that it was read."""
    listed = _listed(found, now)
    new, same = _write(file, found, listed, now)
    file.new += new
    file.same += same
    file.ahead += sum(each.said_at is not None and each.said_at > now for each in found)
    file.skipped = [*file.skipped, *skipped][:TOLD]
    file.read = min(file.read + PIECE, file.rows)
    if file.read >= file.rows:
        file.finished_at, file.waiting = now, []
        StatusList.objects.filter(pk=file.status_list_id).update(read_at=now, trouble="")
    file.save()


def entries(
    file: StatementImport, rows: Iterable[Sequence[Any]]
) -> tuple[list[Entry], list[list[Any]]]:
    """What these rows say, and [line, why] of what could not be read of them."""
    at = {name: place for place, name in enumerate(file.columns)}
    zone = ZoneInfo(file.status_list.time_zone)
    found: list[Entry] = []
    skipped: list[list[Any]] = []
    for line, *cells in rows:
        said = crowd.entry(Row(line, tuple(cells)), at, zone)
        if said is None:
            skipped.append([line, "nameless"])
            continue
        skipped.extend([line, trouble] for trouble in said.troubles)
        found.append(said)
    return found, skipped


def _key(file: StatementImport, said: Entry) -> str:
    return sha256(f"{file.status_list_id} {said.key}".encode()).hexdigest()


def _write(
    file: StatementImport,
    found: Sequence[Entry],
    listed: Mapping[str, ListedName],
    now: datetime,
) -> tuple[int, int]:
    """Write the new ones down and let closures follow; how many were new, and known."""
    keyed = {_key(file, each): each for each in found}  # of equal ones the last in the file
    known = Statement.objects.in_bulk(list(keyed), field_name="key")
    made = [
        _statement(file, each, listed[name_key(each)], key, now)
        for key, each in keyed.items()
        if key not in known
    ]
    Statement.objects.bulk_create(made)
    again = _said_again(known, keyed, now)
    libraries = {each.library_id for each in made if each.library_id} | again
    if libraries:
        saying.follow(Library.objects.filter(pk__in=libraries), now)
    return len(made), len(found) - len(made)


def _statement(
    file: StatementImport, said: Entry, listed: ListedName, key: str, now: datetime
) -> Statement:
    return Statement(
        library_id=listed.library_id,
        listed=listed,
        entered=file,
        row=said.line,
        said_at=said.said_at,
        heard_at=now,
        not_asked=[each.value for each in ALL if each not in said.answers],
        since=said.since,
        until=said.until,
        note=said.note,
        source=Source.LIST,
        said_by=file.status_list.name,
        verdict=Verdict.TAKEN,
        key=key,
        **{FIELDS[each]: value for each, value in said.answers.items()},
    )


def _said_again(
    known: Mapping[str, Statement], keyed: Mapping[str, Entry], now: datetime
) -> set[int]:
    """What was amended and is now as it was before, under an equal stamp or none: heard last again.

    The libraries that this concerns.
    """
    latest: dict[tuple[int | None, datetime | None], datetime] = {}
    others = Statement.objects.filter(listed__in={each.listed_id for each in known.values()})
    for listed, said_at, heard in others.values_list("listed", "said_at").annotate(Max("heard_at")):
        latest[listed, said_at] = heard
    again = [
        each for each in known.values() if latest[each.listed_id, each.said_at] > each.heard_at
    ]
    for each in again:
        each.heard_at, each.row = now, keyed[each.key].line
    Statement.objects.bulk_update(again, ["heard_at", "row"], batch_size=200)
    return {each.library_id for each in again if each.library_id}


# Which library is meant


def name_key(said: Entry) -> str:
    """The same library as lists name it, whatever the capitals and marks."""
    parts = (said.symbol, bare_name(said.name), bare_name(said.town), said.state.casefold())
    return sha256("\x1f".join(parts).encode()).hexdigest()


def _listed(found: Sequence[Entry], now: datetime) -> dict[str, ListedName]:
    """How each entry names its library, with which of ours that is; new names are looked for."""
    wanted = {name_key(each): each for each in found}
    listed = ListedName.objects.in_bulk(list(wanted), field_name="key")
    if len(listed) == len(wanted) and all(each.decided for each in listed.values()):
        return listed
    finder = Finder(places(), STATES)
    changed = [
        each
        for key, each in listed.items()
        if not each.decided and _look(each, finder, wanted[key])
    ]
    ListedName.objects.bulk_update(changed, ["library", "how", "candidates"], batch_size=200)
    _move_on(changed, now)
    new = [_new_name(said, key, finder) for key, said in wanted.items() if key not in listed]
    ListedName.objects.bulk_create(new)
    return {**listed, **{each.key: each for each in new}}


def _new_name(said: Entry, key: str, finder: Finder) -> ListedName:
    named = ListedName(
        symbol=said.symbol, name=said.name or said.symbol, town=said.town, state=said.state, key=key
    )
    _look(named, finder, said)
    return named


def _look(named: ListedName, finder: Finder, said: Entry) -> bool:
    """Look for the library; whether something else was found than before."""
    match: Match = finder.find(said.symbol, said.name, said.town, said.state)
    before = (named.library_id, named.how, named.candidates)
    named.library_id, named.how = match.library, How(match.by)
    named.candidates = list(match.candidates)
    return before != (named.library_id, named.how, named.candidates)


def _move_on(changed: Iterable[ListedName], now: datetime) -> None:
    """What was said under these names is said of the libraries that they are now."""
    before: dict[int, set[int]] = defaultdict(set)
    for each in changed:
        said = Statement.objects.filter(listed=each).exclude(library=each.library_id)
        for library in said.values_list("library", flat=True).distinct():
            before[each.pk].add(library or 0)
        said.update(library=each.library_id, current=False)
        before[each.pk].add(each.library_id or 0)
    concerned = {library for found in before.values() for library in found if library}
    if concerned:
        saying.follow(Library.objects.filter(pk__in=concerned), now)


def places() -> list[Place]:
    """All libraries, ours and others, with their OCLC symbols."""
    own: dict[int, set[str]] = defaultdict(set)
    shared: dict[int, set[str]] = defaultdict(set)
    symbols = Symbol.objects.filter(authority=Authority.OCLC).order_by()
    for library, value, umbrella in symbols.values_list("library", "value", "umbrella"):
        (shared if umbrella else own)[library].add(value)
    every = Library.objects.filter(active=True).exclude(kind=Kind.CENTRE).order_by("pk")
    return [
        Place(pk, code, name, town, state, frozenset(own[pk]), frozenset(shared[pk]))
        for pk, code, name, town, state in every.values_list("pk", "code", "name", "town", "state")
    ]


def doubtful() -> Any:
    """The names that somebody must choose a library for, those with most entries first."""
    return ListedName.objects.filter(how=How.DOUBTFUL, decided_at=None)


@transaction.atomic
def choose(
    named: ListedName, library: Library | None, *, by: str, at: datetime | None = None
) -> None:
    """This is the library that is meant, or it is none of ours. All that was said under the name,
    and all that will be, goes by it."""
    at = at or timezone.now()
    named.library, named.how = library, How.PERSON
    named.decided_by, named.decided_at = by, at
    named.save(update_fields=["library", "how", "decided_by", "decided_at"])
    _move_on([named], at)


@transaction.atomic
def unchoose(named: ListedName, *, at: datetime | None = None) -> None:
    """The choice was a mistake: it is doubtful again."""
    at = at or timezone.now()
    named.library, named.how = None, How.DOUBTFUL
    named.decided_by, named.decided_at = "", None
    named.save(update_fields=["library", "how", "decided_by", "decided_at"])
    _move_on([named], at)


# Lists that are fetched


def fetch_lists(now: datetime) -> int:
    """Job of the lane `net`: fetch the lists whose turn it is; how many new files came."""
    due = StatusList.objects.filter(fetch_at__lte=now).exclude(address="")
    return sum(fetch_one(each, now) for each in due.order_by("fetch_at", "pk")[:5])


def fetch_one(each: StatusList, now: datetime) -> bool:
    """Fetch one list; whether there was something new. No transaction is open meanwhile.

    Whoever is killed meanwhile has not had the turn: it comes again when the lease is over.
    """
    held = now + LEASE
    mine = StatusList.objects.filter(pk=each.pk, fetch_at=each.fetch_at)
    if not mine.update(fetch_at=held):
        return False  # another process has its turn
    new = _fetch(each, now)
    again = now + timedelta(hours=each.every_hours) if each.every_hours else None
    StatusList.objects.filter(pk=each.pk, fetch_at=held).update(fetch_at=again)
    return new


def _fetch(each: StatusList, now: datetime) -> bool:
    here = StatusList.objects.filter(pk=each.pk)
    try:
        found = fetching.fetch(each.address, etag=each.etag, private=settings.FETCH_PRIVATE)
        if found.body is None:
            here.update(read_at=now, trouble="")
            return False
        name = PurePosixPath(urlsplit(found.address).path).name or each.name
        file, new = receive(each, name, found.body, by="", at=now)
    except Refusal as no:
        here.update(trouble=no.code, trouble_facts=_told(no), tried_at=now)
        return False
    begin(file, now)  # before its mark is kept: else whoever is killed between would never read it
    here.update(etag=found.etag, trouble="", tried_at=now)
    if not new:
        here.update(read_at=now)
    return new


def _told(no: Refusal) -> dict[str, str]:
    return {name: str(fact) for name, fact in no.facts.items()}
