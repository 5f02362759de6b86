"""Topics and people of the contact page, with duties and absences as dated rows (R16).

/office/contact/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import User
from postroad.cases import contact
from postroad.cases.models import OFFICES, Absence, Duty, Kind, Teammate, Topic
from postroad.directory.models import Contact
from postroad.form_errors import InOurWords
from postroad.web.shared.gates import CASES, SignedIn, needs


def day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


def mates() -> Any:
    return Teammate.objects.select_related("contact").order_by("contact__name", "pk")


class TopicForm(InOurWords, forms.Form):
    name = forms.CharField(label=gettext_lazy("Topic"), max_length=80)
    hint = forms.CharField(
        label=gettext_lazy("Hint for whoever writes"), max_length=200, required=False
    )
    office = forms.ChoiceField(
        label=gettext_lazy("Office"), choices=[(each.value, each.label) for each in OFFICES]
    )
    kind = forms.ChoiceField(label=gettext_lazy("Its cases are about"), choices=Kind.choices)

    def save(self, by: User) -> None:
        place = Topic.objects.aggregate(last=Max("place"))["last"] or 0
        Topic.objects.create(place=place + 1, **self.cleaned_data)


def office_account(typed: str) -> User | None:
    """The account that cases of a topic go to; none is named, or it is one of an office."""
    if not typed.strip():
        return None
    user = User.objects.filter(username=typed.strip(), is_active=True).first()
    if user is None or not user.posts.filter(role__in=OFFICES).exists():
        raise forms.ValidationError(_("Nobody of an office signs in with this name."))
    return user


class KnownForm(InOurWords, forms.Form):
    """Somebody who stands on the contact page already, and shall have topics or absences."""

    contact = forms.ModelChoiceField(label=gettext_lazy("Who"), queryset=Contact.objects.none())
    username = forms.CharField(
        label=gettext_lazy("Signs in as"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Cases of a topic go to this account."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Contact.objects.filter(library=None)
        taken = Teammate.objects.values("contact")
        self.fields["contact"].queryset = own.exclude(pk__in=taken)  # type: ignore[attr-defined]

    def clean_username(self) -> User | None:
        return office_account(self.cleaned_data["username"])

    def save(self, by: User) -> None:
        given = self.cleaned_data
        Teammate.objects.get_or_create(
            contact=given["contact"], defaults={"user": given["username"]}
        )


class PersonForm(InOurWords, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    menu_option = forms.CharField(label=gettext_lazy("Menu option"), max_length=10, required=False)
    extension = forms.CharField(label=gettext_lazy("Extension"), max_length=10, required=False)
    hours = forms.CharField(label=gettext_lazy("Hours"), max_length=160, required=False)
    username = forms.CharField(
        label=gettext_lazy("Signs in as"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Cases of a topic go to this account."),
    )

    def clean_username(self) -> User | None:
        return office_account(self.cleaned_data["username"])

    def save(self, by: User) -> None:
        facts = dict(self.cleaned_data)
        user = facts.pop("username")
        card = Contact.objects.create(
            purpose=Contact.Purpose.TEAM,
            confirmed_on=timezone.localdate(),
            confirmed_by=str(by),
            **facts,
        )
        Teammate.objects.create(contact=card, user=user)


class DutyForm(InOurWords, forms.Form):
    topic = forms.ModelChoiceField(label=gettext_lazy("Topic"), queryset=Topic.objects.none())
    teammate = forms.ModelChoiceField(
        label=gettext_lazy("Who answers"), queryset=Teammate.objects.none()
    )
    since = day_field(gettext_lazy("From"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = Topic.objects.filter(removed_at=None)  # type: ignore[attr-defined]
        self.fields["teammate"].queryset = mates()  # type: ignore[attr-defined]

    def save(self, by: User) -> None:
        given = self.cleaned_data
        Duty.objects.update_or_create(
            topic=given["topic"], since=given["since"], defaults={"teammate": given["teammate"]}
        )


class AbsenceForm(InOurWords, forms.Form):
    teammate = forms.ModelChoiceField(
        label=gettext_lazy("Who is away"), queryset=Teammate.objects.none()
    )
    first_day = day_field(gettext_lazy("From"))
    last_day = day_field(gettext_lazy("Through"))
    cover = forms.ModelChoiceField(
        label=gettext_lazy("Who covers"), queryset=Teammate.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("teammate", "cover"):
            self.fields[name].queryset = mates()  # type: ignore[attr-defined]

    def clean(self) -> None:
        given = self.cleaned_data
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day is before the first day."))
        if given.get("cover") and given["cover"] == given.get("teammate"):
            self.add_error("cover", _("Nobody covers for herself. Choose somebody else."))

    def save(self, by: User) -> None:
        Absence.objects.get_or_create(**self.cleaned_data)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is entered here."""

    form: Callable[..., Any]
    heading: Promise
    verb: Promise


ENTRIES: Mapping[str, Entry] = {
    "absence": Entry(AbsenceForm, gettext_lazy("Somebody is away"), gettext_lazy("Enter it")),
    "duty": Entry(DutyForm, gettext_lazy("Give a topic to somebody"), gettext_lazy("Save")),
    "topic": Entry(TopicForm, gettext_lazy("Add a topic"), gettext_lazy("Add it")),
    "known": Entry(
        KnownForm,
        gettext_lazy("Let somebody of the contact page have topics"),
        gettext_lazy("Save"),
    ),
    "person": Entry(PersonForm, gettext_lazy("Add a person"), gettext_lazy("Add them")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*CASES)
def topics(request: SignedIn) -> HttpResponse:
    typed: dict[str, Any] = {}
    if request.method == "POST":
        if "remove" in request.POST:
            return remove(request, *request.POST["remove"].partition(":")[::2])
        name = request.POST.get("entry", "")
        if name not in ENTRIES:
            raise Http404
        form = ENTRIES[name].form(request.POST, prefix=name)
        if form.is_valid():
            form.save(request.user)
            messages.success(request, _("Saved."))
            return redirect("office-contact")
        typed[name] = form
    today = timezone.localdate()
    team = contact.team(today)
    return render(
        request,
        "office/contact.html",
        {
            "entries": [
                (name, each.heading, each.verb, typed.get(name) or each.form(prefix=name))
                for name, each in ENTRIES.items()
            ],
            "topics": [(each, team.in_charge(each), team.answers(each)) for each in team.topics],
            "coming": Duty.objects.filter(since__gt=today).select_related(
                "topic", "teammate__contact"
            ),
            "removed": Topic.objects.exclude(removed_at=None),
            "absences": Absence.objects.filter(last_day__gte=today).select_related(
                "teammate__contact", "cover__contact"
            ),
            "people": team.people(),
        },
        status=422 if typed else 200,
    )


def remove(request: SignedIn, what: str, key: str) -> HttpResponse:
    """A topic is put away and can be put back; what was entered by mistake, an absence or a duty
    still to come, goes, and is entered again in a moment."""
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else 0
    today = timezone.localdate()
    if what in ("topic", "back"):
        found = Topic.objects.filter(pk=number)
        done = found.update(removed_at=timezone.now() if what == "topic" else None)
    elif what == "absence":
        done = Absence.objects.filter(pk=number, last_day__gte=today).delete()[0]
    elif what == "duty":
        done = Duty.objects.filter(pk=number, since__gt=today).delete()[0]
    else:
        raise Http404
    if not done:
        raise Http404
    messages.success(request, _("Put back.") if what == "back" else _("Removed."))
    return redirect("office-contact")
