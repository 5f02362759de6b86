"""One request, as each of those who may see it sees it."""

from datetime import timedelta

import pytest

from postroad import words
from postroad.accounts.models import Card
from postroad.delivery import parcels
from postroad.delivery.models import Parcel
from postroad.directory import closures
from postroad.ill import borrowing, lending, loans
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason, State, SupplyState, Verb
from postroad.ill.models import Loan, Request, Supply
from tests.ill.story import MONDAY, Story, copy
from tests.markup import tight
from tests.web.staff.crowd import read

STATES = [
    State.REFERRED,
    State.SHIPPED,
    State.ARRIVED,
    State.LENT,
    State.BACK,
    State.HOMEWARD,
    State.CLOSED,
]
TO_THE_BORROWER = {
    State.REFERRED: {Verb.AMEND, Verb.CANCEL, Verb.CHANGE_SERVICE},
    State.SHIPPED: {Verb.RECEIVE, Verb.NOT_WANTED, Verb.REROUTE},
    State.ARRIVED: {Verb.CHECK_OUT, Verb.NOT_WANTED, Verb.SHIP_RETURN},
    State.LENT: {Verb.RETURN, Verb.RENEW},
    State.BACK: {Verb.SHIP_RETURN},
    State.HOMEWARD: set(),
    State.CLOSED: set(),
}
TO_THE_LENDER = {
    State.REFERRED: {Verb.PROMISE, Verb.OFFER, Verb.RETRY, Verb.SHIP, Verb.REFUSE},
    State.SHIPPED: {Verb.COME_BACK},
    **{key: {Verb.CHECK_IN} for key in (State.ARRIVED, State.LENT, State.BACK, State.HOMEWARD)},
    State.CLOSED: set(),
}
PARTED = "</span><span>"  # between the fours of a number


def page(at, who, story: Story):
    return at(who).get(f"/staff/requests/{story.ill.ref}/")


def offered(page) -> set[str]:
    return {offer.verb for offer in page.context["offers"]}


@pytest.mark.parametrize("state", STATES)
def test_the_borrower_is_offered_what_the_table_allows(story, at, state):
    story.at(state)
    assert offered(page(at, story.cast.borrower, story)) == TO_THE_BORROWER[state]


def test_a_renewal_that_is_sure_to_be_refused_is_not_offered_but_explained(story, at):
    story.at(State.LENT)
    assert "renew" in offered(page(at, story.cast.borrower, story))
    Supply.objects.update(renewals_allowed=0)
    shown = page(at, story.cast.borrower, story)
    assert "renew" not in offered(shown)
    assert "It cannot be renewed: the library that owns it does not renew." in read(shown)
    assert "Bring it back" not in read(shown)  # that is said to the patron
    assert "cannot be renewed" not in read(page(at, story.cast.lender, story))


@pytest.mark.parametrize("state", STATES)
def test_the_lender_is_offered_what_the_table_allows(story, at, state):
    story.at(state)
    assert offered(page(at, story.cast.lender, story)) == TO_THE_LENDER[state]


def test_what_was_promised_is_to_be_scanned_out(story, at):
    story.at(State.REFERRED)
    lending.promise(story.supply, Act(story.cast.lender, MONDAY))
    shown = page(at, story.cast.lender, story)
    assert [(o.verb, o.address) for o in shown.context["offers"] if o.main] == [
        ("ship", "/staff/lending/ship/")
    ]
    assert '<a class="main" href="/staff/lending/ship/">' in tight(shown)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["centre", "operator"])
def test_whoever_only_watches_is_offered_nothing(story, at, state, who):
    story.at(state)
    shown = page(at, getattr(story.cast, who), story)
    assert shown.status_code == 200
    assert not shown.context["offers"]
    assert shown.context["undoable"] is None


