"""The office of a region sends its timetable as a spreadsheet: three rows are wrong; corrected it
takes effect and is undone. One that would give up every stop asks for their number."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from postroad.catalogue.models import Record
from postroad.delivery.models import Route, Stop
from postroad.directory.models import Library
from tests.cast import Cast
from tests.journeys.people import Person, Play

WIDTHS = [pytest.param(360, marks=pytest.mark.nightly), 1280]
HEAD = "Community,Code,Route,Order,Delivery days,Pick-up days\n"
WRONG = (
    "Lee,lee,WEST 2,1,Mon Thu,Tue\n"
    "Lenox,lenox,WEST 2,second,M-W-F--,\n"
    "Atlantis,atlantis,WEST 2,3,MTWTF,\n"
    "Pittsfield,pittsfield,WEST 2,3,soon,\n"
    "Providence,providence,,,,\n"
)
SAID_OF_WRONG = [
    ("3", "Order", "second", "Write a number from 0 to 999."),
    ("4", "Library", "atlantis", "No library here is called that, or several are"),
    ("5", "Delivery days", "soon", "Write days such as Mon, Wed, Fri or MTWTF, or none."),
]
RIGHT = (
    "Lee,lee,WEST 2,1,Mon Thu,Tue\n"
    "Lenox,lenox,WEST 2,2,M-W-F--,\n"
    "Pittsfield,pittsfield,WEST 2,3,Wed,\n"
    "Providence,providence,,,,\n"
)


@pytest.fixture
def office(stage: Callable[[int], Play], cast: Cast, walden: Record, width: int) -> Person:
    return stage(width)["delivery"]


@pytest.mark.parametrize("width", WIDTHS)
def test_three_wrong_rows_are_named_corrected_applied_and_undone(
    office: Person, cast: Cast, tmp_path: Path
) -> None:
    before = days()
    sends(office, tmp_path, "west.csv", WRONG)
    page = office.page
    wrong = page.get_by_role("table").get_by_role("row")
    for row, said in enumerate(SAID_OF_WRONG, start=1):
        for each in said:
            expect(wrong.nth(row)).to_contain_text(each)
    expect(wrong).to_have_count(1 + len(SAID_OF_WRONG))
    assert days() == before

    sends(office, tmp_path, "west-corrected.csv", RIGHT)
    office.reads_not("Cells that cannot be read")
    office.reads("Changed stops 2")
    office.reads("2 stops stay as they are.")
    assert days() == before
    office.presses("Let it take effect")
    office.reads("In effect, by Delivery:")
    assert days() == before | {"lee": ("M--T---", "-T-----"), "pittsfield": ("--W----",) * 2}
    office.look(page)

    office.presses("Undo it")
    office.is_told("Undone: these stops are as they were.")
    assert days() == before
    office.look(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_one_that_gives_up_nearly_every_stop_asks_for_their_number(
    office: Person, cast: Cast, tmp_path: Path
) -> None:
    many = [
        Library(code=f"x{place}", name=f"X {place}", town="X", state="MA") for place in range(3)
    ]
    Library.objects.bulk_create(many)
    Stop.objects.bulk_create(Stop(library=each, route=Route.objects.get()) for each in many)
    before = days()
    sends(office, tmp_path, "west.csv", "Otis,otis-school,WEST 2,9,F,\n")
    office.reads("Stops that are given up 7")
    number = office.page.get_by_label("The van would stop calling at 7 libraries.")
    number.fill("6")
    office.presses("Let it take effect")
    office.reads("Nothing was changed")
    office.look(office.page)
    assert days() == before
    number.fill("7")
    office.presses("Let it take effect")
    assert list(days()) == ["otis-school"]
    office.presses("Undo it")
    assert days() == before


def sends(office: Person, folder: Path, name: str, rows: str) -> None:
    """From the page with all stops to the one that says what would change."""
    file = folder / name
    file.write_text(HEAD + rows)
    page = office.goes("/office/delivery/timetables/")
    page.get_by_label("Region").select_option("West")
    page.locator("input[type=file]").set_input_files(file)
    office.presses("Look at it")
    office.look(page)


def days() -> dict[str, tuple[str, str]]:
    stops = Stop.objects.filter(active=True).select_related("library")
    return {each.library.code: (each.drop_days, each.pick_up_days) for each in stops}
