"""The scan pages of the borrowing desk: receive, lend, take back, send home.

A line of the sitting is kept for a day, so it never names a patron; the name stands only in
the part below it, which is read anew each time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad import words
from postroad.accounts.models import BORROWING, Card, User
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.ill import boxes, finding, readers, renewals, returns
from postroad.ill import undo as undoing
from postroad.ill.access import NoSuchRequest
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Verb
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Event, Loan
from postroad.ill.scans import borrowing as scans
from postroad.ill.scans.otherwise import Instead
from postroad.web.shared import gates, way_home
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import Line, Scan, ScanPage, Tone, sitting
from postroad.web.shared.turn import due_back
from postroad.web.staff import bins, queues, strays, telling
from postroad.web.staff import readers as reader_page
from postroad.web.staff.borrowing import doubts
from postroad.web.staff.counter import frame, works
from postroad.web.staff.queues import Queue
from postroad.web.staff.readers import Reader


@dataclass(frozen=True, slots=True)
class AtDesk:
    """Who scans, and for which library."""

    user: User
    library: Library

    @property
    def act(self) -> Act:
        return gates.act(self.user)


Answer = Callable[[AtDesk, Scan], Line]


def page(name: str, queue: str, answer: Answer) -> Callable[..., HttpResponse]:
    """A scan page of this name; below its list stands what is left in one of the queues."""

    @needs(*BORROWING)
    def scan(request: SignedIn) -> HttpResponse:
        here = AtDesk(request.user, gates.desk(request).library)
        sheet = ScanPage(
            f"borrowing-{name}-{here.library.pk}",
            f"staff/borrowing/{name}.html",
            scan=lambda scan: answered(answer, here, scan),
            undo=lambda token: undo(here, token),
            stands=stands,
        )
        return sheet.answer(request, lambda: context(request, here, sheet.name, queue))

    return scan


def answered(answer: Answer, here: AtDesk, scan: Scan) -> Line:
    """What the page says; a parcel of other libraries is told as such on every page."""
    try:
        return answer(here, scan)
    except finding.Ambiguous:
        raise
    except Refusal:
        if line := strays.stray(here.library, here.user, scan):
            return line
        raise


def context(request: SignedIn, here: AtDesk, name: str, queue: str) -> dict[str, Any]:
    now = timezone.now()
    chosen = queues.named(queue, queues.borrowing(now), {})
    last = latest(request, here, name)
    mailed = returns.home_by_mail(last) if last else None
    return {
        **frame(request),
        "follows": "staff/borrowing/_latest.html",
        "rest": "staff/borrowing/_rest.html",
        "queue": chosen,
        "left": left(here.library, chosen),
        "latest": last,
        "waits_for_her": waits_for_her(last),
        "terms": words.ill.terms(last.supply) if last else "",
        "mailed": mailed,
        "return_to": returns.return_address(mailed.loan.supply) if mailed else None,
        "ways": ways_of(last),
        "packed": boxes.open_box(last, now) if mailed and last else None,
        "inside": boxes.others(last) if mailed and last else (),
        "readers": readers_of(request, here, name),
    }


OTHERWISE = frozenset({QuestionKind.WRONG_ITEM, QuestionKind.SECOND_COPY})


def waits_for_her(loan: Loan | None) -> bool:
    """Whether what was scanned lies on the hold shelf, with a slip that names its reader: not what
    goes straight home, nor what a lender must say first what to do with."""
    if loan is None or loan.state != LoanState.ARRIVED or loan.not_wanted:
        return False
    asked = loan.request.open_questions > 0
    return not (asked and loan.questions.open().filter(kind__in=OTHERWISE).exists())


def ways_of(loan: Loan | None) -> Sequence[way_home.Shown]:
    """How what was just sent goes home (R4 to R7), by the rule that /returns tells, too."""
    if loan is None or loan.state != LoanState.HOMEWARD:
        return ()
    return way_home.shown(returns.of_loan(loan, timezone.now()))


SHOWN = 12  # rows of what is left; the queue has all


def left(library: Library, queue: Queue) -> list[Loan]:
    rows = queues.listed(library, queue)
    return list(rows.select_related("request__patron__card")[:SHOWN])


def readers_of(request: SignedIn, here: AtDesk, name: str) -> list[Reader]:
    """Whose card was scanned last: who she is stands here and not in the list that is kept."""
    lines = sitting(request, name).lines
    keys = lines[0].cards.split(",") if lines and lines[0].cards else []
    cards = (readers.one(here.user, int(key)) for key in keys)
    return [reader_page.of(card, [here.library.pk]) for card in cards]


def latest(request: SignedIn, here: AtDesk, name: str) -> Loan | None:
    """The thing of the last scan that did something, for its slip and its patron's name."""
    lines = sitting(request, name).lines
    refs = [line.undo for line in lines[:1] if line.stands]
    if not refs or refs[0].startswith(strays.ARRIVED):
        return None
    event = Event.objects.filter(pk=refs[0], request__library=here.library).first()
    shown = Loan.objects.shown().select_related("request__patron__card", "parcel_home__to_library")
    return shown.filter(pk=event.loan_id).first() if event and event.loan_id else None


