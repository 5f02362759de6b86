"""Make the demo's data files from the public-domain and CC0 sources.

    python tools/make_demo_data.py [FOLDER]

FOLDER holds the sources (docs/reference/data.md says where each comes from); without it,
../shared beside the repository is read. The same sources give the same bytes each time.
"""

import gzip
import io
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import demo_libraries
import demo_titles

REPOSITORY = Path(__file__).resolve().parent.parent
TARGET = REPOSITORY / "src" / "postroad" / "demo" / "data"
LIBRARY_COLUMNS = (
    "code name town state kind network latitude longitude loans volumes parent open_days"
    " delivery_code route place days invented"
).split()


def write(name: str, rows: Iterable[Iterable[object]]) -> None:
    """One tab-separated file, compressed without the time of day."""
    text = "".join("\t".join(cell(value) for value in row) + "\n" for row in rows)
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
        packed.write(text.encode())
    (TARGET / name).write_bytes(buffer.getvalue())
    sys.stdout.write(f"{name}: {text.count(chr(10)) - 1} rows, {len(buffer.getvalue())} bytes\n")


def cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    text = str(value)
    if "\t" in text or "\n" in text:
        raise ValueError(f"a tab or a line end in {text!r}")
    return text


def main(folder: Path) -> None:
    TARGET.mkdir(exist_ok=True)
    places = demo_libraries.everything(folder)
    rows = ([getattr(place, column) for column in LIBRARY_COLUMNS] for place in places)
    write("libraries.tsv.gz", [LIBRARY_COLUMNS, *rows])
    titles = demo_titles.everything(folder)
    write("titles.tsv.gz", [demo_titles.COLUMNS, *(title.row() for title in titles)])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY.parent / "shared" / "data")
