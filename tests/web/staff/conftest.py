"""The desks on one Monday morning: the clock stands, so that days can be named."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from postroad.accounts.models import User
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin


@pytest.fixture(autouse=True)
def _morning(request: pytest.FixtureRequest) -> Iterator[None]:
    """For all but a real browser, whose clock goes on."""
    if "browse" in request.fixturenames:
        yield
        return
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def story(cast: Cast) -> Story:
    """Ada of Lee asked for Walden, which Lenox owns; the worker has not looked yet."""
    return begin(cast)


@pytest.fixture
def at() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def sit(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sit
