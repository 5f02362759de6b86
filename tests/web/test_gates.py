"""Everybody knocks at every address, and docs/reference/access.md says what they hear.

After a change that is meant, `POSTROAD_WRITE_ACCESS=1 pytest tests/web/test_gates.py` writes the
table anew; read the difference before you commit it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from postroad.accounts import keys
from postroad.accounts.models import ProgramKey, Role, SavedView, Upload
from postroad.cases import access
from postroad.cases.models import Application, Case
from postroad.catalogue.load_models import Load
from postroad.catalogue.models import Collection
from postroad.delivery import claims, timetables
from postroad.delivery.claim_rules import Kind
from postroad.delivery.models import (
    Claim,
    ClaimBatch,
    Container,
    Courier,
    Hub,
    Region,
    ScanFile,
    TimetableFile,
)
from postroad.directory import asking
from postroad.directory.models import (
    Address,
    Closure,
    Contact,
    Network,
    NetworkChange,
    SpecialHours,
    Symbol,
)
from postroad.directory.statements import (
    Evidence,
    ListedName,
    PauseSuggestion,
    Statement,
    StatementImport,
    StatusAsk,
    StatusList,
)
from postroad.documents import gate
from postroad.documents.models import Copy, Incoming, Use
from postroad.econtent import editing
from postroad.econtent.models import FundingEnd, LinkReport, ListFile, Resource, Right
from postroad.guides.models import News, NewsPage
from postroad.ill import answer_links, charging, patron_links, questions, told_holds
from postroad.ill import asking as ill_asking
from postroad.ill.acts import Act
from postroad.ill.lifecycle.questions import QuestionKind
from postroad.ill.models import AnswerLink, Charge, ChargeKind, Question, ToldHold
from postroad.ill.questions import Asking
from postroad.notices import staff_notices
from postroad.notices.models import Notice
from postroad.notices.staff import Reach, StaffNotice, Subject
from postroad.reports.models import CountWeek
from postroad.situations.models import Situation
from postroad.web.shared import gates
from tests import lots
from tests.cases.asking import by_library, by_patron, by_visitor
from tests.cases.test_applying import ask
from tests.cast import Cast
from tests.documents.stored import a_copy
from tests.econtent import lists as title_lists
from tests.ill.story import Story, title
from tests.web import counted

BIN = "B00000000018"
TABLE = Path(__file__).parents[2] / "docs" / "reference" / "access.md"
START, END = "<!-- table -->", "<!-- end of table -->"

# Who knocks: the heading of the column, and the name in the cast (None: not signed in).
KNOCKING: dict[str, str | None] = {
    "visitor": None,
    "stranger": "stranger",
    "patron": "ada",
    "other patron": "bea",
    "borrowing": "borrower",
    "lending": "lender",
    "director": "director",
    "staff elsewhere": "neighbour",
    "ILL center": "centre",
    "driver": "driver",
    "delivery": "delivery",
    "editor": "editor",
    "operator": "operator",
}
COMES_IN, SIGN_IN, NOT_THERE, KEY = "yes", "sign in", "-", "key"


def a_case(story: Story, begin: Callable[..., Case]) -> Case:
    """The same for all who knock: of Lee with the delivery office, of Ada, of somebody unknown."""
    key = uuid5(NAMESPACE_URL, getattr(begin, "__name__", ""))
    return Case.objects.filter(key=key).first() or begin(story.cast, key=key)


def a_link(story: Story) -> str:
    """By which the lender answers from its mail."""
    AnswerLink.objects.get_or_create(supply=story.supply, defaults={"made_at": timezone.now()})
    link = answer_links.of(story.supply)
    assert link is not None  # it was made just now
    return answer_links.token(link)


def a_view(story: Story) -> SavedView:
    """Of the center's one person."""
    return SavedView.objects.get_or_create(user=story.cast.centre, name="Late")[0]


