"""A library's system tells which items are for pick-up elsewhere: /api/holds/."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from postroad import spreadsheet, words
from postroad.accounts.models import ProgramKey
from postroad.api.gates import needs_key
from postroad.ill import told_holds


@require_POST
@needs_key(ProgramKey.May.HOLDS)
def tell(request: HttpRequest, key: ProgramKey) -> HttpResponse:
    """A list of holds; of each item what was said last counts. Lines that are wrong are named, and
    stop no other."""
    assert key.library is not None  # a constraint holds it
    now = timezone.now()
    rows = spreadsheet.read(request.body)
    table = spreadsheet.table(rows, told_holds.HEADINGS, told_holds.NEEDED)
    found = told_holds.read(table, key.library, key.library.day_of(now))
    told = told_holds.tell(found.tellings, key.library, by=key.name, now=now)
    return JsonResponse(
        {
            "taken": told.taken,
            "again": told.again,
            "wrong": [
                {
                    "line": each.line,
                    "column": each.column,
                    "why": each.why,
                    "said": words.label(words.sorting.WRONG, each.why),
                }
                for each in found.wrong
            ],
        }
    )
