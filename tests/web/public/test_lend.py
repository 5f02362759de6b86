"""A library without an account answers from its mail: each link a page with one button, which acts
once, for one attempt, and for whoever has it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from postroad.accounts import throttle
from postroad.accounts.models import Post, Role
from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery.models import Via
from postroad.directory.models import Policy
from postroad.ill import answer_links, asking, lending, loans, sweeps
from postroad.ill.acts import Act, Door
from postroad.ill.lifecycle import LoanState, Owner, Reason, State, SupplyState, Verb
from postroad.ill.models import AnswerLink, Event, Supply
from postroad.notices import mailbox, tell
from postroad.notices.models import Kind, Notice
from postroad.web.public import lend
from tests.cast import Cast
from tests.ill.story import Story, assert_whole, copy, title


@pytest.fixture
def story(cast: Cast) -> Story:
    """Providence, where nobody has an account, is asked for Walden and has its mail."""
    return asked(cast)


def asked(cast: Cast, **more: Any) -> Story:
    record = title(str(more.pop("name", "Walden")))
    for number in range(more.pop("copies", 1)):
        copy(record, cast.providence, f"31001{record.pk:08}{number}")
    now = timezone.now()
    ill = asking.ask(record, Act(cast.ada, now), patron=cast.ada, library=cast.lee, **more)
    story = Story(cast, record, ill, now)
    story.listen()
    assert story.supply.lender == cast.providence
    mailbox.write(now)
    return story


def letter(story: Story) -> Notice:
    return Notice.objects.filter(kind=Kind.ASKED_TO_LEND).latest("pk")


def page(story: Story, step: str = "") -> str:
    return f"{letter(story).link}{step}/" if step else letter(story).link


def press(story: Story, step: str, given: Mapping[str, object] = {}) -> Any:
    return Client().post(page(story, step), given, follow=True)


def said(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def expected(story: Story) -> str:
    """The one step whose button stands out."""
    return str(Client().get(page(story)).context["expected"])


def today(story: Story) -> str:
    return story.cast.providence.day_of(timezone.now()).isoformat()


def test_the_mail_leads_to_one_page_for_each_answer(story: Story):
    for step in ("yes", "no", "later", "shipped"):
        assert page(story, step) in letter(story).html
        answer = Client().get(page(story, step))
        assert answer.status_code == 200
        assert answer.content.decode().count('type="submit"') == 1 + answer.content.decode().count(
            'action="/search"'
        )


def test_opening_a_link_changes_nothing(story: Story):
    before = list(Event.objects.values()), Supply.objects.values().get()
    for step in ("", "yes", "no", "later", "shipped", "stop"):
        assert Client().get(page(story, step)).status_code == 200
        assert Client().head(page(story, step)).status_code == 200
    assert before == (list(Event.objects.values()), Supply.objects.values().get())
    assert AnswerLink.objects.get().stopped_at is None


def test_a_whole_loan_goes_out_and_comes_home_by_links(story: Story):
    answer = press(story, "yes")
    assert "Recorded: you will send it" in said(answer)
    assert story.supply.state == SupplyState.PROMISED
    answer = press(story, "shipped", {"on": today(story)})
    assert "it is on its way to Lee Library" in said(answer)
    story.look()
    assert story.ill.state == State.SHIPPED
    slip = Client().post(f"{page(story)}slip.pdf")
    assert slip.content.startswith(b"%PDF")
    story.now = timezone.now()
    assert expected(story) == ""  # nobody is to press that it is home while it is on its way out
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(story.loan, Act(story.cast.borrower, story.now))
        story.look()
    assert expected(story) == "home"
    answer = press(story, "home")
    assert "it is home" in said(answer)
    story.look()
    assert story.ill.state == State.CLOSED
    assert_whole(story.ill)
    doors = {event.verb: event.door for event in story.ill.events.all()}
    assert {doors[each] for each in (Verb.PROMISE, Verb.SHIP, Verb.CHECK_IN)} == {Door.MAIL}
    promised = Event.objects.get(verb=Verb.PROMISE)
    assert (promised.by, promised.role) == (None, Owner.LENDING)


def test_the_history_says_that_the_library_answered_by_its_link(story: Story):
    press(story, "yes")
    client = Client()
    client.force_login(story.cast.borrower)
    shown = said(client.get(f"/staff/requests/{story.ill.ref}/"))
    assert "the lending library, by the link in its mail" in shown


def test_a_no_asks_the_next_library_and_can_be_undone(story: Story):
    assert "Why it cannot be sent" in said(press(story, "no", {}))
    assert story.supply.state == SupplyState.ASKED
    answer = press(story, "no", {"reason": Reason.NOT_ON_SHELF})
    assert "you said no" in said(answer)
    first = Supply.objects.get(attempt=1)
    assert first.reason == Reason.NOT_ON_SHELF
    assert first.item.status == ItemStatus.MISSING
    event = Event.objects.get(verb=Verb.REFUSE)
    assert f'value="{event.pk}"' in Client().get(page(story, "undo")).content.decode()
    assert "Undone" in said(press(story, "undo", {"event": event.pk}))
    first.item.refresh_from_db()
    assert first.item.status == ItemStatus.IN
    story.look()
    assert story.supply.attempt == 2
    assert story.supply.state == SupplyState.ASKED
    old = letter(story).link
    assert mailbox.write(timezone.now()) == 1  # the new attempt has a mail of its own
    assert letter(story).link != old


def test_later_names_a_day_to_come(story: Story):
    given = {"reason": "in-use", "on": today(story)}
    assert press(story, "later", given).status_code == 422
    monday = timezone.now() + timedelta(days=21 - timezone.now().weekday())
    given["on"] = monday.date().isoformat()
    assert "Other libraries are asked meanwhile" in said(press(story, "later", given))
    assert Supply.objects.get(attempt=1).retry_on is not None


def test_a_lender_offers_it_on_conditions_and_ships_once_they_are_accepted(story: Story):
    assert "Say what it costs" in said(press(story, "conditions", {"conditions": ["cost"]}))
    press(story, "conditions", {"conditions": ["cost", "library-use"], "cost": "5"})
    assert story.supply.state == SupplyState.OFFERED
    assert "Wait with shipping" in said(Client().get(page(story)))
    assert press(story, "shipped", {"on": today(story)}).status_code == 409
    story.look()
    lending.accept_offer(story.supply, Act(story.cast.borrower, timezone.now()))
    press(story, "shipped", {"on": today(story)})
    story.look()
    assert story.ill.state == State.SHIPPED


def test_of_several_copies_the_lender_says_which_it_sent(cast: Cast):
    story = asked(cast, copies=2)
    shown = Client().get(page(story, "shipped")).content.decode()
    assert shown.count('type="radio"') == 2
    item = Item.objects.filter(record=story.record).latest("pk")
    press(story, "shipped", {"on": today(story), "item": item.pk})
    assert story.loan.item == item


def test_what_was_mailed_has_its_number_and_one_that_is_nobodys_is_asked_about(story: Story):
    given: dict[str, object] = {"on": today(story), "number": "12345"}
    answer = press(story, "shipped", given)
    assert "No carrier" in said(answer)
    assert story.supply.state == SupplyState.ASKED
    press(story, "shipped", {**given, "sure": 1})
    parcel = story.loan.parcel_out
    assert parcel is not None
    assert (parcel.tracking_number, parcel.via) == ("12345", Via.MAIL)


def test_it_cannot_have_left_before_it_was_asked_for_nor_tomorrow(story: Story):
    for days in (-3, 1):
        day = (timezone.now() + timedelta(days=days)).date().isoformat()
        answer = press(story, "shipped", {"on": day})
        assert answer.status_code == 409
        assert "It cannot have left before" in said(answer)
    assert story.supply.state == SupplyState.ASKED


def test_what_comes_back_without_arriving_is_in_hand_again(story: Story):
    press(story, "shipped", {"on": today(story)})
    assert "you have it again" in said(press(story, "home"))
    story.look()
    assert story.ill.state == State.REFERRED
    assert story.supply.state == SupplyState.PROMISED
    assert_whole(story.ill)


def test_a_second_press_says_so_and_changes_nothing(story: Story):
    press(story, "yes")
    events = Event.objects.count()
    answer = press(story, "yes")
    assert answer.status_code == 409
    assert "perhaps it is done already" in said(answer)
    assert "You said yes" in said(answer)
    assert "Please ship it by" in said(answer)
    assert Event.objects.count() == events


def test_a_request_that_moved_on_says_so_and_what_to_do(story: Story):
    link = page(story)
    lending.lapse(story.supply, Act(at=timezone.now()))
    shown = said(Client().get(link))
    assert "This request is finished for your library" in shown
    assert "put it back on its shelf" in shown
    answer = Client().post(f"{link}yes/")
    assert answer.status_code == 409
    assert "Write to the center" in said(answer)


@pytest.mark.parametrize("cut", [-1, -10, 5])
def test_a_link_that_was_cut_or_changed_opens_nothing(story: Story, cut: int):
    token = page(story).split("/")[2]
    for wrong in (token[:cut], token.replace("-1-", "-2-"), f"{token}x", "none", "A-1-x"):
        answer = Client().get(f"/lend/{wrong}/")
        assert answer.status_code == 404
        assert "A part of this link is missing" in said(answer)
        assert "Walden" not in said(answer)


def test_a_link_of_one_request_opens_no_other(cast: Cast):
    first = asked(cast, name="Emma")
    link = letter(first).link.split("/")[2]
    second = asked(cast, name="Walden")
    ref, signature = second.ill.ref, link.split("-", 2)[2]
    assert Client().get(f"/lend/{ref}-1-{signature}/").status_code == 404


def test_a_stopped_link_opens_nothing_and_says_what_to_do(story: Story):
    link = page(story)
    answer = press(story, "stop")
    assert answer.status_code == 410
    assert "was stopped on" in said(answer)
    assert "ask the ILL center for a new link" in said(answer)
    assert Client().post(f"{link}yes/").status_code == 410
    assert story.supply.state == SupplyState.ASKED


def test_a_link_ends_some_days_after_the_end(story: Story):
    link = page(story)
    lending.refuse(story.supply, Act(at=timezone.now()), reason=Reason.POLICY)
    Supply.objects.update(closed_at=timezone.now() - timedelta(days=31))
    AnswerLink.objects.update(made_at=timezone.now() - timedelta(days=32))
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "Nothing is waiting for you" in said(answer)


def test_no_page_and_no_mail_names_the_patron(cast: Cast):
    story = asked(cast, note="For Ada of Main Street")
    pages = [said(Client().get(page(story, step))) for step in ("", "yes", "no", "shipped")]
    for text in [*pages, letter(story).text, letter(story).html, letter(story).subject]:
        assert not re.search(r"\bAda\b|Main Street|example\.org/patron", text)
        assert cast.ada.card.barcode not in text.replace(" ", "")


def test_many_answers_from_one_place_are_held_back(story: Story):
    for _number in range(60):
        assert throttle.lets_try(RequestFactory().post("/"), "lend", lend.RATE)
    answer = press(story, "yes")
    assert answer.status_code == 429
    assert story.supply.state == SupplyState.ASKED


def test_a_long_note_with_markup_is_said_as_text_or_refused(story: Story):
    answer = press(story, "no", {"reason": "other", "note": "<script>alert(1)</script>" * 100})
    assert answer.status_code == 422
    assert story.supply.state == SupplyState.ASKED
    press(story, "no", {"reason": "other", "note": "<script>alert(1)</script>"})
    client = Client()
    client.force_login(story.cast.borrower)
    shown = client.get(f"/staff/requests/{story.ill.ref}/").content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_a_library_with_an_account_answers_from_its_mail_only_if_it_chose_so(cast: Cast):
    Post.objects.create(user=cast.neighbour, role=Role.LENDING, library=cast.providence)
    record = title()
    copy(record, cast.providence, "31001000000010")
    ill = asking.ask(record, Act(cast.ada), patron=cast.ada, library=cast.lee)
    Story(cast, record, ill, timezone.now()).listen()
    assert mailbox.write(timezone.now()) == 0
    Policy.objects.filter(library=cast.providence).update(answers_by_mail=True)
    assert mailbox.write(timezone.now()) == 1


def test_what_is_late_leads_the_lender_to_its_link_not_to_a_page_that_asks_to_sign_in(story: Story):
    press(story, "shipped", {"on": today(story)})
    story.look()
    sweeps.ring(timezone.now() + timedelta(days=20))
    (event,) = story.ill.events.filter(verb=Verb.REMIND_LOAN)
    tell.people(event, timezone.now())
    late = Notice.objects.get(kind=Kind.LATE, library=story.cast.providence)
    assert late.link == page(story)
    to_lee = Notice.objects.get(kind=Kind.LATE, library=story.cast.lee)
    assert to_lee.link == ""


def test_the_center_and_the_library_stop_a_link_and_mail_a_new_one(story: Story):
    old = page(story)
    act_at = f"/staff/supplies/{story.ill.ref}/1/link/"
    client = Client()
    client.force_login(story.cast.centre)
    for shown_at in (f"/staff/requests/{story.ill.ref}/", f"/office/centre/{story.ill.ref}/"):
        assert "was sent a link to answer without signing in" in said(client.get(shown_at))
    client.post(act_at, {"do": "stop"})
    assert Client().get(old).status_code == 410
    assert "The link was stopped" in said(client.get(f"/staff/requests/{story.ill.ref}/"))
    client.post(act_at, {"do": "renew"})
    mailbox.write(timezone.now())
    assert letter(story).link != old
    assert Client().get(letter(story).link).status_code == 200
    assert Client().get(old).status_code == 404
    for other in (story.cast.borrower, story.cast.lender, story.cast.ada):
        client.force_login(other)
        assert client.post(act_at, {"do": "stop"}).status_code == 404
    clerk = story.cast.stranger
    Post.objects.create(user=clerk, role=Role.LENDING, library=story.cast.providence)
    client.force_login(clerk)
    client.post(act_at, {"do": "stop"})
    assert AnswerLink.objects.get().stopped_by == clerk


def test_the_page_costs_few_statements(story: Story):
    with CaptureQueriesContext(connection) as seen:
        Client().get(page(story))
    assert len(seen) < 25, len(seen)


def test_a_link_leads_only_to_its_own_library(story: Story):
    held = answer_links.read(page(story).split("/")[2], timezone.now())
    assert held.lender == story.cast.providence
    assert held.loan is None or held.loan.state == LoanState.SHIPPED


def test_what_no_catalog_lists_is_shipped_with_the_label_that_is_typed(story):
    Item.objects.update(status=ItemStatus.WITHDRAWN)
    assert "Barcode or label on it" in Client().get(page(story, "shipped")).content.decode()
    press(story, "shipped", {"on": today(story), "barcode": "P-7"})
    assert (story.loan.barcode, story.loan.item) == ("P-7", None)
