"""The form in which an editor writes a page."""

from wagtail.admin.forms.pages import WagtailAdminPageForm

from postroad.mistakes import InOurWords


class PageForm(InOurWords, WagtailAdminPageForm):  # type: ignore[misc]  # Wagtail has no types
    """Wagtail's, and what it says of a mistake is in our words."""
