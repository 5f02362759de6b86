"""The gate: a link that is ours, a proof that it is its reader, one view; only then the file."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from postroad.documents import gate, storage
from postroad.documents.gate import Code, SignedIn
from postroad.documents.models import Copy, Key
from postroad.documents.troubles import (
    CodeWrong,
    Gone,
    LinkUnknown,
    Missing,
    NotOpened,
    NotTheReader,
    NoViewsLeft,
)
from tests.cast import Cast
from tests.documents import files
from tests.documents.stored import a_copy
from tests.ill.story import MONDAY

HERS = SignedIn(user=7, reader=7)
LAST = MONDAY + timedelta(days=30)


def views(copy: Copy) -> tuple[int, int]:
    copy.refresh_from_db()
    return copy.views_left, copy.opened


def test_its_reader_opens_it_and_spends_one_view(cast: Cast):
    copy = a_copy(cast.lenox)
    with gate.open_copy(copy, HERS, MONDAY).file as file:
        assert file.read() == files.article()
    assert views(copy) == (4, 1)


@pytest.mark.parametrize(
    "proof",
    [SignedIn(None, None), SignedIn(None, 7), SignedIn(7, None), SignedIn(8, 7), SignedIn(0, None)],
)
def test_nobody_else_does_and_no_view_is_spent(cast: Cast, proof: SignedIn):
    copy = a_copy(cast.lenox)
    assert not gate.may_read(copy, proof, MONDAY)
    with pytest.raises(NotTheReader):
        gate.open_copy(copy, proof, MONDAY)
    assert views(copy) == (5, 0)


def test_the_last_view_is_the_last(cast: Cast):
    copy = a_copy(cast.lenox, views=1)
    gate.open_copy(copy, HERS, MONDAY).file.close()
    with pytest.raises(NoViewsLeft):
        gate.open_copy(copy, HERS, MONDAY)
    stale = Copy(**{**Copy.objects.filter(pk=copy.pk).values()[0], "views_left": 1})
    with pytest.raises(NoViewsLeft):
        gate.open_copy(stale, HERS, MONDAY)
    assert views(copy) == (0, 1)


def test_on_its_day_it_is_over_though_the_file_is_still_there(cast: Cast):
    copy = a_copy(cast.lenox)
    gate.open_copy(copy, HERS, LAST - timedelta(seconds=1)).file.close()
    with pytest.raises(Gone):
        gate.open_copy(copy, HERS, LAST)
    assert views(copy) == (4, 1)


def test_a_file_that_is_missing_costs_no_view_and_no_code(cast: Cast):
    copy = a_copy(cast.lenox)
    storage.remove(copy.stored_as)
    _key, code = gate.new_code(copy, MONDAY)
    for proof in (HERS, Code(code)):
        with pytest.raises(Missing):
            gate.open_copy(copy, proof, MONDAY)
    assert views(copy) == (5, 0)
    assert Key.objects.count() == 1


def test_a_code_opens_once_within_its_hour_however_it_is_typed(cast: Cast):
    copy = a_copy(cast.lenox)
    _key, code = gate.new_code(copy, MONDAY)
    typed = Code(f" {code[:4].lower()}-{code[4:].lower()} ")
    gate.open_copy(copy, typed, MONDAY + timedelta(minutes=59)).file.close()
    assert views(copy) == (4, 1)
    with pytest.raises(CodeWrong):
        gate.open_copy(copy, typed, MONDAY + timedelta(minutes=59))
    _key, late = gate.new_code(copy, MONDAY)
    with pytest.raises(CodeWrong):
        gate.open_copy(copy, Code(late), MONDAY + timedelta(hours=1))


def test_a_code_stands_nowhere_and_is_of_one_copy(cast: Cast):
    copy, other = a_copy(cast.lenox), a_copy(cast.lenox, "7QX2M4KD")
    key, code = gate.new_code(copy, MONDAY)
    assert code not in str(Key.objects.values())
    assert not gate.may_read(other, Code(code), MONDAY)
    Key.objects.create(copy=other, hash=key.hash, made_at=MONDAY, expires_at=LAST)
    assert not gate.may_read(other, Code(code), MONDAY)  # nor by a row that was copied
    assert gate.may_read(copy, Code(code), MONDAY)


def test_after_five_tries_not_even_the_right_code_opens(cast: Cast):
    copy = a_copy(cast.lenox)
    _key, code = gate.new_code(copy, MONDAY)
    for wrong in ("", "0" * 8, "\0", "é" * 50, code[:-1]):
        with pytest.raises(CodeWrong):
            gate.open_copy(copy, Code(wrong), MONDAY)
    with pytest.raises(CodeWrong):
        gate.open_copy(copy, Code(code), MONDAY)
    _key, fresh = gate.new_code(copy, MONDAY)
    assert Key.objects.count() == 1
    gate.open_copy(copy, Code(fresh), MONDAY).file.close()


def test_a_link_is_ours_or_leads_nowhere(cast: Cast):
    copy, other = a_copy(cast.lenox), a_copy(cast.lenox)
    link = gate.token(copy)
    assert gate.read(link) == copy
    signature = link.partition("-")[2]
    wrong = ["", "-", str(copy.pk), f"{copy.pk}-", f"{other.pk}-{signature}", f"{copy.pk}-x"]
    wrong += [f"9{link}", f"-{link}", f"{link}x", link[:-1], f"{'9' * 30}-{signature}"]
    wrong += [copy.stored_as, f"{copy.pk}-{signature[:-1]}é", f"\N{SUPERSCRIPT TWO}-{signature}"]
    for each in wrong:
        with pytest.raises(LinkUnknown):
            gate.read(each)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_many_at_once_spend_what_is_left_and_never_more(cast: Cast):
    copy = a_copy(cast.lenox, views=3)
    at_once = Barrier(6)

    def press(_number: int) -> bool:
        try:
            at_once.wait()
            gate.open_copy(Copy.objects.get(pk=copy.pk), HERS, MONDAY).file.close()
        except NotOpened:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as presses:
        assert sum(presses.map(press, range(6))) == 3
    assert views(copy) == (0, 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_a_code_that_is_pressed_twice_at_once_opens_once(cast: Cast):
    copy = a_copy(cast.lenox)
    _key, code = gate.new_code(copy, MONDAY)
    at_once = Barrier(2)

    def press(_number: int) -> bool:
        try:
            at_once.wait()
            gate.open_copy(Copy.objects.get(pk=copy.pk), Code(code), MONDAY).file.close()
        except NotOpened:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as presses:
        assert sum(presses.map(press, range(2))) == 1
    assert views(copy) == (4, 1)
