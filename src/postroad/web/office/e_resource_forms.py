"""What is typed of a licensed resource, of who may use it, and of money that ends."""

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.directory.models import Network
from postroad.econtent import editing, licensed
from postroad.econtent.models import Allowed, Resource, Right
from postroad.form_errors import InOurWords
from postroad.web.office.beginning import BeginningField
from postroad.web.shared.libraries import LibraryField

ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")
MOST_SUBJECTS, LONGEST_SUBJECT = 12, 60
RANGES = 50


class DayField(forms.DateField):
    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=widget, **more)


class Lines(forms.CharField):
    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 4}), **more)


class WebAddress(forms.URLField):
    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=500, required=False, assume_scheme="https", **more)


class ResourceForm(InOurWords, forms.Form):
    """A resource; what nobody knows stays empty, and is shown as not known."""

    name = forms.CharField(max_length=160)
    kind = forms.ChoiceField(choices=Resource.Kind)
    subjects = forms.CharField(
        required=False, max_length=600, help_text=gettext_lazy("Separated by commas.")
    )
    description = Lines(max_length=4000)
    provider = forms.CharField(max_length=160, required=False)
    address = WebAddress(
        help_text=gettext_lazy("Without a proxy: that is written with those who go through it.")
    )
    payer = forms.CharField(
        max_length=160,
        required=False,
        help_text=gettext_lazy("Always in the same words: by them one sees what ends together."),
    )
    acknowledgement = Lines(
        max_length=1000, help_text=gettext_lazy("Shown to everybody on its page.")
    )
    trial_until = DayField()
    ends_on = DayField(help_text=gettext_lazy("Empty: no end is known."))
    lending = forms.ChoiceField(choices=Allowed, required=False)
    copying = forms.ChoiceField(choices=Allowed, required=False)
    contact_name = forms.CharField(max_length=120, required=False)
    contact_email = forms.EmailField(max_length=254, required=False)
    contact_phone = forms.CharField(max_length=40, required=False)
    training_guide = WebAddress()
    vendor_guide = WebAddress()

    def __init__(self, *args: Any, resource: Resource | None = None, **more: Any) -> None:
        if resource is not None:
            kept = {name: getattr(resource, name) for name in editing.FIELDS}
            more["initial"] = {**kept, "subjects": ", ".join(resource.subjects)}
        super().__init__(*args, **more)
        for name, field in self.fields.items():
            field.label = str(words.resources.FIELDS[name])

    def clean_subjects(self) -> list[str]:
        typed = [" ".join(each.split()) for each in self.cleaned_data["subjects"].split(",")]
        found = list(dict.fromkeys(filter(None, typed)))
        if len(found) > MOST_SUBJECTS or any(len(each) > LONGEST_SUBJECT for each in found):
            raise forms.ValidationError(
                _("At most %(most)s subjects of %(longest)s letters each.")
                % {"most": MOST_SUBJECTS, "longest": LONGEST_SUBJECT}
            )
        return found

    def clean_payer(self) -> str:
        """As it is written already, where the letters are the same: by it one finds what ends."""
        typed = " ".join(self.cleaned_data["payer"].split())
        known = Resource.objects.filter(payer__iexact=typed).exclude(payer="")
        return known.order_by("pk").values_list("payer", flat=True).first() or typed


