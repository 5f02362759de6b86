"""Parcels: one thing under way from one library to another."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from postroad.delivery import tracking
from postroad.delivery.models.containers import Container
from postroad.delivery.models.steps import (
    LEFT_AT_A_LIBRARY,
    ON_THE_ROAD,
    OPEN_STATES,
    CustodyStep,
    How,
    ParcelState,
)
from postroad.directory.models import Library, Membership


class Via(models.TextChoices):
    DELIVERY = "delivery", _("delivery")
    MAIL = "mail", _("mail")


class Purpose(models.TextChoices):
    """Why it travels. A slip for the way home lies in what is lent, never in what returns (R7)."""

    LOAN = "loan", _("loan")
    RETURN = "return", _("return")
    TRANSFER = "transfer", _("transfer")
    CLAIM = "claim", _("claim")
    OTHER = "other", _("other")


class Carrier(models.TextChoices):
    """Who carries a parcel that goes by mail, as far as its number tells."""

    USPS = tracking.Carrier.USPS.value, _("USPS")
    UPS = tracking.Carrier.UPS.value, _("UPS")
    FEDEX = tracking.Carrier.FEDEX.value, _("FedEx")
    POST = tracking.Carrier.POST.value, _("the post of another country")


def seen_since(moment: F | datetime, parcel: str = "") -> Q:
    """Somebody has scanned the parcel itself on the van or at a hub after that moment, and it was
    not lost again: it need not be looked for. What came in a bin nobody has seen."""
    return Q(
        **{
            f"{parcel}last_step__in": ON_THE_ROAD,
            f"{parcel}last_how": How.SCANNED,
            f"{parcel}last_at__gt": moment,
        }
    )


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def open(self) -> "ParcelQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def with_ends(self) -> "ParcelQuerySet":
        """With the libraries that a page or a clock names."""
        return self.select_related("from_library", "to_library", "last_library")

    def between_members(self) -> "ParcelQuerySet":
        """Without what comes from or goes to a library outside: the ILL center follows those."""
        member = Membership.MEMBER
        return self.filter(from_library__membership=member, to_library__membership=member)

    def late(self, now: datetime) -> "ParcelQuerySet":
        return self.between_members().open().filter(late_at__lt=now)

    def past_its_day(self, now: datetime) -> "ParcelQuerySet":
        """Expected on a day that is over, and not late yet: the time to look for it."""
        today = timezone.localdate(now)
        waited_for = self.between_members().open().exclude(state=ParcelState.DROPPED)
        return waited_for.filter(expected_on__lt=today, late_at__gte=now)

    def to_look_for(self, now: datetime) -> "ParcelQuerySet":
        """Past its day, or late: both ends, and the hub, are asked to look for it."""
        missed = Q(expected_on__lt=timezone.localdate(now)) & ~Q(state=ParcelState.DROPPED)
        return self.between_members().open().filter(Q(late_at__lt=now) | missed)

    def missing_of(self, library: Library, now: datetime) -> "ParcelQuerySet":
        """Late or given up on the van's road, and this library's own."""
        home = Q(item_library=None, purpose=Purpose.RETURN, to_library=library)
        lent = Q(item_library=None, from_library=library) & ~Q(purpose=Purpose.RETURN)
        late = Q(state__in=OPEN_STATES, late_at__lt=now) | Q(state=ParcelState.LOST)
        return self.filter(Q(item_library=library) | home | lent, late, via=Via.DELIVERY)

    def ready_at(self, library: Library | int) -> "ParcelQuerySet":
        """Waiting at this library for the van."""
        return self.filter(state=ParcelState.READY, from_library=library, via=Via.DELIVERY)

    def astray(self) -> "ParcelQuerySet":
        """Seen last at a library that is not the one they go to."""
        return self.filter(
            state=ParcelState.MOVING,
            last_step__in=LEFT_AT_A_LIBRARY,
        ).exclude(last_library=F("to_library"))

    def coming_to(self, library: Library | int, day: date) -> "ParcelQuerySet":
        """Under way to this library, and expected on this day or before."""
        moving = self.filter(state=ParcelState.MOVING, to_library=library, via=Via.DELIVERY)
        return moving.filter(expected_on__lte=day)


class Parcel(models.Model):
    """One thing under way from one library to another.

    What the ledger says last is kept in `state`, `container` and the columns that start with
    `last_`; only `custody` and, for many at once, `bulk` write them. An open parcel has a clock, a
    closed one has none.
    """

    number = models.CharField(max_length=16, unique=True)
    from_library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    to_library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.OTHER)
    item_library = models.ForeignKey(  # the owner: a barcode is unique in its library only
        Library, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item_barcode = models.CharField(max_length=40, blank=True, db_index=True)
    title = models.CharField(max_length=300, blank=True)
    ref = models.CharField(max_length=40, blank=True, db_index=True)  # the request's number
    need_by = models.DateField(null=True, blank=True)
    via = models.CharField(max_length=8, choices=Via, default=Via.DELIVERY)
    carrier = models.CharField(max_length=5, choices=Carrier, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True, db_index=True)
    # Of several in one box by mail, the number of the first; each keeps its own slip.
    box = models.CharField(max_length=16, blank=True, db_index=True)
    send_to = models.CharField(  # lines as on a label, if not to the library's own address
        max_length=300, blank=True
    )
    made_at = models.DateTimeField()
    expected_on = models.DateField(null=True, blank=True)
    forecast = models.JSONField(default=dict, blank=True)
    late_days = models.PositiveSmallIntegerField()  # what the trade allowed on its day (R14)
    late_at = models.DateTimeField()  # the last moment at which it is not late (R6)
    due_at = models.DateTimeField(null=True, blank=True)  # when somebody is told (again)
    printings = models.PositiveSmallIntegerField(default=0)

    state = models.CharField(max_length=10, choices=ParcelState, default=ParcelState.READY)
    last_step = models.CharField(max_length=10, choices=CustodyStep, default=CustodyStep.MADE)
    last_at = models.DateTimeField()
    last_how = models.CharField(max_length=9, choices=How, default=How.DECLARED)
    last_holder = models.CharField(max_length=80, blank=True)
    last_library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    container = models.ForeignKey(  # in which it is now
        Container, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    last_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = ParcelQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="parcel_clock"),
            models.Index(fields=["from_library", "state"]),
            models.Index(fields=["to_library", "state"]),
            models.Index(fields=["state", "late_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, due_at__isnull=False)
                | Q(due_at=None) & ~Q(state__in=OPEN_STATES),
                name="an_open_parcel_has_a_clock",
            ),
            models.CheckConstraint(
                condition=~Q(from_library=F("to_library")), name="a_parcel_goes_elsewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_astray(self) -> bool:
        """Whether it was seen last at a library that is not the one it goes to."""
        return (
            self.state == ParcelState.MOVING
            and self.last_step in LEFT_AT_A_LIBRARY
            and self.last_library_id != self.to_library_id
        )

    @property
    def no_day_because(self) -> str:
        """What keeps the van away for nobody knows how long, where that is why no day is named."""
        return str(self.forecast.get("no_day", ""))

    @property
    def clock_stands(self) -> bool:
        """Whether no day counts: what is for there is kept until further notice (R6)."""
        return bool(self.forecast.get("stands"))

    def is_late(self, now: datetime) -> bool:
        return self.is_open and self.late_at < now
