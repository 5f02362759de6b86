"""The round on a phone: its data, and what becomes of scans that are sent later."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from postroad.accounts.models import Post, Role, User
from postroad.delivery import containers, offline, parcels
from postroad.delivery.models import (
    Container,
    Courier,
    Custody,
    Hub,
    Parcel,
    ParcelState,
    Route,
    SetAside,
    Stop,
    Why,
)

FACTS, SCANS, PAGE, WORKER = (
    "/courier/round.json",
    "/courier/round/scans/",
    "/courier/round/",
    "/courier/worker.js",
)
NOW = 1_764_000_000_000  # by the phone's clock, whatever that says
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


@pytest.fixture(autouse=True)
def _every_day(cast):
    Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")


@pytest.fixture
def driver(client, cast):
    client.force_login(cast.driver)
    return client


@pytest.fixture
def make_parcel(cast):
    def make(sender="lee", receiver="lenox", days_ago=20, **more):
        facts = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
        return parcels.make(
            from_library=getattr(cast, sender),
            to_library=getattr(cast, receiver),
            at=timezone.now() - timedelta(days=days_ago),
            **{**facts, **more},
        )

    return make


@pytest.fixture
def on_the_van(make_parcel, cast):
    def make(*ends, **more):
        parcel = make_parcel(*ends, **more)
        with transaction.atomic():
            parcels.pick_up(parcel, by=cast.driver, at=timezone.now() - timedelta(days=19))
        return parcel

    return make


def stop_of(library):
    return Stop.objects.get(library=library).pk


def scan(parcel, library, key="a1", ago=0, **more):
    text = parcel if isinstance(parcel, str) else parcel.number
    facts = {"key": key, "text": text, "hand": "drop", "stop": stop_of(library), "at": NOW - ago}
    return {**facts, **more}


def send(client, driver, *scans, **more):
    facts = {"driver": driver.pk, "sent": NOW, "scans": list(scans)}
    headers = more.pop("headers", {})
    told = json.dumps({**facts, **more})
    return client.post(SCANS, told, content_type="application/json", headers=headers)


def answers(response):
    assert response.status_code == 200, response.content
    return [(each["tone"], each["sentence"]) for each in response.json()["answers"]]


def test_the_phone_keeps_the_stops_of_the_chosen_round_and_their_numbers(
    driver, make_parcel, on_the_van, cast
):
    up, down = make_parcel("lee", "lenox", item_barcode="30001"), on_the_van("lenox", "lee")
    driver.post("/courier/", {"route": "WEST 2"})
    answer = driver.get(FACTS)
    told = answer.json()
    assert (told["driver"]["id"], told["route"]) == (cast.driver.pk, "WEST 2")
    lee = next(each for each in told["stops"] if each["town"] == "Lee")
    assert lee["pick_up"] == [{"number": up.number, "item": "30001", "town": "Lenox"}]
    assert lee["drop"] == [{"number": down.number, "item": "", "town": "Lenox"}]
    assert answer["Cache-Control"] == "private, no-store"
    assert "Walden" not in answer.content.decode()  # what is inside is no matter of the van's


def test_another_route_s_parcels_are_not_on_the_phone(driver, make_parcel, cast):
    other = Route.objects.create(code="CAPE 1", name="Cape 1")
    Stop.objects.filter(library=cast.pittsfield).update(route=other)
    mine, theirs = make_parcel("lee", "lenox"), make_parcel("pittsfield", "providence")
    driver.post("/courier/", {"route": "WEST 2"})
    told = driver.get(FACTS).content.decode()
    assert mine.number in told
    assert theirs.number not in told


def test_without_a_route_there_is_nothing_to_keep(driver):
    assert driver.get(FACTS).json()["stops"] == []


def test_the_data_of_the_round_cost_the_same_for_one_parcel_and_for_many(
    driver, make_parcel, on_the_van, django_assert_num_queries
):
    driver.post("/courier/", {"route": "WEST 2"})
    for _each in range(7):
        make_parcel()
        on_the_van("lenox", "lee")
    with django_assert_num_queries(13):
        driver.get(FACTS)


def test_the_page_and_the_worker_say_nothing_of_whoever_asks(driver, make_parcel, cast):
    parcel = make_parcel()
    driver.post("/courier/", {"route": "WEST 2"})
    stranger = Client()
    assert stranger.get(PAGE).status_code == 200
    assert "csrf" not in stranger.get(PAGE).content.decode()
    assert parcel.number not in driver.get(PAGE).content.decode()
    worker = stranger.get(WORKER)
    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in worker["Content-Security-Policy"]


def test_a_scan_is_taken_at_its_own_time(driver, on_the_van, cast):
    parcel = on_the_van()
    before = timezone.now()
    told = send(driver, cast.driver, scan(parcel, cast.lenox, ago=3 * DAY))
    assert answers(told) == [("ok", "Dropped. It comes from Lee Library, Lee.")]
    line = Custody.objects.get(parcel=parcel, step="dropped")
    assert abs(line.at - (before - timedelta(days=3))) < timedelta(minutes=1)
    assert line.noted_at >= before
    assert (line.user, line.holder) == (cast.driver, "WEST 2")


def test_the_same_scan_sent_twice_is_one(driver, on_the_van, cast):
    parcel = on_the_van()
    kept = scan(parcel, cast.lenox, ago=5 * MINUTE)
    first, second = send(driver, cast.driver, kept), send(driver, cast.driver, kept)
    assert answers(first)[0][0] == "ok"
    assert answers(second)[0][0] in ("ok", "warn")
    assert Custody.objects.filter(parcel=parcel, step="dropped").count() == 1


def test_what_the_page_sent_already_and_the_phone_sends_again_is_one(driver, on_the_van, cast):
    parcel = on_the_van()
    driver.post("/courier/", {"stop": stop_of(cast.lenox), "sure": "yes"})
    driver.post("/courier/scan/", {"scan": parcel.number, "key": "a1"})
    send(driver, cast.driver, scan(parcel, cast.lenox, ago=20 * MINUTE))
    assert Custody.objects.filter(parcel=parcel, step="dropped").count() == 1


def test_scans_are_taken_in_their_order(driver, make_parcel, cast):
    parcel = make_parcel("lee", "lenox")
    told = send(
        driver,
        cast.driver,
        scan(parcel, cast.lee, "a1", 30 * MINUTE, hand="pick-up"),
        scan(parcel, cast.lenox, "a2", 10 * MINUTE),
    )
    assert [tone for tone, _sentence in answers(told)] == ["ok", "ok"]
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.DROPPED


def test_a_clock_that_is_a_year_ahead_tells_nothing_wrong(driver, on_the_van, cast):
    """Both times are the phone's: what lies between them is right."""
    parcel = on_the_van()
    year = 365 * DAY
    kept = scan(parcel, cast.lenox, at=NOW + year - 10 * MINUTE)
    answers(send(driver, cast.driver, kept, sent=NOW + year))
    line = Custody.objects.get(parcel=parcel, step="dropped")
    assert timedelta(minutes=9) < timezone.now() - line.at < timedelta(minutes=11)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (NOW + 365 * DAY, Why.AHEAD),
        (NOW + 3 * MINUTE, Why.AHEAD),
        (NOW - 8 * DAY, Why.TOO_OLD),
        (1, Why.TOO_OLD),
        (None, Why.NO_TIME),
        ("soon", Why.NO_TIME),
        (-5, Why.NO_TIME),
        (10**400, Why.NO_TIME),
        (True, Why.TOO_OLD),
    ],
)
def test_a_time_that_cannot_be_is_kept_for_the_office(driver, on_the_van, cast, at, why):
    parcel = on_the_van()
    told = send(driver, cast.driver, scan(parcel, cast.lenox, at=at))
    assert answers(told) == [("warn", f"Kept for the delivery office: {why.label}.")]
    row = SetAside.objects.get()
    assert (row.why, row.text, row.driver, row.settled_at) == (
        why,
        parcel.number,
        cast.driver,
        None,
    )
    assert not Custody.objects.filter(parcel=parcel, step="dropped").exists()
    assert answers(send(driver, cast.driver, scan(parcel, cast.lenox, at=at))) == answers(told)
    assert SetAside.objects.count() == 1


