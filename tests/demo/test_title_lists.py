"""The title list of the demonstration: one file in effect, one that waits for somebody."""

from datetime import date
from typing import Any

from django.utils import timezone

from postroad.demo import title_lists
from postroad.econtent.licensed import Wanted, answer
from postroad.econtent.models import FileState, ListFile, Resource, Right, TitleList
from tests.cast import Cast


def test_one_file_is_in_effect_and_one_waits_with_bad_lines(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = tmp_path
    resource = Resource.objects.create(slug=title_lists.RESOURCE, name="Saltmarsh Journals")
    Right.objects.create(resource=resource, who="everybody", how="open")
    title_lists.make(timezone.now())
    done, waits = ListFile.objects.order_by("pk")
    assert (done.state, done.added, done.bad) == (FileState.DONE, title_lists.MOST - 4, 0)
    assert (waits.state, waits.bad, waits.added > 0, waits.removed) == ("shown", 3, True, 1)
    assert TitleList.objects.get().current == done.pk
    journal = title_lists.journals()[0].issn.replace("-", "")
    assert answer(Wanted((journal,), 2000), cast.lee, date(2026, 11, 27)) is not None
