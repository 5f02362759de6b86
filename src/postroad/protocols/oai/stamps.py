"""Datestamps: days, or moments in UTC."""

import re
from datetime import UTC, datetime

SECONDS = "YYYY-MM-DDThh:mm:ssZ"
DAYS = "YYYY-MM-DD"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def moment(said: str) -> datetime | None:
    """The moment that a datestamp means, a day by its beginning; None for what is no datestamp.

    Servers write fractions of a second, an offset, or a blank for the T; without Z it is UTC too.
    """
    said = said.strip().replace(" ", "T", 1)
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    if not 1000 < found.year < 9999:  # a day more or less must still be one
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return found.replace(microsecond=0)


def is_day(said: str) -> bool:
    return DAY.fullmatch(said.strip()) is not None


def written(at: datetime, *, by_day: bool) -> str:
    """As a question has it."""
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%d" if by_day else "%Y-%m-%dT%H:%M:%SZ")
