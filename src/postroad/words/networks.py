"""Networks: what their rules are in plain words, and what is said of their pages."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad.catalogue.models import Format
from postroad.directory.models import AskOrder, NetworkRules
from postroad.directory.network_rules import has
from postroad.words.labels import Words, label
from postroad.words.wanted import ask_order

# What may be changed of a network's page
FIELDS: Words = {
    "name": gettext_lazy("Name"),
    "host": gettext_lazy("Web address of its own"),
    "office": gettext_lazy("Library that is its office"),
    "lead": gettext_lazy("One sentence at the top"),
    "about": gettext_lazy("About the network"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "website": gettext_lazy("Website"),
    "takes_applications": gettext_lazy("Libraries may ask to join on its page"),
    "who_may_join": gettext_lazy("Who may join, and how"),
}

# What a network may decide for its members, or leave to them
RULES = {
    "ask_order": gettext_lazy("Where requests are sent, in which order"),
    "loan_days": gettext_lazy("Loan period, in days"),
    "renewals": gettext_lazy("Renewals allowed"),
    "open_requests": gettext_lazy("Open requests allowed for each patron"),
}


def sentences(rules: NetworkRules, name: str) -> Iterator[tuple[str, bool]]:
    """Each rule in plain words, and whether a member may decide it otherwise."""
    for field, said in _said(rules, name):
        yield said, field in rules.own_allowed


def _said(rules: NetworkRules, name: str) -> Iterator[tuple[str, str]]:
    if has(rules, "ask_order"):
        order = ask_order(rules.ask_order.split(), name)
        yield "ask_order", _("Who is asked for what you want: %(order)s.") % {"order": order}
    yield "lends_outside", _outside(rules)
    if rules.loan_days is not None:
        said = ngettext(
            "What its libraries lend may be kept for %(n)s day, counted from the day it is picked "
            "up.",
            "What its libraries lend may be kept for %(n)s days, counted from the day it is picked "
            "up.",
            rules.loan_days,
        )
        yield "loan_days", said % {"n": rules.loan_days}
    if rules.renewals is not None:
        yield "renewals", _renewals(rules.renewals)
    if rules.open_requests is not None:
        said = ngettext(
            "Each reader may have %(n)s open request at a time.",
            "Each reader may have %(n)s open requests at a time.",
            rules.open_requests,
        )
        yield "open_requests", said % {"n": rules.open_requests}


def _renewals(count: int) -> str:
    if not count:
        return _("It is not renewed.")
    said = ngettext(
        "It may be renewed %(n)s time, if nobody else waits for it.",
        "It may be renewed %(n)s times, if nobody else waits for it.",
        count,
    )
    return said % {"n": count}


def _outside(rules: NetworkRules) -> str:
    if not rules.lends_outside:
        return _("Its libraries lend only to each other.")
    forms = [str(Format(code).label) for code in rules.formats_kept if code in Format.values]
    if forms:
        said = _("Its libraries lend to all members, but these only to each other: %(forms)s.")
        return said % {"forms": ", ".join(forms)}
    return _("Its libraries lend to all members of the consortium.")


def value(name: str, rule: object) -> str:
    """What a rule says, shortly, beside the field of a member's policy."""
    return str(AskOrder(str(rule)).label) if name == "ask_order" else str(rule)


def changed(name: str, both: Sequence[object]) -> str:
    """A change of its page in a line; long words are cut, the history keeps them whole."""
    before, after = (_short(value) for value in both)
    facts = {"field": label(FIELDS, name), "before": before, "after": after}
    return _("%(field)s: %(before)s, now %(after)s") % facts


def _short(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = " ".join(str(value or "").split())
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”" if text else _("nothing")
