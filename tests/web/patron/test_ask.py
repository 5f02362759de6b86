from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from postroad.accounts.models import Card
from postroad.catalogue.models import Record
from postroad.directory.models import Library, Policy
from postroad.ill import asking, intake
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from tests.cast import Cast
from tests.ill.story import Story, copy, title
from tests.markup import tight


@pytest.fixture
def ada(cast: Cast, client: Client) -> Client:
    client.force_login(cast.ada)
    return client


@pytest.fixture
def walden(cast: Cast) -> Record:
    record = title("Walden; or, Life in the woods", year=1854)
    copy(record, cast.lenox, "30001000000017")
    return record


def page(client: Client, record: Record, **asked: str) -> str:
    return client.get(f"/patron/ask/{record.pk}/", asked).content.decode()


def press(client: Client, record: Record, **typed: Any) -> Any:
    form = {"key": str(uuid4()), "library": "lee", **typed}
    return client.post(f"/patron/ask/{record.pk}/", form)


def soon(days: int = 30) -> date:
    return timezone.localdate() + timedelta(days=days)


def test_asking_leads_to_the_request(ada: Client, cast: Cast, walden: Record):
    answer = press(ada, walden, need_by=soon().isoformat(), note="Any edition.")
    ill = Request.objects.get()
    assert answer["Location"] == f"/patron/requests/{ill.ref}/"
    assert (ill.patron, ill.library, ill.note) == (cast.ada, cast.lee, "Any edition.")
    assert ill.need_by == soon()
    assert not ill.insists
    assert "We have your request" in ada.get(answer["Location"]).content.decode()


def test_her_own_library_is_offered_first_then_its_network(ada: Client, walden: Record):
    answer = ada.get(f"/patron/ask/{walden.pk}/")
    own, (network, near) = answer.context["form"].fields["library"].choices
    assert own == ("lee", "Lee Library, Lee")
    assert network == "Berkshire Libraries"
    assert near == [("lenox", "Lenox, Lenox Library")]
    assert answer.context["library"].code == "lee"


def test_a_library_farther_away_is_found_by_name_or_town(ada: Client, cast: Cast, walden: Record):
    assert "Berkshire Athenaeum" in page(ada, walden, where="athen PITTS")
    assert press(ada, walden, library="pittsfield").status_code == 302
    assert Request.objects.get().library == cast.pittsfield


def test_words_that_find_no_library_leave_her_own(ada: Client, walden: Record):
    shown = page(ada, walden, where="Atlantis")
    assert "0 libraries were found" in shown
    assert '<option value="lee" selected>' in shown


def test_it_says_when_it_could_be_there(ada: Client, walden: Record):
    assert "If you ask now it could be at Lee Library on" in page(ada, walden)


def test_what_nobody_can_lend_today_goes_to_the_centre(ada: Client, walden: Record):
    walden.items.update(status="out")
    assert "the ILL center will look for it farther away" in page(ada, walden)


def test_what_is_on_her_own_shelf_is_fetched_there(ada: Client, cast: Cast, walden: Record):
    copy(walden, cast.lee, "30002000000015", location="Second floor")
    shown = page(ada, walden)
    assert "Lee Library has it on the shelf" in shown
    assert "818 THO" in shown
    assert "Second floor" in shown
    assert "Ask anyway" in shown


def test_she_may_ask_all_the_same(ada: Client, cast: Cast, walden: Record):
    copy(walden, cast.lee, "30002000000015")
    refused = press(ada, walden)
    assert refused.status_code == 409
    assert "Lee Library has it on the shelf" in refused.content.decode()
    assert not Request.objects.exists()
    assert press(ada, walden, insists="on").status_code == 302
    assert Request.objects.get().insists


def test_a_copy_where_she_would_fetch_it_is_shown_too(ada: Client, cast: Cast, walden: Record):
    refused = press(ada, walden, library="lenox")
    assert refused.status_code == 409
    assert "Lenox Library has it on the shelf" in refused.content.decode()


def test_what_she_asked_for_already_is_shown_instead(ada: Client, cast: Cast, walden: Record):
    ill = asking.ask(walden, Act(cast.ada), patron=cast.ada, library=cast.lee)
    shown = page(ada, walden)
    assert "You have already asked for it" in shown
    assert f"/patron/requests/{ill.ref}/" in shown
    assert "We have your request and are looking" in shown
    assert "Ask for another copy" in shown


def test_two_tabs_ask_once(ada: Client, walden: Record):
    assert press(ada, walden).status_code == 302
    second = press(ada, walden)
    assert second.status_code == 409
    assert "You have already asked for it" in second.content.decode()
    assert Request.objects.count() == 1


