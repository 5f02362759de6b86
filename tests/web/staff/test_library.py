"""Our library: policy, closures, figures."""

import re
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from postroad.accounts.models import Post, Role
from postroad.delivery import outlook
from postroad.directory.models import Agreement, Closure, Library, Policy
from postroad.ill import borrowing, lending
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State
from postroad.reports import counts
from tests.ill.story import MONDAY
from tests.markup import tight
from tests.web.staff.crowd import loan, read, warm

GOOD = {
    "lends": "on",
    "formats_not_lent": ["film", "map"],
    "answer_days": 3,
    "ship_days": 1,
    "loan_days": 21,
    "renewals": 0,
    "renewal_days": 7,
    "hold_shelf_days": 5,
    "open_requests": 20,
    "ask_order": "network union mediated",
}


def said(page: Any) -> str:
    """What a page says, without its tags."""
    return re.sub(r"<[^>]+>", "", page.content.decode())


def test_the_director_decides(cast, at):
    answer = at(cast.director).post("/staff/library/policy/", GOOD)
    assert answer["Location"] == "/staff/library/"
    policy = Policy.objects.get(library=cast.lee)
    assert policy.formats_not_lent == ["film", "map"]
    assert (policy.lends, policy.loan_days, policy.approves_by_itself) == (True, 21, False)
    page = at(cast.director).get("/libraries/lee").content.decode()
    said = page[page.index('id="policy"') :]
    assert f"{cast.director}" in said[: said.index("</section>")]


@pytest.mark.parametrize(
    "mistake",
    [
        {"loan_days": 0},
        {"loan_days": 9**20},
        {"loan_days": "a fortnight"},
        {"answer_days": ""},
        {"renewals": -1},
        {"formats_not_lent": ["vinyl"]},
        {"hold_shelf_days": "\x00"},
    ],
)
def test_a_policy_that_cannot_be_is_not_saved(cast, at, mistake):
    answer = at(cast.director).post("/staff/library/policy/", {**GOOD, **mistake})
    assert answer.status_code == 422
    assert "Not sent yet" in answer.content.decode()
    assert Policy.objects.get(library=cast.lee).loan_days == 28


def test_a_closure_is_entered_and_removed(cast, at):
    desk = at(cast.director)
    desk.post(
        "/staff/library/closures/",
        {
            "effect": "no-lending",
            "first_day": "2026-12-24",
            "last_day": "2027-01-01",
            "reason": "Stock",
        },
    )
    closure = Closure.objects.get()
    assert (closure.library, closure.effect, closure.last_day) == (
        cast.lee,
        "no-lending",
        date(2027, 1, 1),
    )
    assert "open, but not lending" in desk.get("/staff/library/").content.decode()
    desk.post(f"/staff/library/closures/{closure.pk}/remove/")
    assert not Closure.objects.held().exists()


def test_two_presses_of_one_form_enter_a_closure_once(cast, at):
    desk = at(cast.director)
    page = desk.get("/staff/library/?show=closures").content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    day = timezone.localdate() + timedelta(days=9)
    sent = {"effect": "closed", "first_day": day, "last_day": day, "key": key}
    for _press in range(2):
        assert desk.post("/staff/library/closures/", sent).status_code == 302
    assert Closure.objects.count() == 1


def test_what_is_under_way_is_expected_after_a_closure_and_before_it_again(story, at):
    with time_machine.travel(MONDAY, tick=True):
        story.at(State.SHIPPED)
        desk, expected = at(story.cast.director), story.loan.parcel_out.expected_on
        days = {"first_day": expected, "last_day": expected, "reason": "Burst pipe"}
        outlook.follow(MONDAY)
        desk.post("/staff/library/closures/", {"effect": "closed", **days})
        outlook.follow(MONDAY)
        assert story.loan.parcel_out.expected_on > expected
        desk.post(f"/staff/library/closures/{Closure.objects.get().pk}/remove/")
        outlook.follow(MONDAY)
        assert story.loan.parcel_out.expected_on == expected


