"""Threads of messages between two parties, and the cases that have an owner and a clock.

`Case.move` alone assigns a state. A thread is written once: its parties stand in the row that is
inserted, and nothing updates it, so nobody is ever added to a conversation.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad import reference_numbers
from postroad.accounts.models import Role, User
from postroad.cases import clocks, lifecycle
from postroad.cases.lifecycle import OPEN, WAITING, Ending, OutOfTurn, Side, State, Verb
from postroad.directory.models import Contact, Library
from postroad.errors import Refusal
from postroad.telling import Told

OFFICES = (Role.CENTRE, Role.DELIVERY)  # that answer cases


class MovedMeanwhile(Refusal):
    """Somebody else moved this case between our look and our step. Nothing was changed."""

    code = "case-moved"


class Between(models.TextChoices):
    """Between whom a thread is. Asker first."""

    VISITOR_OFFICE = "visitor-office", _("somebody without an account and an office")
    PATRON_LIBRARY = "patron-library", _("a reader and her own library")
    LIBRARY_LIBRARY = "library-library", _("two libraries")
    LIBRARY_OFFICE = "library-office", _("a library and an office")
    OFFICE_LIBRARY = "office-library", _("an office and a library")


@dataclass(frozen=True, slots=True)
class Parties:
    """Who talks in a thread, from its first message to its last."""

    between: Between
    patron: User | None = None
    asking: Library | None = None
    office: str = ""
    answering: Library | None = None


def visitor_and(office: Role) -> Parties:
    return Parties(Between.VISITOR_OFFICE, office=office)


def patron_and(patron: User, library: Library) -> Parties:
    return Parties(Between.PATRON_LIBRARY, patron=patron, answering=library)


def libraries(asking: Library, answering: Library) -> Parties:
    return Parties(Between.LIBRARY_LIBRARY, asking=asking, answering=answering)


def library_and(asking: Library, office: Role) -> Parties:
    return Parties(Between.LIBRARY_OFFICE, asking=asking, office=office)


def office_and(office: Role, answering: Library) -> Parties:
    return Parties(Between.OFFICE_LIBRARY, office=office, answering=answering)


class WrittenOnce(models.QuerySet["Thread"]):
    def update(self, **changes: Any) -> NoReturn:
        raise TypeError("a thread is never changed: its parties were fixed when it was made")

    def bulk_update(self, *rows: Any, **more: Any) -> NoReturn:
        raise TypeError("a thread is never changed: its parties were fixed when it was made")


def _between(kind: Between, *present: str) -> Q:
    """A row of this kind has these parties, and no other."""
    columns = ("patron", "asking", "answering")
    known = {f"{column}__isnull": column not in present for column in columns}
    office = ~Q(office="") if "office" in present else Q(office="")
    return Q(between=kind, **known) & office


class Thread(models.Model):
    """A conversation of two parties. What one of them wrote, only these two ever read."""

    between = models.CharField(max_length=16, choices=Between)
    patron = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    asking = models.ForeignKey(Library, null=True, on_delete=models.PROTECT, related_name="+")
    office = models.CharField(max_length=10, choices=Role, blank=True)
    answering = models.ForeignKey(Library, null=True, on_delete=models.PROTECT, related_name="+")

    objects = WrittenOnce.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["office"], name="thread_office", condition=~Q(office="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=_between(Between.VISITOR_OFFICE, "office")
                | _between(Between.PATRON_LIBRARY, "patron", "answering")
                | _between(Between.LIBRARY_LIBRARY, "asking", "answering")
                | _between(Between.LIBRARY_OFFICE, "asking", "office")
                | _between(Between.OFFICE_LIBRARY, "office", "answering"),
                name="a_thread_has_two_parties",
            ),
            models.CheckConstraint(
                condition=Q(asking=None) | Q(answering=None) | ~Q(asking=models.F("answering")),
                name="nobody_writes_to_herself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.between} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a thread is never changed: its parties were fixed when it was made")
        super().save(*args, **kwargs)

    @property
    def parties(self) -> Parties:
        return Parties(Between(self.between), self.patron, self.asking, self.office, self.answering)

    @property
    def office_answers(self) -> bool:
        return bool(self.office) and self.between != Between.OFFICE_LIBRARY

    def same_as(self, other: "Thread") -> bool:
        """Whether the same two talk in the other."""
        columns = ("between", "patron_id", "asking_id", "office", "answering_id")
        return all(getattr(self, each) == getattr(other, each) for each in columns)


class Kind(models.TextChoices):
    """What a case is about. A new one needs no migration."""

    QUESTION = "question", _("question")
    RETURN = "return", _("return to confirm")
    LATE = "late", _("late item")
    MISSING = "missing", _("missing item")
    MISSORT = "mis-sort", _("sent to the wrong place")
    DAMAGE = "damage", _("damaged item")
    HOLDING = "holding", _("wrong holding in the catalog")
    DIRECTORY = "directory", _("wrong address or hours")
    OTHER = "other", _("something else")


def kinds() -> list[tuple[str, Any]]:
    return list(Kind.choices)


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        return self.filter(state__in=OPEN)

    def waiting(self) -> "CaseQuerySet":
        """For whoever answers."""
        return self.filter(state__in=WAITING)

    def closed(self) -> "CaseQuerySet":
        return self.filter(state=State.CLOSED)

    def about(self, what: str) -> "CaseQuerySet":
        """What is about one thing: "request:4K7Q2M9A"."""
        return self.filter(about=what)

    def due_before(self, moment: datetime) -> "CaseQuerySet":
        return self.filter(due_at__lte=moment)

    def shown(self) -> "CaseQuerySet":
        """With what every list and page of cases shows, in one query."""
        return self.select_related(
            "thread__patron", "thread__asking", "thread__answering", "assigned", "library"
        )


class Case(models.Model):
    """Something that somebody asked or reported, with an owner and a clock until it is closed."""

    number = models.CharField(
        max_length=8, unique=True, default=reference_numbers.new, editable=False
    )
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="case")
    kind = models.CharField(max_length=10, choices=kinds, default=Kind.QUESTION)
    subject = models.CharField(max_length=120)
    about = models.CharField(max_length=60, blank=True, db_index=True)  # "request:4K7Q2M9A"
    library = models.ForeignKey(  # of which something is said or asked: no party by that
        Library, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    from_name = models.CharField(max_length=100, blank=True)  # of who has no account
    from_email = models.CharField(max_length=254, blank=True)
    clio_id = models.CharField(max_length=40, blank=True)
    ill_number = models.CharField(max_length=40, blank=True)
    key = models.UUIDField(null=True, unique=True)  # of the form: a second press asks once

    state = models.CharField(max_length=8, choices=[(s, s) for s in State], default=State.NEW)
    ending = models.CharField(max_length=12, choices=[(e, e) for e in Ending], blank=True)
    assigned = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    heard_at = models.DateTimeField()  # when somebody last wrote
    due_at = models.DateTimeField(null=True)
    put_off_until = models.DateField(null=True)
    reminders = models.PositiveSmallIntegerField(default=0)  # how often it rang in this state
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    # What it is about has forgotten its reader: the words go when it is closed.
    to_forget = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="case_queue"),
            models.Index(fields=["due_at"], name="case_clock", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["closed_at"],
                name="case_with_address",
                condition=Q(closed_at__isnull=False) & ~Q(from_email=""),
            ),
            models.Index(fields=["from_email"], name="case_from", condition=~Q(from_email="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", due_at=None, closed_at__isnull=False)
                | (~Q(state="closed") & Q(due_at__isnull=False, closed_at=None)),
                name="an_open_case_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(ending=""), name="a_closed_case_has_an_ending"
            ),
            models.CheckConstraint(
                condition=Q(state="put-off") ^ Q(put_off_until=None),
                name="what_is_put_off_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ending="merged") ^ Q(merged_into=None),
                name="what_is_merged_goes_on_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def has_mailbox(self) -> bool:
        """Whether the asker has no account, and an address to write to."""
        return self.thread.between == Between.VISITOR_OFFICE and bool(self.from_email)

    @property
    def asker(self) -> str:
        """Who asked, as whoever answers reads it."""
        if self.thread.asking is not None:
            return self.thread.asking.name
        if self.thread.patron is not None:
            return str(self.thread.patron)
        if self.thread.between == Between.OFFICE_LIBRARY:
            return str(Role(self.thread.office).label)
        return self.from_name or str(_("somebody whose name is no longer kept"))

    @property
    def answerer(self) -> str:
        """Who answers, as the asker reads it."""
        if self.thread.answering is not None:
            return self.thread.answering.name
        return str(Role(self.thread.office).label)

    def move(
        self,
        verb: Verb,
        *,
        side: Side,
        by: User | None,
        at: datetime,
        name: str = "",
        until: date | None = None,
        change: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        message: "Message | None" = None,
    ) -> "CaseEvent":
        """Apply `verb`, set the clock of the new state and write the event.

        OutOfTurn if the table does not allow it, MovedMeanwhile if somebody was faster.
        """
        before = State(self.state)
        try:
            after = lifecycle.step(before, verb, side)
        except OutOfTurn as no:
            no.facts["case"] = self.number
            raise
        changes = {**(change or {}), **self._in_state(before, after, verb, at, until)}
        if not Case.objects.filter(pk=self.pk, version=self.version).update(**changes):
            raise MovedMeanwhile(case=self.number)
        for column, value in changes.items():
            setattr(self, column, value)
        return self.events.create(
            verb=verb,
            before=before,
            after=after,
            by=by,
            side=side,
            name=name,
            at=at,
            due_at=at,
            facts=dict(facts or {}),
            message=message,
        )

    def _in_state(
        self, before: State, after: State, verb: Verb, at: datetime, until: date | None
    ) -> dict[str, Any]:
        """What the row says when a verb has led there."""
        changes: dict[str, Any] = {"state": after, "version": self.version + 1}
        if before != after or verb in (Verb.REMIND, Verb.PUT_OFF):
            changes["put_off_until"] = until
            changes["due_at"] = clocks.rings_at(self.thread, after, at, until=until)
            changes["reminders"] = self.reminders + 1 if verb == Verb.REMIND else 0
            changes["closed_at"] = at if after == State.CLOSED else None
        if after != State.CLOSED:
            changes |= {"ending": "", "merged_into": None}
        return changes


class Message(models.Model):
    """What one side wrote: text, never anything else."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField()
    side = models.CharField(max_length=8, choices=[(s, s) for s in Side])
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    name_shown = models.CharField(max_length=160)
    text = models.TextField()
    key = models.UUIDField(null=True, unique=True)  # of the form: a second press writes once

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["thread", "at"], name="message_order")]

    def __str__(self) -> str:
        return f"message {self.pk} of thread {self.thread_id}"


