"""Why this lender, and why not that one: the ranking that was kept, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad.web import words
from postroad.web.shared.pieces import PassedOver, Ranked, Why


def why(rota: Mapping[str, Any], decided: datetime | None = None) -> Why:
    """A rota as `ill.referral.explain` kept it. An empty one gives an empty order."""
    order, over = rota.get("order", []), rota.get("passed_over", [])
    return Why(
        sentence=sentence(len(order), len(over)),
        headings=[
            _("Would arrive"),
            _("Lent : borrowed, 12 months"),
            _("In hand"),
            _("Miles"),
            _("Copies in"),
        ],
        ranking=[
            Ranked(_named(each), facts(each), chosen=number == 0)
            for number, each in enumerate(order)
        ],
        passed_over=[
            PassedOver(_named(each), words.label(words.WHY_NOT, each["why_not"])) for each in over
        ],
        changes=_(
            "Soonest to arrive goes first; on the same day, who has lent least against what it "
            "borrowed; then who has least in hand; then the nearest. A closure that ends, a copy "
            "that comes home or another need-by day would change it."
        ),
        decided=decided,
    )


def sentence(able: int, over: int) -> str:
    if not able:
        return _("None of the libraries that own it could be asked then.")
    could = ngettext("%(n)s library could send it", "%(n)s libraries could send it", able)
    if not over:
        return _("%(could)s; none was passed over.") % {"could": could % {"n": able}}
    not_these = ngettext("%(n)s was passed over.", "%(n)s were passed over.", over)
    return f"{could % {'n': able}}; {not_these % {'n': over}}"


def facts(each: Mapping[str, Any]) -> list[str]:
    return [
        words.day(each["arrives"]) if each.get("arrives") else _("unknown"),
        f"{each['lent']} : {each['borrowed']}",
        str(each["in_hand"]),
        str(round(each["miles"])) if each.get("miles") is not None else _("unknown"),
        str(each["on_shelf"]),
    ]


def _named(each: Mapping[str, Any]) -> str:
    return f"{each['name']}, {each['town']}" if each["town"] not in each["name"] else each["name"]
