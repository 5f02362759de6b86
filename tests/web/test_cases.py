"""Cases as the offices, the libraries and the readers see them."""

import re
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from postroad.accounts.models import Role
from postroad.cases import handling
from postroad.cases.lifecycle import Ending, State
from postroad.cases.models import CannedAnswer, Case, Kind, Message, of_request, office_and
from postroad.directory.models import Closure, Contact
from postroad.directory.statements import Statement
from postroad.ill import sweeps as ill_sweeps
from postroad.ill.lifecycle import State as RequestState
from postroad.ill.models import Request
from postroad.notices.models import Notice
from postroad.worker import run
from tests.cases.asking import MONDAY, between_libraries, by_library, by_patron, by_visitor
from tests.cast import Cast
from tests.ill.story import begin


@pytest.fixture
def at(cast: Cast):
    with time_machine.travel(MONDAY, tick=False):
        yield cast


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", response.content.decode())).split())


def office(case: Case, step: str = "") -> str:
    return (
        reverse("office-case-act", args=[case.number, step])
        if step
        else reverse("office-case", args=[case.number])
    )


def desk(case: Case, step: str = "") -> str:
    return (
        reverse("staff-case-act", args=[case.number, step])
        if step
        else reverse("staff-case", args=[case.number])
    )


def message(words: str, **more):
    return {"text": words, "seen": "", "key": "", **more}


def test_one_page_says_what_waits_for_whom(at, django_assert_max_num_queries):
    mine, nobodys, theirs, off = (by_visitor(subject=f"Case {n}") for n in range(4))
    by = {"by": at.centre, "name": "C", "at": MONDAY}
    handling.assign(mine, at.centre, **by)
    handling.answer(theirs, "Well?", **by)
    handling.put_off(off, (MONDAY.replace(day=30)).date(), **by)
    centre = as_(at.centre)
    shown = {}
    for show in ("waiting", "mine", "nobodys", "overdue", "theirs", "put-off", "asked", "closed"):
        with django_assert_max_num_queries(12):
            page = centre.get(f"/office/cases/?show={show}")
        shown[show] = {row.case for row in page.context["rows"]}
    assert shown == {
        "waiting": {mine, nobodys},
        "mine": {mine},
        "nobodys": {nobodys},
        "overdue": set(),
        "theirs": {theirs},
        "put-off": {off},
        "asked": set(),
        "closed": set(),
    }
    counts = {c.label: c.count for c in page.context["choices"]}
    assert counts["To answer"] == 2
    with time_machine.travel(MONDAY.replace(day=27)):
        late = as_(at.centre).get("/office/cases/?show=overdue")
        assert len(late.context["rows"]) == 2


def test_a_case_is_answered_with_a_saved_text_and_closed_and_reopened(at):
    case, centre = by_visitor(), as_(at.centre)
    ready = CannedAnswer.objects.create(office=Role.CENTRE, title="Yes", text="Yes, we do.")
    page = centre.post(office(case, "answer"), message("Dear Walt", canned=ready.pk))
    assert "Dear Walt\n\nYes, we do." in unescape(page.content.decode())
    assert Message.objects.count() == 1
    centre.post(office(case, "answer"), message("Yes, we do.", close="yes"))
    case.refresh_from_db()
    assert (case.state, case.ending) == (State.CLOSED, Ending.ANSWERED)
    centre.post(office(case, "reopen"))
    case.refresh_from_db()
    assert case.state == State.OURS


def test_a_colleague_is_answering_and_what_was_written_meanwhile_is_read_first(at):
    case = by_visitor()
    other = at.operator
    other.posts.create(role=Role.CENTRE)
    page = as_(at.centre).get(office(case, "answer"))
    seen = page.context["form"].initial["seen"]
    assert "is answering just now" in text(as_(other).get(office(case)))
    assert "is answering just now" not in text(as_(at.centre).get(office(case)))
    as_(other).post(office(case, "answer"), message("I have it.", seen=seen))
    answer = as_(at.centre).post(office(case, "answer"), message("Mine", seen=seen))
    assert answer.status_code == 409
    assert "I have it." in answer.content.decode()
    assert "Mine" in answer.content.decode()
    seen = answer.context["form"].initial["seen"]
    as_(at.centre).post(office(case, "answer"), message("Mine", seen=seen))
    assert Message.objects.latest("pk").text == "Mine"


