"""Files before a real clamd, whose answers the other tests only imitate."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from postroad.documents import checks, scanning, troubles
from postroad.documents.troubles import Infected, NotScanned
from tests.documents import files
from tests.documents.virus_scanner import NAME, VIRUS, clamd, program

# One that looks no further than 200 kB, and says so or not; a stream of a megabyte it does not take
SMALL = ("StreamMaxLength 1M", "MaxFileSize 200K", "MaxScanSize 200K")


@pytest.fixture(scope="module")
def scanner() -> Iterator[str]:
    if program() is None:
        pytest.skip("no clamd on this machine: install Debian's package `clamav-daemon`")
    with clamd(*SMALL, "AlertExceedsMax yes") as address:
        yield address


def written(folder: Path, content: bytes) -> Path:
    path = folder / "sent"
    path.write_bytes(content)
    return path


def test_a_clean_file_is_called_clean(scanner: str, tmp_path: Path) -> None:
    scanning.require_clean(written(tmp_path, files.article()), scanner)


@pytest.mark.parametrize(
    "before", [b"", b"%PDF-1.7\n%", b"\0" * 100_000], ids=["bare", "pdf", "far"]
)
def test_a_virus_is_found_by_its_name(scanner: str, tmp_path: Path, before: bytes) -> None:
    with pytest.raises(Infected) as refused:
        scanning.require_clean(written(tmp_path, before + VIRUS), scanner)
    assert str(refused.value.facts["name"]).startswith(NAME)


def test_a_file_beyond_what_it_takes_is_not_clean(scanner: str, tmp_path: Path) -> None:
    with pytest.raises(troubles.NotScannedWhole):
        scanning.require_clean(written(tmp_path, b"x" * 3_000_000), scanner)


def test_a_file_that_it_does_not_read_whole_is_not_clean_if_it_is_told_to_say_so(
    scanner: str, tmp_path: Path
) -> None:
    """Why the how-to asks for AlertExceedsMax: without it clamd calls such a file clean."""
    with pytest.raises(troubles.NotScannedWhole):
        scanning.require_clean(written(tmp_path, b"x" * 400_000 + VIRUS), scanner)


def test_one_that_has_ended_is_no_answer(scanner: str, tmp_path: Path) -> None:
    with clamd() as other:
        scanning.require_clean(written(tmp_path, files.article()), other)
    with pytest.raises(NotScanned):
        scanning.require_clean(written(tmp_path, files.article()), other)


def test_what_is_sent_meets_it_before_it_is_opened_and_leaves_nothing(
    scanner: str, tmp_path: Path
) -> None:
    with override_settings(CLAMD=scanner, HOME=tmp_path):
        with checks.ready(files.upload()) as found:
            assert found.pages == 3
        with pytest.raises(Infected), checks.ready(files.upload(b"%PDF-1.7\n%" + VIRUS)):
            pass
        assert not list((Path(settings.HOME) / "copies-incoming").iterdir())