def test_who_sees_the_patron(story, at):
    story.at(State.LENT)
    seen = {
        name: read(page(at, getattr(story.cast, name), story))
        for name in ("borrower", "director", "centre", "operator", "lender")
    }
    for hers in ("Ada", "ada@example.org", "2000 0000"):
        knows = {name for name, shown in seen.items() if hers in shown.replace(PARTED, " ")}
        assert knows == {"borrower", "director"}, hers


def test_who_reads_the_patrons_word_about_the_book(story, at):
    story.at(State.LENT)
    Request.objects.filter(pk=story.ill.pk).update(note="Any edition will do.")
    seen = {
        name: read(page(at, getattr(story.cast, name), story))
        for name in ("borrower", "director", "centre", "operator", "lender")
    }
    reads = {name for name, shown in seen.items() if "Any edition will do." in shown}
    assert reads == {"borrower", "director", "centre"}


@pytest.mark.parametrize("who", ["driver", "delivery", "editor", "stranger", "ada", "bea"])
def test_to_all_others_there_is_no_such_request(story, at, who):
    story.at(State.LENT)
    assert page(at, getattr(story.cast, who), story).status_code == 404


@pytest.mark.parametrize("ref", ["00000000", "x" * 1000, "-", "0" * 40, "select"])
def test_a_number_that_is_none_is_not_there(cast, at, ref):
    assert at(cast.borrower).get(f"/staff/requests/{ref}/").status_code == 404


def test_a_number_is_read_as_people_write_it(story, at):
    typed = f"{story.ill.ref[:4]}-{story.ill.ref[4:]}".lower()
    assert at(story.cast.borrower).get(f"/staff/requests/{typed}/").context["ill"] == story.ill


def test_it_says_who_has_it_and_since_when(story, at):
    story.at(State.SHIPPED)
    assert (
        "Lenox Library, ready for the van" in page(at, story.cast.borrower, story).context["holder"]
    )
    parcels.pick_up(story.loan.parcel_out, by=story.cast.driver, at=MONDAY, holder="WEST 2")
    said = page(at, story.cast.borrower, story).context["holder"]
    assert said == "WEST 2 since Monday 23 November, 10\xa0a.m., scanned at Lenox Library"


@pytest.mark.parametrize(
    ("state", "holder"),
    [
        (State.REFERRED, "Lenox Library"),
        (State.ARRIVED, "Lee Library"),
        (State.LENT, "the patron"),
        (State.BACK, "Lee Library"),
        (State.CLOSED, "Lenox Library"),
    ],
)
def test_one_has_it_always(story, at, state, holder):
    story.at(state)
    assert page(at, story.cast.borrower, story).context["holder"] == holder


def test_the_borrower_reads_the_lender_s_own_deadline(story, at):
    """Monday morning; Lenox answers within two working days, whatever the request's own clock."""
    story.at(State.REFERRED)
    status = page(at, story.cast.borrower, story).context["status"]
    assert status.detail == "Next to act: the lending library, by Wednesday 25 November."


@pytest.mark.parametrize("days", [0, 1])
def test_what_is_overdue_is_said_to_be_on_both_sides(story, at, days):
    story.at(State.LENT)
    day = MONDAY.date() - timedelta(days=days)
    Loan.objects.update(due_back=day)
    ours = read(page(at, story.cast.borrower, story))
    theirs = read(page(at, story.cast.lender, story))
    assert ("With its patron; it was due back on Sunday 22 November." in ours) == bool(days)
    assert ("The patron will be reminded again after " in ours) == bool(days)
    assert ("With its patron until Monday 23 November." in ours) == (not days)
    assert f"It {'was' if days else 'is'} due back on " in theirs


@pytest.mark.parametrize("state", [State.SHIPPED, State.ARRIVED])
def test_what_takes_the_last_step_back_stands_there_once(story, at, state):
    story.at(state)
    desk, address = at(story.cast.borrower), f"/staff/requests/{story.ill.ref}/"
    desk.post(f"{address}not-wanted/")
    shown = desk.get(address).context
    assert Verb.WANTED in {each.verb for each in shown["offers"]}
    assert shown["undoable"] is None
    desk.post(f"{address}wanted/")
    assert not story.loan.not_wanted


