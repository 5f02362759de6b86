"""The page of the link by which a lender answers from its mail, as notices lead to it."""

from postroad.directory.models import Library
from postroad.ill import answer_links
from postroad.ill.models import AnswerLink, Event, Request
from postroad.notices import links


def of_lender(to: object, event: Event, ill: Request) -> str:
    """Where a lender reads it that answers from its mail: it could not sign in."""
    if not isinstance(to, Library) or to.pk == ill.library_id or event.supply_id is None:
        return ""
    link = AnswerLink.objects.filter(supply=event.supply_id, stopped_at=None)
    return page_of(link.select_related("supply__request").first())


def page_of(link: AnswerLink | None) -> str:
    """The page that a lender's link opens; none without a link."""
    return links.lend(answer_links.token(link)) if link is not None else ""
