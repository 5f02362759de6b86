"""The delivery office: figures that open their rows, stops and days, one parcel's ledger."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pypdfium2
import pytest
from django.test import Client
from django.utils import timezone

from postroad.delivery import outlook, parcels, stops
from postroad.delivery.models import (
    Delay,
    Parcel,
    ParcelState,
    RiCode,
    ScheduleChange,
    Stop,
)
from postroad.directory.models import Closure, Library
from tests.markup import tight

HOME = "/office/delivery/"
PARCELS = f"{HOME}parcels/"
PAUSES = f"{HOME}pauses/"


@pytest.fixture
def office(client, cast):
    client.force_login(cast.delivery)
    return client


@pytest.fixture
def make_parcel(cast):
    def make(sender="lee", receiver="lenox", days_ago=0, **more):
        facts = {"item_barcode": "", "title": "Walden", "ref": "", "by": cast.lender}
        return parcels.make(
            from_library=getattr(cast, sender),
            to_library=getattr(cast, receiver),
            at=timezone.now() - timedelta(days=days_ago),
            **{**facts, **more},
        )

    return make


@pytest.fixture
def in_every_state(make_parcel, cast):
    """Two ready (one of them late), one moving, one dropped, one astray, one received."""
    made = {
        "ready": make_parcel(days_ago=2),
        "late": make_parcel(days_ago=20),
        "moving": make_parcel(days_ago=2),
        "dropped": make_parcel(days_ago=2),
        "astray": make_parcel(days_ago=2),
        "arrived": make_parcel(days_ago=2),
    }
    yesterday = timezone.now() - timedelta(days=1)
    for name in ("moving", "dropped", "astray"):
        parcels.pick_up(made[name], by=cast.driver, at=yesterday - timedelta(hours=1))
    parcels.drop(made["dropped"], library=cast.lenox, by=cast.driver, at=yesterday)
    parcels.drop(made["astray"], library=cast.pittsfield, by=cast.driver, at=yesterday)
    parcels.receive(made["arrived"], library=cast.lenox, by=cast.lender, at=yesterday)
    return made


def says(page, *words):
    text = tight(page)
    return all(word in text for word in words)


def listed(page):
    return {parcel.number for parcel in page.context["page"]}


def message(page):
    return " ".join(str(each) for each in page.context["messages"])


def test_the_figures_of_today_are_those_of_the_parcels(office, in_every_state):
    page = office.get(HOME)
    assert page.context["totals"] == {"ready": 2, "moving": 2, "dropped": 1, "late": 1}
    [bar] = page.context["bars"]
    assert [(part.state, part.count) for part in bar.parts] == [
        ("ready", 2),
        ("moving", 2),
        ("dropped", 1),
        ("late", 1),
    ]
    assert [parcel.number for parcel in page.context["late"]] == [in_every_state["late"].number]
    assert says(page, "lies in Pittsfield, goes to Lenox")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"ready", "late", "moving", "dropped", "astray"}),
        ("?state=ready", {"ready", "late"}),
        ("?state=moving&route=WEST+2", {"moving", "astray"}),
        ("?state=late", {"late"}),
        ("?state=ready&route=NOWHERE", set()),
        ("?days=14", {"late"}),
        ("?days=1", {"ready", "dropped", "astray", "moving"}),
        ("?state=rubbish&days=rubbish&page=rubbish", None),
        ("?route=%00", None),
    ],
)
def test_every_figure_opens_its_rows(office, in_every_state, query, expected):
    page = office.get(PARCELS + query)
    assert page.status_code == 200
    if expected is not None:
        assert listed(page) == {in_every_state[name].number for name in expected}


def test_the_overview_costs_the_same_queries_for_few_and_for_many(
    office, make_parcel, django_assert_max_num_queries
):
    for _each in range(15):
        make_parcel(days_ago=20)
    with django_assert_max_num_queries(27):
        office.get(HOME)
    with django_assert_max_num_queries(8):
        office.get(PARCELS)


def test_a_number_leads_straight_to_its_parcel(office, make_parcel):
    parcel = make_parcel(item_barcode="31234000000017")
    for number in (parcel.number.lower(), "31234000000017"):
        assert office.get(PARCELS, {"q": number}).url == f"{PARCELS}{parcel.number}/"
    assert says(office.get(PARCELS, {"q": "<b>nothing"}), "&lt;b&gt;nothing")


def test_a_parcel_tells_its_way_and_why_that_day(office, in_every_state):
    parcel = in_every_state["astray"]
    page = office.get(f"{PARCELS}{parcel.number}/")
    assert says(page, "Made ready at Lee Library, Lee", "Picked up at Lee Library, Lee")
    assert says(page, "Dropped at Berkshire Athenaeum, Pittsfield", "Why this date?")
    assert says(page, "Next delivery day of Lenox")
    told = re.findall(r"<p>(Made ready|Picked up|Dropped) at", tight(page))
    assert told == ["Dropped", "Picked up", "Made ready"]  # the latest first, as in every history


def test_a_scan_is_taken_back_and_stays_to_be_read(office, in_every_state):
    parcel = in_every_state["dropped"]
    line = parcel.custody.get(step="dropped")
    page = office.post(f"{PARCELS}{parcel.number}/", {"undo": line.pk}, follow=True)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.MOVING
    assert says(page, "<del>Dropped at Lenox Library, Lenox</del>", "Undone: Dropped at Lenox")


@pytest.mark.parametrize("which", ["made", "received", "of another", "nonsense"])
def test_only_a_scan_of_this_parcel_is_taken_back(office, in_every_state, which):
    parcel = in_every_state["arrived"]
    others = in_every_state["moving"].custody.get(step="picked-up").pk
    key = {"of another": others, "nonsense": "9" * 40}.get(which)
    if key is None:
        key = parcel.custody.get(step=which).pk
    page = office.post(f"{PARCELS}{parcel.number}/", {"undo": key}, follow=True)
    assert "Nothing was changed" in message(page)
    parcel.refresh_from_db()
    assert parcel.state == ParcelState.ARRIVED


@pytest.mark.parametrize("number", ["P", "PXXXXXXXXXXX", "31234000000017"])
def test_a_number_of_no_parcel_is_not_there(office, number):
    assert office.get(f"{PARCELS}{number}/").status_code == 404
    assert office.post(f"{PARCELS}{number}/slip/").status_code == 404


@pytest.mark.parametrize(("layout", "size"), [("label", (288, 432)), ("sheet", (792, 612))])
def test_a_slip_is_printed_again_as_a_copy(office, make_parcel, layout, size):
    parcel = make_parcel()
    address = f"{PARCELS}{parcel.number}/slip/"
    office.post(address, {"layout": layout})
    answer = office.post(address, {"layout": layout})
    assert answer["Content-Type"] == "application/pdf"
    with pypdfium2.PdfDocument(answer.content) as document:
        assert document[0].get_size() == size
        assert "COPY" in document[0].get_textpage().get_text_bounded()


def test_a_slip_without_the_three_letters_is_refused_with_what_to_do(office, make_parcel, cast):
    Library.objects.filter(pk=cast.providence.pk).update(delivery_code="")
    parcel = make_parcel(receiver="providence")
    page = office.post(f"{PARCELS}{parcel.number}/slip/", {"layout": "label"}, follow=True)
    assert "three letters" in message(page)
    assert says(office.get(f"{HOME}stops/"), "No slip can be printed for these", "Providence")
    parcel.refresh_from_db()
    assert parcel.printings == 0


def test_the_three_letters_are_entered_and_checked(office, cast):
    address = f"{HOME}stops/providence/"
    wrong = office.post(address, {"form": "code", "code-delivery_code": "P1"})
    assert says(wrong, "Three letters from A to Z")
    office.post(address, {"form": "code", "code-delivery_code": "pvd"})
    cast.providence.refresh_from_db()
    assert cast.providence.delivery_code == "PVD"


@pytest.mark.parametrize(
    ("letters", "why"),
    [("XYZ", "No list of Rhode Island"), ("OLD", "has retired"), ("JAM", "letters of Jamestown")],
)
def test_letters_that_no_slip_may_bear_are_not_entered(office, cast, letters, why):
    RiCode.objects.create(code="PRV", name="Providence")
    RiCode.objects.create(code="OLD", name="Once", retired_on=timezone.localdate())
    other = Library.objects.create(code="jam", name="Jamestown", town="Jamestown", state="RI")
    RiCode.objects.create(code="JAM", name="Jamestown", library=other)
    address = f"{HOME}stops/providence/"
    assert says(office.post(address, {"form": "code", "code-delivery_code": letters}), why)
    cast.providence.refresh_from_db()
    assert cast.providence.delivery_code == "PRV"
    office.post(address, {"form": "code", "code-delivery_code": "prv"})  # its own
    page = office.get(address)
    assert not says(page, why)


def test_a_day_without_the_van_on_short_notice_says_to_call_the_courier(office, cast):
    today = timezone.localdate().isoformat()
    days = {"pause-first_day": today, "pause-last_day": today, "pause-reason": "Flood"}
    page = office.post(f"{HOME}stops/providence/", {"form": "pause", **days}, follow=True)
    assert "Call the courier now." in message(page)


def test_the_days_of_a_stop_are_changed_and_parcels_follow(office, make_parcel, cast):
    Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")
    parcel = make_parcel()
    route = Stop.objects.get(library=cast.lenox).route_id
    weekday = (timezone.localdate() + timedelta(days=3)).weekday()
    page = office.post(
        f"{HOME}stops/lenox/",
        {
            "form": "stop",
            "stop-route": route,
            "stop-place": 7,
            "stop-drop_days": [weekday],
            "stop-active": "on",
        },
        follow=True,
    )
    assert "Parcels in transit get their new dates within a minute" in message(page)
    outlook.follow(timezone.now())
    stop = Stop.objects.get(library=cast.lenox)
    assert (stop.place, stop.active, len(stop.drop_days.replace("-", ""))) == (7, True, 1)
    parcel.refresh_from_db()
    assert parcel.expected_on == timezone.localdate() + timedelta(days=3)


def test_a_library_off_every_route_gets_a_stop(office, cast):
    assert says(office.get(f"{HOME}stops/?off=1"), "Otis School Library")
    route = Stop.objects.first().route_id
    office.post(
        f"{HOME}stops/otis-school/",
        {"form": "stop", "stop-route": route, "stop-place": 9, "stop-drop_days": ["0", "4"]},
    )
    stop = Stop.objects.get(library=cast.otis_school)
    assert (stop.drop_days, stop.pick_up_days, stop.active) == ("M---F--", "M---F--", False)
    assert cast.otis_school.confirmations.get().field == "delivery"


def test_a_reduced_schedule_is_entered_and_removed(office, cast):
    address = f"{HOME}stops/lee/"
    first = timezone.localdate() + timedelta(days=10)
    sent = {
        "form": "change",
        "change-first_day": first.isoformat(),
        "change-last_day": (first - timedelta(days=1)).isoformat(),
        "change-reason": "Summer",
        "change-drop_days": ["2"],
        "change-apart": "on",
        "change-pick_up_days": ["3"],
    }
    assert says(office.post(address, sent), "The last day is before the first")
    for _press in range(2):
        office.post(address, {**sent, "change-last_day": first.isoformat()})
    change = ScheduleChange.objects.get()
    assert (change.stop.library, change.drop_days) == (cast.lee, "--W----")
    assert change.pick_up_days == "---T---"
    assert says(office.get(address), "Summer", ": Wed", "picked up: Thu")
    other = Stop.objects.get(library=cast.lenox)
    office.post(f"{HOME}stops/lenox/", {"form": "remove", "change": change.pk})
    assert ScheduleChange.objects.exists(), f"{other} removed what is not its own"
    office.post(address, {"form": "remove", "change": change.pk})
    assert not ScheduleChange.objects.exists()


def test_a_delay_on_a_route_is_one_pause_for_each_of_its_stops(office, cast):
    today = timezone.localdate().isoformat()
    route = Stop.objects.get(library=cast.lee).route_id
    sent = {"form": "pause", "kind": "none", "first_day": today, "reason": "Snow"}
    office.post(PAUSES, {**sent, "route": route})
    assert Closure.objects.filter(effect="no-delivery").count() == 4
    office.post(PAUSES, {**sent, "reason": "Storm"})
    page = office.get(PAUSES)
    assert says(page, "Snow", "route West 2")
    (snow,) = [delay for delay, _waiting in page.context["delays"] if delay.reason == "Snow"]
    office.post(PAUSES, {"form": "end-delay", "delay": snow.pk})
    assert not Closure.objects.held().filter(reason="Snow").exists()
    everywhere = Closure.objects.get(reason="Storm")
    assert everywhere.library is None
    assert says(office.get(PAUSES), "Storm", "everywhere")
    storm = Delay.objects.get(entry=everywhere.entry)
    office.post(PAUSES, {"form": "end-delay", "delay": storm.pk})
    assert not Closure.objects.held().exists()
    assert says(office.post(PAUSES, {"form": "end-delay", "delay": storm.pk}, follow=True), "over")
    office.post(PAUSES, {"form": "put-back-delay", "delay": storm.pk})
    assert Closure.objects.held().filter(reason="Storm").exists()


def test_two_delays_of_equal_days_and_words_end_each_by_itself(office, cast):
    today = timezone.localdate().isoformat()
    sent = {"form": "pause", "kind": "none", "first_day": today, "reason": "Snow"}
    for _twice in range(2):
        office.post(PAUSES, sent)
    (first, _none), (second, _no) = office.get(PAUSES).context["delays"]
    office.post(PAUSES, {"form": "end-delay", "delay": first.pk})
    assert [delay for delay, _w in office.get(PAUSES).context["delays"]] == [second]


def test_two_presses_of_one_form_are_one_delay(office, cast):
    today = timezone.localdate().isoformat()
    sent = {"kind": "none", "first_day": today, "last_day": today, "reason": "Snow"}
    here = f"{HOME}stops/lee/"
    for page, prefix in ((PAUSES, ""), (here, "pause-")):
        (key,) = re.findall(rf'"{prefix}key" value="([^"]+)"', office.get(page).content.decode())
        form = {f"{prefix}{name}": value for name, value in sent.items()} | {"form": "pause"}
        for _press in range(2):
            office.post(page, form | {f"{prefix}key": key})
    assert [each.library for each in Closure.objects.order_by("pk")] == [None, cast.lee]


def test_the_end_of_a_delay_can_be_taken_back(office, cast):
    today = timezone.localdate()
    sent = {"form": "pause", "first_day": today, "last_day": today + timedelta(days=3)}
    office.post(
        f"{HOME}stops/lee/",
        {f"pause-{k}": v for k, v in sent.items()} | {"form": "pause", "pause-reason": "Ice"},
    )
    stops.pause(first_day=today, last_day=today + timedelta(days=3), reason="Snow")
    for page, reason in ((PAUSES, "Snow"), (f"{HOME}stops/lee/", "Ice")):
        entry = Closure.objects.get(reason=reason).entry
        office.post(page, {"form": "remove", "pause": entry})
        assert says(office.get(page), reason, "ended by")
        office.post(page, {"form": "put-back", "pause": entry})
        kept = Closure.objects.get(reason=reason)
        assert (kept.last_day, kept.ended_at) == (today + timedelta(days=3), None)


def test_a_day_on_which_all_are_closed_is_told_and_not_the_offices_to_remove(office, cast):
    day = timezone.localdate() + timedelta(days=3)
    days = {"first_day": day, "last_day": day, "reason": "Founders' Day"}
    shut = Closure.objects.create(effect="closed", **days)
    Closure.objects.create(effect="closed", library=cast.lee, **{**days, "reason": "New floor"})
    page = office.get(PAUSES)
    assert says(page, "Founders", "all libraries are closed")
    assert not says(page, "New floor")
    assert f'name="pause" value="{shut.entry}"' not in page.content.decode()
    office.post(PAUSES, {"form": "remove", "pause": shut.entry})
    assert Closure.objects.filter(pk=shut.pk).exists()


def test_an_age_is_drawn_opens_its_rows_and_can_be_taken_off(office, make_parcel):
    make_parcel(days_ago=2)
    page = office.get(HOME)
    drawn = {bar.of.days: [part.count for part in bar.parts] for bar in page.context["ages"]}
    assert drawn == {0: [0, 0, 0], 1: [1, 0, 0], 3: [0, 0, 0], 7: [0, 0, 0], 14: [0, 0, 0]}
    assert 'href="/office/delivery/parcels/?state=ready&amp;days=1"' in page.content.decode()
    rows = office.get(f"{HOME}parcels/?state=ready&days=1")
    assert len(rows.context["page"]) == 1
    off = [choice.address for choice in rows.context["choices"] if "any time" in str(choice.label)]
    assert off == ["?state=ready"]


@pytest.mark.parametrize(
    ("first", "last", "no"),
    [
        (5, 4, "The last day is before the first day."),
        (-9, -8, "These days are over."),
        (0, 400, "Choose a year at most"),
        (800, 801, "Choose a day within the next two years."),
        (-300_000, 2_000_000, "Choose a year at most"),
    ],
)
def test_a_stretch_that_makes_no_sense_is_said_beside_its_field(office, cast, first, last, no):
    today = timezone.localdate()
    days = {
        "first_day": (today + timedelta(days=first)).isoformat(),
        "last_day": (today + timedelta(days=last)).isoformat(),
    }
    page = office.post(PAUSES, {"form": "pause", "reason": "Snow", **days})
    assert says(page, no)
    assert not Closure.objects.exists()


def test_where_the_van_comes_no_more_no_day_is_promised(office, make_parcel, cast):
    Stop.objects.update(drop_days="MTWTFSS", pick_up_days="MTWTFSS")
    parcel = make_parcel()
    route = Stop.objects.get(library=cast.lenox).route_id
    sent = {
        "form": "stop",
        "stop-route": route,
        "stop-place": 7,
        "stop-drop_days": [0, 1, 2, 3, 4, 5, 6],
    }
    office.post(f"{HOME}stops/lenox/", sent)
    outlook.follow(timezone.now())
    parcel.refresh_from_db()
    assert (parcel.expected_on, parcel.forecast) == (None, {})
    office.post(f"{HOME}stops/lenox/", {**sent, "stop-active": "on"})
    outlook.follow(timezone.now())
    parcel.refresh_from_db()
    assert parcel.expected_on is not None


def test_a_closure_of_a_library_itself_is_not_the_offices_to_remove(office, cast):
    closed = Closure.objects.create(
        library=cast.lee, first_day=date(2026, 1, 1), last_day=date(2030, 1, 1), reason="Works"
    )
    office.post(PAUSES, {"form": "remove", "pause": closed.entry})
    assert Closure.objects.filter(pk=closed.pk).exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"form": "pause"},
        {"form": "pause", "first_day": "yesterday", "last_day": "9" * 500, "reason": "x" * 500},
        {"form": "remove", "pause": "all"},
        {"form": "\x00"},
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(office, cast, sent):
    for address in (PAUSES, f"{HOME}stops/lee/"):
        assert office.post(address, sent).status_code in {200, 302}
    assert not Closure.objects.exists()


def test_a_search_of_any_words_is_answered(office, cast):
    for words in ("Lee", "lee library", "\x00", "x" * 5000, "%", "' OR 1=1"):
        assert office.get(f"{HOME}stops/", {"q": words}).status_code == 200
    found = office.get(f"{HOME}stops/", {"q": "athenaeum pitts"})
    assert says(found, "Berkshire Athenaeum", "Mon, Tue, Wed, Thu, Fri")


def test_an_empty_office_says_so(office, cast):
    assert says(office.get(HOME), "Nothing is late", "None is planned in the next month")
    assert says(office.get(PARCELS), "No parcel matches this right now")
    stops.pause(first_day=date(2026, 1, 1), last_day=date(2026, 1, 2), reason="long ago")
    assert not says(office.get(PAUSES), "long ago")
    assert not Parcel.objects.exists()


def test_what_did_not_come_on_its_day_is_a_figure_that_opens_its_rows(office, make_parcel):
    parcel, on_time = make_parcel(), make_parcel()
    today = timezone.localdate()
    Parcel.objects.filter(pk=parcel.pk).update(expected_on=today - timedelta(days=1))
    Parcel.objects.filter(pk=on_time.pk).update(expected_on=today)
    assert office.get(HOME).context["past_its_day"] == 1
    rows = office.get(f"{PARCELS}?state=past-its-day")
    assert list(rows.context["page"]) == [parcel]
    assert says(rows, "past its date")
    Parcel.objects.filter(pk=parcel.pk).update(late_at=timezone.now() - timedelta(days=1))
    assert office.get(HOME).context["past_its_day"] == 0  # it is late now


def test_today_tells_the_days_without_the_van_of_the_next_month_only(office, cast):
    today = timezone.localdate()
    for days, reason in ((20, "Snow festival"), (60, "Far away")):
        day = today + timedelta(days=days)
        stops.pause(first_day=day, last_day=day, reason=reason)
    page = office.get(HOME)
    assert says(page, "Snow festival", "1 later period without the van")
    assert not says(page, "Far away")
    assert says(office.get(PAUSES), "Far away")


@pytest.mark.parametrize(
    ("typed", "says_no"),
    [
        ({"kind": "moved"}, "Please fill this in."),
        ({"kind": "moved", "new_day": 0}, "It has to come after the days without the van."),
        ({"kind": "none", "first_day": -1}, "This day is over."),
        ({"kind": "none", "library": "Atlantis"}, "We know no library called"),
        ({"kind": "none", "library": "otis-school"}, "The van stops at no library there"),
    ],
)
def test_a_delay_that_cannot_be_is_refused_in_words(office, typed, says_no):
    usual = {"form": "pause", "first_day": 0, "reason": "Ice", "key": uuid4()}
    days = ("first_day", "new_day")
    sent = {
        name: timezone.localdate() + timedelta(days=value) if name in days else value
        for name, value in (usual | typed).items()
    }
    assert says(office.post(PAUSES, sent), says_no)
    assert not Delay.objects.exists()


def test_bins_are_held_until_they_are_delivered_again(office, cast, make_parcel):
    parcel = make_parcel()
    parcels.pick_up(parcel, by=cast.driver, at=timezone.now())
    today = timezone.localdate()
    sent = {"form": "pause", "kind": "held", "first_day": today, "reason": "New roof"}
    office.post(PAUSES, sent | {"library": "lenox", "key": uuid4()})
    assert says(office.get(PAUSES), "until further notice", "1 parcel waits at the hub", "New roof")
    public = Client().get("/libraries/lenox")
    assert says(public, "Bins are held from", "New roof")
    assert not says(Client().get("/libraries/lee"), "Bins are held")


def test_the_list_of_delays_takes_as_many_statements_however_long(
    office, django_assert_num_queries
):
    today = timezone.localdate()
    sent = {"form": "pause", "kind": "none", "first_day": today, "reason": "Snow"}
    for count in (1, 4):
        for _each in range(count):
            office.post(PAUSES, sent | {"key": uuid4()})
        office.get(PAUSES)  # what was said of the last one is read
        with django_assert_num_queries(12):
            office.get(PAUSES)


def test_a_stop_becomes_a_satellite_and_says_so(office, cast):
    address = f"{HOME}stops/lee/"
    form = office.get(address).context["forms"]["stop"]
    sent = {
        "form": "stop",
        "stop-route": Stop.objects.get(library=cast.lee).route_id,
        "stop-place": 1,
        "stop-drop_days": ["1", "4"],
        "stop-active": "on",
    }
    assert form.initial["behind"] == ""
    refused = office.post(address, {**sent, "stop-behind": "lee"})
    assert says(refused, "A satellite is no hub town")
    page = office.post(address, {**sent, "stop-behind": "lenox"}, follow=True)
    assert says(page, "A satellite of Lenox Library, Lenox")
    assert says(office.get(f"{HOME}stops/lenox/"), "Its satellites:", "Lee Library")
    office.post(address, {**sent, "stop-behind": ""})
    assert Stop.objects.get(library=cast.lee).behind is None
