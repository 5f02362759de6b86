"""What gzip packed, unpacked as far as a file of records may swell.

Records pack to a tenth, MARCXML to a fortieth; a file of a few kilobytes that unpacks to gigabytes
was made to fill somebody's disk, or his day.
"""

import gzip
import io
from typing import IO, Any

from postroad.protocols.marc.results import BreaksOff

FREE = 64_000_000  # bytes, however small the file is
SWELLS = 200  # times its packed size


class Packed(io.RawIOBase):
    """A gzipped file to be read: it begins anew by seek(0)."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.opened = gzip.GzipFile(fileobj=file)
        self.size = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        view = memoryview(into)
        data = self.opened.read(len(view))
        view[: len(data)] = data
        self.size += len(data)
        if self.size > FREE and self.size > SWELLS * max(self.file.tell(), 1):
            raise BreaksOff("it unpacks to far more than records do")
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        self.size = offset
        return self.opened.seek(offset, whence)
