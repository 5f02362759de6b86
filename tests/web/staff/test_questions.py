"""The one page of a question: what each side reads, may answer, withdraw and ask."""

from datetime import date, timedelta

import pytest

from postroad.directory.models import Policy
from postroad.ill import loans, questions
from postroad.ill.acts import Act
from postroad.ill.lifecycle import LoanState, Owner, State
from postroad.ill.lifecycle.questions import QUESTIONS, Answer, QuestionKind
from postroad.ill.models import Charge, Question, Request
from postroad.ill.questions import Asking, Said
from tests.ill.story import MONDAY, Story

WHERE = {
    QuestionKind.RENEWAL: (State.LENT, Owner.BORROWING),
    QuestionKind.RECALL: (State.LENT, Owner.LENDING),
    QuestionKind.WRONG_ITEM: (State.ARRIVED, Owner.BORROWING),
    QuestionKind.SECOND_COPY: (State.ARRIVED, Owner.BORROWING),
    QuestionKind.MISSING_PARTS: (State.ARRIVED, Owner.BORROWING),
    QuestionKind.DAMAGED: (State.ARRIVED, Owner.BORROWING),
    QuestionKind.NOT_RECEIVED: (State.SHIPPED, Owner.BORROWING),
    QuestionKind.LOST: (State.LENT, Owner.PATRON),
    QuestionKind.CLAIMED_RETURNED: (State.LENT, Owner.PATRON),
    QuestionKind.BLOCKED: (State.ARRIVED, Owner.MACHINE),
    QuestionKind.ASK_PATRON: (State.REFERRED, Owner.BORROWING),
}
NOTE = "Chapter three, in pencil"


def asked(story: Story, kind: QuestionKind) -> Question:
    """A question of this kind, asked where and by whom it usually is."""
    state, side = WHERE[kind]
    story.at(state)
    loan = story.loan if QUESTIONS[kind].of_a_thing else None
    ill = loan.request if loan is not None else story.ill
    said = Said(day=date(2027, 1, 4), note=NOTE)
    return questions.ask(Asking(kind, ill, loan, said), Act(at=MONDAY, role=side))


def answers(page) -> list[str]:
    return [str(each.answer) for each in page.context["options"]]


@pytest.mark.parametrize("kind", WHERE)
def test_each_kind_is_one_page_for_its_parties_and_not_there_for_all_others(story, at, kind):
    question = asked(story, kind)
    parties = QUESTIONS[kind].parties
    address = f"/staff/questions/{question.pk}/"
    cast = story.cast
    for who, side in (
        (cast.borrower, Owner.BORROWING),
        (cast.lender, Owner.LENDING),
        (cast.centre, Owner.CENTRE),
        (cast.delivery, Owner.DELIVERY),
        (cast.neighbour, None),
    ):
        shown = at(who).get(address)
        assert shown.status_code == (200 if side in parties else 404), who
        if side in parties:
            assert NOTE in shown.content.decode()
    hers = at(cast.ada).get(f"/patron/requests/{story.ill.ref}/questions/{question.pk}/")
    assert hers.status_code == (200 if Owner.PATRON in parties else 404)
    assert at(cast.ada).get(address).status_code == 404
    assert at(cast.bea).get(hers.request["PATH_INFO"]).status_code == 404


@pytest.mark.parametrize(
    ("kind", "who", "may"),
    [
        (QuestionKind.RENEWAL, "lender", ["grant", "deny"]),
        (QuestionKind.RENEWAL, "borrower", []),
        (QuestionKind.RECALL, "lender", ["release"]),
        (QuestionKind.RECALL, "borrower", []),
        (QuestionKind.WRONG_ITEM, "lender", ["send-again", "keep", "no-more"]),
        (QuestionKind.DAMAGED, "lender", ["accept", "charge"]),
        (QuestionKind.LOST, "lender", ["write-off", "wait"]),
        (QuestionKind.LOST, "borrower", []),
        (QuestionKind.LOST, "centre", []),
        (QuestionKind.CLAIMED_RETURNED, "borrower", ["not-found"]),
        (QuestionKind.ASK_PATRON, "borrower", ["answered"]),
        (QuestionKind.ASK_PATRON, "centre", []),
    ],
)
def test_only_whose_turn_it_is_has_the_answers(story, at, kind, who, may):
    question = asked(story, kind)
    page = at(getattr(story.cast, who)).get(f"/staff/questions/{question.pk}/")
    assert answers(page) == may


