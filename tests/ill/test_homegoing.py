"""From a number, or from a library's name, to the way home: what the rules R4 to R7 rest on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from postroad.catalogue.models import Item
from postroad.delivery import stops
from postroad.delivery.models import Region, Stop
from postroad.directory import closures, evidence, saying
from postroad.directory.called import called, named
from postroad.directory.models import Address, Authority, Effect, Kind, Library, Membership, Symbol
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import Evidence, Source
from postroad.ill import asking, numbering, returns, shipping
from postroad.ill.access import seen_by
from postroad.ill.acts import Act
from postroad.ill.homeward import Because, Way
from postroad.ill.lifecycle import Owner, State
from postroad.ill.lookup import Seen
from postroad.ill.models import System
from postroad.ill.numbering import Place
from tests.ill.story import MONDAY, begin, copy, title

NOBODY = Seen()
BARCODE = "30001000000017"
TODAY = MONDAY.date()


@pytest.fixture
def story(cast):
    return begin(cast).at(State.LENT)


@pytest.fixture
def yale(db):
    return Library.objects.create(
        code="x-yale",
        name="Yale University",
        town="New Haven",
        state="CT",
        membership=Membership.OUTSIDE,
        open_days="",
    )


def say(library, accepts, *, source=Source.OWN, at=MONDAY, **more):
    words = Words({Service.RETURNS: accepts}, **more)
    return saying.say(library, words, source=source, said_by="Somebody", at=at)


def way(library, sender, now=MONDAY):
    return returns.home(library, sender, now).way


def because(library, sender, now=MONDAY):
    return [reason.because for reason in way(library, sender, now).reasons]


def shut(library, days, effect=Effect.NO_RETURNS, first=TODAY):
    last = first + timedelta(days=days - 1) if days else None
    closures.close(
        libraries=[library], first_day=first, last_day=last, effect=effect, source="library"
    )


def test_a_stranger_learns_the_destination_and_the_way_and_no_more(story, cast):
    for number in (story.ill.ref, BARCODE, story.loan.parcel_out.number):
        home = returns.advice(number, NOBODY, now=MONDAY).home
        assert (home.library, home.way.way, home.ill) == (cast.lenox, Way.VAN, None)
        assert home.way.slip.headline == "Lenox"


@pytest.mark.parametrize("who", ["borrower", "lender", "centre"])
def test_whose_request_it_is_sees_it_named(story, cast, who):
    home = returns.advice(BARCODE, seen_by(getattr(cast, who)), now=MONDAY).home
    assert home.ill == story.ill
    assert returns.advice(BARCODE, seen_by(cast.neighbour), now=MONDAY).home.ill is None


def test_each_other_number_leads_home_however_it_is_written(story, cast):
    given = Act(at=MONDAY, role=Owner.CENTRE)
    numbering.enter(story.ill, Place(System.CLIO), "12345", given)
    numbering.enter(story.ill, Place(System.OCLC, story.supply), "201993144", given)
    for number in ("Clio # 12 345", "ILL: 201-993-144"):
        assert returns.advice(number, NOBODY, now=MONDAY).home.library == cast.lenox


def test_a_request_for_which_nothing_was_sent_tells_no_library(cast):
    story = begin(cast).at(State.REFERRED)
    found = returns.advice(story.ill.ref, NOBODY, now=MONDAY)
    assert (found.home, found.libraries, found.unsent) == (None, (), True)


def test_a_number_on_things_of_two_libraries_decides_nothing_until_one_is_chosen(story, cast):
    copy(title("Emma"), cast.pittsfield, BARCODE)
    found = returns.advice(BARCODE, NOBODY, now=MONDAY)
    assert (found.home, set(found.libraries)) == (None, {cast.lenox, cast.pittsfield})
    chosen = returns.advice(BARCODE, NOBODY, now=MONDAY, owner=cast.pittsfield)
    assert chosen.home.library == cast.pittsfield
    assert returns.advice(BARCODE, NOBODY, now=MONDAY, owner=cast.lee).home is None


def test_a_copy_that_nobody_asked_for_goes_to_its_owner(cast):
    copy(title("Emma"), cast.lenox, "7")
    assert returns.advice("7", NOBODY, now=MONDAY, sender=cast.lee).home.way.way == Way.VAN
    assert returns.advice("7", NOBODY, now=MONDAY, sender=cast.lenox).home.way.way == Way.HERE


@pytest.mark.parametrize("text", ["", "404", "Clio", "\x00", "9" * 500])
def test_what_nobody_knows_is_not_guessed(cast, text):
    found = returns.advice(text, NOBODY, now=MONDAY)
    assert (found.home, found.libraries, found.unsent) == (None, (), False)


def test_what_is_over_still_belongs_to_its_lender(cast):
    story = begin(cast).at(State.CLOSED)
    assert returns.advice(story.ill.ref, NOBODY, now=MONDAY).home.library == cast.lenox


def test_of_two_loans_with_one_number_a_desk_sees_its_own(story, cast):
    ill = asking.ask(story.record, Act(cast.bea, MONDAY), patron=cast.bea, library=cast.pittsfield)
    other = type(story)(cast, story.record, ill)
    copy(story.record, cast.lenox, "30001000000025")
    other.listen()
    shipping.ship(
        other.supply, Act(cast.lender, MONDAY), item=Item.objects.get(barcode="30001000000025")
    )
    given = Act(at=MONDAY, role=Owner.CENTRE)
    for each in (story, other):
        numbering.enter(each.ill, Place(System.OTHER), "77", given)
    assert returns.advice("77", seen_by(cast.borrower), now=MONDAY).home.ill == story.ill
    assert returns.advice("77", seen_by(cast.neighbour), now=MONDAY).home.ill == other.ill


def test_r4_what_nobody_has_said_is_not_known(yale, cast):
    assert because(yale, cast.lee) == [Because.NOT_KNOWN, Because.OUTSIDE]
    assert because(cast.otis_school, cast.lee) == [Because.NOT_KNOWN, Because.NO_VAN_THERE]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (Source.OWN, Because.SAYS_YES),
        (Source.LIST, Because.SAYS_YES),
        (Source.TEAM, Because.TEAM_SAYS_YES),
    ],
)
def test_r4_a_yes_that_was_said_lets_it_go(yale, cast, source, reason):
    say(yale, True, source=source)
    assert way(yale, cast.lee).way == Way.MAIL
    assert way(yale, cast.lee).reasons[0].because == reason
    assert way(yale, cast.lee).reasons[0].on == TODAY


def test_r4_anyone_elses_yes_waits_and_lets_nothing_go(yale, cast):
    say(yale, True, source=Source.ANYONE)
    assert way(yale, cast.lee).way == Way.ASK_US


def test_r4_a_no_that_was_said_keeps_it_and_a_blank_after_it_is_unknown(yale, cast):
    say(yale, False, until=TODAY + timedelta(days=30))
    kept = way(yale, cast.lee)
    assert (kept.way, kept.until) == (Way.HOLD_ON, TODAY + timedelta(days=30))
    assert kept.reasons[0].because == Because.SAYS_NO
    say(yale, None, at=MONDAY + timedelta(hours=1))
    later = MONDAY + timedelta(hours=2)
    assert because(yale, cast.lee, later)[0] == Because.NOT_KNOWN


def test_r4_a_yes_after_a_no_lets_it_go_again(yale, cast):
    say(yale, False)
    say(yale, True, at=MONDAY + timedelta(hours=1))
    assert way(yale, cast.lee, MONDAY + timedelta(hours=2)).way == Way.MAIL


@pytest.mark.parametrize("effect", [Effect.CLOSED, Effect.NO_RETURNS])
@pytest.mark.parametrize(
    ("days", "first", "kept"),
    [
        (None, TODAY, True),
        (20, TODAY, True),
        (3, TODAY, False),  # over before the mail is there
        (20, TODAY + timedelta(days=2), True),  # begun when the mail is there
        (20, TODAY + timedelta(days=9), False),
    ],
)
def test_r4_a_closed_library_takes_no_mail(yale, cast, effect, days, first, kept):
    say(yale, True)
    shut(yale, days, effect, first)
    later = MONDAY + timedelta(hours=1)
    assert way(yale, cast.lee, later).way == (Way.HOLD_ON if kept else Way.MAIL)
    if kept:
        until = first + timedelta(days=days - 1) if days else None
        assert way(yale, cast.lee, later).until == until


def test_r5_the_address_for_returns_goes_before_that_for_mail_and_no_bill_is_one(yale, cast):
    say(yale, True)
    assert Because.NO_ADDRESS in because(yale, cast.lee)
    where = {"library": yale, "town": "New Haven", "state": "CT"}
    Address.objects.create(purpose=Address.Purpose.BILLING, lines="Bills", **where)
    assert Because.NO_ADDRESS in because(yale, cast.lee)
    Address.objects.create(purpose=Address.Purpose.MAIL, lines="Mail", **where)
    assert Because.NO_ADDRESS not in because(yale, cast.lee)
    Address.objects.create(purpose=Address.Purpose.RETURN, lines="ILL returns", **where)
    assert returns.home(yale, cast.lee, MONDAY).address.lines == "ILL returns"


def test_r6_the_van_takes_it_whatever_the_library_says_of_mail(cast):
    say(cast.lenox, False)
    assert way(cast.lenox, cast.lee).way == Way.VAN
    assert returns.home(cast.lenox, cast.lee, MONDAY).expected_on == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("days", "decided"), [(2, Way.VAN), (6, Way.VAN), (7, Way.VAN_HELD), (None, Way.VAN_HELD)]
)
def test_r6_a_holiday_holds_no_bin_and_a_suspension_does(cast, days, decided):
    stops.pause(
        first_day=TODAY,
        last_day=TODAY + timedelta(days=days - 1) if days else None,
        reason="Flood",
        at=cast.lenox,
    )
    advice = way(cast.lenox, cast.lee)
    assert advice.way == decided
    if decided == Way.VAN_HELD:
        assert advice.reasons[1].why == "Flood"
        assert advice.until == (TODAY + timedelta(days=days - 1) if days else None)


def test_r6_a_suspension_that_is_over_when_it_comes_holds_nothing(cast):
    stops.pause(first_day=TODAY - timedelta(days=20), last_day=TODAY, reason="Flood", at=cast.lenox)
    assert way(cast.lenox, cast.lee).way == Way.VAN


def test_r6_where_the_van_stops_at_one_end_only_it_is_the_mail(cast):
    say(cast.lenox, True)
    assert way(cast.lenox, cast.otis_school).way == Way.MAIL
    Stop.objects.filter(library=cast.lenox).update(active=False)
    assert because(cast.lenox, cast.lee)[-1] == Because.NO_VAN_THERE


def test_r7_each_state_has_its_slip(cast):
    Region.objects.update(letter="W")
    for ends, slip in (
        ((cast.lee, cast.providence), ("RI", "PRV")),
        ((cast.providence, cast.lee), ("S", "Lee")),
        ((cast.lenox, cast.lee), ("W", "Lee")),
    ):
        sender, receiver = ends
        found = way(receiver, sender).slip
        assert (found.sign, found.headline) == slip


def test_r7_without_its_code_a_library_of_rhode_island_is_asked_about(cast):
    Library.objects.filter(pk=cast.providence.pk).update(delivery_code="")
    cast.providence.refresh_from_db()
    assert way(cast.providence, cast.lee).way == Way.ASK_US


def test_the_days_are_those_of_the_library_that_it_goes_to(cast):
    """An hour before midnight in Lee it is Tuesday in London."""
    Library.objects.filter(pk=cast.lenox.pk).update(time_zone="Europe/London")
    cast.lenox.refresh_from_db()
    Stop.objects.filter(library=cast.lee).update(active=False)
    night = datetime(2026, 11, 24, 3, tzinfo=UTC)
    say(cast.lenox, False, at=night, until=date(2026, 11, 23))
    assert way(cast.lenox, cast.lee, night + timedelta(hours=1)).way == Way.ASK_US


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PRV", ["providence"]),
        ("prv", ["providence"]),
        ("Lenox Library", ["lenox"]),
        ("lenox", ["lenox"]),
        ("library lee", ["lee"]),
        ("Providence", ["providence"]),
        ("library", ["lee", "lenox", "otis-school", "providence"]),
        ("", []),
        ("\x00", []),
        ("Atlantis", []),
    ],
)
def test_a_library_is_found_by_name_town_and_code(cast, text, found):
    assert [each.code for each in called(text)] == found


def test_libraries_in_the_town_of_that_name_come_before_names_that_have_the_word(cast):
    for code, name, town in (("abbey", "Lenox Abbey", "Abbey"), ("stop", "Stop", "East Lenox")):
        Library.objects.create(code=code, name=name, town=town, state="MA", kind=Kind.PUBLIC)
    assert [each.code for each in called("lenox")] == ["lenox", "abbey", "stop"]


def test_on_a_form_a_code_is_enough_however_it_is_written(cast):
    Library.objects.create(code="abbey", name="Abbey of Lenox", town="Stockbridge", state="MA")
    assert len(called("lenox")) > 1
    assert named("lenox") == named(" Lenox ") == [cast.lenox]
    assert named("Atlantis") == []


def test_a_code_in_capitals_means_the_one_that_has_it_however_it_is_kept(cast):
    where = {"town": "Boston", "state": "MA", "kind": Kind.PUBLIC}
    of_school = Library.objects.create(code="BERK", name="Berklee", **where)
    Library.objects.create(code="berks", name="Berkshire", **where)
    assert called("BERK") == [of_school]


def test_a_library_is_found_by_its_symbol_and_an_umbrella_means_all_under_it(cast, yale):
    Symbol.objects.create(library=yale, authority=Authority.OCLC, value="YUS")
    for library in (cast.lee, cast.providence):
        Symbol.objects.create(library=library, authority=Authority.OCLC, value="RDS", umbrella=True)
    assert called("yus") == [yale]
    assert set(called("RDS")) == {cast.lee, cast.providence}


def see(library, *, staff, day=TODAY):
    evidence.note(
        library,
        address="https://library.example.org/hours",
        seen="Staff in the building, doors closed",
        staff_on_site=staff,
        seen_on=day,
        initials="cm",
        by="Cora",
        at=MONDAY,
    )


def test_r4_staff_in_the_building_by_its_website_let_it_go_while_that_counts(yale, cast):
    see(yale, staff=True)
    assert because(yale, cast.lee)[0] == Because.WEBSITE_SAYS_YES
    runs_out = evidence.runs_out(Evidence.objects.get())
    later = MONDAY + (runs_out - TODAY)
    assert way(yale, cast.lee, later).way == Way.MAIL
    assert way(yale, cast.lee, later + timedelta(days=1)).way == Way.ASK_US


def test_r4_nobody_in_the_building_by_its_website_keeps_it(yale, cast):
    see(yale, staff=False)
    assert because(yale, cast.lee)[0] == Because.WEBSITE_SAYS_NO


def test_r4_a_no_of_the_library_that_is_newer_than_its_website_counts(yale, cast):
    see(yale, staff=True, day=TODAY - timedelta(days=3))
    say(yale, False, until=TODAY + timedelta(days=30))
    assert because(yale, cast.lee)[0] == Because.SAYS_NO
