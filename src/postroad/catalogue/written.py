"""What became of the records and copies of a file."""

from dataclasses import dataclass, field, fields
from typing import Self


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

    items: set[int] = field(default_factory=set)
    controls: set[str] = field(default_factory=set)  # of records that list copies at all
    bare: set[str] = field(default_factory=set)  # of those that list none
    unread: set[str] = field(default_factory=set)  # of records that are there and cannot be read
    said: set[str] = field(default_factory=set)  # of those that have told of volumes already
    holdings: set[str] = field(default_factory=set)  # of holdings records
    cut: set[str] = field(default_factory=set)  # of records of which a part is missing

    @property
    def there(self) -> set[str]:
        """Of whatever stands in the file."""
        return self.controls | self.bare | self.unread

    def has(self, control: str) -> bool:
        """Whether a record with this control number has come already."""
        return control in self.controls or control in self.bare
