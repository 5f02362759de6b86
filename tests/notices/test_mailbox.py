"""Who cannot sign in is asked by mail, once for each request; where no mail gets to, the center
hears of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from postroad.accounts.models import Post, Role
from postroad.directory.models import Contact, Library, Policy
from postroad.ill import answer_links, asking, lending
from postroad.ill.acts import Act
from postroad.ill.lifecycle import Reason
from postroad.ill.models import AnswerLink
from postroad.notices import addresses, daily, living, mailbox
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, copy, title

TUESDAY = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)  # half past seven in the morning
HOUR = timedelta(hours=1)


def asked(cast: Cast, name: str = "Walden", **more: Any) -> Story:
    record = title(name)
    copy(record, cast.providence, f"31001{record.pk:09}", location="Stacks")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee, **more)
    story = Story(cast, record, ill)
    story.listen()
    return story


@pytest.fixture
def story(cast: Cast) -> Story:
    return asked(cast)


def mails() -> list[Notice]:
    return list(Notice.objects.filter(kind=Kind.ASKED_TO_LEND).order_by("pk"))


def test_it_is_mailed_to_the_library_with_all_that_it_needs(story: Story):
    assert mailbox.write(MONDAY) == 1
    (mail,) = mails()
    assert mail.mail_to == "providence@example.org"
    assert mail.mail_due_at == MONDAY
    assert mail.subject.startswith("Can you lend Walden? Request ")
    for said in ("Lee Library in Lee asks Providence Public Library", "818 THO, Stacks"):
        assert said in mail.text
    assert "Please answer by Wednesday" in mail.text
    assert "Walden" in mail.text


def test_it_goes_to_its_contact_for_interlibrary_loan_first(story: Story):
    for name, email in (("Bo", ""), ("Cy", "ill@providence.example")):
        Contact.objects.create(
            library=story.cast.providence, purpose="ill", name=name, email=email, phone="1"
        )
    mailbox.write(MONDAY)
    assert [mail.mail_to for mail in mails()] == ["ill@providence.example"]


def test_it_is_told_once_however_often_and_by_how_many_the_job_runs(story: Story):
    assert [mailbox.write(MONDAY + HOUR * number) for number in range(3)] == [1, 0, 0]
    assert len(mails()) == 1


def test_a_library_whose_staff_can_sign_in_has_no_such_mail(story: Story):
    Post.objects.create(user=story.cast.stranger, role=Role.LENDING, library=story.cast.providence)
    assert mailbox.write(MONDAY) == 0
    story.cast.stranger.is_active = False
    story.cast.stranger.save()
    assert mailbox.write(MONDAY) == 1


def test_a_director_answers_too_and_a_borrowing_clerk_does_not(story: Story):
    post = Post.objects.create(
        user=story.cast.stranger, role=Role.DIRECTOR, library=story.cast.providence
    )
    assert not answer_links.unlinked().exists()
    Post.objects.filter(pk=post.pk).update(role=Role.BORROWING)
    assert answer_links.unlinked().exists()


def test_without_any_address_the_center_hears_of_it_once(story: Story):
    Library.objects.filter(pk=story.cast.providence.pk).update(email="")
    assert [mailbox.write(MONDAY), mailbox.write(MONDAY + HOUR)] == [1, 0]
    assert mails() == []
    told = Notice.objects.get(kind=Kind.LENDER_UNREACHED)
    assert told.office == Role.CENTRE
    assert "has no e-mail address" in told.text
    assert "Ada" not in told.text


def test_when_a_server_refuses_the_mail_for_good_the_center_hears_of_it_once(story: Story):
    mailbox.write(MONDAY)
    addresses.bury("providence@example.org", "no such user", MONDAY)
    assert [mailbox.write(MONDAY + HOUR), mailbox.write(MONDAY + 2 * HOUR)] == [1, 0]
    told = Notice.objects.get(kind=Kind.LENDER_UNREACHED)
    assert "mail to providence@example.org does not get through" in told.text


def test_a_dead_address_is_passed_over_for_the_other_one(story: Story):
    Contact.objects.create(
        library=story.cast.providence, purpose="ill", name="Cy", email="cy@providence.example"
    )
    addresses.bury("cy@providence.example", "no such user", MONDAY)
    mailbox.write(MONDAY)
    assert [mail.mail_to for mail in mails()] == ["providence@example.org"]


def test_on_the_last_day_it_is_reminded_once(story: Story):
    mailbox.write(MONDAY)
    assert story.rings_at.date() == date(2026, 11, 26)  # the end of Wednesday, there
    assert mailbox.write(TUESDAY) == 0
    wednesday = TUESDAY + timedelta(days=1)
    assert mailbox.write(wednesday - 3 * HOUR) == 0  # it is night
    assert mailbox.write(wednesday) == 1
    assert mailbox.write(wednesday + HOUR) == 0
    assert mails()[1].subject.startswith("Last day to answer: Walden")
    assert mails()[0].link == mails()[1].link


def test_who_said_yes_is_reminded_to_ship(story: Story):
    mailbox.write(MONDAY)
    lending.promise(story.supply, Act(at=MONDAY + HOUR))
    due = story.rings_at - 6 * HOUR
    assert mailbox.write(due) == 1
    assert mails()[1].subject.startswith("Last day to ship: Walden")
    assert "/yes/" not in mails()[1].text
    assert "/shipped/" in mails()[1].text


def test_a_new_link_stops_the_old_one_and_is_mailed_again(story: Story):
    mailbox.write(MONDAY)
    link = AnswerLink.objects.get()
    answer_links.stop(link, by=story.cast.centre, at=MONDAY)
    assert mailbox.write(MONDAY + HOUR) == 0
    answer_links.renew(link, at=MONDAY + HOUR)
    assert mailbox.write(MONDAY + HOUR) == 1
    old, new = (mail.link.split("/")[2] for mail in mails())
    assert old != new
    assert answer_links.read(new, MONDAY + HOUR).supply == story.supply
    with pytest.raises(answer_links.AnswerLinkUnknown):
        answer_links.read(old, MONDAY + HOUR)


def test_it_is_not_mailed_once_the_request_has_gone_on(story: Story):
    mailbox.write(MONDAY)
    (mail,) = mails()
    assert living.mailable(mail).exists()
    lending.refuse(story.supply, Act(at=MONDAY), reason=Reason.POLICY)
    story.listen()
    assert not living.mailable(mail).exists()


def test_it_is_not_told_again_in_the_letters_to_desks(story: Story):
    Policy.objects.filter(library=story.cast.providence).update(answer_days=5)
    assert daily.send(TUESDAY) == 0
    Post.objects.create(user=story.cast.stranger, role=Role.LENDING, library=story.cast.providence)
    Policy.objects.filter(library=story.cast.providence).update(answers_by_mail=True)
    assert daily.send(MONDAY + 3 * HOUR) == 0  # of what is new it has a mail of its own
    assert daily.send(TUESDAY) == 1  # the morning's list is whole for who can sign in


def test_an_idle_turn_costs_two_statements_however_many_wait_elsewhere(story: Story):
    mailbox.write(MONDAY)
    with CaptureQueriesContext(connection) as seen:
        mailbox.write(MONDAY + HOUR)
    assert len(seen) == 2
