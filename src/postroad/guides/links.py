"""Links from what editors write to pages of ours."""

from typing import Any

from wagtail.rich_text.pages import PageLinkHandler

from postroad.guides.models import NewsPage


class ToWhatReadersSee(PageLinkHandler):  # type: ignore[misc]  # Wagtail has no types
    """A page that is not published, or news past its day, is named and not linked: the link would
    lead to no page. It is a link again when the page is there again."""

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, str]]) -> list[Any]:
        pages = super().get_many(attrs_list)
        news = [each.pk for each in pages if isinstance(each, NewsPage)]
        gone = set(news)
        if news:
            gone -= set(NewsPage.objects.shown().filter(pk__in=news).values_list("pk", flat=True))
        return [each if each and each.live and each.pk not in gone else None for each in pages]
