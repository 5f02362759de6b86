"""What the pages of the web offer to editors: names of live boxes, the collections, and the way to
announce a page once more."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from postroad.catalogue import collections
from postroad.catalogue.models import Collection
from postroad.directory.models import Library
from postroad.guides import announcing, live
from postroad.guides.forms import SnippetForm
from postroad.web.templatetags.boxes import choices

FEW = 12


class CollectionForm(SnippetForm):
    """A location is one at which the library has copies: a name that differs by a letter would be
    a collection with nothing in it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "library" in self.fields:
            chosen: Any = self.fields["library"]
            chosen.queryset = Library.objects.members()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        library, location = cleaned.get("library"), cleaned.get("location")
        if library and location:
            known = collections.locations(library)
            if location not in known:
                self.add_error("location", said_of(library, known))
        return cleaned


def said_of(library: Library, known: list[str]) -> ValidationError:
    if not known:
        return ValidationError(
            _("The copies of %(library)s are at no location with a name. Leave it empty.")
            % {"library": library}
        )
    return ValidationError(
        _("%(library)s has no copy at a location of this name. It has these: %(locations)s.")
        % {"library": library, "locations": "; ".join(known[:FEW])}
    )


class CollectionViews(SnippetViewSet):  # type: ignore[misc]  # Wagtail has no types
    model = Collection
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Collections")
    menu_order = 230
    add_to_admin_menu = True
    list_display = ("name", "library", "location")
    panels = (
        FieldPanel("name"),
        FieldPanel("slug", help_text=gettext_lazy("Its address: /collections/ and this.")),
        FieldPanel("library"),
        FieldPanel(
            "location",
            help_text=gettext_lazy(
                "As the library's records have it. Empty: all that the library owns."
            ),
        ),
        FieldPanel("about", help_text=gettext_lazy("One sentence under its name.")),
        FieldPanel(
            "lending",
            heading=gettext_lazy("Borrowing from it"),
            help_text=gettext_lazy("Who may borrow, and how; a paragraph on each line."),
        ),
    )

    def get_form_class(self, for_update: bool = False) -> Any:
        return self.get_edit_handler().get_form_class()

    def get_edit_handler(self) -> Any:
        handler = super().get_edit_handler()
        handler.base_form_class = CollectionForm
        return handler


def announce_again(page: Any, user: Any, **_rest: Any) -> Iterator[Button]:
    """What is published may be announced once more (R15); an edit is not."""
    if page.live and page.specific_class in announcing.KINDS:
        address = reverse("office-announce", args=[page.pk])
        label = gettext_lazy("Announce again")
        yield Button(label, address, icon_name="mail", priority=60)


hooks.register(live.HOOK, choices)
hooks.register("register_page_header_buttons", announce_again)
register_snippet(CollectionViews)
