"""What the law counts of copies: which library had one of which title, and never for whom.

No patron and no request stand in the row, so it may outlive both; a delivery keeps the id of its
use, not the other way round.
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad.directory.models import Library
from postroad.documents import copyright as rule


class BasisOf(models.TextChoices):
    """Why a copy was made: `copyright.Basis`, with its names."""

    CCG = "ccg", _("CCG: within the guidelines")
    CCL = "ccl", _("CCL: allowed by the law in another way")
    OWN = "own", _("The library has the title itself")
    LICENSED = "licensed", _("Under a license")
    NOT_MARKED = "", _("Not marked")


class ChoiceOf(models.TextChoices):
    """What was done about a copy beyond the free ones: `copyright.Choice`, with its names."""

    NONE = "", _("Nothing chosen")
    ROYALTY = "royalty", _("Royalty paid")
    OTHER_SOURCE = "other-source", _("From another source")
    DECLINED = "declined", _("Declined")


class UseQuerySet(models.QuerySet["Use"]):
    def which_may_count(self, library: Library, asked_on: date, *, is_periodical: bool) -> Self:
        """The rows of a library among which the copies of one title are looked for."""
        of_library = self.filter(library=library, is_periodical=is_periodical)
        return of_library.filter(asked_in=asked_on.year) if is_periodical else of_library

    def counted_in(self, year: int) -> Self:
        """Those by which the titles of a year are counted: periodicals within it, other works up to
        its end."""
        return self.filter(
            Q(is_periodical=True, asked_in=year) | Q(is_periodical=False, asked_in__lte=year)
        )


class Use(models.Model):
    """One copy that a library had, or declined to have beyond the free ones."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    title_key = models.CharField(max_length=1000)  # linking ISSN, else a number, else the title
    numbers = models.CharField(max_length=200, blank=True)  # every one known, a space between
    title = models.CharField(max_length=1000)
    is_periodical = models.BooleanField(default=True)
    published = models.CharField(max_length=10, blank=True)  # year, month or day
    asked_in = models.PositiveSmallIntegerField()  # the calendar year that it counts in
    filled_on = models.DateField(null=True, blank=True)  # none: declined
    basis = models.CharField(max_length=10, choices=BasisOf, blank=True)
    count_then = models.PositiveSmallIntegerField(default=0)  # with this one; 0: does not count
    choice = models.CharField(max_length=12, choices=ChoiceOf, blank=True)
    cost = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    first_basis = models.CharField(max_length=10, choices=BasisOf, blank=True)  # as it was counted
    reason = models.CharField(max_length=300, blank=True)  # of a mark that staff changed
    marked_by = models.CharField(max_length=150, blank=True)  # of the staff
    purge_on = models.DateField(db_index=True)

    objects = UseQuerySet.as_manager()

    class Meta:
        ordering = ("title", "filled_on", "pk")
        indexes = (models.Index(fields=["library", "asked_in"], name="uses_of_a_year"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(filled_on=None) ^ ~Q(choice=rule.Choice.DECLINED),
                name="a_use_is_filled_or_declined",
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0), name="a_use_costs_nothing_or_more"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def was_over(self) -> bool:
        """Whether it was beyond the free ones when it was filled."""
        return self.count_then > rule.FREE

    @property
    def mark_was_changed(self) -> bool:
        return bool(self.reason)
