"""Who answers for which topic, who covers, and with what words."""

from django.db import models
from django.db.models import Q

from postroad.accounts.models import Role, User
from postroad.cases.models.case import Kind, kinds
from postroad.directory.models import Contact, Library

OFFICES = (Role.CENTRE, Role.DELIVERY)  # that answer cases


class CannedAnswer(models.Model):
    """A text that an office or a library answers with often."""

    office = models.CharField(max_length=10, choices=Role, blank=True)
    library = models.ForeignKey(
        Library, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    title = models.CharField(max_length=80)
    text = models.TextField()
    removed_at = models.DateTimeField(null=True)  # and can be put back

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(office="") ^ Q(library=None), name="a_canned_answer_is_somebodys"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Teammate(models.Model):
    """Somebody of an office: her card of contact (R16), and the account with which she works."""

    contact = models.OneToOneField(Contact, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.contact)


class Topic(models.Model):
    """What somebody may write about, and which office answers."""

    name = models.CharField(max_length=80)
    hint = models.CharField(max_length=200, blank=True)
    office = models.CharField(max_length=10, choices=[(r, r.label) for r in OFFICES])
    kind = models.CharField(max_length=10, choices=kinds, default=Kind.QUESTION)
    place = models.PositiveSmallIntegerField(default=0)  # in the list
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["place", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Duty(models.Model):
    """Whose a topic is from a day on."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="duties")
    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        verbose_name_plural = "duties"
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "since"], name="one_duty_a_topic_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.teammate_id} from {self.since}"


class Absence(models.Model):
    """Days on which somebody is not there, and who covers."""

    teammate = models.ForeignKey(Teammate, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    cover = models.ForeignKey(
        Teammate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")),
                name="absence_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(cover=None) | ~Q(cover=models.F("teammate")),
                name="nobody_covers_for_herself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teammate_id} from {self.first_day} to {self.last_day}"