class Seen(models.Model):
    """Until when somebody has read a thread."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="seen")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "seen"
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="seen_once_a_reader")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read thread {self.thread_id} at {self.at}"


class CaseEvent(Told):
    """What happened to a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="events")
    before = models.CharField(max_length=8, blank=True)
    after = models.CharField(max_length=8)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    side = models.CharField(max_length=8, choices=[(s, s) for s in Side])
    name = models.CharField(max_length=160, blank=True)  # as it is shown
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(Told.Meta):
        indexes = [models.Index(fields=["case", "at"], name="case_history"), *Told.Meta.indexes]
        verbose_name = _("event of a case")

    def of_what(self) -> str:
        brought = CaseEvent.case.is_cached(self)
        return f"case {self.case.number}" if brought else f"case with key {self.case_id}"


class Mention(models.Model):
    """A number that somebody typed in a case, as it is compared, and what it is a number of."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="mentions")
    value = models.CharField(max_length=40, db_index=True)
    about = models.CharField(max_length=60, blank=True)  # "request:4K7Q2M9A"; none: nothing known

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "value", "about"], name="one_mention_a_number")
        ]

    def __str__(self) -> str:
        return self.value


class Follower(models.Model):
    """Who is told, too, when something happens in a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="follows_once")]

    def __str__(self) -> str:
        return f"{self.user_id} follows case {self.case_id}"