def test_put_off_assign_follow_and_close_are_one_press_each(at):
    case, centre = by_visitor(), as_(at.centre)
    assert centre.post(office(case, "put-off"), {"off-until": "2026-11-23"}).status_code == 422
    centre.post(office(case, "put-off"), {"off-until": "2026-12-01", "off-why": "new hours"})
    case.refresh_from_db()
    assert case.state == State.PUT_OFF
    assert "Put off until Tuesday 1 December. Centre, ILL center new hours" in text(
        centre.get(office(case))
    )
    centre.post(office(case, "assign"), {"assign-to": at.centre.pk})
    assert centre.post(office(case, "assign"), {"assign-to": at.driver.pk}).status_code == 422
    centre.post(office(case, "follow"))
    assert case.followers.get().user == at.centre
    centre.post(office(case, "follow"), {"stop": "yes"})
    centre.post(office(case, "close"), {"close-ending": "nothing"})
    case.refresh_from_db()
    assert (case.assigned, case.ending) == (at.centre, Ending.NOTHING)


def test_twins_are_merged_after_a_question_and_taken_apart_again(at):
    first, second = by_visitor(subject="Returns"), by_visitor(subject="Returns", text="Again?")
    centre = as_(at.centre)
    assert second in centre.get(office(first)).context["twins"]
    page = centre.post(office(second, "merge"), {"into": first.number})
    assert "Merge case" in text(page)
    assert Case.objects.get(pk=second.pk).is_open
    centre.post(office(second, "merge"), {"into": first.number, "sure": "yes"})
    assert "Again?" in text(centre.get(office(first)))
    centre.post(office(second, "reopen"))
    assert Case.objects.get(pk=second.pk).is_open
    stranger = by_visitor(email="emily@example.net")
    refused = centre.post(office(stranger, "merge"), {"into": first.number, "sure": "yes"})
    assert "nobody may read another" in text(refused)


def test_r3_when_the_owner_confirms_a_statement_is_written_and_the_case_is_closed(at):
    case = by_visitor(kind=Kind.RETURN, clio_id="123456")
    centre = as_(at.centre)
    typed = {"confirm-library": "Lenox", "confirm-accepts": "no", "confirm-note": "By telephone"}
    centre.post(office(case, "confirm"), typed)
    statement = Statement.objects.get()
    assert (statement.library, statement.accepts_returns) == (at.lenox, False)
    assert (statement.source, statement.said_by) == ("team", "Centre, ILL center")
    assert Closure.objects.get(library=at.lenox).effect == "no-returns"
    case.refresh_from_db()
    assert case.ending == Ending.CONFIRMED
    assert "does not accept returns now" in text(centre.get(office(case)))


def test_r3_a_library_confirms_for_itself_and_for_no_other(at):
    case = handling.ask(
        office_and(Role.CENTRE, at.lenox),
        kind=Kind.RETURN,
        text="Do you?",
        clio_id="123456",
        by=at.centre,
        name="Carl",
        at=MONDAY,
    )
    typed = {"confirm-accepts": "yes", "confirm-library": "lee"}
    answer = as_(at.lender).post(desk(case, "confirm"), typed)
    assert answer.status_code == 409
    assert not Statement.objects.exists()
    as_(at.lender).post(desk(case, "confirm"), {**typed, "confirm-library": "lenox"})
    assert Statement.objects.get().source == "own"


def test_staff_open_a_case_from_a_request_with_the_lender_and_the_delivery_office(at):
    story = begin(at).at(RequestState.SHIPPED)
    path = reverse("staff-request-case", args=[story.ill.ref])
    page = as_(at.borrower).get(path)
    assert [name for name, _label in page.context["form"].fields["to"].choices] == [
        "lenox",
        "centre",
        "delivery",
    ]
    typed = message(
        "Not here yet",
        to=["lenox", "delivery"],
        kind="late",
        key="7c9e6679-7425-40de-944b-e07fc1f90ae7",
    )
    as_(at.borrower).post(path, typed)
    as_(at.borrower).post(path, typed)  # pressed twice
    cases = Case.objects.about(of_request(story.ill.ref))
    assert {case.answerer for case in cases} == {"Lenox Library", "delivery office"}
    assert cases.count() == 2
    with_lenox = cases.get(thread__answering=at.lenox)
    assert as_(at.lender).get(desk(with_lenox)).status_code == 200
    assert as_(at.neighbour).get(desk(with_lenox)).status_code == 404
    assert "Not here yet" not in text(as_(at.neighbour).get("/staff/cases/"))
    assert as_(at.neighbour).get(path).status_code == 404
    assert f"/staff/cases/{with_lenox.number}/" in (
        as_(at.lender).get(reverse("staff-request", args=[story.ill.ref])).content.decode()
    )


