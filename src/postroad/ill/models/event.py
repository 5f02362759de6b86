"""What happened to a request: its history, and the work that follows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.ill.models.loan import Loan
from postroad.ill.models.request import Request, together
from postroad.ill.models.supply import Supply
from postroad.telling import Told


class Event(Told):
    """What happened to a request, by a verb of `lifecycle.Verb`.

    Made by `Request.move`, or by `Request.write_down` where nothing moves.
    """

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="events")
    supply = models.ForeignKey(Supply, null=True, on_delete=models.CASCADE, related_name="+")
    loan = models.ForeignKey(Loan, null=True, on_delete=models.CASCADE, related_name="+")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    supply_before = models.CharField(max_length=10, blank=True)
    supply_after = models.CharField(max_length=10, blank=True)
    loan_before = models.CharField(max_length=10, blank=True)
    loan_after = models.CharField(max_length=10, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.CharField(max_length=10, blank=True)  # stays when the name has gone
    on_behalf_of = models.ForeignKey(
        Library, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    door = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta(Told.Meta):
        indexes = [models.Index(fields=["request", "at"], name="event_history"), *Told.Meta.indexes]
        verbose_name = _("event")

    def of_what(self) -> str:
        brought = Event.request.is_cached(self)
        return f"request {self.request.ref}" if brought else f"request with key {self.request_id}"

    def parts(self) -> tuple[Request, Supply | None, Loan | None]:
        """The request with the attempt and the thing that it happened to, as one family."""
        return together(self.request, self.supply, self.loan)
