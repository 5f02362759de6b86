import sqlite3
import time
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from postroad import settings as operator_settings
from postroad.accounts import adapter
from postroad.accounts.models import Card, Role, User
from postroad.web.signin import START
from tests.cast import PASSWORD, Cast

LOGIN = "/accounts/login/"


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": name, "password": password, **more})


def letters() -> list[mail.EmailMessage]:
    """The mail that has left; it leaves beside the answer."""
    for _ in range(2):  # one after the other: what was before is done, and what that left to do
        adapter.post.submit(int).result(10)
    return mail.outbox


class Away(BaseEmailBackend):
    """A mail server that lets one wait and then is not there."""

    SECONDS = 3

    def send_messages(self, email_messages: object) -> int:
        time.sleep(self.SECONDS)
        raise ConnectionRefusedError


def test_what_is_done_beside_an_answer_does_not_slow_it():
    at: list[float] = []
    submitted = time.monotonic()
    adapter.beside_the_answer(lambda: at.append(time.monotonic()))
    adapter.post.submit(int).result(10)
    assert at[0] - submitted >= adapter.LATER


def refused(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.context["form"].non_field_errors())


def test_the_sign_in_page_is_there_for_all(client: Client, db: None):
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert b"Look around the demonstration" not in page.content


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("ada", Role.PATRON),
        ("borrower", Role.BORROWING),
        ("lender", Role.LENDING),
        ("director", Role.DIRECTOR),
        ("allrounder", Role.BORROWING),
        ("centre", Role.CENTRE),
        ("driver", Role.DRIVER),
        ("delivery", Role.DELIVERY),
        ("editor", Role.EDITOR),
        ("operator", Role.OPERATOR),
    ],
)
def test_each_lands_where_his_work_begins(cast: Cast, client: Client, who: str, role: Role):
    assert sign_in(client, who)["Location"] == reverse("account-start")
    assert client.get(reverse("account-start"))["Location"] == reverse(START[role])


def test_work_comes_before_ones_own_books(cast: Cast, client: Client):
    Card.objects.create(user=cast.lender, library=cast.lenox, barcode="20000000000099")
    client.force_login(cast.lender)
    assert client.get(reverse("account-start"))["Location"] == reverse(START[Role.LENDING])


def test_who_has_no_role_lands_on_the_front_page(cast: Cast, client: Client):
    sign_in(client, "stranger")
    assert client.get(reverse("account-start"))["Location"] == "/"


def test_the_way_back_is_kept(cast: Cast, client: Client):
    there = sign_in(client, "lender", next="/staff/desk/?a=b")
    assert there["Location"] == "/staff/desk/?a=b"


@pytest.mark.parametrize(
    "hostile",
    [
        "https://elsewhere.test/",
        "//elsewhere.test/",
        "///elsewhere.test",
        "/\\elsewhere.test",
        "javascript:alert(1)",
        "http:elsewhere.test",
        "https://testserver@elsewhere.test/",
    ],
)
def test_nobody_is_led_away_after_signing_in_or_out(cast: Cast, client: Client, hostile: str):
    assert sign_in(client, "ada", next=hostile)["Location"] == reverse("account-start")
    out = client.post("/accounts/logout/", {"next": hostile})
    assert out["Location"] == "/"


def test_a_wrong_name_and_a_wrong_password_are_told_alike(cast: Cast, client: Client):
    wrong_password = refused(sign_in(client, "ada", "wrong"))
    wrong_name = refused(sign_in(client, "nobody-of-this-name", "wrong"))
    assert wrong_password == wrong_name
    assert "do not match" in wrong_name


