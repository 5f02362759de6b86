import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postroad.catalogue.models import Identifier
from postroad.directory.models import Address, Authority, Library, Membership, Policy, Symbol
from postroad.ill import asking, borrowing, loans, lookup, mediation, referral, worklist
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import Ending, Outcome, State, SupplyState, Verb
from postroad.ill.models import MovedMeanwhile, Request, Supply
from postroad.reference_numbers import grouped
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, begin, title
from tests.web.office.mediated import (
    asked_outside,
    homeward,
    page,
    path,
    press,
    said,
    sent,
    unfilled,
)

OUTSIDE = {"system": "OCLC WorldShare", "lender": "Yale University", "number": "201 993 144"}
SENT = {"renewals": "1"}


@pytest.fixture
def story(cast: Cast) -> Story:
    return unfilled(cast)


@pytest.fixture
def centre(cast: Cast, client: Client) -> Any:
    with time_machine.travel(MONDAY, tick=False):
        client.force_login(cast.centre)
        yield client


def test_what_no_member_can_supply_is_in_the_queue_with_the_reason(centre: Client, story: Story):
    shown = page(centre, "/office/centre/")
    assert "Walden" in shown
    why = (
        "1 member library owns it, and it cannot be asked: it does not lend to other libraries (1)."
    )
    assert why in shown
    assert why in page(centre, path(story))
    assert centre.get("/office/centre/").context["counts"] == {"office-centre": 1}


def test_the_page_tells_why_and_what_another_system_looks_it_up_by(centre: Client, story: Story):
    Identifier.objects.create(record=story.record, kind="isbn", value="9780691096124")
    shown = page(centre, path(story))
    assert "it does not lend to other libraries" in shown
    assert "9780691096124" in shown
    assert "Any edition will do." in shown


def test_the_centre_sees_no_readers_name(centre: Client, story: Story):
    homeward(story)
    for address in ("/office/centre/?show=homeward", path(story)):
        assert "Ada" not in page(centre, address)


def test_an_outside_lender_is_written_down_and_found_by_its_number(centre: Client, story: Story):
    answer = press(centre, story, "outside", **OUTSIDE)
    assert said(answer) == "Recorded."
    assert story.ill.state == State.REFERRED
    assert story.supply.lender_name == "Yale University"
    assert [number.value for number in story.supply.numbers.all()] == ["201993144"]
    assert lookup.by_number("201 993 144").get() == story.ill
    assert "Walden" in page(centre, "/office/centre/?show=asked")


def test_a_letter_needs_no_number_however_many_are_written(centre: Client, story: Story):
    letter = {"system": "letter", "lender": "Athenaeum of Nantucket", "number": ""}
    press(centre, story, "outside", **letter)
    assert story.ill.state == State.REFERRED
    other = begin_another(story)
    press(centre, other, "outside", **letter)
    assert other.ill.state == State.REFERRED


def begin_another(story: Story) -> Story:
    ill = asking.ask(
        title("Cape Cod"), Act(at=MONDAY), patron=story.cast.ada, library=story.cast.lee
    )
    other = Story(story.cast, story.record, ill)
    other.listen()
    assert other.ill.state == State.CENTRE
    return other


def test_what_is_no_number_is_refused_beside_its_field_and_nobody_was_asked(
    centre: Client, story: Story
):
    answer = press(centre, story, "outside", **{**OUTSIDE, "number": "pending"})
    assert answer.status_code == 422
    assert "type the number alone" in answer.context["forms"]["outside"].errors["number"][0]
    assert story.ill.state == State.CENTRE
    assert 'value="Yale University"' in answer.content.decode()


