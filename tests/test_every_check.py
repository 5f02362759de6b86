"""`./run test` says what it could not do, and in CI that is a failure."""

import sys

import pytest

from tests.gates import Gate, Outcome, attempt, conclude

SERVER = "postgres://postgres@%2Ftmp%2Fsocket/postgres"


def says(program: str, database: str = "") -> Gate:
    return Gate("some check", (sys.executable, "-c", program), database=database)


def test_what_the_machine_lacks_is_left_out_with_a_reason_and_counted(capsys):
    journeys = Gate("journeys", ("false",), needs=("chromium",))
    outcome = attempt(journeys, missing=["chromium"])
    assert (outcome.passed, outcome.skipped) == (True, 1)
    assert "skipped: chromium is not on this machine" in capsys.readouterr().out


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 1)])
def test_what_was_left_out_is_summed_up_and_shuts_the_gate_in_ci(capsys, strict, code):
    outcomes = [Outcome("one", passed=True, skipped=1), Outcome("other", passed=True, skipped=2)]
    assert conclude(outcomes, strict) == code
    assert "3 skipped" in capsys.readouterr().out


@pytest.mark.parametrize("aloud", [False, True])
def test_tests_that_were_skipped_are_counted_from_their_last_line(capsys, aloud):
    program = "print('s.'); print('1 passed, 2 skipped in 0.1s')"
    outcome = attempt(Gate("tests", (sys.executable, "-c", program), aloud=aloud))
    assert (outcome.passed, outcome.skipped) == (True, 2)
    assert capsys.readouterr().out.startswith("\n== tests ==\ns.\n")


def test_a_check_that_failed_shuts_the_gate(capsys):
    outcome = attempt(says("raise SystemExit('a line is too long')"))
    assert not outcome.passed
    assert conclude([outcome, Outcome("other", passed=True)], strict=False) == 1
    assert "FAILED: some check" in capsys.readouterr().out


def test_each_check_has_its_database_and_sqlite_is_what_none_asks_for(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody/elses")
    program = "import os; print(os.environ.get('DATABASE_URL'))"
    assert attempt(says(program), server=SERVER).words == "None"
    wanted = says(program, database="template1")
    assert attempt(wanted, server=SERVER).words == SERVER.removesuffix("postgres") + "template1"
