"""What a library says of its volumes is kept with its record, and goes where that goes."""

from datetime import UTC, date, datetime
from io import BytesIO

import pymarc
import pytest

from postroad.catalogue import decisions, loading, serial_rows
from postroad.catalogue.models import Item, ItemStatus, Record, Serial
from postroad.catalogue.serials import Answer, Asked
from tests.cast import Cast
from tests.catalogue.records import field, file_of, item, load, record
from tests.catalogue.test_rereading import read_on

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TWELVE = Asked(1987, 12)
HAS, NOT, UNKNOWN = Answer.HAS, Answer.NOT, Answer.UNKNOWN


def journal(
    control: str,
    *statements: str,
    title: str = "Berkshire naturalist",
    status: str = "n",
    **more: str,
) -> pymarc.Record:
    """A serial, with what its library has of it."""
    texts = [("866", {"8": "0", "a": each}) for each in statements]
    issn = ("022", {"a": more.get("issn", "0028-0836")})
    items = [
        item(f"{control}-{n}", h=each)
        for n, each in enumerate(more.get("volumes", "").split("|"))
        if each
    ]
    return record(
        control,
        issn,
        *texts,
        *items,
        title=title,
        author="",
        year="1976",
        leader="as",
        status=status,
    )


def holdings(control: str, of: str, *statements: str, status: str = "n") -> pymarc.Record:
    """A holdings record (MFHD)."""
    made = pymarc.Record(force_utf8=True)
    made.leader = pymarc.Leader(f"00000{status}y  a2200000un 4500")
    made.add_field(pymarc.Field("001", data=control))
    if of:
        made.add_field(pymarc.Field("004", data=of))
    made.add_field(*(field("866", {"8": "0", "a": each}) for each in statements))
    return made


def answers(asked: Asked = TWELVE) -> dict[int, Answer]:
    [one] = Record.objects.filter(moved_to=None, contributions__isnull=False).distinct()
    return serial_rows.who_has(one.pk, asked, TODAY)


def test_each_library_answers_for_itself_in_one_statement(cast: Cast, django_assert_num_queries):
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))
    load(cast.lenox, journal("x1", "v.1(1976)-v.10(1985), v.13(1988)-"))
    load(cast.pittsfield, journal("p1", "some volumes"))
    [one] = Record.objects.all()
    with django_assert_num_queries(1):
        found = serial_rows.who_has(one.pk, TWELVE, TODAY)
    assert found == {cast.lee.pk: HAS, cast.lenox.pk: NOT, cast.pittsfield.pk: UNKNOWN}
    assert serial_rows.answers_of(serial_rows.of_record(one.pk), TWELVE, TODAY) == found


def test_who_has_copies_and_says_nothing_is_not_known(cast: Cast):
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))
    load(
        cast.lenox,
        record(
            "x1",
            ("022", {"a": "0028-0836"}),
            item("x9"),
            title="Berkshire naturalist",
            author="",
            year="1976",
            leader="as",
        ),
    )
    [one] = Record.objects.all()
    loading.stock([loading.NewCopy(one.pk, cast.pittsfield.pk, "77", "", "", ItemStatus.IN)])
    found = serial_rows.who_has(one.pk, TWELVE, TODAY)
    assert found == {cast.lee.pk: HAS, cast.lenox.pk: UNKNOWN, cast.pittsfield.pk: UNKNOWN}


def test_the_years_are_kept_beside_the_text(cast: Cast):
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)", "Index: v.1-20"))
    [row] = Serial.objects.all()
    assert (row.first_year, row.last_year) == (1976, 1995)
    assert [each["text"] for each in row.statements] == ["v.1(1976)-v.20(1995)", "Index: v.1-20"]


def test_loading_again_changes_it_and_loading_the_same_writes_nothing(
    cast: Cast, django_assert_max_num_queries
):
    load(cast.lee, journal("b1", "v.1(1976)-v.10(1985)"))
    before = Serial.objects.get().pk
    load(cast.lee, journal("b1", "v.1(1976)-v.10(1985)"))
    assert Serial.objects.get().pk == before
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))
    assert answers() == {cast.lee.pk: HAS}
    load(cast.lee, journal("b1"))
    assert answers() == {cast.lee.pk: UNKNOWN}
    assert not Serial.objects.exists()


def test_deletion_takes_it_away_and_it_comes_back_with_the_record(cast: Cast):
    load(cast.lenox, journal("x1", "v.1(1976)-"))
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)", status="d"))
    assert answers() == {cast.lenox.pk: HAS}
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))
    assert answers() == {cast.lenox.pk: HAS, cast.lee.pk: HAS}


def test_it_follows_when_records_are_joined_and_split(cast: Cast):
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))
    load(
        cast.lenox,
        journal("x1", "v.1-5", title="Berkshires, a naturalist's paper", issn="1476-4687"),
    )
    one, other = Record.objects.order_by("pk")
    decisions.join(other, one, None, NOW, "")
    assert serial_rows.who_has(one.pk, TWELVE, TODAY) == {cast.lee.pk: HAS, cast.lenox.pk: NOT}
    assert serial_rows.who_has(other.pk, TWELVE, TODAY) == {}
    lenox = one.contributions.get(library=cast.lenox)
    split = decisions.split(one, {lenox.pk}, None, NOW, "")
    assert serial_rows.who_has(split.pk, TWELVE, TODAY) == {cast.lenox.pk: NOT}
    assert serial_rows.who_has(one.pk, TWELVE, TODAY) == {cast.lee.pk: HAS}


