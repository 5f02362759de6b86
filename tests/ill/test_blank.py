"""What no catalog lists can be asked for, matched to a record, and looked for by everybody."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from postroad.catalogue.models import Format
from postroad.ill import (
    asking,
    borrowing,
    catalogued,
    intake,
    lending,
    materials,
    mediation,
    sweeps,
)
from postroad.ill.acts import Act
from postroad.ill.asking import AlreadyAsked, NeedByPassed, NoCard, NotCited, Unacceptable
from postroad.ill.catalogued import NotBlank
from postroad.ill.intake import Concern
from postroad.ill.lifecycle import OutOfTurn, Reason, State, Verb
from postroad.ill.materials import SHEETS, Field, Material, Trouble
from postroad.ill.models import MovedMeanwhile, Request
from postroad.ill.wanted import Acceptable, Wanted
from tests.cast import outside
from tests.ill.story import MONDAY, Story, assert_whole, begin, copy, title

SAID = {Field.TITLE: "A yankee in Canada", Field.AUTHOR: "H. D. Thoreau", Field.YEAR: "1866"}


def wish(cast, said=SAID, material=Material.BOOK, **more):
    citation = materials.Citation(material, said)
    return Wanted(patron=cast.ada, library=cast.lee, citation=citation, **more)


def ask(cast, said=SAID, material=Material.BOOK, **more):
    return asking.ask_blank(wish(cast, said, material, **more), Act(cast.ada, MONDAY))


def story_of(cast, ill):
    return Story(cast, title("no record of it"), ill)


def at_the_centre(cast):
    """Ada's blank request, where the center looks for it elsewhere."""
    story = story_of(cast, ask(cast))
    story.listen()
    assert story.ill.state == State.CENTRE
    return story


def troubles(material, **said):
    named = {Field(name.replace("_", "-")): text for name, text in said.items()}
    return materials.troubles(materials.tidied(material, named), 2026)


def test_every_material_demands_a_title_and_offers_the_formats_of_the_catalog():
    assert set(SHEETS) == set(Material)
    for material, sheet in SHEETS.items():
        assert {Field.TITLE, Field.CONTAINER} & set(sheet.demanded), material
        assert len(sheet.fields) == len(set(sheet.fields)), material
        assert sheet.formats
        assert set(sheet.formats) <= set(Format.values)


def test_of_each_material_what_is_demanded_is_missed_and_one_of_some_is_enough():
    assert troubles(Material.BOOK) == {
        Field.TITLE: Trouble.MISSING,
        Field.AUTHOR: Trouble.ONE_OF,
    }
    assert troubles(Material.BOOK, title="Walden", year="1854") == {}
    assert troubles(Material.BOOK, title="Walden", number="0-19-504983-7") == {}
    assert troubles(Material.THESIS, title="Ice", author="Lee") == {Field.SCHOOL: Trouble.ONE_OF}
    assert troubles(Material.MICROFORM, title="The Sun") == {Field.DATES: Trouble.MISSING}
    assert troubles(Material.MICROFORM, title="The Sun", dates="1901") == {}


@pytest.mark.parametrize(
    ("said", "field", "wrong"),
    [
        ({"year": "20266"}, Field.YEAR, Trouble.YEAR),
        ({"year": "2029"}, Field.YEAR, Trouble.YEAR),
        ({"year": "12"}, Field.YEAR, Trouble.YEAR),
        ({"year": "１９９８"}, Field.YEAR, Trouble.YEAR),  # digits, but none that a row can keep
        ({"year": "-998"}, Field.YEAR, Trouble.YEAR),
        ({"number": "978-0-19-504983-2"}, Field.NUMBER, Trouble.ISBN_CHECK),
        ({"number": "97801950498"}, Field.NUMBER, Trouble.ISBN_LENGTH),
        ({"number": "next shelf"}, Field.NUMBER, Trouble.NUMBER),
        ({"title": "x" * 1_000_000}, Field.TITLE, Trouble.TOO_LONG),
        ({"scale": "1:25000"}, Field.SCALE, Trouble.FOREIGN),
    ],
)
def test_what_cannot_be_is_said_of_its_field(said, field, wrong):
    found = troubles(Material.BOOK, **{"title": "Walden", "author": "Thoreau", **said})
    assert found[field] == wrong
    assert set(found) == {field}


