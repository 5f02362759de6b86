"""No file has two subjects, and no function more than a screen: their lengths are counted."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src/postroad"
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 40
# What is data, however long: the steps by which tables came to be.
DATA = ("*/migrations/*.py",)


def files() -> Iterator[Path]:
    for file in sorted(SOURCE.rglob("*.py")):
        inside = file.relative_to(SOURCE)
        if not any(inside.match(each) for each in DATA):
            yield file


def named(file: Path) -> str:
    return str(file.relative_to(SOURCE))


def functions(text: str) -> Iterator[tuple[str, int]]:
    """Each function by name, with its lines from its name to its end."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.name, node.end_lineno - node.lineno + 1


@pytest.mark.once
def test_no_file_is_longer_than_four_hundred_lines():
    lengths = {named(file): file.read_text().count("\n") for file in files()}
    assert len(lengths) > 300
    assert {name: n for name, n in lengths.items() if n > LINES_OF_A_FILE} == {}


@pytest.mark.once
def test_no_function_is_longer_than_forty_lines():
    long = {
        f"{named(file)}: {name}": lines
        for file in files()
        for name, lines in functions(file.read_text())
        if lines > LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_a_function_is_as_long_as_its_lines():
    text = "@decorated\ndef short(\n    one: int,\n) -> int:\n    return one\n"
    assert list(functions(text)) == [("short", 4)]
