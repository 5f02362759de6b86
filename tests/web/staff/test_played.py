"""Messy loans from their first press to their end, as the desks and the reader press them."""

from typing import Any

import pytest
from django.test import Client

from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanEnding, LoanState, Outcome, State
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import Charge, Loan, Number, Question
from postroad.ill.volumes import ALL
from tests.ill.story import MONDAY, Story, assert_whole, copy, title
from tests.ill.test_volumes import COPIES
from tests.web.staff.test_questions import asked
from tests.web.staff.test_several_things import scan


def page_of(story: Story) -> str:
    return f"/staff/requests/{story.ill.ref}/"


def key(barcode: str) -> int:
    return Loan.objects.get(barcode=barcode).pk


def ask(desk: Client, story: Story, kind: QuestionKind, thing: int, **said: str) -> Question:
    typed = {f"ask-{name}": value for name, value in said.items()}
    answer = desk.post(f"{page_of(story)}ask/{kind}/?thing={thing}", typed)
    assert answer.status_code == 302
    return Question.objects.latest("pk")


def answered(desk: Client, question: Question, answer: str, **said: str) -> Any:
    typed = {f"{answer}-{name}": value for name, value in said.items()}
    address = f"/staff/questions/{question.pk}/"
    shown = desk.post(address, {"answer": answer, **typed}, follow=True)
    assert "Answered: " in shown.content.decode()
    return shown


def settle(desk: Client, story: Story, label: str) -> str:
    """Press this button of the one charge; how it stands then."""
    (line,) = desk.get(page_of(story)).context["charges"]
    (state,) = [state for state, called in line.next if called == label]
    desk.post(f"/staff/charges/{line.charge.pk}/", {"state": state})
    (line,) = desk.get(page_of(story)).context["charges"]
    return str(line.stands)


@pytest.mark.nightly
def test_of_three_volumes_one_comes_damaged_and_one_goes_home_early(cast, at):
    record = title("War and peace")
    for volume, barcode in COPIES.items():
        copy(record, cast.lenox, barcode, volume=volume)
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, volume=ALL)
    story = Story(cast, record, ill).at(State.REFERRED)
    desk, lender = at(cast.borrower), at(cast.lender)
    first, second, third = COPIES.values()
    for barcode in (first, second, third):
        scan(lender, "lending/ship", barcode)
        scan(desk, "borrowing/receive", barcode)

    damaged = ask(desk, story, QuestionKind.DAMAGED, key(second), note="Its spine is torn.")
    assert damaged.loan_id == key(second)
    status = desk.get(page_of(story)).context["status"].detail
    assert "Damaged (" in status
    assert "waiting for Lenox Library" in status
    desk.post(f"{page_of(story)}not-wanted/", {"thing": key(third)})
    shown = desk.get(page_of(story)).context
    assert shown["undoable"] is None  # "Wanted after all" stands beside that volume
    desk.post(f"{page_of(story)}send-home/", {"thing": key(third)})
    scan(lender, "lending/check-in", third)
    answered(lender, damaged, "charge", cost="5")
    assert Charge.objects.get().loan_id == key(second)

    for name in ("lend", "take-back", "send-home"):
        for barcode in (first, second):
            scan(desk, f"borrowing/{name}", barcode)
    story.look()
    assert (story.ill.state, story.ill.things_out) == (State.HOMEWARD, 2)
    for barcode in (first, second):
        scan(lender, "lending/check-in", barcode)
    assert_whole(story.ill)
    story.look()
    assert (story.ill.state, story.ill.outcome) == (State.CLOSED, Outcome.FILLED)
    assert settle(lender, story, "It was paid") == "paid"


def test_a_charge_is_paid_and_given_back_and_another_waived_and_owed_after_all(story, at):
    question = asked(story, QuestionKind.DAMAGED)
    lender, desk = at(story.cast.lender), at(story.cast.borrower)
    shown = answered(lender, question, "charge", cost="12.50", note="A new spine.")
    assert ("Charge", "12.50 USD") in shown.context["answered_with"]
    for label, stands in (
        ("Waive it", "waived"),
        ("It is owed after all", "owed"),
        ("It was paid", "paid"),
        ("It was given back", "refunded"),
    ):
        assert settle(lender, story, label) == stands
        (line,) = desk.get(page_of(story)).context["charges"]
        assert (line.stands, list(line.next)) == (stands, [])
    history = desk.get(page_of(story)).content.decode()
    for stands in ("waived", "paid", "refunded"):
        assert stands in history


def test_what_its_reader_says_she_returned_is_lost_charged_and_found(story, at):
    story.at(State.LENT)
    ada, desk, lender = (
        at(who) for who in (story.cast.ada, story.cast.borrower, story.cast.lender)
    )
    hers = f"/patron/requests/{story.ill.ref}/"
    ada.post(f"{hers}ask/claimed-returned/", {"ask-note": "On Saturday, in the book drop."})
    claimed = Question.objects.get()
    assert "Patron says it was returned" in desk.get(page_of(story)).context["status"].detail
    assert "returned" not in lender.get(page_of(story)).context["status"].detail
    answered(desk, claimed, "not-found")
    lost = ask(desk, story, QuestionKind.LOST, story.loan.pk, note="She is sure of it.")
    assert "waiting for Lenox Library" in ada.get(hers).context["line"].status.detail
    answered(lender, lost, "write-off", cost="24")
    story.look()
    assert (story.ill.state, story.ill.outcome) == (State.CLOSED, Outcome.LOST)
    assert "lost" in ada.get(hers).context["line"].status.sentence
    assert settle(lender, story, "It was paid") == "paid"

    asks = lender.get(f"{page_of(story)}found/")
    lender.post(f"{page_of(story)}found/", {**asks.context["fields"], "sure": "yes"})
    assert (story.loan.state, story.loan.ending) == (LoanState.CLOSED, LoanEnding.FOUND)
    assert settle(lender, story, "It was given back") == "refunded"
    assert_whole(story.ill)


def test_numbers_are_typed_corrected_and_found_as_they_are_now(story, at):
    story.at(State.REFERRED)
    desk, numbers = at(story.cast.borrower), f"{page_of(story)}numbers/"
    for place, typed in (("clio", "Clio 12345"), ("oclc:1", "201993144")):
        desk.post(numbers, {"step": "enter", "place": place, "number": typed})
    mended = {"12345": "12354", "201993144": "201993145"}
    for row in Number.objects.order_by("pk"):
        place = "clio" if "12345" in row.value else "oclc:1"
        right = next(new for old, new in mended.items() if old in row.value)
        step = {"step": "mend", "key": row.pk, "seen": row.typed, "place": place, "number": right}
        assert desk.post(numbers, step).status_code == 302
    for old, new in mended.items():
        assert desk.post("/staff/find/", {"q": new})["Location"].endswith(f"/{story.ill.ref}/")
        assert story.ill.ref not in desk.post("/staff/find/", {"q": old}).get("Location", "")
