"""One made-up notice of each kind, for the page that shows what people are sent."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from postroad.cases.lifecycle import Ending
from postroad.ill.intake import Concern
from postroad.ill.lifecycle import Condition, Fault
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import ChargeKind
from postroad.notices import lost_links, mailbox, staff_notices, talk, updates, words
from postroad.notices.between import QuestionFacts
from postroad.notices.charges import ChargeFacts
from postroad.notices.copies import CodeFacts, MissingFacts
from postroad.notices.dead_links import DeadFacts
from postroad.notices.delivered import CopyFacts
from postroad.notices.harvests import HarvestFacts
from postroad.notices.layout import Words
from postroad.notices.models import FOR_STAFF, OF_CASES, OF_UPDATES, Kind
from postroad.notices.resources import ResourceFacts
from postroad.notices.van import DelayFacts, LaterFacts
from postroad.notices.words import CaseFacts, Entry, Facts, Quote
from postroad.words.cases import ENDINGS
from postroad.words.document_delivery import FAULTS
from postroad.words.ill import NO_RENEWAL, conditions
from postroad.words.intake import CONCERNS
from postroad.words.questions import ANSWERS, ASKS, CHARGES, KINDS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

WALDEN = Facts(
    ref="4K7Q2M9A",
    title="Walden; or, Life in the woods",
    author="Thoreau, Henry David",
    library="Lee Library",
    place="Lenox",
    day=date(2026, 12, 3),
)

WAITS = replace(
    WALDEN,
    ref="",
    title="",
    author="",
    waiting=3,
    lines=("2 requests to answer", "1 item to send home"),
    titles=("Walden", "Cape Cod"),
)

PAGES = replace(
    WAITS,
    waiting=2,
    lines=("When a book is late (1 December 2026)", "How do I return something? (3 December 2026)"),
)

HARVEST = HarvestFacts(
    library="Lee Library", why="Nobody answered at koha.example.", day=date(2026, 12, 3), copies=412
)

ENDS = ResourceFacts(
    resources=2,
    lines=("Harbor Newspapers", "Quill General File"),
    payer="Fund for Statewide Reading",
    day="30 June 2027",
)

OF_A_DESK = frozenset({Kind.MORNING, Kind.NEWLY_ASKED, Kind.STATUS_ASKED})
REASONS: Mapping[Kind, str | Promise] = {
    Kind.NEW_DUE_DAY: "burst pipe",
    Kind.HELD_LONGER: "burst pipe",
    Kind.CANNOT_SUPPLY: "The only copy is too fragile to lend.",
    Kind.NOT_RENEWED: NO_RENEWAL["others-wait"],
    Kind.OFFERED: conditions([Condition.LIBRARY_USE, Condition.COST], "12.50 USD"),
    Kind.UNREACHED: str(Kind.ARRIVED.label),
    Kind.QUESTION: "Is the edition of 1854 the only one that will do?",
    Kind.NEEDS_REVIEW: CONCERNS[Concern.DUPLICATE],
}

CASE = CaseFacts(
    case="7QX2 M4KD",
    what="return to confirm",
    asker="Walt Whitman",
    answerer="ILL center",
    subject="Does the library in Otis take back a book?",
    said=Quote("Yes, it does. Send it by the van."),
    ending=ENDINGS[Ending.ANSWERED],
    day=date(2026, 12, 3),
)

LEND = mailbox.AskedToLend(
    ref=WALDEN.ref,
    title=WALDEN.title,
    author=WALDEN.author,
    lender="Otis School Library",
    library=WALDEN.library,
    place="Lee",
    shelf="818 THO, stacks",
    need_by=date(2026, 12, 18),
    day=date(2026, 12, 3),
    address="library@otis.example",
)

ASKED = QuestionFacts(
    ref=WALDEN.ref,
    title=WALDEN.title,
    kind=str(KINDS[QuestionKind.DAMAGED]),
    asks=str(ASKS[QuestionKind.DAMAGED]),
    asker="Lee Library",
    said=Quote("Pages 12 to 20 are wet."),
    day=date(2026, 12, 3),
)
ANSWERED = replace(ASKED, asks="", day=None, answer=str(ANSWERS[Answer.ACCEPT]), said="")

WROTE = talk.Written(
    ref=WALDEN.ref,
    title=WALDEN.title,
    sender=WALDEN.library,
    said=Quote("The only copy near us is in large print. Would that do?"),
)

COPY = CopyFacts(
    ref=WALDEN.ref,
    title="Birds of October Mountain",
    library=WALDEN.library,
    lender="Lenox Library",
    day=date(2026, 12, 23),
    views=5,
)

# What is about no request and no desk has facts of its own.
OTHERS: Mapping[Kind, "DataclassInstance"] = {
    Kind.STAFF_NOTICE: staff_notices.Said(
        heading="No van in the Berkshires on Friday",
        library="Lee Library",
        office="delivery office",
        said=Quote("Ice on the roads.\nWhat is ready on Friday goes on Monday."),
    ),
    Kind.DESK_QUESTION: ASKED,
    Kind.DESK_ANSWER: ANSWERED,
    Kind.LOAN_ANSWER: ANSWERED,
    Kind.CHARGED: ChargeFacts(
        ref=WALDEN.ref,
        title=WALDEN.title,
        lender="Lenox Library",
        amount="24.00 USD",
        what=str(CHARGES[ChargeKind.REPLACEMENT]),
    ),
    Kind.CONFIRM_UPDATES: updates.AskedFor(
        house="Old Post Road Library Consortium",
        frequency="once a week",
        topics=("News", "Delays on West 2"),
    ),
    Kind.UPDATES_LINK: lost_links.Link(
        house="Old Post Road Library Consortium",
        frequency="once a week",
        topics=("News", "Delays on West 2"),
    ),
    Kind.UPDATE: updates.News(
        heading="No delivery on Thanksgiving",
        topics="News",
        summary="The van rests on Thursday and is back on Friday.",
    ),
    Kind.UPDATES: updates.News(
        heading="No delivery on Thanksgiving",
        topics="News, Lee Library",
        entries=(
            Entry("No delivery on Thanksgiving", "/news/thanksgiving/"),
            Entry("Lee Library, Lee: closed on Friday 27 November", "/libraries/LEE"),
        ),
        count=2,
    ),
    **dict.fromkeys(OF_CASES, CASE),
    Kind.ASKED_TO_LEND: replace(
        LEND,
        entries=(
            Entry("Yes, we will send it", "/lend/signed/yes/"),
            Entry("No, we cannot send it", "/lend/signed/no/"),
        ),
    ),
    Kind.LENDER_UNREACHED: LEND,
    Kind.COPY_READY: COPY,
    Kind.COPY_TAKEN_BACK: COPY,
    Kind.COPY_REJECTED: replace(COPY, fault=str(FAULTS[Fault.PAGES_MISSING]), said=Quote("p. 45")),
    Kind.COPY_CODE: CodeFacts(code="7QX2 M4KD"),
    Kind.COPIES_MISSING: MissingFacts(copies=2, lines=("4K7Q 2M9A, Lenox Library",)),
    Kind.LINKS_DEAD: DeadFacts(links=2, lines=("Boats Online: boats.example/ferries",)),
    Kind.HARVEST_FAILED: HARVEST,
    Kind.HARVEST_ASKS: HARVEST,
    **dict.fromkeys((Kind.FUNDING_ENDS, Kind.FUNDING_STAYS, Kind.RESOURCE_ENDS), ENDS),
    Kind.COMES_LATER: LaterFacts(
        title=WALDEN.title,
        place="Lee Library",
        was=date(2026, 12, 2),
        day=date(2026, 12, 3),
        why="snow",
    ),
    Kind.VAN_DELAY: DelayFacts("moved", "snow", date(2026, 12, 2), new_day=date(2026, 12, 3)),
    Kind.VAN_AGAIN: DelayFacts("held", "new roof", date(2026, 12, 2), over=True),
    Kind.MESSAGE: WROTE,
    Kind.MESSAGE_TO_STAFF: replace(WROTE, said=""),
}
SAMPLES: Mapping[Kind, "DataclassInstance"] = {
    kind: OTHERS.get(kind)
    or replace(
        PAGES if kind is Kind.REVIEW_DUE else WAITS if kind in OF_A_DESK else WALDEN,
        why=REASONS.get(kind, ""),
    )
    for kind in Kind
}


LINKS: Mapping[Kind, str] = {
    Kind.STATUS_ASKED: "/say/signed",
    Kind.ASKED_TO_LEND: "/lend/signed/",
    Kind.COPY_CODE: "/copies/signed/",
    Kind.COPY_READY: "/copies/signed/",
    Kind.COPIES_MISSING: "/office/operations/",
    Kind.LINKS_DEAD: "/office/e-resources/lists/",
    **dict.fromkeys(
        (Kind.FUNDING_ENDS, Kind.FUNDING_STAYS, Kind.RESOURCE_ENDS), "/libraries/lee/e-resources"
    ),
}


def written(kind: Kind) -> Words:
    """The sample, as it would be sent."""
    return words.write(kind, SAMPLES[kind], link(kind))


def link(kind: Kind) -> str:
    """A page of a house that is nowhere."""
    if path := LINKS.get(kind):
        return f"https://postroad.example{path}"
    if kind == Kind.LENDER_UNREACHED:
        return f"https://postroad.example/office/centre/{WALDEN.ref}/"
    if kind in {Kind.HARVEST_FAILED, Kind.HARVEST_ASKS}:
        return "https://postroad.example/office/libraries/lee/harvest/"
    if kind in OF_UPDATES:
        return "https://postroad.example/updates"
    if kind in OF_CASES:
        page = "office/cases" if kind in FOR_STAFF else "case"
        return f"https://postroad.example/{page}/{CASE.case.replace(' ', '')}/"
    if kind in {*OF_A_DESK, Kind.STAFF_NOTICE, Kind.VAN_DELAY, Kind.VAN_AGAIN}:
        return "https://postroad.example/staff/"
    if kind is Kind.REVIEW_DUE:
        return "https://postroad.example/cms/upkeep/"
    whose = "staff" if kind in FOR_STAFF else "patron"
    return f"https://postroad.example/{whose}/requests/{WALDEN.ref}/"