def test_an_answer_that_is_another_sides_to_give_is_none(story, at):
    question = asked(story, QuestionKind.LOST)
    said = at(story.cast.borrower).post(
        f"/staff/questions/{question.pk}/", {"answer": "write-off"}, follow=True
    )
    assert Question.objects.open().filter(pk=question.pk).exists()
    assert story.loan.state == LoanState.LENT
    assert said.status_code == 200


def test_a_lender_reads_no_name_and_nothing_that_stays_at_home(story, at):
    kept = asked(story, QuestionKind.CLAIMED_RETURNED)
    lent = story.loan
    lost = questions.ask(Asking(QuestionKind.LOST, lent.request, lent), Act(story.cast.ada, MONDAY))
    lender = at(story.cast.lender)
    shown = lender.get(f"/staff/requests/{story.ill.ref}/")
    assert [line.question.pk for line in shown.context["questions"]] == [lost.pk]
    words = shown.content.decode() + lender.get(f"/staff/questions/{lost.pk}/").content.decode()
    assert "Ada" not in words
    assert NOTE not in words
    assert "says it was returned" not in words
    own = at(story.cast.borrower).get(f"/staff/requests/{story.ill.ref}/")
    assert {line.question.pk for line in own.context["questions"]} == {kept.pk, lost.pk}


def may_ask(page) -> set[str]:
    return {each.address.split("/ask/")[1].strip("/") for each in page.context["may_ask"]}


@pytest.mark.parametrize(
    ("state", "who", "kinds"),
    [
        (State.REFERRED, "borrower", {"ask-patron"}),
        (State.REFERRED, "lender", set()),
        (State.SHIPPED, "borrower", {"damaged", "not-received", "lost"}),
        (State.SHIPPED, "lender", {"damaged", "lost", "recall"}),
        (State.ARRIVED, "borrower", {"wrong-item", "missing-parts", "damaged", "lost"}),
        (State.LENT, "borrower", {"damaged", "lost", "claimed-returned"}),
        (State.LENT, "lender", {"damaged", "lost", "recall"}),
        (State.HOMEWARD, "lender", {"damaged", "lost", "not-received", "missing-parts"}),
        (State.CLOSED, "lender", {"damaged", "missing-parts"}),
    ],
)
def test_what_may_be_asked_goes_by_the_side_and_by_where_it_stands(story, at, state, who, kinds):
    story.at(state)
    page = at(getattr(story.cast, who)).get(f"/staff/requests/{story.ill.ref}/")
    assert may_ask(page) == kinds


def test_the_patron_says_that_it_is_lost_and_her_library_takes_it_back(story, at):
    story.at(State.LENT)
    ada = at(story.cast.ada)
    page = ada.get(f"/patron/requests/{story.ill.ref}/")
    assert may_ask(page) == {"lost", "claimed-returned"}
    (button,) = [each for each in page.context["may_ask"] if "/lost/" in each.address]
    assert ada.get(button.address).status_code == 200
    shown = ada.post(button.address, {"ask-note": "In the garden, I think."}, follow=True)
    question = Question.objects.get()
    assert (question.side, question.owner) == (Owner.PATRON, Owner.LENDING)
    assert (
        shown.request["PATH_INFO"] == f"/patron/requests/{story.ill.ref}/questions/{question.pk}/"
    )
    hers = shown.context
    assert hers["title"] == "It cannot be found"
    assert hers["asks"].startswith("The library that owns it decides")  # it is not hers to say
    assert (
        "It cannot be found</a>" in ada.get(f"/patron/requests/{story.ill.ref}/").content.decode()
    )
    desk = at(story.cast.borrower)
    assert desk.get(f"/staff/questions/{question.pk}/").context["withdraw"]
    desk.post(f"/staff/questions/{question.pk}/withdraw/")
    assert not Question.objects.open().exists()
    assert Request.objects.get().open_questions == 0
    assert "Withdrawn" in ada.get(shown.request["PATH_INFO"]).content.decode()


