"""Tables of notices to staff: what the offices tell a role's holders, and who has read it."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import Role, User
from postroad.directory.models import Library


class Reach(models.TextChoices):
    """At which libraries it is read."""

    ALL = "all", _("all libraries")
    STATE = "state", _("one state")
    NETWORK = "network", _("one network")
    ROUTE = "route", _("one delivery route")
    LIBRARIES = "libraries", _("these libraries")


class Subject(models.TextChoices):
    DELAY = "delay", _("route delay")
    HOLIDAY = "holiday", _("holiday")
    POLICY = "policy", _("policy")
    OTHER = "other", _("other")


class StaffNotice(models.Model):
    """Something that people at work shall read, each for herself."""

    key = models.UUIDField(unique=True, default=uuid4)  # of the form: sent twice, it is one
    about = models.CharField(max_length=8, choices=Subject, default=Subject.OTHER)
    title = models.CharField(max_length=120)
    text = models.TextField()
    reach = models.CharField(max_length=10, choices=Reach)
    places = models.JSONField(default=list)  # codes, of what `reach` says
    roles = models.JSONField(default=list)
    office = models.CharField(max_length=10, choices=Role)  # whose it is
    written_by = models.CharField(max_length=150)  # a name: it stays
    at = models.DateTimeField()
    until = models.DateField(null=True, blank=True)  # the last day on which it matters
    remind_at = models.DateTimeField(null=True)  # None: reminded, or there is no need
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(
                fields=["remind_at"],
                name="staff_notice_to_remind",
                condition=models.Q(remind_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title


class Receipt(models.Model):
    """One person to whom it went, and when she said that she has read it."""

    notice = models.ForeignKey(StaffNotice, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "user"], name="one_receipt_a_person")
        ]
        indexes = [
            models.Index(
                fields=["user"],
                name="receipt_awaited",
                condition=models.Q(acknowledged_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.user_id}"