@pytest.mark.parametrize(
    ("step", "typed", "wrong"),
    [
        ("outside", {**OUTSIDE, "number": ""}, "number"),
        ("outside", {**OUTSIDE, "number": "9" * 41}, "number"),
        ("outside", {**OUTSIDE, "lender": " "}, "lender"),
        ("outside", {**OUTSIDE, "lender": "x" * 161}, "lender"),
        ("outside", {**OUTSIDE, "lender": "Yale\x00"}, "lender"),
        ("outside", {**OUTSIDE, "system": "pigeon"}, "system"),
        ("outside", {}, "system"),
        ("close", {"ready": "own", "own": "  "}, "own"),
        ("close", {"ready": "", "own": "Lost."}, "ready"),
        ("close", {"ready": "99"}, "ready"),
        ("close", {"ready": "0", "own": "x" * 161}, "own"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    centre: Client, story: Story, step: str, typed: dict[str, str], wrong: str
):
    answer = press(centre, story, step, **typed)
    assert answer.status_code == 422
    assert wrong in answer.context["forms"][step].errors
    assert story.ill.state == State.CENTRE


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"lender_due_on": "2026-11-22"}, "lender_due_on"),
        ({"lender_due_on": "2036-11-22"}, "lender_due_on"),
        ({"lender_due_on": "9" * 400}, "lender_due_on"),
        ({"expected_on": "2026-12-10", "lender_due_on": "2026-12-10"}, "lender_due_on"),
        ({"renewals": "10"}, "renewals"),
        ({"expected_on": "2020-01-01"}, "expected_on"),
        ({"expected_on": "9999-12-31"}, "expected_on"),
        ({"expected_on": "soon"}, "expected_on"),
        ({"tracking_number": "1" * 41}, "tracking_number"),
        ({"barcode": "1" * 41}, "barcode"),
    ],
)
def test_terms_that_make_no_sense_ship_nothing(
    centre: Client, story: Story, typed: dict[str, str], wrong: str
):
    asked_outside(story)
    answer = press(centre, story, "sent", **{**SENT, **typed})
    assert answer.status_code == 422
    assert list(answer.context["forms"]["sent"].errors) == [wrong]
    assert story.ill.state == State.REFERRED


def test_it_was_sent_on_the_lenders_terms(centre: Client, story: Story):
    asked_outside(story)
    day = timezone.localdate() + timedelta(days=10)
    press(
        centre,
        story,
        "sent",
        **SENT,
        expected_on=day.isoformat(),
        lender_due_on="2027-01-15",
        barcode="3900 2012",
        tracking_number="1Z5R 8939 0357 5671 27",
    )
    supply = story.supply
    assert (supply.state, supply.renewals_allowed) == (SupplyState.SUPPLYING, 1)
    assert supply.lender_due_on == date(2027, 1, 15)
    assert (supply.expected_on, story.loan.barcode) == (day, "39002012")
    assert story.loan.parcel_out.tracking_number == "1Z5R89390357567127"
    assert "UPS" in page(centre, path(story))
    assert lookup.by_number("39002012").get() == story.ill
    assert lookup.by_number("1z5r 8939 0357 5671 27").get() == story.ill
    assert not lookup.by_number("-").exists()


def test_three_weeks_are_reckoned_where_no_day_is_given(centre: Client, story: Story):
    asked_outside(story)
    press(centre, story, "sent", **SENT)
    assert story.supply.expected_on == (MONDAY + timedelta(days=21)).date()


def test_a_tracking_number_of_nobody_is_doubted_and_kept(centre: Client, story: Story):
    asked_outside(story)
    answer = press(centre, story, "sent", **SENT, tracking_number="1Z5R89390357567128")
    assert "does not look like any carrier's" in said(answer)
    assert story.loan.parcel_out.tracking_number == "1Z5R89390357567128"
    assert story.ill.state == State.SHIPPED


def test_sent_by_mistake_is_taken_back(centre: Client, story: Story):
    sent(story)
    press(centre, story, "unsent")
    assert story.ill.state == State.REFERRED
    assert story.supply.state == SupplyState.PROMISED


def test_each_list_and_table_tells_in_a_whole_sentence_where_it_stands(
    centre: Client, story: Story
):
    sent(story)
    assert "Yale University The item is on its way to the pickup library." in page(
        centre, "/office/centre/?show=coming"
    )
    assert "The item is on its way to the borrower." in page(centre, path(story))


