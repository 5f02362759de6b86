"""A title list with ten wrong lines is sent, corrected on its page and takes effect.

Then it answers where a title of it is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from postroad.econtent.licensed import Wanted, answer
from postroad.econtent.models import BadLine, Right, Title
from tests.cast import Cast
from tests.econtent.lists import boats, line, listed
from tests.journeys.people import Person
from tests.journeys.seeing import look, look_on_a_phone_at_night

# What is wrong in the ten lines: the column, what stands there, and what it should be.
WRONG = [
    ("publication_title", "", "Annals of Ferries"),
    ("print_identifier", "0378-5956", "0378-5955"),
    ("online_identifier", "n/a", ""),
    ("date_first_issue_online", "Feb 1987", "1987-02"),
    ("date_last_issue_online", "1986", "1996"),
    ("embargo_info", "1 year", "P1Y"),
    ("title_url", "j.example/six", "https://j.example/six"),
    ("coverage_depth", "Volltext", "fulltext"),
    ("publication_type", "Magazine", "serial"),
    ("access_type", "X", "P"),
]


def test_ten_wrong_lines_are_corrected_and_the_list_takes_effect(
    browse: Callable[..., Page], cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    boats()
    wrong = [line(f"Title {at}", **{column: said}) for at, (column, said, _) in enumerate(WRONG)]
    path = tmp_path / "boats_2026.txt"
    path.write_bytes(listed(line("Harbors", print_identifier="0028-0836"), *wrong))
    editor = Person("editor", browse(), look)
    sends(editor, path)
    editor.reads("10 lines are to be corrected or left out")
    look_on_a_phone_at_night(editor.page)
    assert not Title.objects.live().exists()
    for at, (column, _said, right) in enumerate(WRONG):
        corrects(editor, 3 + at, column, right)
    editor.reads("All of them are dealt with.")
    assert {bad.state for bad in BadLine.objects.all()} == {BadLine.State.CORRECTED}
    editor.presses("Let it take effect")
    editor.reads("This file is in effect")
    look_on_a_phone_at_night(editor.page)
    is_found(cast)
    editor.presses("Undo: go back to the list before")
    editor.reads("This file was undone")
    assert answer(Wanted(("00280836",), 1990), cast.lee, date(2026, 11, 27)) is None


def sends(editor: Person, path: Path) -> None:
    page = editor.goes("/office/e-resources/lists/")
    page.get_by_label("Resource", exact=True).select_option("Boats Online")
    page.get_by_label("Platform").fill("j.example")
    page.get_by_label("File", exact=True).set_input_files(path)
    editor.presses("Look at it")


def corrects(editor: Person, number: int, column: str, right: str) -> None:
    """The next line is offered by itself; of the first the link is followed."""
    if number == 3:
        editor.follows("Line 3")
    editor.reads(f"Correct line {number}")
    editor.page.get_by_label(column, exact=True).fill(right)
    editor.presses("Save the line")


def is_found(cast: Cast) -> None:
    right = {"who": Right.Who.KIND, "value": cast.lee.kind, "how": Right.How.CARD}
    Right.objects.create(resource=boats(), **right)
    for number in ("00280836", "03785955"):
        link = answer(Wanted((number,), 1990), cast.lee, date(2026, 11, 27))
        assert link is not None
        assert link.resource == "Boats Online"