def test_a_blank_request_keeps_all_that_was_told_and_has_no_record(cast):
    said = {**SAID, Field.EDITION: " first\n edition\0", Field.NUMBER: "ISBN 0-19-504983-7"}
    ill = ask(cast, said)
    assert (ill.record, ill.title, ill.author) == (None, "A yankee in Canada", "H. D. Thoreau")
    assert (ill.year, ill.format) == (1866, Format.BOOK)
    assert ill.citation["edition"] == "first edition"
    assert ill.citation["isbn"] == "9780195049831"
    assert materials.read(ill.citation).of(Field.EDITION) == "first edition"
    assert ill.is_blank


def test_what_is_not_enough_or_cannot_be_is_refused_whole(cast):
    with pytest.raises(NotCited) as no:
        ask(cast, {Field.TITLE: "<b>" + "x" * 1_000_000, Field.YEAR: "20266"})
    assert no.value.facts["troubles"] == {Field.TITLE: Trouble.TOO_LONG, Field.YEAR: Trouble.YEAR}
    with pytest.raises(NotCited):
        ask(cast, {})
    strange = materials.Citation(Material.MAP, {**SAID, Field.PLACE: "Quebec"}, "book")
    with pytest.raises(Unacceptable):
        asking.ask_blank(replace(wish(cast), citation=strange), Act(cast.ada, MONDAY))
    assert not Request.objects.exists()


def test_a_second_press_gives_the_first_request_again(cast):
    key = uuid4()
    assert ask(cast, key=key) == ask(cast, key=key)
    assert Request.objects.count() == 1


def test_limits_blocks_and_days_are_those_of_every_request(cast):
    with pytest.raises(NoCard):
        asking.ask_blank(replace(wish(cast), patron=cast.stranger), Act(cast.stranger, MONDAY))
    with pytest.raises(NeedByPassed):
        ask(cast, need_by=date(2026, 11, 1))
    with pytest.raises(asking.NeedByFarAway):
        ask(cast, need_by=date(2026, 11, 30))
    first = ask(cast)
    with pytest.raises(AlreadyAsked) as no:
        ask(cast, {**SAID, Field.TITLE: "A Yankee, in Canada"})
    assert no.value.facts["ref"] == first.ref
    again = ask(cast, insists=True)
    assert Concern.DUPLICATE in list(intake.concerns(intake.gather(again, MONDAY)))
    other = ask(cast, {**SAID, Field.TITLE: "Cape Cod"})
    assert Concern.DUPLICATE not in list(intake.concerns(intake.gather(other, MONDAY)))


