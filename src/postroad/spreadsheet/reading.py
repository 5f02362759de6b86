"""Which kind of file it is."""

from postroad.spreadsheet.comma_separated import of_csv, text_of
from postroad.spreadsheet.rows import BYTES, Locked, NoRows, NotASpreadsheet, Row, TooLarge, kept
from postroad.spreadsheet.workbook import in_a_process_of_its_own

CABINET = b"\xd0\xcf\x11\xe0"  # how a workbook of before 2007 begins, and one with a password


def read(sent: bytes) -> tuple[Row, ...]:
    """The rows with something in them, of a workbook those of its first visible sheet with any."""
    if len(sent) > BYTES:
        raise TooLarge(megabytes=BYTES // 1_000_000)
    if sent.startswith(b"PK"):
        rows = in_a_process_of_its_own(sent)
    elif sent.startswith(CABINET) and "EncryptedPackage".encode("utf-16-le") in sent:
        raise Locked
    elif sent.startswith((CABINET, b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")):
        raise NotASpreadsheet
    else:
        rows = tuple(kept(of_csv(text_of(sent))))
    if not rows:
        raise NoRows
    return rows
