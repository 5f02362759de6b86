"""What people decided about records, as a load asks for it: by library and control number."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from postroad.catalogue.models import Decision

Key = tuple[int, str]  # of a library, and its control number


@dataclass(slots=True)
class Decided:
    """Which contributions are never on one record, which always, and which stay where they are."""

    apart: dict[Key, set[Key]] = field(default_factory=lambda: defaultdict(set))
    together: dict[Key, set[Key]] = field(default_factory=lambda: defaultdict(set))
    pinned: set[Key] = field(default_factory=set)

    def forbids(self, key: Key, others: Iterable[Key]) -> bool:
        return key in self.apart and not self.apart[key].isdisjoint(others)

    def demands(self, key: Key, others: Iterable[Key]) -> bool:
        return key in self.together and not self.together[key].isdisjoint(others)


def about(library: int, controls: Iterable[str]) -> Decided:
    """What was decided about these of a library, in one query."""
    decided, controls = Decided(), list(controls)
    rows = Decision.objects.filter(
        Q(library=library, control_number__in=controls)
        | Q(other_library=library, other_control_number__in=controls)
    ).order_by("pk")
    for each in rows:
        one = (each.library_id, each.control_number)
        if each.other_library_id is None:
            decided.pinned.add(one)
            continue
        other = (each.other_library_id, each.other_control_number)
        pairs = decided.apart if each.kind == Decision.Kind.APART else decided.together
        pairs[one].add(other)
        pairs[other].add(one)
    return decided
