"""What the fields of a thing are called that no catalog lists, and what may be wrong with them."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.catalogue.models import IdentifierKind
from postroad.ill import materials
from postroad.ill.materials import Field, Material, Trouble
from postroad.words.labels import Words, label

MATERIALS: Words = {
    Material.BOOK: gettext_lazy("Book"),
    Material.RECORDING: gettext_lazy("Music or audiobook"),
    Material.FILM: gettext_lazy("Film or television"),
    Material.SCORE: gettext_lazy("Sheet music"),
    Material.MICROFORM: gettext_lazy("Microfilm or microfiche"),
    Material.MAP: gettext_lazy("Map"),
    Material.THESIS: gettext_lazy("Thesis or dissertation"),
    Material.ARTICLE: gettext_lazy("Article"),
    Material.CHAPTER: gettext_lazy("Chapter of a book"),
    Material.PAGES: gettext_lazy("Pages of a book"),
}
# What each is good for, under its name
EXAMPLES: Words = {
    Material.BOOK: gettext_lazy("also in large print"),
    Material.RECORDING: gettext_lazy("on CD, record or cassette"),
    Material.FILM: gettext_lazy("on DVD, Blu-ray or tape"),
    Material.SCORE: gettext_lazy("a score or its parts"),
    Material.MICROFORM: gettext_lazy("old newspapers, most of all"),
    Material.MAP: gettext_lazy("a sheet or an atlas"),
    Material.THESIS: gettext_lazy("written for a degree"),
    Material.ARTICLE: gettext_lazy("in a journal, magazine or newspaper; you get a copy"),
    Material.CHAPTER: gettext_lazy("you get a copy"),
    Material.PAGES: gettext_lazy("a poem, a table, an entry; you get a copy"),
}
# Above the form for a copy
ASKED: Words = {
    Material.ARTICLE: gettext_lazy("Ask for an article"),
    Material.CHAPTER: gettext_lazy("Ask for a chapter of a book"),
    Material.PAGES: gettext_lazy("Ask for pages of a book"),
}
# As the pages of a request call it
COPIES: Words = {
    Material.ARTICLE: gettext_lazy("copy of an article"),
    Material.CHAPTER: gettext_lazy("copy of a chapter"),
    Material.PAGES: gettext_lazy("copy of some pages"),
}
FIELDS: Words = {
    Field.TITLE: gettext_lazy("Title"),
    Field.AUTHOR: gettext_lazy("Author"),
    Field.YEAR: gettext_lazy("Year"),
    Field.NUMBER: gettext_lazy("ISBN, OCLC or Library of Congress number"),
    Field.EDITION: gettext_lazy("Edition"),
    Field.PUBLISHER: gettext_lazy("Publisher"),
    Field.SERIES: gettext_lazy("Series"),
    Field.VOLUME: gettext_lazy("Volume"),
    Field.LANGUAGE: gettext_lazy("Language"),
    Field.PUBLISHER_NUMBER: gettext_lazy("Publisher’s number"),
    Field.PERFORMERS: gettext_lazy("Performers"),
    Field.MEDIUM: gettext_lazy("Kind of disc or tape"),
    Field.PLACE: gettext_lazy("Place of publication"),
    Field.DATES: gettext_lazy("Dates or reels"),
    Field.SCALE: gettext_lazy("Scale"),
    Field.SHEET: gettext_lazy("Sheet"),
    Field.SCHOOL: gettext_lazy("College or university"),
    Field.DEGREE: gettext_lazy("Degree"),
    Field.SOURCE: gettext_lazy("Where you read about it"),
    Field.CONTAINER: gettext_lazy("Title of the book"),
    Field.ISSUE: gettext_lazy("Issue"),
    Field.PAGES: gettext_lazy("Pages"),
    Field.DOI: gettext_lazy("DOI"),
    Field.PMID: gettext_lazy("PubMed number"),
    Field.ALSO: gettext_lazy("Copy with it"),
}
WITH_IT: Words = {materials.TITLE_PAGE: gettext_lazy("the title page and its back (verso)")}
# Where a material has a better word
FIELDS_OF: Mapping[tuple[Material, Field], Promise] = {
    (Material.RECORDING, Field.AUTHOR): gettext_lazy("Composer, artist or author"),
    (Material.RECORDING, Field.PUBLISHER): gettext_lazy("Label"),
    (Material.RECORDING, Field.PUBLISHER_NUMBER): gettext_lazy("Label’s number"),
    (Material.FILM, Field.AUTHOR): gettext_lazy("Director"),
    (Material.SCORE, Field.AUTHOR): gettext_lazy("Composer"),
    (Material.SCORE, Field.MEDIUM): gettext_lazy("Score or parts, for which instruments"),
    (Material.MICROFORM, Field.TITLE): gettext_lazy("Title of the newspaper, journal or set"),
    (Material.MICROFORM, Field.MEDIUM): gettext_lazy("Film or fiche"),
    (Material.MAP, Field.AUTHOR): gettext_lazy("Mapmaker"),
    (Material.MAP, Field.PLACE): gettext_lazy("What it shows"),
    (Material.ARTICLE, Field.TITLE): gettext_lazy("Title of the article"),
    (Material.ARTICLE, Field.AUTHOR): gettext_lazy("Author of the article"),
    (Material.ARTICLE, Field.CONTAINER): gettext_lazy("Title of the journal"),
    (Material.ARTICLE, Field.NUMBER): gettext_lazy("ISSN of the journal"),
    (Material.CHAPTER, Field.TITLE): gettext_lazy("Title of the chapter"),
    (Material.CHAPTER, Field.AUTHOR): gettext_lazy("Author of the chapter"),
    (Material.CHAPTER, Field.NUMBER): gettext_lazy("ISBN of the book"),
    (Material.PAGES, Field.AUTHOR): gettext_lazy("Author of the book"),
    (Material.PAGES, Field.NUMBER): gettext_lazy("ISBN of the book"),
}
TROUBLES: Words = {
    Trouble.MISSING: gettext_lazy("Please fill this in."),
    Trouble.ONE_OF: gettext_lazy("Give at least one of these, or the number: %(fields)s."),
    Trouble.ONE_OF_PART: gettext_lazy("Give at least one of these: %(fields)s."),
    Trouble.TOO_LONG: gettext_lazy("Use at most %(longest)d characters."),
    Trouble.YEAR: gettext_lazy("Type the year with four digits, like 1998, or leave it empty."),
    Trouble.ISBN_CHECK: gettext_lazy(
        "This looks like an ISBN, but its last digit does not fit the others. Compare it with the "
        "book, or leave it empty."
    ),
    Trouble.ISBN_LENGTH: gettext_lazy(
        "An ISBN has 10 or 13 digits, and this has another number of them. Compare it, or leave it "
        "empty."
    ),
    Trouble.NUMBER: gettext_lazy(
        "This is no ISBN, OCLC or Library of Congress number. Compare it, or leave it empty."
    ),
    Trouble.ISSN: gettext_lazy(
        "This is no ISSN, which has 8 digits, like 0028-0836. Compare it, or leave it empty."
    ),
    Trouble.DOI: gettext_lazy(
        "A DOI begins with 10. and has a slash, like 10.1038/171737a0. Compare it, or leave it "
        "empty."
    ),
    Trouble.PMID: gettext_lazy(
        "A PubMed number has only digits, at most 9. Compare it, or leave it empty."
    ),
    Trouble.FOREIGN: gettext_lazy("This material has no such field."),
}
NUMBERS: Words = {IdentifierKind(kind): name for kind, name in IdentifierKind.choices}


def field(material: Material, name: Field) -> str:
    """What a field is called for this material."""
    return str(FIELDS_OF.get((material, name), FIELDS[name]))


def trouble(material: Material, name: Field, wrong: Trouble) -> str:
    """What is wrong with a field, and what to do."""
    one_of = (field(material, each) for each in materials.SHEETS[material].one_of)
    facts = {
        "fields": ", ".join(one_of),
        "longest": materials.LENGTHS.get(name, materials.LENGTH),
    }
    return str(TROUBLES[wrong]) % facts


def printed(kind: str, value: str) -> str:
    """A number as it stands on a title page."""
    return f"{value[:4]}-{value[4:]}" if kind == "issn" and value else value


def lines(kept: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """All that was told of a thing that no catalog lists, a line each, but its title, author and
    year; nothing of a request for what the catalog lists."""
    citation = materials.read(kept)
    if citation is None:
        return
    material = citation.material
    yield _("Material"), label(MATERIALS, material)
    numbers = [(name, kept[name]) for name in materials.NUMBERS if kept.get(name)]
    yield from ((label(NUMBERS, name), printed(name, value)) for name, value in numbers)
    on_top = {Field.TITLE, Field.AUTHOR, Field.YEAR, *([Field.NUMBER] if numbers else [])}
    for name in citation.sheet.fields:
        if name not in on_top and citation.of(name):
            value = citation.of(name)
            yield field(material, name), label(WITH_IT, value) if name == Field.ALSO else value
