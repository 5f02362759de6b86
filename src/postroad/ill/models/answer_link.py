"""The link by which a library without an account answers one request from its mail."""

import secrets

from django.db import models

from postroad.accounts.models import User
from postroad.ill.models.supply import Supply


def nonce() -> str:
    return secrets.token_urlsafe(16)


class AnswerLink(models.Model):
    """One for each attempt of such a lender: where its mail went, and whether it was stopped.

    It opens for whoever has it; so it is of this attempt alone, and shows no patron.
    """

    supply = models.OneToOneField(
        Supply, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    nonce = models.CharField(
        max_length=22, default=nonce
    )  # another one: the old link opens nothing
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)  # its mail was written
    address = models.CharField(max_length=254, blank=True)  # to this; none: the center was told
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    reminded_at = models.DateTimeField(null=True)
    unreached_at = models.DateTimeField(null=True)  # the center was told that no mail gets there

    def __str__(self) -> str:
        return f"link of supply {self.supply_id}"
