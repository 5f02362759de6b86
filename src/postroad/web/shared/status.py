"""How a library stands, in words; and the form and the buttons by which somebody says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid5

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.directory import saying
from postroad.directory.known import Known
from postroad.directory.models import Library
from postroad.directory.saying import Words
from postroad.directory.standing import ALL, Answer, Service
from postroad.directory.statements import Source, Statement
from postroad.ill import sweeps
from postroad.web.shared.closing import entry_of
from postroad.web.shared.one_press import OnePress

LABELS: Mapping[Service, Promise] = {
    Service.OPEN: gettext_lazy("Open"),
    Service.LENDING: gettext_lazy("Lending"),
    Service.RETURNS: gettext_lazy("Accepting returns"),
    Service.DELIVERY: gettext_lazy("Deliveries"),
}
PRESS: Mapping[tuple[Service, bool], Promise] = {
    (Service.OPEN, True): gettext_lazy("We are open"),
    (Service.OPEN, False): gettext_lazy("We are closed"),
    (Service.LENDING, True): gettext_lazy("We lend"),
    (Service.LENDING, False): gettext_lazy("We do not lend now"),
    (Service.RETURNS, True): gettext_lazy("We accept returns"),
    (Service.RETURNS, False): gettext_lazy("We accept no returns now"),
    (Service.DELIVERY, True): gettext_lazy("We have deliveries"),
    (Service.DELIVERY, False): gettext_lazy("We have no deliveries now"),
}
USUAL, SAME = "usual", "same"
CHOICES = [
    (SAME, gettext_lazy("no change")),
    ("yes", gettext_lazy("yes")),
    ("no", gettext_lazy("no")),
    ("unknown", gettext_lazy("not known")),
]
MEANS: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True, slots=True)
class Press:
    """A button that says one thing."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One service of a library, how it stands, and what may be said of it."""

    service: Service
    label: str
    answer: Answer
    presses: Sequence[Press] = ()
    by_calendar: bool = False  # a closure with an end, which a word of today does not undo
    by_policy: bool = False

    @property
    def tone(self) -> str:
        if self.off_today:
            return "note"
        return {True: "ok", False: "warn", None: "note"}[self.answer.value]

    @property
    def word(self) -> str:
        if self.off_today:
            return _("closed on this weekday")
        return {True: _("yes"), False: _("no"), None: _("not known")}[self.answer.value]

    @property
    def off_today(self) -> bool:
        """Whether it is no opening day of hers, and nothing else."""
        return self.answer.by_calendar and self.answer.value is False


def lines(known: Known, *, stop: bool = True) -> list[Line]:
    """What is told of a library; without a stop of the van nothing of deliveries."""
    stands = known.standing.answers
    doors = stands[Service.OPEN]
    closed = doors.value is False and not doors.holiday and not doors.by_calendar
    return [
        _line(service, stands[service], closed)
        for service in ALL
        if stop or service != Service.DELIVERY
    ]


def _line(service: Service, answer: Answer, closed: bool) -> Line:
    no = answer.value is False and not answer.by_calendar
    by_policy = no and answer.since is None
    by_calendar = no and service == Service.OPEN and answer.key is None and answer.until is not None
    said: list[Press] = []
    if not by_policy and not by_calendar and not (closed and service != Service.OPEN):
        said = [
            Press(f"{service.value}:{word}", str(PRESS[service, value]))
            for word, value in (("yes", True), ("no", False))
            if answer.by_calendar or answer.value is not value
        ]
    return Line(service, str(LABELS[service]), answer, said, by_calendar, by_policy)


class SayForm(OnePress):
    """All of it at once, with days and a note."""

    since = forms.DateField(
        label=gettext_lazy("Since"),
        required=False,
        help_text=gettext_lazy("Leave it blank for today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("The last day. Leave it blank if nobody knows yet."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note, shown to everyone"),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, stop: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [each for each in ALL if stop or each != Service.DELIVERY]
        for service in asked:
            self.fields[service.value] = forms.ChoiceField(
                label=str(LABELS[service]),
                choices=CHOICES,
                initial=SAME,
                required=False,
            )
        self.order_fields(["key", *asked])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first day."))
        elif until and until < timezone.localdate():
            self.add_error("until", _("These days have already passed."))
        for name, day in (("since", since), ("until", until)):
            if day and not 2000 <= day.year <= timezone.localdate().year + 3:
                self.add_error(name, _("Choose a day within the next three years."))
        if (since or until) and not self.words().answers:
            self.add_error(None, _("Say what these days are for: choose yes or no above."))
        return given

    def words(self) -> Words:
        given = self.cleaned_data
        answers = {
            service: MEANS[said]
            for service in ALL
            if (said := given.get(service.value) or SAME) in MEANS
        }
        return Words(answers, given.get("since"), given.get("until"), given.get("note", ""))


def pressed(value: str, *, stop: bool = True) -> Words | None:
    """What one button says: all as usual, nothing has changed, or one thing of one service."""
    if value == USUAL:
        asked = [each for each in ALL if stop or each != Service.DELIVERY]
        return Words(dict.fromkeys(asked, True))
    if value == SAME:
        return Words({})
    name, _colon, said = value.partition(":")
    if name in list(Service) and said in ("yes", "no"):
        return Words({Service(name): said == "yes"})
    return None


def heard(sent: QueryDict, *, stop: bool = True) -> tuple[Words | None, SayForm]:
    """What was said by a button or in the form; none if the form must be mended first."""
    form = SayForm(sent, stop=stop)
    if "say" in sent:
        return pressed(str(sent["say"]), stop=stop), SayForm(stop=stop)
    return (form.words(), form) if form.is_valid() else (None, form)


def say(
    library: Library,
    words: Words,
    sent: QueryDict,
    *,
    source: Source,
    said_by: str,
    contact: str = "",
) -> Statement:
    """Write it down and let what waits follow. Each press of a page is known by key and words."""
    form, now = entry_of(sent.get("key", "")), timezone.now()
    key = uuid5(form, repr(words)).hex if form else None
    statement = saying.say(
        library, words, source=source, said_by=said_by, at=now, key=key, contact=contact
    )
    follow(library, now)
    return statement


def follow(library: Library, now: datetime) -> None:
    """Loans and holds at a library that has closed or opened; jobs do the same for all."""
    sweeps.closed_days(now, library)


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement in a history."""

    statement: Statement
    said: str
    ahead: bool


def entries(statements: Sequence[Statement], now: datetime) -> list[Entry]:
    return [
        Entry(each, sentence(each), each.said_at is not None and each.said_at > now)
        for each in statements
    ]


def sentence(statement: Statement) -> str:
    """Lending: no; Accepting returns: not known."""
    words = {True: _("yes"), False: _("no"), None: _("left blank")}
    told = [f"{LABELS[each]}: {words[value]}" for each, value in statement.answers.items()]
    return "; ".join(told) if told else _("Nothing has changed")
