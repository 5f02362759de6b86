"""/status: the list, the map, the same as data, each library's history, and the link in a mail."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile

from postroad.directory import asking, calendars, closures, hours, known, saying, thresholds
from postroad.directory.models import (
    Address,
    Authority,
    Closure,
    Contact,
    Effect,
    Kind,
    Library,
    Membership,
    Symbol,
)
from postroad.directory.saying import Words
from postroad.directory.standing import ALL, Service
from postroad.directory.statements import Source, Statement, StatusAsk, UsedLink, Verdict
from tests.markup import tight

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
DAY = timedelta(days=1)
NINE_TO_FIVE = (*[(hours.Span(9 * 60, 17 * 60),)] * 5, (), ())


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)


def say(library, ago=0, *, source=Source.OWN, note="", **answers):
    words = Words({Service(name): value for name, value in answers.items()}, note=note)
    return saying.say(
        library, words, source=source, said_by="Ben Borrower", at=NOW, said_at=NOW - ago * DAY
    )


def listed(client, query=""):
    return [each.code for each, _lines in client.get(f"/status?{query}").context["rows"]]


def test_r3_a_library_that_said_nothing_is_not_known_and_never_closed(client, cast):
    page = client.get("/status").content.decode()
    assert "We know of 0 of 5 member libraries" in page
    assert "nobody has said" in page
    assert listed(client, "show=closed") == []
    assert len(listed(client, "show=unknown")) == 5


def test_a_holiday_is_told_once_and_the_list_says_what_each_does_on_other_days(client, cast):
    say(cast.lee, lending=True, returns=False)
    today = NOW.date()
    closures.close(first_day=today, last_day=today, reason="Founders Day", source="office")
    page = client.get("/status").content.decode()
    assert page.count("Founders Day") == 1
    assert "Lending, returns and deliveries below are as on other days." in page
    assert listed(client, "show=lending") == listed(client, "show=no-returns") == ["lee"]
    assert len(listed(client, "show=closed")) == 5
    assert listed(client, "show=no-delivery") == []
    here = client.get("/status/lee").content.decode()
    assert "Founders Day" in here


def test_what_stops_for_weeks_in_a_state_is_each_librarys_own_standing(client, cast):
    say(cast.lee, lending=True)
    today = NOW.date()
    closures.close(first_day=today, state="MA", reason="Epidemic", source="office")
    page = client.get("/status").content.decode()
    assert "All libraries in Massachusetts:" in page
    assert "are as on other days" not in page
    assert listed(client, "show=lending") == []


def test_the_list_is_narrowed_by_name_town_symbol_code_and_answer(client, cast):
    Symbol.objects.create(library=cast.lee, authority=Authority.OCLC, value="zz1")
    say(cast.lee, lending=False, returns=True)
    say(cast.providence, lending=True, returns=False)
    for query, codes in (
        ("q=athenaeum", ["pittsfield"]),
        ("q=providence", ["providence"]),
        ("q=ZZ1", ["lee"]),
        ("q=z+z1", ["lee"]),
        ("q=otis-school", ["otis-school"]),
        ("state=RI", ["providence"]),
        ("show=lending", ["providence"]),
        ("show=not-lending", ["lee"]),
        ("show=returns", ["lee"]),
        ("show=no-returns&state=MA", []),
        ("show=nonsense&state=XX&q=%00lee", ["lee"]),
    ):
        assert listed(client, query) == codes, query


def test_the_counts_of_the_choices_are_made_once_and_anew_after_a_word(client, cast):
    def counts(query=""):
        return {each.label: each.count for each in client.get(f"/status{query}").context["choices"]}

    say(cast.lee, lending=False)
    assert counts()["Not lending"] == counts("?show=lending")["Not lending"] == 1
    assert counts("?state=RI")["Not lending"] == counts("?q=lenox")["Not lending"] == 0
    say(cast.lenox, lending=False)
    assert counts()["Not lending"] == counts("?q=le")["Not lending"] == 2


def test_the_opening_days_answer_where_nobody_said_whether_it_is_open(client, cast, time_machine):
    Library.objects.filter(pk=cast.lenox.pk).update(open_days="-------")
    Library.objects.filter(pk=cast.lee.pk).update(hours=hours.pack(NINE_TO_FIVE))
    page = tight(client.get("/libraries/lee"))
    assert "Open now until 5\xa0p.m." in page
    assert "<dt>Open</dt>" not in page
    page = tight(client.get("/libraries/lenox"))
    assert '<dt>Open</dt><dd><span class="tag tone-note">not known' in page
    assert told(client, "lee") == (True, "yes")
    assert told(client, "lenox") == (None, "unknown")
    assert "by its opening days" in client.get("/status/lee").content.decode()
    assert len(listed(client, "show=unknown")) == 5  # nobody said a word
    time_machine.move_to(NOW - DAY, tick=False)
    caches["process"].clear()
    assert told(client, "lee") == (False, "no")
    assert "closed on this weekday" in client.get("/status/lee").content.decode()
    assert "Closed today; opens again" in client.get("/libraries/lee").content.decode()
    assert listed(client, "show=closed") == []
    say(cast.lee, 1, open=True)
    assert told(client, "lee") == (False, "no")


def told(client, code):
    libraries = json.loads(client.get("/status.json").content)["libraries"]
    rows = csv.DictReader(StringIO(client.get("/status.csv").text))
    (here,) = (each["open"]["value"] for each in libraries if each["code"] == code)
    return here, next(row["open"] for row in rows if row["code"] == code)


def test_the_age_of_the_last_word_is_always_shown(client, cast):
    say(cast.lee, 3, lending=True)
    say(cast.lenox, 60, lending=True)
    page = client.get("/status").content.decode()
    assert "3 days ago" in page
    assert "not confirmed since" in page
    assert listed(client, "show=unconfirmed") == ["lenox"]


def test_a_library_outside_is_listed_once_something_was_said_of_it(client, cast):
    far = Library.objects.create(code="far", name="Far", membership=Membership.OUTSIDE, state="VT")
    assert "far" not in listed(client)
    say(far, lending=False)
    assert listed(client, "state=elsewhere") == ["far"]
    assert "of 5 member libraries" in client.get("/status").content.decode()


def test_two_statements_tell_all_of_them(cast, django_assert_num_queries):
    Library.objects.bulk_create(
        Library(code=f"l{n}", name=f"Library {n}", town="Town", state="MA", kind=Kind.PUBLIC)
        for n in range(2_000)
    )
    for each in (cast.lee, cast.lenox):
        say(each, 2, open=False, lending=False)
        say(each, lending=True)
    thresholds.days("status-stale", on=NOW.date())  # of which each process keeps all at hand
    with django_assert_num_queries(2):
        assert len(known.everybody(NOW)) == 2_005
    with django_assert_num_queries(0):
        known.everybody(NOW)


def test_what_is_said_shows_at_once(client, cast):
    client.get("/status")
    say(cast.lee, lending=False)
    assert listed(client, "show=not-lending") == ["lee"]
    Closure.objects.get().delete()


def test_the_map_has_a_dot_for_each_place_and_tells_it_in_words(client, cast):
    Library.objects.filter(pk=cast.lee.pk).update(latitude=42.3, longitude=-73.25)
    Library.objects.filter(pk=cast.lenox.pk).update(latitude=10.0, longitude=10.0)
    say(cast.lee, lending=False)
    page = client.get("/status?as=map")
    drawn = page.context["map"]
    assert (drawn.marks.count("<rect"), drawn.marks.count("<circle")) == (1, 0)
    assert drawn.unplaced == 4
    assert "Lee Library, Lee: not everything, or not now" in page.content.decode()


def test_the_table_as_csv_holds_no_formula_of_a_stranger(client, cast):
    say(cast.lee, lending=False, note="=HYPERLINK(evil)")
    answer = client.get("/status.csv?q=lee")
    (row,) = csv.DictReader(StringIO(answer.content.decode()))
    assert (row["code"], row["lending"], row["returns"]) == ("lee", "no", "unknown")
    assert row["note"] == "'=HYPERLINK(evil)"
    assert answer["Cache-Control"] == "public, max-age=60"


def test_json_tells_unknown_as_null_with_coverage_and_age(client, cast):
    say(cast.lee, 3, lending=False, returns=None)
    told = json.loads(client.get("/status.json").content)
    lee = next(each for each in told["libraries"] if each["code"] == "lee")
    assert lee["lending"]["value"] is False
    assert lee["returns"]["value"] is None
    assert lee["last_said_at"] == "2026-11-20T15:00:00+00:00"
    assert told["coverage"] == {"known": 1, "members": 5}


def test_the_data_name_what_closes_everybody_a_holiday_or_a_situation(client, cast, time_machine):
    today = NOW.date()
    closures.close(first_day=today, last_day=today, reason="Founders Day", source="office")
    closures.close(
        effect=Effect.NO_RETURNS, state="RI", first_day=today, reason="=Flood", source="situation:7"
    )
    told = json.loads(client.get("/status.json").content)
    days = {"since": "2026-11-23", "until": "2026-11-23"}
    assert told["everywhere"] == [
        {"what": "closed", "state": None, **days, "reason": "Founders Day"},
        {"what": "no-returns", "state": "RI", **days, "until": None, "reason": "=Flood"},
    ]
    rows = {row["code"]: row for row in csv.DictReader(StringIO(client.get("/status.csv").text))}
    assert rows["lee"]["reason"] == "Founders Day"
    assert rows["providence"]["reason"] == "Founders Day; =Flood"
    time_machine.move_to(NOW + DAY, tick=False)
    caches["process"].clear()  # as it is a minute later
    told = json.loads(client.get("/status.json").content)
    assert [each["reason"] for each in told["everywhere"]] == ["=Flood"]


def test_atom_tells_what_was_said_last_and_names_no_clerk(client, cast):
    say(cast.lee, lending=False, note="<b>Moving</b>")
    feed = client.get("/status.atom").content.decode()
    (entry,) = ET.fromstring(feed).findall("{http://www.w3.org/2005/Atom}entry")
    assert "Lee Library, Lee: Lending: no" in entry[0].text
    assert "Borrower" not in feed


def test_what_a_stranger_wrote_is_text_in_a_feed_and_never_ends_it(client, cast):
    hostile = "<script>alert(1)</script> & \x0b more"
    say(cast.lee, lending=False, note=hostile)
    feed = client.get("/status.atom")
    assert feed.status_code == 200
    (summary,) = ET.fromstring(feed.content).iter("{http://www.w3.org/2005/Atom}summary")
    assert summary.get("type") == "html"  # so what a reader shows is this, unescaped once more
    assert summary.text == "&lt;script&gt;alert(1)&lt;/script&gt; &amp;  more"


def test_the_history_of_a_library_is_kept_and_names_no_clerk(client, cast):
    say(cast.lee, 9, lending=False)
    say(cast.lee, lending=True, note="<b>We are back</b>")
    page = client.get("/status/lee").content.decode()
    assert page.index("Lending: yes") < page.index("Lending: no")
    assert "&lt;b&gt;We are back" in page
    assert "Borrower" not in page


def test_anyone_elses_word_waits_for_the_center_and_counts_not_yet(client, cast):
    sent = {"lending": "no", "note": "I was there", "name": "Sam", "contact": "sam@example.org"}
    assert client.post("/status/lee", sent).status_code == 302
    said = Statement.objects.get()
    assert (said.source, said.verdict) == (Source.ANYONE, Verdict.WAITS)
    assert not Closure.objects.exists()
    page = client.get("/status/lee").content.decode()
    assert "sam@example.org" not in page
    assert "I was there" not in page


def test_from_one_place_no_more_than_ten_words_in_an_hour_and_nothing_is_lost(client, cast):
    sent = {"lending": "no", "note": "I was there", "name": "Sam", "contact": "sam@example.org"}
    for _ in range(10):
        assert client.post("/status/lee", sent).status_code == 302
    answer = client.post("/status/lee", sent)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "Nothing was lost" in page
    assert "I was there" in page
    assert Statement.objects.count() == 10


def test_a_form_without_a_name_or_with_days_that_end_before_they_begin_is_not_sent(client, cast):
    for sent in (
        {"lending": "no"},
        {
            "lending": "no",
            "name": "S",
            "contact": "s",
            "since": "2026-12-09",
            "until": "2026-12-01",
        },
        {"name": "S", "contact": "s", "until": "2026-12-01"},
        {"lending": "maybe", "name": "S", "contact": "s"},
    ):
        assert client.post("/status/lee", sent).status_code == 422
    assert not Statement.objects.exists()


# The link in a mail


@pytest.fixture
def link(cast):
    return f"/say/{asking.token(asking.ask(cast.lee, NOW))}"


def test_opening_the_link_does_nothing(client, link):
    for _scanner in range(3):
        page = client.get(link)
        assert client.head(link).status_code == 200
    assert "lee@example.org" in page.content.decode()
    assert not Statement.objects.exists()
    assert not UsedLink.objects.exists()


def test_one_press_says_it_and_the_link_has_done_its_work(client, link):
    said = client.post(link, {"say": "open:no"})
    assert "Recorded for Lee Library" in said.content.decode()
    statement = Statement.objects.get()
    assert (statement.source, statement.is_open) == (Source.LINK, False)
    assert statement.said_by == "whoever reads lee@example.org"
    assert Closure.objects.get().effect == "closed"
    for again in (client.get(link), client.post(link, {"say": "usual"})):
        assert again.status_code == 410
        assert "has been used already" in again.content.decode()
    assert Statement.objects.count() == 1


def test_a_link_after_its_day_says_so(client, link, time_machine):
    time_machine.move_to(NOW + 14 * DAY)
    assert client.get(link).status_code == 200
    time_machine.move_to(NOW + 15 * DAY)
    for answer in (client.get(link), client.post(link, {"say": "usual"})):
        assert answer.status_code == 410
        assert "worked for 14 days" in answer.content.decode()
    assert not Statement.objects.exists()


def test_a_link_that_was_cut_or_made_up_says_so(client, link, cast):
    other = StatusAsk.objects.create(library=cast.lenox, address="x@example.org", asked_at=NOW)
    gone = asking.token(other)
    other.delete()
    for token in (link[5:-1], "nonsense", gone):
        answer = client.post(f"/say/{token}", {"say": "usual"})
        assert answer.status_code == 404
        assert "no link of ours" in answer.content.decode()
    assert not Statement.objects.exists()


def test_a_form_of_the_link_that_must_be_mended_does_not_use_it_up(client, link):
    wrong = {"lending": "no", "since": "2026-12-09", "until": "2026-12-01"}
    assert client.post(link, wrong).status_code == 422
    assert client.post(link, {"say": "nonsense"}).status_code == 200
    assert client.post(link, {**wrong, "until": "2026-12-10"}).status_code == 200
    assert Statement.objects.get().until.isoformat() == "2026-12-10"


def test_who_is_silent_is_asked_once_and_again_only_after_long(cast):
    assert set(asking.silent(NOW)) == set(cast.libraries)
    asking.ask(cast.lee, NOW)
    say(cast.lenox, lending=True)
    assert not {cast.lee, cast.lenox} & set(asking.silent(NOW))
    assert {cast.lee, cast.lenox} <= set(asking.silent(NOW + 31 * DAY))
    say(cast.lee, **{each.value: True for each in ALL})
    assert not asking.unanswered().exists()


def test_what_was_written_before_with_a_control_character_leaves_the_feeds_well_formed(
    client, cast
):
    say(cast.lee, lending=False, note="Pipe\x0b\ufffeburst")
    (entry,) = ET.fromstring(client.get("/status.atom").content).findall(".//{*}summary")
    assert entry.text == "Pipeburst"
    ET.fromstring(client.get("/updates/feed.atom").content)
    assert b"\x0b" not in client.get("/libraries/lee/closures.ics").content


def test_the_page_of_a_library_tells_how_it_stands_and_whom_to_ask_and_who_said_so(client, cast):
    say(cast.lee, 3, lending=False, returns=True)
    day = NOW.date() - 9 * DAY
    said = {"confirmed_on": day, "confirmed_by": "Dora"}
    Symbol.objects.create(library=cast.lee, authority=Authority.OCLC, value="ZLE", **said)
    Contact.objects.create(library=cast.lee, purpose="ill", name="Ben", phone="413 555", **said)
    Address.objects.create(
        library=cast.lee, purpose="return", lines="100 Main St", town="Lee", state="MA", **said
    )
    page = client.get("/libraries/lee").content.decode()
    for shown in ("3 days ago", "ZLE", "413 555", "100 Main St", "confirmed Sat"):
        assert shown in page, shown


def test_closures_go_out_as_a_calendar(client, cast):
    say(cast.lee, lending=False, note="We are moving")
    answer = client.get("/libraries/lee/closures.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = calendars.parse(answer.content, today=NOW.date(), zone="America/New_York").events
    assert event.summary == "Lee Library: open, but not lending (We are moving)"


WRONG_DAYS = ("2026-12-30 2026-12-01 x", "9999-12-31 9999-12-31 x", "0001-01-01 9999-12-31 x")


def test_closures_come_in_from_a_calendar_after_somebody_chose(client, cast):
    client.force_login(cast.director)
    page = "/staff/library/calendar/"
    sheet = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\n"
        b"SUMMARY:<b>Christmas</b>\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    seen = client.post(page, {"file": SimpleUploadedFile("x.ics", sheet)})
    assert "&lt;b&gt;Christmas" in seen.content.decode()
    assert not Closure.objects.exists()
    (box,) = [value for _event, value in seen.context["found"]]
    for _twice in range(2):
        client.post(page, {"enter": "1", "event": [box, "nonsense", *WRONG_DAYS]})
    closure = Closure.objects.get()
    assert (f"{closure.first_day}", closure.reason) == ("2026-12-25", "<b>Christmas</b>")
    refused = client.post(page, {"file": SimpleUploadedFile("x.ics", b"x" * 500_001)})
    assert refused.status_code == 422


def test_what_repeats_in_a_calendar_or_cannot_be_read_is_said(client, cast):
    client.force_login(cast.director)
    sent = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20111124\nSUMMARY:Thanksgiving\n"
        b"RRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:soon\n"
        b"END:VEVENT\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261201\nSUMMARY:Alarm\n"
        b"RRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    answer = client.post("/staff/library/calendar/", {"file": SimpleUploadedFile("days.ics", sent)})
    page = tight(answer)
    assert answer.status_code == 200
    assert "Thursday 25 November 2027: Thanksgiving" in page
    assert "it repeats within a day, and a closure lasts whole days." in page
    assert [each.summary for each, _value in answer.context["found"]] == ["Thanksgiving"] * 3
    assert "1 event has no day that we can read." in page


@pytest.mark.parametrize("name", ["status", "returns", "contact", "libraries", "updates"])
def test_an_address_that_is_typed_with_a_slash_at_its_end_leads_there(client, name):
    answer = client.get(f"/{name}/?q=lee")
    assert (answer.status_code, answer["Location"]) == (302, f"/{name}?q=lee")


def test_a_field_of_a_library_that_nobody_confirmed_says_so(client, cast):
    assert "not confirmed yet" in client.get("/libraries/lee").content.decode()
