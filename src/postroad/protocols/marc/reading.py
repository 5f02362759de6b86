"""The records of any file, told apart by its bytes."""

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from typing import IO, cast

from postroad.protocols.marc import iso2709, marcxml, mrk
from postroad.protocols.marc.dialect import UNIMARC, is_unimarc
from postroad.protocols.marc.packed import Packed
from postroad.protocols.marc.results import BreaksOff, NotMarc, Read, Trouble

GZIP = b"\x1f\x8b"


def records(file: IO[bytes], skip: int = 0) -> Iterator[Read | Trouble]:
    """Each record of the file, or what is wrong with it.

    The first `skip` are passed over, as far as may be without a look into them.
    """
    start = file.read(2)
    file.seek(0)
    if start == GZIP:
        file = cast("IO[bytes]", io.BufferedReader(Packed(file)))
    position = skip
    try:
        for each in reader_of(file)(file, skip):
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


def reader_of(file: IO[bytes]) -> Callable[[IO[bytes], int], Iterator[Read | Trouble]]:
    if looks_like_xml(file):
        return marcxml.records
    head = file.read(256)
    file.seek(0)
    return mrk.records if mrk.is_mrk(head) else iso2709.records


def looks_like_xml(file: IO[bytes]) -> bool:
    """Whether the first character that is not blank opens an element."""
    head = file.read(256)
    file.seek(0)
    if head[:2] in marcxml.UTF16:
        return not mrk.is_mrk(head)
    return head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"
