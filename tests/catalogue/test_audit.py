"""`postroad audit`: what is wrong is found, told and mended, and what is right is left alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from postroad.catalogue import audit, decisions, search
from postroad.catalogue.audit import What
from postroad.catalogue.engines import tantivy as engine
from postroad.catalogue.models import (
    Audited,
    Contribution,
    Decision,
    Identifier,
    Item,
    Record,
    Unindexed,
)
from postroad.catalogue.search import Query
from tests.cast import Cast
from tests.catalogue.records import item, load, record

pytestmark = pytest.mark.django_db
ISBN = ("020", {"a": "0141439513"})


@pytest.fixture
def catalog(cast: Cast) -> list[Record]:
    """Pride and prejudice of two libraries, two other novels, and one that moved to another."""
    load(cast.lee, record("b1", ISBN, item("31")), record("b2", item("32"), title="Emma"))
    load(
        cast.lenox, record("x1", ISBN, item("41")), record("x2", item("42"), title="Emma Woodhouse")
    )
    load(cast.lenox, record("x3", item("43"), title="Persuasion"))
    moved = Record.objects.get(title="Emma Woodhouse")
    decisions.join(moved, Record.objects.get(title="Emma"), None, timezone.now(), "")
    search.refresh()
    return list(Record.objects.order_by("pk"))


def found(*, mend: bool = False) -> dict[What, int]:
    return {**audit.whole(now=timezone.now(), mend=mend).wrong}


def test_a_catalog_that_only_the_verbs_have_written_is_right(catalog, capsys, cast: Cast):
    emma = Record.objects.get(title="Emma")
    off = emma.contributions.get(library=cast.lenox)
    decisions.split(emma, {off.pk}, None, timezone.now(), "")
    load(cast.lee, record("b2", status="d", title="Emma"))
    call_command("audit")
    said = capsys.readouterr().out
    assert "5 records compared\n  nothing is wrong" in said


def not_written(records: list[Record]) -> None:
    with engine.lock():
        engine.write([], gone=[records[0].pk])


def of_nobody(records: list[Record]) -> None:
    entry = next(search.entries([records[0].pk]))
    with engine.lock():
        engine.write([engine.Entry(**{**fields(entry), "record": 4711})])


def of_one_that_moved(records: list[Record]) -> None:
    moved = Record.objects.exclude(moved_to=None).get()
    with engine.lock():
        engine.write(search.entries([moved.pk]))


def written_twice(records: list[Record]) -> None:
    index = engine.opened(engine.current())
    writer = index.writer(engine.HEAP, 1)
    writer.add_document(engine.document(next(search.entries([records[0].pk])), index.schema))
    writer.commit()


def of_other_owners(records: list[Record]) -> None:
    entry = next(search.entries([records[0].pk]))
    with engine.lock():
        engine.write([engine.Entry(**{**fields(entry), "libraries": ("lee", "providence")})])


def of_other_shelves(records: list[Record]) -> None:
    entry = next(search.entries([records[0].pk]))
    with engine.lock():
        engine.write([engine.Entry(**{**fields(entry), "shelves": ("lee",)})])


def of_another_year(records: list[Record]) -> None:
    entry = next(search.entries([records[0].pk]))
    with engine.lock():
        engine.write([engine.Entry(**{**fields(entry), "year": 1999})])


def fields(entry: engine.Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in engine.Entry.__dataclass_fields__}


def another_title(records: list[Record]) -> None:
    Record.objects.filter(pk=records[1].pk).update(publisher="Nobody")


def a_number_is_lost(records: list[Record]) -> None:
    Identifier.objects.filter(record=records[0]).delete()


def a_copy_is_elsewhere(records: list[Record]) -> None:
    Item.objects.filter(barcode="43").update(record=records[0])
    follow(records)


def left_behind(records: list[Record]) -> None:
    moved = Record.objects.exclude(moved_to=None).get()
    Item.objects.filter(barcode="42").update(record=moved)
    follow(records)


def in_a_circle(records: list[Record]) -> None:
    moved = Record.objects.exclude(moved_to=None).get()
    assert moved.moved_to
    Record.objects.filter(pk=moved.moved_to.pk).update(moved_to=moved)
    follow(records)


def apart_and_yet_one(records: list[Record]) -> None:
    one, other = Contribution.objects.filter(record=records[0]).order_by("pk")
    Decision.objects.create(
        kind=Decision.Kind.APART,
        library=one.library,
        control_number=one.control_number,
        other_library=other.library,
        other_control_number=other.control_number,
        at=timezone.now(),
    )


def together_and_yet_two(records: list[Record]) -> None:
    apart_and_yet_one(records)
    other = Contribution.objects.get(control_number="x3")
    Decision.objects.filter(kind=Decision.Kind.APART).update(
        kind=Decision.Kind.TOGETHER,
        other_library=other.library,
        other_control_number=other.control_number,
    )


def follow(records: list[Record]) -> None:
    """The index is as the database is, wrong or not."""
    Unindexed.objects.note(record.pk for record in records)
    search.refresh()


@pytest.mark.parametrize(
    ("breaks", "wrong"),
    [
        (not_written, {What.MISSING: 1}),
        (of_nobody, {What.LEFT: 1}),
        (of_one_that_moved, {What.LEFT: 1}),
        (written_twice, {What.TWICE: 1}),
        (of_other_owners, {What.OWNERS: 1}),
        (of_other_shelves, {What.LENDABLE: 1}),
        (of_another_year, {What.ENTRY: 1}),
        (another_title, {What.DESCRIPTION: 1}),
        (a_number_is_lost, {What.DESCRIPTION: 1}),
        (a_copy_is_elsewhere, {What.COPY: 1}),
        (left_behind, {What.MOVED: 1}),
        (in_a_circle, {What.CIRCLE: 2}),
        (apart_and_yet_one, {What.DECISION: 1}),
        (together_and_yet_two, {What.DECISION: 1}),
    ],
)
def test_what_is_wrong_is_told_and_mended(
    catalog: list[Record], capsys, breaks: Callable[[list[Record]], None], wrong: dict[What, int]
):
    breaks(catalog)
    assert found() == wrong
    with pytest.raises(CommandError, match="wrong; --mend puts them right"):
        call_command("audit")
    call_command("audit", "--mend")
    assert f"{wrong.popitem()[1]} mended" in capsys.readouterr().out
    search.refresh()
    assert found() == {}
    assert search.find(Query(words="prejudice")).total >= 1


def test_what_the_index_has_yet_to_follow_is_not_wrong(catalog: list[Record], cast: Cast):
    Item.objects.filter(barcode="31").update(status="withdrawn")
    assert found() == {}  # the database has noted it
    Unindexed.objects.all().delete()
    assert found() == {What.OWNERS: 1, What.LENDABLE: 1}
    Unindexed.objects.note([catalog[0].pk])
    assert found() == {}


def test_a_sample_is_looked_at_each_night_and_told_only_when_wrong(catalog: list[Record]):
    assert audit.by_night(timezone.now()) > 0
    assert Audited.objects.get().wrong == {}
    not_written(catalog)
    audit.by_night(timezone.now())
    told = Audited.objects.get()
    assert told.wrong == {"missing": 1}
    assert told.first == {"missing": [catalog[0].pk]}


def test_an_empty_catalog_is_right():
    search.refresh()
    assert found() == {}
    assert audit.by_night(timezone.now()) == 0