@pytest.mark.parametrize(("state", "due"), [(State.LENT, True), (State.CLOSED, False)])
def test_what_is_home_is_due_no_more(story, at, state, due):
    story.at(state)
    assert ("Due back" in read(page(at, story.cast.borrower, story))) is due


def test_where_none_was_passed_over_it_says_so(story, at):
    story.at(State.REFERRED)
    shown = read(page(at, story.cast.borrower, story))
    assert "1 library could send it; none was skipped." in shown


def test_it_tells_why_this_lender_and_why_not_that_one(story, at):
    copy(story.record, story.cast.otis_school, "1")
    story.at(State.REFERRED)
    shown = page(at, story.cast.borrower, story).content.decode()
    assert "Why this library?" in shown
    assert "the van does not stop there" in shown
    assert "Otis" in shown


def test_a_lender_is_not_told_of_the_others(story, at):
    copy(story.record, story.cast.pittsfield, "1")
    story.at(State.REFERRED)
    first = story.supply
    lending.refuse(first, Act(at=MONDAY), reason=Reason.ON_LOAN)
    story.listen()
    assert story.supply.lender != first.lender
    desk = story.cast.lender if first.lender == story.cast.lenox else story.cast.allrounder
    shown = page(at, desk, story)
    assert [attempt.supply.lender for attempt in shown.context["attempts"]] == [first.lender]
    assert "Finished for you: said no." in shown.content.decode()


def test_a_lender_that_said_no_is_not_told_of_the_road_of_anothers_copy(story, at):
    copy(story.record, story.cast.pittsfield, "1")
    story.at(State.REFERRED)
    first = story.supply
    lending.refuse(first, Act(at=MONDAY), reason=Reason.ON_LOAN)
    story.listen()
    story.ship()
    story.look()
    second = story.supply
    sent = story.loan.parcel_out
    parcels.pick_up(sent, by=None, at=MONDAY)
    parcels.drop(sent, library=story.cast.lee, by=None, at=MONDAY)
    loans.receive(story.loan, Act(story.cast.borrower, MONDAY))
    desk = story.cast.lender if first.lender == story.cast.lenox else story.cast.allrounder
    shown = page(at, desk, story)
    assert not shown.context["stones"]
    assert not shown.context["holder"]
    text = shown.content.decode()
    assert "The van" not in text
    assert "Due back" not in text
    assert second.lender.name not in text.split("<main")[1].split("<h1>")[1]
    assert "The van left it at" in page(at, story.cast.borrower, story).content.decode()


def test_why_no_member_could_be_asked(story, at):
    story.at(State.REFERRED)
    lending.refuse(story.supply, Act(at=MONDAY), reason=Reason.MISSING)
    story.listen()
    assert story.ill.state == State.CENTRE
    shown = page(at, story.cast.centre, story).content.decode()
    assert "Why no member library?" in shown
    assert "it was asked for this request before" in shown


def test_the_last_step_is_taken_back(story, at):
    story.at(State.LENT)
    desk = at(story.cast.borrower)
    event = desk.get(f"/staff/requests/{story.ill.ref}/").context["undoable"]
    assert event.verb == Verb.CHECK_OUT
    desk.post(f"/staff/requests/{story.ill.ref}/undo/", {"event": event.pk})
    story.look()
    assert story.ill.state == State.ARRIVED


def test_a_step_that_is_not_the_last_any_more_stays(story, at):
    """Two tabs: the one in the back offers to take back a step that was followed by another."""
    story.at(State.ARRIVED)
    desk = at(story.cast.borrower)
    stale = desk.get(f"/staff/requests/{story.ill.ref}/").context["undoable"]
    desk.post(f"/staff/requests/{story.ill.ref}/lend/")
    answer = desk.post(f"/staff/requests/{story.ill.ref}/undo/", {"event": stale.pk})
    assert answer.status_code == 409
    story.look()
    assert story.ill.state == State.LENT


