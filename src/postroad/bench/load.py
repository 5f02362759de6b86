"""From MARC files to searchable: four libraries' files of a generated catalogue, with matching,
copies, database and index, beside the release before this one in the same run.

100,000 records; another number in POSTROAD_BENCH_RECORDS. A tenth as many are loaded too: memory
should not grow with the file.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from postroad import __version__
from postroad.bench import corpus
from postroad.bench.figures import Conditions, Figure, conditions
from postroad.bench.visitors import releases

NAME = "load"
RECORDS, LIBRARIES = 100_000, 4
DRIVER = Path(__file__).with_name("loader.py")
JOINED = """
import json
from postroad.catalogue.models import Contribution
rows = Contribution.objects.values_list("library__code", "control_number", "record_id")
print(json.dumps(list(rows)))
"""


def main() -> None:
    for figure in measure(int(os.environ.get("POSTROAD_BENCH_RECORDS") or RECORDS)):
        print(figure.line(), flush=True)  # noqa: T201


def measure(count: int = RECORDS) -> Iterator[Figure]:
    with releases() as sources:
        for release, source in sources.items():
            known = {**conditions(), "release": release}
            for some in (count // 10, count):
                yield from loaded(some, source, {**known, "records": some}, release == __version__)


def loaded(count: int, source: Path, known: Conditions, asked: bool) -> Iterator[Figure]:
    files = [corpus.file(count // LIBRARIES, library=each) for each in range(LIBRARIES)]
    with tempfile.TemporaryDirectory(prefix="postroad-load-") as home:
        environment = os.environ | {
            "POSTROAD_HOME": home,
            "PYTHONPATH": str(source),
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "postroad.settings",  # not of whoever calls
        }
        environment.pop("DATABASE_URL", None)
        run(environment, "-m", "postroad", "migrate", "-v0")
        took = json.loads(run(environment, "-P", str(DRIVER), *map(str, files)))
        read = took["read"]
        yield Figure(NAME, "records a second", read / took["wall"], "records/s", read, known)
        yield Figure(NAME, "records a second cpu", read / took["cpu"], "records/s", read, known)
        yield Figure(NAME, "memory at most", took["peak"], "MB", read, known)
        if asked:
            yield from joined(json.loads(run(environment, "-m", "postroad", "shell", "-c", JOINED)))


def run(environment: dict[str, str], *command: str) -> str:
    """What it says last."""
    done = subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=environment["POSTROAD_HOME"],
        check=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout.decode().strip().rpartition("\n")[2]


def joined(rows: list[tuple[str, str, int]]) -> Iterator[Figure]:
    """Of the pairs that were joined, how many are one edition as the corpus made it; and of those
    how many were joined. What it made, not what libraries write: `matching` is asked for that."""
    records: dict[int, list[int]] = defaultdict(list)
    editions: dict[int, list[int]] = defaultdict(list)
    for code, control, record in rows:
        library, place = int(code[1:]), int(control.partition("b")[2])
        edition = corpus.number_of(place, library)
        records[record].append(edition)
        editions[edition].append(record)
    together = [one == other for each in records.values() for one, other in combinations(each, 2)]
    one = [here == there for each in editions.values() for here, there in combinations(each, 2)]
    for metric, right in (("joins that are right", together), ("editions joined", one)):
        yield Figure(NAME, metric, sum(right) / max(len(right), 1), "share", len(right))
