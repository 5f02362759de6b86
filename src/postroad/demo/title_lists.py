"""Two files of one title list: what an invented vendor says that it holds of the demo's journals.
The first is in effect, the second waits with lines that somebody has to correct."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from time import monotonic

from postroad.accounts.models import User
from postroad.demo.facts import TitleFact, title_facts
from postroad.econtent import arriving, reading, taking
from postroad.econtent.models import ListFile, Resource
from postroad.protocols.kbart import COLUMNS_2014

RESOURCE, PLATFORM = "saltmarsh-journals", "saltmarsh.example.com"
MOST = 24  # journals
PATIENCE = 5.0  # seconds
WRONG = (
    {"print_identifier": "1234-5678"},
    {"embargo_info": "12 months"},
    {"coverage_depth": "complete"},
)


def make(now: datetime) -> None:
    editor = User.objects.filter(username="editor").first()
    listed = [dict(line(each)) for each in journals()]
    first = read(listed[: MOST - 4], editor, now - timedelta(days=30))
    taking.take_effect(first, by=editor, now=first.sent_at)
    for each, wrong in zip(listed[-len(WRONG) :], WRONG, strict=True):
        each.update(wrong)
    read(listed[1:], editor, now - timedelta(hours=2))


def journals() -> list[TitleFact]:
    found = [each for each in title_facts() if each.issn]
    return sorted(found, key=lambda each: (-each.fame, each.control_number))[:MOST]


def line(title: TitleFact) -> Iterator[tuple[str, str]]:
    number = title.issn.replace("-", "")
    yield "publication_title", title.title
    yield "print_identifier", f"{number[:4]}-{number[4:]}"
    yield "date_first_issue_online", "1995"
    yield "title_url", f"https://{PLATFORM}/journal/{number}"
    yield "title_id", number
    yield "coverage_depth", "fulltext"
    yield "publication_type", "serial"
    yield "access_type", "P"


def read(listed: list[dict[str, str]], by: User | None, at: datetime) -> ListFile:
    """A file comes, and is read."""
    rows = [COLUMNS_2014, *([each.get(column, "") for column in COLUMNS_2014] for each in listed)]
    content = "\n".join("\t".join(row) for row in rows).encode()
    name = f"saltmarsh_journals_{at:%Y-%m-%d}.txt"
    resource = Resource.objects.get(slug=RESOURCE)
    file = arriving.receive([content], name, resource, PLATFORM, by=by, now=at)
    reading.go_on(file, monotonic() + PATIENCE)
    return ListFile.objects.get(pk=file.pk)
