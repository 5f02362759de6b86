"""The request: the root that guards its supplies and loans, and the one place where they move."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from postroad import reference_numbers
from postroad.accounts.models import User
from postroad.catalogue.models import Format, Record
from postroad.directory.models import Library
from postroad.directory.opening import Calendar
from postroad.errors import Refusal
from postroad.ill import clocks, lifecycle
from postroad.ill.acts import Act
from postroad.ill.lifecycle import (
    OPEN,
    ROWS,
    LoanState,
    Owner,
    Service,
    Standing,
    State,
    Verb,
    Wish,
    wish_of,
)
from postroad.ill.models import question
from postroad.ill.models.indexes import SqliteIndex
from postroad.ill.models.moving import Changes, Parts
from postroad.ill.models.request_rows import RequestQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from postroad.ill.models.event import Event
    from postroad.ill.models.loan import Loan
    from postroad.ill.models.supply import Supply


class MovedMeanwhile(Refusal):
    """Somebody else moved this request between our look and our step. Nothing was changed."""

    code = "moved-meanwhile"


WORKLIST = "state owner outside managed_by turn_until library current need_by asked_at".split()


class Request(models.Model):
    """What a reader wants, for the library that fetches it and lends it to her.

    `state` is the one word for all of it (`lifecycle.summary`). `version` counts its moves, and
    guards all that hangs on it: whoever acts on what was read before another's move is told.
    """

    ref = models.CharField(max_length=8, unique=True, default=reference_numbers.new, editable=False)
    # Who was deleted before her request is forgotten would leave her words in it for ever.
    patron = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(max_length=1000)
    author = models.CharField(max_length=300, blank=True)
    year = models.SmallIntegerField(null=True, blank=True)
    format = models.CharField(max_length=12, choices=Format, default=Format.BOOK)
    need_by = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)  # to her own library and the center
    note_for_lender = models.CharField(max_length=500, blank=True)  # goes along, without her name
    # What was told of a thing that no catalog lists (`materials.Citation.written`), whatever
    # record it was matched to since; empty of all others.
    citation = models.JSONField(default=dict, blank=True)
    # What else would do, and the most that it may cost.
    any_edition = models.BooleanField(default=False)
    languages = models.JSONField(default=list, blank=True)  # MARC's codes; none: as it is
    formats = models.JSONField(default=list, blank=True)  # of `Format`; none: this one alone
    max_cost = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    # Of several volumes the one that is wanted, as its library calls it; or a word of `volumes`.
    volume = models.CharField(max_length=80, blank=True)
    service = models.CharField(max_length=4, default=Service.LOAN.value)
    rush = models.BooleanField(default=False)  # a copy that is needed sooner than usual
    # What her library does about a copy beyond the free ones: `choice` and `cost`.
    copyright = models.JSONField(default=dict, blank=True)
    insists = models.BooleanField(default=False)  # knows that it is here, or asked already
    key = models.UUIDField(null=True, unique=True)  # of the form: a second press asks once

    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default=State.ASKED)
    outcome = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # of an unfilled end, for the reader
    concerns = models.JSONField(default=list, blank=True)  # why intake left it to staff
    owner = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # until a lender has it in hand: then that one's rings
    retry_on = models.DateField(null=True)  # while it waits: when a lender can send it that said so
    reminders = models.PositiveSmallIntegerField(default=0)  # how often it rang in this state
    closed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Whose turn it is, and if with no member, as its foremost part stands: for the center's lists.
    turn_since = models.DateTimeField(null=True)
    turn_until = models.DateTimeField(null=True)
    outside = models.BooleanField(default=False)
    managed_by = models.ForeignKey(  # the person of the center who looks after it
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    things_out = models.PositiveSmallIntegerField(default=0)  # its open loans
    open_questions = models.PositiveSmallIntegerField(default=0)  # `Question`, of it and its loans
    current = models.ForeignKey("Supply", null=True, on_delete=models.SET_NULL, related_name="+")
    # The foremost of what is out, or the last that was.
    current_loan = models.ForeignKey("Loan", null=True, on_delete=models.SET_NULL, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["library", "state", "due_at"], name="request_queue"),
            models.Index(fields=["patron", "state"], name="request_patron"),
            models.Index(fields=["record", "state"], name="request_record"),
            models.Index(fields=["state", "due_at"], name="request_centre"),
            models.Index(
                fields=["due_at"], name="request_clock", condition=Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["need_by"],
                name="request_need_by",
                condition=Q(need_by__isnull=False) & ~Q(state="closed"),
            ),
            models.Index(  # of what is open: counts of all lists in one pass
                fields=WORKLIST,
                name="request_worklist",
                condition=Q(turn_until__isnull=False),
            ),
            models.Index(
                fields=["turn_until"],
                name="request_turn",
                condition=Q(turn_until__isnull=False),
            ),
            SqliteIndex(  # of what is open: a text is looked for in it, and no row is read
                fields=["turn_until", "title", "author", "ref"],
                name="request_text",
                condition=Q(turn_until__isnull=False),
            ),
            models.Index(
                fields=["closed_at"],
                name="request_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(
                fields=["closed_at"],
                name="request_to_forget",
                condition=Q(patron__isnull=False, closed_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=sorted(lifecycle.WISH_CLOCKS), due_at__isnull=False)
                | (~Q(state__in=sorted(lifecycle.WISH_CLOCKS)) & Q(due_at=None)),
                name="a_request_that_waits_has_a_clock",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(closed_at=None),
                name="a_closed_request_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(turn_until__isnull=False),
                name="an_open_request_waits_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(outcome=""), name="a_closed_request_has_an_outcome"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(lifecycle.ON_LOAN)) ^ Q(things_out=0),
                name="a_request_on_loan_has_something_out",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_blank(self) -> bool:
        """Whether it was asked for by what its reader knows of it, and no record is known yet."""
        return self.record_id is None and bool(self.citation)

    @property
    def is_copy(self) -> bool:
        """Whether a copy is wanted, and nothing to be brought back."""
        return self.service == Service.COPY

    @property
    def supply(self) -> "Supply | None":
        """The attempt that it lives by, or the last; its request is this very object."""
        return together(self, self.current, None)[1]

    @property
    def loan(self) -> "Loan | None":
        """The foremost of what is out, or the last that was; its request is this very object."""
        loan = self.current_loan
        supply = self.current if loan and loan.supply_id == self.current_id else None
        return together(self, supply, loan)[2]

    def is_late(self, now: "datetime") -> bool:
        """Whether somebody was to act before now: `worklist.late`, of one."""
        return self.turn_until is not None and self.turn_until < now

    @property
    def rings_at(self) -> "datetime | None":
        """When the one clock rings that runs: its own until a lender has it in hand, then that of
        the attempt, then that of the foremost thing."""
        row = self.loan if self.state in lifecycle.ON_LOAN else self.supply
        return self.due_at or (row.due_at if row else None)

    def was_lent(self) -> bool:
        """Whether its patron had anything of it: then it was filled, however the rest ends."""
        return self.loans.exclude(lent_at=None).exists()

    def role_of(self, by: User | None) -> Owner:
        """What somebody who acts is here: kept on the event when the name has gone."""
        if by is None:
            return Owner.MACHINE
        return Owner.PATRON if by.pk == self.patron_id else Owner.BORROWING

    def move(
        self,
        verb: Verb,
        act: Act,
        *,
        supply: "Supply | None" = None,
        loan: "Loan | None" = None,
        to: LoanState | None = None,
        change: Mapping[str, Any] | None = None,
        supply_change: Mapping[str, Any] | None = None,
        loan_change: Mapping[str, Any] | None = None,
        said: Mapping[str, Any] | None = None,
        note: str = "",
        desk: Calendar | None = None,
    ) -> "Event":
        """Apply `verb` to all parts that it moves, or to none (`lifecycle.step`).

        A supply or a loan that is not saved yet is made by it. `to` is for a verb that may lead to
        several states. The changes are columns to be written with it. `said` are the event's facts,
        of the verb's own type. `desk` is the calendar of the borrower's desk, for a verb that has
        read it. Sets the clocks of the new states and writes the Event, which is both the history
        and the work that follows.

        Raises OutOfTurn if the tables do not allow it, MovedMeanwhile if somebody was faster,
        QuestionOpen if it waits for an answer. To be called in a transaction.
        """
        parts = Parts.of(self, supply, loan)
        after = lifecycle.step(verb, self._standing(verb, parts), to=to, ref=self.ref)
        ended = question.Beside.of(self).after(verb, loan, after) if self.open_questions else ()
        event = parts.event(verb, act, said or {}, note)
        left = {"open_questions": self.open_questions - len(ended)} if ended else {}
        also = Changes({**(change or {}), **left}, supply_change or {}, loan_change or {})
        changes = parts.stepped(verb, act, after, also, desk)
        for row, columns in parts.in_turn(changes):
            row.write(verb, columns)
        if ended:
            question.close(ended, act.at, verb)
        return parts.keep(event)

    def stepped(
        self, verb: Verb, at: "datetime", after: Standing, change: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What `move`, which alone calls it, writes of the request itself."""
        assert after.wish is not None  # a request is asked before it moves
        stays = wish_of(State(self.state)) == after.wish
        clock = clocks.of_wish(
            after.wish,
            at,
            borrower=change.get("library", self.library),
            retry_on=change.get("retry_on", self.retry_on),
        )
        changes: dict[str, Any] = {
            "due_at": clock.due_at,
            "owner": clock.owner,
            **change,
            "state": after.state,
            "version": self.version + 1,
            "things_out": len(after.things),
        }
        if ROWS[verb].wish is not None:
            changes["reminders"] = lifecycle.reminders(self.reminders, verb, stays=stays)
        changes |= self._turn(at, changes, rung=stays and changes.get("reminders", 0) > 0)
        if after.wish == Wish.CLOSED and self.closed_at is None:  # or it bears what is found again
            changes["closed_at"] = at
        return changes

    def _turn(self, at: "datetime", changes: Mapping[str, Any], *, rung: bool) -> dict[str, Any]:
        """Since when it is whose turn, and until when: who is reminded has no more time."""
        until = changes.get("turn_until", self.turn_until)
        if changes["state"] == State.CLOSED:
            until = None
        elif changes["due_at"] is not None:
            until = self.turn_until if rung and self.turn_until else changes["due_at"]
        same = (self.owner, self.state) == (changes["owner"], changes["state"])
        return {"turn_until": until, "turn_since": self.turn_since if same else at}

    def write(self, verb: Verb, changes: Mapping[str, Any]) -> None:
        """The seal of a move, part of `move`: whoever read an older version is told."""
        if not Request.objects.filter(pk=self.pk, version=self.version).update(**changes):
            raise MovedMeanwhile(ref=self.ref, verb=verb)
        for name, value in changes.items():
            setattr(self, name, value)

    def refuse_out_of_turn(
        self, verb: Verb, *, supply: "Supply | None" = None, loan: "Loan | None" = None
    ) -> None:
        """Refuse a verb that is out of turn before anything else is tried, and without a question
        to the database: the foremost thing stands for all that is out."""
        foremost = self.loan
        others = [foremost] if foremost and foremost.is_open and foremost != loan else []
        parts = Parts(self, supply, loan, others)
        lifecycle.step(verb, self._standing(verb, parts), ref=self.ref)

    def _standing(self, verb: Verb, parts: Parts) -> Standing:
        """Where the parts stand. Of what was read as out, and is all home since, nobody can say."""
        now = parts.standing
        if now.wish == Wish.SUPPLIED and not now.things:
            raise MovedMeanwhile(ref=self.ref, verb=verb)
        return now

    def may(
        self, verb: Verb, *, supply: "Supply | None" = None, loan: "Loan | None" = None
    ) -> bool:
        """Whether the tables allow a verb now, of this attempt and this thing where it moves one,
        and no open question stops it: what a page asks before it offers a button."""
        row = ROWS[verb]
        if row.loan is not None and loan is None and None not in row.loan.starts:
            return False
        held = supply if row.supply is not None and supply is not None and supply.is_open else None
        try:
            self.refuse_out_of_turn(verb, supply=held, loan=loan if row.loan is not None else None)
        except (lifecycle.OutOfTurn, MovedMeanwhile):
            return False
        return not question.stops(self, verb, loan)

    def seal(self, verb: Verb, **change: Any) -> None:
        """Before any row beside it is written, as every verb takes them in one order (`models`):
        whoever read the request before is told (MovedMeanwhile), as after a move."""
        self.write(verb, {**change, "version": self.version + 1})

    def write_down(
        self,
        verb: Verb,
        act: Act,
        *,
        supply: "Supply | None" = None,
        loan: "Loan | None" = None,
        said: Mapping[str, Any] | None = None,
        note: str = "",
    ) -> "Event":
        """Keep what moves no state and no clock of the request and its parts."""
        parts = Parts(self, supply, loan)
        return parts.keep(parts.event(verb, act, said or {}, note))


def together(
    request: Request, supply: "Supply | None", loan: "Loan | None"
) -> "tuple[Request, Supply | None, Loan | None]":
    """One request and what hangs on it as one family: each part leads to these very objects, so
    that a verb of one is seen by the others."""
    if loan is not None:
        loan.request = request
        if supply is not None and supply.pk == loan.supply_id:
            loan.supply = supply
        elif type(loan).supply.is_cached(loan):
            loan.supply.request = request
    if supply is not None:
        supply.request = request
    return request, supply, loan
