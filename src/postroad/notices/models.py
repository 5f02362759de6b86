"""What people were told: on the screen, and by mail where there is an address."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.ill.models import Event


class Kind(models.TextChoices):
    """What a notice tells. Each has three templates of this name."""

    ASKED = "asked", _("we have it")
    ON_ITS_WAY = "on-its-way", _("on its way")
    NOT_YET = "not-yet", _("not yet after all")
    ARRIVED = "arrived", _("come and fetch it")
    LENT = "lent", _("yours until")
    RENEWED = "renewed", _("renewed")
    NOT_RENEWED = "not-renewed", _("not renewed")
    DUE_SOON = "due-soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    CANNOT_SUPPLY = "cannot-supply", _("cannot be supplied")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("not found in time")
    NEEDS_REVIEW = "needs-review", _("staff: needs you")
    LATE = "late", _("staff: late")
    UNCLAIMED = "unclaimed", _("staff: nobody came for it")


FOR_STAFF = frozenset({Kind.NEEDS_REVIEW, Kind.LATE, Kind.UNCLAIMED})


class NoticeQuerySet(models.QuerySet["Notice"]):
    def to_person(self, user: User) -> "NoticeQuerySet":
        return self.filter(user=user)

    def at(self, library: Library) -> "NoticeQuerySet":
        return self.filter(library=library)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One telling of one thing to one recipient: a person, or a library's staff."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    library = models.ForeignKey(Library, null=True, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    ref = models.CharField(max_length=8)  # of the request
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    mail_to = models.EmailField(blank=True)
    mail_due_at = models.DateTimeField(null=True)  # when it may be tried; later while in work
    mailed_at = models.DateTimeField(null=True)
    mail_trouble = models.CharField(max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-made_at"], name="notice_person"),
            models.Index(fields=["library", "-made_at"], name="notice_library"),
            models.Index(
                fields=["mail_due_at"],
                name="notice_unmailed",
                condition=Q(mail_due_at__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind", "user"],
                condition=Q(user__isnull=False),
                name="a_person_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["event", "kind", "library"],
                condition=Q(library__isnull=False),
                name="a_library_is_told_once",
            ),
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(library=None), name="a_notice_has_one_recipient"
            ),
        ]

    def __str__(self) -> str:
        return self.subject
