"""The papers tell of the code as it is: what they name exists, what is made from it is fresh."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.core.management import get_commands
from django.urls import get_resolver

from postroad.demo.house import TRY
from postroad.demo.people import PASSWORD
from postroad.directory.thresholds import DEFAULTS
from postroad.ill.lifecycle import Verb
from postroad.notices.models import Kind

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "postroad"
PAPERS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
NAMED_FILE = re.compile(r"^(?:[\w.-]+/)*[\w.-]+\.(?:py|css|toml|html)$")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def prose(paper: Path) -> str:
    """The text without examples, and without comments that nobody reads."""
    return re.sub(r"<!--.*?-->", "", FENCE.sub("", paper.read_text()), flags=re.DOTALL)


def anchors(paper: Path) -> set[str]:
    """The headings as a link names them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", paper.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def named(name: str) -> bool:
    """Whether a file that a paper names stands somewhere it may mean."""
    places = (ROOT, ROOT / "src", PACKAGE, PACKAGE / "web" / "templates", PACKAGE / "web")
    return any((place / name).exists() for place in places) or any(
        path.name == name for path in PACKAGE.rglob("*") if "/" not in name
    )


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_link_leads_somewhere(paper: Path):
    for link in LINK.findall(prose(paper)):
        if "://" in link or link.startswith("mailto:"):
            continue
        where, _hash, anchor = link.partition("#")
        target = (paper.parent / where).resolve() if where else paper
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_file_that_is_named_exists(paper: Path):
    for word in CODE.findall(prose(paper)):
        if NAMED_FILE.match(word):
            assert named(word), word


TWICE = re.compile(r"\b([a-z]{2,}) \1\b")
SEAM = re.compile(r'"\n\s*"')  # of one sentence that goes on in the next line


def test_no_word_stands_twice_in_a_row():
    """A search and replace that ran twice left "clearing clearing clearing" on a page."""
    found = {
        f"{path.relative_to(ROOT)}: {twice[0]}"
        for path in [*PAPERS, *PACKAGE.rglob("*.py")]
        for twice in TWICE.finditer(SEAM.sub("", prose(path)))
    }
    assert not found


def test_every_paper_is_on_the_map():
    guide = ROOT / "docs" / "README.md"
    listed = {
        (guide.parent / link.partition("#")[0]).resolve()
        for link in LINK.findall(guide.read_text())
    }
    assert listed >= {paper for paper in PAPERS if paper.is_relative_to(guide.parent)} - {guide}


def functions(path: Path) -> set[str]:
    """The functions, methods and classes, and the values, that a file gives a name."""
    text = path.read_text()
    return {
        *re.findall(r"^ *(?:def|class) (\w+)", text, re.MULTILINE),
        *re.findall(r"^(\w+)(?::[^=\n]+)? =", text, re.MULTILINE),
    }


STEP = re.compile(r"`((?:[\w-]+/)*\w+\.py)`((?:[^`\n]|\n(?!\n))*?)`([\w.]+)\(\)`")


def test_what_the_journey_says_that_a_file_does_it_does():
    """`file.py` and the next `function()` belong together."""
    steps = STEP.findall((ROOT / "docs" / "explanation" / "journey.md").read_text())
    assert len(steps) > 25
    for file, _between, function in steps:
        known = functions(PACKAGE / file)
        assert function.rpartition(".")[2] in known, f"{file}: {function}()"


def test_the_readme_plays_with_the_titles_that_the_demo_keeps_for_it():
    readme = (ROOT / "README.md").read_text()
    for title in TRY:
        assert title.partition(" : ")[0] in readme, title
    assert f"`{PASSWORD}`" in readme


def test_every_threshold_has_its_heading_with_the_days_that_hold():
    page = (ROOT / "docs" / "reference" / "thresholds.md").read_text()
    told = re.findall(r"^## `([\w-]+)`: (\d+)$", page, re.MULTILINE)
    assert {name: int(days) for name, days in told} == DEFAULTS


def test_every_kind_of_notice_has_its_heading():
    page = (ROOT / "docs" / "reference" / "notices.md").read_text()
    assert set(re.findall(r"^### `([\w-]+)`$", page, re.MULTILINE)) == set(Kind.values)


def test_every_verb_stands_among_the_words_with_the_terms_of_the_field():
    page = (ROOT / "docs" / "reference" / "words.md").read_text()
    section = page.partition("## Verbs")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `(\w+)` \| \S.* \| \S.* \| \S.* \|$", section, re.MULTILINE)
    assert sorted(told) == sorted(Verb)


ADDRESS = re.compile(r"`(/[\w/.-]*)`")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_every_address_that_is_named_answers(paper: Path):
    for address in ADDRESS.findall(prose(paper)):
        if paper.name not in {"access.md", "look.md"} and address not in NOT_OURS:
            found = get_resolver().resolve(address)
            assert address == "/" or found.url_name != "wagtail_serve", address  # any guide


NOT_OURS = {"/iso18626"}  # still to come


@pytest.fixture(scope="module")
def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "tools" / "write_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: str(paper.relative_to(ROOT)))
def test_what_is_made_from_the_code_is_fresh(paper: Path, made: ModuleType):
    text = paper.read_text()
    stale = f"{paper.relative_to(ROOT)} is stale: run `.venv/bin/python tools/write_docs.py`"
    assert text == made.anew(text), stale


def test_every_part_that_can_be_made_stands_in_a_page(made: ModuleType):
    used = {
        name for paper in PAPERS for name in re.findall(r"<!-- made: ([\w-]+)", paper.read_text())
    }
    assert used == set(made.MADE)


def test_every_command_of_ours_is_told(made: ModuleType):
    ours = {name for name, app in get_commands().items() if str(app).startswith("postroad")}
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()
    assert set(re.findall(r"^## `([\w-]+)`$", page, re.MULTILINE)) == ours
