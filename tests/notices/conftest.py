from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def mail_folder(tmp_path: Path, settings) -> Path:
    """Mail of these tests goes into a folder, as in the demonstration."""
    folder = tmp_path / "mail"
    settings.MAIL_FOLDER = folder
    settings.EMAIL_BACKEND = "postroad.notices.folder.EmailBackend"
    return folder
