from hypothesis import given
from hypothesis import strategies as st

from postroad.catalogue import description
from postroad.catalogue.description import Description, describe
from postroad.catalogue.identifiers import Number

ONE = Description(title="Emma", format="book", numbers=(Number("isbn", "1", "1 (pbk.)"),))
OTHER = Description(
    title="Emma : a novel",
    author="Austen, Jane",
    year=1816,
    format="book",
    subjects=("Matchmaking",),
    numbers=(Number("isbn", "1", "1"), Number("oclc", "9", "ocm9")),
)
TEXT = st.text(max_size=12)
SAID = st.builds(
    Description,
    title=TEXT,
    author=TEXT,
    year=st.none() | st.integers(1000, 2030),
    edition=TEXT,
    subjects=st.lists(TEXT, max_size=3).map(tuple),
    numbers=st.lists(
        st.builds(Number, st.sampled_from(["isbn", "oclc"]), st.sampled_from("123"), TEXT),
        max_size=3,
        unique_by=lambda number: (number.kind, number.value),
    ).map(tuple),
)


def test_the_first_describes_the_others_fill_in_and_all_bring_their_numbers():
    whole = describe([ONE, OTHER])
    assert (whole.title, whole.author, whole.year) == ("Emma", "Austen, Jane", 1816)
    assert whole.subjects == ("Matchmaking",)
    assert [number.raw for number in whole.numbers] == ["1 (pbk.)", "ocm9"]
    assert describe([OTHER, ONE]).title == "Emma : a novel"


def test_what_nobody_says_is_empty():
    assert describe([]) == Description()


@given(st.lists(SAID, max_size=5), SAID)
def test_one_more_at_the_end_is_filled_in_as_if_all_were_put_together_anew(said, last):
    assert describe([*said, last]) == (describe(said).filled_by(last) if said else last)


@given(SAID)
def test_what_is_kept_is_read_back_as_it_was_said(said):
    text = description.written(said)
    kept = description.packed(text)
    assert len(kept) <= max(len(text), description.WORTH_PACKING)
    assert description.read(description.unpacked(kept)) == said


def test_a_field_that_is_not_known_here_is_passed_over():
    assert description.read(b'{"title":"Emma","shelf_life":7}') == Description(title="Emma")
