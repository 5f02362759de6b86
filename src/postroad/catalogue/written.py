"""What became of the records and copies of a file."""

from dataclasses import dataclass, field, fields
from typing import Self

from postroad.catalogue.marks import Keys, Seen, SeenKeys, Texts


@dataclass(slots=True)
class Written:
    """How many records and copies became what."""

    new: int = 0
    joined: int = 0  # to a record that another library had brought
    changed: int = 0
    unchanged: int = 0
    copies_new: int = 0
    copies_changed: int = 0
    copies_withdrawn: int = 0
    copies_twice: int = 0  # the same barcode again in the same file
    deleted: int = 0  # the library says that it has the record no more
    deleted_unseen: int = 0  # and never sent it before

    def __iadd__(self, other: "Written") -> Self:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self


@dataclass(slots=True)
class Listed:
    """What a file has listed so far. Systems split a record that is too long, so the same control
    number may come again with more copies; only at the end is it known what is not listed."""

    items: Seen[int] = field(default_factory=Keys)
    unsaid: SeenKeys = field(default_factory=Keys)  # copies that such a record listed before
    controls: Seen[str] = field(default_factory=Texts)  # of records that list copies at all
    bare: Seen[str] = field(default_factory=Texts)  # of those that list none
    unread: Seen[str] = field(default_factory=Texts)  # of records that are there and cannot be read
    said: Seen[str] = field(default_factory=Texts)  # of those that have told of volumes already
    holdings: Seen[str] = field(default_factory=Texts)  # of holdings records
    cut: Seen[str] = field(default_factory=Texts)  # of records of which a part is missing

    def is_there(self, control: str) -> bool:
        """Whether it stands in the file, as whatever."""
        return self.has(control) or control in self.unread

    def lists_whole(self, control: str) -> bool:
        """Whether all copies of this record have been listed: of one that was cut, nobody knows."""
        return control in self.controls and control not in self.cut

    def is_bare(self, control: str) -> bool:
        """Whether it stands there without copies, though some may be on record."""
        return control in self.bare and control not in self.cut

    def has(self, control: str) -> bool:
        """Whether a record with this control number has come already."""
        return control in self.controls or control in self.bare