def test_a_clock_that_was_set_by_a_minute_is_believed_as_now(driver, on_the_van, cast):
    parcel = on_the_van()
    answers(send(driver, cast.driver, scan(parcel, cast.lenox, at=NOW + MINUTE)))
    line = Custody.objects.get(parcel=parcel, step="dropped")
    assert line.at <= timezone.now()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"text": "nothing of ours"}, Why.UNKNOWN),
        ({"text": ""}, Why.UNREADABLE),
        ({"text": "9" * 5000}, Why.UNREADABLE),
        ({"stop": 99999}, Why.NO_STOP),
        ({"stop": None}, Why.NO_STOP),
        ({"stop": "1; drop"}, Why.NO_STOP),
        ({"text": "\ud800\x00<b>12</b>"}, Why.UNKNOWN),
    ],
)
def test_what_is_of_no_parcel_or_stop_is_kept_for_the_office(driver, cast, more, why):
    told = send(driver, cast.driver, scan("x", cast.lenox, **more))
    assert answers(told)[0][0] in ("warn", "no")
    assert SetAside.objects.get().why == why


def test_one_bad_scan_keeps_no_other_waiting(driver, on_the_van, cast):
    first, last = on_the_van(), on_the_van()
    told = send(
        driver,
        cast.driver,
        scan(first, cast.lenox, "a1"),
        scan("12345", cast.lenox, "a2"),
        scan(last, cast.lenox, "a3"),
    )
    assert [tone for tone, _said in answers(told)] == ["ok", "no", "ok"]


