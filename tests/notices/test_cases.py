"""What is written about cases goes when they forget who asked."""

from datetime import timedelta

from postroad.cases import handling, sweeps
from postroad.cases.lifecycle import Ending
from postroad.notices import cases
from postroad.notices.models import Notice
from tests.cases.asking import EMAIL, MONDAY, by_visitor

DAY = timedelta(days=1)


def test_no_letter_to_staff_names_a_stranger_whom_the_case_has_forgotten(cast):
    case, open_one = by_visitor(text=f"Write to {EMAIL}"), by_visitor()
    handling.close(case, Ending.ANSWERED, by=cast.centre, name="C", at=MONDAY)
    for event in (*case.events.all(), *open_one.events.all()):
        cases.parties(event, MONDAY)
    cases.forget(MONDAY + 181 * DAY)  # the case knows her still
    assert Notice.objects.filter(kind="case-opened", text__contains=EMAIL).exists()
    sweeps.purge(MONDAY + 181 * DAY)
    assert cases.forget(MONDAY + 181 * DAY) >= 1
    assert not Notice.objects.filter(about=f"case:{case.number}").exists()
    assert Notice.objects.filter(about=f"case:{open_one.number}").exists()
