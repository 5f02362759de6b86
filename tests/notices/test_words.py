import re
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from postroad.ill.intake import Concern
from postroad.notices import words
from postroad.notices.models import Kind
from postroad.notices.samples import SAMPLES


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_three_templates_and_a_sample(kind: Kind):
    folder = files("postroad.notices").joinpath("templates", "notices")
    for ending in ("subject.txt", "txt", "html"):
        assert folder.joinpath(f"{kind}.{ending}").is_file()
    assert kind in SAMPLES


def test_each_kind_has_its_heading_in_the_docs_and_none_is_left_over():
    page = Path(__file__).parents[2] / "docs" / "reference" / "notices.md"
    assert set(re.findall(r"^### `([^`]+)`$", page.read_text(), re.MULTILINE)) == {*Kind.values}


def test_no_template_is_left_over():
    folder = files("postroad.notices").joinpath("templates", "notices")
    kinds = {file.name.split(".")[0] for file in folder.iterdir()}
    assert kinds == {*Kind.values, "_foot", "_waiting"}


@pytest.mark.parametrize("kind", Kind)
def test_each_notice_is_whole(kind: Kind):
    written = words.write(kind, SAMPLES[kind])
    for text in (written.subject, written.text, written.html):
        assert "  " not in text
        assert "None" not in text
        assert "{" not in text
        assert "!" not in text
        assert " ." not in text
    assert len(written.subject) < 110
    assert written.text.count("http") == written.html.count("href=") == 1
    assert "style" not in written.html


@pytest.mark.parametrize("kind", Kind)
def test_each_notice_is_whole_without_what_may_be_missing(kind: Kind):
    sample = SAMPLES[kind]
    bare = words.Facts(
        ref=sample.ref,
        title=sample.title,
        library=sample.library,
        link=sample.link,
        place=sample.place,
        day=None if kind == Kind.ON_ITS_WAY else sample.day,
    )
    written = words.write(kind, bare)
    assert "None" not in written.text
    assert "on ." not in written.text


def test_a_day_is_written_as_people_say_it():
    facts = words.Facts("0000000R", "Walden", "Lee Library", "x", day=date(2026, 12, 3))
    assert "Thursday 3 December" in words.write(Kind.LENT, facts).subject


@pytest.mark.parametrize("concern", [*Concern, "not-checked"])
def test_every_concern_of_intake_has_words(concern: str):
    assert str(words.CONCERNS[concern]).endswith(".")


@pytest.mark.parametrize("why", ["never", "no-more", "overdue", "others-wait", "blocked"])
def test_every_refusal_of_a_renewal_has_words(why: str):
    assert str(words.NOT_RENEWED[why]).endswith(".")


def test_a_title_has_its_signs_where_readers_expect_them():
    facts = replace(SAMPLES[Kind.ASKED], title="Emma : a novel")
    assert words.write(Kind.ASKED, facts).subject.endswith("Emma: a novel")
