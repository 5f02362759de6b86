"""A library that has no system comes in at one sitting: /office/libraries/CODE/joining/.

Who you are, what you lend, when the van comes, what is on your shelves, and a first request. Which
steps are done is told by what is there, so the sitting is taken up again wherever it was left; a
step may be put off. Begun by the office, done by the office or the library's director.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Post, Role
from postroad.catalogue.load_models import Load
from postroad.catalogue.models import Item
from postroad.delivery.models import Stop
from postroad.directory import records
from postroad.directory.models import Joining, Library
from postroad.directory.opening import ALWAYS
from postroad.form_errors import InOurWords
from postroad.ill.models import Request
from postroad.web.office import keeping
from postroad.web.office.keeping import library_of
from postroad.web.office.stop_forms import Days
from postroad.web.shared.gates import KEEPERS, SignedIn, needs
from postroad.web.shared.policy import PolicyForm


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    heading: Promise
    says: Promise
    done: Callable[[Library, Joining], bool]


@dataclass(frozen=True, slots=True)
class Stands:
    """A step as it stands."""

    step: Step
    done: bool
    later: bool
    missing: list[str]

    @property
    def open(self) -> bool:
        return not (self.done or self.later)


def knows_who(library: Library, _joining: Joining) -> bool:
    return not missing(library)


def missing(library: Library) -> list[str]:
    """What of "who you are" is not on record yet."""
    found = []
    if not library.email:
        found.append(_("the e-mail address of the ILL desk"))
    if not library.contacts.exists():
        found.append(_("a contact"))
    if not library.addresses.exists():
        found.append(_("an address"))
    director = Post.objects.filter(library=library, role=Role.DIRECTOR, user__is_active=True)
    if not director.exists():
        found.append(_("a director"))
    return found


STEPS = (
    Step(
        "who",
        gettext_lazy("Who you are"),
        gettext_lazy("Name and town, whom to call, where mail and returns go, who decides."),
        knows_who,
    ),
    Step(
        "policy",
        gettext_lazy("What you lend, and for how long"),
        gettext_lazy("The usual policy is filled in: save it as it is, or change it."),
        lambda library, _joining: library.confirmations.filter(field="policy").exists(),
    ),
    Step(
        "delivery",
        gettext_lazy("When the van comes"),
        gettext_lazy(
            "Say on which days you would like it; the delivery office puts you on a route."
        ),
        lambda library, joining: (
            Stop.objects.filter(library=library).exists() or bool(joining.wished_days)
        ),
    ),
    Step(
        "stock",
        gettext_lazy("What is on your shelves"),
        gettext_lazy(
            "A spreadsheet, or a file of MARC records from whatever system you have. Without one "
            "you can borrow at once, and lend as soon as it is here."
        ),
        lambda library, _joining: Item.objects.filter(library=library).exists(),
    ),
    Step(
        "test",
        gettext_lazy("A first request"),
        gettext_lazy(
            "Ask for a title for one of your readers and see whom it goes to. You can cancel it "
            "right afterward."
        ),
        lambda library, _joining: Request.objects.filter(library=library).exists(),
    ),
)
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}


class DeliveryForm(InOurWords, forms.Form):
    """What a library wishes of the van."""

    days = Days(label=gettext_lazy("On which days would you like the van to stop?"))
    wish = forms.CharField(
        label=gettext_lazy("What should the driver know?"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The door, the hours, whom to ring."),
    )


def sitting(request: SignedIn, library: Library) -> Joining:
    """Where the library stands; looking at it begins nothing."""
    if library.is_outside:
        raise Http404
    if request.method == "POST":
        return records.begin_joining(library, by=str(request.user))
    return getattr(library, "joining", None) or Joining(library=library)


def stands(library: Library, joining: Joining) -> list[Stands]:
    return [
        Stands(
            step,
            step.done(library, joining),
            step.name in joining.later,
            missing(library) if step.name == "who" else [],
        )
        for step in STEPS
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def overview(request: SignedIn, code: str) -> HttpResponse:
    """All steps, and the next one."""
    library = library_of(request.user, code)
    joining = sitting(request, library)
    if request.method == "POST":
        return settle(request, library, joining)
    steps = stands(library, joining)
    return render(
        request,
        "office/joining/overview.html",
        {
            "library": library,
            "joining": joining,
            "steps": steps,
            "next": next((each for each in steps if each.open), None),
            "office": keeping.in_office(request.user),
            "load": Load.objects.of(library).first(),
        },
    )


def settle(request: SignedIn, library: Library, joining: Joining) -> HttpResponse:
    """A step is put off, or taken up again; or the sitting is over."""
    name = request.POST.get("later") or request.POST.get("now") or ""
    if name in BY_NAME:
        others = [each for each in joining.later if each != name]
        joining.later = [*others, name] if "later" in request.POST else others
        joining.save(update_fields=["later"])
    elif "finish" in request.POST:
        if any(each.open for each in stands(library, joining)):
            messages.warning(request, _("Some steps are neither done nor put off yet."))
        else:
            joining.finished_at = timezone.now()
            joining.save(update_fields=["finished_at"])
            messages.success(
                request, _("%(library)s has come in. Welcome.") % {"library": library.name}
            )
            return redirect("office-library", library.code)
    return redirect("office-joining", library.code)


def done(joining: Joining, name: str) -> None:
    """What was put off is done after all."""
    if name in joining.later:
        joining.later = [each for each in joining.later if each != name]
        joining.save(update_fields=["later"])


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def policy(request: SignedIn, code: str) -> HttpResponse:
    library = library_of(request.user, code)
    joining = sitting(request, library)
    form = PolicyForm(request.POST if request.method == "POST" else None, instance=library.rules)
    if form.is_bound and form.is_valid():
        form.keep(by=str(request.user))
        return on(request, joining, "policy")
    return step_page(request, library, BY_NAME["policy"], form, columns=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def delivery(request: SignedIn, code: str) -> HttpResponse:
    library = library_of(request.user, code)
    joining = sitting(request, library)
    kept = {"days": joining.wished_days or "-" * len(ALWAYS), "wish": joining.wish}
    form = DeliveryForm(request.POST if request.method == "POST" else None, initial=kept)
    if form.is_bound and form.is_valid():
        joining.wished_days, joining.wish = form.cleaned_data["days"], form.cleaned_data["wish"]
        joining.save(update_fields=["wished_days", "wish"])
        return on(request, joining, "delivery")
    return step_page(request, library, BY_NAME["delivery"], form)


def on(request: SignedIn, joining: Joining, name: str, said: str = "") -> HttpResponse:
    done(joining, name)
    messages.success(request, said or _("Saved."))
    return redirect("office-joining", joining.library.code)


def step_page(
    request: SignedIn, library: Library, step: Step, form: Any, *, columns: bool = False
) -> HttpResponse:
    return render(
        request,
        "office/joining/step.html",
        {"library": library, "step": step, "form": form, "columns": columns},
        status=422 if form.is_bound else 200,
    )
