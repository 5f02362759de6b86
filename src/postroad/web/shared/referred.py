"""What a reference names, as the fields of the form on which it is asked for."""

from collections.abc import Mapping

from django.http import HttpRequest

from postroad.catalogue import pasted
from postroad.ill import materials
from postroad.ill.materials import COPIED, Field, Material
from postroad.protocols.openurl import Kind, Reference

PASTE = "paste"  # in the address: what somebody pasted
OF_A_BOOK = (Material.CHAPTER, Material.PAGES)
IN_A_BOOK = (Kind.BOOK, Kind.CHAPTER, Kind.PAGES)
IN_A_JOURNAL = (Kind.SERIAL, Kind.ISSUE)


def read(request: HttpRequest) -> Reference:
    """What was pasted into the box of a form; an empty one if nothing was."""
    return pasted.read(request.GET.get(PASTE, "")[: pasted.LONGEST])


def material(found: Reference, chosen: Material | None = None) -> Material | None:
    """The form for it: the one that was chosen, unless it names another kind of thing."""
    if found.kind in IN_A_JOURNAL:
        return Material.ARTICLE
    told = found.kind != Kind.UNKNOWN and (found.container or found.title or found.isbn)
    of_a_book = chosen in OF_A_BOOK and found.kind in IN_A_BOOK
    if chosen is not None and (not told or of_a_book):
        return chosen  # a DOI alone is of an article as well as of a chapter
    if found.kind == Kind.UNKNOWN:
        return Material.ARTICLE if found.container or found.issn else None
    return Material(found.kind.value)


def fields(found: Reference, kind: Material) -> Mapping[Field, str]:
    """What of it this form asks for, as long as its fields take it."""
    said: dict[Field, str] = {
        Field(name): str(getattr(found, name))
        for name in materials.SHEETS[kind].fields
        if hasattr(found, name)
    }
    whole = found.kind in IN_A_JOURNAL or (found.kind == Kind.BOOK and kind in COPIED)
    if whole:  # of which a part is wanted
        said |= {Field.TITLE: "", Field.CONTAINER: found.container or found.title}
    is_article = kind == Material.ARTICLE
    said[Field.NUMBER] = (found.issn or found.eissn) if is_article else found.isbn
    if found.pmc and not (found.doi or found.pmid):
        said[Field.SOURCE] = found.pmc
    return {
        name: text[: materials.LENGTHS.get(name, materials.LENGTH)]
        for name, text in said.items()
        if text and name in materials.SHEETS[kind].fields
    }
