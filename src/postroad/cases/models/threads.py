"""Who talks with whom, and what they wrote."""

from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import Role, User
from postroad.cases.lifecycle import Side
from postroad.directory.models import Library


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
