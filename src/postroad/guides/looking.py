"""Where a reader might stumble: a heading skipped, a link that says nothing, a picture unseen.

It is said to the editor, and holds up nobody.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.fields import StreamField

from postroad.guides.values import NAME

# What a link says that says nothing of where it leads: heard alone, in a list of links.
EMPTY_WORDS = frozenset(
    "click|click here|click this|click this link|here|this|this link|this page|this site"
    "|this website|link|the link|page|website|web site|read|read more|more|more info"
    "|more information|learn more|see more|see here|details|go|go here|download|continue"
    "|follow this link|tap here|press here|info".split("|")
)
ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"']+|\b[\w-]+\.(?:com|org|net|gov|edu)\b(?![\w@])/?\S*"
)
MAIL = re.compile(r"\S+@\S+")
FILE_NAME = re.compile(
    r"^\S+\.(?:jpe?g|png|gif|webp|avif|tiff?)$|^(?:img|dsc|image|photo|scan)[\W_]*\d+$", re.I
)
PICTURE_OF = re.compile(r"^(?:an? |the )?(?:image|picture|photo|photograph|graphic)(?: of|$)", re.I)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BREAKS = ("p", "li", "br", *HEADINGS)


def over(thing: Any) -> list[str | Promise]:
    """What to say of a page or a box, in the order of reading."""
    reading = Reading()
    for field in thing._meta.get_fields():
        if field.name in ("intro", "lead"):
            reading.feed_text(getattr(thing, field.name))
        elif isinstance(field, StreamField):
            for block in getattr(thing, field.name):
                see(reading, block.block_type, block.value)
    return list(dict.fromkeys(reading.said))


def see(reading: "Reading", kind: str, value: Any) -> None:
    """One part of a page."""
    if kind in ("text", "note"):
        reading.feed(getattr(value, "source", ""))
        reading.end()
    elif kind == "picture":
        reading.picture(value["image"])
        reading.feed_text(value["caption"])
    elif kind == "cards":
        for card in value:
            reading.card(card)
    elif kind == "box" and value is None:
        reading.said.append(gettext_lazy("A shared box was deleted; readers see nothing there."))
    elif kind == "box":
        reading.heading(2, value.title)
        for block in value.body:
            see(reading, block.block_type, block.value)


class Reading(HTMLParser):
    """What a text says to somebody who hears it, or jumps from heading to heading."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str | Promise] = []
        self.level = 1  # of the last heading: the title of the page
        self.link: list[str] | None = None
        self.words: list[str] = []  # outside links
        self.title: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.link = []
        elif tag in HEADINGS:
            self.title = []
        elif tag in ("img", "embed"):
            self.alternative(dict(attrs).get("alt") or "")
        if tag in BREAKS:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self.title is not None:
            self.title.append(data)
        if self.link is not None:
            self.link.append(data)
        else:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link is not None:
            self.link_says("".join(self.link))
            self.link = None
        elif tag in HEADINGS and self.title is not None:
            self.heading(int(tag[1]), "".join(self.title))
            self.title = None
        if tag in BREAKS:
            self.words.append(" ")

    def end(self) -> None:
        self.feed_text("".join(self.words))
        self.words = []

    def feed_text(self, text: str) -> None:
        """Words without marks."""
        for found in ADDRESS.findall(MAIL.sub(" ", text or "")):
            self.bare(found)
        rest = NAME.sub("", text or "")
        if "[[" in rest or "]]" in rest:
            self.said.append(
                _("A name like [[courier-late]] is not complete, so readers see its brackets.")
            )

    def heading(self, level: int, title: str) -> None:
        if not title.strip():
            self.said.append(_("A heading is empty."))
            return
        if level > self.level + 1:
            self.said.append(
                _(
                    "“%(title)s” is a heading of level %(level)s after one of level %(before)s. "
                    "Who listens to the page looks for the level between."
                )
                % {"title": short(title), "level": level, "before": self.level}
            )
        self.level = level

    def link_says(self, text: str) -> None:
        words = " ".join(text.split()).strip(" .:!>»→").casefold()
        if not words:
            self.said.append(_("A link has no words."))
        elif ADDRESS.match(words):
            self.bare(text)
        elif words in EMPTY_WORDS:
            self.said.append(
                _("The link “%(text)s” does not say where it leads. Let it name the page.")
                % {"text": short(text)}
            )

    def bare(self, address: str) -> None:
        self.said.append(
            _("“%(address)s” stands there as an address. Let words be the link instead.")
            % {"address": short(address)}
        )

    def card(self, card: Any) -> None:
        self.link_says(card["title"])
        self.feed_text(card["text"])
        if not card["page"] and not card["address"]:
            self.said.append(
                _("The card “%(title)s” leads nowhere.") % {"title": short(card["title"])}
            )

    def picture(self, image: Any) -> None:
        if image is None:
            self.said.append(_("A picture was deleted; readers see nothing there."))
        elif not image.decorative:
            self.alternative(image.contextual_alt_text or "")

    def alternative(self, text: str) -> None:
        if not text.strip():
            self.said.append(_("A picture has no alternative text for those who cannot see it."))
        elif FILE_NAME.match(text.strip()):
            self.said.append(
                _("The alternative text “%(text)s” is the name of a file. Say what is to be seen.")
                % {"text": short(text)}
            )
        elif PICTURE_OF.match(text.strip()):
            self.said.append(
                _("The alternative text “%(text)s” need not say that it is a picture.")
                % {"text": short(text)}
            )


def short(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(60)
