"""Why this lender, and why not that one: the ranking that was kept, in words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad import words
from postroad.directory.models import Library
from postroad.web.shared.pieces import PassedOver, Ranked, Why


def why(rota: Mapping[str, Any], names: Mapping[str, str], decided: datetime | None = None) -> Why:
    """A rota as `ill.referral.explain` kept it, with the `names` of its libraries.

    An empty one gives an empty order.
    """
    order, then = rota.get("order", []), rota.get("then", [])
    over = [
        (names.get(code, code), words.label(words.ill.WHY_NOT, reason))
        for reason, codes in rota.get("passed_over", {}).items()
        for code in codes
    ]
    return Why(
        sentence=sentence(len(order) + len(then), rota),
        headings=[
            _("Would arrive"),
            _("Lent : borrowed, 12 months"),
            _("Open requests"),
            _("Miles"),
            _("Copies in"),
        ],
        ranking=[
            Ranked(named(each, names), facts(each), chosen=number == 0)
            for number, each in enumerate(order)
        ],
        then=[names.get(code, code) for code in then],
        passed_over=[PassedOver(name, reason) for name, reason in sorted(over)],
        changes=ordered(rota)
        + _(
            "The library that can deliver soonest goes first; on the same day, the one that has "
            "lent least compared with what it borrowed; then the one with the fewest open "
            "requests; then the nearest. A library that named this day itself goes before all, and "
            "one whose holding is in doubt after all. The end of a closure, a copy that comes back "
            "or another need-by date would change the order."
        ),
        decided=decided,
    )


def ordered(rota: Mapping[str, Any]) -> str:
    """The order of the borrowing library, before what decides within each of its steps."""
    steps = rota.get("steps", ())
    if len(steps) < 2:
        return ""
    order = words.wanted.ask_order(steps)
    return _("The borrowing library’s order is %(order)s. Within a step: ") % {"order": order}


def named(each: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = str(names.get(each["code"], each["code"]))
    if each.get("same_network"):
        return _("%(library)s (own network)") % {"library": name}
    return name


def names(rotas: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What the libraries of these rotas are called, by code. One query, or none."""
    codes: set[str] = set()
    for rota in rotas:
        codes.update(each["code"] for each in rota.get("order", ()))
        codes.update(rota.get("then", ()), *rota.get("passed_over", {}).values())
    known = Library.objects.filter(code__in=codes).only("code", "name", "town") if codes else ()
    return {library.code: _named(library) for library in known}


def sentence(able: int, rota: Mapping[str, Any]) -> str:
    over = owners(rota)
    if not able:
        return nobody(rota)
    could = ngettext("%(n)s library could send it", "%(n)s libraries could send it", able)
    if not over:
        return _("%(could)s; none was skipped.") % {"could": could % {"n": able}}
    not_these = ngettext("%(n)s was skipped.", "%(n)s were skipped.", over)
    return f"{could % {'n': able}}; {not_these % {'n': over}}"


def owners(rota: Mapping[str, Any]) -> int:
    """How many libraries own it and were passed over."""
    return sum(map(len, rota.get("passed_over", {}).values()))


def nobody(rota: Mapping[str, Any]) -> str:
    """Why no member library could be asked: the reasons, the most frequent first."""
    number = owners(rota)
    if not number:
        return _("No member library owns it.")
    reasons = sorted(rota["passed_over"].items(), key=lambda each: -len(each[1]))
    own = ngettext(
        "%(n)s member library owns it, and it cannot be asked: %(reasons)s.",
        "%(n)s member libraries own it, and none can be asked: %(reasons)s.",
        number,
    )
    told = (f"{words.label(words.ill.WHY_NOT, reason)} ({len(codes)})" for reason, codes in reasons)
    return own % {"n": number, "reasons": "; ".join(told)}


def facts(each: Mapping[str, Any]) -> list[str]:
    return [
        words.day(each["arrives"]) if each.get("arrives") else _("unknown"),
        f"{each['lent']} : {each['borrowed']}",
        str(each["in_hand"]),
        str(round(each["miles"])) if each.get("miles") is not None else _("unknown"),
        _("%(n)s, in doubt") % {"n": each["on_shelf"]}
        if each.get("doubted")
        else str(each["on_shelf"]),
    ]


def _named(library: Library) -> str:
    return library.name if library.town in library.name else f"{library.name}, {library.town}"
