"""What a library says of the copies that it sends, and the office of one that supplies all."""

from datetime import date

import pytest
from django.test import Client

from postroad.directory.models import Policy, Threshold
from tests.cast import Cast
from tests.ill.story import MONDAY
from tests.markup import tight

pytestmark = pytest.mark.django_db


def read(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200
    return tight(answer.content.decode())


def test_what_a_library_promises_stands_on_its_page_and_who_supplies_all(cast: Cast) -> None:
    Threshold.objects.create(
        name="copy-hours",
        days=30,
        effective=date(2026, 1, 1),
        library=cast.lenox,
        entered_at=MONDAY,
    )
    text = read(Client(), "/libraries/lenox")
    assert "sent within 30 hours at work, rush 24" in text
    centre = Client()
    centre.force_login(cast.centre)
    centre.post("/office/libraries/lenox/documents/", {"supplies": "yes"})
    assert Policy.objects.get(library=cast.lenox).supplies_documents
    assert "also what no other library is known to have" in read(Client(), "/libraries/lenox")
    centre.post("/office/libraries/lenox/documents/")
    assert not Policy.objects.get(library=cast.lenox).supplies_documents
    assert [each.verb for each in cast.lenox.changes.all()] == ["supply-end", "supply"]
    Policy.objects.filter(library=cast.lenox).update(copies=False)
    assert "sends none" in read(Client(), "/libraries/lenox")