def test_a_wrong_name_takes_as_long_as_a_wrong_password(cast: Cast, client: Client, settings):
    """Only a hash is slow; so the name must not decide whether one is computed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    User.objects.filter(pk=cast.ada.pk).update(password=make_password(PASSWORD))

    def seconds(name: str) -> float:
        cache.clear()
        begun = time.perf_counter()
        sign_in(client, name, "wrong")
        return time.perf_counter() - begun

    seconds("ada")  # warms the templates
    known, unknown = (min(seconds(name) for _ in range(3)) for name in ("ada", "nobody"))
    assert unknown > known / 3


def test_five_wrong_passwords_close_the_name_for_a_while_at_that_place(
    cast: Cast, client: Client, time_machine
):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    for _ in range(5):
        assert "do not match" in refused(sign_in(client, "ada", "wrong"))
    assert "five minutes" in refused(sign_in(client, "ada"))  # even with the right one
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), "ada").status_code == 302  # who is elsewhere
    time_machine.shift(301)
    assert sign_in(client, "ada").status_code == 302


def guess_from_everywhere(name: str) -> None:
    for place in range(50):
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{place}"), name, "wrong")


def test_a_name_that_is_tried_from_many_places_is_slowed_and_nobody_shut_out(
    cast: Cast, time_machine
):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    home, elsewhere = (Client(REMOTE_ADDR=f"192.0.2.{number}") for number in (1, 2))
    assert sign_in(home, "ada").status_code == 302
    home.post("/accounts/logout/")
    guess_from_everywhere("ada")
    assert "do not match" in refused(sign_in(elsewhere, "ada", "wrong"))
    assert "signing in is slow" in refused(sign_in(elsewhere, "ada"))
    assert sign_in(home, "ada").status_code == 302  # where she signed in before
    time_machine.shift(11)
    assert sign_in(elsewhere, "ada").status_code == 302


def test_a_name_that_nobody_has_is_slowed_alike(cast: Cast, time_machine):
    time_machine.move_to("2026-11-23T12:00:00Z", tick=False)
    guess_from_everywhere("nobody")
    sign_in(Client(), "nobody", "wrong")
    assert "signing in is slow" in refused(sign_in(Client(), "nobody", "wrong"))


def test_the_count_is_kept_where_every_process_sees_it(cast: Cast, settings):
    settings.CACHES = operator_settings.CACHES
    call_command("createcachetable")
    assert isinstance(caches["default"], DatabaseCache)
    for _ in range(5):
        sign_in(Client(), "ada", "wrong")
    assert "five minutes" in refused(sign_in(Client(), "ada"))


@pytest.mark.once  # PostgreSQL locks rows, not all of it
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_locked_database_is_no_attempt_too_many(cast: Cast, settings):
    settings.CACHES = operator_settings.CACHES
    call_command("createcachetable")
    client = Client(raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    with sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = sign_in(client, "ada")
        assert client.get("/libraries").status_code == 200  # who only reads does not wait
        other.execute("ROLLBACK")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "nothing was lost" in answer.content.decode()


def test_a_name_that_is_closed_says_so_whether_it_exists_or_not(cast: Cast, client: Client):
    answers = []
    for name in ("ada", "nobody"):
        for _ in range(5):
            sign_in(client, name, "wrong")
        answers.append(refused(sign_in(client, name, "wrong")))
    assert answers[0] == answers[1]


def test_many_wrong_names_from_one_place_close_the_place(cast: Cast, client: Client):
    for number in range(30):
        sign_in(client, f"guess-{number}", "wrong")
    assert "Too many attempts" in refused(sign_in(client, "ada"))


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_place_that_claims_to_be_many_is_closed_all_the_same(
    cast: Cast, client: Client, settings, proxies: int
):
    """What a visitor writes into X-Forwarded-For counts for nothing; our proxy adds the truth."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(30):
        claimed = f"192.0.2.{number}" + (", 198.51.100.7" if proxies else "")
        form = {"login": f"guess-{number}", "password": "wrong"}
        client.post(LOGIN, form, headers={"X-Forwarded-For": claimed})
    last = "192.0.2.99" + (", 198.51.100.7" if proxies else "")
    form = {"login": "ada", "password": PASSWORD}
    assert "Too many" in refused(client.post(LOGIN, form, headers={"X-Forwarded-For": last}))


