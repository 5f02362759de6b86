"""People: their library card, and the posts that they hold."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from postroad import barcodes
from postroad.accounts import names
from postroad.composed import Composed
from postroad.directory.models import Library


class Role(models.TextChoices):
    """What a person does here. A patron has a card instead of a post."""

    PATRON = "patron", _("patron")
    BORROWING = "borrowing", _("borrowing staff")
    LENDING = "lending", _("lending staff")
    DIRECTOR = "director", _("library director")
    CENTRE = "centre", _("ILL center")
    DRIVER = "driver", _("driver")
    DELIVERY = "delivery", _("delivery office")
    EDITOR = "editor", _("editor")
    OPERATOR = "operator", _("operator")


AT_A_LIBRARY = frozenset({Role.BORROWING, Role.LENDING, Role.DIRECTOR})
BORROWING = frozenset({Role.BORROWING, Role.DIRECTOR})  # who may know a reader by her name
LENDING = frozenset({Role.LENDING, Role.DIRECTOR})


if TYPE_CHECKING:
    Text = models.CharField[str, str]
else:
    Text = models.CharField


class NameKey(Text):
    """The name as it is looked for, made from it at each save, also of many at once."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        first, last, username = (
            getattr(model_instance, name) for name in ("first_name", "last_name", "username")
        )
        made = names.key(f"{first} {last}".strip() or username)[: self.max_length]
        setattr(model_instance, self.attname, made)
        return made


class User(AbstractUser):
    """Somebody who signs in."""

    name_key = NameKey(max_length=320, editable=False, default="")  # names.key of the name
    invited_at = models.DateTimeField(null=True, blank=True)  # the last time; see `invitations`
    away_until = models.DateField(null=True, blank=True)  # the last day on which she is not at work

    # For which library somebody of the center acts in this visit: told by the gate of the page.
    stands_in_for: Library | None = None

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Whoever writes the name writes its key."""
        if update_fields is not None and {"first_name", "last_name", "username"} & {*update_fields}:
            update_fields = {*update_fields, "name_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @cached_property
    def held(self) -> tuple["Post", ...]:
        """The posts with their libraries, by town: read once, kept as long as this object.

        A library outside the consortium has no desk here, so nobody works at one.
        """
        posts = POSTS.find([self.pk])
        return tuple(post for post in posts if post.library is None or not post.library.is_outside)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def is_away(self, today: date) -> bool:
        return self.away_until is not None and self.away_until >= today


class Post(models.Model):
    """A role that a person fills, for one library or, without one, for the consortium."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")
    role = models.CharField(max_length=10, choices=Role)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "library"], name="one_post_a_library"),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(library=None),
                name="one_post_everywhere",
            ),
            models.CheckConstraint(
                condition=~models.Q(role__in=sorted(AT_A_LIBRARY)) | ~models.Q(library=None),
                name="work_at_a_library_names_it",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=Role.PATRON), name="a_patron_has_a_card"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} of {self.library_id}"


# Asked for at each visit: of one person, with their libraries, by town.
POSTS = Composed(
    lambda: Post.objects.select_related("library").order_by("library__town", "pk"), by="user"
)


class SavedView(models.Model):
    """A list as somebody filters it again and again, under a name of her own."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)  # of the address
    order = models.PositiveSmallIntegerField(default=0)  # its place among hers

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="one_view_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PostChange(models.Model):
    """What became of somebody's account and posts. Written by `posts` alone; it only grows."""

    class Verb(models.TextChoices):
        INVITE = "invite", _("invited")
        NOT_SENT = "not-sent", _("the mail could not be sent")
        ACCEPT = "accept", _("accepted the invitation")
        GIVE = "give", _("given")
        TAKE = "take", _("taken away")
        CHANGE = "change", _("name or e-mail address changed")
        DEACTIVATE = "deactivate", _("deactivated")
        REACTIVATE = "reactivate", _("reactivated")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=10, choices=Verb)
    role = models.CharField(max_length=10, choices=Role, blank=True)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=150, blank=True)  # a name: it stays
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="changes_of_person")]

    def __str__(self) -> str:
        return f"{self.verb} {self.role} {self.user_id}"


class CardNumber(Text):
    """The number of a card, without the gaps with which it may be printed."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        number = barcodes.plain(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, number)
        return number


class CardQuerySet(models.QuerySet["Card"]):
    def of_readers(self) -> "CardQuerySet":
        """Of people who may still sign in."""
        return self.filter(user__is_active=True).select_related("user", "library")

    def named(self, typed: str) -> "CardQuerySet":
        """Of those whose name has a word that begins so, for each word typed; none for no word."""
        wanted = names.words(typed)
        found = self if wanted else self.none()
        for word in wanted[:6]:
            found = found.filter(user__name_key__contains=f" {word}")
        return found


class Card(models.Model):
    """A patron's library card. Its number is unique in its library only, as a barcode is."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="card")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    barcode = CardNumber(max_length=30)
    blocked = models.CharField(max_length=120, blank=True)  # why the patron may not ask; empty: may
    expires = models.DateField(null=True, blank=True)  # the last day on which it is good

    objects = CardQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "barcode"], name="one_card_number_a_library")
        ]

    def __str__(self) -> str:
        return self.barcode

    def expired(self, today: date) -> bool:
        return self.expires is not None and self.expires < today

    @property
    def stopped(self) -> str:
        """Why its reader may not ask or renew today by herself; empty if she may."""
        if not self.blocked and self.expired(timezone.localdate()):
            return gettext("it has expired")
        return self.blocked


class Upload(models.Model):
    """A spreadsheet that somebody sent, from its preview until it is worked off.

    The rows of readers' data are gone once it is done, canceled, or a day old.
    """

    class Kind(models.TextChoices):
        LIBRARIES = "libraries", _("libraries")
        CARDS = "cards", _("library cards")

    class State(models.TextChoices):
        READ = "read", _("read")  # what it would change is shown
        ACCEPTED = "accepted", _("being worked off")
        DONE = "done", _("done")
        CANCELED = "canceled", _("canceled")

    kind = models.CharField(max_length=10, choices=Kind)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)  # of the file
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.READ)
    rows = models.JSONField(default=list)  # each its line, and its cells by our names of columns
    columns = models.JSONField(default=dict)  # our names of the columns: where they stand
    unknown = models.JSONField(default=list)  # headings that mean nothing to us
    total = models.PositiveIntegerField(default=0)
    worked = models.PositiveIntegerField(default=0)  # rows that were dealt with so far
    report = models.JSONField(default=dict)  # how many of what
    block_absent = models.BooleanField(default=False)  # cards that are not in the file
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["at"],
                name="uploads_to_work_off",
                condition=models.Q(state="accepted"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class ProgramKey(models.Model):
    """By which a program comes in: a sorter, or a library's own system. Only its digest is kept."""

    class May(models.TextChoices):
        SORT = "sort", _("ask where items go")
        HOLDS = "holds", _("tell of holds")

    name = models.CharField(max_length=80)
    may = models.CharField(max_length=5, choices=May)
    library = models.ForeignKey(  # whose system it is; a sorter is no library's
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    digest = models.CharField(max_length=64, unique=True)
    ends = models.CharField(max_length=4)  # its last signs, by which people tell keys apart
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["withdrawn_at", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(may="sort", library=None)
                | models.Q(may="holds", library__isnull=False),
                name="a_key_is_a_sorters_or_a_librarys",
            )
        ]

    def __str__(self) -> str:
        return self.name
