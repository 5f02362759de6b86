"""What each verb of a loan asks of the database, and what the worker asks after it.

A number that grows is a decision: change it here, and say in the commit what it buys.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from postroad.bench import clerk, loans
from postroad.worker import run

# the verb, with the visit that reads the request anew; and the worker, until nothing is due
PINNED = {
    "ask": (8, 26),
    "ship": (13, 7),
    "receive": (11, 9),
    "check_out": (6, 7),
    "return_item": (6, 1),
    "ship_return": (8, 1),
    "check_in": (13, 1),
}


@pytest.mark.once  # PostgreSQL saves some statements that begin a transaction
@pytest.mark.django_db(transaction=True)
def test_each_verb_of_a_loan_asks_for_no_more_than_it_did():
    loans.people_and_books(loans.WARM_UP)
    for number in range(loans.WARM_UP):
        found = dict(loan(number))  # the first ones fill what a process keeps
    assert found == PINNED


def loan(number: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each step of one loan with its statements."""
    counted = loans.Counted()

    def since() -> int:
        counted.queries, number = 0, counted.queries
        return number

    with connection.execute_wrapper(counted):
        pk = clerk.ask(number)
        asked = since()
        run.until_idle(timezone.now())
        yield "ask", (asked, since())
        while verb := clerk.visit(pk):
            visit = since()
            run.until_idle(timezone.now())
            yield verb, (visit, since())
