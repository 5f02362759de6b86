"""Scan pages: one field that keeps the focus, an answer to each scan, the list of this sitting.

A page says what a scan does and how it is taken back; everything else happens here. Both run in a
transaction of their own, so a refusal undoes what was half done and becomes a line that says no.

    @needs(Role.LENDING)
    def ship(request: SignedIn) -> HttpResponse:
        def scan(scan: Scan) -> Line:
            supply = waiting_for(request.user, scan.text)
            if supply is None:
                return Line(Tone.NO, _("Nothing here waits for this barcode."), scan.text)
            lending.ship(supply, by=request.user)
            return Line(Tone.OK, _("Shipped to Lee."), scan.text, undo=supply.ref)

        def undo(token: str) -> str:
            lending.unship(supply_of(request.user, token), by=request.user)
            return _("Taken back: it is on your pull list again.")

        page = ScanPage("ship", "staff/lending/ship.html", scan, undo)
        return page.answer(request, lambda: {"left": pull_list(gates.desk(request).library)})

The template extends `page.html` and says `{% include "shared/_scan.html" with label=... %}` where
the field should stand. `Line.undo` is whatever `undo` needs to find the thing again; it never
leaves the session. A line without it has no button. If the context names a template as `rest`, that
part stands below the list and is fresh after every scan (what is still to do, say); one named as
`follows` stands above it (the slip of the last scan, say).
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad.errors import Refusal
from postroad.ill.lifecycle import OutOfTurn
from postroad.web import words

log = logging.getLogger(__name__)

KEPT = 40  # lines of a sitting; older ones stay in the history of their thing
LONGEST = 200  # signs of a scan; what is longer is no barcode


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


@dataclass(frozen=True, slots=True)
class Line:
    """The answer to one scan."""

    tone: Tone
    sentence: str
    ref: str = ""  # the number to show beside it, four by four
    undo: str = ""  # what the page's undo is told; without it the line has no button
    key: str = ""  # set by the sitting, like what follows
    at: str = ""
    taken_back: bool = False
    text: str = ""  # what was scanned, if it did something
    cards: str = ""  # keys of the cards that were scanned: the page shows their readers anew

    @property
    def stands(self) -> bool:
        """Whether it did something that was not taken back."""
        return bool(self.undo) and not self.taken_back

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.at)


@dataclass(slots=True)
class Sitting:
    """The lines of one person at one scan page, the newest first; kept in the session."""

    request: HttpRequest
    name: str
    lines: list[Line] = field(default_factory=list)
    answer: Line | None = None  # to the scan of just now

    def add(self, line: Line) -> None:
        self.lines = [line, *self.lines][:KEPT]
        self.say(line)

    def say(self, line: Line) -> None:
        self.answer = line
        self.keep()

    def known(self, key: str) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)

    def just_done(self, text: str) -> Line | None:
        """The newest line, if it did something and was this same scan."""
        return next((line for line in self.lines[:1] if line.text == text and line.stands), None)

    def take_back(self, line: Line) -> None:
        self.lines = [
            replace(each, taken_back=True) if each == line else each for each in self.lines
        ]

    def keep(self) -> None:
        self.request.session[session_key(self.name)] = {
            "lines": [asdict(line) for line in self.lines],
            "answer": asdict(self.answer) if self.answer else None,
        }

    def shown(self) -> None:
        """The answer was given: a page that is opened again later does not repeat it."""
        kept = self.request.session.get(session_key(self.name))
        if kept and kept["answer"]:
            kept["answer"] = None
            self.request.session.modified = True


def session_key(name: str) -> str:
    return f"sitting-{name}"


def sitting(request: HttpRequest, name: str) -> Sitting:
    """What was scanned today; yesterday's lines are in the history of their things."""
    kept = request.session.get(session_key(name)) or {"lines": [], "answer": None}
    lines = [line_from(line) for line in kept["lines"]]
    today = timezone.localdate()
    return Sitting(
        request,
        name,
        [line for line in lines if timezone.localdate(line.time) == today],
        line_from(kept["answer"]) if kept["answer"] else None,
    )


