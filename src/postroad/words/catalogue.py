"""The words of records and of searching."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.words import harvests, loads
from postroad.words.labels import Words, label

# On what a film or a recording is (`marc.forms.CARRIERS`), and print for the fingers.
CARRIERS: Words = {
    "dvd": gettext_lazy("DVD"),
    "blu-ray": gettext_lazy("Blu-ray"),
    "vhs": gettext_lazy("VHS"),
    "filmstrip": gettext_lazy("filmstrip"),
    "reel": gettext_lazy("film reel"),
    "playaway": gettext_lazy("Playaway"),
    "mp3": gettext_lazy("MP3"),
    "cassette": gettext_lazy("cassette"),
    "vinyl": gettext_lazy("vinyl"),
    "cd": gettext_lazy("CD"),
    "braille": gettext_lazy("braille"),
    "microform": gettext_lazy("microform"),
}


def form(format_: str, carrier: str) -> str:
    """ "film, DVD": what it is, in words, and on what, as a record has it."""
    carriers = [label(CARRIERS, each) for each in carrier.split(", ") if each]
    return ", ".join([format_, *carriers])


# The library systems whose way to write items is known (`marc.layouts.PRESETS`), and "own".
SYSTEMS: Words = {
    "koha": gettext_lazy("Koha (field 952)"),
    "evergreen": gettext_lazy("Evergreen (852 with $j)"),
    "sierra": gettext_lazy("Sierra (945)"),
    "symphony": gettext_lazy("Symphony (999)"),
    "symphony-949": gettext_lazy("Symphony (949)"),
    "symphony-psu": gettext_lazy("Symphony as Penn State has it (949)"),
    "polaris": gettext_lazy("Polaris (852)"),
    "tlc": gettext_lazy("TLC (852)"),
    "destiny": gettext_lazy("Follett Destiny (852)"),
    "alma": gettext_lazy("Alma (852 and 876)"),
    "holdings": gettext_lazy("Plain holdings (852)"),
    "own": gettext_lazy("Our own rules"),
}

NEEDS_A_FIELD = gettext_lazy("Type the field in which an item stands.")

# Of what two records say the same, or something else (`matching.Evidence`).
EVIDENCE: Words = {
    "number": gettext_lazy("Number"),
    "form": gettext_lazy("Format"),
    "carrier": gettext_lazy("Carrier"),
    "title": gettext_lazy("Title"),
    "author": gettext_lazy("Author"),
    "part": gettext_lazy("Part"),
    "series": gettext_lazy("Number in the series"),
    "language": gettext_lazy("Language"),
    "edition": gettext_lazy("Edition"),
    "year": gettext_lazy("Year"),
    "publisher": gettext_lazy("Publisher"),
    "extent": gettext_lazy("Extent"),
}

NOT_LENT = gettext_lazy("Libraries do not lend whole journals.")
INSTEAD = gettext_lazy("Ask for the article you need instead, and you get a copy of it.")
NO_COPY = gettext_lazy("no library lists a copy")


def on_shelf(libraries: int) -> str:
    """At how many of them."""
    if not libraries:
        return _("no copy is on the shelf now")
    said = ngettext("on the shelf at %(n)s", "on the shelf at %(n)s", libraries)
    return said % {"n": libraries}


REFUSALS: Words = {
    **loads.REFUSALS,
    **harvests.REFUSALS,
    "too-long-for-iso2709": gettext_lazy(
        "This record is too long for a MARC file of the old kind. Download it as MARCXML; it says"
        " the same."
    ),
    "deleted-record": gettext_lazy("The library that sent this record has deleted it."),
    "holdings-record": gettext_lazy("This is a holdings record, not a bibliographic record."),
    "item-not-here": gettext_lazy(
        "According to the catalog, copy %(barcode)s is not where it needs to be for this. Check "
        "its status first. Nothing was changed."
    ),
    "no-search-index": gettext_lazy(
        "The catalog is being prepared for searching. Nothing is lost; please try again in a few "
        "minutes."
    ),
    "no-title": gettext_lazy("The record has no title, so nobody could find it."),
    "not-to-join": gettext_lazy(
        "These two records cannot be joined: one of them is gone, or what its library says of it "
        "has not been read yet. Load its file again first. Nothing was changed."
    ),
    "not-to-split": gettext_lazy(
        "Choose at least one library whose record is another book, and leave at least one. What a "
        "library says must have been read; if not, load its file again first. Nothing was changed."
    ),
    "not-marc": gettext_lazy("Postroad cannot read this file. It reads ISO 2709 and MARCXML."),
    "search-index-busy": gettext_lazy(
        "The search index is being updated by another process. Nothing is lost; please try again "
        "in a few minutes."
    ),
    "search-index-trouble": gettext_lazy(
        "The search index could not be updated. The catalog itself is fine; please tell whoever "
        "runs this server."
    ),
}
