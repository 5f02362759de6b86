"""What libraries say about their books, joined into one catalogue.

What a library sent before is known by its control number and brought up to date; a record that
others have too is joined to theirs (`matching`). Each keeps what it said (`Contribution`), and the
union record is what they say together (`description`).

All queries are for a whole batch; none is for one record.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from postroad.catalogue import copies, serial_rows
from postroad.catalogue.copies import Shelf
from postroad.catalogue.entry import Sent
from postroad.catalogue.marc import Holdings
from postroad.catalogue.models import Unindexed
from postroad.catalogue.pool import Pool
from postroad.catalogue.written import Listed, Written
from postroad.directory.models import Library


@dataclass(frozen=True, slots=True)
class Deletion:
    """In a file, in place of the record with this control number."""

    control_number: str


def write(said: list[Sent | Deletion | Holdings], library: Library, listed: Listed) -> Written:
    """Bring the catalogue up to date with these records of the library, in their order."""
    holdings = [each for each in said if isinstance(each, Holdings)]
    last = {control_of(each): each for each in said if not isinstance(each, Holdings)}
    deleted = [control for control, each in last.items() if isinstance(each, Deletion)]
    batch = [each for each in said if isinstance(each, Sent)]
    pool = Pool(library)
    pool.read(batch)
    shelf = Shelf([sent.facts for sent in batch], library, listed)
    for sent in batch:
        shelf.place(sent.facts, pool.place(sent, listed))
    pool.save()
    shelf.save()
    serial_rows.write([sent.facts for sent in batch], holdings, library, listed)
    Unindexed.objects.note(pool.to_index() | shelf.left_records, loaded=True)
    written = pool.written
    written += shelf.written
    if deleted:
        written += delete(deleted, library, listed)
    return written


def control_of(each: Sent | Deletion) -> str:
    return each.control_number if isinstance(each, Deletion) else each.facts.control_number


def delete(controls: list[str], library: Library, listed: Listed) -> Written:
    """The library has these records no more, nor their copies; what it said is said no more. The
    union record may be others'."""
    for control in controls:
        listed.controls.discard(control)
        listed.bare.discard(control)
    pool = Pool(library)
    pool.read([], controls)
    pool.delete(controls)
    pool.save()
    Unindexed.objects.note(pool.to_index(), loaded=True)
    written = copies.withdraw(copies.on_record(library).filter(control_number__in=controls))
    written += pool.written
    return written


def describe_anew(records: Iterable[int]) -> int:
    """Make these records anew from what their contributions said; how many are others now.

    None, unless somebody changed a contribution, or the way in which they are put together.
    """
    pool = Pool()
    pool.gather(set(records))
    pool.learn(pool.entries.values())
    changed = sum([entry.describe() for entry in pool.entries.values()])
    pool.save()
    Unindexed.objects.note(pool.to_index())
    return changed
