"""What people were told: on the screen, and by mail where there is an address."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.ill.models import Event
from postroad.notices import links


class Kind(models.TextChoices):
    """What a notice tells. Each has three templates of this name."""

    ASKED = "asked", _("request received")
    ON_ITS_WAY = "on-its-way", _("on its way")
    NOT_YET = "not-yet", _("not ready after all")
    ARRIVED = "arrived", _("ready for pickup")
    HELD_LONGER = "held-longer", _("held longer")
    LENT = "lent", _("checked out")
    NEW_DUE_DAY = "new-due-day", _("new due date")
    RENEWED = "renewed", _("renewed")
    NOT_RENEWED = "not-renewed", _("not renewed")
    DUE_SOON = "due-soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    CANNOT_SUPPLY = "cannot-supply", _("cannot be supplied")
    CANCELLED = "cancelled", _("canceled")
    EXPIRED = "expired", _("not found in time")
    NEEDS_REVIEW = "needs-review", _("staff: needs review")
    LATE = "late", _("staff: late")
    UNCLAIMED = "unclaimed", _("staff: not picked up")
    UNREACHED = "unreached", _("staff: e-mail does not reach the reader")
    OVERDUE_LENT = "overdue-lent", _("staff: overdue at the borrower")
    MORNING = "morning", _("staff: to do this morning")
    NEWLY_ASKED = "newly-asked", _("staff: new requests")


FOR_STAFF = frozenset(
    {
        Kind.NEEDS_REVIEW,
        Kind.LATE,
        Kind.UNCLAIMED,
        Kind.UNREACHED,
        Kind.OVERDUE_LENT,
        Kind.MORNING,
        Kind.NEWLY_ASKED,
    }
)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def to_person(self, user: User) -> "NoticeQuerySet":
        return self.filter(user=user)

    def at(self, library: Library) -> "NoticeQuerySet":
        return self.filter(library=library)

    def at_office(self, role: Role) -> "NoticeQuerySet":
        return self.filter(office=role)

    def of_source(self, source: str) -> "NoticeQuerySet":
        """Those that follow from this, and from no event; as the partial indexes want it said."""
        return self.filter(source=source).exclude(source="")

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def unmailed(self) -> "NoticeQuerySet":
        """Letters that have yet to leave: for the first time, or once more after a failure."""
        return self.filter(mail_due_at__isnull=False)

    def perhaps_mailed(self) -> "NoticeQuerySet":
        """Letters that are out, and those handed to a server of which we have no word yet."""
        return self.filter(Q(mailed_at__isnull=False) | Q(mail_begun_at__isnull=False))

    def failed(self) -> "NoticeQuerySet":
        """Letters given up, until a later one to the same recipient has left."""
        later = Notice.objects.filter(made_at__gt=OuterRef("made_at"), mailed_at__isnull=False)
        return (
            self.filter(mail_due_at=None, mailed_at=None)
            .exclude(mail_trouble="")
            .exclude(
                Exists(later.filter(user=OuterRef("user")))
                | Exists(later.filter(library=OuterRef("library")))
                | (~Q(office="") & Exists(later.filter(office=OuterRef("office"))))
            )
        )


class Notice(models.Model):
    """One telling of one thing to one recipient: a person, a library's staff, or an office.

    It follows from the event of a request, or from something else: a day, a closure. `source` and
    `source_key` name that ("morning", "2026-11-23"), and one source is told once, as one event is.
    """

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    library = models.ForeignKey(Library, null=True, on_delete=models.CASCADE, related_name="+")
    office = models.CharField(max_length=10, choices=Role, blank=True)  # all who hold this role
    event = models.ForeignKey(Event, null=True, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=40, blank=True)
    source_key = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=24, choices=Kind)
    ref = models.CharField(max_length=8, blank=True)  # of the request, if about one
    about = models.CharField(max_length=40, blank=True)  # what else it leads to: links.PAGES
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    mail_to = models.CharField(max_length=1000, blank=True)  # as typed: notices/addresses.py reads
    mail_due_at = models.DateTimeField(null=True)  # when it may be tried; later while in work
    mail_begun_at = models.DateTimeField(null=True)  # handed to a server, whose word we await
    mailed_at = models.DateTimeField(null=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_trouble = models.CharField(max_length=300, blank=True)  # of the last try

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-made_at"], name="notice_person"),
            models.Index(fields=["library", "-made_at"], name="notice_library"),
            models.Index(fields=["ref"], name="notice_request"),
            models.Index(
                fields=["mail_due_at"],
                name="notice_unmailed",
                condition=Q(mail_due_at__isnull=False),
            ),
            models.Index(
                fields=["-made_at"],
                name="notice_mail_trouble",
                condition=~Q(mail_trouble="") & Q(mailed_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind", "user"],
                condition=Q(user__isnull=False, event__isnull=False),
                name="a_person_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["event", "kind", "library"],
                condition=Q(library__isnull=False, event__isnull=False),
                name="a_library_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["event", "kind", "office"],
                condition=~Q(office="") & Q(event__isnull=False),
                name="an_office_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key", "kind", "user"],
                condition=Q(user__isnull=False) & ~Q(source=""),
                name="a_person_is_told_once_of_a_source",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key", "kind", "library"],
                condition=Q(library__isnull=False) & ~Q(source=""),
                name="a_library_is_told_once_of_a_source",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key", "kind", "office"],
                condition=~Q(office="") & ~Q(source=""),
                name="an_office_is_told_once_of_a_source",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, library=None, office="")
                | Q(user=None, library__isnull=False, office="")
                | (Q(user=None, library=None) & ~Q(office="")),
                name="a_notice_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(event__isnull=False, source="") | (Q(event=None) & ~Q(source="")),
                name="a_notice_follows_from_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def leads_to(self) -> str:
        return links.path(self)


class DeadAddress(models.Model):
    """An address to which no mail can go: it cannot be written, or a server refused it for good.

    Kept by itself, without whom it belongs to or what was sent, until a letter to it has left.
    """

    address = models.CharField(max_length=254, unique=True)  # in lower case
    said = models.CharField(max_length=300)
    since = models.DateTimeField()

    class Meta:
        verbose_name_plural = "dead addresses"

    def __str__(self) -> str:
        return self.address
