"""What no library lends is asked for at no door, and each says what to do instead."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from postroad.catalogue import search
from postroad.catalogue.models import Identifier
from postroad.ill import asking
from postroad.ill.acts import Act
from postroad.ill.models import Request
from postroad.ill.wanted import NOT_LENT
from tests.cast import Cast
from tests.ill.story import MONDAY, copy, title

INSTEAD = "Ask for the article you need instead"


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("form", sorted(NOT_LENT))
def test_no_door_takes_a_request_for_what_is_not_lent(
    form: str, cast: Cast, settings: Any, tmp_path: Path
):
    settings.HOME = tmp_path
    record = title("Nature", format=form)
    copy(record, cast.lenox, "31")
    Identifier.objects.create(record=record, kind="issn", value="00280836")
    search.rebuild()
    pages = [
        Client().get(f"/record/{record.pk}"),
        at(cast.ada).get(f"/record/{record.pk}"),
        at(cast.borrower).get(f"/record/{record.pk}"),
        at(cast.ada).post(f"/patron/ask/{record.pk}/", {"key": uuid4(), "library": "lee"}),
        at(cast.borrower).get(f"/staff/ask/?record={record.pk}&card=20000000000001"),
        at(cast.borrower).post(
            f"/staff/ask/?record={record.pk}&card=20000000000001", {"key": uuid4()}
        ),
        at(cast.ada).get("/patron/ask/blank/?number=0028-0836"),
    ]
    door = at(cast.ada).get(f"/patron/ask/{record.pk}/")
    if form == "eresource":
        pages.append(door)
    else:
        assert door["Location"].startswith("/patron/ask/blank/?material=article&")
    for page in pages:
        text = page.content.decode()
        assert INSTEAD in text, page.request["PATH_INFO"]
        assert "Ask for it</a>" not in text
    with pytest.raises(asking.NotLent):
        asking.ask(record, Act(cast.ada, MONDAY), patron=cast.ada, library=cast.lee)
    assert not Request.objects.exists()
