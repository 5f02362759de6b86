"""The addresses of a facet's values."""

import pytest
from django.http import QueryDict

from postroad.web.public.facets import Turned


@pytest.mark.parametrize(
    ("typed", "name", "value", "address"),
    [
        ("q=emma", "format", "book", "?q=emma&format=book"),
        ("q=emma&page=3", "format", "book", "?q=emma&format=book"),
        ("format=book&q=emma", "format", "film", "?format=book&format=film&q=emma"),
        ("format=book&format=film&q=emma", "format", "book", "?format=film&q=emma"),
        ("format=book&q=a+%26+b", "format", "book", "?q=a+%26+b"),
        ("format=book", "format", "book", "?"),
        ("q=emma&from=1900&to=1950", "year", "1900", "?q=emma&year=1900"),
        ("miles=5&near=Lee&q=emma", "miles", "10", "?miles=10&near=Lee&q=emma"),
        ("near=Lee&miles=5&q=emma", "miles", "5", "?q=emma"),
    ],
)
def test_a_value_adds_itself_or_takes_itself_away(typed: str, name: str, value: str, address: str):
    assert Turned(QueryDict(typed), name).address(value) == address