def test_sixty_attempts_a_minute_are_answered_429_in_our_words(cast: Cast, client: Client):
    for number in range(60):
        sign_in(client, f"guess-{number}", "wrong")
    last = sign_in(client, "ada")
    assert last.status_code == 429
    assert b"Nothing was lost" in last.content


def test_signing_in_changes_the_session_key_and_out_ends_it(cast: Cast, client: Client):
    client.get(LOGIN)
    client.session["desk"] = 1
    client.session.save()
    before = client.session.session_key
    sign_in(client, "ada")
    assert client.session.session_key != before
    assert get_user(client) == cast.ada
    client.post("/accounts/logout/")
    assert not get_user(client).is_authenticated


@pytest.mark.parametrize("address", ["/accounts/logout/", "/cms/logout/"])
def test_only_a_press_signs_out(cast: Cast, client: Client, address: str):
    """Not a look: a link to the address in some letter would be enough."""
    client.force_login(cast.editor)
    page = client.get(address)
    assert page.status_code == 200
    assert "You are signed in as" in page.content.decode()
    assert get_user(client) == cast.editor
    assert client.post(address)["Location"] == "/"
    assert not get_user(client).is_authenticated


def test_nobody_signs_up(client: Client, db: None):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/email/").status_code == 404


def test_who_is_switched_off_stays_out(cast: Cast, client: Client):
    User.objects.filter(pk=cast.ada.pk).update(is_active=False)
    answer = sign_in(client, "ada")
    assert answer["Location"] == reverse("account_inactive")
    assert not get_user(client).is_authenticated


@pytest.mark.parametrize("name", ["", "a" * 5000, "ada\x00", "<script>", "ада", "' or 1=1 --"])
def test_a_hostile_name_is_refused_in_words(cast: Cast, client: Client, name: str):
    answer = sign_in(client, name)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert b"<script>" not in answer.content


def test_a_form_without_our_token_is_refused(cast: Cast):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict, "ada").status_code == 403


@pytest.mark.django_db(transaction=True, serialized_rollback=True)  # mail leaves by a thread
def test_a_new_password_comes_by_mail_and_works_once(cast: Cast, client: Client):
    client.post("/accounts/password/reset/", {"email": "ada@example.org"}, HTTP_HOST="localhost")
    (letter,) = letters()
    assert letter.extra_headers == {"Auto-Submitted": "auto-generated"}  # nobody is answered by it
    assert letter.subject == "Choose a new password for Postroad"
    link = next(line for line in letter.body.splitlines() if line.startswith("http"))
    assert link.startswith(operator_settings.SITE_URL)  # not what the visitor called us
    page = client.get(link, follow=True)
    here = page.redirect_chain[-1][0]
    client.post(here, {"password1": "nine-lives-22", "password2": "nine-lives-22"})
    assert sign_in(client, "ada", "nine-lives-22").status_code == 302
    client.post("/accounts/logout/")
    again = client.get(link, follow=True)
    assert b"This link no longer works" in again.content


