"""What the ILL center is asked at each of its steps."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.accounts.models import User
from postroad.directory import elsewhere
from postroad.directory.models import STATES_AND_PROVINCES, Authority, Library
from postroad.directory.symbols import LONGEST, normalize
from postroad.form_errors import InOurWords
from postroad.ill import spelling
from postroad.ill.lifecycle import (
    Proof,
    Reason,
)


class NoQuestions(InOurWords, forms.Form):
    """A button alone."""


class OutsideForm(InOurWords, forms.Form):
    """A lender elsewhere was asked: one that is known here, or one that is added on the spot.

    What was typed may fit no library that is known, or several. Then it is asked once more, with
    the likely ones to choose from, so that a slip of the keyboard makes no library.
    """

    NUMBERED = frozenset({"OCLC WorldShare", "Docline", "RapidILL"})
    AUTHORITIES = {"OCLC WorldShare": Authority.OCLC, "Docline": Authority.DOCLINE}
    NEW = "new"
    NEW_FIELDS = ("town", "state", "symbol")

    system = forms.ChoiceField(
        label=gettext_lazy("Asked through"), choices=list(words.ill.SYSTEMS.items())
    )
    lender = forms.CharField(
        label=gettext_lazy("Lender"),
        max_length=160,
        help_text=gettext_lazy(
            "Its name as the reader will see it, or its symbol: Yale University, or YUS."
        ),
        error_messages={"required": gettext_lazy("Say who was asked.")},
        widget=forms.TextInput(attrs={"list": "lenders", "autocomplete": "off"}),
    )
    asked = forms.CharField(required=False, widget=forms.HiddenInput)  # of which name it was asked
    which = forms.ChoiceField(label=gettext_lazy("Which library is it?"), widget=forms.RadioSelect)
    town = forms.CharField(
        label=gettext_lazy("Town"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Fill in town, state and symbol only for a library that is added."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State or province"),
        choices=[("", gettext_lazy("not known")), *STATES_AND_PROVINCES],
        required=False,
    )
    symbol = forms.CharField(
        label=gettext_lazy("Its symbol in the system that you asked through"),
        max_length=LONGEST,
        required=False,
    )
    number = forms.CharField(
        label=gettext_lazy("ILL number"),
        max_length=spelling.AS_TYPED,
        required=False,
        help_text=gettext_lazy(
            "OCLC, Docline and RapidILL give each request a number. Anyone can find this request "
            "by it in the search box. A letter has none."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lender"].widget.attrs["data-suggest"] = reverse("office-centre-lenders")
        system = self.data.get("system") or self.initial.get("system") or "OCLC WorldShare"
        number = self.fields["number"]
        number.required = system in self.NUMBERED
        number.error_messages["required"] = _(
            "%(system)s gives each request a number. Enter it."
        ) % {"system": words.label(words.ill.SYSTEMS, system)}
        self.typed = elsewhere.tidy(str(self.data.get("lender", "")).replace("\0", ""))[:160]
        self.named = elsewhere.named(self.typed)
        if self.typed and len(self.named) != 1:
            self._offer(self.named or elsewhere.like(self.typed))
        else:
            for name in ("which", *self.NEW_FIELDS):
                del self.fields[name]

    def _offer(self, alike: Sequence[Library]) -> None:
        """Let her choose among these, or add the one that was typed."""
        self.alike = {each.code: each for each in alike}
        add = _("None of these: add “%(name)s”") if alike else _("Add “%(name)s” as a new library")
        which = self.fields["which"]
        assert isinstance(which, forms.ChoiceField)  # it stands above
        which.choices = [
            *((code, _described(each)) for code, each in self.alike.items()),
            (self.NEW, add % {"name": self.typed}),
        ]
        self.was_asked = self.data.get("asked") == self.typed

    def clean(self) -> None:
        if "which" in self.fields and self.typed and not self.was_asked:
            sent = {name: self.data.get(name) for name in self.data}
            self.data = {**sent, "asked": self.typed, "which": "" if self.alike else self.NEW}
            self.errors.pop("which", None)  # it was not asked yet
            self.add_error("lender", self._not_known())

    def _not_known(self) -> str:
        facts = {"name": self.typed}
        member = Q(name__iexact=self.typed) | Q(symbols__value=normalize(self.typed)[:LONGEST])
        if own := Library.objects.members().filter(member).first():
            return _(
                "%(name)s is a member library. Members are asked by “Ask them again”. Choose below "
                "only if you mean another library."
            ) % {"name": own.name}
        if self.named:
            return _("Several libraries are called “%(name)s”. Choose below.") % facts
        if self.alike:
            return _("No library outside is called exactly “%(name)s”. Choose below.") % facts
        return (
            _("“%(name)s” is new here. Check the spelling, then save once more to add it.") % facts
        )

    def library(self, by: User) -> Library:
        """The library that was asked, added if it is new. In the transaction of the verb."""
        if "which" not in self.fields:
            return self.named[0]
        if self.cleaned_data["which"] != self.NEW:
            return self.alike[self.cleaned_data["which"]]
        system = self.cleaned_data["system"]
        return elsewhere.add(
            self.typed,
            by=str(by),
            town=self.cleaned_data["town"],
            state=self.cleaned_data["state"],
            symbol=self.cleaned_data["symbol"],
            authority=self.AUTHORITIES.get(system, Authority.LOCAL),
        )


def _described(library: Library) -> str:
    """With what tells it from others of its name."""
    about = elsewhere.about(library)
    return f"{library.name} ({about})" if about else library.name


class HomeForm(InOurWords, forms.Form):
    """The lender elsewhere has it back: nobody here has it in hand, so what do we know it by?"""

    rests_on = forms.ChoiceField(
        label=gettext_lazy("How do you know?"),
        choices=[(proof.value, words.ill.PROOFS[proof]) for proof in Proof],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("In a few words"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Who said so, or the delivery date."),
    )
    box = forms.MultipleChoiceField(
        label=gettext_lazy("It came in one box with these. Uncheck what was not in it."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        inside = (initial or {}).get("box", ())
        super().__init__(data, initial={"box": [key for key, _title in inside]})
        box = self.fields["box"]
        assert isinstance(box, forms.MultipleChoiceField)  # it stands above
        box.choices = inside
        if not box.choices:
            del self.fields["box"]


class NoForm(InOurWords, forms.Form):
    """The lender elsewhere cannot send it."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why not"),
        choices=[(reason.value, words.ill.REASONS[reason]) for reason in Reason],
    )
    note = forms.CharField(
        label=gettext_lazy("In the lender's words"), required=False, max_length=300
    )


