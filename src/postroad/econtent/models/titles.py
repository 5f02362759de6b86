"""Title lists and the titles on them."""

from django.db import models

from postroad.econtent.models.resource import Resource


class TitleList(models.Model):
    """The titles of a resource on one platform. `current` is the file that is in effect: a title is
    on the list from the file that brought it until the one that no longer has it."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="lists")
    platform = models.CharField(max_length=80)
    current = models.BigIntegerField(default=0)  # 0: before the first file
    oldest = models.BigIntegerField(default=0)  # no file before this one can be gone back to
    size = models.PositiveIntegerField(default=0)  # titles of the current file
    checked_to = models.BigIntegerField(default=0)  # the title whose link was asked last

    class Meta:
        ordering = ("platform", "pk")
        constraints = (
            models.UniqueConstraint(fields=["resource", "platform"], name="one_list_a_platform"),
        )

    def __str__(self) -> str:
        return self.platform


class TitleQuerySet(models.QuerySet["Title"]):
    def live(self) -> "TitleQuerySet":
        """What is on the lists as they are in effect."""
        current = models.F("title_list__current")
        until = models.Q(until=None) | models.Q(until__gt=current)
        return self.filter(until, since__lte=current)


class Title(models.Model):
    """A title with one stretch of its coverage, as its list tells it."""

    title_list = models.ForeignKey(TitleList, on_delete=models.CASCADE, related_name="titles")
    mark = models.BigIntegerField(default=0)  # of all that its line says
    since = models.BigIntegerField(default=0)  # the file that brought it
    until = models.BigIntegerField(null=True)  # the file that no longer has it
    seen = models.BigIntegerField(default=0)  # the last file that had it
    title = models.TextField()
    print_number = models.CharField(max_length=13, blank=True, db_index=True)  # ISSN or ISBN
    online_number = models.CharField(max_length=13, blank=True, db_index=True)
    begin = models.CharField(max_length=10, blank=True)
    first_volume = models.TextField(blank=True)
    first_issue = models.TextField(blank=True)
    end = models.CharField(max_length=10, blank=True)
    last_volume = models.TextField(blank=True)
    last_issue = models.TextField(blank=True)
    address = models.TextField(blank=True)
    title_id = models.TextField(blank=True)
    embargo = models.CharField(max_length=20, blank=True)
    depth = models.CharField(max_length=20, blank=True)
    notes = models.TextField(blank=True)
    publisher = models.TextField(blank=True)
    is_book = models.BooleanField(default=False)

    objects = TitleQuerySet.as_manager()

    class Meta:
        ordering = ("title", "begin", "pk")
        indexes = (models.Index(fields=["title_list", "mark"], name="titles_by_mark"),)

    def __str__(self) -> str:
        return self.title
