"""What templates say often: signs, days, ages, numbers, mileposts, crumbs."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad import words
from postroad.catalogue import citation
from postroad.catalogue.description import Description
from postroad.catalogue.models import Record
from postroad.directory import elsewhere, networks
from postroad.directory.models import Closure
from postroad.reference_numbers import grouped
from postroad.web.shared import barcodes
from postroad.web.shared.charts import Bars, Line
from postroad.web.shared.paging import Queued
from postroad.web.shared.pieces import Stone
from postroad.web.shared.signs import SIGNS
from postroad.words import verdicts

SHELVES = 5  # that are named

register = template.Library()
register.filter("short_title", citation.short_title)
register.filter("as_read", citation.as_read)
register.filter("person", citation.person)
register.filter("known_by", elsewhere.about)  # a library elsewhere, among others of its name
register.filter("hours_of_week", words.hours.of_week)
register.filter("clock", words.clock)  # 5:30 p.m.
register.filter("told_of", words.wanted.lines)  # of a request: what else its lender should know
register.filter("asked_form", words.wanted.form)  # of a request: a book, a copy of an article
register.filter("verdict", verdicts.told)  # of two records of one catalog
register.filter("who_may", words.resources.who)  # of one right of a licensed resource
register.filter("grouped", grouped)  # where no marks may stand: in a title, say


@register.simple_tag
def sign(name: str, word: str = "") -> SafeString:
    """The drawing, for a place where its word stands already, or with a word of its own."""
    return format_html("{} {}", drawing(name), word) if word else drawing(name)


@cache
def drawing(name: str) -> SafeString:
    return format_html(
        '<svg class="sign" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        mark_safe(SIGNS[name].lines),  # noqa: S308  # ours, from the table above
    )


@register.simple_tag
def sign_word(name: str) -> str:
    return str(SIGNS[name].word)


@register.filter
def day(value: date | datetime | None) -> str:
    """Thursday 3 December; with its year when that is another one."""
    if value is None:
        return ""
    here = as_day(value)
    same_year = here.year == timezone.localdate().year
    # Translators: how a day is written, in Django's date signs: Thursday 3 December
    return date_format(here, _("l j F") if same_year else _("l j F Y"))


@register.filter
def volume(wanted: str) -> str:
    """Which of several volumes a request wants."""
    return words.ill.volume(wanted)


@register.filter
def refused(code: str) -> str:
    """Why a rule would say no, where nobody has asked it yet."""
    return words.label(words.ill_refusals.REFUSALS, code)


@register.filter
def facts_in_line(said: Record | Description) -> list[str]:
    """What tells one edition from others; what is empty is left out."""
    carriers = [words.label(words.catalogue.CARRIERS, each) for each in said.carrier.split(", ")]
    part = _("part %(part)s") % {"part": said.part} if said.part else ""
    told = (said.author, part, said.edition, said.publisher, str(said.year or ""), said.extent)
    return [text for text in (*told, words.languages.name(said.language), *carriers) if text]


@register.filter
def form(record: Record) -> str:
    """What a record describes, and on what it is: "film, DVD"."""
    return words.catalogue.form(record.get_format_display(), record.carrier)


@register.filter
def stretch(value: Any) -> str:
    """The days of a closure: Thursday 3 December; Thursday 3 to Friday 4; until further notice."""
    first = day(value.first_day)
    if value.last_day == value.first_day:
        return first
    if value.open_ended:
        return _("%(first)s until further notice") % {"first": first}
    return _("%(first)s to %(last)s") % {"first": first, "last": day(value.last_day)}


@register.filter
def until(value: date) -> str:
    """The last day of a closure, as it was entered."""
    return _("further notice") if value == Closure.FURTHER_NOTICE else day(value)


@register.filter
def short_day(value: date | datetime | None) -> str:
    """Thu 3 Dec; with its year when that is another one: where a day has to fit into a line."""
    if value is None:
        return ""
    here = as_day(value)
    same_year = here.year == timezone.localdate().year
    # Translators: how a short day is written, in Django's date signs: Thu 3 Dec
    written = date_format(here, _("D j M") if same_year else _("D j M Y"))
    weekday, space, rest = written.partition(" ")  # in a narrow column it breaks here only
    return weekday + space + rest.replace(" ", "\N{NO-BREAK SPACE}")


@register.filter
def moment(value: datetime | None) -> str:
    """Thursday 3 December, 2:15 p.m."""
    return "" if value is None else words.moment(value)


@register.filter
def ago(value: date | datetime | None) -> str:
    """How far a day is from today: 2 days ago, yesterday, today, tomorrow, in 3 days."""
    if value is None:
        return ""
    days = (as_day(value) - timezone.localdate()).days
    if days in NEAR:
        return NEAR[days]()
    if days < 0:
        return ngettext("%(n)s day ago", "%(n)s days ago", -days) % {"n": -days}
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}


NEAR = {
    -1: lambda: _("yesterday"),
    0: lambda: _("today"),
    1: lambda: _("tomorrow"),
}


def as_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.simple_tag
def when(value: date | datetime | None) -> SafeString:
    """A day and how far it is, marked up for machines: Thursday 3 December, in 10 days."""
    if value is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}">{}</time> <span class="quiet">{}</span>',
        value.isoformat(),
        day(value),
        ago(value),
    )


@register.filter
def group_by_four(value: object) -> SafeString:
    """A number in groups of four for the eye; copied or heard it is still one number."""
    groups = grouped("".join(str(value).split())).split()
    return format_html(
        '<span class="number">{}</span>',
        format_html_join("", "<span>{}</span>", ([group] for group in groups)),
    )


@register.simple_tag
def barcode(number: str) -> SafeString:
    """The number as a Code 128 that a hand scanner reads from paper or from a screen."""
    bars, wide = barcodes.code_128(number)
    return format_html(
        '<svg class="barcode" viewBox="0 0 {} 40" width="{}" height="60" role="img"'
        ' aria-label="{}" preserveAspectRatio="none" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0 0h{}v40H0z"/>{}</svg>',
        wide,
        wide * 2,
        _("Barcode %(number)s") % {"number": number},
        wide,
        format_html_join("", '<path d="M{} 0h{}v40h-{}z"/>', ((at, w, w) for at, w in bars)),
    )


@register.inclusion_tag("shared/_mileposts.html")
def mileposts(stones: Iterable[Stone]) -> dict[str, Any]:
    return {"stones": stones}


@register.inclusion_tag("shared/_crumbs.html")
def crumbs(*way: object) -> dict[str, Any]:
    """Label, address, label, address, and last the label of this page."""
    return {"way": list(zip(way[:-1:2], way[1:-1:2], strict=True)), "here": way[-1]}


@register.inclusion_tag("public/_from_network.html", takes_context=True)
def from_network(context: template.Context, title: str, owners: Iterable[Any]) -> dict[str, Any]:
    """The way back to the search of a network from which a record was opened."""
    code = context["request"].GET.get("network", "")
    network = next((each for each in networks.known().values() if each.code == code), None)
    if network is None:
        return {"network": None}
    shelves = [
        owner.library.name
        for owner in owners
        if owner.library.network_id == network.pk and owner.holding.on_shelf
    ]
    return {"network": network, "title": title, "shelves": shelves[:SHELVES]}


@register.inclusion_tag("shared/_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    return {"field": bound, "kind": bound.widget_type}


@register.filter
def amount(count: int, threshold: str) -> str:
    """The number of a threshold, with what it counts."""
    return words.directory.amount(threshold, count)


@register.inclusion_tag("shared/_chart.html")
def chart(drawn: Bars | Line) -> dict[str, Any]:
    return {"chart": drawn, "kind": "bars" if isinstance(drawn, Bars) else "line"}


@register.inclusion_tag("shared/_pager.html", takes_context=True)
def pager(context: template.Context, page: Any) -> dict[str, Any]:
    """The pages of a long list; all else in the address stays as it is."""
    queued = isinstance(page, Queued)
    return {
        "request": context["request"],
        "page": page,
        "numbers": numbers(page),
        "of": page.paginator.count if queued else None,
        "begins": (page.next_rows or None) if queued else None,
    }


def numbers(page: Any) -> Sequence[int | str]:
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.filter
def count_of(counts: dict[str, int] | None, name: str) -> int | None:
    """The count that this page gives a way of the navigation."""
    return (counts or {}).get(name)


@register.simple_tag
def network_change(name: str, both: Sequence[object]) -> str:
    """A change of a network's page: which field, what it was and is."""
    return words.networks.changed(name, both)


@register.simple_tag
def resource_change(name: str, both: Sequence[object], right: int | None) -> str:
    """A change of a licensed resource, or of one of its rights: what it was and is."""
    return words.resources.changed(name, both, of_a_right=right is not None)


@register.simple_tag
def recorded(name: str, both: Sequence[object]) -> str:
    """A change of a record: which field, what it was and is."""
    (said,) = words.records.changes({name: both}, words.records.RECORD)
    return _("%(field)s was %(old)s, is %(new)s") % dict(
        zip(("field", "old", "new"), said, strict=True)
    )


@register.simple_tag
def list_wrong(each: Any) -> str:
    """Why a cell of a list cannot be taken."""
    return str(words.records.LIST_WRONG[each.why]) % {"text": each.text}
