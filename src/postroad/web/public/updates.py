"""E-mail updates for anybody: /updates, the pages behind the links in their letters, and feeds.

The page answers alike whatever address is typed. No link does anything when it is opened: programs
that look for viruses open them all. Leaving asks for no session and no token of a form, since mail
programs post it by themselves (RFC 8058).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from postroad import words
from postroad.accounts import throttle
from postroad.directory.called import named
from postroad.form_errors import InOurWords
from postroad.notices import addresses, lost_links, topics, updates
from postroad.notices.subscribers import Bulletin, Frequency, Subscriber
from postroad.notices.topics import Topic
from postroad.notices.updates import LinkIsOver
from postroad.web.shared.feeds import Feed
from postroad.web.shared.libraries import LibrariesField

FROM_ONE_PLACE = "20/h/ip"
TO_ONE_ADDRESS = "3/d/key"
IN_A_FEED = 50
AT_HAND = 60  # seconds for which anybody may keep a feed


class ManyBoxes(forms.CheckboxSelectMultiple):
    """Django's boxes in one template: a template for each of five hundred takes 70 ms."""

    template_name = "shared/_many_boxes.html"


class TopicsForm(InOurWords, forms.Form):
    """What somebody wants to hear of, and how often."""

    general = forms.MultipleChoiceField(
        label=gettext_lazy("About"), widget=ManyBoxes, required=False
    )
    guides = forms.MultipleChoiceField(
        label=gettext_lazy("When one of these guides is announced"),
        widget=ManyBoxes,
        required=False,
    )
    subjects = forms.MultipleChoiceField(
        label=gettext_lazy("New answers about"),
        widget=ManyBoxes,
        required=False,
    )
    routes = forms.MultipleChoiceField(
        label=gettext_lazy("Delays on these delivery routes"),
        widget=ManyBoxes,
        required=False,
    )
    libraries = LibrariesField(
        label=gettext_lazy("Libraries"),
        help_text=gettext_lazy(
            "When one of them closes, opens, or stops lending or accepting returns. A name or a "
            "code, one on each line."
        ),
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=Frequency.choices,
        initial=Frequency.AT_ONCE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, wanted: Iterable[str] = (), **kwargs: Any) -> None:
        wanted = list(wanted)
        groups = {
            "general": topics.whole(),
            "guides": topics.guides(),
            "subjects": topics.subjects(),
            "routes": topics.routes(),
        }
        initial = {
            **{
                name: [each for each in wanted if each in keys(group)]
                for name, group in groups.items()
            },
            "libraries": "\n".join(typed_names(wanted)),
        }
        kwargs["initial"] = {**initial, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name, group in groups.items():
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(topic.key, topic.label) for topic in group]

    def clean_libraries(self) -> list[str]:
        """The topics of the libraries that were typed."""
        return [topics.of_library(each.code) for each in self.cleaned_data["libraries"]]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not self.wanted():
            raise ValidationError(_("Choose at least one thing to hear of."))
        return given

    def wanted(self) -> list[str]:
        given = self.cleaned_data
        groups = ("general", "guides", "subjects", "routes", "libraries")
        return [topic for name in groups for topic in given[name]]

    def often(self) -> Frequency:
        return Frequency(self.cleaned_data["frequency"])


class AddressForm(InOurWords, forms.Form):
    """Whose mailbox it is."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not addresses.is_usable(email):
            raise ValidationError(self.fields["email"].error_messages["invalid"])
        return email


class SignUpForm(AddressForm, TopicsForm):
    """An address, and what it wants to hear of."""

    field_order = ("email",)


def keys(group: Sequence[Topic]) -> set[str]:
    return {topic.key for topic in group}


def typed_names(wanted: Iterable[str]) -> list[str]:
    """Libraries as somebody would type them: by name, or by code where others bear that name."""
    libraries = [each for each in wanted if each.startswith(f"{topics.LIBRARY}:")]
    found = []
    for topic in topics.known(libraries):
        code = topic.key.partition(":")[2]
        found.append(topic.label if len(named(topic.label)) == 1 else code)
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Leave an address and interests. Nothing is written to it but a letter with a button."""
    if request.method == "POST":
        form = SignUpForm(request.POST)
        if form.is_valid():
            return ask(request, form)
    else:
        wanted = [each[:60] for each in request.GET.getlist("topic")[: updates.MOST]]
        form = SignUpForm(wanted=wanted or [topics.NEWS])
    return render(
        request,
        "public/updates/sign_up.html",
        {"form": form, "feeds": topics.whole()},
        status=422 if form.is_bound else 200,
    )


def ask(request: HttpRequest, form: SignUpForm) -> HttpResponse:
    email = form.cleaned_data["email"]
    if many_were_typed(request):
        return a_moment(request, reverse("updates"))
    if may_be_sent_to(request, email):
        updates.sign_up(email, form.wanted(), form.often(), now=timezone.now())
    return redirect("updates-sent")


