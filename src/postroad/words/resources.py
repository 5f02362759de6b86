"""Licensed resources in plain words: who may use them, how one gets in, what was changed."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.directory.models import Kind
from postroad.econtent.models import Allowed, Resource, Right
from postroad.econtent.terms import Answer
from postroad.words.labels import Words, day, label

# What may be changed of a resource
FIELDS: Words = {
    "name": gettext_lazy("Name"),
    "kind": gettext_lazy("Kind"),
    "subjects": gettext_lazy("Subjects"),
    "description": gettext_lazy("What it is"),
    "provider": gettext_lazy("Vendor"),
    "address": gettext_lazy("Web address"),
    "payer": gettext_lazy("Who pays"),
    "acknowledgement": gettext_lazy("Acknowledgment that is owed"),
    "trial_until": gettext_lazy("Last day of the trial"),
    "ends_on": gettext_lazy("Last day of the license"),
    "lending": gettext_lazy("May be lent to other libraries"),
    "copying": gettext_lazy("May be copied for other libraries"),
    "contact_name": gettext_lazy("Whom to ask"),
    "contact_email": gettext_lazy("E-mail"),
    "contact_phone": gettext_lazy("Phone"),
    "training_guide": gettext_lazy("Training guide"),
    "vendor_guide": gettext_lazy("Vendor’s guide"),
    "checked_on": gettext_lazy("Last checked"),
    "active": gettext_lazy("In the directory"),
}
# and of one of its rights
OF_A_RIGHT: Words = {
    "who": gettext_lazy("Who may use it"),
    "library": gettext_lazy("Library"),
    "network": gettext_lazy("Network"),
    "value": gettext_lazy("Kind of library, town or ZIP code"),
    "how": gettext_lazy("How they get in"),
    "prefix": gettext_lazy("Address of the proxy"),
    "ranges": gettext_lazy("IP ranges"),
    "card_pattern": gettext_lazy("Card numbers"),
}
KINDS_OF_LIBRARY: Words = {
    Kind.PUBLIC: gettext_lazy("Public libraries"),
    Kind.ACADEMIC: gettext_lazy("College and university libraries"),
    Kind.SCHOOL: gettext_lazy("School libraries"),
    Kind.SPECIAL: gettext_lazy("Special libraries"),
}
# What a reader does to get in
GETTING_IN: Words = {
    Right.How.OPEN: gettext_lazy("It is open: no sign-in."),
    Right.How.PROXY: gettext_lazy("Through the library’s proxy, which asks you to sign in."),
    Right.How.SINGLE_SIGN_ON: gettext_lazy("With the sign-in of your school or college."),
    Right.How.CARD: gettext_lazy("With the number of your library card."),
    Right.How.IP: gettext_lazy("On the library’s own network, with no sign-in."),
}
# Whether a library's readers may use it
ANSWERS: Mapping[Answer, Promise] = {
    Answer.YES: gettext_lazy("Yes"),
    Answer.NO: gettext_lazy("No"),
    Answer.UNKNOWN: gettext_lazy("Not known"),
}
CHOICES: Mapping[str, Mapping[str, str | Promise]] = {
    "kind": dict(Resource.Kind.choices),
    "lending": dict(Allowed.choices),
    "copying": dict(Allowed.choices),
    "who": dict(Right.Who.choices),
    "how": dict(Right.How.choices),
}


def who(right: Right) -> str:
    """Who may use it, in a line."""
    match right.who:
        case Right.Who.KIND:
            return label(KINDS_OF_LIBRARY, right.value) or _("not known")
        case Right.Who.LIBRARY:
            return right.library.name if right.library else _("not known")
        case Right.Who.NETWORK:
            named = right.network.name if right.network else _("not known")
            return _("Libraries of %(network)s") % {"network": named}
        case Right.Who.TOWN:
            return _("People who live in %(town)s") % {"town": right.value}
        case Right.Who.ZIP:
            return _("People who live in ZIP code %(zip)s") % {"zip": right.value}
        case Right.Who.ON_SITE if right.library:
            return _("Anyone in the building of %(library)s") % {"library": right.library.name}
        case Right.Who.ON_SITE:
            return _("Anyone in the building of a library that has it")
    return str(Right.Who(right.who).label)


def changed(name: str, both: Sequence[object], *, of_a_right: bool = False) -> str:
    """A change in a line; long words are cut, the history keeps them whole."""
    before, after = (_short(name, value) for value in both)
    field = label(OF_A_RIGHT if of_a_right else FIELDS, name)
    return _("%(field)s: %(before)s, now %(after)s") % {
        "field": field,
        "before": before,
        "after": after,
    }


def _short(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in CHOICES and value is not None:
        return _("“%(value)s”") % {"value": CHOICES[name].get(str(value), value)}
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if value and name in {"trial_until", "ends_on", "checked_on"}:
        return day(str(value))
    text = " ".join(str(value or "").split())
    return f"“{text[:80]}…”" if len(text) > 80 else f"“{text}”" if text else _("nothing")


def until(resource: Resource, today: date) -> str:
    """How long it can be used, where that is known: nothing where no day is."""
    last = resource.last_day
    if not resource.active:
        return _("It is no longer offered.")
    if last is None:
        return ""
    facts = {"day": day(last)}
    if last < today:
        said = _("The trial ended on %(day)s.") if resource.is_trial else _("It ended on %(day)s.")
    elif resource.is_trial:
        said = _("This is a trial: it can be used until %(day)s.")
    else:
        said = _("It can be used until %(day)s.")
    return said % facts
