"""The script that a newcomer meets first: what it needs, what it refuses, and how it ends.

These run the real script in a folder made like a clone, with packages that are there already, since
no test needs the network.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
import venv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests import lots

pytestmark = [
    pytest.mark.once,
    pytest.mark.xdist_group("run"),  # they share a clone, a home and a server
]

ROOT = Path(__file__).parent.parent
SCRIPTS = ("run", ".ci/run")
LOCKS = ("requirements.txt", "requirements-uv.txt", "requirements-dev.txt")
TOOLS = ("cat", "cksum", "dirname", "flock", "mkdir", "rm", "sh", "tail")
PATIENCE = 240  # on a machine that does much else


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a clone in which ./run has been before: its packages are our own."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("run", *LOCKS):
        shutil.copy(ROOT / name, folder / name)
    (folder / "src").symlink_to(ROOT / "src")
    venv.create(folder / ".venv", symlinks=True, with_pip=False)
    [packages] = (folder / ".venv" / "lib").glob("python3.*/site-packages")
    (packages / "ours.pth").write_text(sysconfig.get_path("purelib"))
    with (folder / "requirements.txt").open() as lock:
        total = subprocess.run(["cksum"], stdin=lock, capture_output=True, text=True).stdout
    (folder / ".venv" / "requirements.txt.sum").write_text(total)
    return folder


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a fresh clone: nothing was brought yet."""
    folder = tmp_path_factory.mktemp("bare")
    for name in ("run", *LOCKS):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def home(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database is made already."""
    home = tmp_path_factory.mktemp("home")
    lay = "from postroad.worker import empty; empty.lay()"  # as the first `serve` does
    done = run(clone, "postroad", "shell", "-v0", "-c", lay, POSTROAD_HOME=str(home))
    assert done.returncode == 0, done.stderr
    return home


def run(
    folder: Path, *arguments: str, before: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, str(folder / "run"), *arguments],
        env=surroundings(**environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def surroundings(**more: str) -> dict[str, str]:
    """Our environment without what the tests themselves have set."""
    ours = {"POSTROAD_HOME", "POSTROAD_DEMO", "DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in ours} | more


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What it said when it gave up: a line, and nothing of the insides."""
    assert done.returncode not in {0, None}
    said = done.stderr.strip()
    assert len(said.splitlines()) == 1, said
    return said


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_are_plain_posix_shell(script):
    shell = shutil.which("dash") or "sh"
    done = subprocess.run([shell, "-n", ROOT / script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert os.access(ROOT / script, os.X_OK)


def test_a_python_that_is_too_old_is_named_beside_what_is_needed(bare, tmp_path):
    for tool in TOOLS:
        where = shutil.which(tool)
        if where:
            (tmp_path / tool).symlink_to(where)
    for name, version in {"python3": "3.9.2", "python": "2.7.18"}.items():
        old = tmp_path / name
        old.write_text(f'#!/bin/sh\n[ "$1" = -V ] && echo "Python {version}" || exit 1\n')
        old.chmod(0o755)
    said = one_sentence(run(bare, "demo", PATH=str(tmp_path), PYTHON=""))
    assert "Python 3.11 or newer" in said
    assert "Python 3.9.2 (python3)" in said
    assert not (bare / ".venv").exists()


def test_a_machine_without_python_hears_what_is_needed(bare, tmp_path):
    for tool in TOOLS:
        where = shutil.which(tool)
        if where:
            (tmp_path / tool).symlink_to(where)
    said = one_sentence(run(bare, "demo", PATH=str(tmp_path), PYTHON=""))
    assert "Python 3.11 or newer is needed; found here: none" in said


def test_a_port_in_use_is_named_and_another_way_told(clone, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(clone, "demo", "--port", str(port), POSTROAD_HOME=str(home))
    said = one_sentence(done)
    assert said.startswith(f"postroad: Port {port}")
    assert "--port" in said


def test_a_port_that_there_is_not_is_refused(clone, home):
    done = run(clone, "demo", "--port", "99999", POSTROAD_HOME=str(home))
    assert one_sentence(done).startswith("postroad: 99999 is not a port")


def test_a_port_that_is_no_number_is_refused_as_shortly(clone, home):
    for typed in lots.some(["abc", "", "-1", "80.5"], 4):  # each is a start of the whole house
        done = run(clone, "demo", f"--port={typed}", POSTROAD_HOME=str(home))
        assert one_sentence(done).startswith(f"postroad: “{typed}” is not a port")


def test_how_many_is_a_number_from_one_on(clone, home):
    for option in lots.some(["--processes", "--requests"], 2):
        done = run(clone, "demo", option, "two", POSTROAD_HOME=str(home))
        refused = f"postroad: “two” is not a number for {option}; choose 1 or more."
        assert one_sentence(done) == refused


@pytest.mark.parametrize("asked", ["version", "--version"])
def test_it_tells_its_own_version(clone, home, asked):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    done = run(clone, "postroad", asked, POSTROAD_HOME=str(home))
    assert done.stdout == f"Postroad {project['version']}\n"


def test_a_link_to_it_finds_its_clone(clone, home, tmp_path):
    (tmp_path / "postroad-here").symlink_to(clone / "run")
    command = [str(tmp_path / "postroad-here"), "postroad", "version"]
    done = subprocess.run(
        command, env=surroundings(POSTROAD_HOME=str(home)), cwd="/", capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def without_rights() -> tuple[str, ...]:
    """What makes root obey the rights of a folder as everybody must."""
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if not os.geteuid() else ()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(0o755)


def test_a_home_that_cannot_be_written_is_named(clone, tmp_path):
    with read_only(tmp_path):
        home = str(tmp_path / "home")
        done = run(clone, "demo", before=without_rights(), POSTROAD_HOME=home)
    assert home in one_sentence(done)


def test_a_home_that_may_only_be_read_is_named(clone, tmp_path):
    (tmp_path / "secret-key").write_text("a key that was made when the folder could be written")
    with read_only(tmp_path):
        port = str(free_port())
        before = without_rights()
        done = run(clone, "demo", "--port", port, before=before, POSTROAD_HOME=str(tmp_path))
    assert f"{tmp_path} cannot be written" in one_sentence(done)


def test_a_clone_that_cannot_be_written_is_named(bare):
    with read_only(bare):
        done = run(bare, "demo", before=without_rights())
    assert str(bare) in one_sentence(done)


def test_a_wrong_setting_stops_the_start_with_a_sentence(clone, home):
    done = run(clone, "postroad", "check", POSTROAD_HOME=str(home), DEBUG="perhaps")
    assert one_sentence(done) == "postroad: DEBUG is 'perhaps'; use yes or no"


def test_a_developers_help_is_not_given_to_visitors(clone, home):
    address = "https://ill.example.org"
    done = run(clone, "postroad", "check", POSTROAD_HOME=str(home), DEBUG="yes", SITE_URL=address)
    assert "DEBUG shows internal details" in one_sentence(done)


@pytest.mark.parametrize("address", ["ill.example.org", "https://", "https://example.org/ill"])
def test_an_address_that_nobody_could_visit_is_refused(clone, home, address):
    done = run(clone, "postroad", "check", POSTROAD_HOME=str(home), SITE_URL=address)
    assert "SITE_URL is" in one_sentence(done)


def test_a_database_that_is_not_made_or_not_there_gets_a_sentence(clone, tmp_path):
    arguments = ("postroad", "load", str(ROOT / "run"), "--library", "LEE")
    empty = run(clone, *arguments, POSTROAD_HOME=str(tmp_path))
    assert "not made yet. Run `./run postroad migrate`" in one_sentence(empty)
    away = "postgres://nobody@127.0.0.1:1/none"
    done = run(clone, *arguments, POSTROAD_HOME=str(tmp_path), DATABASE_URL=away)
    assert "The database cannot be used: connection" in one_sentence(done)


def test_what_is_about_people_is_for_its_owner_alone(home):
    assert (home / "postroad.sqlite3").stat().st_mode & 0o777 == 0o600
    assert (home / "secret-key").stat().st_mode & 0o777 == 0o600


def test_an_unknown_word_gets_the_list_of_what_there_is(clone):
    done = run(clone, "demmo")
    assert done.returncode == 2
    assert "./run demo" in done.stderr


def test_a_clone_that_moved_finds_its_source_again(clone, home):
    [pth] = (clone / ".venv" / "lib").glob("python3.*/site-packages/postroad.pth")
    pth.write_text("/somewhere/else/src\n")
    done = run(clone, "postroad", "version", POSTROAD_HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert pth.read_text() == f"{clone / 'src'}\n"


@dataclass
class Served:
    """A Postroad that `serve` keeps going."""

    process: subprocess.Popen[str]
    address: str
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def until(self, what: Callable[[], object]) -> None:
        """Wait for something to become true; a process that ended will not make it so."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if what():
                    return
            except OSError:
                pass  # not listening yet
            time.sleep(0.1)
        pytest.fail(f"waited {PATIENCE} s in vain: {self.log.read_text()}")

    def ready(self) -> dict[str, str]:
        parts: dict[str, str] = json.loads(self.get("/readyz")[1])
        return parts

    def children(self) -> dict[int, str]:
        """The processes that it started and that still run, with their command lines."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and session(int(entry.name)) == self.process.pid:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if line and int(entry.name) != self.process.pid:
                    found[int(entry.name)] = line
        return found

    def worker(self) -> int | None:
        lines = self.children().items()
        return next((pid for pid, line in lines if "postroad worker " in line), None)

    def pages(self) -> list[int]:
        return [pid for pid, line in self.children().items() if "spawn_main" in line]


def session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


@pytest.fixture(scope="session")
def served(clone: Path, home: Path) -> Iterator[Served]:
    with serving(clone, home) as served:
        yield served


@contextmanager
def serving(clone: Path, home: Path) -> Iterator[Served]:
    """`./run postroad serve` with two processes for the pages, as a terminal would start it."""
    port, log = free_port(), home / "serve.log"
    command = [str(clone / "run"), "postroad", "serve", "--port", str(port), "--processes", "2"]
    environment = surroundings(POSTROAD_HOME=str(home))
    with log.open("w") as file:
        process = subprocess.Popen(
            command, env=environment, stdout=file, stderr=file, text=True, start_new_session=True
        )
        served = Served(process, f"http://127.0.0.1:{port}", log)
        try:
            served.until(lambda: served.get("/healthz")[0] == 200)
            yield served
        finally:
            for pid in served.children():
                os.kill(pid, signal.SIGKILL)
            process.kill()
            process.wait()


def test_when_it_is_killed_nothing_of_it_goes_on_alone(clone, home):
    with serving(clone, home) as served:
        served.until(served.worker)
        served.process.kill()
        served.process.wait()
        end = time.monotonic() + PATIENCE
        while served.children() and time.monotonic() < end:
            time.sleep(0.1)
        assert served.children() == {}


@pytest.mark.parametrize("moment", ["its pages begin", "they answer"])
def test_a_server_killed_while_it_starts_leaves_its_port_free(clone, home, moment):
    port = free_port()
    command = [str(clone / "run"), "postroad", "web", "--port", str(port)]
    process = subprocess.Popen(
        command,
        env=surroundings(POSTROAD_HOME=str(home)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    served = Served(process, f"http://127.0.0.1:{port}", home / "secret-key")
    try:
        begun = moment == "its pages begin"
        served.until(lambda: served.pages() if begun else answers(port))
        process.kill()
        process.wait()
        end = time.monotonic() + PATIENCE
        while served.pages() and time.monotonic() < end:
            time.sleep(0.1)
        assert served.pages() == []
        assert not answers(port)
    finally:
        process.kill()
        for pid in served.children():
            os.kill(pid, signal.SIGKILL)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(autouse=True)
def _on_linux(request: pytest.FixtureRequest) -> None:
    if "served" in request.fixturenames and sys.platform != "linux":
        pytest.skip("looks for processes in /proc")


class TestServing:
    """One server for all of these, in this order: the last one ends it."""

    def test_its_address_is_told_when_it_answers(self, served):
        served.until(lambda: f"Postroad is at {served.address}/" in served.log.read_text())

    def test_the_worker_shows_that_it_lives(self, served):
        served.until(lambda: served.ready()["worker"] == "ok")
        assert served.ready()["database"] == "ok"

    def test_the_figures_are_there_for_this_machine(self, served):
        status, text = served.get("/metrics")
        assert status == 200
        assert 'postroad_page_seconds_count{method="GET",page="healthz",status="200"}' in text
        assert "postroad_events_given_up 0.0" in text

    def test_who_keeps_the_door_open_keeps_nobody_out(self, served):
        port = int(served.address.rsplit(":", 1)[1])
        half = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\na"
        asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        with ExitStack() as stack:
            for said in [b"", asked, half] * 100:
                address = ("127.0.0.1", port)
                visitor = stack.enter_context(socket.create_connection(address, timeout=10))
                visitor.sendall(said)
            assert served.get("/libraries")[0] == 200

    def test_a_form_that_is_too_large_is_refused_in_words_and_the_rest_not_read(self, served):
        request = urllib.request.Request(served.address + "/accounts/login/", b"x" * 5_000_000)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        with refused.value as answer:
            assert answer.code == 413
            assert answer.headers["Content-Security-Policy"]
            assert "too much at once" in answer.read().decode()

    def test_failed_sign_ins_are_counted_over_all_processes(self, served):
        assert [guess(served) for _ in range(6)] == ["no such pair"] * 5 + ["too many"]

    def test_a_worker_that_was_killed_is_started_again(self, served):
        before = served.worker()
        assert before is not None
        os.kill(before, signal.SIGKILL)
        served.until(lambda: served.worker() not in {None, before})

    def test_ctrl_c_reaches_the_pages_by_their_server_alone(self, served):
        pages = served.pages()
        assert len(pages) == 2
        assert [os.getpgid(pid) for pid in pages] == pages

    def test_ctrl_c_ends_everything_and_leaves_nothing_behind(self, served):
        said = served.log.read_text()
        os.killpg(served.process.pid, signal.SIGINT)
        assert served.process.wait(PATIENCE) in {0, 130}
        end = time.monotonic() + 5  # the interpreter's own resource tracker goes last
        while served.children() and time.monotonic() < end:
            time.sleep(0.05)
        assert served.children() == {}
        assert "Traceback" not in said
        after = served.log.read_text().removeprefix(said).splitlines()
        # It goes without a word, the worker too; visits that it cut off may be the last of the log.
        assert [line for line in after if "postroad.visits" not in line] == []


def guess(served: Served) -> str:
    """Try to sign in with a wrong password, as a new visitor would, and hear what the page says."""
    cookies = CookieJar()
    visitor = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    page = served.address + "/accounts/login/"
    visitor.open(page, timeout=10).close()
    token = next(cookie.value for cookie in cookies if cookie.name == "csrf")
    form = {"login": "ada", "password": "a guess", "csrfmiddlewaretoken": token or ""}
    with visitor.open(page, urlencode(form).encode(), timeout=10) as answer:
        words = answer.read().decode()
    heard = {"no such pair": "do not match", "too many": "Too many attempts"}
    return next((name for name, sign in heard.items() if sign in words), words)