def test_an_outside_no_comes_back_to_the_queue(centre: Client, story: Story):
    asked_outside(story)
    press(centre, story, "no", reason="policy", note="Special collections.")
    assert story.ill.state == State.APPROVED
    referral.refer_by_rota(story.ill, MONDAY)
    shown = page(centre, path(story))
    assert "said no: not sent by this library's policy" in shown
    assert "Special collections." in shown
    mediation.refer_again(story.ill, Act(story.cast.centre, MONDAY))
    assert "is waiting for a lender to be chosen. Why can" in page(centre, path(story))
    assert Supply.objects.get().ending == Ending.REFUSED


def test_it_is_home_when_its_lender_says_so(centre: Client, story: Story):
    homeward(story)
    assert "rests_on" in centre.post(path(story, "home")).context["forms"]["home"].errors
    proof = {"rests_on": "message", "note": "Ms Hale, by phone."}
    assert (
        "Is it home at Yale University?" in centre.post(path(story, "home"), proof).content.decode()
    )
    story.look()
    assert story.ill.state == State.HOMEWARD
    press(centre, story, "home", **proof, sure="yes")
    assert story.ill.outcome == Outcome.FILLED
    shown = page(centre, path(story))
    assert "We know it because the lender wrote or called." in shown
    assert "Ms Hale, by phone." in shown


def test_the_members_are_asked_again(centre: Client, story: Story):
    Policy.objects.update(lends=True)
    press(centre, story, "again")
    assert story.ill.state == State.APPROVED
    referral.refer_by_rota(story.ill, MONDAY)
    story.look()
    assert story.supply.lender == story.cast.lenox


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"ready": "0"}, "No library that we can ask lends it."),
        ({"ready": "own", "own": "It was lost at sea."}, "It was lost at sea."),
        (
            {"ready": "0", "own": "It was lost at sea."},
            "No library that we can ask lends it. It was lost at sea.",
        ),
    ],
)
def test_it_is_closed_with_a_reason_that_the_reader_reads(
    centre: Client, story: Story, typed: dict[str, str], reason: str
):
    asked = centre.post(path(story, "close"), typed).content.decode()
    assert f"The reader is told: “{reason}”" in asked
    story.look()
    assert story.ill.is_open
    press(centre, story, "close", **typed, sure="yes")
    assert (story.ill.outcome, story.ill.reason) == (Outcome.UNFILLED, reason)
    centre.force_login(story.cast.ada)
    assert reason in page(centre, f"/patron/requests/{story.ill.ref}/")


def test_the_longest_reason_fits(centre: Client, story: Story):
    from postroad.web.office.centre.forms import CloseForm

    longest = max(range(len(CloseForm.READY)), key=lambda n: len(str(CloseForm.READY[n])))
    press(centre, story, "close", ready=str(longest), own="x" * 160, sure="yes")
    room = Request._meta.get_field("reason").max_length
    assert room is not None
    assert len(story.ill.reason) <= room


@pytest.mark.parametrize("step", ["outside", "again", "close"])
def test_two_clerks_press_at_once_and_one_is_told(centre: Client, story: Story, step: str):
    asked_outside(story)
    typed = {"outside": {**OUTSIDE, "number": "7"}, "close": {"ready": "0"}}.get(step, {})
    answer = press(centre, story, step, **typed)
    assert re.search("cannot be done now because|Someone else changed request", said(answer))
    assert story.ill.state == State.REFERRED
    assert story.ill.attempts == 1


@pytest.mark.parametrize("step", ["sent", "no", "unsent", "home"])
def test_the_centre_does_not_answer_for_a_member(centre: Client, cast: Cast, step: str):
    story = begin(cast)
    story.listen()
    assert story.supply.lender == cast.lenox
    typed = {"sent": SENT, "no": {"reason": "policy"}}.get(step, {})
    assert centre.post(path(story, step), typed).status_code == 404
    story.look()
    assert story.ill.state == State.REFERRED


@pytest.mark.parametrize("step", ["", "outside", "home", "nothing", "x" * 300])
def test_what_is_not_there_is_not_there(centre: Client, story: Story, step: str):
    assert centre.get("/office/centre/00000000/").status_code == 404
    if step not in ("", "outside", "home"):
        assert centre.get(path(story, step)).status_code == 404


