"""People: their library card, and the posts that they hold."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from postroad.directory.models import Library


class Role(models.TextChoices):
    """What a person does here. A patron has a card instead of a post."""

    PATRON = "patron", _("patron")
    BORROWING = "borrowing", _("borrowing staff")
    LENDING = "lending", _("lending staff")
    DIRECTOR = "director", _("library director")
    CENTRE = "centre", _("ILL centre")
    DRIVER = "driver", _("driver")
    DELIVERY = "delivery", _("delivery office")
    EDITOR = "editor", _("editor")
    OPERATOR = "operator", _("operator")


AT_A_LIBRARY = frozenset({Role.BORROWING, Role.LENDING, Role.DIRECTOR})


class User(AbstractUser):
    """Somebody who signs in."""

    @cached_property
    def held(self) -> tuple["Post", ...]:
        """The posts with their libraries, by town: read once, kept as long as this object."""
        return tuple(self.posts.select_related("library").order_by("library__town", "pk"))

    def __str__(self) -> str:
        return self.get_full_name() or self.username


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


class Card(models.Model):
    """A patron's library card."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="card")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    barcode = models.CharField(max_length=30, unique=True)
    blocked = models.CharField(max_length=120, blank=True)  # why the patron may not ask; empty: may

    def __str__(self) -> str:
        return self.barcode
