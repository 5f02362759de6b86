"""Everybody of a loan who is not the worker. Each step is a visit, which reads the request anew."""

import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice

from postroad.accounts.models import User
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.ill import asking, borrowing, lending
from postroad.ill.lifecycle import State
from postroad.ill.models import Request, Supply

AT_ONCE = 20  # loans that a clerk has under way
LOOK_AGAIN = 0.01  # seconds, when it is the worker's turn in all of them


def main(warm_up: str, first: str, last: str) -> None:
    """Lend to one reader to get warm, say "ready", wait for a line, lend to all, say "done"."""
    lend_all([int(warm_up)])
    print("ready", flush=True)  # noqa: T201  # to the process that started this one
    sys.stdin.readline()
    lend_all(range(int(first), int(last)))
    print("done", flush=True)  # noqa: T201
    sys.stdin.readline()


def lend_all(numbers: Iterable[int]) -> None:
    """The reader of each number asks for the title of that number; it goes out and comes home."""
    waiting = iter(numbers)
    under_way = {ask(number) for number in islice(waiting, AT_ONCE)}
    while under_way:
        todo = queue(under_way)
        closed = {pk for pk in todo if visit(pk) == "check_in"}
        under_way = under_way - closed | {ask(each) for each in islice(waiting, len(closed))}
        if not todo:
            time.sleep(LOOK_AGAIN)


def queue(under_way: Collection[int]) -> list[int]:
    """Those of these requests in which it is a clerk's turn, as the lists on the pages tell."""
    theirs = Request.objects.filter(pk__in=under_way, state__in=TURNS)
    return list(theirs.values_list("pk", flat=True))


def ask(number: int) -> int:
    reader = User.objects.select_related("card__library").get(username=f"reader-{number}")
    record = Record.objects.get(match_key=f"title {number}")
    return asking.ask(record, patron=reader, library=reader.card.library, by=reader).pk


def visit(pk: int) -> str:
    """Do what is now to be done, unless that is up to the worker; the verb, or nothing."""
    ill = Request.objects.shown().get(pk=pk)
    act = TURNS.get(State(ill.state))
    if act is None:
        return ""
    act(ill)
    return act.__name__


def ship(ill: Request) -> None:
    supply = current(ill)
    copies = Item.objects.filter(record=ill.record_id, status=ItemStatus.IN)
    lending.ship(supply, item=copies.filter(library=supply.lender_id)[0], by=None)


def receive(ill: Request) -> None:
    borrowing.receive(ill, by=None)


def lend(ill: Request) -> None:
    borrowing.lend(ill, by=None)


def take_back(ill: Request) -> None:
    borrowing.take_back(ill, by=None)


def send_home(ill: Request) -> None:
    borrowing.send_home(ill, by=None)


def check_in(ill: Request) -> None:
    lending.check_in(current(ill), by=None)


def current(ill: Request) -> Supply:
    """The lender's side of a request, as the lender's pages have it."""
    assert ill.current is not None
    ill.current.request = ill
    return ill.current


TURNS: Mapping[State, Callable[[Request], None]] = {
    State.REFERRED: ship,
    State.SHIPPED: receive,
    State.ARRIVED: lend,
    State.LENT: take_back,
    State.BACK: send_home,
    State.HOMEWARD: check_in,
}
