"""A copy is delivered whole or not at all, sent again by the same link, and gone when withdrawn."""

import errno
import os
import resource
import socket
import struct
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.test import override_settings

from postroad import words
from postroad.directory.models import Threshold
from postroad.documents import checks, delivering, gate, storage, troubles
from postroad.documents.checks import Upload
from postroad.documents.delivering import Policy
from postroad.documents.models import Copy
from postroad.documents.troubles import (
    CutShort,
    Empty,
    Gone,
    Infected,
    Locked,
    Misnamed,
    NoRoom,
    NotScanned,
    NotScannedWhole,
    SentAlready,
    TooHeavy,
    TooLarge,
)
from tests.cast import Cast
from tests.documents import files
from tests.ill.story import MONDAY

REF = "4K7Q2M9A"
POLICY = Policy(views=5, days=30)


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of its own, so that what is left behind is seen."""
    with override_settings(HOME=tmp_path):
        yield tmp_path


def left(home: Path) -> list[Path]:
    """Every file that lies anywhere."""
    return [each for each in home.rglob("*") if each.is_file()]


def deliver(cast: Cast, upload: Upload | None = None, ref: str = REF) -> Copy:
    return delivering.deliver(ref, cast.lenox, upload or files.upload(), POLICY, MONDAY)


def test_a_scan_is_kept_with_the_notice_in_front(cast: Cast, home: Path):
    copy = deliver(cast)
    copy.refresh_from_db()
    assert (copy.ref, copy.supplier, copy.name, copy.kind) == (REF, cast.lenox, "scan.pdf", "pdf")
    assert (copy.pages, copy.views_left, copy.opened, copy.notice_added) == (3, 5, 0, True)
    assert copy.expires_at == MONDAY + timedelta(days=30)
    [file] = left(home)
    assert file == home / "copies" / copy.stored_as
    assert (file.stat().st_size, file.stat().st_mode & 0o777) == (copy.size, 0o600)
    assert file.parent.stat().st_mode & 0o777 == 0o700
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) == 4


def test_how_often_and_how_long_is_policy_with_a_date(cast: Cast):
    today = MONDAY.date()
    assert Policy.of(cast.lee, today) == POLICY
    Threshold.objects.create(name="copy-days", days=14, effective=today, library=cast.lee)
    assert Policy.of(cast.lee, today) == Policy(views=5, days=14)
    assert Policy.of(cast.lenox, today) == POLICY
    assert Policy.of(cast.lee, today - timedelta(days=1)) == POLICY


def test_two_presses_deliver_one_copy_and_another_file_is_another(cast: Cast, home: Path):
    first = deliver(cast)
    assert deliver(cast) == first
    assert len(left(home)) == 1
    other = deliver(cast, files.upload(files.article(2)))
    assert other != first
    assert deliver(cast, ref="7QX2M4KD") != first
    assert len(left(home)) == 3


@pytest.mark.parametrize(
    ("upload", "no"),
    [
        (Upload("scan.pdf", [], 0), Empty),
        (Upload("scan.pdf", [files.article()[:800]], len(files.article())), CutShort),
        (Upload("scan.pdf", [files.article()[:800]]), CutShort),
        (Upload("scan.pdf", [b"x" * 1_000_000] * 3), TooLarge),
        (Upload("scan.pdf", iter(()), 3_000_000), TooLarge),
        (Upload("scan.pdf", [files.picture("PNG")]), Misnamed),
    ],
)
@override_settings(COPY_MEGABYTES=2)
def test_what_is_refused_leaves_nothing_and_says_why(cast: Cast, home: Path, upload, no):
    with pytest.raises(no) as refused:
        deliver(cast, upload)
    said = words.refusal(refused.value)
    assert "Nothing was sent" in said
    assert "%(" not in said
    assert not left(home)
    assert not Copy.objects.exists()


def test_an_upload_that_breaks_off_leaves_nothing(cast: Cast, home: Path):
    def pieces() -> Iterator[bytes]:
        yield files.article()[:500]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        deliver(cast, Upload("scan.pdf", pieces()))
    assert not left(home)


def test_every_trouble_has_its_own_sentence():
    said = [str(words.copies.REFUSALS[code]) for code in troubles.BY_CODE]
    assert len(set(said)) == len(said) == len(troubles.NotSent.__subclasses__())
    assert all("Nothing was sent" in each for each in said)


class Full(InMemoryStorage):
    """A disk on which there is no room: half of the file, and no more."""

    def _save(self, name, content):
        super()._save(name, content)  # type: ignore[misc]  # not in the stubs
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_one_sentence_and_nothing_is_lost(cast: Cast, home: Path):
    before = deliver(cast)
    full = {"BACKEND": f"{__name__}.Full"}
    with override_settings(STORAGES={**dict(storages.backends), "copies": full}):
        with pytest.raises(NoRoom) as refused:
            deliver(cast, files.upload(files.article(2)))
        assert storage.store().listdir("")[1] == []
    assert "disk is full" in words.refusal(refused.value)
    assert list(Copy.objects.all()) == [before]
    assert left(home) == [home / "copies" / before.stored_as]


def test_a_failure_after_the_file_is_kept_takes_it_back(cast: Cast, home: Path):
    with (
        checks.ready(files.upload()) as file,
        pytest.raises(ValueError, match="the loan moved"),
        storage.kept(file.path),
    ):
        raise ValueError("the loan moved")
    assert not left(home)


@pytest.mark.parametrize(("megabytes", "seconds"), [(40, 5), (checks.MEGABYTES, 0)])
def test_what_takes_too_much_to_look_into_is_killed_and_refused(home: Path, megabytes, seconds):
    source, target = files_as(home / "sent"), home / "made.pdf"
    with pytest.raises(TooHeavy):
        checks.look(source, "scan.pdf", target, megabytes=megabytes, seconds=seconds)
    assert checks.look(source, "scan.pdf", target)["pages"] == 3


def test_sent_again_it_is_the_same_link_with_another_file(cast: Cast, home: Path):
    copy = deliver(cast)
    link = gate.token(copy)
    Copy.objects.update(views_left=0, opened=5)
    later = MONDAY + timedelta(days=2)
    delivering.again(copy, files.upload(files.article(2)), POLICY, later)
    found = gate.read(link)
    assert (found.pk, found.pages, found.views_left, found.opened) == (copy.pk, 2, 5, 5)
    assert found.expires_at == later + timedelta(days=30)
    assert found.stored_as != copy.stored_as


@pytest.mark.django_db(transaction=True)
def test_sent_again_the_first_file_goes_and_what_is_gone_comes_back(cast: Cast, home: Path):
    copy = deliver(cast)
    again = delivering.again(copy, files.upload(files.article(2)), POLICY, MONDAY)
    assert left(home) == [home / "copies" / again.stored_as]
    delivering.withdraw(again, MONDAY)
    delivering.withdraw(again, MONDAY)
    again.refresh_from_db()
    assert (again.gone_at, again.stored_as, again.name, again.sha256) == (MONDAY, "", "", "")
    assert not left(home)
    back = delivering.again(again, files.upload(), POLICY, MONDAY)
    assert (back.pk, back.gone_at) == (copy.pk, None)
    assert len(left(home)) == 1


def test_sent_again_it_is_no_second_one_of_another(cast: Cast, home: Path):
    deliver(cast)
    other = deliver(cast, files.upload(files.article(2)))
    with pytest.raises(SentAlready):
        delivering.again(other, files.upload(), POLICY, MONDAY)
    assert len(left(home)) == 2


def test_more_time_is_as_much_as_a_new_one_has_and_never_less(cast: Cast):
    copy = deliver(cast)
    Copy.objects.update(views_left=1)
    later = MONDAY + timedelta(days=20)
    more = delivering.extend(copy, POLICY, later)
    assert (more.views_left, more.expires_at) == (5, later + timedelta(days=30))
    less = delivering.extend(copy, Policy(views=1, days=1), later)
    assert (less.views_left, less.expires_at) == (5, later + timedelta(days=30))
    with pytest.raises(Gone):
        delivering.extend(copy, POLICY, later + timedelta(days=31))


@contextmanager
def clamd(answer: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """Speaks as clamd does at its socket; without an answer it hangs up."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def talk() -> None:
            line, _address = door.accept()
            with line, line.makefile("rb") as said:
                heard.append(said.read(len(b"zINSTREAM\0")))
                while size := struct.unpack("!L", said.read(4))[0]:
                    heard.append(said.read(size))
                if answer is not None:
                    line.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        yield f"127.0.0.1:{door.getsockname()[1]}", heard
        thread.join()


