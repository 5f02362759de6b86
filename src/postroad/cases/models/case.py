"""What somebody asked or reported, until it is closed; and what happened to it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad import reference_numbers
from postroad.accounts.models import Role, User
from postroad.cases import clocks, lifecycle
from postroad.cases.lifecycle import OPEN, WAITING, Ending, OutOfTurn, Side, State, Verb
from postroad.cases.models.threads import Between, Message, Thread
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.telling import Told


class MovedMeanwhile(Refusal):
    """Somebody else moved this case between our look and our step. Nothing was changed."""

    code = "case-moved"


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
    JOINING = "joining", _("application to join a network")
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


def of_request(ref: str) -> str:
    """What a case about this request is about."""
    return f"request:{ref}"


def refs(about: Iterable[str]) -> list[str]:
    """The requests among these."""
    return [each.partition(":")[2] for each in about if each.startswith("request:")]
