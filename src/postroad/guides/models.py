"""The public reading matter: the front page, guides and news, kept by editors in Wagtail.

Questions, alerts and boxes with live figures come beside these: as page types below the front
page, and as blocks of the body.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.search import index

from postroad import mistakes
from postroad.guides.forms import GuideForm, NewsForm, PageForm, whole

# The address is made from the title and stays, so no page asks for it.
TITLE: list[Any] = [FieldPanel("title")]
WORDS = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]


def today() -> date:
    return timezone.localdate()


class Body(blocks.StreamBlock):  # type: ignore[misc]  # Wagtail has no types
    """What a guide is made of."""

    text = blocks.RichTextBlock(features=WORDS, template="guides/_text.html")
    note = blocks.RichTextBlock(
        features=["bold", "italic", "link"],
        template="guides/_note.html",
        help_text=_("One thing that readers must not miss, in a sentence or two."),
    )

    def clean(self, value: Any) -> Any:
        """Mistakes are said in our words; a draft may still be empty."""
        if self.required and not self.is_deferred_validation and not value:
            empty = ValidationError(_("There is nothing here yet. Add some text first."))
            raise StreamBlockValidationError(non_block_errors=[empty])
        for block in self.child_blocks.values():
            mistakes.speak(block.field)
            if whole not in block.field.validators:
                block.field.validators.append(whole)
        return super().clean(value)


class FrontPage(Page):  # type: ignore[misc]  # Wagtail has no types
    """The front door: the search box first, then guides and news."""

    lead: models.CharField[str, str] = models.CharField(
        max_length=300, blank=True, help_text=_("One or two sentences under the search box.")
    )

    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []  # no schedule: nothing here would keep it
    template = "guides/front.html"
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["guides.Guides", "guides.News"]
    content_panels: ClassVar[list[Any]] = [*TITLE, FieldPanel("lead")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context(request, *args, **kwargs),
            "guides": GuidePage.objects.live().descendant_of(self).order_by("path"),
            "news": NewsPage.objects.shown().descendant_of(self)[:3],
            "all_guides": Guides.objects.live().child_of(self).first(),
            "all_news": News.objects.live().child_of(self).first(),
        }


class Guides(Page):  # type: ignore[misc]  # Wagtail has no types
    """The list of all guides."""

    intro: models.CharField[str, str] = models.CharField(max_length=300, blank=True)

    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []  # no schedule: nothing here would keep it
    template = "guides/guides.html"
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["guides.FrontPage"]
    subpage_types: ClassVar[list[str]] = ["guides.GuidePage"]
    content_panels: ClassVar[list[Any]] = [*TITLE, FieldPanel("intro")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context(request, *args, **kwargs),
            "guides": GuidePage.objects.live().child_of(self).order_by("path"),
        }


class GuidePage(Page):  # type: ignore[misc]  # Wagtail has no types
    """An answer that stays, with the day on which it was last looked over (R14)."""

    intro: models.CharField[str, str] = models.CharField(
        max_length=300, help_text=_("The answer in one or two sentences.")
    )
    body = StreamField(Body())
    updated_on: models.DateField[date, date] = models.DateField(
        default=today, help_text=_("Shown to readers. Change it when the content changes.")
    )

    base_form_class = GuideForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []  # no schedule: nothing here would keep it
    template = "guides/guide.html"
    parent_page_types: ClassVar[list[str]] = ["guides.Guides"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *TITLE,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("updated_on"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]


class News(Page):  # type: ignore[misc]  # Wagtail has no types
    """All news, newest first."""

    intro: models.CharField[str, str] = models.CharField(max_length=300, blank=True)

    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []  # no schedule: nothing here would keep it
    template = "guides/news.html"
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["guides.FrontPage"]
    subpage_types: ClassVar[list[str]] = ["guides.NewsPage"]
    content_panels: ClassVar[list[Any]] = [*TITLE, FieldPanel("intro")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context(request, *args, **kwargs),
            "news": NewsPage.objects.shown().child_of(self)[:100],
        }


class NewsPages(PageManager):  # type: ignore[misc]  # Wagtail has no types
    def shown(self) -> Any:
        """What readers see today: published, and not past its last day, newest first."""
        last = models.Q(show_until=None) | models.Q(show_until__gte=today())
        due = models.Q(expire_at=None) | models.Q(expire_at__gt=timezone.now())
        return self.live().filter(last & due).order_by("-day", "-pk")


class NewsPage(Page):  # type: ignore[misc]  # Wagtail has no types
    """Something that happened or will, of its day, and shown until it is over."""

    day: models.DateField[date, date] = models.DateField(default=today)
    show_until: models.DateField[date | None, date | None] = models.DateField(
        null=True,
        blank=True,
        help_text=_(
            "The last day on which readers see it; then it is removed automatically. Leave it "
            "empty for news that stays."
        ),
    )
    intro: models.CharField[str, str] = models.CharField(max_length=300)
    body = StreamField(Body(), blank=True)

    objects = NewsPages()

    base_form_class = NewsForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []
    template = "guides/news_item.html"
    parent_page_types: ClassVar[list[str]] = ["guides.News"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *TITLE,
        FieldRowPanel([FieldPanel("day"), FieldPanel("show_until")]),
        FieldPanel("intro"),
        FieldPanel("body"),
    ]

    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Past its last day there is no such page; an editor's preview does not come here."""
        if not NewsPage.objects.shown().filter(pk=self.pk).exists():
            raise Http404
        return super().serve(request, *args, **kwargs)
