"""What a sorter is told: one barcode among 200,000 open items, through the application and all its
middleware in this process.

Two fifths are loans, two fifths parcels without a request, one fifth holds that were told; each
answer is looked at, and one that names another library than it was made for ends the bench without
a figure.
"""

import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from postroad.accounts import keys
from postroad.accounts.models import ProgramKey
from postroad.bench import consortium
from postroad.bench.figures import Conditions, Figure, Times, conditions
from postroad.catalogue.models import Item
from postroad.delivery import codes
from postroad.delivery.models import Parcel, ParcelState, Purpose
from postroad.directory.models import Library
from postroad.ill.lifecycle import LoanState, Owner, State, SupplyState
from postroad.ill.models import Loan, Request, Supply, ToldHold
from postroad.worker import serving

NAME = "sort"
OPEN, LIBRARIES, TITLES = 200_000, 600, 1000
ASKED, WARM_UP = 2000, 50
BATCH, SEED = 2000, 14
FIRST = consortium.FIRST_COPY
Expected = tuple[str, str]  # the barcode, and the code of the library where it goes


class WrongAnswer(Exception):
    """A thing would go elsewhere than it was made for, so there is no figure."""


def main() -> None:
    serving.gather_static_files()
    for figure in measure(int(os.environ.get("POSTROAD_BENCH_RECORDS") or OPEN)):
        print(figure.line(), flush=True)  # noqa: T201


def measure(count: int = OPEN, asked: int = ASKED) -> Iterator[Figure]:
    now = timezone.now()
    dice = random.Random(SEED)  # noqa: S311  # the same each time
    libraries = consortium.libraries(min(LIBRARIES, count), timezone.localdate(now))
    expected = [
        *loans(count * 2 // 5, libraries, now, dice),
        *sent(count * 2 // 5, libraries, now, dice),
        *held(count // 5, libraries, now, dice),
    ]
    shelve(expected, libraries)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a database does by itself that has stood for a day
    known: Conditions = {**conditions(), "open": len(expected), "libraries": len(libraries)}
    for metric, picked in (
        ("one answer", dice.choices(expected, k=asked + WARM_UP)),
        ("what nobody knows", [(f"9{at:013}", "") for at in range(asked // 4 + WARM_UP)]),
    ):
        times = ask(picked)
        yield from times.figures(NAME, metric, known, (50, 95, 99))


def barcode(number: int) -> str:
    return str(FIRST + number)


def loans(
    count: int, libraries: Sequence[Library], now: datetime, dice: random.Random
) -> list[Expected]:
    """Half on their way out, half on their way home."""
    found = list[Expected]()
    for start in range(0, count, BATCH):
        ends = [dice.sample(libraries, 2) for _ in range(min(BATCH, count - start))]
        asked = Request.objects.bulk_create(request(borrower, now) for _lender, borrower in ends)
        supplies = Supply.objects.bulk_create(
            supply(ill, lender, now) for ill, (lender, _borrower) in zip(asked, ends, strict=True)
        )
        made = Loan.objects.bulk_create(
            loan(each, barcode(start + at), homeward=at % 2 == 1)
            for at, each in enumerate(supplies)
        )
        found += [(each.barcode, goes(each).code) for each in made]
    return found


def request(borrower: Library, now: datetime) -> Request:
    return Request(
        library=borrower,
        title="Title",
        state=State.SHIPPED,
        owner=Owner.DELIVERY,
        asked_at=now,
        turn_until=now + timedelta(days=14),
        things_out=1,
    )


def supply(ill: Request, lender: Library, now: datetime) -> Supply:
    return Supply(
        request=ill,
        lender=lender,
        attempt=1,
        state=SupplyState.SUPPLYING,
        owner=Owner.DELIVERY,
        asked_at=now,
    )


def loan(of: Supply, number: str, *, homeward: bool) -> Loan:
    return Loan(
        request=of.request,
        supply=of,
        lender=of.lender,
        borrower=of.request.library,
        barcode=number,
        state=LoanState.HOMEWARD if homeward else LoanState.SHIPPED,
        owner=Owner.DELIVERY,
        due_at=of.asked_at + timedelta(days=14),
        shipped_at=of.asked_at,
    )


def goes(each: Loan) -> Library:
    return each.lender if each.state == LoanState.HOMEWARD else each.borrower


def sent(
    count: int, libraries: Sequence[Library], now: datetime, dice: random.Random
) -> list[Expected]:
    """Parcels without a request, on their way."""
    found = list[Expected]()
    for start in range(0, count, BATCH):
        ends = [dice.sample(libraries, 2) for _ in range(min(BATCH, count - start))]
        facts: dict[str, Any] = {"late_days": 14, "late_at": now, "due_at": now, "made_at": now}
        made = Parcel.objects.bulk_create(
            Parcel(
                number=codes.new_number(),
                from_library=start_,
                to_library=end,
                item_library=end,
                item_barcode=barcode(count + start + at),
                purpose=Purpose.RETURN,
                state=ParcelState.MOVING,
                last_at=now,
                last_library=start_,
                **facts,
            )
            for at, (start_, end) in enumerate(ends)
        )
        found += [(each.item_barcode, each.to_library.code) for each in made]
    return found


def held(
    count: int, libraries: Sequence[Library], now: datetime, dice: random.Random
) -> list[Expected]:
    until = timezone.localdate(now) + timedelta(days=14)
    found = list[Expected]()
    for start in range(0, count, BATCH):
        ends = [dice.sample(libraries, 2) for _ in range(min(BATCH, count - start))]
        made = ToldHold.objects.bulk_create(
            ToldHold(
                told_by=owner,
                owner=owner,
                barcode=barcode(count * 4 + start + at),
                pick_up=end,
                until=until,
                said_at=now,
                said_by="Bench",
            )
            for at, (owner, end) in enumerate(ends)
        )
        found += [(each.barcode, each.pick_up.code) for each in made if each.pick_up]
    return found


def shelve(expected: Sequence[Expected], libraries: Sequence[Library]) -> None:
    """As many copies again, of which nothing is known but whose they are."""
    titles = consortium.titles(TITLES)
    for start in range(0, len(expected), BATCH):
        Item.objects.bulk_create(
            Item(
                record=titles[at % TITLES],
                library=libraries[at % len(libraries)],
                barcode=f"4{at:013}",
            )
            for at in range(start, min(start + BATCH, len(expected)))
        )


def ask(picked: Sequence[Expected]) -> Times:
    """One after another, as a belt does."""
    _key, shown = keys.make(
        "Bench", ProgramKey.May.SORT, library=None, by="Bench", now=timezone.now()
    )
    client = Client(headers={"Authorization": f"Bearer {shown}"}, SERVER_NAME="localhost")
    times = Times()
    for number, (text, goes) in enumerate(picked):
        if number == WARM_UP:
            times = Times()
        answers: list[Any] = []
        times.take(lambda: answers.append(client.get(f"/api/sort/{text}")))  # noqa: B023
        told = answers[0].json()
        if (told["to"] or {"code": ""})["code"] != goes:
            raise WrongAnswer(f"{text}: {told}")
    return times
