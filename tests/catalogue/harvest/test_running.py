"""A harvest takes all, then what changed, and bears whatever a source does."""

import gzip
from datetime import timedelta

import pytest
from django.db import transaction

from postroad.catalogue import absences
from postroad.catalogue.harvest import leaving, running, turns
from postroad.catalogue.harvest.rows import Harvest, Harvested, HarvestRun
from postroad.catalogue.harvest.taking import Overtaken
from postroad.catalogue.load_models import Load, LoadState
from postroad.catalogue.models import Contribution, Item, RawRecord
from postroad.directory.models import Connection
from tests.catalogue.harvest.conftest import NOON
from tests.catalogue.harvest.source import Held, error, frame, marc
from tests.catalogue.records import item, load, record

pytestmark = pytest.mark.django_db
State = HarvestRun.State
LATER = "2026-03-02T10:00:00Z"


def test_the_first_harvest_takes_all_page_by_page_and_the_next_only_what_changed(source, walk):
    source.add(*"abcdef")
    source.page = 2
    harvest = walk()
    run = harvest.go()
    assert (run.state, run.whole, run.pages, run.read) == (State.DONE, True, 3, 6)
    assert len(harvest.barcodes) == 6
    source.put("a", LATER, marc("a", "3100a", "3100x"))
    run = harvest.tomorrow()
    assert (run.whole, run.read, run.report["copies_new"]) == (False, 1 + 5, 1)  # the boundary too
    assert source.since() == "2026-03-01T09:55:00Z"
    assert "3100x" in harvest.barcodes


def test_the_bytes_of_a_record_are_kept(source, walk):
    source.add("a")
    walk().go()
    raw = RawRecord.objects.get()
    assert raw.form == "marcxml"


def test_a_deleted_record_takes_its_copies_along_though_only_its_identifier_is_named(source, walk):
    for number in range(30):
        source.records.append(Held(f"oai:lib:{number}", xml=marc(f"ocm{number}", f"b{number}")))
    harvest = walk()
    harvest.go()
    source.delete("7", LATER)
    run = harvest.tomorrow()
    assert run.report["announced"] == 1
    assert "b7" not in harvest.barcodes
    assert len(harvest.barcodes) == 29
    assert Contribution.objects.get(control_number="ocm7").state == "gone"


def test_a_number_like_the_end_of_another_ones_identifier_is_not_deleted_with_it(source, walk):
    """Koha names a record by its own number, and 001 may be that of a system before it."""
    source.add("a", "b", "c", "d")
    source.records.append(Held("oai:lib:9", xml=marc("5", "of-nine")))
    harvest = walk()
    harvest.go()
    source.delete("5", LATER)  # a record that we never saw
    harvest.tomorrow()
    assert "of-nine" in harvest.barcodes


def test_what_came_by_a_file_before_leaves_when_its_system_deletes_it(source, walk):
    harvest = walk()
    load(harvest.library, *(record(each, item(f"f{each}"), title=f"T {each}") for each in "abcd"))
    source.add("a", "b", "c")
    source.delete("d", "2026-01-01T00:00:00Z")
    harvest.go()
    assert "fd" not in harvest.barcodes


def test_ninety_percent_deletions_ask_a_person_first(source, walk):
    names = [f"n{number}" for number in range(30)]
    source.add(*names)
    harvest = walk()
    harvest.go()
    for each in names[:27]:
        source.delete(each, LATER)
    run = harvest.tomorrow()
    assert run.state == State.DONE
    assert (harvest.harvest.asks_copies, harvest.harvest.asks_of) == (27, 30)
    assert len(harvest.barcodes) == 30
    leaving.agree(harvest.harvest, harvest.now)
    harvest.go()
    assert len(harvest.barcodes) == 3
    assert harvest.harvest.asks_at is None


def test_what_a_person_keeps_is_not_asked_again_at_the_boundary(source, walk):
    names = [f"n{number}" for number in range(30)]
    source.add(*names)
    harvest = walk()
    harvest.go()
    for each in names[:27]:
        source.delete(each, LATER)
    harvest.tomorrow()
    leaving.keep(harvest.harvest)
    harvest.tomorrow()
    assert harvest.harvest.asks_at is None
    assert len(harvest.barcodes) == 30
    source.delete("n0", "2026-03-05T00:00:00Z")  # said anew
    harvest.tomorrow()
    assert len(harvest.barcodes) == 29


