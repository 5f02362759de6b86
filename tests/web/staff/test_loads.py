"""A library's staff bring their records in by a page."""

import csv
import re
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from postroad import words
from postroad.catalogue import incoming, load_sessions, loads
from postroad.catalogue.load_models import Load, LoadState
from postroad.catalogue.models import Item
from postroad.directory.models import Library
from postroad.web.staff import load_report
from tests.cast import Cast
from tests.catalogue.records import file_of, item, record

LEE = "/staff/catalog/lee/"
LIST = b"""Title,Author,ISBN,Call No.,Barcode,Copyright,Shelf of honor
Emma,"Austen, Jane",9780141439587,F AUS,31,1815,yes
Walden,"Thoreau, Henry David",123,818 THO,3.1E+13,long ago,
,Nobody,,F XXX,33,,
Middlemarch,"Eliot, George",,F ELI,,1871,
"""


@pytest.fixture
def director(client: Client, cast: Cast, settings: Any, tmp_path: Any) -> Any:
    settings.HOME = tmp_path
    client.force_login(cast.director)
    yield client
    loads.at_work.clear()


def text(page: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def send(client: Client, content: bytes, name: str = "books.csv", kind: str = "changes") -> Any:
    sent = {"file": SimpleUploadedFile(name, content), "kind": kind}
    return client.post(LEE + "file/", sent, follow=True)


def address(page: Any) -> str:
    return str(page.redirect_chain[-1][0])


def press(client: Client, where: str, step: str, **more: str) -> Any:
    return client.post(where, {"step": step, **more}, follow=True)


def work() -> None:
    while loads.work_off(timezone.now()):
        pass


def marc(count: int, first: int = 1) -> bytes:
    books = (
        record(f"b{at}", item(f"3{at:05}"), title=f"Book {at}") for at in range(first, count + 1)
    )
    return file_of(*books).getvalue()


def test_a_list_is_looked_at_corrected_and_loaded(director: Client, cast: Cast):
    page = send(director, LIST)
    said = text(page)
    for each in (
        "It has 4 rows",
        "Emma Austen, Jane (1815) F AUS · 31",
        "“3.1E+13”: the spreadsheet program has rounded this number",
        "There is no title. 1 line 4, column A",
        "1 row has no barcode. It is a copy all the same",
    ):
        assert each in said
    assert not Item.objects.filter(library=cast.lee).exists()  # nothing is loaded yet
    chosen = {"columns": "1", "column-0": "title", "column-1": "author", "column-3": "call_number"}
    page = director.post(address(page), chosen, follow=True)  # no barcodes, and no ISBN
    assert "Emma Austen, Jane F AUS · no barcode" in text(page)
    twice = {**chosen, "column-4": "title"}
    page = director.post(address(page), twice)
    assert page.status_code == 422
    assert "Two columns are the same: Title" in text(page)
    page = director.post(page.request["PATH_INFO"], {"columns": "1", "step": "load"})
    assert "Say in which column this is: Title" in text(page)
    where = page.request["PATH_INFO"]
    page = press(director, where, "load", **chosen)
    assert "It is next." in text(page)
    work()
    said = text(director.get(where))
    assert "Loaded" in said
    assert "Records read 3 New 3 Left out 1 New copies 3" in said
    assert "There is no title." in said
    assert Item.objects.filter(library=cast.lee).count() == 3


def test_marc_is_looked_at_before_it_is_loaded(director: Client, cast: Cast):
    page = send(director, marc(3) + file_of(record("b9", title="", status="d")).getvalue(), "b.mrc")
    said = text(page)
    assert "Book 1 b1 3000 01 · PR4034 .P7 · on the shelf" in said
    assert "marked as deleted: its copies are withdrawn" in said
    assert Load.objects.get().state == LoadState.SHOWN
    assert "“b.mrc” is here and not loaded yet" in text(director.get(LEE))
    page = press(director, address(page), "away")
    assert Load.objects.get().state == LoadState.STOPPED
    assert "This file was discarded" in text(page)
    assert "Nothing of it was loaded." in text(page)
    assert "This file was stopped" not in text(page)
    assert "The report" not in text(page)
    past = text(director.get(LEE))
    assert "discarded" in past
    assert "stopped" not in past


def test_what_cannot_be_loaded_is_refused_in_words(director: Client):
    for content, says in (
        (b"", "There is nothing in this file."),
        (b"%PDF-1.7", "This file cannot be loaded: it is neither MARC nor a spreadsheet"),
        (b"PK\x03\x04", "This file is damaged or cannot be read."),
        (b'Title,Author\n"Emma,Jane', "A quotation mark near line"),
    ):
        page = send(director, content)
        assert page.status_code == 422
        assert says in text(page), says
    assert not Load.objects.exists()
    assert send(director, marc(1)).status_code == 200
    page = send(director, marc(1))
    assert "This very file is here already" in text(page)
    assert Load.objects.count() == 1


def test_a_load_shows_who_is_before_it_and_is_paused_and_stopped(director: Client, cast: Cast):
    first, second = address(send(director, marc(2))), address(send(director, marc(4, first=3)))
    press(director, first, "load")
    press(director, second, "load")
    assert "1 file is before it: Lee Library" in text(director.get(second))
    page = press(director, first, "pause")
    assert "Paused" in text(page)
    assert '<meta http-equiv="refresh"' in page.content.decode()
    work()
    assert "1 file is before it: Lee Library (1 KB, paused)" in text(director.get(second))
    press(director, first, "resume")
    press(director, second, "stop")
    work()
    stopped = text(director.get(second))
    assert "This file was stopped" in stopped
    assert "stopped before its turn: nothing of it was loaded" in stopped
    assert "The report" not in stopped
    page = director.get(first)
    assert "Loaded" in text(page)
    assert '<meta http-equiv="refresh"' not in page.content.decode()
    assert "This has changed meanwhile" in text(press(director, first, "pause"))
    past = text(director.get(LEE))
    assert "done" in past
    assert "stopped" in past


def test_many_copies_that_are_not_in_the_file_are_asked_about(director: Client, cast: Cast):
    press(director, address(send(director, marc(30))), "load")
    work()
    where = address(send(director, marc(28), kind="full"))
    press(director, where, "load")
    work()
    assert "2 copies are not in “books.csv”." in text(director.get(LEE))
    page = director.get(where)
    said = text(page)
    assert "These 2 copies are not in your file. Withdraw them?" in said
    assert "That is 7% of the 30 copies" in said
    lines = b"".join(director.get(where + "absent.csv")).decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "Book 29,300029,PR4034 .P7,STACKS,b29",
        "Book 30,300030,PR4034 .P7,STACKS,b30",
    ]
    press(director, where, "withdraw")
    work()
    assert Item.objects.filter(status="withdrawn").count() == 2
    assert "They were withdrawn." in text(director.get(where))
    press(director, where, "back")
    work()
    assert Item.objects.filter(status="withdrawn").count() == 0
    assert "They were put back." in text(director.get(where))


