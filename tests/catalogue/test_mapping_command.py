"""`postroad mapping`: shown, tried on a file, changed."""

import pytest
from django.core.management import CommandError, call_command

from postroad.catalogue import rereading
from postroad.catalogue.models import Item, ItemMapping, Rereading
from tests.catalogue.records import file_of, load, record

pytestmark = pytest.mark.django_db
ODD = ("852", {"p": "31", "k": "FIC", "j": "SMI", "s": "In the whaler"})


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("mapping", "lee", *arguments)
    return capsys.readouterr().out


def test_a_word_is_tried_before_it_is_kept_and_counts_at_the_next_load(cast, capsys, tmp_path):
    file = tmp_path / "all.mrc"
    file.write_bytes(file_of(record("b1", ODD), record("b2")).getvalue())
    assert "Not known yet" in said(capsys)
    shown = said(capsys, "--try", str(file))
    assert "guessed: evergreen" in shown
    assert "1 with the status 'In the whaler', which is not known" in shown
    new = ("--system", "evergreen", "--word", "In the whaler=in", "--owns", "yes")
    shown = said(capsys, *new, "--try", str(file))
    assert "  1 in\n  1 unknown" in shown
    assert "Nothing was kept" in shown
    assert not ItemMapping.objects.exists()
    assert "kept; say --anew, or load its file again" in said(capsys, *new)
    assert "word: IN THE WHALER means in" in said(capsys)
    load(cast.lee, record("b1", ODD), record("b2"))
    assert sorted(Item.objects.values_list("status", flat=True)) == ["in", "unknown"]
    assert "owner without items: no" in said(capsys, "--owns", "no")


def test_it_is_put_back_and_the_records_are_read_anew(cast, capsys):
    load(cast.lee, record("b1", ODD))
    assert "reads its 1 records anew" in said(capsys, "--word", "In the whaler=in", "--anew")
    rereading.work_off(Rereading.objects.get().asked_at)
    assert Item.objects.get().status == "in"
    assert "word:" not in said(capsys, "--back", "--anew")
    rereading.work_off(Rereading.objects.get().asked_at)
    assert Item.objects.get().status == "unknown"


@pytest.mark.parametrize(
    "wrong",
    [
        ("--back",),  # to what?
        ("--word", "X=in"),  # of no system yet
        ("--system", "evergreen", "--word", "X"),
        ("--system", "evergreen", "--word", "X=away"),
        ("--system", "none"),
        ("--try", "/nowhere/at.all"),
        ("--try", __file__),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_kept(cast, wrong):
    with pytest.raises(CommandError):
        call_command("mapping", "lee", *wrong)
    assert not ItemMapping.objects.exists()
