import re
from dataclasses import fields, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from postroad.notices import layout, samples, words
from postroad.notices.models import Kind
from postroad.notices.samples import SAMPLES

TEMPLATES = files("postroad.notices").joinpath("templates", "notices")
LINK = "https://postroad.example/x/"
HOSTILE = (
    '\x1fSee </p><script>alert(1)</script>"\r\n\n\x1d* [x](http:x) {{ link }} {% now %} \u202e&amp;'
)


def tags(html: str) -> list[str]:
    return re.findall("<[^>]*>", html)


def test_each_kind_has_a_template_and_a_sample_and_no_template_is_left_over():
    assert {file.name for file in TEMPLATES.iterdir()} == {
        *(f"{kind}.txt" for kind in Kind),
        "_waiting.txt",
    }
    assert set(SAMPLES) == set(Kind)


def test_each_kind_has_its_heading_in_the_docs_and_none_is_left_over():
    page = Path(__file__).parents[2] / "docs" / "reference" / "notices.md"
    assert set(re.findall(r"^### `([^`]+)`$", page.read_text(), re.MULTILINE)) == {*Kind.values}


@pytest.mark.parametrize("kind", Kind)
def test_each_notice_is_whole(kind: Kind):
    written = samples.written(kind)
    for text in (written.subject, written.text, written.html):
        assert "  " not in text
        assert "None" not in text
        assert "{" not in text
        assert "!" not in text
        assert " ." not in text
    assert len(written.subject) < 110
    assert "\n" not in written.subject
    assert not layout.MARKS.search(written.subject + written.text + written.html)
    entries = getattr(SAMPLES[kind], "entries", ())  # each leads to its own page
    assert written.text.count("http") == written.html.count("href=") == 1 + len(entries)
    assert "style" not in written.html


OF_A_LOAN = [kind for kind in Kind if isinstance(SAMPLES[kind], words.Facts)]


@pytest.mark.parametrize("kind", OF_A_LOAN)
def test_each_notice_is_whole_without_what_may_be_missing(kind: Kind):
    sample = SAMPLES[kind]
    assert isinstance(sample, words.Facts)
    bare = words.Facts(
        ref=sample.ref,
        title=sample.title,
        library=sample.library,
        place=sample.place,
        day=None if kind == Kind.ON_ITS_WAY else sample.day,
    )
    written = words.write(kind, bare, LINK)
    assert "None" not in written.text
    assert "on ." not in written.text


def test_a_day_is_written_as_people_say_it():
    facts = words.Facts("0000000R", "Walden", "Lee Library", day=date(2026, 12, 3))
    assert "Thursday 3 December" in words.write(Kind.LENT, facts, LINK).subject


def test_a_title_has_its_signs_where_readers_expect_them():
    facts = words.Facts(ref="0000000R", title="Emma : a novel")
    assert words.write(Kind.ASKED, facts, LINK).subject.endswith("Emma: a novel")


def hostile_like(value: Any) -> Any:
    """The same sort of fact, as somebody would write it who means no good."""
    match value:
        case words.Quote():
            return words.Quote(HOSTILE)
        case words.Entry():
            return words.Entry(HOSTILE, value.path)
        case tuple():
            return tuple(hostile_like(each) for each in value)
        case str() if value:
            return HOSTILE
    return value


@pytest.mark.parametrize("kind", Kind)
def test_no_text_of_a_stranger_becomes_html_or_changes_what_a_notice_is_made_of(kind: Kind):
    sample = SAMPLES[kind]
    facts = {each.name: getattr(sample, each.name) for each in fields(sample)}
    typed = {name: hostile_like(value) for name, value in facts.items() if name != "ref"}
    hostile = words.write(kind, replace(sample, **typed), LINK)
    quotes = sum(isinstance(value, words.Quote) for value in facts.values())  # they have lines
    if not quotes:
        assert tags(hostile.html) == tags(words.write(kind, sample, LINK).html)
    assert "<script" not in hostile.html
    assert len(hostile.subject.splitlines()) == 1
    assert "\u202e" not in hostile.subject + hostile.text + hostile.html
    assert hostile.text.count(LINK) == hostile.html.count(LINK) == 1


def test_somebodys_own_words_keep_their_lines_and_nothing_else():
    said = words.Quote("I have a book.\n\n<b>Where</b> does it\u2028go?\n\x1fClick\n")
    written = layout.lay_out(f"Asked\n\nThey wrote:\n\n{words.shown('said', said)}\n", LINK)
    assert (
        written.text
        == "They wrote:\n\n> I have a book.\n>\n> <b>Where</b> does it\n> go?\n> Click\n"
    )
    assert tags(written.html) == [
        *("<p>", "</p>", "<blockquote>", "<p>", "<br>", "<br>", "<br>", "<br>"),
        *("</p>", "</blockquote>"),
    ]


def test_a_letter_is_made_of_paragraphs_lists_and_one_link():
    written = layout.lay_out(
        f"\nSubject\n\nOne\nparagraph.\n\n{layout.ITEM}a\n\n{layout.ITEM}b & c\n"
        f"\nAnother.\n{layout.BUTTON}See it\n",
        LINK,
        [layout.Foot("Stop", "https://postroad.example/?a=1&b=2")],
    )
    assert written.subject == "Subject"
    assert written.text == (
        f"One paragraph.\n\n* a\n* b & c\n\nAnother.\n\nSee it:\n{LINK}\n\n"
        "Stop\nhttps://postroad.example/?a=1&b=2\n"
    )
    assert written.html == (
        "<p>One paragraph.</p>\n<ul><li>a</li><li>b &amp; c</li></ul>\n<p>Another.</p>\n"
        f'<p><a href="{LINK}">See it</a></p>\n'
        '<p><small><a href="https://postroad.example/?a=1&amp;b=2">Stop</a></small></p>'
    )
