"""Rhode Island's codes, as its delivery list has them."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from postroad.directory.models import Library


class RiCode(models.Model):
    """One of the three-letter codes. Where there are any, a slip bears none that is not here."""

    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=160)
    town = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=200, blank=True)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # A symbol that hides many addresses. It stands here to be read; nothing is routed by it.
    symbol = models.CharField(max_length=20, blank=True)
    retired_on = models.DateField(null=True, blank=True)  # from this day on no slip bears it
    # Of the one office that takes what goes to libraries without letters, and sends it on.
    clearinghouse = models.BooleanField(default=False)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["clearinghouse"], condition=Q(clearinghouse=True), name="one_clearinghouse"
            ),
            models.CheckConstraint(
                condition=Q(code=Upper("code")) & ~Q(code=""), name="ri_code_is_in_capitals"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_retired(self, day: date) -> bool:
        return self.retired_on is not None and self.retired_on <= day
