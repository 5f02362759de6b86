import pytest

from postroad.catalogue import citation


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Austen, Jane, 1775-1817", "Jane Austen"),
        ("Longworth, J. A. (John Augustus)", "J. A. Longworth"),
        ("Lins, Wilson, 1919-", "Wilson Lins"),
        ("Snorri Sturluson -1241", "Snorri Sturluson"),
        ("Brown, William Wells, -1884", "William Wells Brown"),
        ("Pliny, the Younger, 61-112?", "Pliny the Younger"),
        ("Livy, 59 B.C.-17 A.D.", "Livy"),
        ("Shakespeare, William, active 1600", "William Shakespeare"),
        ("King, Martin Luther, Jr., 1929-1968", "Martin Luther King, Jr."),
        ("United States. Congress", "United States. Congress"),
        ("Homer", "Homer"),
        ("Du Bois, W. E. B., author", "W. E. B. Du Bois"),
        ("", ""),
    ],
)
def test_a_heading_is_turned_into_a_name(heading, name):
    assert citation.person(heading) == name


def test_a_title_without_its_subtitle():
    assert citation.short_title("Emma : a novel / edited") == "Emma"
    assert citation.short_title(" : ") == " : "  # never nothing


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Emma : a novel ; with notes", "Emma: a novel; with notes"),
        ("1984", "1984"),
        ("L'étranger : ", "L'étranger: "),
    ],
)
def test_a_title_is_punctuated_as_readers_do(title, read):
    assert citation.as_read(title) == read
