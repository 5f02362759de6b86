"""The driver's day: a route, a stop, scans with their answers, and second thoughts."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from postroad.delivery import custody, parcels, stops
from postroad.delivery.models import Custody, Parcel, ParcelState, Route, Stop
from postroad.web.models import ScanLine

ROUTE, SCAN = "/courier/", "/courier/scan/"


@pytest.fixture(autouse=True)
def _every_day(cast):
    """The van calls everywhere today, whatever day it is."""
    Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")


@pytest.fixture
def driver(client, cast):
    client.force_login(cast.driver)
    return client


@pytest.fixture
def make_parcel(cast):
    def make(sender="lee", receiver="lenox", days_ago=2, **more):
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
    def make(*ends):
        parcel = make_parcel(*ends)
        with transaction.atomic():
            parcels.pick_up(parcel, by=cast.driver, at=timezone.now() - timedelta(days=1, hours=1))
        return parcel

    return make


@pytest.fixture
def stand_at(driver):
    def stand(library):
        stop = Stop.objects.get(library=library).pk
        return driver.post(ROUTE, {"stop": stop, "sure": "yes"})

    return stand


@pytest.fixture
def scan(driver):
    """Scan like a hand scanner and read the answer: its tone, and all words of the part."""

    def scanned(text, hand="drop", **more):
        answer = driver.post(
            f"{SCAN}?hand={hand}", {"scan": text, **more}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        said = answer.context["sitting"].answer
        return str(said.tone), said.sentence

    return scanned


def state(parcel):
    parcel.refresh_from_db()
    return parcel.state


def test_a_route_shows_its_stops_with_what_to_do(driver, make_parcel, on_the_van, cast):
    make_parcel("lee", "lenox")
    on_the_van("lenox", "lee")
    on_the_van("pittsfield", "lee")
    assert "WEST 2" in driver.get(ROUTE).content.decode()
    driver.post(ROUTE, {"route": "WEST 2"})
    page = driver.get(ROUTE)
    loads = {call.stop.library.town: call.load for call in page.context["calls"]}
    assert (loads["Lee"].to_drop, loads["Lee"].to_pick_up) == (2, 1)
    assert loads["Pittsfield"].to_do == 0
    assert [call.stop.library.town for call in page.context["calls"]] == [
        "Lee",
        "Lenox",
        "Pittsfield",
        "Providence",
    ]


def test_what_was_picked_up_today_is_not_dropped_before_its_night_at_the_hub(
    driver, make_parcel, cast
):
    parcel = make_parcel("lee", "lenox")
    parcels.pick_up(parcel, by=cast.driver, at=timezone.now())
    driver.post(ROUTE, {"route": "WEST 2"})
    loads = {call.stop.library.town: call.load for call in driver.get(ROUTE).context["calls"]}
    assert (loads["Lenox"].to_drop, loads["Lee"].picked_up) == (0, 1)


def test_a_stop_without_the_van_today_says_why(driver, cast):
    today = timezone.localdate()
    stops.pause(first_day=today, last_day=today, reason="Flooded road", at=cast.lee)
    Stop.objects.filter(library=cast.lenox).update(drop_days="-------", pick_up_days="-------")
    driver.post(ROUTE, {"route": "WEST 2"})
    page = driver.get(ROUTE)
    skipped = {call.stop.library.town: call.reason for call in page.context["skipped"]}
    assert skipped == {"Lee": "Flooded road", "Lenox": ""}
    assert "Flooded road" in page.content.decode()


def test_the_route_page_costs_the_same_queries_for_one_parcel_and_for_many(
    driver, make_parcel, django_assert_max_num_queries
):
    driver.post(ROUTE, {"route": "WEST 2"})
    for _each in range(12):
        make_parcel()
    with django_assert_max_num_queries(12):
        driver.get(ROUTE)


def test_without_a_stop_the_scan_page_leads_back_to_the_route(driver):
    assert driver.get(SCAN).url == ROUTE


@pytest.mark.parametrize("stop", ["", "0", "x", "99999", "9" * 400, "-1", "٣"])
def test_a_stop_that_is_none_is_not_there(driver, stop):
    assert driver.post(ROUTE, {"stop": stop}).status_code == 404


def test_a_route_that_is_none_is_not_there(driver):
    assert driver.post(ROUTE, {"route": "NOWHERE 9"}).status_code == 404


def test_the_driver_picks_up_what_waits(stand_at, scan, make_parcel, cast):
    parcel = make_parcel("lee", "lenox")
    stand_at(cast.lee)
    assert scan(parcel.number, "pick-up") == ("ok", "Picked up. It goes to Lenox Library, Lenox.")
    assert state(parcel) == ParcelState.MOVING
    assert (parcel.last_user, parcel.last_holder, parcel.last_how) == (
        cast.driver,
        "WEST 2",
        "scanned",
    )


def test_the_driver_drops_what_comes(stand_at, scan, on_the_van, cast):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.lenox)
    assert scan(parcel.number) == ("ok", "Dropped. It comes from Lee Library, Lee.")
    assert state(parcel) == ParcelState.DROPPED


@pytest.mark.parametrize("hand", ["drop", "pick-up"])
def test_a_parcel_that_leaves_no_doubt_decides_for_the_hand(
    stand_at, scan, make_parcel, on_the_van, cast, hand
):
    waiting, coming = make_parcel("lee", "lenox"), on_the_van("lenox", "lee")
    stand_at(cast.lee)
    assert scan(waiting.number, hand)[1].startswith("Picked up")
    assert scan(coming.number, hand)[1].startswith("Dropped")


def test_a_misdrop_is_written_down_said_and_can_be_taken_back(
    driver, stand_at, scan, on_the_van, cast
):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.pittsfield)
    tone, sentence = scan(parcel.number)
    assert (tone, "goes to Lenox Library, Lenox, not here" in sentence) == ("warn", True)
    assert list(Parcel.objects.astray()) == [parcel]
    tone, sentence = scan("", undo=newest_line().key)
    assert (tone, sentence) == ("ok", "Undone. It is on the van again.")
    assert not Parcel.objects.astray().exists()
    assert Custody.objects.filter(parcel=parcel).count() == 4  # the ledger kept both lines


def newest_line():
    return ScanLine.objects.filter(listed=True).latest("pk")


def test_what_was_scanned_at_one_stop_is_not_in_the_way_at_the_next(
    driver, stand_at, scan, on_the_van, cast
):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.pittsfield)
    scan(parcel.number)
    stand_at(cast.lenox)
    assert driver.get(SCAN).context["sitting"].lines == []
    stand_at(cast.pittsfield)  # he turns round: the wrong drop can still be taken back
    (line,) = driver.get(SCAN).context["sitting"].lines
    assert scan("", undo=line.key)[0] == "ok"


def test_a_sitting_is_of_one_day(driver, stand_at, scan, on_the_van, cast):
    stand_at(cast.lenox)
    scan(on_the_van("lee", "lenox").number)
    ScanLine.objects.update(at=timezone.now() - timedelta(days=1))
    assert driver.get(SCAN).context["sitting"].lines == []


def test_another_route_begins_with_clean_sittings(driver, stand_at, scan, on_the_van, cast):
    stand_at(cast.lenox)
    scan(on_the_van("lee", "lenox").number)
    driver.post(ROUTE, {"route": ""})
    stand_at(cast.lenox)
    assert driver.get(SCAN).context["sitting"].lines == []


def test_the_list_of_what_the_hand_does_comes_first(driver, stand_at, cast):
    stand_at(cast.lee)
    for hand, first in (("drop", "To drop here"), ("pick-up", "To pick up here")):
        page = driver.get(f"{SCAN}?hand={hand}").content.decode()
        other = {"drop": "To pick up here", "pick-up": "To drop here"}[hand]
        assert page.index(first) < page.index(other)


def test_what_strayed_is_picked_up_again(stand_at, scan, on_the_van, cast):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.pittsfield)
    scan(parcel.number)
    assert scan(parcel.number, "pick-up") == ("ok", "Picked up. It goes to Lenox Library, Lenox.")
    assert not Parcel.objects.astray().exists()


def test_a_parcel_dropped_before_is_left_where_it_is(stand_at, scan, on_the_van, cast):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.lenox)
    scan(parcel.number)
    lines = Custody.objects.count()
    for hand, said in (("drop", "Scanned twice"), ("pick-up", "Already dropped here")):
        tone, sentence = scan(parcel.number, hand)
        assert (tone, said in sentence) == ("warn", True)
    assert Custody.objects.count() == lines


def test_a_parcel_on_the_van_is_not_picked_up_twice(stand_at, scan, on_the_van, cast):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.pittsfield)
    tone, sentence = scan(parcel.number, "pick-up")
    assert (tone, sentence.startswith("Already on the van: picked up ")) == ("warn", True)
    assert sentence.endswith(" at Lee Library, Lee.")


def test_a_finished_parcel_is_told_as_such(stand_at, scan, make_parcel, cast):
    received, cancelled = make_parcel("lee", "lenox"), make_parcel("lee", "lenox")
    parcels.receive(received, library=cast.lenox, by=cast.lender, at=timezone.now())
    parcels.cancel(cancelled, by=cast.lender, at=timezone.now())
    stand_at(cast.lee)
    lines = Custody.objects.count()
    tone, sentence = scan(received.number)
    assert (tone, sentence.startswith("Lenox Library, Lenox received this parcel")) == ("no", True)
    tone, sentence = scan(cancelled.number, "pick-up")
    assert (tone, sentence.startswith("Lee Library, Lee kept this parcel back")) == ("no", True)
    assert ".." not in sentence  # nor after "2:05 p.m."
    assert Custody.objects.count() == lines


@pytest.mark.parametrize(
    "text",
    ["31234000000017", "PXXXXXXXXXXX", "<script>alert(1)</script>", "\x00", "é" * 150, "x" * 900],
)
def test_what_is_no_parcel_is_answered_and_changes_nothing(stand_at, scan, driver, cast, text):
    stand_at(cast.lee)
    tone, _sentence = scan(text)
    assert tone in {"no", "warn"}
    assert b"<script>alert" not in driver.get(SCAN).content
    assert not Custody.objects.exists()


def test_the_barcode_of_the_item_finds_its_parcel_unless_there_are_two(
    stand_at, scan, make_parcel, cast
):
    make_parcel("lee", "lenox", item_barcode="31234000000017")
    stand_at(cast.lee)
    assert scan("3123 4000 0000 17", "pick-up")[0] == "ok"
    make_parcel("lee", "pittsfield", item_barcode="31234000000017")
    ScanLine.objects.update(at=timezone.now() - timedelta(minutes=1))
    tone, sentence = scan("31234000000017", "pick-up")
    assert tone == "no"
    assert "“Walden” from Lee to Lenox" in sentence
    assert "“Walden” from Lee to Pittsfield" in sentence


def test_a_scan_sent_twice_is_one_scan(stand_at, scan, on_the_van, cast):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.lenox)
    first = scan(parcel.number, key="k1")
    assert scan(parcel.number, key="k1") == first
    assert parcel.custody.filter(step="dropped").count() == 1


def test_an_undo_that_came_twice_or_from_nowhere_changes_nothing(
    driver, stand_at, scan, on_the_van, cast
):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.lenox)
    scan(parcel.number, key="k1")
    assert scan("", undo="k1")[0] == "ok"
    assert scan("", undo="k1") == ("warn", "This was already undone.")
    assert scan("", undo="of somebody else")[0] == "warn"
    assert parcel.custody.filter(step="undone").count() == 1


def test_one_driver_cannot_undo_the_line_of_another(client, stand_at, scan, on_the_van, cast):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.lenox)
    scan(parcel.number, key="k1")
    client.logout()
    client.force_login(cast.driver)
    client.post(ROUTE, {"stop": Stop.objects.get(library=cast.lenox).pk})
    client.post(SCAN, {"undo": "k1"})
    assert state(parcel) == ParcelState.DROPPED


def test_without_scripts_the_answer_comes_with_the_page_and_goes_with_the_next(
    driver, stand_at, on_the_van, cast
):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.lenox)
    answer = driver.post(f"{SCAN}?hand=drop", {"scan": parcel.number})
    assert answer.url == f"{SCAN}?hand=drop"
    page = driver.get(answer.url)
    assert 'data-sound="ok"' in page.content.decode()
    assert "Dropped. It comes from Lee Library, Lee." in page.content.decode()
    again = driver.get(answer.url).content.decode()
    assert "data-sound" not in again
    assert "Dropped. It comes from Lee Library, Lee." in again


def test_a_scan_costs_few_queries(
    driver, stand_at, on_the_van, cast, django_assert_max_num_queries
):
    parcel = on_the_van("lee", "lenox")
    stand_at(cast.lenox)
    driver.get(f"{SCAN}?hand=drop")
    with django_assert_max_num_queries(24):
        driver.post(f"{SCAN}?hand=drop", {"scan": parcel.number}, headers={"HX-Request": "true"})


def test_a_stop_that_was_taken_off_the_route_meanwhile_leads_back(driver, stand_at, cast):
    stand_at(cast.lee)
    Stop.objects.filter(library=cast.lee).update(active=False)
    assert driver.get(SCAN).url == reverse("courier-route")


def test_no_route_at_all_is_said(driver):
    Stop.objects.all().delete()
    Route.objects.all().delete()
    assert "No route has a stop yet" in driver.get(ROUTE).content.decode()


def test_a_fast_hand_loses_no_scan(browse, cast, on_the_van):
    """Ten scans typed faster than the server answers, in a real browser."""
    from tests.browser import assert_accessible
    from tests.cast import PASSWORD

    numbers = [on_the_van("lee", "lenox").number for _each in range(10)]
    Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")
    page = browse(width=360)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "driver")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.goto(ROUTE)
    page.click("text=WEST 2")
    page.click(".stops > li:nth-child(2) button")
    page.wait_for_load_state("load")
    assert page.evaluate("document.activeElement.id") == "scan"
    for number in numbers:
        page.keyboard.type(number)
        page.keyboard.press("Enter")
    page.locator(".sitting > li").nth(9).wait_for()
    assert Parcel.objects.filter(state=ParcelState.DROPPED).count() == 10
    assert page.evaluate("document.activeElement.id") == "scan"
    assert_accessible(page)


def test_leaving_a_stop_that_is_not_done_asks_first(driver, make_parcel, cast):
    make_parcel("lee", "lenox")
    lee, lenox = (Stop.objects.get(library=each).pk for each in (cast.lee, cast.lenox))
    driver.post(ROUTE, {"stop": lee})
    for leaving in ({"stop": lenox}, {"route": ""}):
        page = driver.post(ROUTE, leaving)
        assert page.templates[0].name == "courier/leave.html"
        assert page.context["load"].to_pick_up == 1
        assert driver.get(SCAN).context["stop"].pk == lee  # the van still stands there
    assert driver.post(ROUTE, {"stop": lee}).status_code == 302  # he comes back to it
    driver.post(ROUTE, {"stop": lenox, "sure": "yes"})
    assert driver.get(SCAN).context["stop"].pk == lenox
    assert driver.post(ROUTE, {"route": ""}).status_code == 302  # nothing is left at Lenox


def test_the_stop_of_another_day_asks_nothing(driver, make_parcel, cast):
    make_parcel("lee", "lenox")
    driver.post(ROUTE, {"stop": Stop.objects.get(library=cast.lee).pk})
    session = driver.session
    session["courier-day"] = "2026-01-02"
    session.save()
    lenox = Stop.objects.get(library=cast.lenox).pk
    assert driver.post(ROUTE, {"stop": lenox}).status_code == 302


def test_all_that_waits_is_taken_on_the_drivers_word_and_can_be_taken_back(
    driver, stand_at, scan, make_parcel, cast
):
    first, second = make_parcel("lee", "lenox"), make_parcel("lee", "pittsfield")
    stand_at(cast.lee)
    page = driver.get("/courier/scan/all/")
    numbers = f"{first.number} {second.number}"
    assert page.context["count"] == 2
    late = make_parcel("lee", "lenox")  # came to the desk after he read the question
    driver.post("/courier/scan/all/", {"numbers": numbers})
    assert not Custody.objects.filter(step="picked-up").exists()  # the question was not answered
    driver.post("/courier/scan/all/", {"sure": "yes", "numbers": numbers})
    states = {each.pk: each.state for each in Parcel.objects.all()}
    assert states == {first.pk: "moving", second.pk: "moving", late.pk: "ready"}
    assert set(Custody.objects.filter(step="picked-up").values_list("how", flat=True)) == {
        "declared"
    }
    (line,) = driver.get(SCAN).context["sitting"].lines
    assert "Picked up without a scan: 2 parcels." in line.sentence
    scan("", undo=line.key)
    assert not Parcel.objects.exclude(state="ready").exists()


def test_the_next_stop_with_something_to_do_is_told_with_its_counts(
    driver, stand_at, make_parcel, cast
):
    make_parcel("pittsfield", "lee")
    make_parcel("pittsfield", "lenox")
    driver.post(ROUTE, {"route": "WEST 2"})
    assert driver.get(ROUTE).context["next"].stop.library == cast.pittsfield
    stand_at(cast.lee)
    told = driver.get(SCAN).context["next"]
    assert (told.stop.library, told.load.to_pick_up) == (cast.pittsfield, 2)
    stand_at(cast.pittsfield)
    assert driver.get(SCAN).context["next"] is None


@pytest.mark.parametrize("which", ["number", "item_barcode", "ref", "tracking_number"])
def test_the_search_box_finds_a_parcel_by_any_of_its_numbers(driver, make_parcel, which):
    facts = {"item_barcode": "31234000000017", "ref": "7K3M9Q2X", "tracking_number": "1Z5R89"}
    parcel = make_parcel(**facts)
    page = driver.get("/staff/find/", {"q": getattr(parcel, which)}, follow=True)
    (row,) = page.context["rows"]
    assert row.parcel == parcel
    said = page.content.decode()
    assert "It has been waiting at Lee Library, Lee" in said
    assert "Walden" not in said  # what is inside is no matter of the van's


def test_where_a_parcel_is_is_told_in_each_of_its_states(driver, make_parcel, cast):
    now = timezone.now()

    def told(parcel):
        return driver.get("/courier/find/", {"q": parcel.number}).context["rows"][0].where

    parcel = make_parcel()
    parcels.pick_up(parcel, by=cast.driver, at=now - timedelta(hours=5))
    assert "picked up at Lee Library" in told(parcel)
    parcels.drop(parcel, library=cast.pittsfield, by=cast.driver, at=now - timedelta(hours=4))
    assert "was left at Berkshire Athenaeum, Pittsfield by mistake" in told(parcel)
    parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=now - timedelta(hours=3))
    assert "was left at Lenox Library, Lenox, where it goes" in told(parcel)
    parcels.receive(parcel, library=cast.lenox, by=None, at=now)
    assert "has received it" in told(parcel)
    kept = make_parcel()
    parcels.cancel(kept, by=None, at=now)
    assert "kept it back" in told(kept)
    assert "by mail" in told(make_parcel("lee", "otis_school"))
    assert driver.get("/courier/find/", {"q": "nothing"}).context["rows"] == []


def milliseconds(span):
    return str(int(span.total_seconds() * 1000))


def test_a_scan_that_waited_for_the_network_stands_in_the_ledger_when_it_happened(
    driver, stand_at, scan, make_parcel, cast
):
    parcel = make_parcel("lee", "lenox")
    stand_at(cast.lee)
    waited = timedelta(hours=3)
    assert scan(parcel.number, "pick-up", waited=milliseconds(waited))[0] == "ok"
    line = Custody.objects.get(parcel=parcel, step="picked-up")
    assert abs(timezone.now() - waited - line.at) < timedelta(minutes=1)
    assert abs(timezone.now() - line.noted_at) < timedelta(minutes=1)


@pytest.mark.parametrize("told", ["-5", "soon", "", "86400001", "9" * 40, "1e6", "٣"])
def test_what_a_page_cannot_mean_by_its_waiting_is_not_believed(
    driver, stand_at, scan, make_parcel, cast, told
):
    parcel = make_parcel("lee", "lenox")
    stand_at(cast.lee)
    scan(parcel.number, "pick-up", waited=told)
    line = Custody.objects.get(parcel=parcel, step="picked-up")
    assert line.at == line.noted_at


def test_a_scan_that_is_heard_after_the_next_one_stands_before_it(
    driver, stand_at, scan, make_parcel, cast
):
    """The pick-up waits in a telephone without a network; the drop and the receipt come first."""
    parcel, now = make_parcel("lee", "lenox"), timezone.now()
    parcels.drop(parcel, library=cast.lenox, by=cast.driver, at=now - timedelta(hours=2))
    stand_at(cast.lee)
    assert scan(parcel.number, "pick-up", waited=milliseconds(timedelta(hours=4)))[0] == "ok"
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.DROPPED  # the later scan tells where it is
    parcels.receive(parcel, library=cast.lenox, by=None, at=now)
    stand_at(cast.lenox)
    tone, said = scan(parcel.number, waited=milliseconds(timedelta(minutes=90)))
    assert (tone, "received this parcel" in said) == ("no", True)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.ARRIVED
    steps = [line.step for line in custody.chain(parcel)]
    assert steps == ["made", "picked-up", "dropped", "dropped", "received"]


def test_what_was_scanned_without_a_network_is_sent_with_how_long_it_waited(
    browse, cast, make_parcel
):
    from tests.cast import PASSWORD

    parcel = make_parcel("lee", "lenox")
    page = browse(width=360)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "driver")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.goto(ROUTE)
    page.click("text=WEST 2")
    page.click(".stops > li:nth-child(1) button")
    page.wait_for_load_state("networkidle")  # the round is on the phone
    page.context.set_offline(True)
    page.keyboard.type(parcel.number)
    page.keyboard.press("Enter")
    page.get_by_text("No network. 1 scan is kept on this phone").first.wait_for()
    page.evaluate(  # two hours later he is back on the road
        """async () => {
            const [scan] = await kept.scans();
            await kept.remove([scan.key]);
            await kept.add({...scan, at: scan.at - 2 * 60 * 60 * 1000});
        }"""
    )
    page.context.set_offline(False)
    page.get_by_text("Picked up. It goes to Lenox").first.wait_for()
    line = Custody.objects.get(parcel=parcel, step="picked-up")
    assert line.noted_at - line.at >= timedelta(hours=2)
