"""How one text becomes a letter: its subject, what a mail program shows as text, and HTML.

The first line is the subject; paragraphs follow, with empty lines between them. What is more than a
paragraph begins with a mark that only our templates write (`templatetags/notices.py`): what a
stranger typed is freed of all marks, and of all line breaks but those of a quotation, before it
comes here (`words.shown`). Everything is escaped, so no text of theirs becomes HTML.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

ITEM, QUOTE, BUTTON, TEXT = "\x1d", "\x1e", "\x1f", ""  # at the beginning of a line
CITE, END = "\x02", "\x03"  # around the title of a work
LEADS = "\x04"  # in an item, between its words and the address to which they lead
CITED = re.compile(f"{CITE}([^{CITE}{END}]*){END}")
MARKS = re.compile(f"[{CITE}{END}{ITEM}{QUOTE}{BUTTON}{LEADS}]")
# Line breaks, marks, and what would turn the rest of a line around.
NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Words:
    """A notice, ready to be read."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands small below a letter; perhaps it leads somewhere."""

    words: str
    link: str = ""


def one_line(typed: str) -> str:
    """What somebody typed, without line breaks, marks, and signs that turn a text around."""
    return " ".join(NO_TEXT.sub(" ", typed).split())


def quoted(typed: str) -> str:
    """The same, line by line."""
    return "\n".join(f"{QUOTE}{one_line(each)}" for each in typed.strip().splitlines())


def lay_out(written: str, link: str, feet: Sequence[Foot] = ()) -> Words:
    """The words of one letter, whose button leads to `link`."""
    subject, _break, body = written.strip().partition("\n")
    text, html = list[str](), list[str]()
    for mark, said in blocks(body):
        text.append(as_text(mark, said, link))
        html.append(as_html(mark, said, link))
    for foot in feet:
        text.append(f"{foot.words}\n{foot.link}" if foot.link else foot.words)
        html.append(f"<p><small>{anchor(foot.words, foot.link)}</small></p>")
    return Words(one_line(MARKS.sub("", subject)), "\n\n".join(text) + "\n", "\n".join(html))


def blocks(body: str) -> Iterator[tuple[str, list[str]]]:
    """Paragraphs, lists and quotations: their mark, and what they say, line by line."""
    filled = [each.strip(" ") for each in body.split("\n")]
    # An empty line ends a paragraph, and nothing else: what a loop leaves between items is nothing.
    for (mark, _place), group in groupby(places(filled), key=lambda each: each[:2]):
        yield mark, [said for _mark, _place, said in group]


def places(filled: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Each line that says something: its mark, of which paragraph it is, and its words."""
    paragraph = 0
    for each in filled:
        mark = each[0] if each[:1] in (ITEM, QUOTE, BUTTON) else TEXT
        if each:
            yield mark, 0 if mark else paragraph, each.removeprefix(mark)
        paragraph += not each or bool(mark)


def as_text(mark: str, said: Sequence[str], link: str) -> str:
    if mark == ITEM:
        return "\n".join(item_as_text(*parted(each)) for each in said)
    plain = [MARKS.sub("", each) for each in said]
    if mark == QUOTE:
        return "\n".join(f"> {each}".rstrip() for each in plain)
    if mark == BUTTON:
        return f"{plain[0]}:\n{link}"
    return " ".join(plain)


def as_html(mark: str, said: Sequence[str], link: str) -> str:
    if mark == ITEM:
        return f"<ul>{''.join(item_as_html(*parted(each)) for each in said)}</ul>"
    safe = [cited(each) for each in said]
    if mark == QUOTE:
        return f"<blockquote><p>{'<br>'.join(safe)}</p></blockquote>"
    if mark == BUTTON:
        return f"<p>{anchor(said[0], link)}</p>"
    return f"<p>{' '.join(safe)}</p>"


def cited(words: str) -> str:
    return MARKS.sub("", CITED.sub(r"<cite>\1</cite>", escape(words)))


def parted(item: str) -> tuple[str, str]:
    """The words of an item, and the address to which they lead, if they do."""
    words, _mark, address = item.partition(LEADS)
    return words, MARKS.sub("", address)


def item_as_text(words: str, address: str) -> str:
    plain = MARKS.sub("", words)
    return f"* {plain}\n{address}" if address else f"* {plain}"


def item_as_html(words: str, address: str) -> str:
    inner = f'<a href="{escape(address)}">{cited(words)}</a>' if address else cited(words)
    return f"<li>{inner}</li>"


def anchor(words: str, link: str) -> str:
    return f'<a href="{escape(link)}">{escape(words)}</a>' if link else escape(words)
