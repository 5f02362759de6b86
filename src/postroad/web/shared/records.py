"""The record that an address names."""

from django.http import Http404

from postroad.catalogue.models import Record

MOST_MOVES = 20


def standing(pk: int) -> Record:
    """The record of this number, or the one that it turned out to be. Raises Http404."""
    for _ in range(MOST_MOVES):
        found = Record.objects.prefetch_related("identifiers").filter(pk=pk).first()
        if found is None:
            break
        if not found.moved_to_id:
            return found
        pk = found.moved_to_id
    raise Http404
