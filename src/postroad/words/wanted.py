"""What is told of a request beside its title, who is asked for it in which order, and how it is
asked for once more."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.catalogue.models import Format
from postroad.ill.lifecycle import Outcome
from postroad.ill.models import Request
from postroad.ill.rota import Step
from postroad.words import document_delivery, languages, materials
from postroad.words.labels import Words, label

# Who is asked in each step of a library's order
STEPS: Words = {
    Step.NETWORK: gettext_lazy("the libraries of its own network"),
    Step.UNION: gettext_lazy("all member libraries"),
    Step.MEDIATED: gettext_lazy("the ILL center"),
}

# How the same is asked for once more, after an end without a loan
AGAIN: Words = {
    Outcome.UNFILLED: gettext_lazy("Ask again, any edition will do"),
    Outcome.EXPIRED: gettext_lazy("Ask again with a later date"),
    Outcome.CANCELLED: gettext_lazy("Ask for it again"),
}


def lines(ill: Request) -> list[tuple[str, str]]:
    """All that a lender may know of it, a line each. Nothing here names its reader."""
    said = [*of_a_copy(ill), *materials.lines(ill.citation), *acceptable(ill)]
    if ill.note_for_lender:
        said.append((_("Note to the lender"), ill.note_for_lender))
    return said


def form(ill: Request) -> str:
    """What kind of thing it is: of a copy, what of."""
    if not ill.is_copy:
        return str(Format(ill.format).label)
    return label(materials.COPIES, ill.citation["material"])


def of_a_copy(ill: Request) -> Iterator[tuple[str, str]]:
    """That it is one, how soon it is needed, and whether the catalog has what it is of."""
    if not ill.is_copy:
        return
    yield _("What is wanted"), _("a copy, quickly") if ill.rush else _("a copy")
    if ill.supply is not None and ill.supply.is_open and ill.supply.level:
        yield _("Level"), label(document_delivery.LEVELS, ill.supply.level)
    known = _("verified: the catalog has what it is in") if ill.record_id else _("not verified")
    yield _("Citation"), known


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


def ask_order(steps: Iterable[str], network: str = "") -> str:
    """ "first Berkshire Libraries, then all member libraries, then the ILL center"."""
    named = {Step.NETWORK: network} if network else {}
    said = [str(named.get(Step(each)) or label(STEPS, each)) for each in steps]
    if len(said) == 1:
        return _("%(step)s from the start") % {"step": said[0]}
    then = "".join(_(", then %(step)s") % {"step": each} for each in said[1:])
    return _("first %(step)s") % {"step": said[0]} + then