def test_nobody_withdraws_what_another_side_asked(story, at):
    question = asked(story, QuestionKind.DAMAGED)
    address = f"/staff/questions/{question.pk}/"
    lender = at(story.cast.lender)
    assert lender.get(address).context["withdraw"] == ""
    lender.post(f"{address}withdraw/")
    assert Question.objects.open().exists()


def test_a_question_that_was_withdrawn_meanwhile_takes_no_answer_and_says_so(story, at):
    question = asked(story, QuestionKind.DAMAGED)
    address = f"/staff/questions/{question.pk}/"
    lender = at(story.cast.lender)
    lender.get(address)
    questions.withdraw(Question.objects.shown().get(), Act(story.cast.borrower))
    said = lender.post(address, {"answer": "accept"}, follow=True)
    assert "was answered or withdrawn just before you" in said.content.decode()
    assert Question.objects.get().answer == "withdraw_question"
    again = at(story.cast.borrower).post(f"{address}withdraw/", follow=True)
    assert "was answered or withdrawn just before you" in again.content.decode()


def test_what_cannot_be_asked_now_leads_back_with_a_sentence(story, at):
    story.at(State.SHIPPED)
    said = at(story.cast.borrower).get(
        f"/staff/requests/{story.ill.ref}/ask/wrong-item/", follow=True
    )
    assert "That cannot be asked now" in said.content.decode()
    assert (
        at(story.cast.borrower).get(f"/staff/requests/{story.ill.ref}/ask/nonsense/").status_code
        == 404
    )


def test_a_form_says_what_is_missing_and_asks_nothing(story, at):
    story.at(State.ARRIVED)
    shown = at(story.cast.borrower).post(
        f"/staff/requests/{story.ill.ref}/ask/damaged/", {"ask-note": ""}
    )
    assert shown.status_code == 422
    assert not Question.objects.exists()


def test_each_desk_has_its_lists_and_their_counts(story, at):
    question = asked(story, QuestionKind.DAMAGED)
    borrower, lender = at(story.cast.borrower), at(story.cast.lender)

    def listed(desk, show: str) -> list[int]:
        return [
            row.question.pk for row in desk.get(f"/staff/questions/?show={show}").context["rows"]
        ]

    assert listed(lender, "to-answer") == [question.pk]
    assert listed(lender, "asked") == []
    assert listed(borrower, "asked") == [question.pk]
    assert listed(borrower, "to-answer") == []
    assert listed(at(story.cast.neighbour), "to-answer") == []
    assert listed(at(story.cast.centre), "to-answer") == []
    assert "1 question about a loan waits for your answer" in lender.get("/staff/").content.decode()
    assert "You wait for 1 answer" in " ".join(borrower.get("/staff/").content.decode().split())


def test_what_nobody_wants_is_expected_to_go_home(story, at):
    story.at(State.SHIPPED)
    loans.not_wanted(story.loan, Act(at=MONDAY, role=Owner.BORROWING))
    desk, address = at(story.cast.borrower), f"/staff/requests/{story.ill.ref}/"
    on_its_way = desk.get(address).context["status"].sentence
    assert on_its_way.endswith("not wanted any more, so it goes straight home.")
    loans.receive(story.loan, Act(at=MONDAY, role=Owner.BORROWING))
    page = desk.get(address).context
    assert page["status"].sentence == "It is not wanted, and has to be sent home."
    assert [str(each.label) for each in page["offers"] if each.main] == ["Send home"]


def test_of_those_who_are_asked_the_same_at_once_each_is_named(story, at):
    loan = story.at(State.SHIPPED).loan
    for owner in (Owner.LENDING, Owner.DELIVERY):
        one = Asking(QuestionKind.NOT_RECEIVED, loan.request, loan, owner=owner)
        questions.ask(one, Act(at=MONDAY))
    page = at(story.cast.borrower).get(f"/staff/requests/{story.ill.ref}/")
    for who in ("the lending library", "the delivery office"):
        assert f"Has not arrived, asked of {who}." in page.content.decode()