@pytest.mark.parametrize(
    ("first", "last", "effect"),
    [
        ("2026-12-24", "2026-12-23", "closed"),
        ("2026-11-01", "2026-11-02", "closed"),
        ("2026-12-24", "2126-12-24", "closed"),
        ("", "", "closed"),
        ("soon", "later", "closed"),
        ("2026-12-24", "2026-12-24", "on fire"),
    ],
)
def test_a_closure_that_cannot_be_is_not_entered(cast, at, first, last, effect):
    answer = at(cast.director).post(
        "/staff/library/closures/",
        {"effect": effect, "first_day": first, "last_day": last, "reason": ""},
    )
    assert answer.status_code == 422
    assert not Closure.objects.exists()


def test_only_its_own_closures_and_only_by_the_director(cast, at):
    theirs = Closure.objects.create(
        library=cast.lenox, first_day="2026-12-24", last_day="2026-12-24"
    )
    everybody = Closure.objects.create(first_day="2026-12-25", last_day="2026-12-25")
    for closure in (theirs, everybody):
        address = f"/staff/library/closures/{closure.pk}/remove/"
        assert at(cast.director).post(address).status_code == 404
    address = f"/staff/library/closures/{theirs.pk}/remove/"
    assert at(cast.lender).post(address).status_code == 404
    assert Closure.objects.count() == 2


def test_lending_staff_read_and_do_not_change(cast, at):
    page = at(cast.lender).get("/staff/library/")
    assert not page.context["may_change"]
    assert "The director can change" in page.content.decode()
    assert at(cast.lender).post("/staff/library/policy/", GOOD).status_code == 404
    assert Policy.objects.get(library=cast.lenox).loan_days == 28


def test_a_library_without_a_policy_has_the_usual_one(cast, at):
    Policy.objects.filter(library=cast.lee).delete()
    desk = at(cast.director)
    assert desk.get("/staff/library/").context["policy"].loan_days == 28
    desk.post("/staff/library/policy/", GOOD)
    assert Policy.objects.get(library=cast.lee).loan_days == 21


def test_the_figures_are_those_of_the_loans(story, at):
    story.at(State.CLOSED)
    month = counts.by_month(story.cast.lenox, date(2026, 11, 23))
    assert [(each.first, each.lent) for each in month][-2:] == [
        (date(2026, 10, 1), 0),
        (date(2026, 11, 1), 1),
    ]
    assert len(month) == 12
    assert counts.by_month(story.cast.lee, date(2026, 11, 23))[-1].borrowed == 1
    assert counts.filled_for_us(story.cast.lee, MONDAY).percent == 100
    assert counts.filled_by_us(story.cast.lenox, MONDAY).percent == 100
    assert counts.days_to_arrive(story.cast.lee, MONDAY) == 0
    assert counts.days_to_ship(story.cast.lenox, MONDAY) == 0
    assert "100% (1 of 1)" in said(at(story.cast.lender).get("/staff/library/"))


def test_without_a_loan_there_is_no_share_rather_than_a_wrong_one(cast):
    assert counts.filled_for_us(cast.lee, MONDAY).percent is None
    assert counts.days_to_ship(cast.lee, MONDAY) is None


@pytest.mark.parametrize(
    ("back", "first"), [(0, date(2026, 1, 1)), (1, date(2025, 12, 1)), (13, date(2024, 12, 1))]
)
def test_months_before(back, first):
    assert counts.before(date(2026, 1, 1), back) == first


def test_the_figures_cost_the_same_for_any_number_of_loans(
    story, at, django_assert_max_num_queries
):
    desk = at(story.cast.director)
    desk.get("/staff/library/")
    with django_assert_max_num_queries(19):
        desk.get("/staff/library/")
    story.at(State.CLOSED)
    with django_assert_max_num_queries(19):
        desk.get("/staff/library/")