def test_a_row_without_its_wrong_isbn_is_not_called_mended(director: Client):
    page = send(director, b"Title,ISBN\nZebra Crossing,9780000000001\n")
    assert "loaded all the same “9780000000001” is not an ISBN" in text(page)
    assert "mended" not in text(page)


def test_the_report_names_each_complaint_once_and_is_a_spreadsheet_too(director: Client):
    bad = [record(f"x{at}", item(f"4{at}"), title="") for at in range(12)]
    strange = record("s1", ("952", {"p": "51", "o": "F", "7": "0"}), title="Whole")
    where = address(send(director, file_of(*bad, strange).getvalue()))
    press(director, where, "load")
    work()
    said = text(director.get(where))
    assert said.count("No title (field 245).") == 1
    assert "12 record x0 (number 1 in the file); record x1" in said
    assert "and 8 more" in said
    rows = [
        *csv.reader(b"".join(director.get(where + "report.csv")).decode("utf-8-sig").splitlines())
    ]
    assert ["Left out", "12", "", "", "", ""] in rows
    assert ["No title (field 245). (left out)", "", "1", "", "x0", ""] in rows


def test_a_command_that_was_killed_is_told_and_goes_on_with_the_same_file(
    director: Client, cast: Cast, tmp_path: Path
):
    """As the command leaves it: some is loaded, and nobody has been heard of."""
    kept = tmp_path / "nightly.mrc"
    kept.write_bytes(marc(5))
    begun = Load.objects.create(
        library=cast.lee,
        source=Load.Source.COMMAND,
        state=LoadState.READING,
        name=kept.name,
        sha256=loads.sum_of(kept),
        size=kept.stat().st_size,
        sent_at=timezone.now(),
    )
    session = load_sessions.Session(begun, kept.open("rb"))
    next(session.steps)
    session.close()
    Load.objects.update(beat_at=None)
    said = text(director.get(f"{LEE}{begun.pk}/"))
    assert "The command that loaded it has ended." in said
    out = StringIO()
    call_command("load", kept, library="lee", stdout=out)
    assert "Going on behind record 5, where it ended." in out.getvalue()
    [only] = Load.objects.all()
    assert (only.state, only.counts["written"]["copies_new"]) == (LoadState.DONE, 5)
    assert "Loaded" in text(director.get(f"{LEE}{begun.pk}/"))


