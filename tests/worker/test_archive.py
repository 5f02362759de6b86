"""A backup that is not whole, or not what it says, is refused before anything is unpacked."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from postroad.worker import archive
from postroad.worker.archive import Manifest, Unsound, Writer

FILES = {"database.sqlite3": b"rows " * 4000, "mail/one.eml": b"Dear Ada", "secret-key": b"k" * 50}


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "backup.zip"
    with path.open("wb") as file, Writer(file) as writer:
        for name, content in FILES.items():
            writer.add(name, [content[:7], content[7:]])
        writer.finish(Manifest("0.1", "2026-11-26T12:00:00+00:00", "sqlite", rows={"a": 1}))
    return path


def remade(path: Path, manifest: Any = None, extra: dict[str, bytes] | None = None) -> Path:
    """The archive with another manifest or with more in it."""
    with zipfile.ZipFile(path) as before:
        contents = [(entry.filename, before.read(entry)) for entry in before.infolist()]
    with zipfile.ZipFile(path, "w") as after:
        for name, content in [*contents, *(extra or {}).items()]:
            changed = manifest is not None and name == archive.MANIFEST
            after.writestr(name, json.dumps(manifest) if changed else content)
    return path


def said(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as opened:
        found: dict[str, Any] = json.loads(opened.read(archive.MANIFEST))
        return found


def test_what_went_in_is_what_comes_out(made):
    manifest = archive.checked(made)
    with zipfile.ZipFile(made) as opened:
        out = {each.name: b"".join(archive.content(opened, each)) for each in manifest.files}
    assert out == FILES
    assert (manifest.database, manifest.rows) == ("sqlite", {"a": 1})
    assert manifest.size == sum(map(len, FILES.values()))


def test_a_file_cut_short_anywhere_is_refused(made):
    whole = made.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        made.write_bytes(whole[:length])
        with pytest.raises(Unsound):
            archive.checked(made)


def test_a_file_damaged_where_anything_stands_is_refused(made):
    whole = made.read_bytes()
    with zipfile.ZipFile(made) as opened:
        entries = opened.infolist()
    for entry in entries:
        start = entry.header_offset + 30 + len(entry.filename) + 20  # within what is packed
        made.write_bytes(whole[:start] + bytes([whole[start] ^ 0x55]) + whole[start + 1 :])
        with pytest.raises(Unsound):
            archive.checked(made)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_backup_is_refused(tmp_path, content):
    path = tmp_path / "backup.zip"
    path.write_bytes(content)
    with pytest.raises(Unsound, match="no backup"):
        archive.checked(path)


def test_a_newer_one_is_named_as_that(made):
    remade(made, said(made) | {"format": archive.FORMAT + 1, "postroad": "9.0", "files": "?"})
    with pytest.raises(Unsound, match=r"newer Postroad \(9\.0\)"):
        archive.checked(made)


@pytest.mark.parametrize(
    "manifest", [[], {}, {"format": 1}, {"format": "1"}, {"format": 1, "files": [{"name": "x"}]}]
)
def test_a_manifest_that_makes_no_sense_is_refused(made, manifest):
    with pytest.raises(Unsound):
        archive.checked(remade(made, manifest))


ASTRAY = [
    *("../outside", "/etc/cron.d/x", "media/../../x", "media/./x", "media//x", "media/", "mail"),
    *("media\\..\\x", "media/a\\b", "media/\n", "postroad.sqlite3", "", "static/x", "media/\x00"),
]


@pytest.mark.parametrize("name", ASTRAY)
def test_no_name_leads_out_of_our_folders(made, name):
    manifest = said(made)
    manifest["files"][1]["name"] = name
    with pytest.raises(Unsound):
        archive.checked(remade(made, manifest))
    assert not archive.is_safe(name)


def test_what_is_not_listed_or_listed_twice_is_refused(made):
    with pytest.raises(Unsound, match="not what it lists"):
        archive.checked(remade(made, extra={"media/more": b"?"}))
    manifest = said(made)
    manifest["files"].append(manifest["files"][0])
    with pytest.raises(Unsound, match="not what it lists"):
        archive.checked(remade(made, manifest))


def test_a_file_larger_than_it_says_is_not_read_to_its_end(made):
    manifest = said(made)
    manifest["files"][0]["size"] = 10
    with pytest.raises(Unsound):
        archive.checked(remade(made, manifest))
