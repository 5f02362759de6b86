"""A union record is what its contributions say together, whatever has come and gone."""

import random
from io import BytesIO

import pymarc
import pytest
from django.urls import reverse

from postroad.catalogue import description, loading, search, union
from postroad.catalogue.description import TEXTS, describe
from postroad.catalogue.models import Contribution, Identifier, RawRecord, Record, Unindexed
from postroad.catalogue.query import Query
from postroad.directory.models import Library
from tests.cast import Cast
from tests.catalogue.records import file_of, item, load, record

ISBN = ("020", {"a": "0141439513"})
BOOKS = ["Emma", "Persuasion", "Sanditon"]


def row(one: Record) -> list[object]:
    numbers = Identifier.objects.filter(record=one).values_list("kind", "value", "raw")
    return [*(getattr(one, name) for name in TEXTS), sorted(numbers)]


def together(one: Record) -> list[object]:
    """What the live contributions of the record say, put together from what is kept of them."""
    kept = one.contributions.filter(state="live").order_by("pk").values_list("facts", flat=True)
    whole = describe(description.read(description.unpacked(bytes(facts or b""))) for facts in kept)
    texts = [getattr(whole, name) for name in TEXTS]
    numbers = sorted((number.kind, number.value, number.raw) for number in whole.numbers)
    return [*(list(text) if isinstance(text, tuple) else text for text in texts), numbers]


def anything(dice: random.Random) -> list[pymarc.Record]:
    """What a library might send one night: some of its books, corrected, deleted, renumbered."""
    made = []
    for control in dice.sample(["b1", "b2", "b3", "b4"], k=dice.randint(1, 4)):
        title = dice.choice(BOOKS)
        isbn = dice.choice(["0141439513", "9780141439518 (pbk.)", "0140430105", ""])
        fields = [("020", {"a": isbn})] if isbn else []
        if dice.random() < 0.5:
            fields.append(("250", {"a": dice.choice(["1st ed.", "2nd ed."])}))
        if dice.random() < 0.5:
            fields.append(("650", {"a": dice.choice(["Sisters", "Bath (England)"])}))
        made.append(
            record(
                control,
                *fields,
                item(f"{control}{dice.randint(1, 3)}"),
                title=title,
                year=dice.choice(["1816", "    "]),
                status=dice.choice("nnncd"),
            )
        )
    return made


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(n, marks=pytest.mark.nightly) for n in range(3, 40))]
)
def test_whatever_came_the_record_is_what_its_contributions_say(cast: Cast, seed: int):
    dice = random.Random(seed)
    shared = 0
    for _ in range(15):
        library = dice.choice([cast.lee, cast.lenox, cast.pittsfield])
        loading.load(file_of(*anything(dice)), library, refresh=False)
        live = Contribution.objects.filter(state="live")
        held = Record.objects.filter(pk__in=live.values("record"))
        assert [row(one) for one in held] == [together(one) for one in held]
        shared += sum(one.contributions.filter(state="live").count() > 1 for one in held)
    assert shared
    assert union.describe_anew(Record.objects.values_list("pk", flat=True)) == 0


def test_a_record_that_somebody_spoiled_is_made_anew(cast: Cast):
    load(cast.lee, record("b1", ISBN))
    load(cast.lenox, record("x1", ISBN, ("650", {"a": "Sisters"})))
    one = Record.objects.get()
    before = row(one)
    Record.objects.update(title="Spoiled", subjects=[])
    Identifier.objects.all().delete()
    assert union.describe_anew([one.pk]) == 1
    one.refresh_from_db()
    assert row(one) == before
    assert Unindexed.objects.get().record_id == one.pk


def test_what_the_first_corrects_and_what_it_says_no_more_is_seen(cast: Cast):
    load(cast.lee, record("b1", ISBN, ("300", {"a": "3 v."}), ("020", {"a": "0140430105"})))
    load(cast.lenox, record("x1", ISBN, ("300", {"a": "3 vols."})))
    load(cast.lee, record("b1", ISBN))
    only = Record.objects.get()
    assert only.extent == "3 vols"  # the first says nothing of it now, so the next one counts
    assert list(only.identifiers.values_list("value", flat=True)) == ["9780141439518"]


def test_a_deleted_record_takes_away_what_its_library_said(cast: Cast):
    load(cast.lee, record("b1", ISBN, ("650", {"a": "Sisters"}), item("31")))
    load(cast.lenox, record("x1", ISBN, ("250", {"a": "2nd ed."}), item("41")))
    report = load(cast.lee, record("b1", status="d"))
    assert (report.written.deleted, report.written.copies_withdrawn) == (1, 1)
    only = Record.objects.get()
    assert (only.subjects, only.edition) == ([], "2nd ed.")
    assert load(cast.lee, record("b1", status="d")).written.deleted == 0  # that is known
    load(cast.lenox, record("x1", status="d"))
    assert Record.objects.get().edition == "2nd ed."  # nobody has it; requests may point at it
    load(cast.lee, record("b1", ISBN, ("650", {"a": "Sisters"}), item("31")))
    only = Record.objects.get()
    assert (only.subjects, only.edition) == (["Sisters"], "")
    assert sorted(Contribution.objects.values_list("state", flat=True)) == ["gone", "live"]


