"""Files made for a test, and what is read from them."""

from io import BytesIO

import pymarc

from postroad.protocols.marc import marcxml, reading
from postroad.protocols.marc.results import Read, Trouble
from tests.catalogue.records import record

NOVELS = [record(f"b{place}", title=title) for place, title in enumerate(["Emma", "Émile", "Ivan"])]


def read(data: bytes) -> list[Read | Trouble]:
    return list(reading.records(BytesIO(data)))


def title_of(record: pymarc.Record) -> str:
    return record["245"]["a"]


def titles(found: list[Read | Trouble]) -> list[str]:
    return [title_of(each.record) for each in found if isinstance(each, Read)]


def troubles(found: list[Read | Trouble]) -> list[Trouble]:
    return [each for each in found if isinstance(each, Trouble)]


def xml(*bodies: str, head: str = "") -> bytes:
    one = (
        "<record><leader>00000nam a2200000 a 4500</leader>"
        '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">{}</subfield></datafield>'
        "</record>"
    )
    records = "\n".join(one.format(body) for body in bodies)
    return f'{head}<collection xmlns="{marcxml.SLIM}">{records}</collection>'.encode()
