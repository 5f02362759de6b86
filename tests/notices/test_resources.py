"""Libraries hear of licensed resources that end: each once, and once that they go on after all."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from postroad.accounts.models import Role
from postroad.directory.models import Library, Threshold
from postroad.econtent import editing, funding
from postroad.econtent.models import FundingEnd, Resource
from postroad.notices import resources
from postroad.notices.models import Kind, Notice
from tests.cast import Cast

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TODAY = date(2026, 11, 27)
DAY, LATER = timedelta(days=1), timedelta(minutes=11)
JUNE = date(2027, 6, 30)
STATE = "State Fund"


def resource(name: str, *libraries: Library, **facts: Any) -> Resource:
    made = editing.add({"name": name, "payer": STATE, **facts}, by="Edie", at=NOW)
    for library in libraries:
        editing.give(made, {"who": "library", "library": library, "how": "ip"}, by="Edie", at=NOW)
    return made


def end(on: date = JUNE) -> FundingEnd:
    return funding.end(STATE, on, by="Edie", at=NOW, today=TODAY)


def told(kind: Kind) -> Counter[str]:
    rows = Notice.objects.filter(kind=kind).select_related("library")
    return Counter(each.library.code if each.library else each.office for each in rows)


def test_each_library_that_loses_something_is_told_once_of_all_that_it_loses(cast: Cast):
    resource("Harbor News", cast.lee, cast.lenox)
    resource("Granite Law", cast.lee)
    resource("Paid by others", cast.pittsfield, payer="Friends")
    end()
    assert resources.tell_of_money(NOW) == 0
    for _again in range(2):
        resources.tell_of_money(NOW + LATER)
    assert told(Kind.FUNDING_ENDS) == {"lee": 1, "lenox": 1}
    letter = Notice.objects.get(library=cast.lee)
    assert letter.subject == "2 e-resources of your library end on 30 June 2027"
    assert letter.text.index("Granite Law") < letter.text.index("Harbor News")
    assert "/libraries/lee/e-resources" in letter.text
    assert letter.mail_due_at is not None


def test_what_was_taken_back_in_time_nobody_hears_of(cast: Cast):
    resource("Harbor News", cast.lee)
    funding.undo(end(), by="Edie", at=NOW)
    assert resources.tell_of_money(NOW + LATER) == 0
    assert not Notice.objects.exists()


def test_whoever_was_told_hears_once_that_it_goes_on(cast: Cast):
    harbor = resource("Harbor News", cast.lee)
    ended = end()
    resources.tell_of_money(NOW + LATER)
    editing.give(harbor, {"who": "library", "library": cast.lenox, "how": "ip"}, by="Edie")
    funding.undo(ended, by="Edie", at=NOW + DAY)
    for _again in range(2):
        resources.tell_of_money(NOW + DAY)
    assert told(Kind.FUNDING_STAYS) == {"lee": 1}
    assert told(Kind.FUNDING_ENDS) == {"lee": 1}


def test_the_end_entered_anew_is_told_anew(cast: Cast):
    resource("Harbor News", cast.lee)
    funding.undo(end(), by="Edie", at=NOW)
    end(JUNE + DAY)
    resources.tell_of_money(NOW + LATER)
    assert told(Kind.FUNDING_ENDS) == {"lee": 1}


def test_libraries_and_the_center_are_warned_at_each_of_the_days_and_once(cast: Cast):
    resource("Harbor News", cast.lee, ends_on=TODAY + 60 * DAY)
    resource("Tried", cast.lee, trial_until=TODAY + 61 * DAY)
    heard = []
    for ahead in range(70):
        resources.warn(NOW + ahead * DAY)
        resources.warn(NOW + ahead * DAY)
        heard.append(sum(told(Kind.RESOURCE_ENDS).values()))
    assert [at for at in range(70) if heard[at] != ([0, *heard])[at]] == [0, 1, 46, 47]
    assert told(Kind.RESOURCE_ENDS) == {"lee": 4, Role.CENTRE: 4}


def test_another_day_is_warned_of_anew_and_a_later_number_is_heeded(cast: Cast):
    harbor = resource("Harbor News", cast.lee, ends_on=TODAY + 50 * DAY)
    assert resources.warn(NOW) == 1
    editing.change(harbor, {"ends_on": TODAY + 55 * DAY}, by="Edie")
    assert resources.warn(NOW) == 1
    Threshold.objects.create(name="resource-ends-soon", days=54, effective=TODAY + DAY)
    assert resources.warn(NOW) == 0
    assert resources.warn(NOW + DAY) == 1
    assert told(Kind.RESOURCE_ENDS)["lee"] == 3


def test_who_heard_that_the_money_ends_soon_is_not_warned_of_the_same_day(cast: Cast):
    resource("Harbor News", cast.lee)
    end(TODAY + 20 * DAY)
    resources.tell_of_money(NOW + LATER)
    assert resources.warn(NOW + LATER) == 0
    assert resources.warn(NOW + 7 * DAY) == 1  # but once more when it is near


@pytest.mark.parametrize("many", [1, 4])
def test_a_warning_takes_as_many_statements_however_many_libraries_lose_it(
    cast: Cast, many: int, django_assert_num_queries: Any
):
    resource("Harbor News", *cast.libraries[:many], ends_on=TODAY + 5 * DAY)
    resources.soon(TODAY)  # the thresholds are at hand
    with django_assert_num_queries(11):
        resources.warn(NOW)
    with django_assert_num_queries(3):
        resources.warn(NOW)
