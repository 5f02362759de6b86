"""Where things go that a sorter scans, by loans, parcels, holds and catalogs as they stand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from postroad.catalogue.models import Item, ItemStatus
from postroad.delivery import containers, contractors, delays, parcels, stops
from postroad.delivery.containers import At
from postroad.delivery.models import (
    Container,
    Courier,
    Delay,
    Hub,
    Region,
    RiCode,
    Stop,
    StopCode,
)
from postroad.delivery.routing import Address
from postroad.ill import destinations, sort_lists, told_holds
from postroad.ill.destinations import Question
from postroad.ill.lifecycle import State
from postroad.ill.models import ToldHold
from postroad.ill.sorting import Do, Reason, Trouble
from postroad.ill.told_holds import Telling
from tests.ill.story import begin, copy, title

pytestmark = pytest.mark.django_db
BARCODE = "30610000000018"


def where(text, library="", now=None):
    return destinations.where(Question(text, library), now or timezone.now())


def tell(library, barcode, pick_up, *, until=None, now=None, owner=None):
    now = now or timezone.now()
    told = Telling(
        barcode,
        (owner or library).pk,
        pick_up.pk if pick_up else None,
        until or timezone.localdate(now) + timedelta(days=7),
    )
    return told_holds.tell([told], library, by="Koha", now=now)


@pytest.fixture
def item(cast):
    return copy(title("Emma"), cast.lenox, BARCODE)


def test_a_loan_goes_out_to_its_borrower_and_home_to_its_lender(cast):
    story = begin(cast).at(State.SHIPPED)
    out = where(story.loan.barcode)
    assert (out.reason, out.to.code, out.do) == (Reason.LOAN, "lee", Do.SORT)
    assert (out.to.route, out.sign.headline) == ("WEST 2", "Lee")
    assert [each.code for each in out.owners] == ["lenox"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.ARRIVED, Reason.UNSENT),
        (State.LENT, Reason.UNSENT),
        (State.BACK, Reason.UNSENT),
        (State.HOMEWARD, Reason.RETURN),
        (State.CLOSED, Reason.OWNER),
    ],
)
def test_what_was_borrowed_goes_home(cast, state, reason):
    story = begin(cast).at(State.SHIPPED)
    barcode = story.loan.barcode
    story = begin_at(story, state)
    found = where(barcode)
    assert (found.reason, found.to.code) == (reason, "lenox")


def begin_at(story, state):
    """On from where it is shipped."""
    from postroad.ill import loans, shipping
    from postroad.ill.acts import Act

    ben, lena = Act(story.cast.borrower, story.now), Act(story.cast.lender, story.now)
    steps = {
        State.ARRIVED: lambda: loans.receive(story.loan, ben),
        State.LENT: lambda: loans.check_out(story.loan, ben),
        State.BACK: lambda: loans.return_item(story.loan, ben),
        State.HOMEWARD: lambda: loans.ship_return(story.loan, ben),
        State.CLOSED: lambda: shipping.check_in(story.loan, lena),
    }
    for reached, go in steps.items():
        go()
        if reached == state:
            return story
    raise AssertionError(state)


def test_the_number_of_a_slip_is_as_good(cast):
    story = begin(cast).at(State.SHIPPED)
    number = story.loan.parcel_out.number
    assert where(number).to.code == "lee"
    assert where(f"*{number.lower()}*").to.code == "lee"


def test_anything_that_was_made_ready_goes_where_it_was_sent(cast, item):
    parcels.make(
        from_library=cast.pittsfield,
        to_library=cast.lee,
        item_library=cast.lenox,
        item_barcode=BARCODE,
        title="Emma",
        ref="",
        at=timezone.now(),
        by=None,
    )
    found = where(BARCODE)
    assert (found.reason, found.to.code) == (Reason.PARCEL, "lee")


def test_the_newest_hold_wins_and_taking_it_back_brings_the_one_before(cast, item):
    now = timezone.now()
    tell(cast.lenox, BARCODE, cast.lee, now=now - timedelta(hours=2))
    tell(cast.lenox, BARCODE, cast.pittsfield, now=now)
    assert (where(BARCODE).reason, where(BARCODE).to.code) == (Reason.HOLD, "pittsfield")
    last = ToldHold.objects.latest("said_at")
    told_holds.take_back(last.pk, cast.lenox, by="Ben", now=now)
    assert where(BARCODE).to.code == "lee"
    told_holds.put_back(last.pk, cast.lenox)
    assert where(BARCODE).to.code == "pittsfield"
    with pytest.raises(told_holds.HoldOver):
        told_holds.put_back(last.pk, cast.lenox)
    with pytest.raises(told_holds.HoldOver):
        told_holds.take_back(last.pk, cast.lee, by="Eve", now=now)


def test_a_hold_ends_by_its_day_or_by_a_word(cast, item):
    now = timezone.now()
    today = timezone.localdate(now)
    tell(cast.lenox, BARCODE, cast.lee, until=today, now=now)
    assert where(BARCODE, now=now).reason is Reason.HOLD
    assert where(BARCODE, now=now + timedelta(days=1)).reason is Reason.OWNER
    tell(cast.lenox, BARCODE, None, now=now)
    assert where(BARCODE, now=now).reason is Reason.OWNER


def test_what_was_told_twice_is_written_once(cast, item):
    tell(cast.lenox, BARCODE, cast.lee)
    assert tell(cast.lenox, BARCODE, cast.lee) == told_holds.Told(0, 1)
    assert ToldHold.objects.count() == 1


def test_a_barcode_of_two_libraries_goes_to_neither_until_one_is_named(cast, item):
    copy(title("Persuasion"), cast.pittsfield, BARCODE)
    found = where(BARCODE)
    assert (found.reason, found.do, found.to) == (Reason.SEVERAL, Do.ASIDE, None)
    assert {each.code for each in found.owners} == {"lenox", "pittsfield"}
    assert where(BARCODE, "PITTSFIELD").to.code == "pittsfield"
    assert where(BARCODE, "lee").reason is Reason.UNKNOWN
    assert where(BARCODE, "nowhere").reason is Reason.NO_LIBRARY


def test_a_copy_that_was_withdrawn_is_known_of_nobody(cast, item):
    Item.objects.update(status=ItemStatus.WITHDRAWN)
    assert where(BARCODE).reason is Reason.UNKNOWN


def test_where_the_van_does_not_stop_it_is_set_aside(cast, item):
    Stop.objects.filter(library=cast.lenox).update(active=False)
    found = where(BARCODE)
    assert (found.to.code, found.do, found.trouble) == ("lenox", Do.ASIDE, Trouble.NO_STOP)


def test_what_is_for_a_stop_whose_bins_are_held_waits(cast, item):
    now = timezone.now()
    delays.announce(
        Delay.Kind.HELD,
        at=cast.lenox,
        first_day=timezone.localdate(now),
        reason="A flood.",
        by="Dora",
        now=now,
        key=None,
    )
    found = where(BARCODE)
    assert (found.do, found.trouble, found.held.reason) == (Do.HOLD, Trouble.HELD, "A flood.")
    assert found.held_until is None
    assert found.next_day is None


def test_a_holiday_holds_nothing(cast, item):
    tomorrow = timezone.localdate() + timedelta(days=1)
    stops.pause(first_day=tomorrow, last_day=tomorrow, reason="Holiday")
    found = where(BARCODE)
    assert (found.do, found.trouble) == (Do.SORT, None)
    assert found.next_day > tomorrow


def test_letters_of_rhode_island_that_are_retired_set_it_aside(cast):
    copy(title("Emma"), cast.providence, BARCODE)
    assert where(BARCODE).sign.headline == "PRV"
    code = RiCode.objects.create(code="PRV", name="Providence", retired_on=timezone.localdate())
    assert where(BARCODE).trouble is Trouble.NO_CODE
    RiCode.objects.filter(pk=code.pk).update(retired_on=None)
    assert where(BARCODE).do is Do.SORT


def test_the_bin_is_the_one_it_is_in_or_the_one_that_is_filled_for_its_stop(cast, item):
    now = timezone.now()
    courier = Courier.objects.create(code="BAY", name="Bay", state="MA")
    hub = Hub.objects.create(code="PLYMOUTH", name="Plymouth sort", courier=courier)
    filling, full = containers.put_to_use(2, Container.Kind.BIN, holder=hub.code, at=now)

    def sent(barcode, into):
        made = parcels.make(
            from_library=cast.lee,
            to_library=cast.lenox,
            item_library=cast.lenox,
            item_barcode=barcode,
            title="Emma",
            ref="",
            at=now - timedelta(days=1),
            by=None,
        )
        parcels.sort(made, holder=hub.code, by=None, at=now, into=into)

    assert where(BARCODE).bin == ""
    sent("1", filling)
    assert where(BARCODE).bin.replace(" ", "") == filling.number
    containers.close(filling, At(None, now, holder=hub.code))
    assert where(BARCODE).bin == ""
    sent(BARCODE, full)
    assert where(BARCODE).bin.replace(" ", "") == full.number


@pytest.mark.parametrize(
    "text",
    [
        "A30610000000018B",
        "306100 0000 0018",
        "*30610000000018*",
        BARCODE.translate({ord("0") + at: ord("０") + at for at in range(10)}),
        "]C030610000000018",
    ],
)
def test_however_a_scanner_sends_it(cast, item, text):
    assert where(text).to.code == "lenox"


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "9" * 10_000, "\0" * 100, "\u200b", "'; DROP TABLE ill_loan; --" * 9]
)
def test_what_is_no_barcode_is_an_answer_too(cast, item, text):
    found = where(text)
    assert (found.reason, found.do) == (Reason.UNREADABLE, Do.ASIDE)
    assert len(found.barcode) <= 60


def test_a_barcode_that_a_spreadsheet_program_has_rounded_is_said_to_be_that(cast, item):
    found = where("3.061E+13")
    assert (found.reason, found.do, found.to) == (Reason.ROUNDED, Do.ASIDE, None)
    assert where("3.061E+13", "nowhere").reason in sort_lists.WRONG


@pytest.mark.parametrize("text", ["٣٠٦١", "книга", "\ud8007", "%s", "30610000000018\0x", "'--"])
def test_what_nobody_has_is_unknown(cast, item, text):
    assert where(text).reason is Reason.UNKNOWN


@pytest.mark.parametrize("library", ["\0", "x" * 10_000, "' OR 1=1", "книга"])
def test_a_library_that_nobody_knows_is_an_answer(cast, item, library):
    assert where(BARCODE, library).reason in (Reason.NO_LIBRARY, Reason.OWNER)


def test_a_thousand_are_asked_in_as_many_statements_as_a_few(
    cast, item, django_assert_max_num_queries
):
    asked = [Question(BARCODE), *(Question(str(number)) for number in range(900))]
    with django_assert_max_num_queries(5):
        found = destinations.all_of(asked, timezone.now())
    assert [each.reason for each in found[:2]] == [Reason.OWNER, Reason.UNKNOWN]


def test_one_is_asked_in_three_statements(cast, item, django_assert_num_queries):
    with django_assert_num_queries(3):
        where(BARCODE)
    with django_assert_num_queries(1):
        where("1")


def test_holds_that_are_over_for_a_month_are_forgotten(cast, item):
    now = timezone.now()
    tell(cast.lenox, BARCODE, cast.lee, until=timezone.localdate(now), now=now)
    assert told_holds.forget(now + timedelta(days=31)) == 0
    assert told_holds.forget(now + timedelta(days=33)) == 1


def test_what_was_said_last_is_kept_while_what_was_said_before_would_count_again(cast, item):
    now = timezone.now()
    today = timezone.localdate(now)
    tell(cast.lenox, BARCODE, cast.lee, until=today + timedelta(days=90), now=now)
    tell(cast.lenox, BARCODE, None, until=today + timedelta(days=14), now=now + timedelta(hours=1))
    later = now + timedelta(days=60)
    assert told_holds.forget(later) == 0
    assert where(BARCODE, now=later).reason == Reason.OWNER
    assert told_holds.forget(now + timedelta(days=90 + 33)) == 2


def test_of_one_list_the_last_line_counts(cast, item):
    now = timezone.now()
    day = timezone.localdate(now)
    said = [Telling(BARCODE, cast.lenox.pk, each, day) for each in (cast.lee.pk, None) * 20]
    told_holds.tell(said, cast.lenox, by="Koha", now=now)
    assert where(BARCODE).reason == Reason.OWNER


def test_while_the_whole_service_is_suspended_all_waits(cast, item):
    now = timezone.now()
    today = timezone.localdate(now)
    delays.announce(
        Delay.Kind.SUSPENDED,
        at=None,
        first_day=today,
        reason="Strike.",
        by="Dora",
        now=now,
        key=None,
        instead=Delay.Instead.MAIL,
    )
    found = where(BARCODE)
    assert (found.do, found.trouble, found.next_day) == (Do.HOLD, Trouble.HELD, None)


def test_the_sign_is_that_of_who_drives_when_it_comes(cast, item):
    now = timezone.now()
    old, new = (Courier.objects.create(code=code, name=code, state="MA") for code in ("A", "B"))
    hub = Hub.objects.create(code="PLYMOUTH", name="Plymouth sort", courier=old)
    Region.objects.update(hub=hub)
    StopCode.objects.create(courier=old, library=cast.lenox, sign="W2", word="LNX")
    assert where(BARCODE).sign == Address("W2", "LNX")
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    contractors.change(old, new, tomorrow, by="Dora", now=now, key=None)
    assert where(BARCODE).trouble is Trouble.NO_CODE
    StopCode.objects.create(courier=new, library=cast.lenox, sign="7", word="Lenox 01240")
    assert where(BARCODE).sign == Address("7", "Lenox 01240")
