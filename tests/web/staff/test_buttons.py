"""Each button of the desks leads somewhere, and is expected only where its verb is in turn."""

import pytest
from django.urls import reverse

from postroad.ill.lifecycle import ROWS, Verb
from postroad.web.staff.buttons import BUTTONS, OF_THE_BORROWER, OF_THE_LENDER


@pytest.mark.parametrize("verb", BUTTONS)
def test_a_button_leads_to_a_page_and_is_expected_only_where_its_verb_starts(verb):
    button, row = BUTTONS[verb], ROWS[verb]
    of = ("7K3M9Q2X", 1) if verb in OF_THE_LENDER else ("7K3M9Q2X",)
    assert reverse(button.address, args=() if verb == Verb.SHIP else of)
    starts = {state for part in (row.wish, row.supply, row.loan) if part for state in part.starts}
    assert button.expected is None or button.expected in starts


def test_the_buttons_of_each_desk_are_those_of_its_verbs():
    assert set(OF_THE_LENDER) == {
        *(Verb.PROMISE, Verb.OFFER, Verb.CHANGE_OFFER, Verb.RETRY, Verb.REFUSE),
        *(Verb.SHIP, Verb.MORE_TO_SEND, Verb.CHECK_IN, Verb.COME_BACK),
        *(Verb.DELIVER, Verb.DELIVER_AGAIN, Verb.UNDO_DELIVER),
    }
    assert not set(OF_THE_BORROWER) & set(OF_THE_LENDER)
    assert {*OF_THE_BORROWER, *OF_THE_LENDER} == set(BUTTONS)
