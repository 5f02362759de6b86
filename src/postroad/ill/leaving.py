"""What a library that leaves still has open."""

from postroad.directory.models import Library
from postroad.ill.models import Request, Supply


def still_open(library: Library) -> tuple[int, int]:
    """How many requests of its readers, and how many supplies of its own to others."""
    borrowed = Request.objects.open().filter(library=library).count()
    lent = Supply.objects.open().filter(lender=library).count()
    return borrowed, lent
