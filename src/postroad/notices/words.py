"""The words of a notice: one template for each kind, filled with a few facts."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING

from django.template import Context, Engine
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext

from postroad import reference_numbers
from postroad.catalogue import citation
from postroad.notices import layout, links
from postroad.notices.layout import Foot, Words

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SUBJECT_LENGTH = 200
SHORT = 70  # signs of a title in a subject


class Quote(str):
    """Somebody's own words, which keep their lines: `{{ said }}` on a line by itself shows them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list that leads to a page of ours."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the templates may say of a request or of a desk.

    What is about something else brings a dataclass of its own. In the template each field has its
    name; a text is one line there, unless it is a `Quote`; a day is written out.
    """

    ref: str = ""  # these two are empty in what is about no request
    title: str = ""
    library: str = ""  # where it is picked up, or whose desk it is
    author: str = ""
    place: str = ""  # the town or lender from which it comes, or to which it goes home
    day: date | None = None  # expected, due, or until when it waits
    why: str | Promise = ""
    again: bool = False  # told before: this is a reminder
    homeward: bool = False  # on its way back to the lender
    copied: bool = False  # a copy is wanted, not the thing itself
    waiting: int = 0  # how much waits at a desk; in lines, and some of the titles
    lines: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the templates may say of a case. To a library nobody names its reader."""

    case: str  # its number, as people read it
    what: str | Promise = ""
    asker: str = ""
    answerer: str = ""
    subject: str = ""
    said: str = ""  # a Quote: the words of whoever answers, to the asker alone
    ending: str | Promise = ""
    day: date | None = None
    over: bool = False  # closed by this answer
    again: bool = False
    ref: str = ""


def write(kind: str, facts: "DataclassInstance", link: str, leave: str = "") -> Words:
    """The notice, whose button leads to `link`; `leave` is where such mail is ended."""
    template = Engine.get_default().get_template(f"notices/{kind}.txt")
    known = {each.name: getattr(facts, each.name) for each in fields(facts)}
    feet = []
    if ref := known.get("ref"):
        known["number"] = reference_numbers.grouped(ref)
        feet.append(Foot(gettext("Request %(number)s") % {"number": known["number"]}))
    if leave:
        feet.append(Foot(gettext("Stop these messages"), leave))
    if "title" in known:
        known["short"] = Truncator(citation.as_read(layout.one_line(known["title"]))).chars(SHORT)
    context = {name: shown(name, value) for name, value in known.items()}
    written = template.render(Context(context, autoescape=False))  # `layout` escapes all of it
    laid_out = layout.lay_out(written, link, feet)
    return replace(laid_out, subject=laid_out.subject[:SUBJECT_LENGTH])


def shown(name: str, value: object) -> object:
    """A fact as it may stand in a template."""
    match value:
        case None:
            return ""
        case tuple():
            return [shown(name, each) for each in value]
        case Entry():
            address = layout.one_line(links.whole(value.path))
            return f"{layout.one_line(value.words)}{layout.LEADS}{address}"
        case date():
            return date_format(value, "l j F")
        case Quote():
            return layout.quoted(value)
        case str() | Promise():
            text = layout.one_line(str(value))
            return cited(text) if text and name in WORKS else text
    return value


WORKS = frozenset({"title", "titles"})


def cited(title: str) -> str:
    return f"{layout.CITE}{citation.as_read(title)}{layout.END}"