def test_a_library_that_leaves_a_record_takes_its_words_along(cast: Cast):
    load(cast.lee, record("b1", ISBN, ("650", {"a": "Sisters"})))
    load(cast.lenox, record("x1", ISBN))
    load(cast.lee, record("b1", title="Persuasion", year="1818"))
    assert Record.objects.get(title="Pride and prejudice").subjects == []


def test_who_moves_to_a_record_stands_where_its_age_puts_it(cast: Cast):
    load(cast.lee, record("b1", title="Emma"), record("b2", title="Sanditon"))
    load(cast.lenox, record("x1", ISBN, ("300", {"a": "3 vols."})))
    load(cast.pittsfield, record("p1", title="Emma"))
    load(cast.lee, record("b1", ISBN, ("300", {"a": "3 v."})))
    shared = Record.objects.get(title="Pride and prejudice")
    assert shared.extent == "3 v."
    assert row(shared) == together(shared)


def test_what_was_loaded_before_facts_were_kept_is_not_lost(cast: Cast):
    load(cast.lee, record("b1", ISBN, ("650", {"a": "Sisters"})))
    load(cast.lenox, record("x1", ISBN, ("250", {"a": "2nd ed."})))
    RawRecord.objects.all().delete()
    Contribution.objects.update(facts=None, digest=None)  # as an older version left them
    before = row(Record.objects.get())
    assert union.describe_anew(Record.objects.values_list("pk", flat=True)) == 0
    report = load(cast.lenox, record("x1", ISBN))
    assert (report.written.unchanged, row(Record.objects.get())) == (1, before)
    assert load(cast.lee, record("b1", ISBN)).written.changed == 1
    only = Record.objects.get()
    assert (only.subjects, only.edition) == ([], "")
    assert row(only) == together(only)


def test_the_bytes_are_kept_as_they_came(cast: Cast):
    plain = record("b1", ISBN, title="Émile").as_marc()
    wrong = b"99999" + record("b2", title="Emma").as_marc()[5:]
    xml = (
        '<collection xmlns="http://www.loc.gov/MARC21/slim"><record>'
        "<leader>00000nam a2200000 a 4500</leader><controlfield tag='001'>x1</controlfield>"
        "<datafield tag='245' ind1='0' ind2='0'><subfield code='a'>Été</subfield></datafield>"
        "</record>\n</collection>"
    )
    loading.load(BytesIO(plain + b"\n" + wrong), cast.lee)
    loading.load(BytesIO(xml.encode()), cast.lenox)
    assert kept(cast.lee) == {"b1": plain, "b2": wrong}
    again = loading.load(BytesIO(kept(cast.lenox)["x1"]), cast.lenox)
    assert again.written.unchanged == 1


def kept(library: Library) -> dict[str, bytes]:
    rows = RawRecord.objects.filter(contribution__library=library)
    return {
        each.contribution.control_number: description.unpacked(bytes(each.bytes))
        for each in rows.select_related("contribution")
    }


@pytest.mark.parametrize("batch", [1, 200])
def test_of_a_record_in_parts_all_bytes_are_kept(cast: Cast, monkeypatch, batch: int):
    monkeypatch.setattr(loading, "BATCH", batch)
    parts = [record("b1", item("31")), record("b1", item("32"))]
    for _ in range(2):
        load(cast.lee, *parts)
        assert kept(cast.lee) == {"b1": b"".join(part.as_marc() for part in parts)}
    load(cast.lee, parts[1])
    assert kept(cast.lee) == {"b1": parts[1].as_marc()}


def test_a_joined_record_leads_on_and_is_not_found(cast: Cast, client):
    load(cast.lee, record("b1", title="Emma", author=""), record("b2", title="Emma", year="1900"))
    old, kept = Record.objects.order_by("pk")
    Record.objects.filter(pk=old.pk).update(moved_to=kept)
    Unindexed.objects.note([old.pk])
    search.refresh()
    assert [hit.pk for hit in search.find(Query("emma")).hits] == [kept.pk]
    search.rebuild()
    assert [hit.pk for hit in search.find(Query("emma")).hits] == [kept.pk]
    response = client.get(reverse("record", args=[old.pk]))
    assert response.headers["Location"].endswith(reverse("record", args=[kept.pk]))
