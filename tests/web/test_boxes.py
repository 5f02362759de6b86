"""Live boxes: what they say, what they cost, and what a page shows when one fails (R14)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import connection
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postroad import words
from postroad.accounts.models import User
from postroad.catalogue.models import Collection
from postroad.delivery import stops
from postroad.delivery.models import Route
from postroad.directory import closures, thresholds
from postroad.directory.models import Contact, Effect, Library, Membership, Threshold
from postroad.econtent import editing
from postroad.guides.models import GuidePage, Guides
from postroad.reports import counts
from postroad.web.shared import live
from postroad.web.templatetags import boxes
from tests.cast import Cast
from tests.ill.story import begin, copy, title

NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)  # a Tuesday
TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def shown(name: str, user: Any = None) -> str:
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    page = Template("{% load boxes %}{% live_box name %}")
    return " ".join(page.render(Context({"request": request, "name": name})).split())


def forget() -> None:
    """As a minute later."""
    caches["process"].clear()


def test_every_box_has_a_template_and_a_name_for_the_editor(cast: Cast):
    Collection.objects.create(slug="professional", name="Professional", library=cast.lenox)
    values: list[str] = []
    for value, label in boxes.choices():
        values += [key for key, _label in label] if isinstance(label, list) else [str(value)]
    assert {value.partition(":")[0] for value in values} == set(boxes.BOXES)
    for value in values:
        assert "cannot be looked up" not in shown(value, cast.ada), value


def test_a_reader_sees_what_is_licensed_for_her_library_and_what_of_it_ends(cast: Cast):
    for number, (name, library) in enumerate([("Harbor", cast.lee), ("Granite", cast.pittsfield)]):
        made = editing.add({"name": name, "trial_until": TUESDAY + timedelta(9)}, by="Edie")
        editing.give(made, {"who": "library", "library": library, "how": "ip"}, by="Edie")
        editing.change(made, {"added_on": TUESDAY - timedelta(number)}, by="Edie")
    shown("licensed", cast.ada)  # her card, and the thresholds, are at hand
    with CaptureQueriesContext(connection) as asked:
        hers = shown("licensed", cast.ada)
    assert len([each for each in asked if "econtent" in each["sql"]]) == 2
    assert "Licensed for readers of Lee Library" in hers
    assert "This is a trial: it can be used until Thursday 3 December." in hers
    assert "Granite" not in hers
    everybodys = shown("licensed")
    assert everybodys.index("Harbor") < everybodys.index("Granite")


def test_every_threshold_has_words():
    assert set(words.directory.THRESHOLDS) == set(thresholds.DEFAULTS)


def test_each_number_is_told_in_what_it_counts(db: None):
    said = {name: live.days_of(name, TUESDAY) for name in thresholds.DEFAULTS}
    assert said["courier-late"] == "14 days"
    assert said["desk"] == "1 working day"
    assert said["pause-after"] == "5 requests"
    assert said["updates-weekday"] == "Monday"


def test_who_lends_now_counts_each_member_once_and_guesses_nothing(cast: Cast):
    closures.close(
        libraries=[cast.lenox], first_day=TUESDAY, last_day=None, source="library", said_by="Lena"
    )
    cast.pittsfield.policy.lends = False
    cast.pittsfield.policy.save()
    Library.objects.filter(pk=cast.providence.pk).update(open_days="")
    Library.objects.create(code="yale", name="Yale", membership=Membership.OUTSIDE)
    said = shown("lending")
    assert "Requests go to <b>2</b> of 5 libraries." in said
    assert "1 is not lending just now" in said
    assert "of 1 we do not know when it is open" in said
    assert "1 does not lend to other libraries" in said


def test_a_library_that_is_closed_for_a_weekend_lends_all_the_same(cast: Cast):
    closures.close(
        libraries=[cast.lenox], first_day=TUESDAY, last_day=TUESDAY, source="library", said_by="L"
    )
    assert "Requests go to <b>5</b> of 5 libraries." in shown("lending")


def test_what_one_process_has_told_is_kept_for_a_minute_and_no_longer(cast: Cast):
    assert "<b>5</b> of 5" in shown("lending")
    Library.objects.filter(pk=cast.lee.pk).update(active=False)
    assert "<b>5</b> of 5" in shown("lending")
    forget()
    assert "<b>4</b> of 4" in shown("lending")


def test_a_route_that_is_delayed_is_named_with_its_days_and_reason(cast: Cast):
    assert "No route is delayed" in shown("delays")
    forget()
    route = Route.objects.get(code="WEST 2")
    day = TUESDAY + timedelta(days=1)
    stops.pause(first_day=day, last_day=day, reason="Snow <b>storm</b>", at=route, said_by="Dan")
    later = TUESDAY + timedelta(days=30)
    stops.pause(first_day=later, last_day=later, reason="Next month", at=route, said_by="Dan")
    said = shown("delays")
    assert "WEST 2" in said
    assert "Wednesday 25 November (Snow &lt;b&gt;storm&lt;/b&gt;)" in said
    assert "Next month" not in said


def test_closed_this_week_names_who_is_closed_and_until_when(cast: Cast):
    assert "No library has said" in shown("closed")
    forget()
    for place, first, last in (
        (cast.lee, TUESDAY - timedelta(days=3), None),
        (cast.lenox, TUESDAY + timedelta(days=7), None),
        (cast.pittsfield, TUESDAY - timedelta(days=9), TUESDAY - timedelta(days=1)),
    ):
        closures.close(libraries=[place], first_day=first, last_day=last, source="library")
    closures.close(
        libraries=[cast.providence], first_day=TUESDAY, effect=Effect.NO_LENDING, source="library"
    )
    said = shown("closed")
    assert "Lee Library" in said
    assert "until further notice" in said
    assert all(name not in said for name in ("Lenox", "Athenaeum", "Providence"))


def test_the_days_to_her_library_are_each_readers_own(cast: Cast):
    assert "Sign in" in shown("days")
    story = begin(cast)
    assert story.ill.library == cast.lee
    said = shown("days", cast.ada)
    assert "Only 0 items reached Lee Library" in said
    assert "Berkshire Athenaeum" in shown("days", cast.bea)
    assert "Lee Library" in shown("days", User.objects.get(pk=cast.borrower.pk))
    assert "Sign in" in shown("days", cast.stranger)


def test_how_long_it_usually_takes_is_said_with_the_number_of_times(cast: Cast):
    facts = {"library": cast.lee, "usual": counts.Usual(6.4, 31), "days": 6, "season": 90}
    said = render_to_string("boxes/days.html", facts)
    assert "At Lee Library an item is usually ready <b>6 days</b> after it was asked for." in said
    assert "Half of the 31 items of the last 90 days" in said


def test_what_is_new_in_a_collection_and_the_way_to_search_it(cast: Cast):
    shelf = Collection.objects.create(
        slug="professional", name="Our <trade>", library=cast.lenox, location="Office"
    )
    item = copy(title("Library work with children"), cast.lenox, "30009000000001")
    item.location = "Office"
    item.save()
    said = shown("new-in:professional")
    assert "Library work with children" in said
    assert "Our &lt;trade&gt;" in said
    assert 'action="/collections/professional"' in shown("search-in:professional")
    shelf.delete()
    forget()
    assert "not listed here" in shown("new-in:professional")


def test_a_return_is_asked_about_where_returns_are_answered(cast: Cast, client: Client):
    said = shown("returns")
    assert 'action="/returns"' in said
    assert 'name="q"' in said
    assert client.get("/returns", {"q": "no such number"}).status_code == 200


def test_whom_to_call_are_rows_with_option_and_extension(cast: Cast):
    assert "No contact has been entered" in shown("team")
    forget()
    facts = {"phone": "508-555-0147", "menu_option": "2", "extension": "20"}
    Contact.objects.create(purpose=Contact.Purpose.DELIVERY, name="Dan Dewey", **facts)
    Contact.objects.create(purpose=Contact.Purpose.ILL, name="Of Lee", library=cast.lee)
    said = shown("team")
    assert "Dan Dewey" in said
    assert "option 2" in said
    assert "extension 20" in said
    assert "Of Lee" not in said


def test_r14_a_number_in_running_text_is_the_one_that_holds_today(cast: Cast):
    Threshold.objects.create(name="courier-late", days=14, effective=date(2021, 1, 1))
    Threshold.objects.create(name="courier-late", days=21, effective=date(2026, 12, 1))
    page = Template("{% load boxes %}{{ text|values }}")
    text = "Late after [[courier-late]], answered within [[ centre-answer ]]."
    assert page.render(Context({"text": text})) == (
        "Late after 14 days, answered within 2 working days."
    )
    assert "Late by delivery after <b>14 days</b>" in shown("threshold:courier-late")
    with time_machine.travel(NOON + timedelta(days=10), tick=False):
        forget()
        assert "21 days" in page.render(Context({"text": text}))
        assert "<b>21 days</b>" in shown("threshold:courier-late")
        assert "1 December 2026" in shown("threshold:courier-late")


def test_a_text_with_a_number_is_escaped_like_any_other(db: None):
    page = Template("{% load boxes %}{{ text|values }}")
    said = page.render(Context({"text": "<script>[[courier-late]]</script> [[no-such]] & [[<b>]]"}))
    assert said == "&lt;script&gt;14 days&lt;/script&gt; (not known) &amp; (not known)"


@pytest.mark.parametrize("name", ["", "nothing", "threshold:nothing", "threshold:", "lending:x:y"])
def test_a_name_that_no_box_bears_leaves_the_page_standing(cast: Cast, name: str):
    said = shown(name)
    assert ("cannot be looked up" in said) is (name != "lending:x:y")


def test_a_box_that_fails_says_so_in_a_line_and_in_the_log(
    cast: Cast, client: Client, caplog: pytest.LogCaptureFixture
):
    guide = GuidePage(
        slug="two", title="Two boxes", intro="One fails.", body=[("live", "lending")] * 2
    )
    Guides.objects.get().add_child(instance=guide)
    GuidePage.objects.filter(pk=guide.pk).update(
        body=[
            {"type": "live", "value": "threshold:gone"},
            {"type": "live", "value": "closed"},
        ]
    )
    answer = client.get("/guides/two/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "This cannot be looked up just now." in text
    assert "Closed this week" in text
    assert "threshold:gone" in caplog.text


EIGHT = [
    "lending",
    "delays",
    "closed",
    "days",
    "returns",
    "team",
    "new-in:professional",
    "threshold:mail-late",
]


def test_eight_boxes_cost_few_statements_and_kept_ones_none(cast: Cast, client: Client):
    Collection.objects.create(slug="professional", name="Professional", library=cast.lenox)
    body = [("live", name) for name in EIGHT]
    guide = GuidePage(slug="eight", title="Eight boxes", intro="All of them.", body=body)
    Guides.objects.get().add_child(instance=guide)
    client.force_login(cast.ada)
    client.get("/libraries")  # what the frame of every page remembers
    client.get("/guides/")
    forget()
    with CaptureQueriesContext(connection) as first:
        text = client.get("/guides/eight/").content.decode()
    assert "cannot be looked up" not in text
    with CaptureQueriesContext(connection) as again:
        client.get("/guides/eight/")
    bare = GuidePage(slug="bare", title="No box", intro="None.", body=[])
    Guides.objects.get().add_child(instance=bare)
    with CaptureQueriesContext(connection) as without:
        client.get("/guides/bare/")
    assert len(first) - len(without) <= 13
    assert len(again) - len(without) <= 1  # whose library it is
    assert timezone.now() == NOON
