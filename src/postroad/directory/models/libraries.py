"""Libraries, ours and others, with what each has decided."""

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory import opening
from postroad.directory.opening import Scope
from postroad.directory.places import OTHER_STATES, PROVINCES

if TYPE_CHECKING:
    from postroad.directory.models.reaching import Address


class Network(models.Model):
    """Libraries that share one catalogue and lend among themselves first, with a page of their own.

    What is said here is changed by `networks.change` alone, which keeps what stood before.
    """

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    office = models.ForeignKey(  # whose director edits the page and the rules, beside the center
        "Library", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    host = models.CharField(max_length=100, blank=True)  # a name of its own: schools.example.org
    lead = models.CharField(max_length=300, blank=True)
    about = models.TextField(blank=True, max_length=4000)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    takes_applications = models.BooleanField(default=False)
    who_may_join = models.TextField(blank=True, max_length=2000)
    invented = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["host"], condition=~models.Q(host=""), name="one_network_a_host"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    PUBLIC = "public", _("public library")
    ACADEMIC = "academic", _("college or university library")
    SCHOOL = "school", _("school library")
    SPECIAL = "special", _("special library")
    CENTRE = "centre", _("resource sharing center")


class State(models.TextChoices):
    """Where the members are, so where the van goes."""

    MASSACHUSETTS = "MA", _("Massachusetts")
    RHODE_ISLAND = "RI", _("Rhode Island")


STATES_AND_PROVINCES = [*State.choices, *OTHER_STATES, *PROVINCES]  # where any library may be


class Membership(models.TextChoices):
    MEMBER = "member", _("member")
    OUTSIDE = "outside", _("outside the consortium")


class LibraryQuerySet(models.QuerySet["Library"]):
    def members(self) -> "LibraryQuerySet":
        """The consortium's own that take part today."""
        return self.filter(membership=Membership.MEMBER, active=True)

    def outside(self) -> "LibraryQuerySet":
        """Those elsewhere that we deal with."""
        return self.filter(membership=Membership.OUTSIDE, active=True)


class Library(models.Model):
    """A place that borrows, lends, or both. `code` is ours and never changes.

    One outside the consortium has no posts, no stop and no desk here: the center deals with it.
    """

    code = models.SlugField(max_length=16, unique=True)
    membership = models.CharField(
        max_length=8, choices=Membership, default=Membership.MEMBER, db_index=True
    )
    name = models.CharField(max_length=160)
    town = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=2, choices=STATES_AND_PROVINCES, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, blank=True)
    network = models.ForeignKey(Network, null=True, blank=True, on_delete=models.PROTECT)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    open_days = models.CharField(max_length=7, default="MTWTFS-")  # no day: not known
    hours = models.CharField(max_length=255, blank=True)  # of its opening days; see `hours`
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    yearly_loans = models.PositiveIntegerField(default=0)
    delivery_code = models.CharField(max_length=3, blank=True)  # Rhode Island's 3 letters (R7)
    invented = models.BooleanField(default=False)  # the library itself, not only its code
    active = models.BooleanField(default=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "libraries"
        ordering = ["town", "name", "pk"]
        constraints = [
            models.CheckConstraint(  # slips, closures and the van go by it
                condition=models.Q(membership=Membership.OUTSIDE)
                | models.Q(state__in=State.values),
                name="member_has_a_state",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_outside(self) -> bool:
        return self.membership == Membership.OUTSIDE

    def address_for(self, *purposes: str) -> "Address | None":
        """Where to write to it: for the first of these purposes for which it has an address."""
        known = {each.purpose: each for each in self.addresses.all()}
        return next((known[each] for each in purposes if each in known), None)

    @property
    def rules(self) -> "Policy":
        """Its policy; the usual one where nobody wrote any. Not saved by this."""
        try:
            return self.policy
        except Policy.DoesNotExist:
            return Policy(library=self)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """Whose closures are its own business."""
        return opening.scopes(self.pk, self.state, outside=self.is_outside)

    def day_of(self, moment: datetime) -> date:
        """The library's own date at an aware moment."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


class AskOrder(models.TextChoices):
    """In which order a library's requests look for a lender, step by step."""

    NETWORK_FIRST = (
        "network union mediated",
        _("our network, then all members, then the center"),
    )
    UNION = "union mediated", _("all members, then the center")
    NETWORK_ONLY = "network mediated", _("our network, then the center")
    MEDIATED = "mediated", _("the center looks for it from the start")


class Policy(models.Model):
    """What a library decides for itself. One row a library; its staff edit it."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="policy")
    lends = models.BooleanField(default=True)
    formats_not_lent = models.JSONField(default=list, blank=True)
    lends_to_other_states = models.BooleanField(default=True)  # what it lends at all
    copies = models.BooleanField(default=True)  # of articles and chapters that it has
    # Asked for copies that no member is known to have: a large library with a desk for them.
    supplies_documents = models.BooleanField(default=False)
    answer_days = models.PositiveSmallIntegerField(default=2)  # its working days to say yes or no
    ship_days = models.PositiveSmallIntegerField(default=2)  # its working days from yes to shipped
    loan_days = models.PositiveSmallIntegerField(default=28)
    renewals = models.PositiveSmallIntegerField(default=1)
    renewal_days = models.PositiveSmallIntegerField(default=14)
    hold_shelf_days = models.PositiveSmallIntegerField(default=10)
    open_requests = models.PositiveSmallIntegerField(default=10)  # that one patron may have
    approves_by_itself = models.BooleanField(default=True)
    daily_mail = models.BooleanField(default=True)  # what waits at its desks, in the morning
    ask_order = models.CharField(
        max_length=24, choices=AskOrder, default=AskOrder.NETWORK_FIRST
    )  # for what its patrons want
    answers_by_mail = models.BooleanField(default=False)  # each request, though somebody signs in
    # What it decides itself where its network has a rule that lets it: names of fields above.
    keeps_own = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"policy of {self.library_id}"