def test_a_number_that_was_mistyped_is_corrected(centre: Client, story: Story):
    asked_outside(story)
    rings = story.supply.due_at
    assert 'value="201993144"' in centre.get(path(story)).content.decode()
    right = {**OUTSIDE, "number": "ILL: 201 993 145"}
    assert said(press(centre, story, "correct", **right)) == "Corrected."
    assert (story.supply.numbers.get().value, story.supply.due_at) == ("201993145", rings)
    assert (
        "Corrected: asked Yale University, not a member library: OCLC WorldShare, number ILL: "
        "201 993 145." in page(centre, path(story))
    )
    assert lookup.by_number("201993145").get() == story.ill
    assert not lookup.by_number("201993144").exists()


def test_a_number_of_another_open_request_is_kept_and_warned_of(centre: Client, story: Story):
    asked_outside(story)
    other = begin_another(story)
    press(centre, other, "outside", **{**OUTSIDE, "number": "7"})
    answer = press(centre, other, "correct", **OUTSIDE)
    assert "check: OCLC ILL number 201 993 144 is also on open request" in said(answer)
    assert grouped(story.ill.ref) in said(answer)
    assert other.supply.numbers.get().value == "201993144"


def test_of_two_corrections_the_second_is_told(centre: Client, story: Story):
    asked_outside(story)
    seen = story.supply
    given: dict[str, Any] = {"act": Act(at=MONDAY), "system": "OCLC WorldShare"}
    law, divinity = outside("Yale Law School"), outside("Yale Divinity School")
    mediation.correct(story.supply, lender=law, number="8", **given)
    with pytest.raises(MovedMeanwhile):
        mediation.correct(seen, lender=divinity, number="9", **given)
    assert story.supply.lender_name == "Yale Law School"
    assert story.supply.numbers.get().value == "8"


def test_the_queue_stands_in_the_order_that_is_chosen(centre: Client, story: Story):
    later = MONDAY + timedelta(hours=1)
    other = Request.objects.filter(pk=begin_another(story).ill.pk)
    other.update(state=State.CENTRE, need_by=date(2026, 12, 24), asked_at=later)

    def order(sort: str) -> list[str]:
        rows = centre.get("/office/centre/", {"sort": sort}).context["rows"]
        return [row["title"] for row in rows]

    assert order("") == order("due") == order("waiting") == ["Walden", "Cape Cod"]
    assert order("needed") == ["Cape Cod", "Walden"]
    assert order("asked") == ["Walden", "Cape Cod"]
    assert order("title") == ["Cape Cod", "Walden"]


def test_the_citation_is_copied_in_one_piece(centre: Client, story: Story):
    Identifier.objects.create(record=story.record, kind="isbn", value="9780691096124")
    shown = centre.get(path(story)).context["citation"]
    assert shown.startswith("Title: Walden\nAuthor: Thoreau, Henry David\n")
    assert "ISBN: 9780691096124" in shown
    assert "Ada" not in shown


@pytest.mark.parametrize("who", ["ada", "borrower", "lender", "driver", "operator", "stranger"])
def test_nobody_else_comes_in(client: Client, story: Story, who: str):
    client.force_login(getattr(story.cast, who))
    for address in ("/office/centre/", path(story), path(story, "close")):
        assert client.get(address).status_code == 404
    assert client.post(path(story, "close"), {"ready": "0"}).status_code == 404


def test_only_what_can_be_done_is_offered(centre: Client, story: Story):
    def offered() -> set[str]:
        return set(centre.get(path(story)).context["forms"])

    assert offered() == {"outside", "again", "close"}
    asked_outside(story)
    assert offered() == {"sent", "offer", "no", "correct"}
    mediation.outside_shipped(story.supply, Act(story.cast.centre, MONDAY))
    assert offered() == {"unsent", "terms", "lost", "correct"}
    story.look()
    loans.receive(story.loan, Act(story.cast.borrower, MONDAY))
    assert offered() == {"home", "terms", "lost", "correct"}


@pytest.mark.parametrize("show", ["asked", "coming", "here", "homeward", "late", "", "<b>", "\x00"])
def test_an_empty_list_says_so(centre: Client, cast: Cast, show: str):
    answer = centre.get("/office/centre/", {"show": show, "page": "-7"})
    assert answer.status_code == 200
    assert 'class="empty"' in answer.content.decode()


