"""No form of ours speaks in Django's own sentences."""

import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from allauth.core import context
from django import forms
from django.core import validators
from django.db import models
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import gettext_lazy
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form

import postroad
from postroad.accounts.forms import ChangePassword, ResetPasswordKey, SetPassword, SignIn
from postroad.directory.models import Network
from postroad.econtent.models import BadLine
from postroad.form_errors import InOurWords
from postroad.guides.blocks import Body
from postroad.guides.models import AnswerPage, Answers, FrontPage, GuidePage, Guides, News, NewsPage
from postroad.ill.answer_links import Held
from postroad.ill.materials import Material
from postroad.ill.models import AnswerLink, Request, Supply
from postroad.web.office.centre.lists import FilterForm
from postroad.web.office.centre.saved import NameForm
from postroad.web.office.e_resource_forms import EndForm
from postroad.web.office.holidays import HolidaysForm
from postroad.web.office.hours import SpecialForm, UsualForm, WeekForm
from postroad.web.office.library_forms import RecordForm
from postroad.web.office.network_forms import NetworkForm, RulesForm
from postroad.web.office.people import InviteForm, PostForm
from postroad.web.office.title_lines import LineForm
from postroad.web.patron.ask import AskForm
from postroad.web.patron.blank import Blank
from postroad.web.public.contact import ContactForm
from postroad.web.public.lend_steps import Shipped
from postroad.web.shared.answering import Conditions, NotNow
from postroad.web.shared.blank import BlankForm
from postroad.web.shared.casework.forms import AssignForm, NewForm
from postroad.web.shared.pick_up import AmendForm, PickUp
from postroad.web.shared.question_fields import Fields, SayForm
from postroad.web.shared.reroute import RerouteForm
from postroad.web.staff.acting import ShipForm
from postroad.web.staff.borrowing.enter import Enter, Thing
from postroad.web.staff.numbering import Entry
from postroad.web.staff.service import Part
from tests.cast import PASSWORD, Cast

ELSEWHERE = re.compile(r"\.(migrations|management)\b|\.(__main__|settings|wsgi)$")
BARE = {
    "InOurWords",
    "Plain",
    "Twice",
    "PageForm",
    "SnippetForm",
    "GuideForm",
    "NewsForm",
    "PictureForm",
    "PartForm",
    "CollectionForm",
}  # without fields; others are made of them

LONG = "x" * 5000
HOSTILE = ["", "\0", "a\0b", LONG, "9" * 5000, "-1", "2.5", "no such thing", "2026-02-31"]

# How Django's sentences begin and end, for those that are put together from parts.
DJANGOS = re.compile(
    r"^(Enter an? |Ensure |Select a valid |Null characters|This field|“.*” is not|No file was)"
    r"|is not (a valid|one of)|[Ii]nvalid|^(This|The|Your) password "
)


def modules() -> Iterator[str]:
    for each in pkgutil.walk_packages(postroad.__path__, "postroad."):
        if not ELSEWHERE.search(each.name):
            yield each.name


def below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


def ours() -> list[type[forms.BaseForm]]:
    """Every form class that stands in a file of ours, and the forms of the editors' pages."""
    for name in modules():
        import_module(name)
    kept = {
        each
        for each in below(forms.BaseForm)
        if each.__module__.startswith("postroad.") and each.__name__ not in BARE
    }
    pages = [
        page.get_edit_handler().get_form_class()
        for page in (FrontPage, Guides, GuidePage, Answers, AnswerPage, News, NewsPage)
    ]
    pictures = get_image_form(get_image_model())
    return [*sorted(kept, key=lambda each: (each.__module__, each.__name__)), *pages, pictures]


FORMS = ours()


Made = Callable[[Cast, QueryDict], forms.BaseForm]