def test_records_that_come_back_need_no_answer(source, walk):
    names = [f"n{number}" for number in range(30)]
    source.add(*names)
    harvest = walk()
    harvest.go()
    for each in names[:27]:
        source.delete(each, LATER)
    harvest.tomorrow()
    source.records.clear()
    source.add(*names, stamp="2026-03-03T00:00:00Z")
    harvest.tomorrow()
    assert harvest.harvest.asks_at is None
    assert len(harvest.barcodes) == 30


def test_a_source_that_lists_no_items_any_more_takes_no_copy_away(source, walk):
    source.add(*"abcdefgh")
    harvest = walk()
    harvest.go()
    for each in "abcdefgh":
        source.put(each, LATER, marc(each))
    harvest.tomorrow()
    assert len(harvest.barcodes) == 8
    assert harvest.harvest.asks_at is None


def test_one_record_whose_last_copy_went_loses_it_once_others_list_theirs(source, walk):
    source.add(*"abcdefgh")
    harvest = walk()
    harvest.go()
    source.put("a", LATER, marc("a"))
    source.put("b", LATER, marc("b", "3100b"))
    harvest.tomorrow()
    assert harvest.barcodes == [f"3100{each}" for each in "bcdefgh"]


def test_a_system_that_sends_one_record_for_each_copy_keeps_all(source, walk):
    source.records = [Held(f"oai:lib:i{n}", xml=marc("one", f"c{n}")) for n in range(4)]
    harvest = walk()
    harvest.go()
    source.records[1] = Held("oai:lib:i1", LATER, marc("one", "c1", author="Austen, J."))
    harvest.tomorrow()
    assert harvest.barcodes == ["c0", "c1", "c2", "c3"]
    assert Item.objects.values("record").distinct().count() == 1
    source.records[2] = Held("oai:lib:i2", "2026-03-04T00:00:00Z")
    harvest.tomorrow()
    assert harvest.barcodes == ["c0", "c1", "c3"]


def test_a_server_that_calls_its_records_otherwise_now_doubles_none(source, walk):
    source.add(*"abcd")
    harvest = walk()
    harvest.go()
    for each in source.records:
        each.identifier = each.identifier.replace("oai:lib", "oai:new-name")
    turns.begin_anew(harvest.connection, harvest.now, by="Dana")
    harvest.go()
    assert Contribution.objects.count() == 4
    source.records[0] = Held("oai:new-name:a", LATER)
    harvest.tomorrow()
    assert harvest.barcodes == ["3100b", "3100c", "3100d"]


@pytest.mark.parametrize("page", [1, 50])
def test_two_books_with_one_number_stay_two(source, walk, page):
    """A copied record keeps 001 in some systems."""
    source.page = page
    source.records = [
        Held("oai:lib:1", xml=marc("same", "c1", title="Walden")),
        Held("oai:lib:2", xml=marc("same", "c2", title="Cape Cod")),
    ]
    harvest = walk()
    harvest.go()
    titles = {each.barcode: each.record.title for each in Item.objects.select_related("record")}
    assert titles == {"c1": "Walden", "c2": "Cape Cod"}
    source.records[1] = Held("oai:lib:2", LATER, marc("same", "c2", title="Cape Cod & more"))
    harvest.tomorrow()
    assert harvest.barcodes == ["c1", "c2"]
    assert Contribution.objects.filter(state="live").count() == 2


def test_a_record_without_a_number_is_known_by_its_identifier(source, walk):
    source.add("x", "y", "z")
    source.records.append(Held("oai:lib:77", xml=marc("", "n1", title="Nameless")))
    harvest = walk()
    assert harvest.go().report["without_number"] == 1
    source.put("77", LATER, marc("", "n1", title="Nameless, corrected"))
    harvest.tomorrow()
    assert Contribution.objects.filter(control_number="oai:lib:77").count() == 1
    source.delete("77", "2026-03-04T00:00:00Z")
    harvest.tomorrow()
    assert "n1" not in harvest.barcodes


def test_a_record_that_changes_its_number_does_not_stay_under_the_old_one(source, walk):
    source.add("a", "b", "c")
    harvest = walk()
    harvest.go()
    source.put("a", LATER, marc("new-a", "3100a"))
    harvest.tomorrow()
    states = dict(Contribution.objects.values_list("control_number", "state"))
    assert (states["a"], states["new-a"]) == ("gone", "live")
    assert "3100a" in harvest.barcodes


def test_days_are_asked_for_as_days(source, walk):
    source.granularity = "YYYY-MM-DD"
    source.add("a", stamp="2026-03-01")
    harvest = walk()
    harvest.go()
    harvest.tomorrow()
    assert source.since() == "2026-03-01"


