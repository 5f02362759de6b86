"""The records of any file, told apart by its bytes."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from typing import IO, cast

from postroad.protocols.marc import iso2709, marcxml
from postroad.protocols.marc.dialect import UNIMARC, is_unimarc
from postroad.protocols.marc.results import BreaksOff, NotMarc, Read, Trouble

GZIP = b"\x1f\x8b"


def records(file: IO[bytes]) -> Iterator[Read | Trouble]:
    """Each record of the file, or what is wrong with it."""
    start = file.read(2)
    file.seek(0)
    if start == GZIP:
        file = cast("IO[bytes]", gzip.GzipFile(fileobj=file))
    position = 0
    try:
        read = marcxml.records if looks_like_xml(file) else iso2709.records
        for each in read(file):
            position = each.position
            if not (isinstance(each, Read) and is_unimarc(each.record)):
                yield each
            elif position == 1:
                raise NotMarc(reason=UNIMARC)
            else:
                yield Trouble(position, UNIMARC, each.control_number)
    except BreaksOff as why:
        if not position:
            raise NotMarc(reason=f"there is no record in it: {why}") from why
        yield Trouble(position + 1, str(why), breaks_off=True)
    except (EOFError, zlib.error, gzip.BadGzipFile) as why:
        if not position:
            raise NotMarc(reason=f"its compression is damaged: {why}") from why
        yield Trouble(position + 1, f"its compression is damaged: {why}", breaks_off=True)


def looks_like_xml(file: IO[bytes]) -> bool:
    """Whether the first character that is not blank opens an element."""
    head = file.read(256)
    file.seek(0)
    return head[:2] in marcxml.UTF16 or head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"