@pytest.mark.parametrize("first", [True, False])
def test_a_holdings_record_belongs_to_its_record_whichever_comes_first(cast: Cast, first: bool):
    mfhd, bib = holdings("h1", "b1", "v.1(1976)-v.20(1995)"), journal("b1")
    report = load(cast.lee, *([mfhd, bib] if first else [bib, mfhd]))
    assert report.holdings_records == 1
    assert answers() == {cast.lee.pk: HAS}


def test_holdings_records_come_in_a_file_of_their_own_and_change_alone(cast: Cast):
    load(cast.lee, holdings("h1", "b1", "v.1-5"), holdings("h2", "b1", "v.6(1981)-v.15(1990)"))
    assert Serial.objects.filter(contribution=None).count() == 2
    load(cast.lee, journal("b1"))
    assert answers() == {cast.lee.pk: HAS}
    load(cast.lee, journal("b1"))  # without them: nothing is said of them
    assert answers() == {cast.lee.pk: HAS}
    load(cast.lee, holdings("h2", "b1", "v.6(1981)-v.11(1986)"))
    assert answers() == {cast.lee.pk: NOT}
    load(cast.lee, holdings("h2", "b9", "v.12(1987)"))  # given to another record
    assert answers(Asked(None, 7)) == {cast.lee.pk: NOT}
    load(cast.lee, holdings("h1", "b1", status="d"))
    assert answers() == {cast.lee.pk: UNKNOWN}


def test_holdings_records_that_bear_the_number_of_the_record_before_belong_to_it(cast: Cast):
    """As Symphony writes them: no field 004, and one number for several."""
    load(
        cast.lee,
        journal("b1"),
        holdings("b1", "", "v.1(1976)-v.10(1985)"),
        holdings("b1", "", "v.11(1986)-v.20(1995)", "lacks v.12"),
        holdings("b1", "", "v.30(2005)-"),
        journal("b2", title="Taconic review", issn="1476-4687"),
        holdings("b1", "", "v.12"),  # stands behind another record
    )
    one = Record.objects.get(title="Berkshire naturalist").pk
    assert serial_rows.who_has(one, TWELVE, TODAY) == {cast.lee.pk: NOT}
    assert serial_rows.who_has(one, Asked(None, 3), TODAY) == {cast.lee.pk: HAS}
    assert serial_rows.who_has(one, Asked(None, 31), TODAY) == {cast.lee.pk: HAS}


def test_what_stands_on_copies_says_what_is_there(cast: Cast):
    load(cast.lee, journal("b1", volumes="v.11 (1986)|v.12 (1987)|v.13 (1988)"))
    assert answers() == {cast.lee.pk: HAS}
    assert answers(Asked(None, 14)) == {cast.lee.pk: UNKNOWN}


def test_the_volumes_of_a_book_are_no_serial(cast: Cast):
    load(cast.lee, record("b1", item("b1", h="v.12 (1987)")))
    assert not Serial.objects.exists()


def test_what_a_whole_file_does_not_list_is_said_no_more(cast: Cast):
    load(
        cast.lee,
        journal("b1", "v.1(1976)-v.20(1995)"),
        holdings("h1", "b1", "v.30-"),
        journal("b2", "v.1-", title="Taconic review", issn="1476-4687"),
    )
    loading.load(
        file_of(journal("b2", "v.1-", title="Taconic review", issn="1476-4687")),
        cast.lee,
        whole=True,
        confirmed=True,
    )
    assert set(Serial.objects.values_list("control_number", "source")) == {("b2", ""), ("b1", "h1")}


def test_a_record_in_parts_says_what_all_its_parts_say(cast: Cast):
    load(cast.lee, journal("b1", "v.1(1976)-v.10(1985)"), journal("b1", "v.11(1986)-v.20(1995)"))
    assert answers() == {cast.lee.pk: HAS}
    assert answers(Asked(None, 3)) == {cast.lee.pk: HAS}


def test_the_statements_to_the_database_do_not_grow_with_the_file(
    cast: Cast, django_assert_max_num_queries
):
    many = [journal(f"b{n}", f"v.1-{n + 1}", title=f"Review {n}", issn="") for n in range(100)]
    with django_assert_max_num_queries(60):
        loading.load(file_of(*many), cast.lee, refresh=False)
    with django_assert_max_num_queries(25):
        loading.load(file_of(*many), cast.lee, refresh=False)
    assert Serial.objects.count() == 100


def test_statements_are_read_anew_with_their_records(cast: Cast):
    """What libraries write is understood better with time."""
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))
    Serial.objects.update(ranges={}, first_year=None)
    load(cast.lee, journal("b1", "v.1(1976)-v.20(1995)"))  # the same words change nothing
    assert answers() == {cast.lee.pk: UNKNOWN}
    read_on(cast.lee)
    assert answers() == {cast.lee.pk: HAS}
    assert Serial.objects.get().first_year == 1976


def test_the_volume_of_a_copy_that_is_missing_is_not_there_when_records_are_read_anew(cast: Cast):
    load(cast.lee, journal("b1", volumes="v.12 (1987)|v.13 (1988)"))
    assert answers() == {cast.lee.pk: HAS}
    Item.objects.filter(volume="v.12 (1987)").update(status=ItemStatus.MISSING)
    read_on(cast.lee)
    assert answers() == {cast.lee.pk: UNKNOWN}  # what no copy is may be there


def test_withdrawn_copies_are_no_copies(cast: Cast):
    load(cast.lee, journal("b1", volumes="v.12 (1987)"))
    Item.objects.update(status=ItemStatus.WITHDRAWN)
    assert loading.load(BytesIO(journal("b1").as_marc()), cast.lee).written.unchanged == 1
    assert answers() == {cast.lee.pk: UNKNOWN}
