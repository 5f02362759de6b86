"""One referral: the ranking of those who own a title, among many libraries."""

from collections.abc import Iterator, Sequence
from functools import partial

from django.utils import timezone

from postroad.bench import consortium
from postroad.bench.figures import Conditions, Figure, Times, conditions
from postroad.catalogue.models import Record
from postroad.ill import asking, borrowing, prospects, referral, rota
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Request

NAME = "referral"
LIBRARIES, HOLDERS, TITLES, REQUESTS = 1600, 200, 20, 100
WARM_UP = 5


class NotReferred(Exception):
    """A request found no lender, so there is no figure."""


def main() -> None:
    for figure in measure():
        print(figure.line(), flush=True)  # noqa: T201


def measure(
    libraries: int = LIBRARIES, holders: int = HOLDERS, requests: int = REQUESTS
) -> Iterator[Figure]:
    asked = approved(libraries, holders, requests + WARM_UP)
    ranking, whole = Times(), Times()
    for ill in asked[:WARM_UP]:
        refer(ill, Times(), Times())
    for ill in asked[WARM_UP:]:
        refer(ill, ranking, whole)
    check(asked)
    known: Conditions = {**conditions(), "libraries": libraries, "holders": holders}
    yield from ranking.figures(NAME, "facts and ranking", known)
    yield from whole.figures(NAME, "one referral", known)


def approved(libraries: int, holders: int, requests: int) -> Sequence[Request]:
    """Requests that wait for a lender, of titles that so many libraries own."""
    today = timezone.localdate()
    made = consortium.libraries(libraries, today)
    consortium.past_year(made, today)
    titles = consortium.titles(TITLES)
    consortium.copies(titles, made[1:], holders)
    people = consortium.readers(requests, made[0])
    asked = []
    for number, reader in enumerate(people):
        title: Record = titles[number % TITLES]
        ill = asking.ask(title, Act(reader), patron=reader, library=made[0])
        borrowing.approve(ill, Act())
        asked.append(ill)
    return asked


def refer(ill: Request, ranking: Times, whole: Times) -> None:
    now = timezone.now()
    ranking.take(lambda: rota.rank(prospects.gather(ill.record, ill.library, now, ill=ill)))
    whole.take(partial(referral.refer_by_rota, ill, now))


def check(asked: Sequence[Request]) -> None:
    there = Request.objects.filter(pk__in=[ill.pk for ill in asked], state=State.REFERRED)
    if there.count() != len(asked):
        raise NotReferred(f"{there.count()} of {len(asked)} requests found a lender")
