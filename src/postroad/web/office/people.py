"""People who work here: /office/people/. Who they are, which posts they hold, and since when."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from postroad.accounts import invitations, names, posts, roles
from postroad.accounts.models import AT_A_LIBRARY, Post, Role, User
from postroad.accounts.posts import LastDirector
from postroad.directory.models import Library
from postroad.errors import Refusal
from postroad.form_errors import InOurWords
from postroad.web.office import keeping
from postroad.web.office.keeping import A_PAGE
from postroad.web.shared.gates import KEEPERS, SignedIn, needs
from postroad.web.shared.libraries import apart

Act = Callable[..., HttpResponse | None]
EVERYWHERE = ""  # of the consortium, in the list of places


class PersonForm(InOurWords, forms.Form):
    first = forms.CharField(label=gettext_lazy("First name"), max_length=150)
    last = forms.CharField(label=gettext_lazy("Last name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)


class PostForm(InOurWords, forms.Form):
    """A role and where, of those that whoever sees the form may give."""

    role = forms.ChoiceField(label=gettext_lazy("Post"))
    library = forms.ChoiceField(label=gettext_lazy("Library"), required=False)

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.by = by
        self.places = {each.code: each for each in places_of(by)}
        everywhere = posts.gives(by, None)
        anywhere = next(iter(self.places.values()), None)
        given = posts.gives(by, anywhere) if anywhere else []
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in (*given, *everywhere)
        ]
        blank = [(EVERYWHERE, _("the consortium"))] if everywhere else []
        self.fields["library"].choices = [  # type: ignore[attr-defined]
            *blank,
            *apart(list(self.places.values()), lambda each: f"{each.town}: {each.name}").items(),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "role" in given and "library" in given:
            at_a_library = given["role"] in AT_A_LIBRARY
            if at_a_library and not given["library"]:
                self.add_error("library", _("Choose the library at which this post is."))
            if not at_a_library and given["library"]:
                self.add_error(
                    "library", _("This post is for the consortium, not for one library.")
                )
        return given

    @property
    def post(self) -> tuple[Role, Library | None]:
        code = self.cleaned_data["library"]
        return Role(self.cleaned_data["role"]), self.places.get(code)


class InviteForm(PersonForm, PostForm):
    """A person who comes in, with a first post."""

    field_order = ("first", "last", "email", "role", "library")


def places_of(by: User) -> list[Library]:
    """The libraries at which somebody may give posts."""
    if keeping.in_office(by):
        return list(Library.objects.members().order_by("town", "name", "pk"))
    return [each for each in roles.libraries(by, Role.DIRECTOR) if each.active]


@require_safe
@needs(*KEEPERS)
def people(request: SignedIn) -> HttpResponse:
    """Everybody who works here, to be found by name, e-mail or library."""
    asked = keeping.asked(request)
    page = Paginator(matching(request.user, asked), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "office/people/people.html", {"asked": asked, "page": page})


def matching(by: User, asked: str) -> QuerySet[User]:
    found = User.objects.filter(pk__in=[each.pk for each in posts.known_to(by)])
    for word in names.words(asked)[:6]:
        here = Post.objects.filter(library__name__icontains=word).values("user")
        found = (
            found.filter(name_key__contains=f" {word}")
            | found.filter(email__icontains=word)
            | found.filter(pk__in=here)
        )
    posts_here = Post.objects.select_related("library").order_by("library__town", "role", "pk")
    return found.prefetch_related(Prefetch("posts", posts_here)).order_by(
        "-is_active", "last_name", "first_name", "pk"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def add(request: SignedIn) -> HttpResponse:
    """Invite somebody: an account, a first post, and the letter with the link."""
    start = {"library": request.GET.get("library", ""), "role": request.GET.get("role", "")}
    form = InviteForm(
        request.POST if request.method == "POST" else None, by=request.user, initial=start
    )
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        known = User.objects.filter(email__iexact=email, posts__isnull=False).first()
        if known is not None and known in set(posts.known_to(request.user)):
            form.add_error(
                "email",
                _("%(name)s has this address and an account already. Give the post there.")
                % {"name": known},
            )
        else:
            return invited(request, form)
    return render(
        request, "office/people/add.html", {"form": form}, status=422 if form.is_bound else 200
    )


@transaction.atomic
def invited(request: SignedIn, form: InviteForm) -> HttpResponse:
    facts = form.cleaned_data
    role, library = form.post
    person = invitations.new_person(facts["first"], facts["last"], facts["email"])
    posts.give(person, role, library, by=request.user)
    invitations.invite(person, by=str(request.user))
    messages.success(
        request,
        _("%(name)s is invited: a letter with a link is on its way to %(email)s.")
        % {"name": person, "email": person.email},
    )
    return redirect("office-person", person.pk)


def person_of(by: User, key: int) -> User:
    """Somebody whom one may look up; otherwise as if there were none."""
    person = get_object_or_404(User, pk=key)
    if not any(each.pk == person.pk for each in posts.known_to(by)):
        raise Http404
    return person


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS)
def person(request: SignedIn, person: int) -> HttpResponse:
    """One person: posts, history, account."""
    found = person_of(request.user, person)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    renaming = PersonForm(
        request.POST if act == "rename" else None,
        initial={"first": found.first_name, "last": found.last_name, "email": found.email},
    )
    giving = PostForm(request.POST if act == "give" else None, by=request.user)
    chosen: Act = ACTS.get(act, nothing)
    try:
        if act and (done := chosen(request, found, renaming, giving)):
            return done
    except LastDirector as no:
        return ask_first(request, found, no)
    except Refusal as no:
        keeping.say_no(request, no)
        return redirect("office-person", found.pk)
    held = [
        (post, posts.may_give(request.user, Role(post.role), post.library))
        for post in found.posts.select_related("library").order_by("library__town", "role", "pk")
    ]
    mistaken = bool(act)
    return render(
        request,
        "office/people/person.html",
        {
            "person": found,
            "held": held,
            "may_change": posts.may_change(request.user, found),
            "may_give": bool(giving.fields["role"].choices),  # type: ignore[attr-defined]
            "open": invitations.is_open(found),
            "renaming": renaming,
            "giving": giving,
            "changes": found.changes.select_related("library")[:50],
        },
        status=422 if mistaken else 200,
    )


def nothing(*_args: Any) -> HttpResponse | None:
    raise Http404


def rename(
    request: SignedIn, person: User, form: PersonForm, _giving: PostForm
) -> HttpResponse | None:
    if not form.is_valid():
        return None
    posts.rename(person, **form.cleaned_data, by=request.user)
    return back(request, person, _("Saved."))


def give(
    request: SignedIn, person: User, _renaming: PersonForm, form: PostForm
) -> HttpResponse | None:
    if not form.is_valid():
        return None
    role, library = form.post
    posts.give(person, role, library, by=request.user)
    return back(request, person, _("Given. It holds from the next page that they open."))


def take(request: SignedIn, person: User, *_forms: object) -> HttpResponse:
    key = request.POST.get("post", "")
    row = get_object_or_404(Post, pk=key if key.isdecimal() and len(key) < 18 else 0, user=person)
    posts.take(row, by=request.user, insists="sure" in request.POST)
    said = _("Taken away. It can be given again below.")
    if person not in set(posts.known_to(request.user)):
        messages.success(request, said)
        return redirect("office-people")
    return back(request, person, said)


def deactivate(request: SignedIn, person: User, *_forms: object) -> HttpResponse:
    posts.deactivate(person, by=request.user, insists="sure" in request.POST)
    return back(request, person, _("Deactivated: they can no longer sign in."))


def reactivate(request: SignedIn, person: User, *_forms: object) -> HttpResponse:
    posts.reactivate(person, by=request.user)
    return back(request, person, _("Reactivated, with the posts they had."))


def invite(request: SignedIn, person: User, *_forms: object) -> HttpResponse:
    """Once more; the link sent before opens nothing from now on."""
    if not posts.may_change(request.user, person):
        raise posts.NotYoursToGive
    if person.has_usable_password() or not person.is_active:
        raise Http404
    invitations.invite(person, by=str(request.user))
    return back(request, person, _("A new letter is on its way; the link sent before is over."))


ACTS: dict[str, Act] = {
    "rename": rename,
    "give": give,
    "take": take,
    "deactivate": deactivate,
    "reactivate": reactivate,
    "invite": invite,
}


def back(request: SignedIn, person: User, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("office-person", person.pk)


def ask_first(request: SignedIn, person: User, no: LastDirector) -> HttpResponse:
    """It can be done, by somebody who has read what it means."""
    fields = {name: request.POST[name] for name in ("act", "post") if name in request.POST}
    return render(
        request,
        "shared/sure.html",
        {
            "title": _("Leave %(library)s without a director?") % no.facts,
            "happens": _(
                "%(name)s is the last director of %(library)s. Nobody there could change its "
                "policy, its closures or its people any more, until the center appoints somebody."
            )
            % no.facts,
            "verb": _("Do it"),
            "back": reverse("office-person", args=[person.pk]),
            "fields": fields,
        },
    )
