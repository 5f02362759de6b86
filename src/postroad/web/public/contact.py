"""Whom to ask, and a form for a question: /contact.

Who has no account reads the answer at /case/, by the link of a letter.
"""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts import throttle
from postroad.accounts.models import Role, User
from postroad.cases import access, contact, handling
from postroad.cases.access import NoSuchCase
from postroad.cases.handling import WrittenMeanwhile
from postroad.cases.lifecycle import Ending, Side
from postroad.cases.models import Case, Kind, Topic, visitor_and
from postroad.directory.called import named
from postroad.directory.models import Contact
from postroad.notices import addresses
from postroad.web.shared.casework import page, steps
from postroad.web.shared.casework.forms import MessageForm, text_field
from postroad.web.shared.libraries import LibraryField
from postroad.web.shared.one_press import OnePress

RATE = "10/h/ip"  # messages from one place
TO_ONE_ADDRESS = "20/d/key"  # and for one address, from wherever they come
OTHER = "other"  # the topic of a house that has entered none


class ContactForm(OnePress):
    """A question of anybody."""

    topic = forms.ChoiceField(label=gettext_lazy("What is it about?"))
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=100)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        help_text=gettext_lazy("The answer goes there, and a link that opens your case."),
    )
    library = LibraryField(
        label=gettext_lazy("Which library is it about?"), max_length=160, required=False
    )
    clio_id = forms.CharField(label=gettext_lazy("Clio ID"), max_length=40, required=False)
    ill_number = forms.CharField(
        label=gettext_lazy("ILL number"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "To ask about a return, give one of the two numbers, and both if you have them."
        ),
    )
    text = text_field(gettext_lazy("Your message"))

    def __init__(self, *args: object, topics: tuple[Topic, ...], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.topics = {str(each.pk): each for each in topics}
        choices = [(key, each.name) for key, each in self.topics.items()]
        self.fields["topic"].choices = choices or [(OTHER, _("A question"))]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Topic | None:
        return self.topics.get(self.cleaned_data.get("topic", ""))

    def clean_name(self) -> str:
        return handling.one_line(self.cleaned_data["name"])

    def clean(self) -> None:
        numbered = self.cleaned_data.get("clio_id") or self.cleaned_data.get("ill_number")
        if self.chosen is not None and self.chosen.kind == Kind.RETURN and not numbered:
            self.add_error(
                "clio_id", _("Give the Clio ID or the ILL number, and both if you know them.")
            )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """People and topics, and the form; what was typed is kept when it cannot be sent yet."""
    team, status = contact.team(timezone.localdate()), 200
    if request.method == "POST":
        filled = ContactForm(request.POST, topics=team.topics)
        status = 422
        if filled.is_valid():
            if sent_before(filled) or may_write(request, filled.cleaned_data["email"]):
                return begin(request, filled)
            filled.add_error(
                None,
                _(
                    "Many messages came from your network or address, so this one waits. "
                    "Nothing was lost: send it again later, or call."
                ),
            )
            status = 429
    else:
        filled = ContactForm(topics=team.topics, initial=begun_with(request, team))
    return render(
        request,
        "public/contact.html",
        {
            "form": filled,
            "people": team.people(),
            "others": others(team),
            "topics": [(each, team.in_charge(each), team.answers(each)) for each in team.topics],
        },
        status=status,
    )


def sent_before(form: ContactForm) -> bool:
    """A second press finds the case of the first, and counts as none."""
    key = form.cleaned_data["key"]
    return key is not None and Case.objects.filter(key=key).exists()


def may_write(request: HttpRequest, email: str) -> bool:
    """Whether one more message is taken from this place, and one more letter goes to an address
    that somebody else may have typed."""
    place = throttle.lets_try(request, "contact", RATE)
    return place and throttle.lets_try(request, "contact-to", TO_ONE_ADDRESS, addresses.key(email))


def others(team: contact.Team) -> list[Contact]:
    """The team's contacts that are nobody's: the office itself, say."""
    known = [each.contact_id for each in team.teammates.values()]
    return list(Contact.objects.filter(library=None).exclude(pk__in=known))


def begun_with(request: HttpRequest, team: contact.Team) -> dict[str, str]:
    """What a link from another page has filled in: kind, library, clio, ill."""
    asked = {name: str(value).replace("\x00", "")[:160] for name, value in request.GET.items()}
    kind = asked.get("kind", "")
    topic = next((each for each in team.topics if each.kind == kind), None)
    known = named(asked["library"]) if asked.get("library") else []
    filled = {
        "topic": str(topic.pk) if topic else "",
        "library": known[0].code if len(known) == 1 else asked.get("library", ""),
        "clio_id": asked.get("clio", ""),
        "ill_number": asked.get("ill", ""),
    }
    if isinstance(request.user, User):
        filled |= {"name": request.user.get_full_name(), "email": request.user.email}
    return filled


def begin(request: HttpRequest, filled: ContactForm) -> HttpResponse:
    given, topic = filled.cleaned_data, filled.chosen
    library = given["library"]
    case = handling.ask(
        visitor_and(Role(topic.office) if topic else Role.CENTRE),
        kind=Kind(topic.kind) if topic else Kind.QUESTION,
        subject=f"{topic.name}: {library.name}" if topic and library else "",
        text=given["text"],
        name=given["name"],
        email=given["email"],
        library=library,
        about=f"library:{library.code}" if library else "",
        clio_id=given["clio_id"],
        ill_number=given["ill_number"],
        assigned=contact.assignee(topic, timezone.localdate()) if topic else None,
        key=given["key"],
    )
    messages.success(
        request,
        _("Sent. Keep this page: the answer is shown here, and mailed to %(email)s.")
        % {"email": case.from_email},
    )
    return redirect("case", access.token(case))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, letter: str) -> HttpResponse:
    """A case as who asked reads it, let in by the link alone."""
    try:
        found = handling.continued(access.by_token(letter))  # where it is answered
    except NoSuchCase:
        return render(request, "public/case_gone.html", status=404)
    written, status = MessageForm(initial={"seen": steps.last(found)}), 200
    if request.method == "POST":
        if "settled" in request.POST:
            handling.close(found, Ending.WITHDRAWN, by=None, name=found.from_name, side=Side.ASKER)
            messages.success(request, _("Closed. If something is still open, write again."))
            return redirect("case", letter)
        written, status = MessageForm(request.POST), 422
        if written.is_valid():
            if write(request, found, written):
                return redirect("case", letter)
            again = {"text": written.cleaned_data["text"], "seen": steps.last(found)}
            written, status = MessageForm(initial=again), 409
    return render(
        request,
        "public/case.html",
        {
            "case": found,
            "said": page.said(found, Side.ASKER),
            "stands": page.stands(found, answers=False),
            "form": written,
        },
        status=status,
    )


def write(request: HttpRequest, case: Case, form: MessageForm) -> bool:
    given = form.cleaned_data
    if not throttle.lets_try(request, "contact", RATE):
        messages.warning(
            request, _("Many messages came from your network. Send this one again in an hour.")
        )
        return False
    try:
        handling.reply(
            case, given["text"], name=case.from_name, seen=given["seen"], key=given["key"]
        )
    except WrittenMeanwhile as no:
        messages.warning(request, words.refusal(no))
        return False
    messages.success(request, _("Sent."))
    return True