def test_a_server_that_claims_seconds_and_refuses_them_is_asked_by_days(source, walk):
    source.add("a", "b")

    def instead(asked):
        return error("badArgument", "granularity") if "T" in asked.get("from", "") else None

    harvest = walk()
    harvest.go()
    source.instead = instead
    run = harvest.tomorrow()
    assert run.state == State.DONE
    assert source.since() == "2026-03-01"


def test_the_next_harvest_begins_at_their_newest_datestamp_not_at_our_clock(source, walk):
    source.answered = "2026-03-02T00:00:00Z"
    source.add("a")
    source.add("b", stamp="2099-01-01T00:00:00Z")  # a mistake: what comes later would be missed
    harvest = walk()
    harvest.go()
    assert harvest.harvest.newest.isoformat() == "2026-03-02T00:00:00+00:00"


def test_nothing_new_is_no_trouble(source, walk):
    source.add("a")
    harvest = walk()
    harvest.go()
    source.records.clear()
    run = harvest.tomorrow()
    assert (run.state, run.read, harvest.harvest.failures) == (State.DONE, 0, 0)
    assert harvest.barcodes == ["3100a"]


def test_datestamps_out_of_order_lose_nothing_when_a_token_is_refused(source, walk):
    source.page = 2
    source.add("a", "b", stamp="2026-03-09T00:00:00Z")
    source.add("c", "d", stamp="2026-03-01T00:00:00Z")
    refusals = [1]

    def instead(asked):
        if asked.get("resumptionToken") and refusals:
            refusals.pop()
            return error("badResumptionToken")
        return None

    source.instead = instead
    harvest = walk()
    run = harvest.go()
    assert (run.state, run.restarts) == (State.DONE, 1)
    assert len(harvest.barcodes) == 4


def test_a_refused_token_begins_again_at_the_newest_datestamp_seen(source, walk):
    source.page = 2
    for day, each in enumerate("abcdef", 1):
        source.add(each, stamp=f"2026-03-0{day}T00:00:00Z")
    seen: list[int] = []

    def instead(asked):
        if asked.get("resumptionToken") == "!4" and not seen:
            seen.append(1)
            return error("badResumptionToken")
        return None

    source.instead = instead
    harvest = walk()
    run = harvest.go()
    assert run.state == State.DONE
    assert [each["from"] for each in source.lists() if "from" in each] == ["2026-03-04T00:00:00Z"]
    assert len(harvest.barcodes) == 6


def test_tokens_that_never_hold_end_in_a_trouble_not_in_a_circle(source, walk):
    source.page = 1
    source.add("a", "b")

    def instead(asked):
        return error("badResumptionToken") if asked.get("resumptionToken") else None

    source.instead = instead
    run = walk().go()
    assert (run.state, run.trouble) == (State.FAILED, "oai-token-refused")
    assert len(source.asked) < 20


def test_a_list_that_repeats_its_token_is_left(source, walk):
    source.add("a", "b")
    page = frame(
        f"<ListRecords>{source.records[0].written()}"
        "<resumptionToken>again</resumptionToken></ListRecords>"
    )
    source.instead = lambda asked: page if asked["verb"] == "ListRecords" else None
    harvest = walk()
    run = harvest.go()
    assert (run.state, run.trouble) == (State.FAILED, "oai-repeats")
    assert harvest.barcodes == ["3100a"]
    assert harvest.harvest.newest is None  # nobody knows what would have come


def test_a_token_too_long_to_send_back_is_no_end_of_the_list(source, walk):
    source.add("a", "b")
    page = frame(
        f"<ListRecords>{source.records[0].written()}"
        f"<resumptionToken>{'t' * 5_000}</resumptionToken></ListRecords>"
    )
    source.instead = lambda asked: page if asked["verb"] == "ListRecords" else None
    harvest = walk()
    run = harvest.go()
    assert (run.state, run.trouble) == (State.FAILED, "oai-token-too-long")
    assert harvest.barcodes == ["3100a"]  # what came is kept
    assert harvest.harvest.newest is None  # nobody knows what would have come


def test_a_token_behind_a_comment_is_followed(source, walk):
    source.add("a", "b")
    left = list(source.records)

    def instead(asked):
        if asked["verb"] != "ListRecords":
            return None
        token = "<resumptionToken><!-- next -->more</resumptionToken>" if len(left) > 1 else ""
        return frame(f"<ListRecords>{left.pop(0).written()}{token}</ListRecords>")

    source.instead = instead
    harvest = walk()
    assert harvest.go().state == State.DONE
    assert len(harvest.barcodes) == 2


