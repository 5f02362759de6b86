"""What can be done next about a request that ended without a loan: each "no" leads on."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue import citation
from postroad.ill import forgetting, materials
from postroad.ill.lifecycle import Outcome, State, Verb
from postroad.ill.materials import Field, Material
from postroad.ill.models import Request

ANEW = gettext_lazy("Ask for it by what is known of it")
WRITE = gettext_lazy("Write to your library about it")
CASE = gettext_lazy("Open a case")


@dataclass(frozen=True, slots=True)
class Next:
    """One step: its button and where it leads, with what is known filled in."""

    label: str | Promise
    address: str


def for_patron(ill: Request) -> list[Next]:
    """What she can do: ask again, ask for what no catalog lists, write to her library."""
    if not ended_in_vain(ill):
        return []
    found = []
    if ill.record_id is not None and not ill.is_copy:
        address = reverse("patron-ask", args=[ill.record_id])
        found.append(Next(again(ill), with_(address, **any_edition(ill))))
    label = ANEW if found else again(ill)
    found.append(Next(label, with_(reverse("patron-ask-blank"), **told_of(ill))))
    return [*found, Next(WRITE, reverse("patron-case-new", args=[ill.ref]))]


def at_desk(ill: Request) -> dict[str, Any]:
    """What her library's desk is offered: the next steps after a no, and to choose the record of
    what was asked for without one; and why her name is still there."""
    matches = bool(ill.citation) and ill.may(Verb.MATCH)
    return {"next_steps": for_desk(ill), "matches": matches, "name_kept": name_kept(ill)}


def name_kept(ill: Request) -> list[str]:
    """Why her name is still on a loan that has ended."""
    return [words.label(words.ill.NAME_KEPT, each) for each in forgetting.kept_by(ill)]


def for_desk(ill: Request) -> list[Next]:
    """What her library's staff can do for her, as long as it is known whose it was."""
    if not ended_in_vain(ill) or ill.patron is None:
        return []
    found, card = [], getattr(ill.patron, "card", None)
    if card is not None and ill.record_id is not None and not ill.is_copy:
        facts = {"card": card.barcode, "record": str(ill.record_id), **any_edition(ill)}
        found.append(Next(again(ill), with_(reverse("staff-ask"), **facts)))
    if card is not None:
        label = ANEW if found else again(ill)
        facts = {"card": card.barcode, **told_of(ill)}
        found.append(Next(label, with_(reverse("staff-ask-blank"), **facts)))
    return [*found, Next(CASE, reverse("staff-request-case", args=[ill.ref]))]


def again(ill: Request) -> str:
    return words.label(words.wanted.AGAIN, ill.outcome)


def ended_in_vain(ill: Request) -> bool:
    return ill.state == State.CLOSED and ill.outcome in words.wanted.AGAIN


def any_edition(ill: Request) -> dict[str, str]:
    return {"any_edition": "on"} if ill.any_edition or ill.outcome == Outcome.UNFILLED else {}


def told_of(ill: Request) -> dict[str, str]:
    """All that is known of the thing, as the form for what no catalog lists takes it."""
    said = materials.read(ill.citation)
    if said is not None:
        known = {str(name): text for name, text in said.said.items()}
        return {"material": said.material, **known, **any_edition(ill)}
    fits = (each for each, sheet in materials.SHEETS.items() if ill.format in sheet.formats)
    return {
        "material": next(fits, Material.BOOK),
        Field.TITLE: citation.as_read(ill.title)[:200],
        Field.AUTHOR: citation.person(ill.author),
        Field.YEAR: str(ill.year or ""),
        **any_edition(ill),
    }


def with_(address: str, **facts: str) -> str:
    typed = urlencode({name: text for name, text in facts.items() if text})
    return f"{address}?{typed}" if typed else address


def ask_once_more(ill: Request) -> str:
    """Where she may ask for it once more: on its own page, or by its title."""
    if ill.record_id is not None:
        return reverse("record", args=[ill.record_id])
    return f"{reverse('search')}?{urlencode({'q': citation.short_title(ill.title)})}"