def done(loan: Loan, verb: Verb, sentence: str, tone: Tone = Tone.OK) -> Line:
    """A line that can be undone: it names the event."""
    event = undoing.newest(loan, verb)
    return Line(tone, sentence, loan.request.ref, undo=str(event.pk) if event else "")


def stands(token: str) -> bool:
    return token.startswith(strays.ARRIVED) or undoing.stands(token)


def undo(here: AtDesk, token: str) -> str:
    """Undo the event of a line, if it is still the last of its request."""
    if token.startswith(strays.ARRIVED):
        return strays.undo(here.user, token)
    event = (
        Event.objects.select_related("request__library", "request__current__lender")
        .select_related("supply__lender", "loan__parcel_out", "loan__parcel_home")
        .filter(pk=token)
        .first()
    )
    if event is None or not works(here.user, event.request.library, BORROWING):
        raise NoSuchRequest(ref="")
    undoing.undo(event, here.act)
    where = words.label(words.ill.STATES, event.request.state)
    return _("Undone. “%(title)s” %(where)s.") % {"title": event.request.title, "where": where}


def receive_scan(here: AtDesk, scan: Scan) -> Line:
    if (of_a_bin := bins.reception_line(here.library, scan.text)) is not None:
        return of_a_bin
    got = scans.receive(here.library, scan.text, here.act, sure=scan.sure)
    if isinstance(got, scans.OwnReturned):
        said = _("This is your own item, returned. Check it in on the lending side.")
        return Line(Tone.WARN, said, scan.text)
    if isinstance(got, Instead):
        return doubts.instead(got, scan)
    loan = got.loan
    if got.why is not None:
        return done(loan, Verb.RECEIVE, doubts.not_for_her(loan, got.why), Tone.WARN)
    facts = {"day": until(loan), "title": loan.request.title[:80]}
    if got.unscanned:
        said = _(
            "On the hold shelf until %(day)s: “%(title)s”. %(lender)s had not scanned it out; it "
            "has been recorded as shipped."
        ) % {**facts, "lender": loan.supply.lender_name}
        return done(loan, Verb.RECEIVE, with_her(said, loan)[0], Tone.WARN)
    said = _("On the hold shelf until %(day)s: “%(title)s”.") % facts
    if loan.request.patron_id is None:
        said += " " + _("No name is kept any more: nobody can be told. Send it home.")
    if loan.pieces > 1:
        said += " " + doubts.count_pieces(loan)
    return done(loan, Verb.RECEIVE, *with_her(said, loan))


def with_her(said: str, loan: Loan) -> tuple[str, Tone]:
    """What the desk must know of it: the lender's conditions; and of the reader, without her name:
    her card is blocked, no mail."""
    more, ill = [], loan.request
    if terms := words.ill.terms(loan.supply):
        more.append(_("On conditions: %(terms)s.") % {"terms": terms})
    if renewals.blocked(ill):
        more.append(_("This reader's card is blocked; see why below."))
    if loan.state == LoanState.ARRIVED and (trouble := telling.contact(ill.patron).trouble):
        more.append(
            _("E-mail does not reach this reader (%(why)s): call, or tell them in person.")
            % {"why": trouble}
        )
    return " ".join([said, *more]), Tone.WARN if more else Tone.OK


def until(loan: Loan) -> str:
    return words.day(timezone.localdate(loan.due_at)) if loan.due_at else ""


