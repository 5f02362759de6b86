"""What is typed of a library's record."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.directory import records
from postroad.directory.models import (
    Kind,
    Library,
    Membership,
    Network,
    State,
)
from postroad.directory.opening import ALWAYS
from postroad.directory.places import OTHER_STATES, PROVINCES
from postroad.form_errors import InOurWords
from postroad.web.office.stop_forms import Days, three_letters

RESERVED = frozenset({"add", "file"})  # our own addresses


class RecordForm(InOurWords, forms.Form):
    """What a library's record says; a director's has fewer fields."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("not known")), *State.choices, *OTHER_STATES, *PROVINCES],
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of library"),
        choices=[("", gettext_lazy("not known")), *Kind.choices],
        required=False,
    )
    network = forms.ModelChoiceField(
        Network.objects.order_by("name", "pk"),
        label=gettext_lazy("Network"),
        required=False,
        empty_label=gettext_lazy("none"),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail of its ILL desk"), max_length=254, required=False
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    open_days = Days(label=gettext_lazy("Open on"), required=False)
    delivery_code = forms.CharField(
        label=gettext_lazy("Rhode Island's three letters"), max_length=3, required=False
    )

    member = True

    def __init__(
        self,
        *args: Any,
        center: bool,
        member: bool = True,
        library: Library | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.member, self.library = member, library
        if not center:
            for name in records.OF_THE_CENTER:
                del self.fields[name]

    def clean_delivery_code(self) -> str:
        said: str = self.cleaned_data["delivery_code"]
        kept = self.library.delivery_code if self.library else ""
        return said if said == kept else three_letters(said, self.library)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.member and "state" in given and given["state"] not in State.values:
            self.add_error(
                "state", _("Members are in Massachusetts or Rhode Island, where the van goes.")
            )
        if given.get("open_days") == "-" * len(ALWAYS):
            given["open_days"] = ""  # not known
        return given


class AddForm(RecordForm):
    """A library that comes in."""

    membership = forms.ChoiceField(
        label=gettext_lazy("Does it take part?"),
        choices=[
            (Membership.MEMBER, gettext_lazy("It is a member")),
            (
                Membership.OUTSIDE,
                gettext_lazy("It is outside the consortium; we only deal with it"),
            ),
        ],
        initial=Membership.MEMBER,
        widget=forms.RadioSelect,
    )
    code = forms.SlugField(
        label=gettext_lazy("Our code for it"),
        max_length=16,
        required=False,
        help_text=gettext_lazy(
            "Stands in addresses and lists, and never changes. Empty: it is made from the name."
        ),
    )
    another = forms.BooleanField(
        label=gettext_lazy("It is another library of the same name"), required=False
    )
    field_order = ("membership", "name", "town", "state", "kind", "code")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, center=True, **more)
        self.member = self.data.get("membership", Membership.MEMBER) != Membership.OUTSIDE
        self.alike: Library | None = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if code in RESERVED:
            raise forms.ValidationError(_("This word is an address of ours. Choose another code."))
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        name, town = given.get("name"), given.get("town", "")
        if name and not given.pop("another", False):
            self.alike = Library.objects.filter(name__iexact=name, town__iexact=town).first()
            if self.alike is not None:
                self.add_error(
                    "name",
                    _(
                        "There is a library of this name in this town already, with the code "
                        "%(code)s. If this is another one, check the box below."
                    )
                    % {"code": self.alike.code},
                )
        return given

    def visible_fields(self) -> list[Any]:
        """The box is there only where it is needed."""
        asks = self.alike is not None or "another" in self.data
        return [each for each in super().visible_fields() if each.name != "another" or asks]