class Answering(models.Model):
    """A colleague is writing an answer just now. It runs out, so nobody is kept from answering."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="answering")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "answering"
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="answers_once")]

    def __str__(self) -> str:
        return f"{self.user_id} answers case {self.case_id}"


class CannedAnswer(models.Model):
    """A text that an office or a library answers with often."""

    office = models.CharField(max_length=10, choices=Role, blank=True)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(max_length=80)
    text = models.TextField()
    removed_at = models.DateTimeField(null=True)  # and can be put back

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(office="") ^ Q(library=None), name="a_canned_answer_is_somebodys"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Teammate(models.Model):
    """Somebody of an office: her card of contact (R16), and the account with which she works."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.contact)


class Topic(models.Model):
    """What somebody may write about, and which office answers."""

    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=200, blank=True)
    office = models.CharField(max_length=10, choices=[(r, r.label) for r in OFFICES])
    kind = models.CharField(max_length=10, choices=kinds, default=Kind.QUESTION)
    place = models.PositiveSmallIntegerField(default=0)  # in the list
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """Whose a topic is from a day on."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="duties")
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "since"], name="one_duty_a_topic_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.teammate_id} from {self.since}"


class Absence(models.Model):
    """Days on which somebody is not there, and who covers."""

    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    cover = models.ForeignKey(
        Teammate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")),
                name="absence_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(cover=None) | ~Q(cover=models.F("teammate")),
                name="nobody_covers_for_herself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teammate_id} from {self.first_day} to {self.last_day}"


def of_request(ref: str) -> str:
    """What a case about this request is about."""
    return f"request:{ref}"


def refs(about: Iterable[str]) -> list[str]:
    """The requests among these."""
    return [each.partition(":")[2] for each in about if each.startswith("request:")]
