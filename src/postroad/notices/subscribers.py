"""Tables of e-mail updates: who gets them and about what, what was published, whose mail came back.

A subscriber is nobody's account: no row here points at a person. All of it is deleted when they
leave. What somebody typed who has not confirmed it stays in `Signup` for some days, and then goes.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    AT_ONCE = "at-once", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")


class Subscriber(models.Model):
    """An address that was confirmed. `secret` is what their links are signed for."""

    email = models.CharField(max_length=254, unique=True)  # as `address_key` writes it
    secret = models.CharField(max_length=22, unique=True)
    frequency = models.CharField(max_length=8, choices=Frequency, default=Frequency.AT_ONCE)
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"subscriber {self.pk}"  # no log and no page says whose address it is


class Interest(models.Model):
    """What a subscriber wants to hear of: a word of `topics.py`. It points at no table."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="interests")
    topic = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "topic"], name="one_interest_a_topic")
        ]
        indexes = [models.Index(fields=["topic"], name="interest_topic")]

    def __str__(self) -> str:
        return self.topic


class Signup(models.Model):
    """What was asked for and not confirmed yet. That nobody else may have typed the address is
    known once somebody presses the button behind the link that was sent there."""

    email = models.CharField(max_length=254, db_index=True)
    secret = models.CharField(max_length=22, unique=True)
    frequency = models.CharField(max_length=8, choices=Frequency)
    topics = models.JSONField()
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"signup {self.pk}"


class LinkAsked(models.Model):
    """Somebody typed this address to be sent their link again. The job looks whether the address is
    known: the page, which anybody may ask, does the same for any."""

    email = models.CharField(max_length=254, db_index=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"link asked for {self.pk}"


class Bulletin(models.Model):
    """One piece of news for subscribers and feeds: a page that was published, a library closed."""

    source = models.CharField(max_length=40)  # as a notice has it: "guides.announcement", 17
    source_key = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=400, blank=True)
    path = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="published_once")
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="bulletin_newest")]

    def __str__(self) -> str:
        return self.title


class BulletinTopic(models.Model):
    """What a bulletin is about, and so who hears of it."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="topics")
    topic = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "bulletin"], name="one_topic_a_bulletin")
        ]

    def __str__(self) -> str:
        return self.topic


class Alert(models.Model):
    """One subscriber hears of one bulletin. The row stays when its letter was written, since it is
    what keeps them from hearing it again."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="alerts")
    bulletin = models.ForeignKey(Bulletin, on_delete=models.CASCADE, related_name="alerts")
    due_at = models.DateTimeField(null=True)  # when it is written; None: it was

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "bulletin"], name="heard_once")
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="alert_due",
                condition=models.Q(due_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.bulletin_id} for {self.subscriber_id}"


class Bounce(models.Model):
    """One letter that came back from one address, for good."""

    address = models.CharField(max_length=254)  # as `address_key` writes it
    letter = models.CharField(max_length=120)  # its Message-ID
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address", "letter"], name="a_letter_comes_back_once")
        ]

    def __str__(self) -> str:
        return self.letter
