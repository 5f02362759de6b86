"""The words of what is copied into another system's form, and read back from its answer."""

from django.utils.translation import gettext_lazy

from postroad.ill.copyout import Field, System
from postroad.words.labels import Words

# What each field is called in the form of that system
OCLC: Words = {
    Field.OCLC: gettext_lazy("OCLC number"),
    Field.TITLE: gettext_lazy("Title"),
    Field.AUTHOR: gettext_lazy("Author"),
    Field.EDITION: gettext_lazy("Edition"),
    Field.IMPRINT: gettext_lazy("Imprint"),
    Field.ISBN: gettext_lazy("ISBN"),
    Field.ISSN: gettext_lazy("ISSN"),
    Field.NEED_BY: gettext_lazy("Need before"),
    Field.MAX_COST: gettext_lazy("Maximum cost"),
    Field.SHIP_TO: gettext_lazy("Ship to"),
    Field.NOTES: gettext_lazy("Borrowing notes"),
}
DOCLINE: Words = {
    **OCLC,
    Field.AUTHOR: gettext_lazy("Author or editor"),
    Field.IMPRINT: gettext_lazy("Publisher and year"),
    Field.NEED_BY: gettext_lazy("Needed by"),
    Field.SHIP_TO: gettext_lazy("Delivery address"),
    Field.NOTES: gettext_lazy("Comments"),
}
FORMS = {System.OCLC: OCLC, System.DOCLINE: DOCLINE}
