"""Make the fonts with which slips show a title in its own script: src/postroad/delivery/fonts.

    apt-get download fonts-noto-core fonts-noto-extra fonts-droid-fallback
    for each in *.deb; do dpkg-deb -x $each unpacked; done
    .venv/bin/python tools/make_fonts.py unpacked

Needs fontTools, which nothing else here does. Hints for screens are left out, and of the Latin
font what no title has; every letter of the other scripts stays, with what joins and stacks them.
"""

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-not-found]  # needed here only

OURS = Path(__file__).parent.parent / "src" / "postroad" / "delivery" / "fonts"
SCRIPTS = """
    Arabic Armenian Bengali Cherokee Devanagari Ethiopic Georgian Gujarati Gurmukhi Hebrew Kannada
    Khmer Lao Malayalam Myanmar Oriya Sinhala Syriac Tamil Telugu Thaana Thai
"""
LATIN = (
    "U+0-52F,U+1D00-20FF,U+2100-218F,U+2190-2193,U+2212,U+25CC,U+A720-A7FF,U+AB30-AB6F,"
    "U+FB00-FB06,U+FE20-FE2F"
)


def main(unpacked: Path) -> None:
    OURS.mkdir(exist_ok=True)
    found = {path.name: path for path in unpacked.rglob("*.ttf")}
    make(found["NotoSans-Regular.ttf"], f"--unicodes={LATIN}")
    make(found["NotoSans-Bold.ttf"], f"--unicodes={LATIN}")
    for script in SCRIPTS.split():
        make(found[f"NotoSans{script}-Regular.ttf"], "--unicodes=*")
    make(found["DroidSansFallback.ttf"], "--unicodes=*")


def make(source: Path, unicodes: str) -> None:
    target = OURS / source.name
    subset.main(
        [
            str(source),
            unicodes,
            "--no-hinting",
            "--layout-features=*",
            "--notdef-outline",
            "--name-IDs=0,1,2,4,6,13,14",
            f"--output-file={target}",
        ]
    )
    sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
