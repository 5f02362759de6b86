"""What two parties write to each other about a request: a thread without a case.

Nobody has to answer by a day or close it; what must be decided is a case, or a question.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.cases.lifecycle import Side
from postroad.cases.models.threads import Message, Thread
from postroad.telling import Told


class Talk(models.Model):
    """The thread of two parties about one thing, with the read mark of each side."""

    thread = models.OneToOneField(
        Thread, primary_key=True, on_delete=models.CASCADE, related_name="talk"
    )
    about = models.CharField(max_length=60)  # "request:4K7Q2M9A"
    parties = models.CharField(max_length=60)  # the key of its two parties: one talk of theirs
    heard_at = models.DateTimeField()  # when somebody last wrote
    asker_unread = models.BooleanField(default=False)
    answerer_unread = models.BooleanField(default=False)
    asker_read_at = models.DateTimeField(null=True)
    answerer_read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["heard_at"],
                name="talk_unread",
                condition=models.Q(asker_unread=True) | models.Q(answerer_unread=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["about", "parties"], name="one_talk_of_two_parties"),
        ]

    def __str__(self) -> str:
        return f"talk {self.pk} about {self.about}"

    def is_unread_by(self, side: Side) -> bool:
        return self.asker_unread if side == Side.ASKER else self.answerer_unread

    @property
    def read_at(self) -> dict[Side, object]:
        """Until when each side has read it."""
        return {Side.ASKER: self.asker_read_at, Side.ANSWERER: self.answerer_read_at}


class TalkEvent(Told):
    """Somebody wrote: the other side hears of it."""

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="events")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=8, choices=[(s, s) for s in Side])
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta(Told.Meta):
        verbose_name = _("message about a request")

    def of_what(self) -> str:
        return f"talk with key {self.talk_id}"
