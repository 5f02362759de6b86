"""The public reading matter: the front page, guides, answers and news, kept by editors in Wagtail.

What a page is made of stands in `blocks.py`. A box with live figures is a name here; what it shows
is known further up.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, PublishingPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager, PreviewableMixin, RevisionMixin
from wagtail.search import index

from postroad.guides.blocks import Body, Plain
from postroad.guides.forms import GuideForm, NewsForm, PageForm, SnippetForm
from postroad.guides.kept_up import KeptUp, today
from postroad.guides.panels import Stumbles, UsedOn
from postroad.telling import Told

# The address is made from the title and stays, so no page asks for it.
TITLE: list[Any] = [Stumbles(), FieldPanel("title")]
SCHEDULE: list[Any] = [PublishingPanel()]
A_PAGE = 60


class FrontPage(Page):  # type: ignore[misc]  # Wagtail has no types
    """The front door: the search box first, then the ways to get a thing, guides and news."""

    lead: models.CharField[str, str] = models.CharField(
        max_length=300, blank=True, help_text=_("One or two sentences under the search box.")
    )
    body = StreamField(Body(required=False), blank=True)

    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []  # no schedule: there is always a front door
    template = "guides/front.html"
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["guides.Guides", "guides.News", "guides.Answers"]
    content_panels: ClassVar[list[Any]] = [*TITLE, FieldPanel("lead"), FieldPanel("body")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        lists = Page.objects.live().child_of(self).order_by("path")
        return {
            **super().get_context(request, *args, **kwargs),
            "guides": GuidePage.objects.live()
            .filter(depth=TOP_GUIDE)
            .defer("body")
            .order_by("path")[:FEW],
            "news": NewsPage.objects.shown()[:3],
            "answers": AnswerPage.objects.live().order_by("path")[:5],
            "lists": {each.slug: each for each in lists},
        }


class ListPage(Page):  # type: ignore[misc]  # Wagtail has no types
    """What the lists of guides, answers and news have in common."""

    intro: models.CharField[str, str] = models.CharField(max_length=300, blank=True)

    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []  # no schedule: the navigation leads here
    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["guides.FrontPage"]
    content_panels: ClassVar[list[Any]] = [*TITLE, FieldPanel("intro")]

    class Meta:
        abstract = True


class Guides(ListPage):
    """The list of all guides."""

    template = "guides/guides.html"
    subpage_types: ClassVar[list[str]] = ["guides.GuidePage"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        order = models.Case(*(models.When(kind=kind, then=n) for n, kind in enumerate(GuideKind)))
        every = GuidePage.objects.live().child_of(self).defer("body").order_by(order, "path")
        page = Paginator(every, A_PAGE).get_page(request.GET.get("page"))
        kinds = groupby(page.object_list, key=lambda guide: GuideKind(guide.kind).heading)
        return {
            **super().get_context(request, *args, **kwargs),
            "listed": page,
            "kinds": [(heading, list(guides)) for heading, guides in kinds],
        }


class GuideKind(models.TextChoices):
    GUIDE = "guide", _("guide")
    SERVICE = "service", _("service or partner")
    POLICY = "policy", _("policy")

    @property
    def heading(self) -> Promise:
        return HEADINGS[self]


HEADINGS: dict[GuideKind, Promise] = {
    GuideKind.GUIDE: _("How it works"),
    GuideKind.SERVICE: _("Services and partners"),
    GuideKind.POLICY: _("Policies"),
}


class GuidePage(KeptUp, Page):  # type: ignore[misc]  # Wagtail has no types
    """A text that stays. The guides below it are its tabs, and have none themselves."""

    kind: models.CharField[str, str] = models.CharField(
        max_length=8,
        choices=GuideKind,
        default=GuideKind.GUIDE,
        help_text=_("Under which heading it stands in the list of guides. A tab has none."),
    )
    intro: models.CharField[str, str] = models.CharField(
        max_length=300, help_text=_("The answer in one or two sentences.")
    )
    body = StreamField(Body())

    objects: ClassVar[Any] = PageManager()

    base_form_class = GuideForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = SCHEDULE
    template = "guides/guide.html"
    parent_page_types: ClassVar[list[str]] = ["guides.Guides", "guides.GuidePage"]
    subpage_types: ClassVar[list[str]] = ["guides.GuidePage"]
    content_panels: ClassVar[list[Any]] = [
        *TITLE,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("kind"),
        *KeptUp.panels,
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]

    @classmethod
    def can_exist_under(cls, parent: Any) -> bool:
        """A tab has no tabs: readers would lose their way."""
        return super().can_exist_under(parent) and not is_tab(parent.specific)

    @property
    def what_it_is(self) -> Promise:
        return GuideKind(self.kind).label

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        return "guides/whole.html" if WHOLE in request.GET else super().get_template(request)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        guide = self.get_parent().specific if is_tab(self) else self
        tabs = list(GuidePage.objects.live().child_of(guide).order_by("path")) if guide.pk else []
        return {
            **super().get_context(request, *args, **kwargs),
            "guide": guide,
            "tabs": tabs,
        }


FEW = 8  # guides on the front page; their list has all
WHOLE = "whole"  # in the address: all of a guide on one page, to be printed


def is_tab(page: Any) -> bool:
    return isinstance(page, GuidePage) and page.depth > TOP_GUIDE


TOP_GUIDE = 4  # the root, the front page, the list of guides, and then a guide


class Topic(models.Model):
    """What answers are about."""

    name: models.CharField[str, str] = models.CharField(max_length=60, unique=True)
    place: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField(
        default=0, help_text=_("Topics with a lower number stand first.")
    )

    base_form_class = SnippetForm
    panels: ClassVar[list[Any]] = [FieldPanel("name"), FieldPanel("place")]

    class Meta:
        ordering: ClassVar[list[str]] = ["place", "name"]

    def __str__(self) -> str:
        return self.name

    def answers(self) -> Any:
        """What readers may see of it."""
        return AnswerPage.objects.live().filter(topic=self).order_by("path")


class Answers(ListPage):
    """All questions with their answers, by topic."""

    template = "guides/answers.html"
    subpage_types: ClassVar[list[str]] = ["guides.AnswerPage"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        found = AnswerPage.objects.live().child_of(self).select_related("topic").order_by("path")
        topics: dict[Topic | None, list[AnswerPage]] = {}
        for answer in found:
            topics.setdefault(answer.topic, []).append(answer)
        named = sorted((each for each in topics if each), key=lambda each: (each.place, each.name))
        order = [*named, *([None] if None in topics else [])]
        return {
            **super().get_context(request, *args, **kwargs),
            "topics": [(topic, topics[topic]) for topic in order],
        }


class AnswerPage(KeptUp, Page):  # type: ignore[misc]  # Wagtail has no types
    """A question as people ask it, and its answer."""

    intro: models.CharField[str, str] = models.CharField(
        max_length=300, verbose_name=_("answer"), help_text=_("In one or two sentences.")
    )
    body = StreamField(
        Body(required=False), blank=True, help_text=_("More, for those who want to know.")
    )
    what_it_is = _("answer")
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[Any] = PageManager()

    base_form_class = PageForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = SCHEDULE
    template = "guides/answer.html"
    parent_page_types: ClassVar[list[str]] = ["guides.Answers"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        Stumbles(),
        FieldPanel("title", heading=_("Question")),
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("topic"),
        *KeptUp.panels,
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
    ]


class Box(PreviewableMixin, RevisionMixin, models.Model):  # type: ignore[misc]
    """Written once, shown on every page that holds it."""

    title: models.CharField[str, str] = models.CharField(max_length=100)
    body = StreamField(Plain())

    base_form_class = SnippetForm
    panels: ClassVar[list[Any]] = [UsedOn(), FieldPanel("title"), FieldPanel("body")]

    class Meta:
        verbose_name_plural = "boxes"
        ordering: ClassVar[list[str]] = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "guides/box_preview.html"


class News(ListPage):
    """All news, newest first."""

    template = "guides/news.html"
    subpage_types: ClassVar[list[str]] = ["guides.NewsPage"]

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

    what_it_is = _("news")
    objects = NewsPages()

    base_form_class = NewsForm
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = SCHEDULE
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
        index.FilterField("show_until"),
        index.FilterField("expire_at"),
    ]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Past its last day there is no such page; an editor's preview does not come here."""
        if not NewsPage.objects.shown().filter(pk=self.pk).exists():
            raise Http404
        return super().serve(request, *args, **kwargs)


class Announcement(Told):
    """A page that readers shall hear of: published for the first time, or announced again (R15)."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    first = models.BooleanField()
    by = models.CharField(max_length=150, blank=True)  # a name: it stays

    class Meta(Told.Meta):
        verbose_name = _("announcement")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["page"], condition=models.Q(first=True), name="announced_first_once"
            )
        ]

    def of_what(self) -> str:
        return f"page {self.page_id}"