def test_only_who_keeps_a_librarys_records_comes_in(
    client: Client, cast: Cast, settings: Any, tmp_path: Any
):
    settings.HOME = tmp_path
    for who, opens in (
        (cast.director, True),
        (cast.centre, True),
        (cast.operator, True),
        (cast.neighbour, False),  # a director, of another library
        (cast.borrower, False),
        (cast.driver, False),
    ):
        client.force_login(who)
        assert client.get(LEE).status_code == (200 if opens else 404), who
    client.force_login(cast.director)
    assert client.get("/staff/catalog/")["Location"] == LEE


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (None, "how long it will take is not known yet"),
        (20, "less than a minute left"),
        (100, "about 2 minutes left"),
        (60 * 23, "about 25 minutes left"),
        (3600 * 2.2, "about 2 hours left"),
    ],
)
def test_the_time_that_is_left_is_said_as_well_as_it_is_known(seconds: float | None, says: str):
    assert words.loads.left(seconds) == says


def test_nobody_knows_at_the_beginning_how_long_it_takes():
    early = Load(size=1000, read_bytes=10, counts={"seconds": 0.5})
    later = Load(size=1000, read_bytes=100, counts={"seconds": 10})
    assert load_report.seconds_left(early) is None
    assert load_report.seconds_left(later) == pytest.approx(90)


def test_a_list_without_titles_can_be_put_away(director: Client):
    page = send(director, b"Shelf,Year\nA,1950\n")
    assert "Say in which column this is: Title." in text(page)
    assert 'value="load"' not in page.content.decode()
    where = address(page)
    page = director.post(where, {"columns": "1", "column-0": "title", "step": ""}, follow=True)
    assert 'value="load"' in page.content.decode()
    assert "Say in which column" not in text(page)
    page = press(director, where, "load", columns="1", **{"column-0": ""})
    assert "Say in which column this is: Title." in text(page)
    assert Load.objects.get().state == LoadState.SHOWN
    page = press(director, where, "away", columns="1", **{"column-0": ""})
    assert "Discarded" in text(page)
    assert Load.objects.get().state == LoadState.STOPPED


def test_a_page_that_is_old_puts_nothing_away_that_is_being_loaded(director: Client):
    where = address(send(director, marc(3)))
    press(director, where, "load")
    assert "This has changed meanwhile" in text(press(director, where, "away"))
    work()
    assert Load.objects.get().state == LoadState.DONE


@pytest.mark.parametrize("content", [LIST, marc(3)], ids=["list", "marc"])
def test_a_file_that_the_disk_has_lost_is_said_to_be_gone(director: Client, content: bytes):
    where = address(send(director, content))
    incoming.place(Load.objects.get()).unlink()
    page = director.get(where, follow=True)
    assert "The file is gone from our disk. Send it again." in text(page)
    assert Load.objects.get().state == LoadState.FAILED


def test_no_address_of_ours_stands_where_a_librarys_code_does(client: Client, cast: Cast):
    Library.objects.filter(pk=cast.lee.pk).update(code="items")
    client.force_login(cast.centre)
    said = text(client.get("/staff/catalog/items/"))
    assert "Our records" in said
    assert "Lee Library" in said