def many_were_typed(request: HttpRequest) -> bool:
    return not throttle.lets_try(request, "updates", FROM_ONE_PLACE)


def may_be_sent_to(request: HttpRequest, email: str) -> bool:
    """Not one letter after the other goes to an address that somebody else may have typed, for
    whatever reason on these pages it is."""
    return throttle.lets_try(request, "updates-to", TO_ONE_ADDRESS, addresses.key(email))


def a_moment(request: HttpRequest, back: str) -> HttpResponse:
    facts = {
        "heading": _("A moment, please"),
        "sentence": _("Many addresses were typed here in one hour. Try again in an hour."),
        "back": back,
    }
    return render(request, "shared/refused.html", facts, status=429)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "public/updates/sent.html", {"days": updates.GOOD_FOR.days})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """Who gets updates and has no letter at hand asks for the link to change or leave them. The
    answer is the same for an address that gets none."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if many_were_typed(request):
            return a_moment(request, reverse("updates-lost"))
        email = form.cleaned_data["email"]
        if may_be_sent_to(request, email):
            lost_links.ask_for_link(email, now=timezone.now())
        return redirect("updates-link-sent")
    status = 422 if form.is_bound else 200
    return render(request, "public/updates/lost.html", {"form": form}, status=status)


@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "public/updates/link_sent.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """What was asked for, and the button that makes it so."""
    now = timezone.now()
    try:
        signup = updates.signup_of(token, now)
        if request.method == "POST":
            subscriber = updates.confirm(token, now=now)
            return redirect("updates-mine", updates.token(subscriber.secret))
    except LinkIsOver as over:
        return link_is_over(request, over)
    facts = {
        "email": signup.email,
        "topics": topics.known(signup.topics),
        "frequency": Frequency(signup.frequency).label,
    }
    return in_confidence(render(request, "public/updates/confirm.html", facts))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """What a subscriber gets, to be changed; and the way out."""
    try:
        subscriber = updates.subscriber_of(token)
    except LinkIsOver as over:
        return link_is_over(request, over)
    saved = False
    if request.method == "POST":
        form = TopicsForm(request.POST)
        if form.is_valid():
            updates.change(subscriber, form.wanted(), form.often(), now=timezone.now())
            saved = True
    if request.method != "POST" or saved:
        form = form_of(subscriber)
    facts = {"form": form, "email": subscriber.email, "token": token, "saved": saved}
    status = 422 if form.is_bound else 200
    return in_confidence(render(request, "public/updates/mine.html", facts, status=status))


def form_of(subscriber: Subscriber) -> TopicsForm:
    wanted = list(subscriber.interests.order_by("pk").values_list("topic", flat=True))
    return TopicsForm(wanted=wanted, initial={"frequency": subscriber.frequency})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """One press, by a person or by a mail program, and nothing of them stays."""
    try:
        updates.secret_of(token)
        if request.method == "POST":
            updates.leave(token)
            return in_confidence(render(request, "public/updates/left.html"))
        updates.subscriber_of(token)
    except LinkIsOver as over:
        return link_is_over(request, over)
    return in_confidence(render(request, "public/updates/leave.html", {"token": token}))


def link_is_over(request: HttpRequest, over: LinkIsOver) -> HttpResponse:
    facts = {"sentence": words.refusal(over)}
    return in_confidence(render(request, "public/updates/over.html", facts, status=410))


def in_confidence(answer: HttpResponse) -> HttpResponse:
    """The address of such a page is a key: no search engine shall learn it, and no other house,
    which our usual policy sees to. "no-referrer" would have browsers hide where a form comes from,
    and then it is refused."""
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def feed(request: HttpRequest, topic: str = "") -> HttpResponse:
    """What was published on a topic, or on all, the newest first (Atom, RFC 4287)."""
    title, found = _("All updates"), Bulletin.objects.all()
    if topic:
        known = topics.known([topic])
        if not known:
            raise Http404
        title, found = known[0].label, found.filter(topics__topic=topic)
    here = settings.SITE_URL.rstrip("/")
    atom = Feed(
        title=title,
        link=f"{here}{reverse('updates')}",
        description="",
        feed_url=f"{here}{request.path}",
        author_name=settings.CONSORTIUM or "Postroad",
    )
    newest = list(found[:IN_A_FEED])
    stands = updates.standing(newest)
    for each in newest:
        if each.pk in stands:
            atom.add_item(
                title=each.title,
                link=f"{here}{each.path}",
                description=each.summary,
                pubdate=each.at,
                updateddate=each.at,
                unique_id=f"{here}{reverse('updates')}#{each.pk}",
            )
    answer = HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml")
    patch_cache_control(answer, public=True, max_age=AT_HAND)
    return answer
