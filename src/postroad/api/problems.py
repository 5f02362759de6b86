"""How a program is told that a rule said no (RFC 9457)."""

from django.http import JsonResponse

from postroad import words
from postroad.errors import Refusal


def answer(no: Refusal, status: int) -> JsonResponse:
    return JsonResponse(
        {"type": "about:blank", "status": status, "code": no.code, "detail": words.refusal(no)},
        status=status,
        content_type="application/problem+json",
    )