@pytest.fixture
def sam(db):
    user = User.objects.create_user("sam", first_name="Sam")
    Post.objects.create(user=user, role=Role.DRIVER)
    return user


def test_scans_of_another_driver_are_not_taken_under_this_one_s_name(driver, on_the_van, cast, sam):
    parcel = on_the_van()
    told = send(driver, sam, scan(parcel, cast.lenox))
    assert told.status_code == 409
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING
    assert not SetAside.objects.exists()


def test_they_can_be_handed_in_and_the_office_has_them_under_the_right_name(
    driver, on_the_van, cast, sam
):
    parcel = on_the_van()
    kept = scan(parcel, cast.lenox, ago=DAY)
    answers(send(driver, sam, kept, headers={"X-Handed-In": "yes"}))
    row = SetAside.objects.get()
    assert (row.driver, row.handed_in_by, row.why) == (sam, cast.driver, Why.HANDED_IN)
    taken = offline.record(row.pk, by=cast.delivery, now=timezone.now())
    assert taken.answer is not None
    assert taken.answer.line.user == sam
    answers(send(as_another(sam), sam, kept))  # and if the phone sends it all the same, it is one
    assert Custody.objects.filter(parcel=parcel, step="dropped").count() == 1


def as_another(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_same_key_of_two_drivers_is_two_scans(driver, on_the_van, cast, sam):
    mine, his = on_the_van("lee", "lenox"), on_the_van("lee", "lenox")
    answers(send(driver, cast.driver, scan("1", cast.lenox, "k")))
    answers(send(as_another(sam), sam, scan("2", cast.lenox, "k")))
    assert sorted(SetAside.objects.values_list("text", flat=True)) == ["1", "2"]
    answers(send(driver, cast.driver, scan(mine, cast.lenox, "m")))
    answers(send(as_another(sam), sam, scan(his, cast.lenox, "m")))
    assert Custody.objects.filter(step="dropped").count() == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 5000,
        b'{"driver": 1}',
        b'{"driver": "1", "sent": 1, "scans": []}',
        b'{"driver": 1, "sent": 1, "scans": {}}',
        b'{"driver": 1, "sent": 1, "scans": ["x"]}',
        b'{"driver": 1, "sent": 1, "scans": [{"text": "1"}]}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_of_ours_is_refused_whole(driver, body):
    assert driver.post(SCANS, body, content_type="application/json").status_code == 400


def test_ten_thousand_kept_scans_come_in_their_messages(driver, cast):
    """The phone sends so many at once as are taken; more in one are refused whole, not in part."""
    many = [scan("1", cast.lenox, f"k{number}") for number in range(10_000)]
    assert send(driver, cast.driver, *many).status_code == 400
    assert not SetAside.objects.exists()
    assert len(answers(send(driver, cast.driver, *many[: offline.MOST_AT_ONCE]))) == 50


def test_a_scan_costs_the_same_whether_one_or_many_are_sent(
    driver, on_the_van, cast, django_assert_num_queries
):
    some = [scan(on_the_van(), cast.lenox, f"k{number}") for number in range(6)]
    send(driver, cast.driver, scan("1", cast.lenox, "first"))
    with django_assert_num_queries(16):
        send(driver, cast.driver, some[0])
    with django_assert_num_queries(16 + 4 * 10):
        send(driver, cast.driver, *some[1:])


def test_a_scan_sent_later_can_be_undone_at_its_stop(driver, on_the_van, cast):
    parcel = on_the_van("lee", "lenox")
    driver.post("/courier/", {"stop": stop_of(cast.pittsfield), "sure": "yes"})
    answers(send(driver, cast.driver, scan(parcel, cast.pittsfield, "a1", 5 * MINUTE)))
    assert Parcel.objects.astray().count() == 1
    lines = driver.get("/courier/scan/").context["sitting"].lines
    assert [line.ref for line in lines] == [parcel.number]
    driver.post("/courier/scan/", {"undo": "a1"}, headers={"HX-Request": "true"})
    assert not Parcel.objects.astray().exists()


@pytest.fixture
def bin_with_two(make_parcel, cast):
    """A bin at the hub with two parcels in it, loaded yesterday."""
    at = timezone.now() - timedelta(days=1)
    hub = Hub.objects.first() or Hub.objects.create(
        code="HUB", name="Hub", courier=Courier.objects.create(code="C", name="C", state="MA")
    )
    with transaction.atomic():
        (made,) = containers.put_to_use(1, Container.Kind.BIN, holder=hub.code, at=at)
        for number in range(2):
            parcel = make_parcel(days_ago=2)
            parcels.sort(
                parcel, holder=hub.code, by=cast.delivery, at=at, into=made, key=f"s{number}"
            )
        containers.load(made, containers.At(cast.driver, at, holder="R1"))
    return made


def test_a_bin_scanned_without_a_network_is_dropped_at_its_own_time_with_all_in_it(
    driver, bin_with_two, cast
):
    kept = scan(bin_with_two.number, cast.lenox, "b1", ago=HOUR)
    told = answers(send(driver, cast.driver, kept))
    assert told[0][0] == "ok"
    assert "2 parcels that are in it were moved with it" in told[0][1]
    dropped = Custody.objects.filter(step="dropped")
    assert [line.how for line in dropped] == ["contained"] * 2
    assert {timezone.now() - line.at > timedelta(minutes=59) for line in dropped} == {True}
    assert answers(send(driver, cast.driver, kept))[0][0] == "warn"  # sent twice, it is one
    assert Custody.objects.filter(step="dropped").count() == 2
    assert not SetAside.objects.exists()


def test_what_the_scan_page_recorded_of_a_bin_and_the_phone_sends_again_is_one(
    driver, bin_with_two, cast
):
    driver.post("/courier/", {"stop": stop_of(cast.lenox), "sure": "yes"})
    given = {"scan": bin_with_two.number, "key": "b1"}
    driver.post("/courier/scan/?hand=drop", given, headers={"HX-Request": "true"})
    answers(send(driver, cast.driver, scan(bin_with_two.number, cast.lenox, "b1")))
    assert bin_with_two.lines.filter(step="dropped").count() == 1


def test_a_bin_scanned_without_a_network_can_be_undone_at_its_stop(driver, bin_with_two, cast):
    driver.post("/courier/", {"stop": stop_of(cast.lenox), "sure": "yes"})
    answers(send(driver, cast.driver, scan(bin_with_two.number, cast.lenox, "b1", 5 * MINUTE)))
    driver.post("/courier/scan/", {"undo": "b1"}, headers={"HX-Request": "true"})
    assert {each.state for each in Parcel.objects.all()} == {"moving"}


def test_the_office_records_a_bin_s_scan_that_was_handed_in(driver, bin_with_two, cast, sam):
    kept = scan(bin_with_two.number, cast.lenox, "b1", ago=HOUR)
    answers(send(driver, sam, kept, headers={"X-Handed-In": "yes"}))
    row = SetAside.objects.get()
    answer = as_another(cast.delivery).post(
        "/office/delivery/phone-scans/", {"record": row.pk}, follow=True
    )
    assert "2 parcels that are in it were moved with it" in answer.content.decode()
    assert {each.state for each in Parcel.objects.all()} == {"dropped"}


def test_only_a_driver_has_a_round(client, cast):
    assert client.get(FACTS).status_code == 302
    client.force_login(cast.delivery)
    assert client.get(FACTS).status_code == 404
    assert send(client, cast.delivery, scan("1", cast.lenox)).status_code == 404


def test_a_message_without_our_token_is_refused(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.driver)
    assert send(client, cast.driver, scan("1", cast.lenox)).status_code == 403
