"""Real records and real citations, read at run time from the shared data beside the clone. None of
it is part of Postroad; where it is not there, a bench that needs it says so and has no figures.
"""

import csv
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from postroad.catalogue import marc, search
from postroad.catalogue.description import Description
from postroad.catalogue.engines.tantivy import Entry
from postroad.catalogue.models import Record
from postroad.catalogue.search import Held
from postroad.protocols.marc import reading
from postroad.protocols.marc.results import Read

BESIDE = Path(__file__).parents[4] / "shared"
# Small and whole first; the last two are descriptions of real books, written as MARC for volume.
FILES = (
    "marc-psu/sample_psucat.mrc",
    "marc-uva-marc8/uva_001_2000.mrc",
    "marc-trln/duke.mrc",
    "marc-trln/unc.mrc",
    "koha-demo/koha_biblios.marcxml",
    *(
        f"marcxml/lc_marc2bibframe2_{name}.xml"
        for name in ("british_library", "dnb", "gwu", "loc_general", "nlm", "oclc", "princeton")
    ),
    *(f"marcxml/temple_marc_fixture_{number}_marc.xml" for number in (2, 3)),
    "marc-derived-scale/bl_21k.mrc.gz",
    "marc-derived-scale/gutenberg_78k.mrc.gz",
)
WRITTEN_AS_MARC = 2  # of these files
QUERIES = "citations/searchworks_queries.tsv"


def folder() -> Path | None:
    """Where the data is: POSTROAD_SHARED, or beside the clone."""
    data = Path(os.environ.get("POSTROAD_SHARED", BESIDE)) / "data"
    return data if (data / QUERIES).is_file() else None


def descriptions(data: Path, most: int | None = None) -> Iterator[Description]:
    """What each real record says, file by file; of the large ones at most so many."""
    for place, name in enumerate(FILES):
        large = place >= len(FILES) - WRITTEN_AS_MARC
        with opened(data / name) as file:
            for number, read in enumerate(reading.records(file)):
                if large and most is not None and number >= most:
                    break
                if isinstance(read, Read) and (said := description_of(read)) is not None:
                    yield said


def opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def description_of(read: Read) -> Description | None:
    try:
        return marc.facts(read.record).description
    except (marc.NoTitle, marc.HoldingsRecord, marc.Deleted):
        return None


def entry(number: int, said: Description, held: Held) -> Entry:
    """As the search index keeps it."""
    columns = [each.name for each in Record._meta.get_fields() if hasattr(said, each.name)]
    return search.entry_of(
        Record(pk=number, **{name: getattr(said, name) for name in columns}), held
    )


def citations(data: Path) -> Iterator[dict[str, str]]:
    """Searches that a university's index tests keep, with what they are about."""
    with (data / QUERIES).open(encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
