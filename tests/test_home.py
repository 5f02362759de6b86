"""A first start on a full disk, twice at once, or in a home that is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from postroad import home, settings
from postroad.home import Move
from tests.disk import full_disk

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)


def test_a_full_disk_leaves_no_empty_key_behind(tmp_path: Path):
    with full_disk(), pytest.raises(ImproperlyConfigured, match="cannot be used: File too large"):
        settings.secret_key(tmp_path)
    assert not (tmp_path / "secret-key").exists()
    assert len(settings.secret_key(tmp_path)) > 60
    assert not list(tmp_path.glob(".secret-key-*"))


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (b"", "secret-key is empty"),
        (b"short", "secret-key is cut short or damaged"),
        (b"\n" * 70, "secret-key is cut short or damaged"),
        (b"\0" * 70, "secret-key is cut short or damaged"),
        (b"\xff" * 70, "secret-key is cut short or damaged"),
    ],
)
def test_a_key_that_is_not_whole_is_refused_in_words_and_left_alone(tmp_path: Path, kept, said):
    (tmp_path / "secret-key").write_bytes(kept)
    with pytest.raises(ImproperlyConfigured, match=said):
        settings.secret_key(tmp_path)
    assert (tmp_path / "secret-key").read_bytes() == kept


def test_a_key_that_an_operator_wrote_is_taken_as_it_is(tmp_path: Path):
    (tmp_path / "secret-key").write_text("k" * 50 + "\n")
    assert settings.secret_key(tmp_path) == "k" * 50 + "\n"


def test_a_home_that_is_a_file_is_refused_in_words(tmp_path: Path):
    (tmp_path / "home").write_text("no folder")
    for path in (tmp_path / "home", tmp_path / "home" / "within"):
        with pytest.raises(ImproperlyConfigured, match="cannot be used: "):
            settings.secret_key(path)


def test_a_key_that_is_a_folder_is_refused_in_words(tmp_path: Path):
    (tmp_path / "secret-key").mkdir()
    with pytest.raises(ImproperlyConfigured, match="cannot be used: Is a directory"):
        settings.secret_key(tmp_path)


def test_ten_first_starts_at_once_have_one_key_where_no_links_can_be_made(tmp_path: Path):
    """And nothing but a rename is asked of the file system."""
    script = (
        "import os, sys\n"
        "def refuse(*_, **__): raise PermissionError(1, 'Operation not permitted')\n"
        "os.link = os.symlink = refuse\n"
        "from pathlib import Path\n"
        "from postroad import home\n"
        "print(home.secret_key(Path(sys.argv[1])))\n"
    )
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-S", "-c", script, str(tmp_path / "new" / "home")]
    starts = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env=surroundings) for _ in range(10)
    ]
    keys = {start.communicate()[0] for start in starts}
    assert len(keys) == 1
    assert len(keys.pop()) > 60


def test_what_is_half_written_never_stands_in_the_place_of_what_was(tmp_path: Path):
    kept = tmp_path / "kept"
    kept.write_text("before")
    with full_disk(), pytest.raises(OSError, match="File too large"):
        home.put_whole(kept, b"after")
    assert [each.read_text() for each in tmp_path.iterdir()] == ["before"]


def test_who_comes_second_is_told_and_waits(tmp_path: Path):
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from postroad import home\n"
        "with home.alone(Path(sys.argv[1]), waits=lambda: print('waits', flush=True)):\n"
        "    print('in', flush=True)\n"
    )
    with home.alone(tmp_path), home.alone(tmp_path):
        surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        other = subprocess.Popen(
            [sys.executable, "-S", "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            env=surroundings,
            text=True,
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "waits\n"
        assert other.poll() is None
    assert other.communicate()[0] == "in\n"


@pytest.mark.parametrize("steps", range(12))
def test_a_restore_that_is_broken_off_at_any_step_is_ended_by_the_next_start(tmp_path, steps):
    new, aside = tmp_path / "restoring", tmp_path / "before"
    new.mkdir()
    for folder, said in ((tmp_path, "old"), (new, "new")):
        for name in ("database", "secret-key"):
            (folder / name).write_text(said)
        (folder / "media").mkdir()
        (folder / "media" / "picture").write_text(said)
    (tmp_path / "database-wal").write_text("old")
    moves = [
        Move(None, tmp_path / "database-wal", aside / "database-wal", only_with=new / "database"),
        *(Move(new / each, tmp_path / each, aside / each) for each in ("database", "media")),
        Move(new / "secret-key", tmp_path / "secret-key", aside / "secret-key"),
    ]
    home.note(tmp_path, moves, new)
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from postroad import home\n"
        "left = int(sys.argv[2])\n"
        "def loses_power(event, arguments):\n"
        "    global left\n"
        "    if event in ('os.rename', 'os.remove', 'shutil.rmtree'):\n"
        "        left -= 1\n"
        "        if left < 0: os._exit(9)\n"
        "sys.addaudithook(loses_power)\n"
        "home.finish(Path(sys.argv[1]))\n"
    )
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-S", "-c", script, str(tmp_path), str(steps)]
    broken = subprocess.run(command, env=surroundings, check=False)
    assert broken.returncode == (9 if steps < 9 else 0)
    home.finish(tmp_path)
    home.finish(tmp_path)
    for folder, said in ((tmp_path, "new"), (aside, "old")):
        assert (folder / "database").read_text() == said
        assert (folder / "secret-key").read_text() == said
        assert (folder / "media" / "picture").read_text() == said
    assert (aside / "database-wal").read_text() == "old"
    assert not (tmp_path / "database-wal").exists()
    assert not new.exists()
