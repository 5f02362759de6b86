"""Copies are gone on their day, from storage first; and what storage and rows say is compared."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, storages
from django.test import override_settings

from postroad.documents import checks, gate, keeping, storage
from postroad.documents.models import Copy, Key
from postroad.notices import copies as notices
from postroad.notices.models import Kind, Notice
from tests.cast import Cast
from tests.documents.stored import a_copy
from tests.ill.story import MONDAY

LAST = MONDAY + timedelta(days=30)


@pytest.fixture(autouse=True)
def empty():
    """Storage of this test alone."""
    for name, _since in list(storage.everything()):
        storage.remove(name)


def aged(name: str, days: float) -> None:
    at = (MONDAY - timedelta(days=days)).timestamp()
    os.utime(storage.store().path(name), (at, at))


def test_on_its_day_the_file_goes_and_what_names_it(cast: Cast):
    copy, other = a_copy(cast.lenox), a_copy(cast.lenox, days=31)
    gate.new_code(copy, LAST - timedelta(minutes=1))
    assert keeping.purge(LAST - timedelta(seconds=1)) == 0
    assert keeping.purge(LAST) == 1
    assert keeping.purge(LAST) == 0
    assert not storage.is_there(copy.stored_as)
    copy.refresh_from_db()
    assert (copy.gone_at, copy.stored_as, copy.name, copy.sha256) == (LAST, "", "", "")
    assert not Key.objects.exists()
    assert storage.is_there(other.stored_as)


class Stubborn(InMemoryStorage):
    """Deletes nothing that is called so."""

    def delete(self, name):
        if name.startswith("0" * 32):
            raise PermissionError(13, "not permitted")
        super().delete(name)


def test_what_cannot_be_deleted_is_not_called_gone_and_keeps_no_other(cast: Cast):
    stubborn = {"BACKEND": f"{__name__}.Stubborn"}
    with override_settings(STORAGES={**dict(storages.backends), "copies": stubborn}):
        first, second = a_copy(cast.lenox), a_copy(cast.lenox)
        name = storage.store().save(f"{'0' * 32}.pdf", ContentFile(b"%PDF"))
        Copy.objects.filter(pk=first.pk).update(stored_as=name)
        with pytest.raises(PermissionError):  # the worker shows a job that fails to the operators
            keeping.purge(LAST)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.gone_at, second.gone_at) == (None, LAST)


def test_the_sweep_compares_both_ways(cast: Cast):
    copy, lost = a_copy(cast.lenox), a_copy(cast.lenox, "7QX2M4KD")
    young, old, foreign = f"{'a' * 32}.pdf", f"{'b' * 32}.pdf", "notes.txt"
    for name in (young, old, foreign):
        storage.store().save(name, ContentFile(b"%PDF"))
    later = MONDAY + timedelta(hours=1)
    for name, days in ((copy.stored_as, 3), (young, 0.5), (old, 1.1), (foreign, 3)):
        aged(name, days)
    storage.remove(lost.stored_as)
    found = keeping.compare(later)
    assert (found.orphans, found.missing) == (1, (lost,))
    there = [storage.is_there(each) for each in (copy.stored_as, young, old, foreign)]
    assert there == [True, True, False, True]
    assert keeping.compare(later).orphans == 0
    storage.remove(foreign)


def test_what_a_killed_look_left_goes_after_a_day():
    left, at_work = checks.folder() / "left", checks.folder() / "at-work"
    for each, days in ((left, 1.1), (at_work, 0.1)):
        each.mkdir(parents=True)
        (each / "sent").write_bytes(b"%PDF")
        at = (MONDAY - timedelta(days=days)).timestamp()
        os.utime(each, (at, at))
    keeping.compare(MONDAY)
    assert (left.exists(), at_work.exists()) == (False, True)


def test_the_operators_are_told_once_of_what_is_missing(cast: Cast):
    lost = a_copy(cast.lenox)
    storage.remove(lost.stored_as)
    later = MONDAY + timedelta(hours=1)
    assert notices.look_after(later) == notices.look_after(later + timedelta(days=1)) == 1
    told = Notice.objects.get(kind=Kind.COPIES_MISSING)
    assert (told.office, told.mail_to) == ("operator", "operator@example.org")
    assert "4K7Q 2M9A, Lenox Library" in told.text
    a_copy(cast.lenox)
    assert keeping.purge(LAST + timedelta(days=9)) == 2  # one that is missing goes like any other


def test_a_code_that_is_over_stands_in_no_notice(cast: Cast):
    copy = a_copy(cast.lenox)
    notices.send_code(copy, cast.ada, MONDAY)
    first = Notice.objects.get(kind=Kind.COPY_CODE)
    assert (first.user, first.link) == (cast.ada, f"/copies/{gate.token(copy)}/")
    notices.send_code(copy, cast.ada, MONDAY)
    second = Notice.objects.get(kind=Kind.COPY_CODE)
    assert first != second
    assert notices.forget_codes(MONDAY + timedelta(minutes=59)) == 0
    assert notices.forget_codes(MONDAY + timedelta(hours=1)) == 1
    assert not Notice.objects.exists()


def test_copies_lie_where_nothing_serves_or_backs_them_up():
    place = Path(storage.store().path(""))
    for root in (settings.MEDIA_ROOT, settings.STATIC_ROOT, settings.MAIL_FOLDER):
        assert Path(root).resolve() not in (place.resolve(), *place.resolve().parents)
    with pytest.raises(ValueError, match="no address"):
        storage.store().url("a.pdf")
