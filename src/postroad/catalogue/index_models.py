"""How far the search index is, what it has yet to follow, and what was found wrong with it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, models
from django.db.models.functions import Now
from django.utils import timezone

from postroad.catalogue import bulk


class Indexed(models.Model):
    """Which state of the search index belongs to this database: one row, and a stamp in the index.

    A database that was restored from an older day and an index that went on meanwhile do not have
    the same; the index is then made anew.
    """

    stamp = models.CharField(max_length=32, blank=True)
    coming = models.CharField(max_length=32, blank=True)  # of what is being written just now

    def __str__(self) -> str:
        return self.stamp


class UnindexedQuerySet(models.QuerySet["Unindexed"]):
    def note(self, records: Iterable[int], *, loaded: bool = False) -> None:
        """The search index must follow these records; `loaded` ones after all that people did."""
        keys = sorted(set(records))
        at = Unindexed._meta.get_field("at").get_db_prep_save(timezone.now(), connection)
        bulk.insert(self.model, ["record_id", "loaded", "at"], ([key, loaded, at] for key in keys))

    def waiting_since(self, *, loaded: bool) -> datetime | None:
        """How long the index is behind with what people did, or with what files brought."""
        return self.filter(loaded=loaded).order_by("pk").values_list("at", flat=True).first()


class Unindexed(models.Model):
    """A record whose entry in the search index is behind, or which is no more.

    A row for each change, not a mark on the record: what changes while the index is being
    written leaves a row of its own, and so is never forgotten. What a file brought (`loaded`) may
    be a million rows, behind which nobody's book shall wait.
    """

    record_id = models.BigIntegerField()
    # By the database itself, for rows that a trigger of its own leaves.
    loaded = models.BooleanField(db_default=False)
    at = models.DateTimeField(db_default=Now())

    objects = UnindexedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="unindexed_first", condition=models.Q(loaded=False))
        ]

    def __str__(self) -> str:
        return str(self.record_id)


class Audited(models.Model):
    """What the last look at a sample of the catalog found (`audit.by_night`): one row."""

    at = models.DateTimeField()
    records = models.IntegerField(default=0)
    wrong = models.JSONField(default=dict)  # what: how often
    first = models.JSONField(default=dict)  # what: a few keys

    def __str__(self) -> str:
        return f"{sum(self.wrong.values())} of {self.records}"


@contextmanager
def of_a_file(records: Iterable[int]) -> Iterator[None]:
    """What the database itself notes of these records meanwhile, as copies leave or fill a shelf,
    is of a file as well. In the transaction that moves them."""
    last = Unindexed.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    noted = Unindexed.objects.filter(pk__gt=last, record_id__in=set(records), loaded=False)
    noted.update(loaded=True)
