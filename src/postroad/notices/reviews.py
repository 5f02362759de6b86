"""Pages of guides that are due to be read again: their owner is told, or else all editors.

One letter tells of all that is due. The next comes when another page is due; whoever has read a
page again sets another day, or none.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from postroad.accounts.models import Role, User
from postroad.guides import upkeep
from postroad.notices import tell
from postroad.notices.models import Kind
from postroad.notices.words import Facts

SOURCE = "guides.review"  # of these notices; the key is the last day that was reached
SHOWN = 20  # pages in a letter


def remind(now: datetime) -> int:
    """Write them; told twice of the same day, it writes them once. How many have pages due."""
    due: dict[User | Role, list[Any]] = defaultdict(list)
    for page, owner in upkeep.to_remind(timezone.localdate(now)):
        due[owner or Role.EDITOR].append(page)
    for to, pages in due.items():
        lines = tuple(f"{page.title} ({date_format(page.review_by, 'j F Y')})" for page in pages)
        tell.note(
            Kind.REVIEW_DUE,
            to,
            Facts(waiting=len(pages), lines=lines[:SHOWN]),
            source=SOURCE,
            source_key=max(page.review_by for page in pages).isoformat(),
            now=now,
            about="upkeep",
        )
    return len(due)
