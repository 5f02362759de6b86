"""The numbers by which the trade and the libraries know a book."""

from postroad.catalogue import identifiers
from postroad.catalogue.identifiers import Number
from postroad.catalogue.marc.fields import Fields, control, join


def numbers_of(fields: Fields) -> tuple[Number, ...]:
    """Its own numbers; those of 020 $z, which belong to other editions, as such."""
    found: list[Number | None] = []
    for field in fields.get("020", ()):
        found += identifiers.isbns(join(field, "a", " ; "))
    for field in fields.get("020", ()):
        found += (
            Number("isbn-z", each.value, each.raw)
            for each in identifiers.isbns(join(field, "z", " ; "))
        )
    for field in fields.get("022", ()):
        found += identifiers.issns(join(field, "al", " ; "))
    for field in fields.get("010", ())[:1]:
        found.append(identifiers.lccn(join(field, "a")))
    for field in fields.get("035", ()):
        said = join(field, "a")
        if said.strip().lower().startswith("(ocolc)"):
            found.append(identifiers.oclc(said))
    own = control(fields, "001")
    if identifiers.is_marked_oclc(own) or control(fields, "003").strip() == "OCoLC":
        found.append(identifiers.oclc(own))
    if any(each and each.kind == "oclc" for each in found):  # numbers that were joined to this one
        for field in fields.get("019", ()):
            found += (identifiers.oclc(sub.value) for sub in field.subfields if sub.code == "a")
    cut = (Number(each.kind, each.value, each.raw[:120]) for each in found if each)
    return tuple({(number.kind, number.value): number for number in cut}.values())