# Forms that want to know more than what was sent.
MADE: Mapping[type, Made] = {
    AmendForm: lambda cast, data: AmendForm(
        data, Request(library=cast.lee), "", timezone.localdate()
    ),
    RerouteForm: lambda cast, data: RerouteForm(data, Request(library=cast.lee), ""),
    AskForm: lambda cast, data: AskForm(data, PickUp(cast.lee, ""), timezone.localdate()),
    ChangePassword: lambda cast, data: ChangePassword(cast.ada, data),
    SetPassword: lambda cast, data: SetPassword(cast.ada, data),
    SignIn: lambda _cast, data: SignIn(data, request=context.request),
    ResetPasswordKey: lambda cast, data: ResetPasswordKey(data, user=cast.ada),
    AssignForm: lambda cast, data: AssignForm(data, people=[cast.centre]),
    NewForm: lambda _cast, data: NewForm(data, to=[("center", "The center")]),
    Entry: lambda _cast, data: Entry(data, places=[("1", "The request")]),
    Enter: lambda cast, data: Enter(Thing(typed=True), cast.lee, data),
    SpecialForm: lambda cast, data: SpecialForm(data, library=cast.lee),
    UsualForm: lambda cast, data: UsualForm(data, library=cast.lee),
    WeekForm: lambda cast, data: WeekForm(data, library=cast.lee),
    LineForm: lambda _cast, data: LineForm(
        BadLine(line=2, cells=["Ferries"], wrong=[["notes", "Wrong."]]), ["title", "notes"], data
    ),
    EndForm: lambda _cast, data: EndForm(data, payers=["State Fund"]),
    RecordForm: lambda _cast, data: RecordForm(data, center=True),
    RulesForm: lambda _cast, data: RulesForm(data, holds=None),
    NetworkForm: lambda _cast, data: NetworkForm(
        data, network=Network.objects.get(code="berkshire"), center=True
    ),
    HolidaysForm: lambda _cast, data: HolidaysForm(data, []),
    PostForm: lambda cast, data: PostForm(data, by=cast.operator),
    InviteForm: lambda cast, data: InviteForm(data, by=cast.operator),
    ContactForm: lambda _cast, data: ContactForm(data, topics=()),
    FilterForm: lambda cast, data: FilterForm(data, [], cast.centre),
    NameForm: lambda cast, data: NameForm(data, user=cast.centre),
    SayForm: lambda _cast, data: SayForm(
        Fields(day=gettext_lazy("Day"), cost=gettext_lazy("Cost"), must_note=True), data, prefix=""
    ),
    Conditions: lambda cast, data: Conditions(data, in_hand(cast)),
    ShipForm: lambda cast, data: ShipForm(data, in_hand(cast)),
    NotNow: lambda cast, data: NotNow(data, in_hand(cast), timezone.now()),
    Shipped: lambda cast, data: Shipped(data, Held(AnswerLink(), in_hand(cast), None)),
    BlankForm: lambda _cast, data: BlankForm(data, Material.BOOK),
    Part: lambda cast, data: Part(data, Request(library=cast.lee)),
    Blank: lambda cast, data: Blank(data, Material.BOOK).offer(PickUp(cast.lee, "")),
}


def in_hand(cast: Cast) -> Supply:
    """An attempt that its lender answers."""
    return Supply(lender=cast.lenox, request=Request(library=cast.lee))


def filled(kind: type[Any], cast: Cast, value: str) -> forms.BaseForm:
    """The form with this value in each of its fields."""
    made: Made = MADE.get(kind, lambda _cast, data: kind(data))
    data = QueryDict(mutable=True)
    data["body-count"] = "0"  # of the parts of a page
    for name in made(cast, data).fields:
        data[name] = value
    return made(cast, data)


def sentences(form: forms.BaseForm) -> Iterator[tuple[str, str]]:
    for field, mistakes in form.errors.items():
        yield from ((field, str(sentence)) for sentence in mistakes)


@cache
def of_django() -> set[str]:
    """The sentences that stand whole in Django's code."""
    texts: list[Any] = [validators.ProhibitNullCharactersValidator.message]
    for kind in (*below(forms.Field), *below(models.Field), *below(validators.BaseValidator)):
        if kind.__module__.startswith("django."):
            texts += getattr(kind, "default_error_messages", {}).values()
            texts.append(getattr(kind, "message", ""))
    return {str(text) for text in texts if not hasattr(text, "_number")}