def test_late_is_said_of_a_question_whose_day_has_passed(story, at):
    question = asked(story, QuestionKind.DAMAGED)
    Question.objects.update(due_at=MONDAY - timedelta(days=1))
    page = at(story.cast.lender).get("/staff/questions/")
    assert [row.line.late for row in page.context["rows"]] == [True]
    assert at(story.cast.lender).get(f"/staff/questions/{question.pk}/").context["late"]


def test_an_answer_without_effect_ends_it_for_both(story, at):
    question = asked(story, QuestionKind.DAMAGED)
    address = f"/staff/questions/{question.pk}/"
    said = at(story.cast.lender).post(
        address, {"answer": "accept", "accept-note": "It was so before."}, follow=True
    )
    assert answers(said) == []
    question = Question.objects.get()
    assert (question.answer, question.answer_note) == (Answer.ACCEPT, "It was so before.")
    assert "It was so before." in at(story.cast.borrower).get(address).content.decode()


def test_a_renewal_is_asked_by_its_reader_and_granted_in_part_by_its_lender(story, at):
    Policy.objects.filter(library=story.cast.lenox).update(renewals=0)
    story.at(State.LENT)
    ada = at(story.cast.ada)
    page = ada.get(f"/patron/requests/{story.ill.ref}/")
    assert "renewal" in may_ask(page)
    address = f"/patron/requests/{story.ill.ref}/ask/renewal/"
    too_soon = ada.post(address, {"ask-day": "2026-11-24"})
    assert (too_soon.status_code, Question.objects.count()) == (422, 0)
    assert "Choose a later day" in too_soon.content.decode()
    ada.post(address, {"ask-day": "2027-02-01", "ask-note": "My thesis."})
    question = Question.objects.get()
    lender = at(story.cast.lender)
    here = f"/staff/questions/{question.pk}/"
    shown = lender.post(here, {"answer": "grant", "grant-day": "2027-01-11"}, follow=True)
    assert "Answered: Renew. Renewed until: Monday 11 January 2027." in shown.content.decode()
    until = ("Renewed until", "Monday 11 January 2027")
    assert lender.get(here).context["answered_with"] == [until]
    assert story.loan.due_back == date(2027, 1, 11)
    told = at(story.cast.borrower).get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "Renewed until Monday 11 January 2027. Wished until Monday 1 February 2027." in told


def test_a_refused_renewal_is_a_reason_from_the_list(story, at):
    question = asked(story, QuestionKind.RENEWAL)
    here, lender = f"/staff/questions/{question.pk}/", at(story.cast.lender)
    assert lender.post(here, {"answer": "deny"}).status_code == 422
    lender.post(here, {"answer": "deny", "deny-reason": "needed-back"})
    why = ("Reason", "the library that owns it needs it back")
    assert lender.get(here).context["answered_with"] == [why]
    hers = at(story.cast.ada).get(f"/patron/requests/{story.ill.ref}/").content.decode()
    assert "It could not be renewed: the library that owns it needs it back." in hers


def test_a_loss_is_charged_paid_and_found_again_on_the_lenders_page(story, at):
    question = asked(story, QuestionKind.LOST)
    lender, borrower = at(story.cast.lender), at(story.cast.borrower)
    answer = {"answer": "write-off", "write-off-cost": "24"}
    lender.post(f"/staff/questions/{question.pk}/", answer)
    page = f"/staff/requests/{story.ill.ref}/"
    (line,) = lender.get(page).context["charges"]
    assert (line.amount, line.stands) == ("24.00 USD", "owed")
    (theirs,) = borrower.get(page).context["charges"]
    assert theirs.next == []
    address = f"/staff/charges/{line.charge.pk}/"
    assert borrower.post(address, {"state": "paid"}).status_code == 404
    lender.post(address, {"state": "paid"})
    assert borrower.get(page).context["charges"][0].stands == "paid"
    assert lender.post(address, {"state": "waived"}).status_code == 409
    assert borrower.get(page).context["lost"] == []
    assert borrower.post(f"{page}found/").status_code == 404
    assert "It was found again" in lender.get(page).content.decode()
    asks = lender.post(f"{page}found/", {"thing": story.loan.pk})
    assert "stays as it is until you say what becomes of it" in asks.content.decode()
    assert story.loan.ending == "lost"
    lender.post(f"{page}found/", {**asks.context["fields"], "sure": "yes"})
    assert story.loan.ending == "found"
    for client in (lender, borrower):
        assert client.get(page).context["status"].detail == "It has been found since."
    assert lender.get(page).context["lost"] == []
    assert lender.post(f"{page}found/", {"thing": story.loan.pk}).status_code == 409


