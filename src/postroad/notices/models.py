"""What people were told: on the screen, and by mail where there is an address."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.notices import links, staff, subscribers  # noqa: F401  # tables of this app


class Kind(models.TextChoices):
    """What a notice tells. Each has a template of this name. A new one needs no migration."""

    ASKED = "asked", _("request received")
    ON_ITS_WAY = "on-its-way", _("on its way")
    WAITS = "waits", _("a library can send it later")
    NOT_YET = "not-yet", _("not ready after all")
    ARRIVED = "arrived", _("ready for pickup")
    COMES_LATER = "comes-later", _("comes later than expected")
    HELD_LONGER = "held-longer", _("held longer")
    LENT = "lent", _("checked out")
    NEW_DUE_DAY = "new-due-day", _("new due date")
    RENEWED = "renewed", _("renewed")
    NOT_RENEWED = "not-renewed", _("not renewed")
    DUE_SOON = "due-soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    DUE_CHANGED = "due-changed", _("due date changed by the lender")
    LOAN_ANSWER = "loan-answer", _("an answer about a loan")
    CANNOT_SUPPLY = "cannot-supply", _("cannot be supplied")
    CANCELLED = "cancelled", _("canceled")
    EXPIRED = "expired", _("not found in time")
    CASE_RECEIVED = "case-received", _("message received")
    CASE_ANSWERED = "case-answered", _("message answered")
    CASE_CLOSED = "case-closed", _("case closed")
    QUESTION = "question", _("a question to the reader")
    QUESTION_ANSWERED = "question-answered", _("staff: the reader answered, or did not")
    NEEDS_REVIEW = "needs-review", _("staff: needs review")
    OFFERED = "offered", _("staff: conditions to accept")
    OFFER_ACCEPTED = "offer-accepted", _("staff: conditions were accepted")
    OFFER_DECLINED = "offer-declined", _("staff: conditions were not accepted")
    LATE = "late", _("staff: late")
    UNCLAIMED = "unclaimed", _("staff: not picked up")
    UNREACHED = "unreached", _("staff: e-mail does not reach the reader")
    OVERDUE_LENT = "overdue-lent", _("staff: overdue at the borrower")
    OVERDUE_DESK = "overdue-desk", _("staff: overdue, talk to the reader")
    OVERDUE_CENTRE = "overdue-center", _("staff: overdue, to be settled")
    DESK_QUESTION = "desk-question", _("staff: a question about a loan")
    DESK_ANSWER = "desk-answer", _("staff: an answer about a loan")
    CHARGED = "charged", _("staff: a charge for a loan")
    MORNING = "morning", _("staff: to do this morning")
    NEWLY_ASKED = "newly-asked", _("staff: new requests")
    REVIEW_DUE = "review-due", _("editors: pages to be read again")
    STAFF_NOTICE = "staff-notice", _("staff: a notice to acknowledge")
    CONFIRM_UPDATES = "confirm-updates", _("updates: confirm the address")
    UPDATE = "update", _("updates: one")
    UPDATES = "updates", _("updates: several")
    UPDATES_LINK = "updates-link", _("updates: the link to change or leave them")
    CASE_OPENED = "case-opened", _("staff: new case")
    CASE_REPLIED = "case-replied", _("staff: a case has a new message")
    CASE_ASSIGNED = "case-assigned", _("staff: a case is yours")
    CASE_DUE = "case-due", _("staff: a case waits for an answer")
    STATUS_ASKED = "status-asked", _("staff: how does your library stand?")
    ASKED_TO_LEND = "asked-to-lend", _("a lender without an account: a request to answer")
    MESSAGE = "message", _("a message about a request")
    MESSAGE_TO_STAFF = "message-to-staff", _("staff: a message about a request")
    LENDER_UNREACHED = "lender-unreached", _("staff: a lender that no mail reaches")
    COPY_READY = "copy-ready", _("a copy is here")
    COPY_TAKEN_BACK = "copy-taken-back", _("a copy was taken back")
    COPY_REJECTED = "copy-rejected", _("staff: a copy cannot be used")
    COPY_CODE = "copy-code", _("the code that opens a copy")
    COPIES_MISSING = "copies-missing", _("staff: files of copies are missing")
    LINKS_DEAD = "links-dead", _("staff: links to licensed resources are dead")
    HARVEST_FAILED = "harvest-failed", _("staff: records of a library do not come")
    HARVEST_ASKS = "harvest-asks", _("staff: may a library's copies be taken away?")
    FUNDING_ENDS = "funding-ends", _("staff: nobody pays for e-resources any more")
    FUNDING_STAYS = "funding-stays", _("staff: e-resources go on after all")
    RESOURCE_ENDS = "resource-ends", _("staff: e-resources end soon")
    VAN_DELAY = "van-delay", _("staff: the van is late or does not come")
    VAN_AGAIN = "van-again", _("staff: the van comes again")


FOR_STAFF = frozenset(
    {
        Kind.QUESTION_ANSWERED,
        Kind.NEEDS_REVIEW,
        Kind.OFFERED,
        Kind.OFFER_ACCEPTED,
        Kind.OFFER_DECLINED,
        Kind.LATE,
        Kind.UNCLAIMED,
        Kind.UNREACHED,
        Kind.OVERDUE_LENT,
        Kind.OVERDUE_DESK,
        Kind.OVERDUE_CENTRE,
        Kind.DESK_QUESTION,
        Kind.DESK_ANSWER,
        Kind.CHARGED,
        Kind.COPY_REJECTED,
        Kind.MORNING,
        Kind.NEWLY_ASKED,
        Kind.REVIEW_DUE,
        Kind.STAFF_NOTICE,
        Kind.CASE_OPENED,
        Kind.CASE_REPLIED,
        Kind.CASE_ASSIGNED,
        Kind.CASE_DUE,
        Kind.STATUS_ASKED,
        Kind.LENDER_UNREACHED,
        Kind.MESSAGE_TO_STAFF,
        Kind.COPIES_MISSING,
        Kind.LINKS_DEAD,
        Kind.HARVEST_FAILED,
        Kind.HARVEST_ASKS,
        Kind.FUNDING_ENDS,
        Kind.FUNDING_STAYS,
        Kind.RESOURCE_ENDS,
        Kind.VAN_DELAY,
        Kind.VAN_AGAIN,
    }
)
OF_CASES = frozenset(
    {
        Kind.CASE_RECEIVED,
        Kind.CASE_ANSWERED,
        Kind.CASE_CLOSED,
        Kind.CASE_OPENED,
        Kind.CASE_REPLIED,
        Kind.CASE_ASSIGNED,
        Kind.CASE_DUE,
    }
)
OF_UPDATES = frozenset({Kind.CONFIRM_UPDATES, Kind.UPDATE, Kind.UPDATES, Kind.UPDATES_LINK})


def kinds() -> Sequence[tuple[str, str | Promise]]:
    return Kind.choices


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address of somebody without an account, and the name that they gave (RFC 5322)."""

    email: str
    name: str = ""


