"""What is kept of a ranking: all that staff may ask of it, in little room."""

import json
from dataclasses import replace
from datetime import date

from postroad.ill import referral, rota
from postroad.ill.rota import Lender
from postroad.web.shared import why
from tests.cast import Cast
from tests.ill.story import begin

DAY = date(2026, 11, 24)


def owners(able: int, unable: int) -> list[Lender]:
    def owner(number: int, copies: int) -> Lender:
        code = f"library-{number:03}"
        name = f"Public Library {number:03}"
        days = Lender(code, name, "Town", copies, open_on=DAY, lending_on=DAY, today=DAY)
        return replace(days, arrives=DAY, in_hand=number)

    return [owner(number, 1 if number < able else 0) for number in range(able + unable)]


def test_the_first_twenty_keep_their_facts_and_all_others_their_place():
    lenders = owners(50, 150)
    kept = referral.explain(lenders, rota.rank(lenders))
    assert [each["in_hand"] for each in kept["order"]] == list(range(20))
    assert kept["then"] == [f"library-{number:03}" for number in range(20, 50)]
    assert len(kept["passed_over"]["no-copy-in"]) == 150


def test_two_hundred_owners_take_a_few_kilobytes():
    lenders = owners(200, 0)
    assert len(json.dumps(referral.explain(lenders, rota.rank(lenders)))) < 6000


def test_the_page_names_every_library_that_was_thought_of(cast: Cast):
    story = begin(cast)
    codes = [story.ill.library.code, "gone"]
    rota_ = {"order": [], "then": codes[:1], "passed_over": {"closed": codes}}
    told = why.why(rota_, why.names([rota_]))
    assert told.then == [why.names([rota_])[codes[0]]]
    assert {each.name for each in told.passed_over} == {*told.then, "gone"}
    assert told.sentence == "1 library could send it; 2 were skipped."
