"""What happened, and who must still hear of it: the shape of every room's events.

A room writes its own, each in the transaction of the verb that made it happen; the worker tells
them to their listeners (`worker/listeners.py`), at least once.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q, QuerySet

Event = TypeVar("Event", bound=models.Model)


class ToldQuerySet(models.QuerySet[Event]):
    def untold(self) -> "ToldQuerySet[Event]":
        """Those whose listeners have not all been told."""
        return self.filter(due_at__isnull=False)

    def given_up(self) -> "ToldQuerySet[Event]":
        return self.filter(gave_up_at__isnull=False)


class Told(models.Model):
    """What happened: the history that people read and the work that the worker does.

    `due_at` says when the worker may take it up: at once, after its lease when it is in work (so
    that the work of a killed process is taken up again), later after a failure, never (None) when
    all listeners were told or the worker gave up.
    """

    verb = models.CharField(max_length=32)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    due_at = models.DateTimeField(null=True)
    told = models.JSONField(default=list)  # the names of the listeners that were told
    failures = models.PositiveSmallIntegerField(default=0)
    trouble = models.TextField(blank=True)  # what the last failure said
    gave_up_at = models.DateTimeField(null=True)

    objects = ToldQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["at", "pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="%(app_label)s_%(class)s_untold",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["gave_up_at"],
                name="%(app_label)s_%(class)s_given_up",
                condition=Q(gave_up_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} at {self.at}"

    def of_what(self) -> str:
        """What it happened to, for the log. The database, which may be in trouble, is not asked."""
        raise NotImplementedError


def rooms() -> list[type[Told]]:
    """The events of every room, each its own table."""
    return [model for model in apps.get_models() if issubclass(model, Told)]


def of_all(rows: Callable[[type[Told]], QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """What is asked of each room, in one statement: the rows must have the same columns."""
    first, *others = (rows(room).order_by() for room in rooms())
    return first.union(*others, all=True)
