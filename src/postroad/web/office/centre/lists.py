"""The lists of the center's queue: how an address filters it, and under which names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import F
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postroad import words
from postroad.accounts.models import SavedView, User
from postroad.directory.models import Library
from postroad.form_errors import InOurWords
from postroad.ill.lifecycle import Owner, State
from postroad.ill.worklist import STATES, Filter
from postroad.web.shared.libraries import LibraryField

ME, NOBODY, YES, NO = "me", "nobody", "yes", "no"
KEPT = ("state", "turn", "late", "outside", "manager", "library", "q", "sort")  # of an address

# What everybody at the center has: the name in the address, its words, its filters.
EVERYBODYS: Mapping[str, tuple[Promise, str]] = {
    "queue": (_("To look for"), "state=centre"),
    "ours": (_("Our turn"), "turn=centre"),
    "mine": (_("Mine"), "manager=me"),
    "nobodys": (_("Nobody’s"), "turn=centre&manager=nobody"),
    "waiting": (_("Waiting for a member"), "state=waiting"),
    "asked": (_("Asked elsewhere"), "state=referred&outside=yes"),
    "coming": (_("On its way here"), "state=shipped&outside=yes"),
    "here": (_("With our libraries"), "state=arrived&state=lent&state=back&outside=yes"),
    "homeward": (_("On its way home"), "state=homeward&outside=yes"),
    "late": (_("Late"), "late=yes"),
    "all": (_("Everything open"), ""),
}
QUEUE = "queue"

SOONEST = F("turn_until").asc()
# In which order a list may stand, each decided to the last. Unnamed days come after named ones.
SORTS: Mapping[str, tuple[Promise, tuple[Any, ...]]] = {
    "due": (_("Due first"), (SOONEST, "pk")),
    "waiting": (_("Waiting longest"), (F("turn_since").asc(nulls_first=True), "pk")),
    "needed": (_("Needed soonest"), (F("need_by").asc(nulls_last=True), "asked_at", "pk")),
    "asked": (_("Asked first"), ("asked_at", "pk")),
    "title": (_("By title"), ("title", "pk")),
}


@dataclass(frozen=True, slots=True)
class View:
    """A list under a name."""

    name: str  # as it stands in the address
    label: str
    query: str
    saved: SavedView | None = None


def views(user: User) -> list[View]:
    """Everybody's, and after them those that this person saved."""
    ours = [View(name, str(label), query) for name, (label, query) in EVERYBODYS.items()]
    saved = SavedView.objects.filter(user=user)
    return ours + [View(str(each.pk), each.name, each.query, each) for each in saved]


class FilterForm(InOurWords, forms.Form):
    """What the address says, as it is typed."""

    state = forms.MultipleChoiceField(
        label=_("Status"),
        choices=[(state.value, words.ill.LISTED[state]) for state in STATES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    turn = forms.ChoiceField(
        label=_("Whose turn it is"),
        choices=[("", _("Anybody’s")), *words.ill.TURNS.items()],
        required=False,
    )
    late = forms.BooleanField(label=_("Only what is late"), required=False)
    outside = forms.ChoiceField(
        label=_("Lender"),
        choices=[("", _("Any")), (YES, _("Outside the consortium")), (NO, _("A member"))],
        required=False,
    )
    manager = forms.ChoiceField(label=_("Who looks after it"), required=False)
    library = LibraryField(
        label=_("Borrowing or lending library"),
        help_text=_("Its name, town, code or symbol."),
        max_length=160,
        required=False,
    )
    q = forms.CharField(label=_("Title, author or number"), max_length=80, required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[(name, label) for name, (label, _order) in SORTS.items()],
        required=False,
    )

    def __init__(self, data: QueryDict, people: Iterable[User], me: User) -> None:
        super().__init__(data)
        others = [(str(each.pk), str(each)) for each in people if each != me]
        first = [("", _("Anybody")), (ME, _("I do")), (NOBODY, _("Nobody"))]
        field: Any = self.fields["manager"]
        field.choices = [*first, *others]


def typed(query: QueryDict) -> QueryDict:
    """What of an address filters and sorts, without what is left blank."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if values := [value for value in query.getlist(name) if value.strip()]:
            kept.setlist(name, values)
    return kept


def canonical(query: QueryDict, library: Library | None = None) -> str:
    """The same, to be kept: a library by its code, which stays when its name changes."""
    kept = typed(query)
    if library is not None:
        kept["library"] = library.code
    return kept.urlencode()


def filter_of(query: QueryDict, me: User, libraries: Mapping[str, int]) -> Filter:
    """What an address asks for that the form has read, or that was kept; `libraries` are the keys
    of those that such addresses name by their codes."""
    states = query.getlist("state")
    turn, outside = query.get("turn", ""), query.get("outside", "")
    manager, library = query.get("manager", ""), query.get("library", "")
    known = libraries.get(library)
    nowhere = frozenset({known} if known else set()) if library else None
    return Filter(
        states=frozenset(State(each) for each in states if each in STATES),
        turn=Owner(turn) if turn in words.ill.TURNS else None,
        late=query.get("late", "") != "",
        outside={YES: True, NO: False}.get(outside),
        manager=me.pk if manager == ME else int(manager) if manager.isdecimal() else None,
        nobody=manager == NOBODY,
        libraries=nowhere,
        text=query.get("q", ""),
    )


def codes(queries: Sequence[QueryDict]) -> dict[str, int]:
    """The libraries that these addresses name by code; no query where they name none."""
    named = {query.get("library", "") for query in queries} - {""}
    if not named:
        return {}
    return dict(Library.objects.filter(code__in=named).values_list("code", "pk"))


def order_of(query: QueryDict) -> tuple[Any, ...]:
    sort = query.get("sort", "")
    return SORTS[sort if sort in SORTS else "due"][1]