OPENS = re.compile(r'<a href="(/staff/library/(?:lent|borrowed)/[^"]*)">([\d.]+)(?: days)?</a>')


@pytest.fixture
def season(cast, at):
    """Some loans and a refusal, seen from the lender's and the borrower's library."""
    with time_machine.travel(MONDAY, tick=True):
        for place, state in enumerate([State.CLOSED, State.LENT, State.SHIPPED, State.REFERRED]):
            loan(cast, place, state)
        lending.refuse(loan(cast, 8, State.REFERRED).supply, Act(), reason=Reason.MISSING)
        declined = loan(cast, 9, State.REFERRED)
        lending.refuse(declined.supply, Act(), reason=Reason.POLICY)
        declined.listen()
        borrowing.decline(declined.ill, Act(cast.centre), reason="Nobody lends it.")
        yield


@pytest.mark.parametrize(("who", "figures"), [("lenox_director", 4), ("director", 4)])
def test_every_figure_opens_the_rows_that_it_counts(cast, at, season, who, figures):
    if who == "lenox_director":
        Post.objects.create(user=cast.lender, role=Role.DIRECTOR, library=cast.lenox)
    desk = at(cast.lender if who == "lenox_director" else cast.director)
    opened = OPENS.findall(tight(desk.get("/staff/library/")))
    assert len(opened) == figures
    for address, figure in opened:
        page = desk.get(address)
        assert page.context["rows"], address
        if "show=sent" in address or "show=arrived" in address:
            middle = median(row.days for row in page.context["rows"])
            assert middle == pytest.approx(float(figure), abs=0.1)
        else:
            assert page.context["page"].paginator.count == int(figure), address


def test_the_rows_lead_to_their_requests_and_say_how_they_ended(cast, at, season):
    desk = at(cast.director)
    page = desk.get("/staff/library/borrowed/?show=unfilled")
    assert [row.how for row in page.context["rows"]] == ["could not be supplied"]
    for row in desk.get("/staff/library/borrowed/").context["rows"]:
        assert desk.get(f"/staff/requests/{row.ill.ref}/").status_code == 200
    refused = at(cast.lender).get("/staff/library/lent/?show=refused").context["rows"]
    assert {row.how for row in refused} == {
        "said no: missing or lost",
        "said no: not sent by this library's policy",
    }


def test_who_only_lends_sees_what_was_lent_and_no_reader_anywhere(cast, at, season):
    Post.objects.create(user=cast.stranger, role=Role.LENDING, library=cast.lee)
    page = read(at(cast.stranger).get("/staff/library/"))
    assert "/staff/library/borrowed/" not in page
    assert at(cast.stranger).get("/staff/library/borrowed/").status_code == 404
    for address in ("borrowed/", "borrowed/?show=arrived", "borrowed/?month=2026-11"):
        assert "Ada" not in read(at(cast.director).get(f"/staff/library/{address}"))


@pytest.mark.parametrize(
    "month", ["", "2026-13", "9999-12", "0001-01", "now", "\x00", "2026-1", "9" * 90]
)
def test_a_month_that_is_none_shows_the_usual_list(cast, at, month):
    page = at(cast.director).get("/staff/library/borrowed/", {"month": month, "show": "\x00"})
    assert (page.status_code, page.context["month"]) == (200, None)
    assert "There is nothing to count yet." in page.content.decode()


def test_a_loan_counts_in_the_lenders_month_also_in_another_zone(story, at):
    """Shipped on the last evening of November in Lenox, when it is December by UTC."""
    Library.objects.filter(pk=story.cast.lee.pk).update(time_zone="Pacific/Auckland")
    with time_machine.travel(datetime(2026, 12, 1, 3, tzinfo=UTC), tick=True):
        story.now = timezone.now()
        story.at(State.SHIPPED)
        for library, field in ((story.cast.lenox, "lent"), (story.cast.lee, "borrowed")):
            rows = {"lent": counts.lent_in, "borrowed": counts.borrowed_in}[field]
            for month in counts.by_month(library, date(2026, 12, 31)):
                assert rows(library, month.first).count() == getattr(month, field)