def test_there_are_forms_to_look_at():
    names = {kind.__name__ for kind in FORMS}
    assert {"SignIn", "ResetPassword", "AskForm", "PolicyForm", "StopForm", "GuidePageForm"} < names


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.__name__)
def test_every_form_is_one_of_ours(kind: type[forms.BaseForm]):
    assert issubclass(kind, InOurWords)


@pytest.mark.parametrize("kind", FORMS, ids=lambda kind: kind.__name__)
def test_no_form_speaks_in_djangos_sentences(
    cast: Cast, rf: RequestFactory, kind: type[forms.BaseForm]
):
    with context.request_context(rf.post("/")):
        said = {value: list(sentences(filled(kind, cast, value))) for value in HOSTILE}
    assert [
        (value[:12], *each)
        for value, those in said.items()
        for each in those
        if each[1] in of_django() or DJANGOS.search(each[1])
    ] == []


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value[:12]))
def test_no_kind_of_field_that_we_know_of_does(value: str):
    """Also those that no form of ours has yet."""
    kinds = [forms.CharField, forms.IntegerField, forms.DecimalField, forms.FloatField]
    kinds += [forms.DateField, forms.TimeField, forms.DateTimeField]
    kinds += [forms.EmailField, forms.SlugField, forms.UUIDField]
    kinds += [forms.ChoiceField, forms.MultipleChoiceField, forms.GenericIPAddressField]
    kind: Any = type("Any", (InOurWords, forms.Form), {each.__name__: each() for each in kinds})
    said = list(sentences(kind(dict.fromkeys(kind.base_fields, value))))
    assert said
    assert [each for each in said if each[1] in of_django() or DJANGOS.search(each[1])] == []


def test_a_field_keeps_better_words_of_its_own():
    class Form(InOurWords, forms.Form):
        who = forms.CharField(error_messages={"required": "Say who was asked."})
        day = forms.DateField()

    assert Form({}).errors == {"who": ["Say who was asked."], "day": ["Choose a day."]}


@pytest.mark.parametrize(
    ("first", "again", "said"),
    [
        ("short", "short", "Too short to be safe: use at least 8 characters."),
        ("password1", "password1", "Many people use this password, so it is easy to guess."),
        ("ada@example", "ada@example", "Too much like your name or address"),
        (PASSWORD, "another of them", "These two do not match."),
    ],
)
def test_a_new_password_that_will_not_do_is_told_why(cast: Cast, first: str, again: str, said: str):
    form = SetPassword(cast.ada, {"password1": first, "password2": again})
    assert said in " ".join(sentence for _field, sentence in sentences(form))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "There is nothing here yet. Add some text first."),
        ([("text", "")], "Please fill this in."),
        ([("text", "<p>It is here.</p>"), ("note", "")], "Please fill this in."),
    ],
)
def test_an_editor_is_told_in_our_words_what_the_body_lacks(body: list[tuple[str, str]], said: str):
    block = Body()
    raw = [{"type": kind, "value": text} for kind, text in body]
    with pytest.raises(StreamBlockValidationError) as no:
        block.clean(block.to_python(raw))
    of_blocks = [sentence for each in no.value.block_errors.values() for sentence in each.messages]
    assert [*no.value.non_block_errors, *of_blocks] == [said]


class Note(InOurWords, forms.Form):
    text = forms.CharField()
    secret = forms.CharField(strip=False)


def test_what_is_pasted_loses_the_characters_that_no_feed_may_hold_and_a_password_none():
    note = Note({"text": "Pipe\x0bburst\x1b[31m\r\ntoday\x85", "secret": "a\x0b"})
    assert note.is_valid()
    note.full_clean()
    assert note.cleaned_data == {"text": "Pipe burst[31m\r\ntoday", "secret": "a\x0b"}