def her_link(story: Story) -> str:
    """By which Ada answers a question about another request from her mail."""
    question = Question.objects.filter(kind=QuestionKind.ASK_PATRON).first()
    if question is None:
        act = Act(story.cast.ada, timezone.now())
        ill = ill_asking.ask(title("Emma"), act, patron=story.cast.ada, library=story.cast.lee)
        asks = Act(story.cast.borrower, timezone.now())
        about = questions.Said(note="Which edition?")
        asking = questions.Asking(QuestionKind.ASK_PATRON, ill, said=about)
        question = questions.ask(asking, asks)
    return patron_links.token(question)


def a_delivered_copy(story: Story) -> str:
    """The link of a copy for Ada, whose page everybody sees who has it."""
    found = Copy.objects.of_request(story.ill.ref).first()
    return gate.token(found or a_copy(story.cast.lenox, story.ill.ref, timezone.now()))


def sent() -> StaffNotice:
    """A notice to the director of Lee."""
    return staff_notices.send(
        about=Subject.OTHER,
        title="Ice",
        text="No van.",
        reach=Reach.LIBRARIES,
        places=["lee"],
        roles=[Role.DIRECTOR],
        office=Role.DELIVERY,
        by="Dan",
        at=timezone.now(),
    )


def published() -> NewsPage:
    page: NewsPage = News.objects.get().add_child(instance=NewsPage(title="Ice", intro="No van."))
    return page


def a_network(story: Story) -> Network:
    """That of Lee, which is its office, too."""
    Network.objects.filter(code="berkshire", office=None).update(
        office=story.cast.lee, takes_applications=True
    )
    return Network.objects.get(code="berkshire")


def a_change(story: Story) -> NetworkChange:
    network = a_network(story)
    return network.changes.first() or network.changes.create(at=timezone.now(), facts={})


def a_resource(story: Story) -> Resource:
    return Resource.objects.get_or_create(slug="harbor", defaults={"name": "Harbor"})[0]


def a_right(story: Story) -> Right:
    resource = a_resource(story)
    return resource.rights.first() or editing.give(
        resource, {"who": "everybody", "how": "open"}, by="Edie"
    )


def an_ending(story: Story) -> FundingEnd:
    now = timezone.now()
    known = {"ends_on": timezone.localdate(now), "at": now}
    return FundingEnd.objects.get_or_create(payer="State Fund", defaults=known)[0]


def an_application(story: Story) -> Application:
    network = a_network(story)
    return Application.objects.filter(network=network).first() or ask(network)