def test_clamd_sees_the_whole_file_before_it_is_looked_into(cast: Cast):
    with clamd(b"stream: OK\0") as (address, heard), override_settings(CLAMD=address):
        assert deliver(cast).pages == 3
    assert heard[0] == b"zINSTREAM\0"
    assert b"".join(heard[1:]) == files.article()


@pytest.mark.parametrize(
    ("answer", "no", "said"),
    [
        (b"stream: Eicar-Test-Signature FOUND\0", Infected, "Eicar-Test-Signature"),
        (b"INSTREAM size limit exceeded. ERROR\0", NotScannedWhole, "no virus was found"),
        (
            b"stream: Heuristics.Limits.Exceeded.MaxScanSize FOUND\0",
            NotScannedWhole,
            "no virus was found",
        ),
        (b"stream: Heuristics.Encrypted.PDF FOUND\0", Locked, "without protection"),
        (b"stream: Heuristics.Phishing.Email FOUND\0", Infected, "Phishing"),
        (b"stream: Can't allocate memory ERROR\0", NotScanned, "did not answer"),
        (b"", NotScanned, "did not answer"),
        (None, NotScanned, "did not answer"),
    ],
)
def test_what_clamd_does_not_call_clean_is_not_sent(cast: Cast, home: Path, answer, no, said):
    with (
        clamd(answer) as (address, _heard),
        override_settings(CLAMD=address),
        pytest.raises(no) as refused,
    ):
        deliver(cast)
    assert said in words.refusal(refused.value)
    assert not left(home)


