"""What can be set, run or answered has its words in the docs, and the docs promise nothing else."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
READ = re.compile(r'(?:environ\.get|flag|number|names)\(\s*"([A-Z_]+)"')
COMMAND = re.compile(r"\./run (\w+)(?: ([a-z][\w-]*))?")


def headings(page: Path) -> set[str]:
    return set(re.findall(r"^#{2,3} `([^`]+)`$", page.read_text(), re.MULTILINE))


def settings_read() -> set[str]:
    """What settings.py reads from the environment."""
    source = (ROOT / "src" / "postroad" / "settings.py").read_text()
    return set(READ.findall(source))


def test_every_setting_has_its_heading_and_no_heading_is_left_over():
    assert headings(REFERENCE / "settings.md") == settings_read()


def test_every_command_in_the_papers_exists():
    verbs = set(re.findall(r"^([a-z]+)\)$", (ROOT / "run").read_text(), re.MULTILINE))
    for paper in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for verb, command in COMMAND.findall(paper.read_text()):
            assert verb in verbs, f"{paper.name}: ./run {verb}"
            if verb == "postroad" and command:
                assert command in get_commands(), f"{paper.name}: ./run postroad {command}"
