"""The same as data, for whoever asks again and again: /status.csv, /status.json, /status.atom."""

import csv
import json
from collections.abc import Iterable
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from postroad.directory import known
from postroad.directory.known import AT_HAND, Everybody, Known
from postroad.directory.models import Closure
from postroad.directory.standing import ALL, Answer
from postroad.directory.statements import Source, Statement, StatusList
from postroad.web.public.status import Typed, chosen, kept
from postroad.web.shared import status
from postroad.web.shared.csv_files import defused
from postroad.web.shared.feeds import Feed

NEWS = 50  # entries of the feed

HEADINGS = (
    "code name town state oclc_symbol member open lending returns deliveries since until "
    "last_said_on confirmed source note reason"
).split()


def _cells(each: Known) -> list[str]:
    stands = each.standing
    no = [answer for answer in stands.answers.values() if answer.value is False]
    return [
        each.code,
        each.name,
        each.town,
        each.state,
        each.symbol,
        "no" if each.outside else "yes",
        *(_yes(stands.answers[service]) for service in ALL),
        _iso(min((a.since for a in no if a.since), default=None)),
        _iso(max((a.until for a in no if a.until), default=None)),
        _iso(stands.as_of),
        "yes" if stands.confirmed else "no",
        each.source,
        each.note,
        "; ".join(dict.fromkeys(answer.reason for answer in no if answer.reason)),
    ]


def _yes(answer: Answer) -> str:
    return {True: "yes", False: "no", None: "unknown"}[answer.value]


def _iso(value: date | datetime | None) -> str:
    return value.isoformat() if value else ""


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    typed, every = Typed.of(request), known.everybody(timezone.now())
    text = kept(every, "csv", typed, lambda: _csv(chosen(every, typed)))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="status.csv"'
    return _public(answer)


def _csv(rows: Iterable[Known]) -> str:
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(HEADINGS)
    for each in rows:
        writer.writerow([defused(cell) for cell in _cells(each)])
    return table.getvalue()


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    typed, now = Typed.of(request), timezone.now()
    every = known.everybody(now)
    text = kept(every, "json", typed, lambda: _json(every, chosen(every, typed), now))
    return _public(HttpResponse(text, content_type="application/json"))


def _json(every: Everybody, rows: Iterable[Known], now: datetime) -> str:
    covers = known.coverage(every)
    return json.dumps(
        {
            "as_of": now.isoformat(timespec="seconds"),
            "coverage": {"known": covers.known, "members": covers.members},
            "everywhere": [_for_many(each) for each in every.shut_on(timezone.localdate(now))],
            "credits": [
                {"name": each.name, "credit": each.credit, "read_at": _iso(each.read_at)}
                for each in StatusList.objects.filter(read_at__isnull=False)
            ],
            "libraries": [_object(each) for each in rows],
        }
    )


def _for_many(closure: Closure) -> dict[str, Any]:
    """What stops today at all libraries, or at all of a state: a holiday, a situation."""
    return {
        "what": closure.effect,
        "state": closure.state or None,
        "since": _iso(closure.first_day),
        "until": None if closure.open_ended else _iso(closure.last_day),
        "reason": closure.reason,
    }


def _object(each: Known) -> dict[str, Any]:
    stands = each.standing
    return {
        "code": each.code,
        "name": each.name,
        "town": each.town,
        "state": each.state,
        "oclc_symbol": each.symbol or None,
        "member": not each.outside,
        **{
            service.value: {
                "value": answer.value,
                "since": _iso(answer.since) or None,
                "until": _iso(answer.until) or None,
                "reason": answer.reason,
            }
            for service, answer in stands.answers.items()
        },
        "last_said_at": _iso(stands.as_of) or None,
        "confirmed": stands.confirmed,
        "source": each.source or None,
        "note": each.note,
    }


@require_safe
def as_atom(request: HttpRequest) -> HttpResponse:
    """What was said last, the newest first."""
    here = settings.SITE_URL.rstrip("/")
    feed = Feed(
        title=_("Status of libraries"),
        link=f"{here}{reverse('status')}",
        description=_("What libraries say of lending, returns and deliveries"),
        feed_url=f"{here}{reverse('status-atom')}",
    )
    lately = (
        Statement.objects.taken()
        .filter(library__active=True)
        .select_related("library")
        .order_by("-heard_at", "-pk")
    )
    for each in lately[:NEWS]:
        assert each.library is not None  # the filter looked
        address = f"{here}{reverse('status-of', args=[each.library.code])}"
        feed.add_item(
            title=f"{each.library.name}, {each.library.town}: {status.sentence(each)}",
            link=f"{address}#said-{each.pk}",
            description=each.note,
            pubdate=each.moment,
            updateddate=each.heard_at,
            unique_id=f"{address}#said-{each.pk}",
            author_name=str(Source(each.source).label),
        )
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")
    return _public(answer)


def _public(answer: HttpResponse) -> HttpResponse:
    patch_cache_control(answer, public=True, max_age=AT_HAND)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