# What stands in an address for a thing, by its name there: an example from Ada's story.
EXAMPLES: dict[str, Callable[[Story], object]] = {
    "situation": lambda story: Situation.objects.get().pk,
    "view": lambda story: a_view(story).pk,
    "closure": lambda story: Closure.objects.get(library=story.cast.lee).pk,
    "notice": lambda story: Notice.objects.filter(library=story.cast.lee).latest("pk").pk,
    "sent": lambda story: (StaffNotice.objects.first() or sent()).pk,
    "page": lambda story: (NewsPage.objects.first() or published()).pk,
    "key": lambda story: story.cast.ada.card.pk,
    "status_list": lambda story: StatusList.objects.get().pk,
    "file": lambda story: StatementImport.objects.get().pk,
    "listed": lambda story: ListedName.objects.get().pk,
    "statement": lambda story: Statement.objects.get(library=story.cast.lee).pk,
    "seen": lambda story: Evidence.objects.get(library=story.cast.lee).pk,
    "suggestion": lambda story: PauseSuggestion.objects.get(library=story.cast.lee).pk,
    "link": lambda story: asking.token(StatusAsk.objects.get(library=story.cast.lee)),
    "answer_link": a_link,
    "question_link": her_link,
    "copy_link": a_delivered_copy,
    "party": lambda story: "center",
    "answer_step": lambda story: "stop",
    "step": lambda story: "again",
    "case_step": lambda story: "answer",
    "attempt": lambda story: story.supply.attempt,
    "code": lambda story: story.cast.lee.code,
    "name": lambda story: "1a2b3c",
    "number": lambda story: story.loan.parcel_out.number,
    "case_number": lambda story: a_case(story, by_library).number,
    "question_number": lambda story: a_case(story, by_patron).number,
    "scan_file": lambda story: (
        ScanFile.objects.get_or_create(
            sha256="0" * 64,
            defaults={"name": "scans.csv", "at": timezone.now(), "rows": 1, "content": b""},
        )[0].pk
    ),
    "barcode": lambda story: story.loan.barcode,
    "told_hold": lambda story: a_told_hold(story).pk,
    "program_key": lambda story: a_key().pk,
    "bin_number": lambda story: (
        Container.objects.get_or_create(
            number=BIN, defaults={"made_at": timezone.now(), "last_at": timezone.now()}
        )[0].number
    ),
    "letter": lambda story: access.token(a_case(story, lambda cast, **more: by_visitor(**more))),
    "page_id": lambda story: 1,
    "page_view_restriction_id": lambda story: 1,
    "pk": lambda story: story.record.pk,
    "picture": lambda story: a_picture(),
    "slug": lambda story: a_collection(story).slug,
    "ref": lambda story: story.ill.ref,
    "question": lambda story: a_question(story).pk,
    "kind": lambda story: "damaged",
    "charge": lambda story: a_charge(story).pk,
    "claim": lambda story: a_claim(story).pk,
    "timetable": lambda story: a_timetable(story).pk,
    "part": lambda story: "region",
    "piece": lambda story: Region.objects.get().pk,
    "region": lambda story: "WEST",
    "route": lambda story: "WEST 2",
    "hub": lambda story: a_hub().code,
    "week": lambda story: (
        CountWeek.objects.get_or_create(
            first_day=date(2026, 10, 5),
            last_day=date(2026, 10, 9),
            defaults={"said_by": "Dan", "said_at": timezone.now()},
        )[0].pk
    ),
    "batch": lambda story: (
        ClaimBatch.objects.get_or_create(
            month=date(2026, 12, 1), defaults={"made_at": timezone.now()}
        )[0].pk
    ),
    "role": lambda story: "driver",
    "threshold": lambda story: "courier-late",
    "person": lambda story: story.cast.borrower.pk,
    "card": lambda story: story.cast.ada.card.pk,
    "upload": lambda story: (
        Upload.objects.get_or_create(
            kind="cards",
            library=story.cast.lee,
            name="cards.csv",
            defaults={"at": timezone.now(), "state": "done"},
        )[0].pk
    ),
    "load": lambda story: (
        Load.objects.get_or_create(
            library=story.cast.lee,
            name="books.mrc",
            defaults={"sent_at": timezone.now(), "state": "done"},
        )[0].pk
    ),
    "incoming": lambda story: (
        Incoming.objects.get_or_create(
            library=story.cast.lenox,
            sha256="0" * 64,
            defaults={
                "size": 1,
                "pages": 1,
                "stored_as": "0.pdf",
                "why": "no-cover",
                "made_at": timezone.now(),
                "expires_at": timezone.now(),
            },
        )[0].pk
    ),
    "contact": lambda story: (
        Contact.objects.get_or_create(library=story.cast.lee, purpose="ill", name="Ben")[0].pk
    ),
    "address": lambda story: (
        Address.objects.get_or_create(
            library=story.cast.lee, purpose="mail", lines="100 Main St", town="Lee"
        )[0].pk
    ),
    "symbol": lambda story: (
        Symbol.objects.get_or_create(library=story.cast.lee, authority="OCLC", value="LEE")[0].pk
    ),
    "special": lambda story: (
        SpecialHours.objects.get_or_create(
            library=story.cast.lee,
            name="Summer",
            first_day=date(2027, 6, 21),
            last_day=date(2027, 8, 31),
            hours="10:00-14:00||||||",
        )[0].pk
    ),
    "title_list": lambda story: a_list_file().title_list_id,
    "list_file": lambda story: a_list_file().pk,
    "line": lambda story: 2,
    "link_report": lambda story: a_report().pk,
    "network": lambda story: a_network(story).code,
    "change": lambda story: a_change(story).pk,
    "resource": lambda story: a_resource(story).slug,
    "right": lambda story: a_right(story).pk,
    "resource_change": lambda story: a_right(story).resource.changes.latest("pk").pk,
    "ending": lambda story: an_ending(story).pk,
    "application": lambda story: an_application(story).pk,
    "topic": lambda story: "news",
    "token": lambda story: "not-one-of-ours",
    "use": lambda story: (
        (
            Use.objects.filter(library=story.cast.lee).exclude(filled_on=None).first()
            or counted.the_sixth(story.cast.lee)
        ).pk
    ),
    "declined_use": lambda story: (
        (
            Use.objects.filter(library=story.cast.lee, filled_on=None).first()
            or counted.declined(story.cast.lee)
        ).pk
    ),
}