def test_what_a_reader_writes_her_library_answers_and_no_lender_sees_it(at):
    story = begin(at).at(RequestState.SHIPPED)
    ref, ada = story.ill.ref, as_(at.ada)
    sent = ada.post(reverse("patron-case-new", args=[ref]), message("It is about arsenic."))
    case = Case.objects.get()
    assert sent["Location"] == reverse("patron-case", args=[case.number])
    run.until_idle(MONDAY)
    [told] = Notice.objects.filter(kind="case-opened")
    assert told.library == at.lee
    assert "Ada" not in told.text + told.subject
    assert "arsenic" not in told.text
    assert "Walden" not in told.text
    as_(at.borrower).post(desk(case, "answer"), message("We keep it to ourselves."))
    run.until_idle(MONDAY)
    [hers] = Notice.objects.filter(kind="case-answered")
    assert hers.user == at.ada
    assert "We keep it" in hers.text
    assert ada.get(hers.leads_to).status_code == 200
    request = reverse("staff-request", args=[ref])
    for who in (at.lender, at.centre, at.operator):
        assert as_(who).get(desk(case)).status_code == 404
        assert "arsenic" not in text(as_(who).get(request))
        assert case.number not in as_(who).get(request).content.decode()
    assert as_(at.bea).get(reverse("patron-case", args=[case.number])).status_code == 404
    assert as_(at.bea).get(reverse("patron-case-new", args=[ref])).status_code == 404


def test_a_readers_question_is_forgotten_with_her_request_but_not_while_it_is_open(at):
    story = begin(at).at(RequestState.CLOSED)
    case = by_patron(at, about=of_request(story.ill.ref))
    handling.answer(case, "Thanks for asking", by=at.borrower, name="Ben", at=MONDAY)
    run.until_idle(MONDAY)
    assert Notice.objects.filter(kind="case-answered").exists()
    ill_sweeps.forget(MONDAY)
    assert Request.objects.get().patron == at.ada
    handling.close(case, Ending.ANSWERED, by=at.borrower, name="Ben", at=MONDAY)
    run.until_idle(MONDAY)
    ill_sweeps.forget(MONDAY)
    run.until_idle(MONDAY)
    assert Request.objects.get().patron is None
    assert not Case.objects.exists()
    assert not Message.objects.exists()
    assert not Notice.objects.filter(about__startswith="case:").exists()


def test_numbers_typed_in_a_case_lead_to_its_requests_for_who_may_see_them(at):
    story = begin(at).at(RequestState.SHIPPED)
    barcode = "30001000000017"
    late = by_library(at, text=f"Barcode {barcode} is not here", office=Role.CENTRE)
    other = by_library(at, text=f"Barcode {barcode} is not here", office=Role.DELIVERY)
    run.until_idle(MONDAY)
    assert story.ill.ref[:4] in text(as_(at.centre).get(office(late)))
    assert as_(at.delivery).get(office(other)).context["linked"] == []


def test_today_says_how_many_cases_wait_for_this_desk_and_its_roles(at):
    by_patron(at)
    between_libraries(at)
    assert "1 case waits for your answer" in text(as_(at.borrower).get("/staff/"))
    assert "1 case waits for your answer" in text(as_(at.lender).get("/staff/"))
    assert "for your answer" not in text(as_(at.neighbour).get("/staff/"))


def test_a_letter_leads_to_a_case_at_another_desk_of_hers_too(at):
    case, both = between_libraries(at), as_(at.allrounder)
    both.post("/staff/desk/", {"library": "pittsfield"})
    assert both.get("/staff/cases/").context["rows"] == []
    assert both.get(desk(case)).status_code == 200
    both.post(desk(case, "answer"), message("We mend it."))
    assert Message.objects.latest("pk").name_shown == "Allrounder, Lenox Library"
    assert both.get(desk(by_patron(at))).status_code == 404


def test_one_search_finds_cases_too(at):
    case = by_library(at, text="Clio 778899 is late", office=Role.DELIVERY)
    delivery = as_(at.delivery)
    for typed in (case.number, "778899", f"{case.number[:4]} {case.number[4:]}"):
        assert delivery.get("/staff/find/", {"q": typed})["Location"] == office(case)
    assert as_(at.borrower).post("/staff/find/", {"q": "778899"})["Location"] == desk(case)
    assert "No request that you can see" in text(as_(at.centre).get("/staff/find/?q=778899"))