def test_a_list_costs_the_same_for_any_number_of_rows(
    cast, at, season, django_assert_max_num_queries
):
    desk = warm(at(cast.director))
    for address in ("borrowed/", "borrowed/?month=2026-11", "lent/"):
        with django_assert_max_num_queries(20):
            desk.get(f"/staff/library/{address}")


def test_what_a_closure_touches_is_said_before_it_is_entered(story, at):
    story.at(State.LENT)
    desk, due = at(story.cast.director), story.loan.due_back.isoformat()
    sent = {"effect": "closed", "first_day": due, "last_day": due, "reason": "Pipe"}
    page = desk.post("/staff/library/closures/", {**sent, "look": "1"})
    assert "1 loan is due on these days" in page.content.decode()
    assert not Closure.objects.exists()
    desk.post("/staff/library/closures/", sent)
    story.look()
    assert story.loan.due_back.isoformat() > due


def test_an_ended_closure_stays_on_record_and_can_be_put_back(cast, at):
    desk = at(cast.director)
    sent = {"effect": "closed", "first_day": "2026-12-24", "further_notice": "on"}
    desk.post("/staff/library/closures/", sent)
    closure = Closure.objects.get()
    assert "until further notice" in desk.get("/staff/library/?show=closures").content.decode()
    desk.post(f"/staff/library/closures/{closure.pk}/remove/")
    assert not Closure.objects.held().exists()
    assert "Put back" in desk.get("/staff/library/?show=closures").content.decode()
    desk.post(f"/staff/library/closures/{closure.pk}/remove/", {"put_back": "1"})
    assert Closure.objects.held().get().open_ended


@pytest.mark.parametrize("tab", ["figures", "closures", "policy", "nonsense"])
def test_each_tab_has_its_own_part(cast, at, tab):
    page = at(cast.director).get("/staff/library/", {"show": tab}).content.decode()
    shown = {name: f'id="{name}"' in page for name in ("figures", "policy")}
    assert shown == {"figures": tab in {"figures", "nonsense"}, "policy": tab == "policy"}
    assert ("See what it touches" in page) == (tab == "closures")


def test_what_a_due_date_means_is_said_with_the_policy_and_holds_from_that_day(cast, at, story):
    story.at(State.SHIPPED)
    Post.objects.create(user=cast.lender, role=Role.DIRECTOR, library=cast.lenox)
    desk = at(cast.lender)
    desk.post("/staff/library/policy/", {**GOOD, "due_means": "back-home"})
    desk.post("/staff/library/policy/", {**GOOD, "due_means": "back-home"})
    agreed = Agreement.objects.get()
    assert (agreed.lender_side, agreed.effective) == ("library:lenox", MONDAY.date())
    page = desk.get("/staff/library/?show=policy")
    assert 'value="back-home"' in page.content.decode()
    assert page.context["policy_form"].initial["due_means"] == "back-home"
    assert story.loan.supply.due_means == "at-borrower"  # sent before
    desk.post("/staff/library/policy/", GOOD)
    assert Agreement.objects.get() == agreed


def test_a_closure_in_rhode_island_on_short_notice_says_to_call_the_courier(cast, at):
    Library.objects.filter(pk=cast.lee.pk).update(state="RI")
    desk = at(cast.director)
    sent = {"effect": "closed", "first_day": "2026-11-24", "last_day": "2026-11-24"}
    look = desk.post("/staff/library/closures/", {**sent, "look": "1"})
    assert "Call the courier now." in look.content.decode()
    saved = desk.post("/staff/library/closures/", sent, follow=True)
    assert "Call the courier now." in saved.content.decode()
    later = {**sent, "first_day": "2026-11-27", "last_day": "2026-11-27"}
    saved = desk.post("/staff/library/closures/", later, follow=True)
    assert "Call the courier" not in saved.content.decode()
