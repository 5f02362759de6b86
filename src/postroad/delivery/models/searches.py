"""Places that were asked to look for a parcel which did not come on its day."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from postroad.delivery.models.parcels import Parcel, seen_since
from postroad.delivery.models.steps import OPEN_STATES
from postroad.directory.models import Library


class SearchQuerySet(models.QuerySet["Search"]):
    def at(self, library: Library | int | None) -> "SearchQuerySet":
        """Asked of this library; None: of the hub, which the delivery office speaks for."""
        return self.filter(library=library)

    def waiting(self) -> "SearchQuerySet":
        """Not answered, and still of use: the parcel is open, and nobody else has found it."""
        unanswered = self.filter(answered_at=None, over_at=None, parcel__state__in=OPEN_STATES)
        return unanswered.exclude(seen_since(F("asked_at"), "parcel__"))

    def seen(self) -> "SearchQuerySet":
        """Not answered, and the van or a hub has scanned the parcel since."""
        unanswered = self.filter(answered_at=None, over_at=None)
        return unanswered.filter(seen_since(F("asked_at"), "parcel__"))

    def found_lately(self, since: datetime) -> "SearchQuerySet":
        """Found, and the parcel is not where it goes yet."""
        return self.filter(found=True, answered_at__gte=since, parcel__state__in=OPEN_STATES)

    def stands(self) -> "SearchQuerySet":
        """Found, not seen anywhere since, and nobody has been asked again."""
        again = Search.objects.filter(
            parcel=OuterRef("parcel"), asked_at__gt=OuterRef("answered_at")
        )
        return self.filter(
            ~Exists(again.order_by()), found=True, answered_at__gte=F("parcel__last_at")
        )

    def missed_lately(self, since: datetime) -> "SearchQuerySet":
        return self.filter(found=False, answered_at__gte=since)


class Search(models.Model):
    """One place was asked once to look for a parcel: a library, or the hub (`library` is null)."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="searches")
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_on = models.DateField()  # by the place's own calendar
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    found = models.BooleanField(null=True)
    over_at = models.DateTimeField(null=True)  # it was found or scanned elsewhere meanwhile
    over_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="ended"
    )

    objects = SearchQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        indexes = [
            models.Index(
                fields=["library"],
                condition=Q(answered_at=None, over_at=None),
                name="search_waiting",
            ),
            models.Index(fields=["library", "answered_at"], name="search_answered"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "library"],
                condition=Q(answered_at=None, over_at=None, library__isnull=False),
                name="one_search_a_library",
            ),
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(answered_at=None, over_at=None, library=None),
                name="one_search_at_the_hub",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, found=None)
                | Q(answered_at__isnull=False, found__isnull=False),
                name="an_answered_search_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"search {self.pk} for {self.parcel_id}"

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None and self.over_at is None

    @property
    def ended_by_a_scan(self) -> bool:
        return self.over_at is not None and self.over_by_id is None
