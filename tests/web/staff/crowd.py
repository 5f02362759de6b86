"""Many loans at once, for lists."""

import re
from typing import Any

from django.test import Client

from postroad.ill import asking
from postroad.ill.acts import Act, house
from postroad.ill.lifecycle import State, Verb
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, copy, title


def crowd(cast: Cast, number: int, state: State, start: int = 0) -> list[Story]:
    """So many requests of Ada for titles of Lenox, all standing at `state`."""
    return [loan(cast, start + place, state) for place in range(number)]


def loan(cast: Cast, place: int, state: State) -> Story:
    record = title(f"Title {place:02}")
    copy(record, cast.lenox, f"3000100000{place:04}", location="Stacks")
    ill = asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    return Story(cast, record, ill).at(state)


def ring(story: Story) -> None:
    """The clock of what is out for it rings."""
    out = story.loan
    said = {"state": out.state, "owner": out.owner}
    out.request.move(Verb.REMIND_LOAN, house(MONDAY), loan=out, said=said)


def warm(desk: Client) -> Client:
    """One page before queries are counted: each process looks after the worker now and then."""
    desk.get("/staff/")
    return desk


def read(page: Any) -> str:
    """A page without the random signs of its forms, among which any short name may stand."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", page.content.decode())