@pytest.mark.django_db(transaction=True, serialized_rollback=True)  # mail leaves by a thread
def test_asking_for_a_new_password_does_not_tell_who_has_an_account(cast: Cast, client: Client):
    known = client.post("/accounts/password/reset/", {"email": "ada@example.org"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert [letter.to for letter in letters()] == [["ada@example.org"]]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)  # mail leaves by a thread
def test_a_mail_server_that_is_slow_or_away_does_not_tell_either(
    cast: Cast, client: Client, settings
):
    settings.EMAIL_BACKEND = "tests.web.test_signin.Away"
    begun = time.perf_counter()
    known = client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    assert time.perf_counter() - begun < Away.SECONDS
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert letters() == []


def test_a_password_is_changed_by_who_knows_the_old_one(cast: Cast, client: Client):
    client.force_login(cast.ada)
    change = {"oldpassword": "wrong", "password1": "nine-lives-22", "password2": "nine-lives-22"}
    refusal = client.post("/accounts/password/change/", change)
    assert "That is not your current password." in refusal.content.decode()
    changed = client.post("/accounts/password/change/", {**change, "oldpassword": PASSWORD})
    assert get_user(client).is_authenticated  # still signed in here
    assert changed["Location"] == reverse("account-start")
    start = client.get("/accounts/start/", follow=True).content.decode()
    assert "Your password has been changed." in start
    client.post("/accounts/logout/")
    assert sign_in(client, "ada", "nine-lives-22").status_code == 302


def test_every_page_leads_to_a_new_password_when_one_is_signed_in(cast: Cast, client: Client):
    way = 'href="/accounts/password/change/"'
    assert way not in client.get("/").content.decode()
    client.force_login(cast.driver)
    assert way in client.get("/courier/").content.decode()


@pytest.mark.parametrize("weak", ["short", "password1", "12345678"])
def test_a_weak_password_is_not_taken(cast: Cast, client: Client, weak: str):
    client.force_login(cast.ada)
    change = {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    assert client.post("/accounts/password/change/", change).context["form"].errors


# The demonstration


@pytest.fixture
def demo(db: None, settings) -> None:
    settings.DEMO = True
    User.objects.create(username="driver", first_name="Dora")


@pytest.mark.parametrize("role", Role)
def test_without_a_demonstration_no_button_signs_in(client: Client, db: None, role: Role):
    User.objects.create(username=role)
    assert client.post(f"/accounts/demo/{role}/").status_code == 404
    assert not get_user(client).is_authenticated


def test_the_demonstration_has_a_button_for_each_role(client: Client, demo: None):
    page = client.get(LOGIN).content.decode()
    for role in Role:
        assert f'action="/accounts/demo/{role}/"' in page


def test_a_button_signs_in_its_role_and_leads_to_its_work(client: Client, demo: None):
    answer = client.post("/accounts/demo/driver/")
    assert answer["Location"] == reverse(START[Role.DRIVER])
    assert get_user(client).username == "driver"


def test_a_button_carries_the_way_back(client: Client, demo: None):
    page = client.get(f"{LOGIN}?next=/courier/%3Fday%3D1").content.decode()
    buttons = page.split('id="demo-roles"')[1]
    assert buttons.count('name="next" value="/courier/?day=1"') == len(Role)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/courier/scan/", "/courier/scan/"),
        ("/courier/?day=1", "/courier/?day=1"),
        ("/record/7", "/record/7"),
        ("/staff/lending/", "/courier/"),  # another's: there he would hear of no such page
        ("/cms/pages/", "/courier/"),
        ("/no/such/place?", "/courier/"),
        ("https://elsewhere.test/", "/courier/"),
        ("", "/courier/"),
    ],
)
def test_a_button_leads_back_to_what_its_role_may_see(
    client: Client, demo: None, wanted: str, reached: str
):
    answer = client.post("/accounts/demo/driver/", {"next": wanted})
    assert answer["Location"] == reached


def test_a_button_is_pressed_not_followed(client: Client, demo: None):
    assert client.get("/accounts/demo/driver/").status_code == 405


@pytest.mark.parametrize("role", ["root", "postroad", "admin"])
def test_no_other_account_has_a_button(client: Client, demo: None, role: str):
    User.objects.create(username=role, is_superuser=True)
    assert client.post(f"/accounts/demo/{role}/").status_code == 404


@pytest.mark.parametrize(
    ("button", "above"),
    [
        ("/staff/library/closures/", "/staff/library/"),
        ("/patron/requests/ABCD1234/renew/", "/patron/requests/ABCD1234/"),
        ("/office/closures/end/", "/office/closures/"),
        ("/accounts/demo/driver/", "/"),
    ],
)
def test_the_address_of_a_button_opened_as_a_page_is_no_blank_window(
    client: Client, cast: Cast, button: str, above: str
):
    """A form shown again stands at its button's address: so does the way back after signing in."""
    roles = {"/staff": cast.director, "/patron": cast.ada, "/office": cast.centre}
    person = next((who for start, who in roles.items() if button.startswith(start)), cast.ada)
    client.force_login(person)
    answer = client.get(button)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing was done" in answer.content.decode()
    assert f'class="button" href="{above}"' in answer.content.decode()
