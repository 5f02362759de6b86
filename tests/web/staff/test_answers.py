"""What a lender answers beside yes and no, and what the borrowing desk says to it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from postroad.catalogue.models import Item, ItemStatus
from postroad.directory.models import Closure, Effect
from postroad.ill import lending
from postroad.ill.acts import Act
from postroad.ill.lending import Offer
from postroad.ill.lifecycle import Condition, Ending, Later, State, SupplyState
from postroad.ill.models import Request
from tests.ill.story import MONDAY, begin, copy
from tests.web.staff.crowd import read

STRICT = Offer([Condition.LIBRARY_USE, Condition.COST], "In the box it came in.", Decimal("12.50"))
MARKUP = "<script>alert(1)</script>" * 42_000  # one megabyte


def asked(story):
    story.at(State.REFERRED)
    return f"/staff/supplies/{story.ill.ref}/1/"


def on_offer(story, offer=STRICT):
    story.at(State.REFERRED)
    lending.offer(story.supply, Act(story.cast.lender, MONDAY), offer)
    story.look()
    return f"/staff/requests/{story.ill.ref}/"


def mark(story):
    return {"offer": lending.offered(story.supply).mark}


def test_a_lender_offers_it_on_conditions(story, at):
    address, desk = asked(story), at(story.cast.lender)
    assert "Send it on conditions" in read(desk.get(f"{address}offer/"))
    said = {"conditions": ["library-use", "cost"], "cost": "$12.50", "note": "In its box."}
    assert desk.post(f"{address}offer/", said).status_code == 302
    supply = story.supply
    assert supply.state == SupplyState.OFFERED
    assert (supply.conditions, supply.offer_note) == (["library-use", "cost"], "In its box.")
    assert supply.cost == Decimal("12.50")
    page = read(desk.get("/staff/lending/?show=offered"))
    assert "Use in the library only, it costs $12.50: “In its box.”" in page
    assert "Walden" not in read(desk.get("/staff/lending/pull-list/"))  # nobody fetches it yet
    assert "Walden" not in read(desk.get("/staff/lending/ship/"))


def test_an_amount_alone_is_a_condition(story, at):
    address = asked(story)
    at(story.cast.lender).post(f"{address}offer/", {"conditions": ["no-copying"], "cost": "3"})
    assert story.supply.conditions == ["no-copying", "cost"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose one or more."),
        ({"conditions": "because"}, "One of these is no longer in the list."),
        ({"conditions": "cost"}, "Say what it costs."),
        ({"conditions": "cost", "cost": "twelve"}, "Type an amount in dollars and cents"),
        ({"conditions": "cost", "cost": "-1"}, "Type an amount in dollars and cents"),
        ({"conditions": "cost", "cost": "NaN"}, "Type an amount in dollars and cents"),
        ({"conditions": "cost", "cost": "1e9"}, "Type an amount in dollars and cents"),
        ({"conditions": "cost", "cost": "0.001"}, "Type an amount in dollars and cents"),
        ({"conditions": "other"}, "Write the other condition here."),
        ({"conditions": "signature", "note": "x" * 301}, "at most 300 characters; you have 301"),
        ({"conditions": "signature", "note": "\x00"}, "a character that cannot be saved"),
        ({"conditions": "other", "note": MARKUP}, "at most 300 characters; you have 1050000"),
    ],
)
def test_conditions_that_nobody_could_read_are_not_offered(story, at, given, said):
    answer = at(story.cast.lender).post(f"{asked(story)}offer/", given)
    assert answer.status_code == 422
    assert said in read(answer)
    assert "<script>alert" not in answer.content.decode()
    assert story.supply.state == SupplyState.ASKED


def test_markup_in_a_note_is_read_as_it_was_typed(story, at):
    note = "<script>alert(1)</script>"
    address, desk = on_offer(story, Offer([Condition.OTHER], note)), at(story.cast.borrower)
    for page in (address, "/staff/borrowing/?show=conditions"):
        shown = desk.get(page).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
        assert note not in shown


def test_the_borrowing_desk_has_a_list_of_offers_with_what_is_asked_and_until_when(story, at):
    on_offer(story)
    desk = at(story.cast.borrower)
    page = desk.get("/staff/borrowing/")  # the first list in which there is something
    assert page.context["queue"].key == "conditions"
    (row,) = page.context["rows"]
    assert row.offer == "use in the library only, it costs $12.50: “In the box it came in.”"
    assert row.day == date(2026, 11, 27)  # four working days
    assert page.context["counts"] == {"staff-borrowing": 1}
    assert not desk.get("/staff/borrowing/?show=waiting").context["rows"]
    assert "Conditions to accept" in read(desk.get("/staff/"))


def test_conditions_are_accepted_on_a_second_press_alone(story, at):
    address, desk = f"{on_offer(story)}accept/", at(story.cast.borrower)
    asks = desk.post(address, mark(story))
    assert story.supply.state == SupplyState.OFFERED
    assert asks.context["fields"] == mark(story)
    assert "use in the library only, it costs $12.50" in read(asks)
    assert desk.get(address).context["fields"] == mark(story)
    desk.post(address, {**mark(story), "sure": "yes"})
    assert story.supply.state == SupplyState.PROMISED
    assert desk.get(address).status_code == 409


def test_after_a_decline_nobody_has_it_until_the_next_is_asked(story, at):
    address, desk = on_offer(story), at(story.cast.borrower)
    assert desk.get(address).context["holder"] == "Lenox Library"
    desk.post(f"{address}decline-offer/", mark(story))
    assert desk.get(address).context["holder"] == ""


def test_what_is_accepted_is_shipped(story, at):
    address = on_offer(story)
    at(story.cast.borrower).post(f"{address}accept/", {**mark(story), "sure": "yes"})
    assert story.supply.state == SupplyState.PROMISED
    desk = at(story.cast.lender)
    assert "Use in the library only" in read(desk.get("/staff/lending/pull-list/"))
    desk.post("/staff/lending/ship/", {"scan": "30001000000017"})
    said = desk.get("/staff/lending/ship/").context["sitting"].answer.sentence
    assert "Put on it: use in the library only, it costs $12.50" in said


def test_the_conditions_are_shown_at_receive_at_lend_and_to_the_reader(story, at):
    address = on_offer(story)
    desk = at(story.cast.borrower)
    desk.post(f"{address}accept/", {**mark(story), "sure": "yes"})
    story.ship()
    for page, before in (("receive", "On the hold shelf"), ("lend", "Lent until")):
        desk.post(f"/staff/borrowing/{page}/", {"scan": "30001000000017"})
        shown = desk.get(f"/staff/borrowing/{page}/")
        said = shown.context["sitting"].answer.sentence
        assert before in said
        assert "On conditions: use in the library only" in said
        assert "Use in the library only" in read(shown)  # on the slip
    hers = read(at(story.cast.ada).get(f"/patron/requests/{story.ill.ref}/"))
    assert "Use in the library only." in hers
    assert "12.50" not in hers  # what the libraries settle between them
    assert "In the box" not in hers


def test_what_is_declined_goes_to_the_next_library_and_can_be_taken_back(story, at):
    copy(story.record, story.cast.pittsfield, "30002000000016")
    address = on_offer(story)
    desk = at(story.cast.borrower)
    answer = desk.post(f"{address}decline-offer/", mark(story), headers={"referer": "/staff/"})
    story.listen()
    assert story.ill.state == State.REFERRED
    assert story.supply.lender == story.cast.pittsfield
    assert story.ill.supplies.get(attempt=1).ending == Ending.CONDITIONS_DECLINED
    page = desk.get("/staff/borrowing/" + answer.url[answer.url.index("?") :])
    assert "You declined the conditions for “Walden”" in read(page)
    desk.post(f"{address}undo/", {"event": page.context["no"].pk})
    story.look()
    assert story.supply.lender == story.cast.lenox
    assert lending.offered(story.supply) == Offer(
        [Condition.LIBRARY_USE, Condition.COST], STRICT.note, STRICT.cost
    )
    assert story.supply.state == SupplyState.OFFERED


def test_a_lender_that_lends_it_freely_after_all_frees_it_of_its_conditions(story, at):
    on_offer(story)
    at(story.cast.lender).post(f"/staff/supplies/{story.ill.ref}/1/promise/")
    assert (story.supply.state, story.supply.conditions) == (SupplyState.PROMISED, [])
    assert story.supply.cost is None


def test_the_page_of_a_request_offers_the_buttons_of_an_offer(story, at):
    address = on_offer(story)
    hers = at(story.cast.borrower).get(address)
    verbs = {offer.verb: offer for offer in hers.context["offers"]}
    assert verbs["accept_offer"].main
    assert verbs["decline_offer"].sends == mark(story)
    assert "Lenox Library can send it on conditions." in read(hers)
    theirs = {o.verb: str(o.label) for o in at(story.cast.lender).get(address).context["offers"]}
    assert theirs["promise"] == "Send it without conditions"
    assert theirs["change_offer"] == "Change the conditions"
    assert "offer" not in theirs


@pytest.mark.parametrize("verb", ["accept", "decline-offer"])
def test_an_answer_to_conditions_that_were_changed_meanwhile_changes_nothing(story, at, verb):
    address = on_offer(story)
    read_before = mark(story)
    lending.offer(story.supply, Act(story.cast.lender, MONDAY), Offer([Condition.SUPERVISED]))
    answer = at(story.cast.borrower).post(f"{address}{verb}/", read_before)
    assert answer.status_code == 409
    assert "changed the conditions" in read(answer)
    assert story.supply.state == SupplyState.OFFERED
    assert at(story.cast.borrower).post(f"{address}{verb}/").status_code == 409  # none was read


def test_who_accepts_second_hears_that_it_is_done(story, at):
    address = on_offer(story)
    sent = {**mark(story), "sure": "yes"}
    assert at(story.cast.borrower).post(f"{address}accept/", sent).status_code == 302
    again = at(story.cast.director).post(f"{address}accept/", sent)
    assert again.status_code == 409
    assert "already done" in read(again)
    assert story.ill.events.filter(verb="accept_offer").count() == 1


@pytest.mark.parametrize("who", ["lender", "neighbour", "ada", "centre", "stranger"])
def test_nobody_elsewhere_answers_for_the_borrower(story, at, who):
    address = on_offer(story)
    for verb in ("accept", "decline-offer", "center"):
        sent = {**mark(story), "sure": "yes"}
        answer = at(getattr(story.cast, who)).post(f"{address}{verb}/", sent)
        assert answer.status_code in (302, 403, 404)
    assert story.supply.state == SupplyState.OFFERED


@pytest.mark.parametrize("who", ["borrower", "neighbour", "ada", "centre", "stranger"])
def test_nobody_elsewhere_answers_for_the_lender(story, at, who):
    address = asked(story)
    for verb in ("offer", "later"):
        sent = {"conditions": "signature", "reason": "on-order", "on": "2026-12-02"}
        answer = at(getattr(story.cast, who)).post(f"{address}{verb}/", sent)
        assert answer.status_code in (302, 403, 404)
    assert story.supply.state == SupplyState.ASKED


def say_later(story, at, **given):
    said = {"reason": "at-bindery", "on": "2026-12-07", **given}
    return at(story.cast.lender).post(f"{asked(story)}later/", said)


def test_a_lender_says_from_which_day_it_can(story, at):
    answer = say_later(story, at, note="Back from Boston")
    supply = story.ill.supplies.get()
    assert (supply.ending, supply.reason) == (Ending.LATER, Later.BINDERY)
    assert (supply.retry_on, supply.reason_note) == (date(2026, 12, 7), "Back from Boston")
    page = at(story.cast.lender).get(answer.url)
    assert "You said that you can send “Walden” later." in read(page)
    at(story.cast.lender).post(
        f"/staff/requests/{story.ill.ref}/undo/", {"event": page.context["no"].pk}
    )
    story.look()
    assert (story.supply.attempt, story.supply.state) == (2, SupplyState.ASKED)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on": ""}, "Choose a day."),
        ({"on": "soon"}, "Type the date like 12/31/2026."),
        ({"on": "2026-11-23"}, "Choose a day after today."),
        ({"on": "2026-11-01"}, "Choose a day after today."),
        ({"on": "2027-11-24"}, "Choose a day within a year"),
        ({"on": "9999-12-31"}, "Choose a day within a year"),
        ({"on": "2026-12-06"}, "does not lend on Sunday 6 December. The next day on which it"),
        ({"on": "2026-12-09"}, "The next day on which it does is Friday 11 December."),
        ({"reason": "because"}, "no longer in the list"),
        ({"reason": "other"}, "Say what the other reason is."),
    ],
)
def test_a_day_on_which_it_cannot_is_refused_in_words(story, at, given, said):
    lenox = story.cast.lenox
    Closure.objects.create(
        library=lenox, first_day=date(2026, 12, 9), last_day=date(2026, 12, 10), reason="inventory"
    )
    Closure.objects.create(
        library=lenox,
        first_day=date(2026, 12, 11),
        last_day=date(2026, 12, 12),
        effect=Effect.NO_RETURNS,
        reason="no van",
    )
    answer = say_later(story, at, **given)
    assert answer.status_code == 422
    assert said in read(answer)
    assert story.supply.is_open


def test_a_rule_holds_without_the_page(story):
    story.at(State.REFERRED)
    for day, no in (
        (MONDAY.date(), lending.NotLater),
        (MONDAY.date() + timedelta(days=366), lending.TooLateToWait),
        (date(2026, 12, 6), lending.ClosedThen),
    ):
        with pytest.raises(no):
            lending.retry(story.supply, Act(story.cast.lender, MONDAY), reason=Later.BUSY, on=day)
    assert story.supply.state == SupplyState.ASKED


def test_desk_reader_and_center_read_until_when_it_waits_and_why(story, at):
    say_later(story, at)
    story.listen()
    assert story.ill.state == State.WAITING
    said = "Lenox Library can send it from Monday 7 December: at the bindery."
    address = f"/staff/requests/{story.ill.ref}/"
    for who, page in (
        (story.cast.borrower, address),
        (story.cast.ada, f"/patron/requests/{story.ill.ref}/"),
        (story.cast.ada, "/patron/requests/"),
        (story.cast.ada, f"/patron/requests/{story.ill.ref}/why/"),
        (story.cast.centre, "/office/centre/?show=waiting"),
    ):
        assert said in read(at(who).get(page))
    row = at(story.cast.borrower).get("/staff/borrowing/?show=waiting").context["rows"][0]
    assert row.where == "waits until Monday 7 December"


def test_a_desk_that_will_not_wait_asks_the_center(story, at):
    say_later(story, at)
    story.listen()
    address = f"/staff/requests/{story.ill.ref}/"
    desk = at(story.cast.borrower)
    verbs = {offer.verb for offer in desk.get(address).context["offers"]}
    assert {"escalate", "cancel"} <= verbs
    assert "Ask the center now" in read(desk.get(f"{address}center/"))
    assert Request.objects.get().state == State.WAITING  # it only asked
    desk.post(f"{address}center/", {"sure": "yes"})
    assert Request.objects.get().state == State.CENTRE
    assert desk.get(f"{address}center/").status_code == 409
    assert story.ill.events.last().by == story.cast.borrower


def test_what_waits_can_be_canceled(cast, at):
    story = begin(cast)
    say_later(story, at)
    story.listen()
    at(cast.borrower).post(f"/staff/requests/{story.ill.ref}/cancel/", {"sure": "yes"})
    assert Request.objects.get().state == State.CLOSED


def test_what_no_catalog_lists_is_shipped_with_the_label_that_is_typed(story, at):
    story.at(State.REFERRED)
    Item.objects.update(status=ItemStatus.WITHDRAWN)
    desk = at(story.cast.lender)
    page = read(desk.get(f"/staff/requests/{story.ill.ref}/"))
    by_hand = f"/staff/supplies/{story.ill.ref}/1/ship/"
    assert by_hand in page
    assert "Barcode or label on it" in read(desk.get(by_hand))
    assert desk.post(by_hand, {"barcode": "LX-77"}).status_code == 302
    assert (story.loan.barcode, story.loan.state) == ("LX-77", "shipped")
