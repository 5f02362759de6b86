"""What the answers of lenders tell of the union catalogue: a holding that is perhaps none.

Who says twice of a title that it does not have it, is asked last from then on, and its desk is
asked to look, once. A copy in hand takes the doubt away, and so does the desk's word.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from postroad.accounts.models import Role
from postroad.cases import handling
from postroad.cases.lifecycle import Ending as CaseEnding
from postroad.cases.lifecycle import Verb as CaseVerb
from postroad.cases.models import Case, CaseEvent, Kind, office_and
from postroad.catalogue import holdings
from postroad.catalogue.models import Record
from postroad.directory.models import Library
from postroad.ill.lifecycle import Ending, Reason, Verb
from postroad.ill.models import Event, Supply

DOUBTFUL = frozenset({Reason.NOT_OWNED, Reason.LACKS_PART, Reason.NOT_ON_SHELF})
TWICE = 2
ABOUT = "record:"


def look(event: Event, now: datetime) -> None:
    """Listener: doubt a holding of which its library said twice that it is none, and trust it again
    once a copy of it has left. Told twice, it does so once."""
    if event.verb == Verb.REFUSE and event.facts["reason"] in DOUBTFUL:
        _doubt(event, now)
    elif event.verb in (Verb.SHIP, Verb.SHIP_LATE) and _may_be_doubted(event):
        _ill, supply, _loan = event.parts()
        record = event.request.record
        if supply is not None and record is not None:
            trust(supply.lender_id, record.standing.pk, now)


def _may_be_doubted(event: Event) -> bool:
    """What was read with the request says so of whoever has it in hand; else one has to look."""
    ill = event.request
    known: bool | None = getattr(ill, "doubted", None)
    return known is not False or event.supply_id != ill.current_id


def _doubt(event: Event, now: datetime) -> None:
    supply, record = event.supply, event.request.record
    if supply is None or record is None or supply.is_outside:
        return
    record = record.standing
    with transaction.atomic():
        since = holdings.trusted_at(supply.lender_id, record.pk)
        said = noes(supply.lender, record)
        said = said.filter(closed_at__gt=since) if since is not None else said
        if said.count() >= TWICE and holdings.doubt(supply.lender_id, record.pk, now):
            _ask(supply.lender, record, now)


def noes(library: Library, record: Record) -> QuerySet[Supply]:
    """What this library said of this title that makes its holding doubtful, and stands."""
    same = Q(request__record=record) | Q(request__record__moved_to=record)
    of_it = Supply.objects.filter(same, lender=library)
    taken_back = Supply.objects.filter(follows=OuterRef("pk"))
    return of_it.filter(ending=Ending.REFUSED, reason__in=DOUBTFUL).exclude(Exists(taken_back))


def go_along(now: datetime) -> int:
    """Job: what was doubted of a record that turned out to be another is doubted of that one, and
    the case about it goes along. How many went."""
    moved = holdings.moved_doubts()
    for doubt in moved:
        stands = doubt.record.standing
        with transaction.atomic():
            holdings.pass_on(doubt, stands)
            about = Case.objects.about(f"{ABOUT}{doubt.record_id}")
            about = about.filter(kind=Kind.HOLDING, library=doubt.library)
            about.update(about=f"{ABOUT}{stands.pk}")
    return len(moved)


def _ask(library: Library, record: Record, now: datetime) -> None:
    """A case for the desk that keeps the holding."""
    title = {"title": record.title[:80]}
    handling.ask(
        office_and(Role.CENTRE, library),
        kind=Kind.HOLDING,
        subject=_("Do you have “%(title)s”?") % title,
        text=_(
            "Your library said twice that it could not send “%(title)s”, because it was not on the "
            "shelf, a part was missing or it was not yours. Until this is settled, other libraries "
            "are asked first.\n\n"
            "Please look on the shelf and in your catalog. If you have it, scan a copy on the "
            "Check in page, or close this case as settled: then you are asked as before. If you do "
            "not have it, take it out of your catalog and say so here."
        )
        % title,
        name=str(Role.CENTRE.label),
        about=f"{ABOUT}{record.pk}",
        library=library,
        at=now,
    )


@transaction.atomic
def trust(library: int, record: int, at: datetime) -> bool:
    """A copy is there: the holding is like any other, and the case about it is done. Whether it was
    doubted."""
    if not holdings.trust(library, record, at):
        return False
    about = Case.objects.open().about(f"{ABOUT}{record}")
    for case in about.filter(kind=Kind.HOLDING, library=library).select_related("thread"):
        handling.close(case, CaseEnding.SETTLED, by=None, name=_("automatic"), at=at)
    return True


def heed(event: CaseEvent, now: datetime) -> None:
    """Listener: the desk that was asked says that it has the title: its case is settled."""
    if event.verb != CaseVerb.CLOSE or event.facts.get("ending") != CaseEnding.SETTLED:
        return
    case = event.case
    of_record = case.about.removeprefix(ABOUT)
    if case.kind != Kind.HOLDING or of_record == case.about or case.library_id is None:
        return
    holdings.trust(case.library_id, int(of_record), event.at)
