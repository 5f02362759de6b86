"""The lending rules of a network, each from a day on, and what became of its page."""

from typing import Any

from django.core.cache import caches
from django.db import models

from postroad.directory.models.libraries import AskOrder, Network


class NetworkRules(models.Model):
    """What the members of a network agreed on for lending, from a day on, until the next (R14).

    Empty is nothing: there each member decides. `own_allowed` names what a member may decide itself
    although there is a rule.
    """

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="rules")
    effective = models.DateField()
    ask_order = models.CharField(max_length=24, choices=AskOrder, blank=True)
    loan_days = models.PositiveSmallIntegerField(null=True, blank=True)
    renewals = models.PositiveSmallIntegerField(null=True, blank=True)
    open_requests = models.PositiveSmallIntegerField(null=True, blank=True)
    lends_outside = models.BooleanField(default=True)  # to libraries of no or another network
    formats_kept = models.JSONField(default=list, blank=True)  # not lent outside the network
    own_allowed = models.JSONField(default=list, blank=True)
    entered_by = models.CharField(max_length=150, blank=True)  # a name: it stays
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["effective", "pk"]
        verbose_name_plural = "rules of networks"
        constraints = [
            models.UniqueConstraint(
                fields=["network", "effective"], name="one_set_of_network_rules_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"rules of {self.network_id} from {self.effective}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        caches["process"].delete("network-rules")

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        caches["process"].delete("network-rules")
        return gone


class NetworkChange(models.Model):
    """What was changed of a network's page. Written by `networks` alone; it only grows."""

    network = models.ForeignKey(Network, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)  # a name: it stays
    facts = models.JSONField(default=dict)  # by field: as it was, as it is
    undoes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["network", "-at"], name="changes_of_network")]

    def __str__(self) -> str:
        return f"change of {self.network_id} at {self.at}"
