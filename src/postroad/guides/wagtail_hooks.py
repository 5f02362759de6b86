"""The editor's pages made shorter: what she comes for stands first, what we do not use is gone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from postroad.guides import looking, upkeep
from postroad.guides.links import ToWhatReadersSee
from postroad.guides.models import (
    AnswerPage,
    Answers,
    Box,
    FrontPage,
    GuidePage,
    Guides,
    News,
    NewsPage,
    Topic,
)
from postroad.guides.panels import pages_with

UNUSED = frozenset({"help"})  # Wagtail's help is about Wagtail
FEW = 5


class Start(Component):  # type: ignore[misc]  # Wagtail has no types
    """On top of the editor's first page: write, look over, see it as readers do."""

    template_name = "guides/_start.html"
    order = 10  # before all others

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        guides, news, answers = (
            Guides.objects.first(),
            News.objects.first(),
            Answers.objects.first(),
        )
        overdue, unowned = upkeep.overdue(timezone.localdate()), upkeep.unowned()
        return {
            "guides": guides,
            "news": news,
            "answers": answers,
            "front": FrontPage.objects.first(),
            "oldest": GuidePage.objects.live().order_by("updated_on", "pk")[:3],
            "write_guide": address_to_write(guides, GuidePage),
            "write_news": address_to_write(news, NewsPage),
            "write_answer": address_to_write(answers, AnswerPage),
            "overdue": overdue[:FEW],
            "unowned": unowned[:FEW],
            "more": max(len(overdue), len(unowned)) > FEW,
        }


def address_to_write(parent: Any, kind: type[GuidePage | NewsPage | AnswerPage]) -> str:
    """Where a page of this kind is begun; nothing where its list was taken away."""
    names = (kind._meta.app_label, kind._meta.model_name)
    return reverse("wagtailadmin_pages:add", args=(*names, parent.pk)) if parent else ""


def start_with_writing(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(Start())


def publish_first(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """What is written is kept by itself; the button is for what readers shall see."""
    menu_items.sort(key=lambda item: item.name != "action-publish")


def only_what_is_used(request: HttpRequest, menu_items: list[Any]) -> None:
    menu_items[:] = [item for item in menu_items if item.name not in UNUSED]


def as_readers_see_it() -> MenuItem:
    guides = reverse("guides")
    return MenuItem(_("As readers see it"), guides, name="readers", icon_name="view", order=10_000)


def to_review() -> MenuItem:
    address = reverse("guides-upkeep")
    return MenuItem(_("To review"), address, name="upkeep", icon_name="date", order=300)


def addresses() -> list[URLPattern]:
    return [path("upkeep/", upkeep.page, name="guides-upkeep")]


# What somebody else has saved meanwhile


def remember_who_was_first(request: HttpRequest, page: Any) -> None:
    """Before a page is saved: whether its newest version is one that this editor has not seen."""
    if request.method != "POST" or is_automatic(request):
        return
    seen = request.POST.get("overwrite_revision_id") or request.POST.get("loaded_revision_id")
    newest = page.latest_revision
    if seen and newest and str(newest.pk) != seen and newest.user_id != request.user.pk:
        request.saved_before = newest  # type: ignore[attr-defined]  # for `say_what_was_saved`


def say_what_was_saved(request: HttpRequest, page: Any) -> None:
    """After it: both versions are kept, and where to find the other."""
    other = getattr(request, "saved_before", None)
    if other is None or is_automatic(request):
        return
    said = gettext(
        "%(who)s saved this page at %(time)s, while you had it open. Nothing is lost: that "
        "version stands in the page's history, where the two can be compared."
    ) % {
        "who": other.user.get_full_name() or other.user if other.user else gettext("Somebody"),
        "time": date_format(timezone.localtime(other.created_at), "TIME_FORMAT").replace(
            " ", "\N{NO-BREAK SPACE}"
        ),
    }
    messages.warning(request, said)
    del request.saved_before  # type: ignore[attr-defined]  # a page that is published is edited, too


def is_automatic(request: HttpRequest) -> bool:
    """Whether the editor's page saves by itself: it asks for no page."""
    return not request.accepts("text/html")


def say_where_readers_stumble(request: HttpRequest, page: Any) -> None:
    """A page goes out whatever we think of it; but its editor hears of it."""
    if is_automatic(request):
        return
    for said in looking.over(page.specific):
        messages.warning(request, str(said))


# What several pages share


class BoxViews(SnippetViewSet):  # type: ignore[misc]
    model = Box
    icon = "clipboard-list"
    menu_label = _("Shared boxes")
    menu_order = 210
    add_to_admin_menu = True
    list_display = ("title",)


class TopicViews(SnippetViewSet):  # type: ignore[misc]
    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    menu_order = 220
    add_to_admin_menu = True
    list_display = ("name", "place")


def keep_what_is_used(request: HttpRequest, things: list[Any]) -> HttpResponse | None:
    """A box that pages hold cannot be deleted; it would leave a gap on each of them."""
    for thing in things:
        pages = pages_with(thing)
        if pages:
            said = gettext("“%(thing)s” stands on: %(pages)s. Take it out there first.")
            named = ", ".join(page.title for page in pages[:FEW])
            messages.error(request, said % {"thing": thing, "pages": named})
            return redirect(f"wagtailsnippets_guides_{thing._meta.model_name}:edit", thing.pk)
    return None


def link_to_what_readers_see(features: Any) -> None:
    features.register_link_type(ToWhatReadersSee)


register_snippet(BoxViews)
register_snippet(TopicViews)
hooks.register("construct_homepage_panels", start_with_writing)
hooks.register("construct_page_action_menu", publish_first)
hooks.register("construct_main_menu", only_what_is_used)
hooks.register("register_admin_menu_item", as_readers_see_it)
hooks.register("register_admin_menu_item", to_review)
hooks.register("register_admin_urls", addresses)
hooks.register("before_edit_page", remember_who_was_first)
hooks.register("after_edit_page", say_what_was_saved)
hooks.register("after_publish_page", say_where_readers_stumble)
hooks.register("before_delete_snippet", keep_what_is_used)
hooks.register("register_rich_text_features", link_to_what_readers_see, order=10)  # last counts
