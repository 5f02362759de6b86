"""What the editor's form says beside its fields."""

from typing import Any

from django.utils.functional import cached_property
from wagtail.admin.panels import Panel
from wagtail.models import Page, ReferenceIndex

from postroad.guides import looking


class Stumbles(Panel):  # type: ignore[misc]  # Wagtail has no types
    """Where readers might stumble over what was saved last. It warns, and holds up nobody."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "guides/_stumbles.html"

        @cached_property
        def found(self) -> list[str]:
            return [str(each) for each in looking.over(self.instance)] if self.instance.pk else []

        def is_shown(self) -> bool:
            return super().is_shown() and bool(self.found)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {**super().get_context_data(parent_context), "found": self.found}


class UsedOn(Panel):  # type: ignore[misc]
    """The pages that change with this box."""

    class BoundPanel(Panel.BoundPanel):  # type: ignore[misc]
        template_name = "guides/_used_on.html"

        def is_shown(self) -> bool:
            return super().is_shown() and self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            pages = pages_with(self.instance)
            return {**super().get_context_data(parent_context), "pages": pages}


def pages_with(thing: Any) -> list[Any]:
    """The pages that hold a box or a topic, by title."""
    used = ReferenceIndex.get_references_to(thing).filter(
        base_content_type__app_label="wagtailcore", base_content_type__model="page"
    )
    keys = set(map(int, used.values_list("object_id", flat=True)))
    return list(Page.objects.filter(pk__in=keys).order_by("title", "pk"))