class NoticeQuerySet(models.QuerySet["Notice"]):
    def to_person(self, user: User) -> "NoticeQuerySet":
        return self.filter(user=user)

    def at(self, library: Library) -> "NoticeQuerySet":
        return self.filter(library=library)

    def at_office(self, role: Role) -> "NoticeQuerySet":
        return self.filter(office=role)

    def to_mailbox(self, mailbox: Mailbox) -> "NoticeQuerySet":
        return self.filter(address=address_key(mailbox.email)).exclude(address="")

    def to_somebody(self) -> "NoticeQuerySet":
        """Those to a person, with an account or without; not to a desk or an office."""
        return self.filter(Q(user__isnull=False) | ~Q(address=""))

    def of_request(self, ref: str) -> "NoticeQuerySet":
        return self.filter(about=links.of_request(ref))

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def unmailed(self) -> "NoticeQuerySet":
        """Letters that have yet to leave: for the first time, or once more after a failure."""
        return self.filter(mail_due_at__isnull=False)

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
                | (~Q(address="") & Exists(later.filter(address=OuterRef("address"))))
            )
        )


def address_key(typed: str) -> str:
    """By which an address is compared."""
    return typed.strip().lower()[:254]


class Notice(models.Model):
    """One telling of one thing to one recipient: a person, a library's desk, an office, or an
    address without an account.

    It follows from one thing, which `source` and `source_key` name: an event ("ill.event", its
    key), a day ("desk", "2026-11-23 07"), a closure. Of that each recipient is told once. What it
    is `about` ("request:4K7Q2M9A", "library:LEE") says where it leads, when it is over, and with
    what it is forgotten; it points at no table, so a notice may be about anything.
    """

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    library = models.ForeignKey(Library, null=True, on_delete=models.CASCADE, related_name="+")
    office = models.CharField(max_length=10, choices=Role, blank=True)  # all who hold this role
    address = models.CharField(max_length=254, blank=True)  # who has no account: `address_key`
    name = models.CharField(max_length=100, blank=True)  # that goes with the address

    source = models.CharField(max_length=40)
    source_key = models.CharField(max_length=60)
    kind = models.CharField(max_length=24, choices=kinds)
    about = models.CharField(max_length=60, blank=True)  # links.PAGES
    link = models.CharField(max_length=500, blank=True)  # a path that bears a signed token
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    reply_to = models.CharField(max_length=1000, blank=True)
    leave = models.CharField(max_length=500, blank=True)  # the path that ends such mail: RFC 8058
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
            models.Index(fields=["about"], name="notice_about"),
            models.Index(fields=["address"], name="notice_address", condition=~Q(address="")),
            models.Index(fields=["made_at"], name="notice_to_address", condition=~Q(address="")),
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
                fields=["source", "source_key", "kind", "user"],
                condition=Q(user__isnull=False),
                name="a_person_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key", "kind", "library"],
                condition=Q(library__isnull=False),
                name="a_library_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key", "kind", "office"],
                condition=~Q(office=""),
                name="an_office_is_told_once",
            ),
            models.UniqueConstraint(
                fields=["source", "source_key", "kind", "address"],
                condition=~Q(address=""),
                name="an_address_is_told_once",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, library=None, office="", address="")
                | Q(user=None, library__isnull=False, office="", address="")
                | (Q(user=None, library=None, address="") & ~Q(office=""))
                | (Q(user=None, library=None, office="") & ~Q(address="")),
                name="a_notice_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(source_key=""),
                name="a_notice_follows_from_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def ref(self) -> str:
        """The number of the request that it is about, if it is about one."""
        return links.request(self.about)

    @property
    def may_be_out(self) -> bool:
        """Its letter left, or was handed to a server of which we have no word yet."""
        return bool(self.mailed_at or self.mail_begun_at)

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
    bounces = models.PositiveIntegerField(default=1)  # letters that came back or were refused

    class Meta:
        verbose_name_plural = "dead addresses"

    def __str__(self) -> str:
        return self.address