def a_key() -> ProgramKey:
    """Of a sorter."""
    found = ProgramKey.objects.first()
    may, now = ProgramKey.May.SORT, timezone.now()
    return found or keys.make("Belt", may, library=None, by="Dora", now=now)[0]


def a_told_hold(story: Story) -> ToldHold:
    """Of Lee, for Lenox."""
    cast, now = story.cast, timezone.now()
    told = told_holds.Telling("1", cast.lee.pk, cast.lenox.pk, timezone.localdate(now))
    told_holds.tell([told], cast.lee, by="Ben", now=now)
    return ToldHold.objects.get()


def a_report() -> LinkReport:
    facts = {"first_at": timezone.now(), "last_at": timezone.now()}
    return LinkReport.objects.get_or_create(
        title_list=a_list_file().title_list, address="https://j.example/gone", defaults=facts
    )[0]


def a_list_file() -> ListFile:
    """Of which the first line below the header is bad."""
    return ListFile.objects.first() or title_lists.shown(
        title_lists.listed(title_lists.line("Ferries", access_type="X"), title_lists.line("Boats"))
    )


def a_question(story: Story) -> Question:
    """Lee thinks that the book of Lenox is lost: for both, for Ada and for the center to read."""
    loan = story.loan
    about = Asking(QuestionKind.LOST, loan.request, loan)
    found = Question.objects.filter(request=loan.request).first()
    return found or questions.ask(about, Act(story.cast.borrower))


def a_charge(story: Story) -> Charge:
    """Of Lenox, for what it lent to Lee."""
    found = Charge.objects.first()
    act, kind = Act(story.cast.lender), ChargeKind.LENDING
    return found or charging.charge(story.loan, act, kind=kind, amount=Decimal(5))


def a_timetable(story: Story) -> TimetableFile:
    key = UUID(int=14)
    return timetables.take(Region.objects.get(), "west.csv", [], by="Dora", at=story.now, key=key)


def a_claim(story: Story) -> Claim:
    """Of Lenox, for what it lent to Lee and the van lost."""
    parcel, at = story.loan.parcel_out, timezone.now() + timedelta(days=90)
    assert parcel is not None
    found = Claim.objects.first()
    return found or claims.make(
        parcel, story.cast.lenox, kind=Kind.LOST, amount=Decimal(40), by=None, at=at
    )


def a_hub() -> Hub:
    courier = Courier.objects.get_or_create(code="BAY", defaults={"name": "Bay", "state": "MA"})[0]
    facts = {"name": "Plymouth sort", "courier": courier}
    return Hub.objects.get_or_create(code="PLYMOUTH", defaults=facts)[0]


