"""Notices to staff: written here, with a list of who has read them. /office/staff-notices/"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import AT_A_LIBRARY, Role
from postroad.delivery.models import Route
from postroad.directory.models import Network, State
from postroad.notices import staff_notices, topics
from postroad.notices.staff import Reach, StaffNotice, Subject
from postroad.notices.staff_notices import NobodyThere
from postroad.web.shared.gates import CASES, SignedIn, needs
from postroad.web.shared.libraries import LibrariesField
from postroad.web.shared.one_press import OnePress

A_PAGE = 30
MOST = 60  # libraries that may be named one by one


class NoticeForm(OnePress):
    """What to say, where it is read, and by whom."""

    about = forms.ChoiceField(label=gettext_lazy("About"), choices=Subject.choices)
    title = forms.CharField(label=gettext_lazy("In one line"), max_length=110)
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    reach = forms.ChoiceField(
        label=gettext_lazy("Read at"), choices=Reach.choices, widget=forms.RadioSelect
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Which state"), choices=[("", "—"), *State.choices], required=False
    )
    network = forms.ModelChoiceField(
        Network.objects.order_by("name", "pk"),
        label=gettext_lazy("Which network"),
        to_field_name="code",
        required=False,
        empty_label="—",
    )
    route = forms.ModelChoiceField(
        Route.objects.all(),
        label=gettext_lazy("Which route"),
        to_field_name="code",
        required=False,
        empty_label="—",
    )
    libraries = LibrariesField(label=gettext_lazy("Which libraries"))
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("By"),
        choices=[(role.value, role.label) for role in Role if role in AT_A_LIBRARY],
        initial=sorted(AT_A_LIBRARY),
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(
        label=gettext_lazy("Matters until"),
        help_text=gettext_lazy("After this day nobody is asked to read it any more."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def clean_libraries(self) -> list[str]:
        return [each.code for each in self.cleaned_data["libraries"]]

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise ValidationError(_("This day has already passed."))
        return until

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        reach = given.get("reach")
        if reach in PLACES and PLACES[reach] not in self.errors and not given.get(PLACES[reach]):
            self.add_error(PLACES[reach], _("Say which, since you chose to name it."))
        return given

    def places(self) -> list[str]:
        """The codes of what was chosen; what was typed beside it is not meant."""
        match self.cleaned_data["reach"]:
            case Reach.STATE:
                return [self.cleaned_data["state"]]
            case Reach.NETWORK:
                return [self.cleaned_data["network"].code]
            case Reach.ROUTE:
                return [self.cleaned_data["route"].code]
            case Reach.LIBRARIES:
                return list(self.cleaned_data["libraries"])
        return []

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "reach": Reach(given["reach"]),
            "places": self.places(),
            "roles": [Role(each) for each in given["roles"]],
        }


PLACES = {
    Reach.STATE: "state",
    Reach.NETWORK: "network",
    Reach.ROUTE: "route",
    Reach.LIBRARIES: "libraries",
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*CASES)
def notices(request: SignedIn) -> HttpResponse:
    """What was sent, and how many have read it; and the form, which says first to whom it goes."""
    form = NoticeForm(request.POST if request.method == "POST" else None)
    goes_to, refused, status = "", "", 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            facts = form.facts()
            found = staff_notices.readers(
                staff_notices.concerned(facts["reach"], facts["places"]), facts["roles"]
            )
            if found and "look" not in request.POST:
                return send(request, form, facts)
            if found:
                goes_to, status = to_whom(found), 200
            else:
                refused = words.refusal(NobodyThere())
    listed = Paginator(numbered(StaffNotice.objects.all()), A_PAGE)
    return render(
        request,
        "office/staff_notices.html",
        {
            "form": form,
            "goes_to": goes_to,
            "refused": refused,
            "page": listed.get_page(request.GET.get("page")),
            "today": timezone.localdate(),
        },
        status=status,
    )


def send(request: SignedIn, form: NoticeForm, facts: dict[str, Any]) -> HttpResponse:
    given = form.cleaned_data
    notice = staff_notices.send(
        about=Subject(given["about"]),
        title=given["title"],
        text=given["text"],
        until=given["until"],
        office=next(role for role in CASES if roles.has(request.user, role)),
        by=str(request.user),
        at=timezone.now(),
        key=given["key"],
        **facts,
    )
    messages.success(request, _("Sent. Whoever has read it says so on the page Today."))
    return redirect("office-staff-notice", notice.pk)


def to_whom(found: dict[int, Any]) -> str:
    libraries = len({post.library_id for post in found.values()})
    people = ngettext("%(n)d person", "%(n)d people", len(found)) % {"n": len(found)}
    places = ngettext("%(n)d library", "%(n)d libraries", libraries) % {"n": libraries}
    return _("It goes to %(people)s at %(places)s.") % {"people": people, "places": places}


def numbered(found: Any) -> Any:
    """With how many have it, and how many have read it."""
    counted = found.annotate(
        readers=Count("receipts"),
        done=Count("receipts", filter=Q(receipts__acknowledged_at__isnull=False)),
    )
    return counted.order_by("-at", "-pk")


@require_safe
@needs(*CASES)
def notice(request: SignedIn, sent: int) -> HttpResponse:
    """One notice: who has not acknowledged it yet, and who has, and when."""
    found = get_object_or_404(numbered(StaffNotice.objects.all()), pk=sent)
    receipts = list(
        found.receipts.select_related("user", "library").order_by(
            "library__town", "user__last_name", "pk"
        )
    )
    return render(
        request,
        "office/staff_notice.html",
        {
            "notice": found,
            "places": named_places(found),
            "waiting": [each for each in receipts if each.acknowledged_at is None],
            "done": sorted(
                (each for each in receipts if each.acknowledged_at),
                key=lambda each: each.acknowledged_at,
                reverse=True,
            ),
            "labels": [Role(role).label for role in found.roles],
            "over": found.until is not None and found.until < timezone.localdate(),
        },
    )


def named_places(found: StaffNotice) -> Sequence[str]:
    """What `places` names, as people call it."""
    match found.reach:
        case Reach.STATE:
            return [str(State(code).label) for code in found.places]
        case Reach.NETWORK:
            rows = Network.objects.filter(code__in=found.places)
            return list(rows.order_by("name").values_list("name", flat=True))
        case Reach.ROUTE:
            return list(Route.objects.filter(code__in=found.places).values_list("name", flat=True))
        case Reach.LIBRARIES:
            return [topic.label for topic in topics.known(map(topics.of_library, found.places))]
    return []


@require_POST
@needs(*CASES)
def withdraw(request: SignedIn, sent: int) -> HttpResponse:
    """Take it off everybody's page, or put it back there."""
    found = get_object_or_404(StaffNotice, pk=sent)
    if "put_back" in request.POST:
        staff_notices.put_back(found, at=timezone.now())
        messages.success(request, _("It stands on the page Today again."))
    else:
        staff_notices.withdraw(found, by=str(request.user), at=timezone.now())
        messages.success(request, _("Withdrawn. Nobody is asked to read it any more."))
    return redirect("office-staff-notice", sent)
