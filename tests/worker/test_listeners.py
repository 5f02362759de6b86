"""Who hears of an event, and what a listener must not do."""

import smtplib
import socket
from typing import Any
from urllib.request import urlopen

import pytest

from postroad.ill import referral
from postroad.ill.lifecycle import ROWS, Verb
from postroad.ill.models import Event
from postroad.notices import charges, delivered, tell
from postroad.worker import run
from postroad.worker.listeners import LISTENERS
from tests import network
from tests.ill.story import MONDAY, begin

NOWHERE = ("127.0.0.1", 9)  # where nothing listens


@pytest.mark.parametrize(
    "call",
    [
        lambda: socket.create_connection(NOWHERE),
        lambda: smtplib.SMTP(*NOWHERE),
        lambda: urlopen("http://127.0.0.1:9/"),
        lambda: socket.getaddrinfo("localhost", 25),
    ],
    ids=["socket", "mail", "web", "name"],
)
def test_a_listener_that_calls_over_a_network_fails_its_test(cast, monkeypatch, call):
    def calls(event, now):
        call()

    begin(cast)
    listeners: dict[Any, Any] = {**LISTENERS, Event: (calls,)}
    monkeypatch.setattr(run, "LISTENERS", listeners)
    with pytest.raises(network.Called):
        run.until_idle(MONDAY)


def test_whoever_is_no_listener_may_call():
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(NOWHERE)


def test_each_verb_is_told_of_exactly_if_some_listener_acts_on_it():
    """What nobody hears costs the worker nothing; what somebody must hear is never left untold."""
    acted_on = {Verb.ASK, Verb.AMEND, Verb.FORGET, *referral.AWAITS_LENDER, *tell.HEARD}
    acted_on |= charges.HEARD | delivered.HEARD
    acted_on.add(Verb.WITHDRAW_QUESTION)  # who was asked need not answer (notices/between.py)
    assert {verb for verb, row in ROWS.items() if row.heard} == acted_on


@pytest.mark.parametrize("verb", [verb for verb, row in ROWS.items() if not row.heard])
def test_no_listener_acts_on_what_is_not_heard(cast, django_assert_num_queries, verb):
    event = begin(cast).ill.events.get()
    event.verb = verb
    with django_assert_num_queries(0):
        for listener in LISTENERS[Event]:
            listener(event, MONDAY)