def test_late_is_who_has_let_the_time_pass_also_once_the_clock_has_rung(
    centre: Client, story: Story
):
    assert "Walden" not in page(centre, "/office/centre/?show=late")
    over = story.rings_at + timedelta(minutes=1)
    with time_machine.travel(over, tick=False):
        centre.force_login(story.cast.centre)
        assert "Walden" in page(centre, "/office/centre/?show=late")
        story.ill.move(Verb.REMIND, house(over), said={"state": "centre"})
        assert "Walden" in page(centre, "/office/centre/?show=late")


@pytest.mark.once  # PostgreSQL reads a table through as long as it is as small as here
def test_what_is_closed_is_read_for_no_filter_of_the_queue(centre: Client, story: Story):
    """However many requests have ended, an index leads to the others."""
    plan = plan_of(centre, "/office/centre/?show=late", "COUNT(")
    assert "COVERING INDEX request_worklist" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.once  # PostgreSQL's index takes no text of a thousand letters
def test_a_text_is_looked_for_without_reading_a_request(centre: Client, story: Story):
    plan = plan_of(centre, "/office/centre/?q=Walden", "LIKE")
    assert "COVERING INDEX request_text" in plan


def plan_of(who: Client, address: str, has: str) -> str:
    """How the database goes about the one statement on requests of this page that has this."""
    with CaptureQueriesContext(connection) as asked:
        page(who, address)
    (query,) = [
        each["sql"] for each in asked if has in each["sql"] and "ill_request" in each["sql"]
    ]
    with connection.cursor() as cursor:
        return str(cursor.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())


@pytest.mark.both
@pytest.mark.parametrize("title", ["W" * 1000, "\N{CJK UNIFIED IDEOGRAPH-66F8}" * 1000])
def test_the_longest_title_is_kept_and_found(story: Story, title: str):
    """On either database: an index of PostgreSQL's would refuse it."""
    Request.objects.filter(pk=story.ill.pk).update(title=title, author=title[:300])
    found = worklist.listed(worklist.Filter(text=title[:60]), story.now)
    assert [each.ref for each in found] == [story.ill.ref]


def test_a_long_queue_takes_no_more_queries(
    centre: Client, story: Story, django_assert_num_queries: Any
):
    def more(first: int, last: int) -> None:
        for number in range(first, last):
            ill = asking.ask(
                title(f"Book {number}"),
                Act(at=MONDAY),
                patron=story.cast.ada,
                library=story.cast.lee,
            )
            borrowing.approve(ill, Act(at=MONDAY))
            referral.refer_by_rota(ill, MONDAY)

    more(0, 2)
    page(centre, "/office/centre/")
    with django_assert_num_queries(10) as few:
        page(centre, "/office/centre/")
    more(2, 30)
    with django_assert_num_queries(len(few)):
        page(centre, "/office/centre/")


# A lender elsewhere, by name or symbol


def form_of(answer: Any) -> Any:
    return answer.context["forms"]["outside"]


def test_where_no_return_address_is_known_the_centre_is_led_to_enter_it(
    centre: Client, story: Story
):
    asked_outside(story)
    code = story.supply.lender.code
    there = f"/office/libraries/{code}/address/add/"
    assert there in centre.get(path(story)).content.decode()
    assert centre.get(there).status_code == 200
    Address.objects.create(library=story.supply.lender, purpose="mail", lines="1 Elm", town="Lee")
    shown = centre.get(path(story)).content.decode()
    assert "1 Elm" in shown
    assert there not in shown


def test_a_lender_is_named_by_its_symbol_too(centre: Client, story: Story):
    yale = outside("Yale University")
    Symbol.objects.create(library=yale, authority=Authority.OCLC, value="XYAL")
    press(centre, story, "outside", **{**OUTSIDE, "lender": " xyal"})
    assert story.supply.lender == yale


