"""The editor's pages made shorter: what she comes for stands first, what we do not use is gone."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.images.wagtail_hooks import ImagesSummaryItem

from postroad.guides.models import FrontPage, GuidePage, Guides, News, NewsPage

UNUSED = frozenset({"images", "help"})  # no page shows a picture; Wagtail's help is about Wagtail


class Start(Component):  # type: ignore[misc]  # Wagtail has no types
    """On top of the editor's first page: write, look over, see it as readers do."""

    template_name = "guides/_start.html"
    order = 10  # before all others

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        guides, news = Guides.objects.first(), News.objects.first()
        return {
            "guides": guides,
            "news": news,
            "front": FrontPage.objects.first(),
            "oldest": GuidePage.objects.live().order_by("updated_on")[:3],
            "write_guide": address_to_write(guides, GuidePage),
            "write_news": address_to_write(news, NewsPage),
        }


def address_to_write(parent: Guides | News | None, kind: type[GuidePage | NewsPage]) -> str:
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


def no_count_of_pictures(request: HttpRequest, items: list[Any]) -> None:
    items[:] = [item for item in items if not isinstance(item, ImagesSummaryItem)]


def as_readers_see_it() -> MenuItem:
    guides = reverse("guides")
    return MenuItem(_("As readers see it"), guides, name="readers", icon_name="view", order=10_000)


hooks.register("construct_homepage_panels", start_with_writing)
hooks.register("construct_page_action_menu", publish_first)
hooks.register("construct_main_menu", only_what_is_used)
hooks.register("construct_homepage_summary_items", no_count_of_pictures)
hooks.register("register_admin_menu_item", as_readers_see_it)
