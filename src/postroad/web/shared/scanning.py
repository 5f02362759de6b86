"""Scan pages: one field that keeps the focus, an answer to each scan, the list of this sitting.

A page says what a scan does and how it is undone; everything else happens here. Both run in a
transaction of their own, so a refusal undoes what was half done and becomes a line that says no.

    @needs(Role.LENDING)
    def ship(request: SignedIn) -> HttpResponse:
        def scan(scan: Scan) -> Line:
            supply, item = waiting_for(request.user, scan.text)
            if supply is None:
                return Line(Tone.NO, _("Nothing here waits for this barcode."), scan.text)
            loan = shipping.ship(supply, gates.act(request.user), item=item)
            return Line(Tone.OK, _("Shipped to Lee."), scan.text, undo=str(loan.pk))

        def undo(token: str) -> str:
            shipping.undo_ship(loan_of(request.user, token), gates.act(request.user))
            return _("Undone: it is on your pull list again.")

        page = ScanPage("ship", "staff/lending/ship.html", scan, undo)
        return page.answer(request, lambda: {"left": pull_list(gates.desk(request).library)})

The template extends `page.html` and says `{% include "shared/_scan.html" with label=... %}` where
the field should stand. `Line.undo` is whatever `undo` needs to find the thing again; it never
leaves the house. A line without it has no button. If the context names a template as `rest`, that
part stands below the list and is fresh after every scan (what is still to do, say); one named as
`follows` stands above it (the slip of the last scan, say).
"""

import hashlib
import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import barcodes, words
from postroad.errors import Refusal
from postroad.ill.lifecycle import OutOfTurn
from postroad.web.models import ScanLine

log = logging.getLogger(__name__)

KEPT = 40  # lines of a sitting; older ones stay in the history of their thing
UNTOLD = 10  # answers at most that no page has shown yet: of other windows, or of a page left
LONGEST = 200  # characters of a scan; what is longer is no barcode
A_MOMENT = timedelta(seconds=2)  # in which one label is read twice, and no hand scans it anew
A_WHILE = timedelta(seconds=30)  # in which a label that is scanned anew hears the first answer
OLD = timedelta(days=2)
BELIEVED = timedelta(hours=24)  # what a page says of how long a scan has waited


class Tone(StrEnum):
    """How a line is said: green and high, ochre and doubled, brick and low."""

    OK = "ok"
    WARN = "warn"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Scan:
    """What came from the field. `key` is the same when the browser sends the same scan again."""

    text: str
    key: str
    sure: bool = False  # a person has read the question of `Asks`, and pressed its button
    waited: timedelta = timedelta()  # between the scan and its arrival here, by the page's clock


@dataclass(frozen=True, slots=True)
class Asks:
    """A question before anything moves: the scan that says yes to it, and its button."""

    scan: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """The answer to one scan."""

    tone: Tone
    sentence: str
    ref: str = ""  # the number to show beside it, four by four
    undo: str = ""  # what the page's undo is told; without it the line has no button
    key: str = ""  # set by the sitting, like what follows
    at: str = ""
    undone: bool = False
    text: str = ""  # what was scanned, if it did something
    cards: str = ""  # keys of the cards that were scanned: the page shows their readers anew
    asks: Asks | None = None

    @property
    def stands(self) -> bool:
        """Whether it did something that was not taken back."""
        return bool(self.undo) and not self.undone

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(slots=True)
class Sitting:
    """The lines of one sign-in at one scan page, the newest first: those of all its scanners.

    Each is a row of its own, written with what the scan did and in one transaction with it. So two
    scanners lose no line of each other's, and a scan that was sent twice acts once.
    """

    name: str
    lines: list[Line] = field(default_factory=list)
    answer: Line | None = None  # to the scan of just now

    def known(self, key: str) -> Line | None:
        row = ScanLine.objects.filter(sitting=self.name, key=key[:64]).first()
        return line_of(row) if row else None

    def rows(self) -> QuerySet[ScanLine]:
        """What was scanned today; yesterday's lines are in the history of their things."""
        listed = ScanLine.objects.filter(sitting=self.name, listed=True)
        return listed.filter(at__gte=midnight()).order_by("-at", "-pk")

    def read(self) -> None:
        """The list, and the answer to a scan whose page was not shown yet."""
        today = ScanLine.objects.filter(sitting=self.name, at__gte=midnight())
        rows = list(
            today.filter(Q(listed=True) | Q(told=False)).order_by("-at", "-pk")[: KEPT + UNTOLD]
        )
        self.lines = [line_of(row) for row in rows if row.listed][:KEPT]
        waiting = [row for row in rows if not row.told]
        if waiting:
            self.answer = self.answer or line_of(max(waiting, key=lambda row: row.pk))
            keys = [row.pk for row in waiting]
            ScanLine.objects.filter(pk__in=keys).update(told=True)

    def add(self, line: Line, *, listed: bool = True) -> Line:
        """Write the answer down: as a line of the list, or to be said once. What came twice at one
        moment is one line."""
        keyed = replace(line, key=line.key or uuid.uuid4().hex, at=line.at or now())
        kept = asdict(replace(keyed, undo=keyed.undo if listed else ""))
        row = ScanLine(sitting=self.name, key=keyed.key, at=keyed.time, line=kept, listed=listed)
        ScanLine.objects.bulk_create([row], ignore_conflicts=True)
        return keyed

    def clear(self) -> None:
        ScanLine.objects.filter(sitting=self.name).delete()


def midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def named(request: HttpRequest, name: str) -> str:
    """The sitting of this sign-in at the page of this name; of the key itself nothing is kept."""
    of_whom = hashlib.sha256(str(request.session.session_key).encode()).hexdigest()
    return f"{of_whom[:32]} {name}"


def sitting(request: HttpRequest, name: str) -> Sitting:
    """What is on the list of a page now; read once for each visit."""
    read: dict[str, Sitting] = request.__dict__.setdefault("_sittings", {})
    if name not in read:
        read[name] = Sitting(named(request, name))
        read[name].read()
    return read[name]


def forget(request: HttpRequest, prefix: str) -> None:
    """Let go of the sittings whose name begins so."""
    ScanLine.objects.filter(sitting__startswith=named(request, prefix)).delete()


def line_of(row: ScanLine) -> Line:
    kept = row.line
    asks = Asks(**kept["asks"]) if kept.get("asks") else None
    tone = Tone(kept["tone"])
    of_row = {"asks": asks, "at": row.at.isoformat(), "undone": row.undone}
    return Line(**{**kept, "tone": tone, **of_row})


@dataclass(frozen=True, slots=True)
class ScanPage:
    """What a scan page does. `name` names its sitting."""

    name: str
    template: str
    scan: Callable[[Scan], Line]
    undo: Callable[[str], str]
    stands: Callable[[str], bool] = lambda token: True  # whether what a line did still stands
    how: str = ""  # what the hand does, where one page can do two things

    def answer(
        self, request: HttpRequest, context: Callable[[], dict[str, Any]] = dict
    ) -> HttpResponse:
        """The whole page, the part of it that changed, or the way back to the page.

        `context` is asked after the scan, so that its counts are those of now.
        """
        here = Sitting(named(request, self.name))
        if request.method == "POST":
            here.answer = self.act(here, request)
            if not request.headers.get("HX-Request"):
                return redirect(request.get_full_path())
        here.read()
        request.__dict__["_sittings"] = {self.name: here}
        template = "shared/_sitting.html" if request.method == "POST" else self.template
        facts = {**context(), "sitting": here, "scan_key": uuid.uuid4().hex}
        return render(request, template, facts)

    def act(self, here: Sitting, request: HttpRequest) -> Line | None:
        given = request.POST
        if "undo" in given:
            return self.undo_line(here, plain(given["undo"]))
        if "clear" in given:
            here.clear()
            return None
        text, key = (plain(given.get(name, "")) for name in ("scan", "key"))
        waited = waiting(given.get("waited", ""))
        return self.take(here, Scan(text, key[:64] or uuid.uuid4().hex, "sure" in given, waited))

    def take(self, here: Sitting, scan: Scan) -> Line:
        if not scan.text:
            empty = told(Tone.WARN, _("Nothing was scanned. The field was empty."))
            return here.add(empty, listed=False)
        try:
            with transaction.atomic():
                return self.take_once(here, scan)
        except IntegrityError:  # the same scan came twice at one moment: the other one did it
            if known := here.known(scan.key):
                return here.add(replace(known, key="", at="", undo=""), listed=False)
            raise
        except DatabaseError as trouble:  # the address does not tell of which thing
            log.error("%s: %r not written: %s", self.name, scan.text, trouble)
            raise

    def take_once(self, here: Sitting, scan: Scan) -> Line:
        """Act on a scan, and write down its line with it; whoever sends it again finds the line."""
        claim = ScanLine.objects.create(
            sitting=here.name, key=scan.key, at=timezone.now(), line={}, listed=True
        )
        before = here.rows().exclude(pk=claim.pk).first()
        first = self.repeated(before, scan)
        line, refused = (twice(first), True) if first else self.attempt(scan)
        if not first and (refused or line.tone is Tone.NO):
            first = self.same(before, scan)
            if first and timezone.now() - first.time > A_WHILE:
                first = None
            line = twice(first) if first else line
        line = replace(line, key=scan.key, at=now(), text=self.meant(scan) if line.undo else "")
        claim.line, claim.at, claim.listed = asdict(line), line.time, first is None
        claim.save()
        if before is None:  # the first of a sitting: the lines of days gone by go, whosesoever
            ScanLine.objects.filter(at__lt=timezone.now() - OLD).delete()
        return line

    def meant(self, scan: Scan) -> str:
        return f"{self.how} {barcodes.plain(scan.text)}".strip()

    def same(self, before: ScanLine | None, scan: Scan) -> Line | None:
        """The line before this scan, if it did something and was this same scan."""
        line = line_of(before) if before else None
        return line if line and line.stands and line.text == self.meant(scan) else None

    def repeated(self, before: ScanLine | None, scan: Scan) -> Line | None:
        """The line of a moment ago, if this is the same label read twice: it must not act again."""
        first = self.same(before, scan)
        if first is None or timezone.now() - first.time > A_MOMENT or scan.sure:
            return None
        return first if self.stands(first.undo) else None

    def attempt(self, scan: Scan) -> tuple[Line, bool]:
        """The answer, and whether a rule said no."""
        if len(scan.text) > LONGEST:
            return Line(Tone.NO, _("That is too long for a barcode. Scan it again.")), True
        try:
            with transaction.atomic():
                return self.scan(scan), False
        except Refusal as no:
            log.info("%s: %s refused: %s", self.name, hinted(scan.text), no.code)
            tone = Tone.WARN if isinstance(no, OutOfTurn) and no.already else Tone.NO
            said_in_full = {scan.text, barcodes.plain(scan.text)} & set(map(str, no.facts.values()))
            return Line(tone, words.refusal(no), "" if said_in_full else scan.text), True

    def undo_line(self, here: Sitting, key: str) -> Line:
        """Undo a line, once: of two presses at one moment the second hears that it is done."""
        line = here.known(key)
        if line is None or not line.undo:
            gone = told(Tone.WARN, _("That line is no longer on this list. Nothing was changed."))
            return here.add(gone, listed=False)
        try:
            with transaction.atomic():
                mine = ScanLine.objects.filter(sitting=here.name, key=line.key, undone=False)
                if mine.update(undone=True):
                    answer = told(Tone.OK, self.undo(line.undo), line.ref)
                else:
                    answer = told(Tone.WARN, _("This was already undone."), line.ref)
        except Refusal as no:
            answer = told(Tone.NO, words.refusal(no), line.ref)
        return here.add(answer, listed=False)


def waiting(milliseconds: str) -> timedelta:
    """How long a scan waited for the network, as its page says; what cannot be is not believed.

    The page tells a length and no time of day, so that a clock that goes wrong tells nothing wrong.
    """
    if not (milliseconds.isascii() and milliseconds.isdecimal()) or len(milliseconds) > 9:
        return timedelta()
    waited = timedelta(milliseconds=int(milliseconds))
    return waited if waited <= BELIEVED else timedelta()


def plain(text: str) -> str:
    """A scan without its edges and without characters that no barcode has."""
    return "".join(sign for sign in text if sign.isprintable()).strip()


def hinted(text: str) -> str:
    """The end of what was scanned, for the log: it may be the number of somebody's card."""
    return ascii(f"...{text[-4:]}")


def twice(first: Line) -> Line:
    """A scanner that reads a label two times gets the first answer again, and no fright."""
    said = _("Scanned twice; once is enough. %(answer)s") % {"answer": first.sentence}
    return told(Tone.WARN, said, first.ref)


def told(tone: Tone, sentence: str, ref: str = "") -> Line:
    """An answer that is not a line of the list."""
    return Line(tone, sentence, ref, at=now())


def now() -> str:
    return timezone.now().isoformat()
