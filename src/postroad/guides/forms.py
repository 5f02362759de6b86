"""The forms in which an editor writes pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.forms.pages import WagtailAdminPageForm
from wagtail.admin.rich_text import DraftailRichTextArea

from postroad.directory import thresholds
from postroad.form_errors import InOurWords
from postroad.guides import values


class PageForm(InOurWords, WagtailAdminPageForm):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's, and what it says of a mistake is in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("intro", "lead"):
            if name in self.fields:
                self.fields[name].validators.append(values_are_known)


class SnippetForm(InOurWords, WagtailAdminModelForm):  # type: ignore[misc]
    """The same for what pages share."""


class GuideForm(PageForm):
    """A new guide begins with an empty text: there is no looking for where to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not self.is_bound:
            body: Any = self.fields["body"]
            self.initial["body"] = body.block.to_python([{"type": "text", "value": ""}])


class NewsForm(PageForm):
    """News is not over before its own day."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day, last = cleaned.get("day"), cleaned.get("show_until")
        if day is not None and last is not None and last < day:
            self.add_error(
                "show_until", _("Choose the date of the news or a later one, or leave it empty.")
            )
        return cleaned


UNREADABLE = "<p data-unreadable></p>"  # in the place of a text; the editor itself never makes it


def whole(text: str) -> None:
    """Refuse a text that did not arrive as the editor sends it."""
    if text == UNREADABLE:
        raise ValidationError(_("This text did not arrive complete. Type it again, or paste it."))


def values_are_known(text: Any) -> None:
    """Refuse the name of a number that nobody agreed on: readers would see no number at all."""
    for name in values.named(str(getattr(text, "source", text))):
        if name not in thresholds.DEFAULTS:
            said = _("There is no number called [[%(name)s]]. These can be used: %(all)s.")
            known = ", ".join(sorted(thresholds.DEFAULTS))
            raise ValidationError(said % {"name": name[:40], "all": known})


class RichText(DraftailRichTextArea):  # type: ignore[misc]
    """Wagtail's editor, which takes for granted that what arrives is its own JSON."""

    def value_from_datadict(self, *args: Any) -> Any:
        try:
            return super().value_from_datadict(*args)
        except (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError):
            return UNREADABLE