def forget(request: HttpRequest, prefix: str) -> None:
    """Let go of the sittings whose name begins so."""
    for key in list(request.session.keys()):
        if key.startswith(session_key(prefix)):
            del request.session[key]


def line_from(kept: dict[str, Any]) -> Line:
    return Line(**{**kept, "tone": Tone(kept["tone"])})


@dataclass(frozen=True, slots=True)
class ScanPage:
    """What a scan page does. `name` names its sitting in the session."""

    name: str
    template: str
    scan: Callable[[Scan], Line]
    undo: Callable[[str], str]

    def answer(
        self, request: HttpRequest, context: Callable[[], dict[str, Any]] = dict
    ) -> HttpResponse:
        """The whole page, the part of it that changed, or the way back to the page.

        `context` is asked after the scan, so that its counts are those of now.
        """
        here = sitting(request, self.name)
        if request.method == "POST":
            self.act(here, request)
            if not request.headers.get("HX-Request"):
                return redirect(request.get_full_path())
        template = "shared/_sitting.html" if request.method == "POST" else self.template
        facts = {**context(), "sitting": here, "scan_key": uuid.uuid4().hex}
        page = render(request, template, facts)
        here.shown()
        return page

    def act(self, here: Sitting, request: HttpRequest) -> None:
        if "undo" in request.POST:
            self.take_back(here, request.POST["undo"])
        elif "clear" in request.POST:
            here.lines, here.answer = [], None
            here.keep()
        else:
            self.take(here, Scan(plain(request.POST.get("scan", "")), request.POST.get("key", "")))

    def take(self, here: Sitting, scan: Scan) -> None:
        if not scan.text:
            here.say(told(Tone.WARN, _("Nothing was scanned. The field was empty.")))
        elif scan.key and (known := here.known(scan.key)):
            here.say(known)
        else:
            line, refused = self.attempt(scan)
            if (refused or line.tone is Tone.NO) and (first := here.just_done(scan.text)):
                here.say(twice(first))
            else:
                text = scan.text if line.undo else ""
                here.add(replace(line, text=text, at=now(), key=scan.key[:64] or uuid.uuid4().hex))

    def attempt(self, scan: Scan) -> tuple[Line, bool]:
        """The answer, and whether a rule said no."""
        if len(scan.text) > LONGEST:
            return Line(Tone.NO, _("That is too long for a barcode. Scan it once more.")), True
        try:
            with transaction.atomic():
                return self.scan(scan), False
        except Refusal as no:
            log.info("%s: %r refused: %s", self.name, scan.text, no)
            tone = Tone.WARN if isinstance(no, OutOfTurn) and no.already else Tone.NO
            said_in_full = scan.text in no.facts.values()
            return Line(tone, words.refusal(no), "" if said_in_full else scan.text), True
        except DatabaseError as trouble:  # the address does not tell of which thing
            log.error("%s: %r not written: %s", self.name, scan.text, trouble)
            raise

    def take_back(self, here: Sitting, key: str) -> None:
        line = here.known(key)
        if line is None or not line.undo:
            here.say(told(Tone.WARN, _("That line is no longer on this list. Nothing changed.")))
        elif line.taken_back:
            here.say(told(Tone.WARN, _("This was taken back before."), line.ref))
        else:
            try:
                with transaction.atomic():
                    sentence = self.undo(line.undo)
            except Refusal as no:
                here.say(told(Tone.NO, words.refusal(no), line.ref))
            else:
                here.take_back(line)
                here.say(told(Tone.OK, sentence, line.ref))


def plain(text: str) -> str:
    """A scan without its edges and without signs that no barcode has."""
    return "".join(sign for sign in text if sign.isprintable()).strip()


def twice(first: Line) -> Line:
    """A scanner that reads a label two times gets the first answer again, and no fright."""
    said = _("Scanned twice; once is enough. %(answer)s") % {"answer": first.sentence}
    return told(Tone.WARN, said, first.ref)


def told(tone: Tone, sentence: str, ref: str = "") -> Line:
    """An answer that is not a line of the list."""
    return Line(tone, sentence, ref, at=now())


def now() -> str:
    return timezone.now().isoformat()
