"""A wrong setting stops the start with a sentence; a right one is taken as it was meant."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from postroad import settings
from postroad.__main__ import about_the_database


def test_names_are_taken_without_their_blanks(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example.org, b.example.org,")
    assert settings.names("ALLOWED_HOSTS", "") == ["a.example.org", "b.example.org"]


def test_a_name_that_is_any_name_is_refused(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example.org,*")
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS"):
        settings.hosts()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://x/y", "DATABASE_URL begins with 'mysql'; begin it with postgres://"),
        ("postgres", "DATABASE_URL begins with 'postgres'; begin it with postgres://"),
        ("postgres://me:secret@host:port/x", "DATABASE_URL cannot be read"),
    ],
)
def test_a_database_that_cannot_be_meant_is_refused(monkeypatch, address: str, said: str):
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(ImproperlyConfigured, match=said) as why:
        settings.database(Path("home"))
    assert "secret" not in str(why.value)


def test_without_a_database_named_there_is_one_in_the_home(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "")
    assert settings.database(Path("/home"))["NAME"] == "/home/postroad.sqlite3"


def test_a_level_of_the_log_that_there_is_not_is_refused(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(ImproperlyConfigured, match="use DEBUG, INFO, WARNING or ERROR"):
        settings.log_level()


def test_a_key_that_could_be_guessed_is_refused(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("SECRET_KEY", "sesame")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is too short"):
        settings.secret_key(tmp_path)


def test_the_key_is_made_once_and_for_its_owner_alone(monkeypatch, tmp_path: Path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    made = settings.secret_key(tmp_path)
    assert len(made) > 60
    assert settings.secret_key(tmp_path) == made
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_database_at_which_another_works_is_told_as_that():
    assert about_the_database(OperationalError("database is locked")).startswith("Another Postroad")


def test_a_fault_of_ours_keeps_its_frames():
    with pytest.raises(ProgrammingError):
        about_the_database(ProgrammingError("syntax error at or near SELECT"))