def test_a_double_press_asks_once(ada: Client, walden: Record):
    key = str(uuid4())
    first, second = press(ada, walden, key=key), press(ada, walden, key=key)
    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1


def test_the_form_of_one_patron_is_not_the_form_of_another(ada: Client, cast: Cast, walden: Record):
    key = str(uuid4())
    press(ada, walden, key=key)
    ada.force_login(cast.bea)
    assert press(ada, walden, key=key, library="pittsfield").status_code == 302
    assert {ill.patron for ill in Request.objects.all()} == {cast.ada, cast.bea}


def test_a_day_that_has_passed_is_refused_beside_its_field(ada: Client, walden: Record):
    refused = press(ada, walden, need_by=soon(-3).isoformat())
    assert refused.status_code == 422
    assert "has already passed" in refused.context["form"].errors["need_by"][0]
    assert not Request.objects.exists()


def test_a_day_that_nobody_can_keep_is_said_with_the_first_one_before_anything_is_asked(
    ada: Client, walden: Record
):
    refused = press(ada, walden, need_by=soon(0).isoformat())
    assert refused.status_code == 409
    assert "the earliest is" in refused.context["form"].errors["need_by"][0]
    assert not Request.objects.exists()
    assert "Ask anyway" in refused.content.decode()
    assert press(ada, walden, need_by=soon(0).isoformat(), insists="on").status_code == 302


HIDDEN = '<input type="hidden" name="insists"'


def test_a_day_that_is_put_right_is_not_insisted_on(ada: Client, walden: Record):
    """The button of a form that was refused said "Ask all the same" to any other day, too."""
    refused = tight(press(ada, walden, need_by=soon(0).isoformat()))
    assert HIDDEN not in refused
    assert '<button type="submit" class="main">Ask for it</button>' in refused
    assert '<button type="submit" name="insists" value="on">Ask anyway</button>' in refused
    press(ada, walden)
    address = f"/patron/requests/{Request.objects.get().ref}/amend/"
    again = tight(ada.post(address, {"library": "lee", "need_by": soon(0).isoformat()}))
    assert HIDDEN not in again
    assert '<button type="submit" class="main">Save the changes</button>' in again
    assert '<button type="submit" name="insists" value="on">Keep this date anyway' in again


def test_what_was_asked_is_changed_until_it_is_shipped(ada: Client, cast: Cast, walden: Record):
    press(ada, walden)
    ill = Request.objects.get()
    address = f"/patron/requests/{ill.ref}/amend/"
    assert address in ada.get(f"/patron/requests/{ill.ref}/").content.decode()
    day = soon().isoformat()
    sent = {"library": "providence", "need_by": day, "note": "Hard covers"}
    page = ada.get(address, {"where": "Providence"}).content.decode()
    assert "Providence Public Library" in page
    assert ada.post(f"{address}?where=Providence", sent).status_code == 302
    ill.refresh_from_db()
    assert (ill.library, ill.need_by, ill.note) == (cast.providence, soon(), "Hard covers")
    shown = ada.get(f"/patron/requests/{ill.ref}/").content.decode()
    assert "pickup at Providence Public Library" in shown


def test_a_change_to_a_day_that_nobody_can_keep_asks_again(ada: Client, cast: Cast, walden: Record):
    press(ada, walden)
    ill = Request.objects.get()
    address = f"/patron/requests/{ill.ref}/amend/"
    sent = {"library": "lee", "need_by": soon(0).isoformat()}
    again = ada.post(address, sent)
    assert again.status_code == 409
    assert "the earliest is" in again.content.decode()
    assert "Keep this date anyway" in again.content.decode()
    assert ada.post(address, {**sent, "insists": "on"}).status_code == 302
    assert Request.objects.get().need_by == soon(0)


def test_what_was_shipped_meanwhile_stays_as_it_is(ada: Client, cast: Cast, walden: Record):
    press(ada, walden)
    ill = Request.objects.get()
    Story(cast, walden, ill, timezone.now()).at(State.SHIPPED)
    page = ada.get(f"/patron/requests/{ill.ref}/amend/")
    assert list(page.context["form"].fields) == ["library"]  # it may still be picked up elsewhere


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("need_by", "9999-12-31"),
        ("need_by", "0000-00-00"),
        ("need_by", "yesterday"),
        ("need_by", "'; DROP TABLE--"),
        ("library", ""),
        ("library", "nowhere"),
        ("library", "x" * 5000),
        ("note", "x" * 501),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    ada: Client, walden: Record, field: str, typed: str
):
    refused = press(ada, walden, **{field: typed})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
    assert "Not sent yet" in refused.content.decode()
    assert not Request.objects.exists()


