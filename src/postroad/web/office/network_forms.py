"""What is typed of a network's page and of its rules."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue.models import Format
from postroad.directory import networks
from postroad.directory.models import AskOrder, Network, NetworkRules
from postroad.directory.network_rules import DECIDED, FIELDS
from postroad.form_errors import InOurWords
from postroad.web.office.beginning import BeginningField
from postroad.web.shared.libraries import LibraryField
from postroad.web.shared.policy import PolicyForm

HOST = re.compile(r"(?=.{1,100}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
FORMS: dict[str, Any] = {
    "name": forms.CharField(max_length=100),
    "office": LibraryField(
        max_length=160,
        required=False,
        help_text=gettext_lazy(
            "Its name or code. Its directors edit this page and the rules, and read who asks to "
            "join."
        ),
    ),
    "host": forms.CharField(
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "A name like schools.example.org, which must lead to this server. Empty: only the "
            "address on this site."
        ),
    ),
    "lead": forms.CharField(max_length=300, required=False),
    "about": forms.CharField(
        max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 8})
    ),
    "email": forms.EmailField(max_length=254, required=False),
    "phone": forms.CharField(max_length=40, required=False),
    "website": forms.URLField(required=False, assume_scheme="https"),
    "takes_applications": forms.BooleanField(required=False),
    "who_may_join": forms.CharField(
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Stands above the form on the page “Join”."),
    ),
}


class NetworkForm(InOurWords, forms.Form):
    """A network's page; its office has fewer fields than the center."""

    def __init__(self, *args: Any, network: Network, center: bool, **more: Any) -> None:
        kept = {name: getattr(network, name) for name in networks.FIELDS}
        kept["office"] = network.office.code if network.office else ""
        super().__init__(*args, **{**more, "initial": kept})
        self.network = network
        for name, field in FORMS.items():
            if center or name not in networks.OF_THE_CENTER:
                self.fields[name] = field.__class__(
                    label=words.networks.FIELDS[name],
                    required=field.required,
                    help_text=field.help_text,
                    widget=field.widget,
                    **_more(field),
                )

    def clean_host(self) -> str:
        typed: str = self.cleaned_data["host"].strip().lower()
        host = typed.partition("//")[2].partition("/")[0] if "//" in typed else typed
        host = host.rstrip("/.")
        if not host:
            return ""
        if not HOST.fullmatch(host):
            raise forms.ValidationError(_("A name like schools.example.org, and nothing else."))
        if host == urlsplit(settings.SITE_URL).hostname:
            raise forms.ValidationError(_("This is the name of the whole site. Choose another."))
        if not networks.answers_to(host):
            raise forms.ValidationError(
                _(
                    "This server does not answer to that name yet. Whoever runs it adds the name "
                    "to ALLOWED_HOSTS; then enter it here."
                )
            )
        other = Network.objects.filter(host=host).exclude(pk=self.network.pk).first()
        if other is not None:
            raise forms.ValidationError(
                _("This is the address of %(network)s.") % {"network": other.name}
            )
        return host


def _more(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, forms.URLField):
        return {"assume_scheme": "https"}
    return {"max_length": field.max_length} if isinstance(field, forms.CharField) else {}


class RulesForm(InOurWords, forms.Form):
    """A whole set of rules, from a day on; it begins with those that hold."""

    effective = BeginningField(
        help_text=gettext_lazy("Today or later: what went by the rules before stays.")
    )
    ask_order = forms.ChoiceField(
        label=words.networks.RULES["ask_order"],
        choices=[("", gettext_lazy("each library decides")), *AskOrder.choices],
        required=False,
    )
    lends_outside = forms.BooleanField(
        label=gettext_lazy("Its libraries lend to libraries outside the network"), required=False
    )
    formats_kept = forms.MultipleChoiceField(
        label=gettext_lazy("Not lent outside the network"),
        choices=Format.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    own_allowed = forms.MultipleChoiceField(
        label=gettext_lazy("What a library may decide otherwise for itself"),
        choices=[(name, words.networks.RULES[name]) for name in DECIDED],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    field_order = (
        *("effective", "ask_order", "loan_days", "renewals", "open_requests"),
        *("lends_outside", "formats_kept", "own_allowed"),
    )

    def __init__(self, *args: Any, holds: NetworkRules | None, **more: Any) -> None:
        kept = {name: getattr(holds or NetworkRules(), name) for name in FIELDS}
        super().__init__(*args, **{**more, "initial": kept})
        for name in ("loan_days", "renewals", "open_requests"):
            least, most = PolicyForm.LIMITS[name]
            self.fields[name] = forms.IntegerField(
                label=words.networks.RULES[name],
                help_text=gettext_lazy("Empty: each library decides."),
                min_value=least,
                max_value=most,
                required=False,
            )
        self.order_fields(self.field_order)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


def preview(form: RulesForm, network: Network) -> list[tuple[str, bool]]:
    """What the rules say, in the words in which everybody reads them."""
    rules = NetworkRules(network=network, effective=form.cleaned_data["effective"], **form.facts)
    return list(words.networks.sentences(rules, network.name))
