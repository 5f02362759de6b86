"""The requests of the numbers that people type in cases: a listener of their events.

Who may see a request is asked when a page shows it; a case gives nobody a right to one.
"""

from datetime import datetime

from postroad.cases.lifecycle import Verb
from postroad.cases.models import CaseEvent, Mention, of_request
from postroad.ill import lookup

SPOKEN = frozenset({Verb.ASK, Verb.ANSWER, Verb.REPLY})
MOST = 5  # requests of one number


def link(event: CaseEvent, now: datetime) -> None:
    """Listener: note which requests bear the numbers in a case. Told twice, it notes them once."""
    if event.verb not in SPOKEN:
        return
    typed = event.case.mentions.filter(about="").values_list("value", flat=True)
    Mention.objects.bulk_create(
        [
            Mention(case=event.case, value=value, about=of_request(ref))
            for value in typed
            for ref in lookup.by_number(value).values_list("ref", flat=True)[:MOST]
        ],
        ignore_conflicts=True,
    )
