"""What begins on a day is entered once, whatever two presses of one button do at the same time."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from postroad.directory import agreements, network_rules, thresholds
from postroad.directory.models import Agreement, Network, NetworkRules, Threshold
from tests.cast import Cast

DAY = date(2027, 1, 4)


def rules() -> NetworkRules:
    nothing = {name: getattr(NetworkRules(), name) for name in network_rules.FIELDS}
    network = Network.objects.get(code="berkshire")
    now = timezone.now()
    return network_rules.enter(network, nothing, effective=DAY, by="Ann", at=now)


def agreement() -> Agreement:
    return agreements.enter(Agreement(name="Berkshire first", effective=DAY))


def number() -> Threshold:
    return thresholds.enter("courier-late", 9, effective=DAY, by="Ann", at=timezone.now())


@pytest.mark.parametrize("enter", [rules, agreement, number])
def test_two_presses_at_once_enter_it_once(cast: Cast, enter: Callable[[], object]):
    """The other press writes when the first has looked, and has not written yet."""
    others: list[object] = []

    def other_press(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if not others and sql.startswith("SELECT") and '"effective" =' in sql:
            others.append(None)
            others[:] = [enter()]
        return found

    with connection.execute_wrapper(other_press):
        first = enter()
    assert [first] == others
