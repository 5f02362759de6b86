"""`./run test` says what it could not do, and that is a failure unless it was allowed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import debian
from tests.gates import Gate, Outcome, attempt, conclude

ROOT = Path(__file__).parent.parent

SERVER = "postgres://postgres@%2Ftmp%2Fsocket/postgres"


def says(program: str, database: str = "") -> Gate:
    return Gate("some check", (sys.executable, "-c", program), database=database)


def test_what_the_machine_lacks_is_left_out_with_a_reason_and_counted(capsys):
    journeys = Gate("journeys", ("false",), needs=("chromium",))
    outcome = attempt(journeys, missing=["chromium"])
    assert (outcome.passed, outcome.skipped) == (True, 1)
    assert "skipped: chromium is not on this machine" in capsys.readouterr().out


@pytest.mark.parametrize(("lenient", "code"), [(False, 1), (True, 0)])
def test_what_was_left_out_is_summed_up_and_shuts_the_gate_unless_it_may_be(capsys, lenient, code):
    outcomes = [Outcome("one", passed=True, skipped=1), Outcome("other", passed=True, skipped=2)]
    assert conclude(outcomes, lenient) == code
    said = capsys.readouterr().out
    assert "3 skipped" in said
    assert ("FAILED" in said) is not lenient


@pytest.mark.parametrize("aloud", [False, True])
def test_tests_that_were_skipped_are_counted_from_their_last_line(capsys, aloud):
    program = "print('s.'); print('1 passed, 2 skipped in 0.1s')"
    outcome = attempt(Gate("tests", (sys.executable, "-c", program), aloud=aloud))
    assert (outcome.passed, outcome.skipped) == (True, 2)
    assert capsys.readouterr().out.startswith("\n== tests ==\ns.\n")


def test_a_check_that_failed_shuts_the_gate(capsys):
    outcome = attempt(says("raise SystemExit('a line is too long')"))
    assert not outcome.passed
    assert conclude([outcome, Outcome("other", passed=True)], lenient=False) == 1
    assert "FAILED: some check" in capsys.readouterr().out


def test_each_check_has_its_database_and_sqlite_is_what_none_asks_for(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody/elses")
    program = "import os; print(os.environ.get('DATABASE_URL'))"
    assert attempt(says(program), server=SERVER).words == "None"
    wanted = says(program, database="template1")
    assert attempt(wanted, server=SERVER).words == SERVER.removesuffix("postgres") + "template1"


# What the machine lacks


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder for the programs of a machine that has nothing of what the checks need."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


LACKING = """
import sys
from tests import debian, gates
gates.NEEDS = {"a-package-that-nobody-has": lambda: None}
debian.TRIES = 1
sys.exit(gates.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("debians", [False, True])
def test_what_the_machine_lacks_is_told_at_once_and_the_run_is_red(bare: Path, debians):
    if debians:
        program(bare / "apt-get", 'echo "E: Unable to locate it"; exit 100')
    done = subprocess.run(
        [sys.executable, "-c", LACKING],
        cwd=ROOT,
        env=os.environ | {"PATH": str(bare)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "lacks a-package-that-nobody-has" in done.stderr
    assert "--may-skip" in done.stderr
    assert "== format ==" not in done.stdout
    if debians and os.geteuid() == 0:
        assert "It could not be installed: E: Unable to locate it" in done.stderr


# Debian's packages

LOCKS = [
    "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)",
    "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (unattended-upgr)",
    "E: Could not get lock /var/cache/apt/archives/lock. It is held by process 7 (apt)",
    "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process",
]


def apt(bare: Path, *answers: tuple[str, int]) -> str:
    """An apt-get that answers so, call by call, and then always as the last time."""
    for number, (says, code) in enumerate(answers):
        (bare / f"answer-{number}").write_text(says + "\n")
        (bare / f"code-{number}").write_text(f"{code}\n")
    return program(
        bare / "apt-get",
        f"""cd {bare}
number=$(cat calls 2>/dev/null || echo 0)
echo "$@" >>asked
[ ! -e answer-$((number + 1)) ] || echo $((number + 1)) >calls
cat answer-$number
exit $(cat code-$number)""",
    )


FINE = ("", 0)


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("before", [[], [FINE]], ids=["at the lists", "at the packages"])
def test_another_programs_lock_is_told_and_waited_for(bare: Path, capsys, lock, before):
    waits: list[float] = []
    command = apt(bare, *before, (lock, 100), (lock, 100), FINE)
    debian.install(["chromium"], command=command, pause=waits.append)
    assert waits == [debian.LOOKS] * 2
    said = capsys.readouterr().out
    assert said.count("waiting for it") == 1
    assert lock in said


def test_a_lock_that_never_opens_is_an_error_that_names_it(bare: Path):
    command = apt(bare, (LOCKS[0], 100))
    with pytest.raises(debian.Failed, match="held by process 7"):
        debian.install(["chromium"], command=command, patience=0, pause=lambda _: None)


def test_a_mirror_that_fails_is_asked_again(bare: Path, capsys):
    waits: list[float] = []
    away = ("E: Failed to fetch http://mirror/chromium.deb  502  Bad Gateway", 100)
    command = apt(bare, FINE, away, FINE, FINE)
    debian.install(["chromium", "libzbar0"], command=command, pause=waits.append)
    assert waits == [10.0]
    assert "502  Bad Gateway" in capsys.readouterr().out
    asked = (bare / "asked").read_text().splitlines()
    assert [line.partition("Retries=3 ")[2] for line in asked] == [
        "update",
        "install chromium libzbar0",
    ] * 2


def test_what_cannot_be_brought_is_said_in_apts_own_words(bare: Path):
    command = apt(bare, ("E: Unable to locate package chromium", 100))
    with pytest.raises(debian.Failed, match="Unable to locate package chromium"):
        debian.install(["chromium"], command=command, pause=lambda _: None)