@override_settings(CLAMD="127.0.0.1:1")
def test_where_clamd_is_away_nothing_is_sent(cast: Cast, home: Path):
    with pytest.raises(NotScanned):
        deliver(cast)
    assert not left(home)


@pytest.mark.nightly
def test_200_mb_go_through_without_growing_memory(cast: Cast, home: Path):
    """Measured in our own process; that which looks into it has a limit of its own."""
    whole = home / "large.pdf"
    with pikepdf.open(files_as(home / "small.pdf")) as pdf:
        for _ in range(19):
            stream = pikepdf.Stream(pdf, os.urandom(10_000_000))
            pdf.pages[0].Resources[f"/Data{_}"] = pdf.make_indirect(stream)
        pdf.save(whole, compress_streams=False)
    assert whole.stat().st_size > 190_000_000

    def pieces() -> Iterator[bytes]:
        with whole.open("rb") as file:
            while piece := file.read(65_536):
                yield piece

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    copy = deliver(cast, Upload("scan.pdf", pieces(), whole.stat().st_size))
    sent = 0
    opened = gate.open_copy(copy, gate.SignedIn(1, 1), MONDAY)
    with opened.file as file:
        while piece := file.read(65_536):
            sent += len(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent == copy.size > 190_000_000
    assert peak < 8_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KB


def files_as(path: Path) -> Path:
    path.write_bytes(files.article())
    return path
