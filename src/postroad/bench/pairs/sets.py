"""The real records of which pairs are made: sets that lie beside the clone and are not ours to
ship. Where one is missing, its pairs are."""

import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, cast

import pymarc

from postroad.catalogue import marc
from postroad.catalogue.description import Description
from postroad.errors import Refusal
from postroad.protocols.marc import reading
from postroad.protocols.marc.results import Read

PENN, PENN_LATER = "marc-psu/sample_psucat.mrc", "ils-item-exports/symphony_psu_949.marcxml.gz"
VIRGINIA = "marc-uva-marc8/uva_001_2000.mrc"
VIRGINIA_XML = "marcxml/solrmarc_specTestRecs.xml"
VIRGINIA_SYMPHONY = "ils-item-exports/symphony_marc4j_999.marcxml.gz"
AUSTEN = "marc-malformed/marc4j_pride-and-prejudice-with-many-errors.mrc"
TEMPLE_SENSE = "marcxml/temple_and-ampersand-examples_marc.xml"
KOHA = "koha-demo/koha_biblios.marcxml"
LC = tuple(
    f"marcxml/lc_marc2bibframe2_{name}.xml"
    for name in ("british_library", "dnb", "gwu", "loc_general", "nlm", "oclc", "princeton")
)
SETS = (
    *(PENN, PENN_LATER, VIRGINIA, VIRGINIA_XML, VIRGINIA_SYMPHONY, AUSTEN, TEMPLE_SENSE, KOHA),
    *LC,
    "marc-trln/duke.mrc",
    "marc-trln/unc.mrc",
    "marc-trln/ncsu_base.xml",
    "marcxml/temple_marc_fixture_1_marc.xml",
    "marcxml/temple_marc_fixture_2_marc.xml",
    "marcxml/temple_marc_fixture_3_marc.xml",
    "marcxml/temple_marc_fixture_4_marc.xml",
    "marcxml/princeton_scsb_several_records.xml",
    "ils-item-exports/alma_princeton_852_876.marcxml.gz",
    "ils-item-exports/symphony_stanford_999.marcxml.gz",
)

BESIDE = Path(__file__).parents[5] / "shared"  # the clone


@dataclass(frozen=True, slots=True)
class Held:
    """A record of a set, by its place there: some have no number of their own."""

    file: str
    place: int
    number: str
    record: pymarc.Record
    said: Description

    @property
    def name(self) -> str:
        return f"{self.file}@{self.place}"


def folder() -> Path:
    return Path(os.environ.get("POSTROAD_SHARED", BESIDE)) / "data"


def missing() -> list[str]:
    return [name for name in SETS if not (folder() / name).is_file()]


@cache
def held(file: str) -> tuple[Held, ...]:
    """The bibliographic records of a set, in their order; none where it is missing."""
    path = folder() / file
    if not path.is_file():
        return ()
    with path.open("rb") as opened:
        return tuple(said_by(file, opened))


def said_by(file: str, opened: IO[bytes]) -> Iterator[Held]:
    for each in reading.records(opened):
        if isinstance(each, Read) and (said := facts(each.record)):
            yield Held(file, each.position, each.control_number, each.record, said)


def facts(record: pymarc.Record) -> Description | None:
    """What it says, unless it is no record of a book."""
    try:
        return marc.facts(record).description
    except Refusal:
        return None


def rows(file: str) -> Iterator[list[str]]:
    """Of a table with tabs, that is compressed."""
    path = folder() / file
    if path.is_file():
        with gzip.open(path, "rt", encoding="utf-8") as opened:
            for line in cast("IO[str]", opened):
                yield line.rstrip("\n").split("\t")
