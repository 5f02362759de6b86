"""Everybody of a loan who is not the worker. Each step is a visit, which reads the request anew."""

import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import islice

from postroad.accounts.models import User
from postroad.catalogue.models import Item, ItemStatus, Record
from postroad.composed import Composed
from postroad.ill import asking, loans, shipping
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Loan, Request

AT_ONCE = 20  # loans that a clerk has under way
LOOK_AGAIN = 0.01  # seconds, when it is the worker's turn in all of them
SHOWN = Composed(Request.objects.shown)  # as the page of a request reads it


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
    return asking.ask(record, Act(reader), patron=reader, library=reader.card.library).pk


def visit(pk: int) -> str:
    """Do what is now to be done, unless that is up to the worker; the verb, or nothing."""
    ill = SHOWN.first(pk)
    assert ill is not None  # it was asked for
    act = TURNS.get(State(ill.state))
    if act is None:
        return ""
    act(ill)
    return act.__name__


def ship(ill: Request) -> None:
    assert ill.supply is not None  # a lender has it in hand
    copies = Item.objects.filter(record=ill.record_id, status=ItemStatus.IN)
    shipping.ship(ill.supply, Act(), item=copies.filter(library=ill.supply.lender_id)[0])


def receive(ill: Request) -> None:
    loans.receive(loan(ill), Act())


def check_out(ill: Request) -> None:
    loans.check_out(loan(ill), Act())


def return_item(ill: Request) -> None:
    loans.return_item(loan(ill), Act())


def ship_return(ill: Request) -> None:
    loans.ship_return(loan(ill), Act())


def check_in(ill: Request) -> None:
    shipping.check_in(loan(ill), Act())


def loan(ill: Request) -> Loan:
    """What is out, as the pages have it."""
    assert ill.loan is not None
    return ill.loan


TURNS: Mapping[State, Callable[[Request], None]] = {
    State.REFERRED: ship,
    State.SHIPPED: receive,
    State.ARRIVED: check_out,
    State.LENT: return_item,
    State.BACK: ship_return,
    State.HOMEWARD: check_in,
}