def test_it_is_approved_and_goes_to_the_center(cast):
    story = at_the_centre(cast)
    verbs = list(story.ill.events.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["ask", "approve", "escalate"]
    assert_whole(story.ill)


def test_matched_to_a_record_it_goes_round_the_members(cast):
    story = at_the_centre(cast)
    record = title("A Yankee in Canada", year=1866)
    copy(record, cast.lenox, "30001000000025")
    catalogued.match(story.ill, Act(cast.centre, MONDAY), record=record)
    story.listen()
    assert (story.ill.state, story.supply.lender) == (State.REFERRED, cast.lenox)
    assert (story.ill.title, story.ill.author) == ("A Yankee in Canada", "Thoreau, Henry David")
    matched = story.ill.events.get(verb=Verb.MATCH)
    assert matched.facts["asked_as"] == "A yankee in Canada"
    assert matched.by == cast.centre
    with pytest.raises(OutOfTurn):  # a lender looks for it now
        catalogued.unmatch(story.ill, Act(cast.centre, MONDAY))
    assert_whole(story.ill)


def test_a_match_that_was_none_is_taken_back(cast):
    story = at_the_centre(cast)
    record = title("Cape Cod")
    catalogued.match(story.ill, Act(cast.borrower, MONDAY), record=record)
    story.listen()
    assert story.ill.state == State.CENTRE  # nobody owns it
    catalogued.unmatch(story.ill, Act(cast.borrower, MONDAY))
    story.look()
    assert (story.ill.record, story.ill.title, story.ill.year) == (None, SAID[Field.TITLE], 1866)
    assert story.ill.events.get(verb=Verb.UNMATCH).facts["title"] == "Cape Cod"


def test_a_match_does_not_hit_what_another_moved_and_asks_nothing_of_a_catalog_request(cast):
    story = at_the_centre(cast)
    stale = Request.objects.shown().get(pk=story.ill.pk)
    record = title("Cape Cod")
    catalogued.match(story.ill, Act(cast.centre, MONDAY), record=record)
    with pytest.raises(MovedMeanwhile):
        catalogued.match(stale, Act(cast.borrower, MONDAY), record=title("Walden"))
    plain = begin(cast).ill
    with pytest.raises(NotBlank):
        catalogued.match(plain, Act(cast.centre, MONDAY), record=record)
    with pytest.raises(asking.NotLent):
        catalogued.match(
            ask(cast, {**SAID, Field.TITLE: "Excursions"}),
            Act(cast.centre, MONDAY),
            record=title("Time", format="serial"),
        )


def test_what_else_would_do_is_kept_amended_and_told_in_the_history(cast):
    terms = Acceptable(True, ("eng", "fre"), ("large-print",), Decimal("12.50"))
    story = story_of(cast, ask(cast, acceptable=terms, note_for_lender="The maps"))
    story.look()
    assert Acceptable.of(story.ill) == terms
    kept = {"need_by": None, "library": cast.lee, "note": ""}
    act = Act(cast.ada, MONDAY)
    assert asking.amend(story.ill, act, **kept) is None  # nothing was otherwise
    less = replace(terms, max_cost=Decimal(0))
    event = asking.amend(story.ill, act, acceptable=less, **kept)
    assert event.facts == {"acceptable": True}
    story.look()
    assert (story.ill.max_cost, story.ill.note_for_lender) == (Decimal(0), "The maps")


@pytest.mark.parametrize(
    "terms",
    [
        Acceptable(languages=("english",)),
        Acceptable(languages=("<b>",)),
        Acceptable(languages=tuple(f"a{chr(97 + n)}a" for n in range(21))),
        Acceptable(formats=("papyrus",)),
        Acceptable(max_cost=Decimal("-1")),
        Acceptable(max_cost=Decimal("NaN")),
        Acceptable(max_cost=Decimal(1000)),
    ],
)
def test_what_no_form_of_ours_says_is_refused(cast, terms):
    with pytest.raises(Unacceptable):
        ask(cast, acceptable=terms)
    story = begin(cast)
    kept = {"need_by": None, "library": cast.lee, "note": ""}
    with pytest.raises(Unacceptable):
        asking.amend(story.ill, Act(cast.ada, MONDAY), acceptable=terms, **kept)


def test_with_the_readers_name_her_own_words_go(cast):
    said = {**SAID, Field.SOURCE: "My aunt told me"}
    ill = ask(cast, said, note="Aunt", note_for_lender="For Ada")
    borrowing.cancel(ill, Act(cast.ada, MONDAY))
    sweeps.forget_patron(ill, MONDAY)
    ill.refresh_from_db()
    assert (ill.note, ill.note_for_lender, ill.patron) == ("", "", None)
    assert Field.SOURCE not in ill.citation
    assert ill.citation["title"] == SAID[Field.TITLE]


def test_an_outside_lender_is_asked_for_a_blank_request_as_for_any_other(cast):
    story = at_the_centre(cast)
    supply = mediation.refer_outside(
        story.ill,
        Act(cast.centre, MONDAY),
        lender=outside(),
        system="OCLC WorldShare",
        number="201993144",
    )
    lending.refuse(supply, Act(cast.centre, MONDAY), reason=Reason.NOT_AS_CITED)
    story.listen()
    assert story.ill.state == State.CENTRE
    assert_whole(story.ill)
