"""A search index that is only this test's."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def index(settings: Any, tmp_path: Path) -> Path:
    """The folder in which this test's index lies."""
    settings.HOME = tmp_path
    return tmp_path / "index"
