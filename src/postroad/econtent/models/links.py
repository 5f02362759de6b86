"""Links that do not work: what readers report, and what nobody answers at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.econtent.models.resource import Resource
from postroad.econtent.models.titles import TitleList

LONGEST = 500  # characters of an address, which may be cut: it is only shown


class LinkReport(models.Model):
    """Readers say that an address did not work; who they are is not kept."""

    title_list = models.ForeignKey(TitleList, on_delete=models.CASCADE, related_name="reports")
    address = models.CharField(max_length=LONGEST)
    count = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-last_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["title_list", "address"],
                condition=models.Q(settled_at=None),
                name="one_open_report_an_address",
            ),
        )

    def __str__(self) -> str:
        return self.address


class FailingLink(models.Model):
    """An address that failed when it was last asked; dead after some days of it. The row goes when
    it answers again."""

    class Why(models.TextChoices):
        GONE = "gone", _("The server says that there is no such page.")
        UNREACHED = "unreached", _("No server answers there.")

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="failing_links")
    title_list = models.ForeignKey(TitleList, null=True, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=LONGEST)
    why = models.CharField(max_length=9, choices=Why)
    days = models.PositiveIntegerField(default=1)  # on which it failed
    since = models.DateField()
    failed_on = models.DateField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("since", "pk")
        constraints = (
            models.UniqueConstraint(fields=["resource", "address"], name="one_row_a_failing_link"),
        )

    def __str__(self) -> str:
        return self.address


class LinkTurn(models.Model):
    """When the links of a resource were asked last."""

    resource = models.OneToOneField(Resource, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(null=True)
    tried_at = models.DateTimeField()
    reached = models.BooleanField(default=False)  # whether anything answered on that day

    def __str__(self) -> str:
        return f"{self.resource_id}: {self.on}"
