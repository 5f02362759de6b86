"""A library whose system is harvested: invented rows, since nobody is asked over the network."""

from datetime import datetime, timedelta

from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.catalogue.models import Item
from postroad.demo.people import LENDER
from postroad.directory.models import Connection, Library

ADDRESS = "https://koha.example/cgi-bin/koha/oai.pl"  # a name that exists nowhere
DAY = timedelta(days=1)
BEGUN = timedelta(hours=5)
TAKES = timedelta(minutes=6)
TRIED = 30  # days ago
CHANGED = ((212, 3, 9, 4), (187, 0, 6, 2), (340, 5, 11, 0))  # of the last nights: see `report`
SHOWN = 5


def make(now: datetime) -> None:
    """The connection of the lender, what was found when it was tried, and its last nights."""
    library = Library.objects.get(code=LENDER)
    connection = Connection.objects.create(
        library=library,
        address=ADDRESS,
        options={"prefix": "marcxml"},
        active=True,
        changed_at=now - TRIED * DAY,
        changed_by="Carl Channing",
    )
    last = now - BEGUN
    harvest = Harvest.objects.create(
        connection=connection,
        due_at=last + DAY,
        newest=last - TAKES,
        moved_at=last,
        checkup=checkup(library),
        checked_at=now - TRIED * DAY,
    )
    for ago, numbers in enumerate(CHANGED):
        begun = last - ago * DAY
        HarvestRun.objects.create(
            harvest=harvest,
            state=HarvestRun.State.DONE,
            begun_at=begun,
            ended_at=begun + TAKES,
            since=begun - DAY,
            pages=sum(numbers) // 50 + 1,
            read=sum(numbers),
            report=report(*numbers),
        )


def report(unchanged: int, new: int, changed: int, gone: int) -> dict[str, object]:
    return {
        "read": unchanged + new + changed + gone,
        "unchanged": unchanged,
        "new": new,
        "changed": changed,
        "deleted": gone,
        "copies_new": new,
        "copies_withdrawn": gone,
    }


def checkup(library: Library) -> dict[str, object]:
    """As the doctor would have found it."""
    copies = Item.objects.filter(library=library).select_related("record").order_by("pk")[:SHOWN]
    return {
        "source": library.name,
        "system": "koha",
        "formats": ["marcxml", "oai_dc"],
        "sets": [],
        "findings": [
            ["well", "ok", {}],
            ["statuses-unknown", "warn", {"words": "Being mended"}],
        ],
        "sample": [
            {
                "number": copy.control_number,
                "title": copy.record.title,
                "copies": [[copy.barcode, copy.call_number, copy.location, "in", ""]],
                "more": 0,
            }
            for copy in copies
        ],
    }
