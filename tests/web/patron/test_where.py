"""Which library a reader may choose to pick it up at."""

import pytest

from postroad.web.shared.pick_up import PickUp
from tests.cast import Cast


@pytest.mark.both
@pytest.mark.parametrize("chosen", ["a\x00b\x1b\x07", "nobody", "x" * 5000])
def test_what_no_library_is_called_is_no_choice_and_no_question_to_the_database(
    cast: Cast, chosen: str
):
    offered = PickUp(cast.lee, "").choices(chosen)
    assert offered == PickUp(cast.lee, "").choices("")