def test_a_name_that_is_new_is_asked_about_once_and_then_added(centre: Client, story: Story):
    typed = {**OUTSIDE, "lender": "Harbor  College"}
    answer = press(centre, story, "outside", **typed)
    assert answer.status_code == 422
    assert form_of(answer).errors["lender"] == [
        "“Harbor College” is new here. Check the spelling, then save once more to add it."
    ]
    assert story.ill.state == State.CENTRE
    assert not Library.objects.filter(name="Harbor College").exists()

    more = {"town": "Salem", "state": "OR", "symbol": "x hbr"}
    shown = {"asked": form_of(answer)["asked"].value(), "which": form_of(answer)["which"].value()}
    assert said(press(centre, story, "outside", **typed, **shown, **more)) == "Recorded."
    harbor = story.supply.lender
    assert (harbor.name, harbor.town, harbor.state) == ("Harbor College", "Salem", "OR")
    assert [(each.authority, each.value) for each in harbor.symbols.all()] == [("OCLC", "XHBR")]


def test_another_name_than_the_one_that_was_asked_about_is_asked_about_anew(
    centre: Client, story: Story
):
    typed = {**OUTSIDE, "lender": "Harbor Colege", "asked": "Harbor College", "which": "new"}
    assert press(centre, story, "outside", **typed).status_code == 422
    assert not Library.objects.filter(name__startswith="Harbor").exists()


def test_of_several_with_the_name_or_like_it_one_is_chosen(centre: Client, story: Story):
    here, there = (
        outside("Salem Public Library", town="Salem", state="OR"),
        Library.objects.create(
            code="x-other",
            name="Salem Public Library",
            town="Salem",
            state="NH",
            membership=Membership.OUTSIDE,
        ),
    )
    for name in ("Salem Public Library", "salem"):
        answer = press(centre, story, "outside", **{**OUTSIDE, "lender": name})
        labels = dict(form_of(answer).fields["which"].choices)
        assert labels[here.code] == "Salem Public Library (Salem, OR)"
        assert labels["new"] == f"None of these: add “{name}”"
    nothing = {**OUTSIDE, "lender": "salem", "asked": "salem"}
    assert form_of(press(centre, story, "outside", **nothing)).errors["which"]
    press(centre, story, "outside", **nothing, which=there.code)
    assert story.supply.lender == there


def test_whoever_names_a_member_is_told_how_members_are_asked(centre: Client, story: Story):
    answer = press(centre, story, "outside", **{**OUTSIDE, "lender": "lenox library"})
    assert "Lenox Library is a member library." in form_of(answer).errors["lender"][0]
    assert story.ill.state == State.CENTRE


def test_a_symbol_of_another_is_refused_beside_its_field_and_nothing_is_added(
    centre: Client, story: Story
):
    Symbol.objects.create(library=outside(), authority=Authority.OCLC, value="XYAL")
    typed = {**OUTSIDE, "lender": "Harbor", "asked": "Harbor", "which": "new", "symbol": "XYAL"}
    answer = press(centre, story, "outside", **typed)
    assert answer.status_code == 422
    assert "XYAL is the symbol of Yale University." in form_of(answer).errors["symbol"][0]
    assert not Library.objects.filter(name="Harbor").exists()


def test_a_second_press_adds_no_second_library(centre: Client, story: Story):
    typed = {**OUTSIDE, "lender": "Harbor", "asked": "Harbor", "which": "new"}
    for _each in range(2):
        press(centre, story, "outside", **typed)
    assert Library.objects.filter(name="Harbor").count() == 1
    assert story.ill.attempts == 1


def test_the_field_suggests_what_is_known_here_and_to_the_centre_alone(
    centre: Client, client: Client, story: Story
):
    address = "/office/centre/lenders/"
    found = centre.get(address, {"q": "yale"}).json()["found"]
    assert found == [{"value": "Yale University", "label": ""}]
    for typed in ("", "lenox", "\x00", "%", "x" * 999):
        assert centre.get(address, {"q": typed}).json() == {"found": []}
    client.force_login(story.cast.lender)
    assert client.get(address).status_code == 404


def test_without_scripts_the_list_holds_those_added_last(centre: Client, story: Story):
    assert '<option value="Yale University">' in centre.get(path(story)).content.decode()
