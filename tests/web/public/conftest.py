"""A search index that is only this test's."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def index(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
