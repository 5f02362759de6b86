"""The titles that a resource holds, as its lists tell them."""

from django.db import models

from postroad.econtent.models.resource import Resource


class TitleList(models.Model):
    """The titles of a resource on one platform."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="lists")
    platform = models.CharField(max_length=80)

    class Meta:
        ordering = ("platform", "pk")
        constraints = (
            models.UniqueConstraint(fields=["resource", "platform"], name="one_list_a_platform"),
        )

    def __str__(self) -> str:
        return self.platform


class Title(models.Model):
    """A title with one stretch of its coverage, as its list tells it."""

    title_list = models.ForeignKey(TitleList, on_delete=models.CASCADE, related_name="titles")
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

    class Meta:
        ordering = ("title", "begin", "pk")

    def __str__(self) -> str:
        return self.title
