"""What pages say of one more copy, and what a library does about it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from postroad.documents import notice, uses
from postroad.documents.copyright import Basis, Choice, Citation, Rights, Verdict
from postroad.documents.uses import Asked, Chosen
from postroad.web.shared import copyright_choice
from postroad.web.shared.copyright_choice import ChoiceForm
from postroad.words import documents as said
from tests.cast import Cast
from tests.markup import tight

AT = datetime(2026, 11, 27, 15, tzinfo=UTC)
FERRIES = Citation("Ferries & trains", ("0378-5955",), "2025")


def page(cast: Cast, form: ChoiceForm | None = None) -> str:
    counted = copyright_choice.counted(Asked(cast.lee, FERRIES, AT))
    return render_to_string("shared/_copyright_verdict.html", {"counted": counted, "form": form})


def test_the_sixth_is_said_with_something_to_choose(cast: Cast) -> None:
    assert "first copy of “Ferries &amp; trains” from the last five years in 2026" in page(cast)
    assert 'name="choice"' not in page(cast, ChoiceForm())
    for _ in range(4):
        uses.record(Asked(cast.lee, FERRIES, AT), AT)
    assert "the last of the five" in page(cast)
    uses.record(Asked(cast.lee, FERRIES, AT), AT)
    sixth = page(cast, ChoiceForm())
    assert "This would be the sixth copy" in sixth
    assert "warns and never blocks" in sixth
    assert 'name="choice"' in sixth
    assert 'name="cost"' in sixth
    assert 'name="choice"' not in page(cast)


def test_it_is_counted_in_one_statement(cast: Cast, django_assert_num_queries) -> None:
    asked = Asked(cast.lee, FERRIES, AT)
    with django_assert_num_queries(1):
        copyright_choice.counted(asked)
    with django_assert_num_queries(0):
        copyright_choice.counted(asked, Verdict(Basis.CCG, 5, True, ()))


def test_a_doubt_is_said_beside_it(cast: Cast) -> None:
    counted = copyright_choice.counted(Asked(cast.lee, Citation("Ferries", (), ""), AT))
    assert counted.notes == [str(said.WARNINGS["age-unknown"])]


def test_what_does_not_count_says_why(cast: Cast) -> None:
    own = Asked(cast.lee, FERRIES, AT, Rights(subscribes=True))
    counted = copyright_choice.counted(own)
    assert "does not count: the library has the title itself" in counted.sentence
    assert not counted.over


@pytest.mark.parametrize("basis", sorted({*Basis} - {Basis.CCG, Basis.NOT_MARKED}))
def test_each_mark_that_does_not_count_has_a_reason(basis: Basis) -> None:
    assert str(said.NOT_COUNTED[basis])


@pytest.mark.parametrize(
    ("sent", "chosen", "kept"),
    [
        (
            {"choice": "royalty", "cost": "31.5"},
            Chosen(Choice.ROYALTY, Decimal("31.5")),
            {"choice": "royalty", "cost": "31.5"},
        ),
        ({"choice": "other-source"}, Chosen(Choice.OTHER_SOURCE), {"choice": "other-source"}),
        ({"choice": "declined", "cost": ""}, Chosen(Choice.DECLINED), {"choice": "declined"}),
        ({"choice": ""}, Chosen(), {"choice": ""}),
        ({}, Chosen(), {"choice": ""}),
    ],
)
def test_a_choice_is_read(sent: dict[str, str], chosen: Chosen, kept: dict[str, str]) -> None:
    form = ChoiceForm(sent)
    assert form.is_valid(), form.errors
    assert (form.chosen, form.kept) == (chosen, kept)


@pytest.mark.parametrize(
    "sent",
    [
        {"choice": "declined", "cost": "3"},
        {"choice": "", "cost": "3"},
        {"choice": "royalty", "cost": "-1"},
        {"choice": "royalty", "cost": "much"},
        {"choice": "stolen"},
    ],
)
def test_a_choice_that_cannot_be_is_refused(sent: dict[str, str]) -> None:
    assert not ChoiceForm(sent).is_valid()


def test_what_was_made_cannot_be_declined() -> None:
    assert not ChoiceForm({"choice": "declined"}, may_decline=False).is_valid()
    assert ChoiceForm({"choice": "royalty"}, may_decline=False).is_valid()


def test_the_warning_is_that_of_the_copy_itself() -> None:
    warning = tight(render_to_string("shared/copyright_warning.html"))
    assert "Notice: Warning Concerning Copyright Restrictions" in warning
    for paragraph in notice.PARAGRAPHS:
        assert paragraph in warning
