"""What is told of a request beside its title, in words, for whoever looks for the thing."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from postroad.catalogue.models import Format
from postroad.ill.models import Request
from postroad.words import languages, materials


def lines(ill: Request) -> list[tuple[str, str]]:
    """All that a lender may know of it, a line each. Nothing here names its reader."""
    said = [*materials.lines(ill.citation), *acceptable(ill)]
    if ill.note_for_lender:
        said.append((_("Note to the lender"), ill.note_for_lender))
    return said


def acceptable(ill: Request) -> Iterator[tuple[str, str]]:
    """What else would do, and the most that it may cost."""
    if ill.any_edition:
        yield _("Edition"), _("any edition will do")
    if ill.formats:
        others = (str(Format(code).label) for code in ill.formats if code in Format.values)
        yield _("Other formats that will do"), ", ".join(others)
    if ill.languages:
        yield _("Languages that will do"), ", ".join(map(languages.name, ill.languages))
    if ill.max_cost is not None:
        cost = f"${ill.max_cost:,.2f}" if ill.max_cost else _("nothing")
        yield _("The most it may cost"), cost
