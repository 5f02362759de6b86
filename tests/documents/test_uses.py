"""Copies are counted once, changed with a reason, taken back, and gone on their day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from postroad.accounts.models import User
from postroad.directory.models import Library
from postroad.documents import uses
from postroad.documents.copyright import Basis, Choice, Citation, Rights, Warn
from postroad.documents.models import Use
from postroad.documents.models.use import BasisOf, ChoiceOf
from postroad.documents.uses import Asked, Chosen
from tests.cast import Cast

AT = datetime(2026, 11, 27, 15, tzinfo=UTC)
FERRIES = Citation("Ferries", ("0378-5955",), "2025")


def asked(library: Library, at: datetime = AT, **more: object) -> Asked:
    return Asked(library, FERRIES, at, **more)  # type: ignore[arg-type]


def test_the_sixth_is_warned_and_recorded_with_its_royalty(cast: Cast) -> None:
    for nth in range(1, 6):
        assert uses.record(asked(cast.lee), AT).count_then == nth
    before = uses.verdict(asked(cast.lee))
    assert (before.count, before.over, before.warn) == (5, True, (Warn.BEYOND,))
    sixth = uses.record(asked(cast.lee), AT, chosen=Chosen(Choice.ROYALTY, Decimal("31.50")))
    sixth.refresh_from_db()
    assert (sixth.count_then, sixth.was_over, sixth.cost) == (6, True, Decimal("31.50"))
    assert uses.verdict(asked(cast.lee)).count == 5  # what is paid for is none of the free ones


def test_each_library_is_counted_by_itself_and_in_one_statement(
    cast: Cast, django_assert_num_queries
) -> None:
    uses.record(asked(cast.lee), AT)
    with django_assert_num_queries(1):
        assert uses.verdict(asked(cast.lee)).count == 1
    assert uses.verdict(asked(cast.lenox)).count == 0


def test_a_second_press_counts_nothing_anew(cast: Cast) -> None:
    first = uses.record(asked(cast.lee), AT)
    again = uses.record(asked(cast.lee), AT, already=first.pk)
    assert again == first
    assert Use.objects.count() == 1


def test_what_is_undone_is_not_counted_and_may_be_filled_again(cast: Cast) -> None:
    first = uses.record(asked(cast.lee), AT)
    uses.take_back(first.pk)
    uses.take_back(first.pk)
    assert uses.verdict(asked(cast.lee)).count == 0
    assert uses.record(asked(cast.lee), AT, already=first.pk).count_then == 1


def test_what_the_library_has_itself_is_recorded_and_not_counted(cast: Cast) -> None:
    use = uses.record(asked(cast.lee, rights=Rights(subscribes=True)), AT)
    assert (use.basis, use.count_then) == (Basis.OWN, 0)
    assert uses.verdict(asked(cast.lee)).count == 0


def test_a_mark_is_changed_with_a_reason_and_back(cast: Cast) -> None:
    use = uses.record(asked(cast.lee), AT)
    with pytest.raises(uses.ReasonMissing):
        uses.change_mark(use, Basis.CCL, "  ", by="Bo")
    assert uses.verdict(asked(cast.lee)).count == 1
    uses.change_mark(use, Basis.CCL, "The author allows it", by="Bo")
    assert uses.verdict(asked(cast.lee)).count == 0
    uses.change_mark(use, Basis.CCG, "Another author of that name", by="Bo")
    assert uses.verdict(asked(cast.lee)).count == 1


def test_a_mark_that_was_changed_is_put_back_as_it_was_counted(cast: Cast) -> None:
    use = uses.record(asked(cast.lee), AT)
    uses.change_mark(use, Basis.CCL, "The author allows it", by="Bo")
    use.refresh_from_db()
    assert (use.basis, use.marked_by, use.mark_was_changed) == (Basis.CCL, "Bo", True)
    for _ in range(2):
        uses.restore_mark(use)
        use.refresh_from_db()
        assert (use.basis, use.reason, use.marked_by) == (Basis.CCG, "", "")
    assert uses.verdict(asked(cast.lee)).count == 1


def test_a_choice_is_made_afterwards_and_undone(cast: Cast) -> None:
    use = uses.record(asked(cast.lee), AT)
    uses.choose(use, Choice.OTHER_SOURCE, Decimal(12))
    assert uses.verdict(asked(cast.lee)).count == 0
    uses.choose(use, Choice.NONE)
    assert uses.verdict(asked(cast.lee)).count == 1
    assert Use.objects.get().cost is None


def test_a_declined_copy_is_kept_and_never_counted_and_a_made_one_is_not_declined(
    cast: Cast,
) -> None:
    no = uses.decline(asked(cast.lee))
    assert uses.verdict(asked(cast.lee)).count == 0
    with pytest.raises(uses.NotFilled):
        uses.change_mark(no, Basis.CCL, "why", by="Bo")
    with pytest.raises(uses.NotFilled):
        uses.choose(no, Choice.ROYALTY, Decimal(1))
    made = uses.record(asked(cast.lee), AT)
    with pytest.raises(uses.WasFilled):
        uses.choose(made, Choice.DECLINED)
    with pytest.raises(uses.WasFilled):
        uses.record(asked(cast.lee), AT, chosen=Chosen(Choice.DECLINED))


def test_a_copy_counts_in_the_year_of_its_request_where_the_library_is(cast: Cast) -> None:
    eve = datetime(2027, 1, 1, 4, 59, tzinfo=UTC)  # 23:59 in Lee
    use = uses.record(asked(cast.lee, eve), eve + timedelta(days=3))
    assert (use.asked_in, use.filled_on, use.purge_on) == (2026, date(2027, 1, 3), date(2030, 1, 1))
    assert uses.verdict(asked(cast.lee, eve + timedelta(minutes=1))).count == 0
    assert uses.verdict(asked(cast.lee, eve)).count == 1


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("America/New_York", datetime(2030, 1, 1, 5, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2030, 1, 1, 10, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2029, 12, 31, 11, tzinfo=UTC)),
    ],
)
def test_a_row_is_gone_when_the_year_begins_where_the_library_is(
    cast: Cast, zone: str, midnight: datetime
) -> None:
    Library.objects.filter(pk=cast.lee.pk).update(time_zone=zone)
    cast.lee.refresh_from_db()
    uses.record(asked(cast.lee, AT - timedelta(days=90)), AT)
    assert uses.purge(midnight - timedelta(seconds=1)) == 0
    assert uses.purge(midnight) == 1
    assert uses.purge(midnight) == 0
    assert not Use.objects.exists()


def test_a_row_names_no_reader_and_no_request_and_refers_to_its_library_alone() -> None:
    refers = {field.related_model for field in Use._meta.get_fields() if field.is_relation}
    assert refers == {Library}
    names = {field.name for field in Use._meta.get_fields()}
    assert names == {
        *("id", "library", "title_key", "numbers", "title", "is_periodical", "published"),
        *("asked_in", "filled_on", "basis", "count_then", "choice", "cost", "reason", "purge_on"),
        *("first_basis", "marked_by"),  # the staff's
    }
    assert not {"patron", "user", "request", "ref", "supply", "loan"} & names
    assert User not in refers


def test_a_long_title_and_many_numbers_have_room(cast: Cast) -> None:
    many = tuple(f"{9780000000000 + n}" for n in range(40))
    long = Citation("Ferries " * 400, many, "1999-12-31 and later", is_periodical=False)
    use = uses.record(Asked(cast.lee, long, AT), AT)
    use.full_clean()
    assert uses.verdict(Asked(cast.lee, long, AT)).count == 1


def test_each_mark_and_choice_of_the_rule_has_a_name_in_the_rows() -> None:
    assert {*Basis} == {*BasisOf.values}
    assert {*Choice} == {*ChoiceOf.values}


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres  # SQLite lets one write at a time
def test_of_two_that_are_recorded_at_once_one_is_the_sixth() -> None:
    lee = Library.objects.create(code="LEE", name="Lee", town="Lee", state="MA")
    for _ in range(4):
        uses.record(asked(lee), AT)
    gate = Barrier(2)

    def fill() -> int:
        gate.wait(timeout=10)
        try:
            return uses.record(asked(lee), AT).count_then
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        found = [both.submit(fill) for _ in range(2)]
    assert sorted(each.result() for each in found) == [5, 6]