def test_texts_are_saved_changed_removed_and_put_back_by_their_own_room_alone(at):
    centre = as_(at.centre)
    path = "/office/cases/saved-answers/"
    centre.post(path, {"title": "Yes", "text": "We do."})
    ready = CannedAnswer.objects.get()
    centre.post(path, {"title": "No", "text": "We do not.", "which": ready.pk})
    centre.post(path, {"remove": "yes", "which": ready.pk})
    ready.refresh_from_db()
    assert ready.title == "No"
    assert ready.removed_at
    centre.post(path, {"put_back": "yes", "which": ready.pk})
    assert CannedAnswer.objects.filter(removed_at=None).exists()
    assert as_(at.delivery).get(f"{path}?which={ready.pk}").status_code == 404
    staff = "/staff/cases/saved-answers/"
    assert as_(at.borrower).post(staff, {"remove": "y", "which": ready.pk}).status_code == 404
    assert centre.get(f"{path}?which=x").status_code == 404


def test_the_office_writes_to_a_member_library_and_its_desk_is_told(at):
    centre = as_(at.centre)
    typed = message("Your van comes early.", library="lenox", kind="other", subject="Van")
    centre.post("/office/cases/new/", typed)
    case = Case.objects.get()
    assert [row.case for row in as_(at.lender).get("/staff/cases/").context["rows"]] == [case]
    run.until_idle(MONDAY)
    assert Notice.objects.get(kind="case-opened").library == at.lenox
    as_(at.lender).post(desk(case, "answer"), message("Fine."))
    assert "Fine." in text(centre.get(office(case)))
    centre.post(office(case, "close"))
    case.refresh_from_db()
    assert case.ending == Ending.WITHDRAWN


def test_a_reminder_goes_to_whose_it_is_and_the_second_to_all(at):
    from postroad.cases import sweeps

    case = by_library(at, office=Role.CENTRE)
    handling.assign(case, at.centre, by=at.centre, name="C", at=MONDAY)
    handling.follow(case, at.centre, follows=True)
    for day in (25, 27):
        sweeps.ring(MONDAY.replace(day=day))
        run.until_idle(MONDAY.replace(day=day))
    due = Notice.objects.filter(kind="case-due").order_by("pk")
    assert [(n.user, n.office) for n in due] == [
        (at.centre, ""),
        (at.centre, ""),
        (None, Role.CENTRE),
    ]


def test_topics_people_and_absences_are_entered_and_taken_back(at):
    centre, path = as_(at.centre), "/office/contact/"
    centre.post(
        path,
        {
            "entry": "topic",
            "topic-name": "Returns",
            "topic-office": "centre",
            "topic-kind": "return",
        },
    )
    centre.post(
        path,
        {
            "entry": "person",
            "person-name": "Carl",
            "person-phone": "555",
            "person-username": "centre",
        },
    )
    wrong = centre.post(path, {"entry": "person", "person-name": "X", "person-username": "ada"})
    assert "Nobody of an office signs in" in text(wrong)
    [(_topic, _whose, _there)] = centre.get(path).context["topics"]
    topic, [person] = _topic, centre.get(path).context["people"]
    centre.post(
        path,
        {
            "entry": "duty",
            "duty-topic": topic.pk,
            "duty-teammate": person.teammate.pk,
            "duty-since": "2026-11-01",
        },
    )
    assert centre.get(path).context["topics"][0][2] == person.teammate
    away = {
        "entry": "absence",
        "absence-teammate": person.teammate.pk,
        "absence-first_day": "2026-11-23",
        "absence-last_day": "2026-11-20",
    }
    assert centre.post(path, away).status_code == 422
    centre.post(path, {**away, "absence-last_day": "2026-11-25"})
    shown = centre.get(path)
    assert shown.context["topics"][0][2] is None
    centre.post(path, {"remove": f"absence:{shown.context['absences'][0].pk}"})
    assert centre.get(path).context["topics"][0][2] == person.teammate
    centre.post(path, {"remove": f"topic:{topic.pk}"})
    assert centre.get(path).context["topics"] == []
    centre.post(path, {"remove": f"back:{topic.pk}"})
    assert len(centre.get(path).context["topics"]) == 1
    for hostile in ("", "topic:x", "nothing:1", "absence:99999999999999999999"):
        assert centre.post(path, {"remove": hostile}).status_code == 404
    assert centre.post(path, {"entry": "nothing"}).status_code == 404