def test_a_token_that_stays_the_same_while_the_pages_change_is_followed(source, walk):
    """Some servers remember where a reader stands."""
    source.add(*"abcd")
    left = list(source.records)

    def instead(asked):
        if asked["verb"] != "ListRecords":
            return None
        one = left.pop(0)
        token = "<resumptionToken>same</resumptionToken>" if left else ""
        return frame(f"<ListRecords>{one.written()}{token}</ListRecords>")

    source.instead = instead
    harvest = walk()
    assert harvest.go().state == State.DONE
    assert len(harvest.barcodes) == 4


@pytest.mark.parametrize("empty", [True, False])
def test_a_list_without_an_end_is_left(source, walk, empty):
    source.add("a")
    numbers = iter(range(10_000))

    def instead(asked):
        if asked["verb"] != "ListRecords":
            return None
        one = "" if empty else source.records[0].written()
        token = f"<resumptionToken>t{next(numbers)}</resumptionToken>"
        return frame(f"<ListRecords>{one}{token}</ListRecords>")

    source.instead = instead
    run = walk().go()
    assert (run.state, run.trouble) == (State.FAILED, "oai-endless")
    assert len(source.asked) < running.MOST_STALE + 6


def test_an_empty_page_in_the_middle_ends_nothing(source, walk):
    source.page = 1
    source.add("a", "b")

    def instead(asked):
        if asked.get("resumptionToken") == "!1":
            token = "<resumptionToken>!1b</resumptionToken>"
            return frame(f"<ListRecords>{token}</ListRecords>")
        if asked.get("resumptionToken") == "!1b":
            return frame(f"<ListRecords>{source.records[1].written()}</ListRecords>")
        return None

    source.instead = instead
    harvest = walk()
    assert harvest.go().state == State.DONE
    assert len(harvest.barcodes) == 2


@pytest.mark.parametrize("size", [0, 1, 10**9])
def test_a_wrong_size_of_the_list_means_nothing(source, walk, size):
    source.page, source.size = 2, size
    source.add(*"abcde")
    assert walk().go().read == 5


def test_a_record_twice_counts_by_its_later_datestamp(source, walk):
    source.page = 10
    source.add("b")
    source.records += [
        Held("oai:lib:a", "2026-03-05T00:00:00Z", marc("a", "new")),
        Held("oai:lib:a", "2026-03-01T00:00:00Z", marc("a", "old")),
        Held("oai:lib:a", "2026-03-02T00:00:00Z"),
    ]
    harvest = walk()
    harvest.go()
    assert harvest.barcodes == ["3100b", "new"]


def test_it_is_later_where_the_server_wants_so_and_that_is_no_failure(source, walk):
    source.add("a")
    busy = (503, {"Retry-After": "120"}, b"later")
    source.instead = lambda asked: busy
    harvest = walk()
    harvest.go()
    there = harvest.harvest
    assert there.failures == 0
    assert there.due_at - harvest.now == timedelta(seconds=120)
    source.instead = lambda asked: None
    assert harvest.go(timedelta(seconds=121)).state == State.DONE


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"oops"),
        (429, {}, b"slowly"),
        (200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html>Maintenance</html>"),
        (200, {"Content-Length": "5000"}, b"<OAI-PMH"),
        (200, {}, b""),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(b"<OAI-PMH>" * 99)[:20]),
    ],
)
def test_what_goes_wrong_in_the_middle_is_tried_again_where_it_stood(source, walk, answer):
    source.page = 2
    source.add(*"abcdef")
    source.instead = lambda asked: answer if asked.get("resumptionToken") == "!4" else None
    harvest = walk()
    run = harvest.go()
    assert (run.state, run.token, run.pages) == (State.READING, "!4", 2)
    assert (harvest.harvest.failures, len(harvest.barcodes)) == (1, 4)
    source.instead = lambda asked: None
    source.asked.clear()
    assert harvest.go(timedelta(minutes=6)).state == State.DONE
    assert [each["resumptionToken"] for each in source.lists()] == ["!4"]
    assert len(harvest.barcodes) == 6
    assert harvest.harvest.trouble == ""


def test_an_answer_that_breaks_off_between_two_records_is_not_the_end(source, walk):
    source.add(*"abcd")
    whole = source.list_records({})
    half = whole[: whole.rindex(b"<record")]
    source.instead = lambda asked: half if asked["verb"] == "ListRecords" else None
    harvest = walk()
    assert harvest.go().state == State.READING
    source.instead = lambda asked: None
    assert harvest.go(timedelta(minutes=6)).state == State.DONE
    assert len(harvest.barcodes) == 4