def test_a_form_comes_back_as_it_was_typed(ada: Client, walden: Record):
    shown = press(ada, walden, note="Hard covers", need_by="nonsense").content.decode()
    assert "Hard covers" in shown
    assert 'value="nonsense"' in shown


@pytest.mark.parametrize("key", ["", "no key", "\x00", "0" * 9000])
def test_a_key_that_we_did_not_make_is_as_good_as_none(ada: Client, walden: Record, key: str):
    assert press(ada, walden, key=key).status_code == 302
    assert Request.objects.get().key is None


def test_hostile_signs_are_words_like_others(ada: Client, walden: Record):
    note = "<script>alert(1)</script>\x00\x1b[2J \ud7ff ✓"
    press(ada, walden, note=note)
    ill = Request.objects.get()
    assert "\x00" not in ill.note
    assert "\x1b" not in ill.note
    shown = ada.get(f"/patron/requests/{ill.ref}/").content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown


def test_wrongly_encoded_words_are_no_trouble(ada: Client, walden: Record):
    answer = ada.post(
        f"/patron/ask/{walden.pk}/",
        b"library=lee&note=%FF%FE%80caf%E9",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 302
    assert Request.objects.get().note.endswith("caf�")


@pytest.mark.parametrize("where", ["\x00", "%", "_", "x" * 3000, "a b c d e f g h", "' OR 1=1"])
def test_any_words_may_be_looked_for(ada: Client, walden: Record, where: str):
    assert ada.get(f"/patron/ask/{walden.pk}/", {"where": where}).status_code == 200


def test_a_blocked_card_is_told_before_and_may_ask(ada: Client, cast: Cast, walden: Record):
    Card.objects.filter(user=cast.ada).update(blocked="12 dollars are owed")
    assert "Your card is blocked: 12 dollars are owed" in page(ada, walden)
    assert press(ada, walden).status_code == 302


def test_an_expired_card_is_told_before_and_waits_for_the_desk(
    ada: Client, cast: Cast, walden: Record
):
    Card.objects.filter(user=cast.ada).update(expires=timezone.localdate())
    assert "expired" not in page(ada, walden)
    yesterday = timezone.localdate() - timedelta(days=1)
    Card.objects.filter(user=cast.ada).update(expires=yesterday)
    assert "Your card has expired. You can ask anyway" in page(ada, walden)
    assert press(ada, walden).status_code == 302
    ill = Request.objects.get()
    intake.check(ill.events.get(), timezone.now())
    ill.refresh_from_db()
    assert ill.state == State.REVIEW
    assert ill.events.get(verb="review").facts["concerns"] == ["expired"]


def test_the_limit_is_told_before(ada: Client, cast: Cast, walden: Record):
    Policy.objects.filter(library=cast.lee).update(open_requests=1)
    assert "as many as your library approves" not in page(ada, walden)
    asking.ask(title("Cape Cod"), Act(cast.ada), patron=cast.ada, library=cast.lee)
    assert "You have one open request, as many as your library" in page(ada, walden)


def test_a_library_that_looks_at_each_request_says_so(ada: Client, cast: Cast, walden: Record):
    Policy.objects.filter(library=cast.lee).update(approves_by_itself=False)
    assert "Lee Library reviews each request" in page(ada, walden)


def test_who_is_not_signed_in_comes_back_here_afterwards(client: Client, walden: Record):
    answer = client.get(f"/patron/ask/{walden.pk}/")
    assert answer["Location"] == f"/accounts/login/?next=/patron/ask/{walden.pk}/"


def test_there_is_no_asking_for_what_is_not_there(ada: Client):
    assert ada.get("/patron/ask/999999999/").status_code == 404
    assert ada.get("/patron/ask/99999999999999999999999/").status_code == 404


def test_a_large_network_takes_no_more_queries(
    ada: Client, cast: Cast, walden: Record, django_assert_num_queries: Any
):
    page(ada, walden)
    with django_assert_num_queries(18) as few:
        page(ada, walden)
    Library.objects.bulk_create(
        Library(
            code=f"l{n}", name=f"Library {n}", town="Otis", state="MA", network=cast.lee.network
        )
        for n in range(30)
    )
    for library in Library.objects.filter(name__startswith="Library "):
        copy(walden, library, f"3000300000{library.pk:04}")
    with django_assert_num_queries(len(few)):
        assert page(ada, walden).count("<option") > 30
