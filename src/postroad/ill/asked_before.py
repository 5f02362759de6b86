"""Whether a patron waits for the same already, or has it at home."""

from postroad.accounts.models import User
from postroad.catalogue.folding import fold
from postroad.catalogue.models import Record
from postroad.ill import materials, volumes
from postroad.ill.lifecycle import Service
from postroad.ill.models import Request
from postroad.ill.wanted import Wanted


def request(wanted: Wanted) -> Request | None:
    """The patron's request for the same that she waits for or has at home, if any."""
    if wanted.citation is None:
        assert wanted.record is not None  # one of the two is what she wants
        return already_asked(wanted.record, wanted.patron, wanted.volume)
    title, parts = fold(wanted.citation.title), part_of(wanted.citation)
    hers = Request.objects.outstanding().of(wanted.patron).filter(service=wanted.service)
    return next(
        (
            ill
            for ill in hers.order_by("pk")
            if fold(ill.title) == title and part_of(materials.read(ill.citation)) == parts
        ),
        None,
    )


def part_of(citation: materials.Citation | None) -> tuple[str, ...]:
    """What tells a part from another one of the same title: editorials, pages of one book."""
    if citation is None or citation.service == Service.LOAN:
        return ()
    fields = materials.Field
    names = (fields.CONTAINER, fields.YEAR, fields.VOLUME, fields.ISSUE, fields.PAGES)
    return tuple(fold(citation.of(name)) for name in names)


def already_asked(record: Record, patron: User, volume: str = "") -> Request | None:
    """The patron's request for this title that she waits for or has at home, if any; not one for
    another volume of it."""
    mine = Request.objects.outstanding().of(patron).filter(record=record, service=Service.LOAN)
    return next((each for each in mine if volumes.overlap(each.volume, volume)), None)