def a_picture() -> str:
    """One that a guide shows."""
    path = Path(settings.MEDIA_ROOT) / "images" / "knock.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path.name


def a_collection(story: Story) -> Collection:
    facts = {"name": "Professional collection", "library": story.cast.lenox}
    return Collection.objects.get_or_create(slug="professional", defaults=facts)[0]


# Wagtail's pages stand in one row for each door; and patterns that are not in Django's own words.
WHOLE = {"cms/", "documents/"}
PLAIN = {
    "cms/": "cms/",
    "documents/": "documents/1/none.pdf",
    "^((?:[\\w\\-]+/)*)$": "",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$": (
        "accounts/password/reset/key/1-set-password/"
    ),
}
SHOWN = {
    "^((?:[\\w\\-]+/)*)$": "any guide, answer or news",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$": (
        "accounts/password/reset/key/<key>/"
    ),
}


def addresses() -> list[str]:
    """Every address that something answers to, as its pattern."""
    return sorted(walk(get_resolver().url_patterns))


def walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for each in patterns:
        here = before + str(each.pattern)
        if here in WHOLE or isinstance(each, URLPattern):
            yield here
        else:
            yield from walk(each.url_patterns, here)


def example(address: str, story: Story) -> str:
    """A path that this address answers to."""
    path = PLAIN.get(address, address)
    while "<" in path:
        start, rest = path.split("<", 1)
        kind_and_name, end = rest.split(">", 1)
        name = kind_and_name.split(":")[-1]
        assert name in EXAMPLES, f"/{address}: EXAMPLES has nothing for {name}"
        path = f"{start}{EXAMPLES[name](story)}{end}"
    return "/" + path