@pytest.mark.parametrize("event", ["", "x", "-1", "9" * 40, "\x00"])
def test_an_undo_of_nothing_changes_nothing(story, at, event):
    story.at(State.LENT)
    answer = at(story.cast.borrower).post(
        f"/staff/requests/{story.ill.ref}/undo/", {"event": event}
    )
    assert answer.status_code == 409


def test_the_borrower_does_not_take_back_a_shipment(story, at):
    story.at(State.SHIPPED)
    assert page(at, story.cast.borrower, story).context["undoable"] is None
    event = page(at, story.cast.lender, story).context["undoable"]
    answer = at(story.cast.borrower).post(
        f"/staff/requests/{story.ill.ref}/undo/", {"event": event.pk}
    )
    assert answer.status_code == 409
    at(story.cast.lender).post(f"/staff/requests/{story.ill.ref}/undo/", {"event": event.pk})
    assert story.supply.state == SupplyState.PROMISED


@pytest.mark.parametrize(
    ("state", "who"), [(State.SHIPPED, "lender"), (State.HOMEWARD, "borrower")]
)
def test_what_the_van_has_is_not_offered_to_be_taken_back(story, at, state, who):
    story.at(state)
    clerk, parcel = getattr(story.cast, who), Parcel.objects.latest("pk")
    event = page(at, clerk, story).context["undoable"]
    assert event is not None
    parcels.pick_up(parcel, by=story.cast.driver, at=MONDAY)
    assert page(at, clerk, story).context["undoable"] is None
    stale = at(clerk).post(f"/staff/requests/{story.ill.ref}/undo/", {"event": event.pk})
    assert "The van has this parcel already" in read(stale)


def test_at_another_desk_of_his_he_is_shown_the_way_to_the_right_one(story, at):
    story.at(State.REFERRED)
    desk = at(story.cast.allrounder)
    desk.post("/staff/desk/", {"library": "pittsfield"})
    shown = desk.get(f"/staff/requests/{story.ill.ref}/")
    assert not shown.context["offers"]
    assert shown.context["elsewhere"] == story.cast.lenox
    back = desk.post("/staff/desk/", {"library": "lenox", "next": shown.wsgi_request.path})
    assert "promise" in offered(desk.get(back["Location"]))


def test_many_attempts_ask_no_more_than_one(cast, at, story, django_assert_max_num_queries):
    for library, barcode in ((cast.pittsfield, "1"), (cast.providence, "2")):
        copy(story.record, library, barcode)
    story.at(State.REFERRED)
    desk = at(cast.borrower)
    desk.get("/staff/")
    with django_assert_max_num_queries(QUERIES):
        desk.get(f"/staff/requests/{story.ill.ref}/")
    for _attempt in range(2):
        lending.refuse(story.supply, Act(at=MONDAY), reason=Reason.ON_LOAN)
        story.listen()
    assert story.ill.supplies.count() == 3
    with django_assert_max_num_queries(QUERIES):
        desk.get(f"/staff/requests/{story.ill.ref}/")


# session, person, posts, card, request, supplies, lenders, events, parcels, two counts, card, the
# names of those who were ranked, the desk's day, whose days count for what may be late, and the
# messages and the cases about it
QUERIES = 18


def test_a_lender_does_not_read_what_others_answered_nor_why_staff_hesitated(story, at):
    borrowing.review(story.ill, Act(at=MONDAY), concerns=["blocked"])
    borrowing.approve(story.ill, Act(story.cast.borrower, MONDAY))
    copy(story.record, story.cast.pittsfield, "30002000000014")
    story.listen()
    first = story.supply.lender
    lending.refuse(story.supply, Act(at=MONDAY), reason=Reason.CONDITION)
    story.listen()
    second = {story.cast.lenox: story.cast.lender, story.cast.pittsfield: story.cast.neighbour}
    shown = page(at, second[story.supply.lender], story)
    told = " ".join(line.sentence for line in shown.context["history"])
    assert story.supply.lender.name in told
    assert first.name not in told
    assert "blocked" not in told
    ours = page(at, story.cast.borrower, story).context["history"]
    assert "blocked" in " ".join(line.sentence for line in ours)