def test_who_stands_on_the_contact_page_already_is_given_topics_without_a_second_card(at):
    edith = Contact.objects.create(purpose="team", name="Edith", phone="555-0103")
    centre, path = as_(at.centre), "/office/contact/"
    typed = {"entry": "known", "known-contact": edith.pk, "known-username": "centre"}
    assert centre.post(path, {**typed, "known-username": "ada"}).status_code == 422
    centre.post(path, typed)
    [person] = centre.get(path).context["people"]
    assert (person.teammate.contact, person.teammate.user) == (edith, at.centre)
    assert centre.post(path, typed).status_code == 422  # she is in the list of people now
    assert text(Client().get("/contact")).count("555-0103") == 1


def test_a_step_that_no_longer_fits_says_so_and_changes_nothing(at):
    case, centre = by_visitor(), as_(at.centre)
    centre.post(office(case, "close"), {"close-ending": "settled"})
    again = centre.post(office(case, "close"), {"close-ending": "settled"})
    assert again.status_code == 409
    assert "has moved on in the meantime" in text(again)
    assert centre.post(office(case, "dance")).status_code == 404
    asked = by_library(at)
    assert as_(at.borrower).post(desk(asked, "assign"), {"me": "y"}).status_code == 409


def test_who_asked_takes_no_step_of_the_side_that_answers(at):
    """Least of all says what another library does."""
    asked = by_library(at, office=Role.CENTRE, kind=Kind.RETURN, clio_id="123456")
    other, lee = by_library(at, office=Role.CENTRE), as_(at.borrower)
    steps = {
        "confirm": {"confirm-library": "lenox", "confirm-accepts": "no"},
        "assign": {"assign-to": at.centre.pk},
        "put-off": {"off-until": "2026-12-01"},
        "merge": {"into": other.number, "sure": "yes"},
    }
    for step, typed in steps.items():
        assert lee.post(desk(asked, step), typed).status_code == 409
    handling.close(asked, Ending.SETTLED, by=at.centre, name="C", at=MONDAY)
    assert lee.post(desk(asked, "reopen")).status_code == 409
    assert not Statement.objects.exists()
    asked.refresh_from_db()
    assert (asked.state, asked.ending, asked.assigned) == (State.CLOSED, Ending.SETTLED, None)


HOSTILE = ("\x00", "x" * 9000, "١٢٣", "0", "-1", "9" * 30, "2026-99-99", "<b>", "'\"", "\r\n\r\n")
FIELDS: dict[str, tuple[str, ...]] = {
    "answer": ("text", "seen", "key", "canned"),
    "assign": ("assign-to",),
    "put-off": ("off-until", "off-why"),
    "close": ("close-ending",),
    "merge": ("into", "sure"),
    "confirm": ("confirm-library", "confirm-accepts", "confirm-note"),
    "follow": ("stop",),
}


@pytest.mark.nightly
@pytest.mark.parametrize("value", HOSTILE)
def test_no_value_of_a_form_breaks_a_page_of_cases(at, value):
    case, centre = by_visitor(kind=Kind.RETURN, clio_id="123456"), as_(at.centre)
    for step, fields in FIELDS.items():
        for field in fields:
            usual = {name: "yes" for name in fields if name != field}
            assert centre.post(office(case, step), {**usual, field: value}).status_code < 500
    for field in ("topic", "name", "email", "library", "clio_id", "ill_number", "text", "key"):
        usual = {"topic": "other", "name": "W", "email": "w@x.org", "text": "Hello", "key": ""}
        assert Client().post("/contact", {**usual, field: value}).status_code < 500
        assert Client().get("/contact", {field: value, "kind": value}).status_code < 500
    for field in ("to", "kind", "subject", "text", "key", "clio_id"):
        typed = {"to": "centre", "kind": "return", "text": "Hello", field: value}
        assert as_(at.borrower).post("/staff/cases/new/", typed).status_code < 500
    for field in ("library", "kind", "subject", "text", "key"):
        typed = {"library": "lee", "kind": "other", "text": "Hello", field: value}
        assert centre.post("/office/cases/new/", typed).status_code < 500
    for field in ("title", "text", "which"):
        typed = {"title": "A", "text": "B", field: value}
        assert centre.post("/office/cases/saved-answers/", typed).status_code < 500
    for entry in ("absence", "duty", "topic", "person", "known"):
        for field in ("teammate", "first_day", "name", "email", "username", "office", "since"):
            typed = {"entry": entry, f"{entry}-{field}": value, f"{entry}-last_day": "2026-11-30"}
            assert centre.post("/office/contact/", typed).status_code < 500
    assert centre.get("/office/cases/", {"show": value, "page": value}).status_code < 500
