"""The form of how a library's items are read: its system, its own rules, what its words mean.

What is typed makes a `Reading`, whether it is only tried or kept. A preset that is chosen brings
its own subfields; who changes one of these has rules of her own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue.marc import statuses
from postroad.catalogue.marc.copies import Reading
from postroad.catalogue.marc.layouts import PRESETS, Layout
from postroad.catalogue.models import ItemStatus
from postroad.form_errors import InOurWords
from postroad.words.labels import label

OWN, NONE = "own", ""
MOST_WORDS, LONGEST_WORD = 200, 200
# Of a copy that is gone with us no file of its library says so.
MEANINGS = [
    (NONE, gettext_lazy("not known")),
    *((code, text) for code, text in ItemStatus.choices if code != ItemStatus.AWAY),
]
SAID = frozenset(code for code, _ in MEANINGS)
CODES = RegexValidator(
    r"^[a-z0-9]*\Z", gettext_lazy("Type the letters or digits of the subfields, like: bc.")
)
TAG = RegexValidator(
    r"^(?:[89][0-9]{2}|59[0-9]|049|090|099)\Z",
    gettext_lazy("Type the three digits of a field from 800 to 999, or 049, 090, 099 or 59x."),
)
FIRST: Mapping[str, Any] = {
    "tag": gettext_lazy("Field of an item"),
    "barcode": gettext_lazy("Barcode"),
    "call_number": gettext_lazy("Call number"),
    "location": gettext_lazy("Location"),
    "volume": gettext_lazy("Volume"),
    "status": gettext_lazy("Status"),
}
MORE: Mapping[str, Any] = {
    "current": gettext_lazy("Where it is just now"),
    "kind": gettext_lazy("Type of item"),
    "on_loan": gettext_lazy("Due date"),
    "circulates": gettext_lazy("Circulates (yes or no)"),
    "not_for_loan": gettext_lazy("Not for loan"),
    "lost": gettext_lazy("Lost"),
    "damaged": gettext_lazy("Damaged"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "flags": gettext_lazy("Remarks"),
    "holding": gettext_lazy("Field of the holding"),
    "link": gettext_lazy("Link to the holding"),
}
ONE_CODE = frozenset({"barcode", "volume", "status", "current", "kind", "circulates", "flags"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the library's system, on how many copies it was seen, and what it means here."""

    word: str
    count: int
    means: str

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        return [(code, text, code == self.means) for code, text in MEANINGS]


def rule(name: str) -> forms.CharField:
    """A field of the form for one of a layout's."""
    is_tag = name in {"tag", "holding"}
    longest = 3 if is_tag else 1 if name in ONE_CODE else 12
    return forms.CharField(
        label={**FIRST, **MORE}[name],
        required=False,
        max_length=longest,
        validators=[TAG if is_tag else CODES],
        widget=forms.TextInput(attrs={"size": 4, "autocapitalize": "none", "autocomplete": "off"}),
    )


class MappingForm(InOurWords, forms.Form):
    system = forms.ChoiceField(
        label=gettext_lazy("Your system"),
        required=False,
        choices=[
            (NONE, gettext_lazy("Not known: guess it from the next file")),
            *((name, label(words.catalogue.SYSTEMS, name)) for name in (*PRESETS, OWN)),
        ],
    )
    only = forms.BooleanField(
        label=gettext_lazy("Look for items nowhere else"),
        required=False,
        help_text=gettext_lazy(
            "Otherwise, where a record has no item there, the fields of other systems are tried."
        ),
    )
    owns_without_items = forms.BooleanField(
        label=gettext_lazy("A record without any item makes us its owner"),
        required=False,
        help_text=gettext_lazy(
            "Whether a copy is in is then not known, and we are asked after libraries that have "
            "one on the shelf. E-books and articles never count."
        ),
    )
    shown = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kept: Reading | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept or Reading()
        for name in (*FIRST, *MORE):
            self.fields[name] = rule(name)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        has_field = given.get("tag") or "tag" in self.errors
        if given.get("system") and self.is_of(given) and not has_field:
            self.add_error("tag", words.catalogue.NEEDS_A_FIELD)
        return given

    def is_of(self, given: Mapping[str, Any]) -> bool:
        """Whether the subfields in the form belong to the system in the form; if not, another has
        just been chosen."""
        return given.get("shown") == given.get("system") or given.get("system") == OWN

    def reading(self) -> Reading:
        """What the form says, once it is valid."""
        given = self.cleaned_data
        layout = self.layout(given)
        if layout:
            layout = replace(layout, words=self.words_of(layout))
        return Reading(layout, only=given["only"], owns_without_items=given["owns_without_items"])

    def layout(self, given: Mapping[str, Any]) -> Layout | None:
        system = given["system"]
        if not system:
            return None
        preset = PRESETS.get(system)
        if preset and not self.is_of(given):
            return preset
        base = preset or PRESETS.get(given["shown"]) or Layout(OWN, "")
        if self.kept.layout and self.kept.layout.system == system:
            base = self.kept.layout
        rules = {name: given[name] for name in (*FIRST, *MORE)}
        made = replace(base, **rules)
        same = preset and made == replace(preset, words=made.words)
        return made if same else replace(made, system=OWN)

    def words_of(self, layout: Layout) -> dict[str, str]:
        """What its words mean: as before, and as was chosen for those that are listed."""
        meant = dict(layout.words)
        sent: Any = self.data
        if not hasattr(sent, "getlist"):
            return meant
        pairs = zip(sent.getlist("word")[:MOST_WORDS], sent.getlist("means"), strict=False)
        for word, means in pairs:
            said = word.strip()[:LONGEST_WORD]
            if not said or "\0" in said or means not in SAID:
                continue
            if means == NONE:
                for key in (said, statuses.plain(said)):
                    meant.pop(key, None)
                if statuses.meaning(said, meant):  # to all others it means something
                    meant[statuses.plain(said)] = ItemStatus.UNKNOWN
            elif statuses.meaning(said, meant) != means:
                meant[statuses.plain(said)] = means
        return meant


def shown_in_form(reading: Reading) -> dict[str, Any]:
    """What stands in the form for a mapping."""
    layout = reading.layout
    rules = {name: getattr(layout, name) for name in (*FIRST, *MORE)} if layout else {}
    return {
        **rules,
        "system": system_of(layout),
        "shown": system_of(layout),
        "only": reading.only,
        "owns_without_items": reading.owns_without_items,
    }


def system_of(layout: Layout | None) -> str:
    """The name in the list: a preset whose words alone were changed is still that preset."""
    if layout is None:
        return NONE
    preset = PRESETS.get(layout.system)
    return layout.system if preset and layout == replace(preset, words=layout.words) else OWN
