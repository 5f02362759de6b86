"""Pages that somebody keeps up: whose each is, and when it was looked at."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from postroad.accounts.models import Post, Role, User


def today() -> date:
    return timezone.localdate()


def editors_now() -> models.Q:
    """Who may be asked to keep a page right."""
    posts = Post.objects.filter(role=Role.EDITOR).values("user")
    return models.Q(is_active=True, pk__in=posts)


class KeptUp(models.Model):
    """Somebody answers for the page, and looks it over again before a day (R14)."""

    updated_on: models.DateField[date, date] = models.DateField(
        default=today, help_text=_("Shown to readers. Change it when the content changes.")
    )
    maintainer = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        limit_choices_to=editors_now,
        verbose_name=_("owner"),
        help_text=_("Who keeps it right. Without one, all editors are reminded."),
    )
    review_by: models.DateField[date | None, date | None] = models.DateField(
        null=True,
        blank=True,
        help_text=_("On this day its owner is reminded to read it again. Readers do not see it."),
    )

    class Meta:
        abstract = True

    panels: ClassVar[list[Any]] = [
        FieldRowPanel([FieldPanel("updated_on"), FieldPanel("maintainer"), FieldPanel("review_by")])
    ]