def test_a_compressed_answer_is_read(source, walk):
    source.add("a")
    packed = gzip.compress(source.list_records({}))
    said = (200, {"Content-Encoding": "gzip"}, packed)
    source.instead = lambda asked: said if asked["verb"] == "ListRecords" else None
    harvest = walk()
    harvest.go()
    assert harvest.barcodes == ["3100a"]
    assert "gzip" in source.headers[-1]["Accept-Encoding"]


def test_after_three_failures_it_has_something_to_tell_and_after_many_the_run_is_over(source, walk):
    source.instead = lambda asked: (500, {}, b"")
    harvest = walk()
    for _time in range(turns.GIVES_UP):
        run = harvest.go(timedelta(hours=5))
    assert harvest.harvest.failures == turns.GIVES_UP
    assert (run.state, run.trouble) == (State.FAILED, "address-answered")


def test_what_is_switched_off_is_not_asked(source, walk):
    source.add("a")
    harvest = walk()
    harvest.connection.active = False
    harvest.connection.save()
    turns.switch(harvest.connection, harvest.now)
    turns.go_on(harvest.now + timedelta(days=3))
    assert source.asked == []


def test_another_process_at_it_is_left_alone_until_its_lease_ends(source, walk):
    source.add("a")
    harvest = walk()
    there = harvest.harvest
    there.held_until = harvest.now + turns.LEASE
    there.save()
    turns.go_on(harvest.now)
    assert source.asked == []
    assert harvest.go(turns.LEASE).state == State.DONE


def test_all_can_be_harvested_anew(source, walk):
    source.add(*"abc")
    harvest = walk()
    harvest.go()
    turns.begin_anew(harvest.connection, harvest.now, by="Dana")
    run = harvest.go()
    assert (run.whole, run.read, run.report["unchanged"], run.by) == (True, 3, 3, "Dana")
    assert Harvested.objects.count() == 3


def test_a_run_that_somebody_stopped_is_not_gone_on_with(source, walk):
    source.add(*"ab")
    source.page = 1
    harvest = walk()
    run = running.begin(harvest.harvest, harvest.now)
    running.step(harvest.harvest, run, harvest.now)
    turns.stop(harvest.connection, harvest.now)
    with pytest.raises(Overtaken):
        running.step(harvest.harvest, run, harvest.now)
    assert harvest.barcodes == ["3100a"]


def test_a_fault_of_ours_at_one_source_keeps_no_other_waiting(source, walk, cast):
    """Such a row is made by no page of ours."""
    source.add("a")
    harvest = walk()
    strange = Connection.objects.create(
        library=cast.lee, address=source.address, active=True, options=["strange"]
    )
    turns.switch(strange, NOON - timedelta(hours=1))
    turns.look(strange, NOON - timedelta(hours=1))
    assert harvest.go().state == State.DONE
    fallen = Harvest.objects.get(connection=strange)
    assert (fallen.trouble, fallen.failures, fallen.held_until) == ("harvest-stumbled", 1, None)
    assert [code for code, *_more in fallen.checkup["findings"]] == ["harvest-stumbled"]
    assert fallen.due_at > harvest.now


def test_a_copy_that_a_harvest_lists_is_taken_off_the_open_question_of_a_file(source, walk):
    source.add(*"abc")
    harvest = walk()
    harvest.go()
    asks = Load.objects.create(library=harvest.library, state=LoadState.ASKS, sent_at=NOON)
    with transaction.atomic():
        absences.add(asks, list(Item.objects.order_by("barcode").values_list("pk", flat=True)[:2]))
    source.put("a", LATER, marc("a", "3100a"))
    source.records = source.records[-1:]
    harvest.tomorrow()
    asks.refresh_from_db()
    assert (asks.state, asks.absent) == (LoadState.ASKS, 1)
    assert (
        absences.withdraw(asks, [*Item.objects.values_list("pk", flat=True)]).copies_withdrawn == 1
    )
    assert harvest.barcodes == ["3100a", "3100c"]  # whoever was at it meanwhile leaves a there
    source.put("b", "2026-03-03T10:00:00Z", marc("b", "3100b"))
    harvest.tomorrow()
    asks.refresh_from_db()
    assert (asks.state, asks.answer) == (LoadState.DONE, "lapsed")
    assert harvest.barcodes == ["3100a", "3100b", "3100c"]