class LostForm(InOurWords, forms.Form):
    """The lender elsewhere gives it up."""

    note = forms.CharField(
        label=gettext_lazy("In the lender's words"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Only the lender closes a loss: say who wrote or called, and when."),
    )


class CloseForm(InOurWords, forms.Form):
    """The reader is told why she cannot have it."""

    OWN = "own"
    READY = (
        gettext_lazy("No library that we can ask lends it."),
        gettext_lazy(
            "It is too new to be lent between libraries. Ask again in a few months, or suggest "
            "that your library buy it."
        ),
        gettext_lazy(
            "It can only be used at the library that owns it. Your library can tell you which one."
        ),
        gettext_lazy(
            "We could not find out what it is. Ask again and give the author or the year."
        ),
        gettext_lazy("It is only lent for a fee, and no fee was agreed on."),
    )
    ready = forms.ChoiceField(
        label=gettext_lazy("What the reader is told"),
        choices=[
            *((str(n), sentence) for n, sentence in enumerate(READY)),
            (OWN, gettext_lazy("only what I write below")),
        ],
        widget=forms.RadioSelect,
        initial="0",
    )
    own = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=160,
        help_text=gettext_lazy("The reader reads this after the sentence chosen above."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> None:
        if self.cleaned_data.get("ready") == self.OWN and self.cleaned_data.get("own") == "":
            self.add_error("own", _("Give a reason for the reader."))

    def reason(self) -> str:
        chosen = self.cleaned_data["ready"]
        ready = "" if chosen == self.OWN else str(self.READY[int(chosen)])
        return f"{ready} {self.cleaned_data['own']}".strip()
