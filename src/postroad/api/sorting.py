"""The sorter's question: /api/sort/BARCODE for one thing, /api/sort/ for a list.

Whatever is asked has its answer: what nobody knows is the answer `unknown`, not an address that is
not there.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from postroad import words
from postroad.accounts.models import ProgramKey
from postroad.api.gates import needs_key
from postroad.delivery.sort_stops import SortStop
from postroad.ill import destinations, sort_lists
from postroad.ill.destinations import Answer, Question


@require_safe
@needs_key(ProgramKey.May.SORT)
def one(request: HttpRequest, key: ProgramKey, barcode: str) -> HttpResponse:
    """Where the thing with this barcode goes; `?library=` names the library whose barcode it is."""
    question = Question(barcode, request.GET.get("library", ""))
    return JsonResponse(told(destinations.where(question, timezone.now())))


@require_POST
@needs_key(ProgramKey.May.SORT)
def many(request: HttpRequest, key: ProgramKey) -> HttpResponse:
    """The same of each line of a list; those that ask nothing are named once more."""
    lines = sort_lists.answered(request.body, timezone.now())
    return JsonResponse(
        {
            "answers": [{"line": each.line, **told(each.answer)} for each in lines],
            "wrong": [each.line for each in lines if each.wrong],
        }
    )


def told(answer: Answer) -> dict[str, Any]:
    """As programs read it. Nothing in it is of a reader or a title."""
    to, sign, held = answer.to, answer.sign, answer.held
    return {
        "barcode": answer.barcode,
        "do": answer.do,
        "reason": answer.reason,
        "why": words.sorting.why(answer),
        "to": named(to) if to else None,
        "route": (to.route or None) if to else None,
        "place": to.place if to and to.route else None,
        "sign": {"letter": sign.sign, "line": sign.headline} if sign else None,
        "bin": answer.bin or None,
        "next_day": answer.next_day.isoformat() if answer.next_day else None,
        "trouble": answer.trouble,
        "held": {
            "until": answer.held_until.isoformat() if answer.held_until else None,
            "why": held.reason,
        }
        if held
        else None,
        "owners": [named(each) for each in answer.owners],
    }


def named(stop: SortStop) -> dict[str, str]:
    return {"code": stop.code, "name": stop.name, "town": stop.town}