def lend_scan(here: AtDesk, scan: Scan) -> Line:
    got = scans.check_out(here.library, scan.text, here.act)
    if isinstance(got, scans.ReadersCard):
        return of_a_reader(here, got.cards)
    loan = got.loan
    facts = {"day": due_back(loan), "title": loan.request.title[:80]}
    said = _("Lent until %(day)s: “%(title)s”.") % facts
    if got.due_otherwise:
        said += " " + _("The loan counts from today, not from its arrival; the owner can see this.")
    return done(loan, Verb.CHECK_OUT, *with_her(said, loan))


def of_a_reader(here: AtDesk, cards: list[Card]) -> Line:
    """The answer to a card: how much is to be handed out; whose it is stands below."""
    keys = ",".join(str(card.pk) for card in cards)
    if len(cards) > 1:
        said = _("Two libraries have a card with this number: choose the reader below.")
        return Line(Tone.WARN, said, cards=keys)
    found = reader_page.of(cards[0], [here.library.pk])
    shelf = ngettext(
        "A reader's card: %(n)d item to hand out.",
        "A reader's card: %(n)d items to hand out.",
        len(found.shelf),
    ) % {"n": len(found.shelf)}
    blocked = _("The card is blocked.") if cards[0].stopped else ""
    scan_next = _("Scan each as you hand it out.") if found.shelf else ""
    tone = Tone.WARN if blocked or not found.shelf else Tone.OK
    return Line(tone, " ".join(filter(None, (shelf, blocked, scan_next))), cards=keys)


def take_back_scan(here: AtDesk, scan: Scan) -> Line:
    got = scans.take_back(here.library, scan.text, here.act)
    facts = {"title": got.loan.request.title[:80], "lender": got.loan.supply.lender_name}
    if got.overdue:
        said = _("Back, and overdue: “%(title)s”. Send it home to %(lender)s.")
        return done(got.loan, Verb.RETURN, said % facts, Tone.WARN)
    said = _("Back: “%(title)s”. Send it home to %(lender)s.")
    return done(got.loan, Verb.RETURN, said % facts)


def send_home_scan(here: AtDesk, scan: Scan) -> Line:
    got = scans.send_home(here.library, scan.text, here.act)
    if isinstance(got, scans.StillHeld):
        return still_held(got.loan)
    loan, home = got.loan, got.home
    facts = {
        "title": loan.request.title[:80],
        "lender": home.library.name,
        "town": home.library.town,
        "why": way_home.beware(home),
    }
    if isinstance(got, scans.Kept):
        return kept(got, facts)
    if way_home.stays(home):
        said = _("Goes home to %(lender)s, but not yet: “%(title)s”. %(why)s")
        if returns.home_by_mail(loan):
            said = _(
                "Goes home to %(lender)s by mail, but not yet: “%(title)s”. %(why)s Then enter its "
                "tracking number below."
            )
        return done(loan, Verb.SHIP_RETURN, said % facts, Tone.WARN)
    if returns.home_by_mail(loan):
        said = _("Goes home to %(lender)s by mail: “%(title)s”. Enter its tracking number below.")
        said = " ".join(filter(None, (said % facts, facts["why"])))
        return done(loan, Verb.SHIP_RETURN, said, Tone.WARN)
    said = _("Goes home to %(lender)s in %(town)s: “%(title)s”. Print its slip.")
    said = " ".join(filter(None, (said % facts, facts["why"])))
    return done(loan, Verb.SHIP_RETURN, said, Tone.WARN if facts["why"] else Tone.OK)


def kept(got: scans.Kept, facts: dict[str, str]) -> Line:
    """Its library takes no returns by mail now, so it stays here (R4)."""
    if got.taken_back:
        said = _("Back, and to be kept here: “%(title)s” of %(lender)s. %(why)s")
        return done(got.loan, Verb.RETURN, said % facts, Tone.WARN)
    said = _(
        "Keep “%(title)s” of %(lender)s here. %(why)s Nothing was changed; to send it all the "
        "same, open the request."
    )
    return Line(Tone.NO, said % facts, got.loan.request.ref)


def still_held(loan: Loan) -> Line:
    said = _(
        "This is held for its patron until %(day)s, so it stays. If it is no longer wanted, open "
        "the request and send it home from there. Nothing was changed."
    )
    return Line(Tone.NO, said % {"day": until(loan)}, loan.request.ref)


receive = page("receive", "coming", receive_scan)
lend = page("lend", "shelf", lend_scan)
take_back = page("take-back", "lent", take_back_scan)
send_home = page("send-home", "back", send_home_scan)