def test_a_write_off_is_undone_from_the_page(story, at):
    question = asked(story, QuestionKind.LOST)
    lender = at(story.cast.lender)
    lender.post(f"/staff/questions/{question.pk}/", {"answer": "write-off", "write-off-cost": "9"})
    page = lender.get(f"/staff/requests/{story.ill.ref}/")
    event = page.context["undoable"]
    assert event.verb == "write_off"
    lender.post(f"/staff/requests/{story.ill.ref}/undo/", {"event": event.pk})
    assert story.loan.state == LoanState.LENT
    assert [line.stands for line in lender.get(page.request["PATH_INFO"]).context["charges"]] == [
        "waived"
    ]


def test_a_lender_lets_it_be_kept_longer_and_charges_it(story, at):
    story.at(State.LENT)
    lender, page = at(story.cast.lender), f"/staff/requests/{story.ill.ref}/"
    assert len(lender.get(page).context["unasked"]) == 2
    assert at(story.cast.borrower).get(page).context["unasked"] == []
    assert at(story.cast.borrower).get(f"{page}due/").status_code == 404
    assert lender.get(f"{page}due/").status_code == 200
    assert lender.post(f"{page}due/", {"day": "2026-11-25"}).status_code == 422
    lender.post(f"{page}due/", {"day": "2027-01-11"})
    assert story.loan.due_back == date(2027, 1, 11)
    charge = {"kind": "lending", "amount": "15", "note": "As agreed."}
    assert lender.post(f"{page}charge/", {**charge, "amount": "0"}).status_code == 422
    lender.post(f"{page}charge/", charge)
    assert lender.post(f"{page}charge/", charge).status_code == 422  # pressed twice, once charged
    (line,) = at(story.cast.borrower).get(page).context["charges"]
    assert line.amount == "15.00 USD"


def test_who_borrows_has_no_amount_to_name_for_missing_parts(story, at):
    story.at(State.CLOSED)
    loan = story.loan
    asking = Asking(QuestionKind.MISSING_PARTS, loan.request, loan, Said(note=NOTE))
    question = questions.ask(asking, Act(story.cast.lender, MONDAY, role=Owner.LENDING))
    here, desk = f"/staff/questions/{question.pk}/", at(story.cast.borrower)
    page = desk.get(here)
    assert answers(page) == ["found", "charge"]
    assert "We do not have it; charge us" in page.content.decode()
    desk.post(here, {"answer": "charge", "charge-cost": "5000"})
    assert not Charge.objects.exists()
    assert Question.objects.get().answer == "charge"


@pytest.mark.parametrize("who", ["borrower", "lender", "centre", "ada"])
def test_what_is_lost_has_its_page_for_everybody(story, at, who):
    question = asked(story, QuestionKind.LOST)
    at(story.cast.lender).post(f"/staff/questions/{question.pk}/", {"answer": "write-off"})
    pages = {
        "centre": f"/office/centre/{story.ill.ref}/",
        "ada": f"/patron/requests/{story.ill.ref}/",
    }
    page = pages.get(who, f"/staff/requests/{story.ill.ref}/")
    shown = at(getattr(story.cast, who)).get(page)
    assert shown.status_code == 200
    assert "lost" in shown.content.decode()


@pytest.mark.parametrize("who", ["borrower", "ada", "lender"])
def test_a_page_says_what_keeps_her_name_on_a_loan_that_has_ended(story, at, who):
    story.at(State.CLOSED)
    act = Act(at=MONDAY, role=Owner.BORROWING)
    questions.ask(Asking(QuestionKind.DAMAGED, story.loan.request, story.loan), act)
    room = "patron" if who == "ada" else "staff"
    page = at(getattr(story.cast, who)).get(f"/{room}/requests/{story.ill.ref}/").content.decode()
    says = "name stays on this record for now: a question about this loan is open."
    assert (says in " ".join(page.split())) == (who != "lender")
