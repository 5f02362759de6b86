"""Whose records, people and cards somebody keeps: the gate to the pages about one library.

Operators and the center keep those of all libraries, a director those of her own. "Not yours" looks
like "not there".
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import Role, User
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.web.shared.gates import RECORDS

A_PAGE = 50


def in_office(user: User) -> bool:
    return roles.has_any(user, RECORDS)


def library_of(user: User, code: str) -> Library:
    library = get_object_or_404(Library.objects.select_related("network"), code=code)
    if not (in_office(user) or roles.has(user, Role.DIRECTOR, library)):
        raise Http404
    return library


def asked(request: HttpRequest) -> str:
    """What somebody looks for, in one line."""
    return request.GET.get("q", "").replace("\0", "").strip()[:80]


def say_no(request: HttpRequest, no: Refusal) -> None:
    """A rule said no where the page goes on."""
    messages.error(request, words.refusal(no))


def mistaken(form: forms.Form, field: str | None, no: Refusal) -> None:
    """A rule said no of what stands in a field."""
    form.add_error(field, words.refusal(no))


def label(words_of: Any, code: object) -> str | Promise:
    return words_of.get(str(code), str(code))  # type: ignore[no-any-return]