def answer(client: Client, path: str) -> str:
    """What is heard at this path. Whatever the knocking did is undone."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.get(path)
        if response.status_code == 405:
            response = client.post(path)
        transaction.set_rollback(True)
    client.cookies = cookies
    return heard(response)


def heard(response: Any) -> str:
    if response.status_code == 404:
        return NOT_THERE
    if response.status_code == 401:
        return KEY
    if response.status_code == 302 and response["Location"].startswith(reverse("account_login")):
        return SIGN_IN
    return COMES_IN


def knock(story: Story, who: str | None, where: Sequence[str]) -> dict[str, str]:
    client = Client(raise_request_exception=True)
    if who:
        client.force_login(getattr(story.cast, who))
    paths = {address: example(address, story) for address in addresses()}  # some need each other
    return {address: answer(client, paths[address]) for address in where}


def written() -> dict[str, dict[str, str]]:
    """The table as it stands in the docs: address, then who, then what they hear."""
    lines = TABLE.read_text().split(START)[1].split(END)[0].strip().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heading, _, *body = rows
    return {row[0].strip("`"): dict(zip(heading[1:], row[1:], strict=True)) for row in body}


def write(reality: dict[str, dict[str, str]]) -> None:
    """Put the table into the docs: `reality` is who, then address, then what they hear."""
    lines = ["| address | " + " | ".join(KNOCKING) + " |", "|" + "---|" * (len(KNOCKING) + 1)]
    for address in addresses():
        cells = [reality[heading][address] for heading in KNOCKING]
        lines.append(f"| `/{shown(address)}` | " + " | ".join(cells) + " |")
    before, rest = TABLE.read_text().split(START)
    after = rest.split(END)[1]
    TABLE.write_text(before + START + "\n" + "\n".join(lines) + "\n" + END + after)


def shown(address: str) -> str:
    return SHOWN.get(address, address)


if "POSTROAD_WRITE_ACCESS" in os.environ:

    def test_write_the_table(story: Story):
        write({heading: knock(story, who, addresses()) for heading, who in KNOCKING.items()})


def test_every_address_has_its_row_and_every_row_its_address():
    assert set(written()) == {f"/{shown(address)}" for address in addresses()}


@pytest.mark.rule
@pytest.mark.parametrize("heading", KNOCKING)
def test_each_hears_what_the_table_says(story: Story, heading: str):
    """By day each knocks at one in three, as the lot falls: four or so at each; at night at all."""
    table = written()
    where = lots.some(addresses(), 3, apart=connection.vendor)
    reality = knock(story, KNOCKING[heading], where)
    assert reality == {address: table[f"/{shown(address)}"][heading] for address in where}


def test_a_clerk_of_two_libraries_chooses_his_desk(cast: Cast, client: Client):
    client.force_login(cast.allrounder)
    page = client.get("/staff/desk/")
    assert page.context["chosen"] == gates.Desk(
        cast.lenox, frozenset({Role.LENDING})
    )  # the first by town
    client.post("/staff/desk/", {"library": "pittsfield"})
    assert client.get("/staff/desk/").context["chosen"].library == cast.pittsfield


def test_work_at_another_desk_asks_to_change_desks_first(cast: Cast, client: Client):
    client.force_login(cast.allrounder)  # at Lenox, where he only lends
    assert client.get("/staff/lending/").status_code == 200
    sent = client.get("/staff/borrowing/?page=2")
    assert sent["Location"] == "/staff/desk/?next=/staff/borrowing/%3Fpage%3D2"
    back = client.post(
        "/staff/desk/", {"library": "pittsfield", "next": "/staff/borrowing/?page=2"}
    )
    assert back["Location"] == "/staff/borrowing/?page=2"
    assert client.get(back["Location"]).status_code == 200


def test_nobody_sits_down_at_a_desk_that_is_not_his(cast: Cast, client: Client):
    client.force_login(cast.lender)
    assert client.post("/staff/desk/", {"library": "lee"}).status_code == 404
    assert client.post("/staff/desk/", {"library": ""}).status_code == 404
    assert client.get("/staff/desk/").context["chosen"].library == cast.lenox


def test_choosing_a_desk_goes_back_to_our_own_pages_only(cast: Cast, client: Client):
    client.force_login(cast.allrounder)
    ours = client.post("/staff/desk/", {"library": "lenox", "next": "/staff/desk/?a=b"})
    assert ours["Location"] == "/staff/desk/?a=b"
    theirs = client.post("/staff/desk/", {"library": "lenox", "next": "https://elsewhere.test/"})
    assert theirs["Location"] == reverse("account-start")


def test_the_way_back_survives_the_sign_in_page(client: Client, db: None):
    assert client.get("/staff/desk/?a=b")["Location"] == (
        "/accounts/login/?next=/staff/desk/%3Fa%3Db"
    )


def test_a_form_sent_after_signing_out_has_no_way_back(client: Client, db: None):
    assert client.post("/staff/desk/", {})["Location"] == "/accounts/login/"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_is_sent_after_signing_out_is_said_to_be_lost_and_leads_back(
    client: Client, db: None, headers: dict[str, str]
):
    page = "/staff/lending/ship/"
    sent = {"Referer": f"http://testserver{page}?a=b", **headers}
    answer = client.post(page, {"scan": "30001000000017"}, headers=sent)
    way = answer.headers.get("HX-Redirect") or answer["Location"]
    assert way == "/accounts/login/?next=/staff/lending/ship/%3Fa%3Db"
    assert "was not recorded" in client.get(way).content.decode()


def test_what_is_sent_from_another_desk_is_said_to_be_lost(cast: Cast, client: Client):
    client.force_login(cast.allrounder)
    client.post("/staff/desk/", {"library": "lenox"})
    page = "/staff/borrowing/receive/"
    answer = client.post(page, {"scan": "1"}, headers={"Referer": f"http://testserver{page}"})
    assert answer["Location"] == f"/staff/desk/?next={page}"
    assert "was not recorded" in client.get(answer["Location"]).content.decode()


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client, db: None):
    answer = client.get("/staff/desk/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/accounts/login/"
