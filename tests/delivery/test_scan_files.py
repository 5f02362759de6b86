"""Files of scans: late, twice, out of order, with bad lines; and a worker that is killed."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from postroad import words
from postroad.delivery import containers, scan_files, scan_lines
from postroad.delivery.models import (
    Container,
    Courier,
    Custody,
    Hub,
    Parcel,
    ParcelState,
    ScanFile,
)
from postroad.delivery.scan_lines import Bad, Clock, Why
from tests.delivery.conftest import later, steps

NOW = later(days=2)
HEADER = "time,place,step,number,library,into"


@pytest.fixture
def hub(cast):
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    return Hub.objects.create(code="PLYMOUTH", name="Plymouth sort", courier=courier)


def row(place, step, number, hours=1, **more):
    at = later(hours=hours).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    return f"{at},{place},{step},{number},{more.get('library', '')},{more.get('into', '')}"


def send(*rows, name="scans.csv", by=None, at=NOW):
    content = "\r\n".join([HEADER, *rows]).encode()
    return scan_files.keep(name, content, by=by, at=at)


def take(*rows):
    came = send(*rows)
    scan_files.work_off(NOW)
    came.file.refresh_from_db()
    return came.file


def why(file):
    return [(each.line, each.column, each.why) for each in file.bad_rows.all()]


def test_a_file_tells_what_happened_whatever_the_order_of_its_lines(parcel, cast, hub):
    file = take(
        row(cast.lenox.code, "dropped", parcel.number, 9),
        row("PLYMOUTH", "sorted", parcel.number, 5),
        row(cast.lee.code, "picked-up", parcel.number, 1),
    )
    parcel.refresh_from_db()
    assert (file.taken, file.again, file.refused, file.state) == (3, 0, 0, "done")
    assert steps(parcel) == ["made", "picked-up", "sorted", "dropped"]
    assert (parcel.state, parcel.last_library) == (ParcelState.DROPPED, cast.lenox)


def test_the_same_file_of_two_drivers_is_one(parcel, cast):
    line = row(cast.lee.code, "picked-up", parcel.number)
    first, second = send(line, by=cast.driver), send(line, name="copy.csv", by=cast.delivery)
    assert (first.again, second.again, second.file) == (False, True, first.file)


def test_a_scan_in_two_files_is_one_line(parcel, cast):
    line = row(cast.lee.code, "picked-up", parcel.number)
    take(line)
    assert take(line, row(cast.lenox.code, "dropped", parcel.number, 4)).again == 1
    assert steps(parcel) == ["made", "picked-up", "dropped"]


def test_bad_lines_are_named_and_stop_no_other(parcel, make_parcel, cast, hub):
    make_parcel()  # of the same item
    file = take(
        row(cast.lee.code, "picked-up", parcel.number),
        row(cast.lee.code, "picked-up", parcel.number, 9000),
        row("NOWHERE", "picked-up", parcel.number),
        row(cast.lee.code, "juggled", parcel.number),
        row("PLYMOUTH", "dropped", parcel.number),
        row(cast.lee.code, "held", parcel.number),
        row(cast.lee.code, "picked-up", "31234000000017"),
        row(cast.lee.code, "picked-up", "31234000000017", library=cast.lee.code),
        row(cast.lee.code, "picked-up", "99", library=cast.lee.code),
        row("PLYMOUTH", "sorted", parcel.number, into="B00"),
        row("PLYMOUTH", "closed", parcel.number),
        "yesterday,PLYMOUTH,sorted,9,,",
        "2026",
    )
    assert why(file) == [
        (3, "time", Why.TIME_AHEAD),
        (4, "place", Why.PLACE_UNKNOWN),
        (5, "step", Why.STEP_UNKNOWN),
        (6, "step", Why.STEP_ELSEWHERE),
        (7, "step", Why.STEP_ELSEWHERE),
        (8, "library", Why.LIBRARY_NEEDED),
        (9, "number", Why.NUMBER_SEVERAL),
        (10, "number", Why.NUMBER_UNKNOWN),
        (11, "into", Why.INTO_UNKNOWN),
        (12, "step", Why.STEP_OF_OTHERS),
        (13, "time", Why.TIME_UNREAD),
        (14, "", Why.TOO_FEW_COLUMNS),
    ]
    assert (file.taken, file.refused) == (1, 12)
    assert set(words.delivery.BAD_LINES) == set(Why)


def test_an_item_is_found_by_its_barcode_and_its_library(parcel, cast):
    assert take(row(cast.lee.code, "picked-up", "31234000000017", library="lee")).taken == 1
    assert steps(parcel) == ["made", "picked-up"]


@pytest.mark.parametrize("sent", ["a31234000000017b", "*31234000000017*", "]F031234000000017"])
def test_an_item_is_found_whatever_the_scanner_puts_around_its_bars(parcel, cast, sent):
    assert take(row(cast.lee.code, "picked-up", sent, library="lee")).taken == 1
    assert steps(parcel) == ["made", "picked-up"]


@pytest.mark.parametrize("framed", ["*{}*", "]C0{}"])
def test_parcels_and_bins_are_found_whatever_the_scanner_puts_around_their_bars(
    parcel, cast, hub, framed
):
    (a_bin,) = containers.put_to_use(1, Container.Kind.BIN, holder="PLYMOUTH", at=later())
    file = take(
        row("PLYMOUTH", "sorted", framed.format(parcel.number), into=framed.format(a_bin.number)),
        row(cast.lenox.code, "dropped", framed.format(a_bin.number), 5),
    )
    parcel.refresh_from_db()
    assert (file.taken, why(file)) == (2, [])
    assert (parcel.state, parcel.last_library) == (ParcelState.DROPPED, cast.lenox)
    assert containers.find(framed.format(a_bin.number)) == a_bin


def test_a_number_that_a_spreadsheet_program_has_rounded_is_said_to_be_that(parcel, cast):
    file = take(
        row(cast.lee.code, "picked-up", "3.1234E+13", library="lee"),
        row(cast.lee.code, "picked-up", "3.1234E+13", 2),
    )
    assert why(file) == [(2, "number", Why.NUMBER_ROUNDED), (3, "number", Why.NUMBER_ROUNDED)]


def test_a_bin_in_a_file_moves_what_is_in_it_and_cannot_go_into_itself(parcel, cast, hub):
    first, second = containers.put_to_use(2, Container.Kind.BIN, holder="PLYMOUTH", at=later())
    file = take(
        row(cast.lenox.code, "dropped", first.number, 5),
        row("PLYMOUTH", "sorted", parcel.number, 2, into=first.number),
        row("PLYMOUTH", "sorted", second.number, 2, into=second.number),
    )
    parcel.refresh_from_db()
    assert (parcel.state, parcel.last_how) == (ParcelState.DROPPED, "contained")
    assert why(file) == [(4, "into", Why.IN_ITSELF)]


def test_a_worker_that_dies_between_two_lines_loses_and_doubles_nothing(
    make_parcel, cast, monkeypatch
):
    waiting = [make_parcel() for _ in range(5)]
    monkeypatch.setattr(scan_files, "BATCH", 2)
    came = send(*(row(cast.lee.code, "picked-up", each.number) for each in waiting))
    lines = scan_lines.read(bytes(came.file.content), Clock(NOW, UTC))
    assert scan_files.take(came.file, lines, NOW)
    killed = transaction.atomic()
    killed.__enter__()
    scan_files.take(came.file, lines, NOW)
    killed.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    file = ScanFile.objects.get()
    assert (file.worked, file.taken) == (2, 2)
    assert not scan_files.take(ScanFile(pk=file.pk, worked=0), lines, NOW)
    scan_files.work_off(NOW)
    file.refresh_from_db()
    assert (file.worked, file.taken, file.state, bytes(file.content)) == (5, 5, "done", b"")
    assert Custody.objects.filter(step="picked-up").count() == 5


def test_what_is_no_file_of_scans_is_refused_as_a_whole():
    for content in (b"", b"\x00\x01", b"number\n1", b"time,place,step,number\n"):
        with pytest.raises(scan_lines.NotALineFile):
            scan_files.keep("x.csv", content, by=None, at=NOW)
    many = ("time,place,step,number\n" + "x,y,z,1\n" * 50_001).encode()
    with pytest.raises(scan_lines.TooManyLines):
        scan_files.keep("x.csv", many, by=None, at=NOW)
    assert not ScanFile.objects.exists()


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-30 14:05", 19),
        ("11/30/2026 2:05 PM", 19),
        ("2026-11-30T14:05:00+00:00", 14),
        ("20261130T140500", 19),
        ("11/30/2026 14:05", 19),
        ("11/30/26 14:05", 19),
        ("30-Nov-2026 2:05:30 pm", 19),
        ("46356.5868", 19),
    ],
)
def test_times_are_read_as_people_and_machines_write_them(text, hour):
    at = scan_lines.moment(text, Clock(NOW, ZoneInfo("America/New_York")))
    assert not isinstance(at, Why)
    assert at.astimezone(UTC).hour == hour


def test_a_clock_that_goes_a_year_ahead_or_behind_is_not_believed():
    for days, said in ((365, Why.TIME_AHEAD), (-400, Why.TIME_OLD)):
        text = (NOW + timedelta(days=days)).isoformat()
        assert scan_lines.moment(text, Clock(NOW, UTC)) is said
    assert isinstance(scan_lines.moment("", Clock(NOW, UTC)), Why)


@pytest.mark.parametrize("text", ["2026-11-30", "11/30/2026", "20261130", "46356", "14:05"])
def test_a_day_alone_says_no_time(text):
    assert scan_lines.moment(text, Clock(NOW, UTC)) is Why.TIME_UNREAD


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("time,place,step,number\nx,LEE,dropped,1\n".encode("utf-16"), 2),
        (b"sep=;\r\ntime;place;step;number\r\nx;LEE;dropped;1\r\n", 3),
        (b"\r\n\r\ntime,place,step,number\r\nx,LEE,dropped,1\r\n", 4),
        (b"time\tplace\tstep\tnumber\rx\tLEE\tdropped\t1\r", 2),
        (b"\xef\xbb\xbftime,place,step,number\nx,LEE,dropped,1", 2),
    ],
)
def test_a_file_is_read_as_spreadsheet_programs_write_it(content, line):
    (found,) = scan_lines.read(content, Clock(NOW, UTC))
    assert (found.line, found.why) == (line, Why.TIME_UNREAD)


def test_a_thousand_lines_take_few_statements(make_parcel, cast, django_assert_num_queries):
    waiting = [make_parcel() for _ in range(30)]
    rows = [row(cast.lee.code, "picked-up", each.number) for each in waiting]
    came = send(*rows)
    lines = scan_lines.read(bytes(came.file.content), Clock(NOW, UTC))
    assert not any(isinstance(each, Bad) for each in lines)
    with django_assert_num_queries(13):
        scan_files.take(came.file, lines, NOW)
    assert Parcel.objects.filter(state=ParcelState.MOVING).count() == 30


@pytest.mark.parametrize("turned", [False, True])
def test_two_bags_that_one_file_puts_into_each_other_are_named(parcel, hub, turned):
    bag, other = containers.put_to_use(2, Container.Kind.BAG, holder=hub.code, at=later())
    rows = [
        row("PLYMOUTH", "sorted", parcel.number, 1, into=bag.number),
        row("PLYMOUTH", "sorted", bag.number, 2, into=other.number),
        row("PLYMOUTH", "sorted", other.number, 3, into=bag.number),
    ]
    file = take(*rows[::-1] if turned else rows)
    assert why(file) == [(2 if turned else 4, "into", Why.IN_ITSELF)]
    stand = dict(Container.objects.values_list("number", "inside__number"))
    assert stand == {bag.number: other.number, other.number: None}


def test_a_bag_that_came_out_in_the_same_file_may_hold_the_other(hub):
    bag, other = containers.put_to_use(2, Container.Kind.BAG, holder=hub.code, at=later())
    file = take(
        row("PLYMOUTH", "sorted", bag.number, 1, into=other.number),
        row("PLYMOUTH", "arrived", bag.number, 2),
        row("PLYMOUTH", "sorted", other.number, 3, into=bag.number),
    )
    assert why(file) == []
    other.refresh_from_db()
    assert other.inside == bag


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_quotation_mark_that_is_not_closed_spoils_its_own_line_alone(parcel, make_parcel, end):
    later_one = make_parcel()
    lines = (row("LEE", "picked-up", parcel.number), '"' + row("LEE", "picked-up", "P"))
    last = row("LEE", "picked-up", later_one.number)
    content = end.join([HEADER, *lines, "", last]).encode()
    file = scan_files.keep("scans.csv", content, by=None, at=NOW).file
    scan_files.work_off(NOW)
    file.refresh_from_db()
    assert (file.taken, why(file)) == (2, [(3, "", Why.TOO_FEW_COLUMNS)])


def test_of_a_line_of_millions_of_cells_no_more_is_read_than_a_file_may_have(parcel):
    first, *others = HEADER.split(",")
    for wide in (f"{','.join([*others, first])}", f"{',' * 190}{HEADER}"):
        assert scan_lines.headed(wide.split(",")[: scan_lines.COLUMNS])["time"] >= 0
    far = "," * scan_lines.COLUMNS + HEADER + "\n" + row("LEE", "picked-up", parcel.number)
    with pytest.raises(scan_lines.NotALineFile):
        scan_lines.read(far.encode(), Clock(NOW, UTC))
