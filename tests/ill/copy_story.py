"""A copy in the making, for tests that start in the middle."""

from typing import Any

from postroad.accounts.models import User
from postroad.catalogue.models import Record
from postroad.directory.models import Library
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.models import Request
from postroad.ill.wanted import Wanted
from tests.cast import Cast
from tests.catalogue.records import load
from tests.catalogue.test_serial_rows import journal
from tests.ill.story import MONDAY, Story

ARTICLE = {
    Field.TITLE: "Birds of October Mountain",
    Field.CONTAINER: "Berkshire naturalist",
    Field.NUMBER: "0028-0836",
    Field.YEAR: "1987",
    Field.VOLUME: "12",
    Field.ISSUE: "3",
    Field.PAGES: "41-49",
}


def article(**said: str) -> Citation:
    """One of 1987; what is said stands instead."""
    more = {Field(name): text for name, text in said.items()}
    return Citation(Material.ARTICLE, {**ARTICLE, **more})


def shelve(library: Library, *statements: str, control: str = "j1") -> Record:
    """A journal that a library has, as it says."""
    load(library, journal(control, *statements))
    return Record.objects.get(contributions__library=library, format="serial")


def ask(
    cast: Cast,
    record: Record | None,
    citation: Citation | None = None,
    *,
    patron: User | None = None,
    library: Library | None = None,
    **more: Any,
) -> Request:
    """Ada asks for a copy."""
    patron = patron or cast.ada
    wanted = Wanted(patron, library or cast.lee, record, citation or article(), **more)
    return asking.ask_blank(wanted, Act(patron, MONDAY))


def begin(cast: Cast, record: Record | None, **more: Any) -> Story:
    """A copy that a lender has in hand, or the center."""
    ill = ask(cast, record, **more)
    assert record is None or ill.record_id == record.pk
    story = Story(cast, record or Record(), ill)
    story.listen()
    return story
