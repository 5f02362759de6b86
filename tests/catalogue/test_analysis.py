import pytest

from postroad.catalogue.analysis import alternatives, joined, others, plain, singles


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Frédéric nolʹ", "Frederic nol"),
        ("C++ and C# on .NET", "Cplusplus and Csharp on NET dotNET"),
        ("love & olives", "love  and  olives"),
        ("三國演義", "三国 国演 演义"),  # the simplified signs, two by two
        ("ノルウェイの森", "ノル ルウ ウェ ェイ イの の森"),
        ("ＡＢＣ １２３", "ABC 123"),
        ("בְּרֵאשִׁית", "בראשית"),
        ("أحمد", "احمد"),
    ],
)
def test_text_is_looked_up_as_it_may_be_typed(text, made):
    assert plain(text).strip() == made


def test_a_mark_stays_with_its_sign():
    assert plain("ที่นี่").split() == ["ที่นี่"]
    assert len(singles("ที่นี่")) == 2


def test_words_with_signs_and_initials_are_found_without():
    assert joined("O‘Connor on AT&T, AC/DC and Ph.D. by J. R. R. Tolkien") == [
        *("OConnor", "ATT", "ACDC", "PhD", "JRR"),
    ]


def test_numbers_are_found_in_figures():
    assert others("The seven pillars of World War II") == ["7", "2"]
    assert list(alternatives("seven")) == ["7"]
    assert list(alternatives("saint")) == ["st"]