def test_either_side_reads_it_by_its_own_days(story, at):
    """Monday morning in Lee is Tuesday morning in Auckland, where Lenox is for now."""
    story.at(State.SHIPPED)
    type(story.cast.lenox).objects.filter(pk=story.cast.lenox.pk).update(
        time_zone="Pacific/Auckland"
    )
    for who, day in ((story.cast.borrower, "Monday 23"), (story.cast.lender, "Tuesday 24")):
        page = read(at(who).get(f"/staff/requests/{story.ill.ref}/"))
        assert f"{day} November, " in page


def test_staff_may_renew_for_a_blocked_card_and_the_page_says_so(story, at):
    story.at(State.LENT)
    Card.objects.filter(user=story.cast.ada).update(blocked="Owes 80 dollars")
    desk, address = at(story.cast.borrower), f"/staff/requests/{story.ill.ref}/"
    assert "you can still renew for them" in desk.get(address).content.decode()
    done = desk.post(f"{address}renew/", {"due": str(story.loan.due_back)}, follow=True)
    assert "Owes 80 dollars" in done.content.decode()
    assert story.loan.renewals == 1


def test_staff_change_for_the_reader_what_was_asked_until_it_is_shipped(story, at):
    desk = at(story.cast.borrower)
    page = f"/staff/requests/{story.ill.ref}/"
    assert f"{page}amend/" in desk.get(page).content.decode()
    sent = {"library": "lee", "need_by": "2027-11-01", "note": "She rang"}
    assert desk.post(f"{page}amend/", sent).status_code in {302, 422}
    story.look()
    desk.post(f"{page}amend/", {**sent, "need_by": "2026-12-24"})
    story.look()
    assert (story.ill.note, str(story.ill.need_by)) == ("She rang", "2026-12-24")
    assert "needed by Thursday 24 December" in desk.get(page).content.decode()
    story.at(State.ARRIVED)
    assert desk.get(f"{page}amend/").status_code == 409


def test_who_sends_it_elsewhere_is_led_to_the_list(story, at):
    desk = at(story.cast.borrower)
    page = f"/staff/requests/{story.ill.ref}/amend/"
    answer = desk.post(f"{page}?where=Pittsfield", {"library": "pittsfield"})
    assert answer["Location"] == "/staff/borrowing/"
    story.look()
    assert story.ill.library == story.cast.pittsfield


def test_a_lender_reads_nothing_of_a_renewal_that_was_refused_for_the_readers_card(story, at):
    story.at(State.LENT)
    Card.objects.filter(user=story.cast.ada).update(blocked="Owes 80 dollars")
    loans.renew(story.loan, Act(story.cast.ada, MONDAY))
    assert "Renewal refused: the library card is blocked." in read(
        page(at, story.cast.borrower, story)
    )
    for address in ("", "why/"):
        shown = at(story.cast.lender).get(f"/staff/requests/{story.ill.ref}/{address}")
        assert shown.status_code == 200
        assert not {"Renewal", "blocked"} & set(read(shown).replace(".", " ").split())


def test_a_loan_is_its_patrons_turn_until_its_due_day_though_the_library_is_closed_after_it(
    story, at
):
    story.at(State.LENT)
    due = story.loan.due_back
    assert due is not None
    after = due + timedelta(days=1)
    closures.close(
        first_day=after, last_day=after, libraries=[story.cast.lee], source="library", at=MONDAY
    )
    loans.undo_check_out(story.loan, Act(story.cast.borrower, MONDAY))
    story.look()
    loans.check_out(story.loan, Act(story.cast.borrower, MONDAY))
    assert story.loan.due_at.date() > after
    page = at(story.cast.borrower).get(f"/staff/requests/{story.ill.ref}/")
    said = page.context["status"].detail
    assert said == f"Next to act: the patron, by {words.day(due)}."
