"""Barcodes read back from a picture, as a hand scanner would read them."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image


def read(picture: Path | Image.Image) -> list[str]:
    """What each barcode says; the test skips with a reason where zbar is not on the machine."""
    zbar = pytest.importorskip(
        "pyzbar.pyzbar", reason="libzbar0 is not on this machine", exc_type=ImportError
    )
    image = Image.open(picture) if isinstance(picture, Path) else picture
    only = [zbar.ZBarSymbol.CODE128]
    return [found.data.decode() for found in zbar.decode(image, symbols=only)]


def seen(picture: Image.Image) -> list[tuple[str, str]]:
    """Each barcode of a label as zxing-cpp reads it: which kind it is, and what it says."""
    kinds = zxingcpp.BarcodeFormat
    formats = zxingcpp.BarcodeFormats([kinds.Code128, kinds.Code39, kinds.Codabar])
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=formats)
    return sorted((each.format.name, each.text) for each in found)