class RightForm(InOurWords, forms.Form):
    """Who may use it, and how they get in. What does not go with the choice is not kept."""

    who = forms.ChoiceField(choices=Right.Who)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of library"),
        choices=[("", "–"), *words.resources.KINDS_OF_LIBRARY.items()],
        required=False,
    )
    library = LibraryField(
        max_length=160,
        required=False,
        help_text=gettext_lazy("For one library, or the building of one: its name or code."),
    )
    network = forms.ModelChoiceField(
        Network.objects.order_by("name", "pk"), required=False, empty_label="–"
    )
    place = forms.CharField(label=gettext_lazy("Town or ZIP code"), max_length=60, required=False)
    how = forms.ChoiceField(choices=Right.How)
    proxy = WebAddress(
        label=words.resources.OF_A_RIGHT["prefix"],
        help_text=gettext_lazy(
            "Up to the place where the address goes: https://proxy.example.org/login?qurl="
        ),
    )
    ranges = Lines(
        max_length=4000,
        help_text=gettext_lazy("One on each line. Only staff see them."),
    )
    card_pattern = forms.CharField(
        max_length=120,
        required=False,
        help_text=gettext_lazy("How they begin, or how long they are. Only staff see it."),
    )

    def __init__(self, *args: Any, right: Right | None = None, **more: Any) -> None:
        if right is not None:
            more["initial"] = typed_of(right)
        super().__init__(*args, **more)
        for name, field in self.fields.items():
            field.label = field.label or str(words.resources.OF_A_RIGHT[name])

    def clean_proxy(self) -> str:
        prefix = str(self.cleaned_data["proxy"])
        if prefix and not licensed.has_room(prefix):
            raise forms.ValidationError(
                _(
                    "Nothing could follow this. It has to end where the address goes, as in "
                    "https://proxy.example.org/login?qurl="
                )
            )
        return prefix

    def clean_ranges(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["ranges"].splitlines()]
        wrong = [line for line in lines if line and not is_range(line)]
        if wrong:
            raise forms.ValidationError(
                _(
                    "“%(range)s” is no IP address or range. Write 192.0.2.0/24 or "
                    "192.0.2.1-192.0.2.9."
                )
                % {"range": wrong[0][:60]}
            )
        return "\n".join(filter(None, lines[:RANGES]))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        wanted = NEEDS.get(given.get("who", ""))
        if wanted and not given.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, _("Please fill this in."))
        if given.get("who") == Right.Who.ZIP and not ZIP.fullmatch(given.get("place") or "00000"):
            self.add_error("place", _("Type five digits, or nine like 01238-1234."))
        if given.get("how") == Right.How.PROXY and not (
            given.get("proxy") or "proxy" in self.errors
        ):
            self.add_error("proxy", _("Please fill this in."))
        return given

    @property
    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        who, how = given["who"], given["how"]
        value = {Right.Who.KIND: given["kind"]}.get(who, "")
        if who in (Right.Who.TOWN, Right.Who.ZIP):
            value = given["place"]
        at_a_library = who in (Right.Who.LIBRARY, Right.Who.ON_SITE)
        return {
            "who": who,
            "library": given["library"] if at_a_library else None,
            "network": given["network"] if who == Right.Who.NETWORK else None,
            "value": value,
            "how": how,
            "prefix": given["proxy"] if how == Right.How.PROXY else "",
            "ranges": given["ranges"],
            "card_pattern": given["card_pattern"],
        }


# What must be said of each choice
NEEDS: Mapping[str, str] = {
    Right.Who.KIND: "kind",
    Right.Who.LIBRARY: "library",
    Right.Who.NETWORK: "network",
    Right.Who.TOWN: "place",
    Right.Who.ZIP: "place",
}


def typed_of(right: Right) -> dict[str, Any]:
    kept = {name: getattr(right, name) for name in editing.OF_A_RIGHT}
    is_kind = right.who == Right.Who.KIND
    return {
        **kept,
        "library": right.library.code if right.library else "",
        "proxy": right.prefix,
        "kind": right.value if is_kind else "",
        "place": "" if is_kind else right.value,
    }


def is_range(typed: str) -> bool:
    """One address, a network, or from one address to another."""
    try:
        if "-" in typed:
            first, last = (ip_address(each.strip()) for each in typed.split("-", 1))
            return first.version == last.version and int(first) <= int(last)
        ip_network(typed, strict=False)
    except ValueError:
        return False
    return True


class EndForm(InOurWords, forms.Form):
    """A payer whose money ends, and on which day."""

    payer = forms.ChoiceField(label=gettext_lazy("Whose money ends"))
    day = BeginningField(help_text=gettext_lazy("The last day on which all of it can be used."))

    def __init__(self, *args: Any, payers: Iterable[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["payer"].choices = [(each, each) for each in payers]  # type: ignore[attr-defined]
        self.fields["day"].label = gettext_lazy("Last day")
