"""One statement closes a library, and everything that goes by its days changes; then changes back.

Lenox owns the Walden that Ada of Lee wants, keeps a book on its hold shelf for a reader of its own,
and another is on its way there.
"""

from datetime import date, timedelta

from postroad.accounts.models import Card
from postroad.delivery import outlook, stops
from postroad.delivery.models import Parcel
from postroad.directory import closures, known, saying
from postroad.directory.saying import Words
from postroad.directory.standing import ALL
from postroad.directory.statements import Source
from postroad.ill import asking, clocks, prospects, rota, sweeps
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from postroad.ill.models import Request
from tests.cast import Cast
from tests.ill.story import MONDAY, Story, begin, copy, title

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
UNTIL = TODAY + 13 * DAY  # a Sunday
BACK = MONDAY + timedelta(hours=3)


def another(cast: Cast, name: str, barcode: str) -> Story:
    record = title(name)
    copy(record, cast.pittsfield, barcode)
    asked = asking.ask(record, Act(cast.stranger, MONDAY), patron=cast.stranger, library=cast.lenox)
    return Story(cast, record, asked)


def why_not(story: Story, code: str, now) -> str | None:
    found = prospects.gather(story.record, story.cast.lee, now)
    return rota.why_not(next(each for each in found if each.code == code))


def test_one_statement_closes_a_library_everywhere_and_another_opens_it_again(cast):
    Card.objects.create(user=cast.stranger, library=cast.lenox, barcode="29")
    wanted = begin(cast).at(State.REFERRED)
    copy(wanted.record, cast.pittsfield, "30001000000025")
    held = another(cast, "Cape Cod", "30001000000033").at(State.ARRIVED)
    coming = another(cast, "Excursions", "30001000000041").at(State.SHIPPED)
    outlook.follow(MONDAY)
    parcel = Parcel.objects.get(ref=coming.ill.ref)
    shelf, promised = held.rings_at, parcel.expected_on
    assert wanted.supply.lender == cast.lenox
    assert why_not(wanted, "lenox", MONDAY) is None
    assert promised < UNTIL

    saying.say(
        cast.lenox,
        Words(dict.fromkeys(ALL, False), until=UNTIL, note="The boiler burst"),
        source=Source.OWN,
        said_by="Lena",
        at=MONDAY,
    )

    def at_work() -> bool:
        return clocks.at_work(cast.lenox, MONDAY).is_open(TODAY + 2 * DAY)

    def van() -> bool:
        return stops.calendars([cast.lenox.pk], TODAY)[cast.lenox.pk].drop.is_open(TODAY + 2 * DAY)

    stands = known.one(cast.lenox, MONDAY).standing
    assert [stands.answers[each].value for each in ALL] == [False] * 4
    assert why_not(wanted, "lenox", MONDAY) == rota.WhyNot.CLOSED  # lender choice
    assert sweeps.closed_lenders(MONDAY) == 1  # what waited there moves on
    wanted.listen()
    assert wanted.supply.lender == cast.pittsfield
    assert not at_work()  # clocks
    assert not van()  # stops
    assert sweeps.closed_days(MONDAY) >= 1  # holds
    held.look()
    assert held.rings_at > shelf
    outlook.follow(MONDAY)  # promises
    parcel.refresh_from_db()
    assert parcel.expected_on > UNTIL

    saying.say(
        cast.lenox, Words(dict.fromkeys(ALL, True)), source=Source.OWN, said_by="Lena", at=BACK
    )
    stands = known.one(cast.lenox, BACK).standing
    assert [stands.answers[each].value for each in ALL] == [True] * 4
    assert why_not(wanted, "lenox", BACK) is None
    assert at_work()
    assert van()
    outlook.follow(BACK)
    parcel.refresh_from_db()
    assert parcel.expected_on == promised
    assert sweeps.closed_days(BACK) == 0
    longer = held.rings_at
    held.look()
    assert held.rings_at == longer  # what its reader was told, she keeps
    assert Request.objects.get(pk=wanted.ill.pk).state == State.REFERRED
    assert not closures.Board([cast.lenox], BACK).told(cast.lenox, UNTIL)
