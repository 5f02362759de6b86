"""The bench of slips, with few slips."""

from postroad.bench import slips
from postroad.delivery.slip_facts import Layout


def test_the_bench_draws_every_paper(db):
    found = {each.metric: each for each in slips.measure(number=40, batch=20)}
    assert len(found) == len(Layout) + 2
    assert all(each.value > 0 and each.n == 40 for each in found.values())
    assert all(each.conditions["bytes a slip"] > 100 for each in found.values())
