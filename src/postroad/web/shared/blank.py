"""The form for what no catalog lists, for a reader and for staff who ask for one: first what kind
of thing it is, then what is known of it, then whether the union catalog has it after all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from postroad import words
from postroad.catalogue import citation as written
from postroad.catalogue.models import Format, Record
from postroad.ill import asking, catalogued, materials
from postroad.ill.acts import Act
from postroad.ill.asking import AlreadyAsked, CannotAsk, NeedByPassed, NeedByTooSoon
from postroad.ill.catalogued import Alike
from postroad.ill.materials import Citation, Field, Material
from postroad.ill.models import Request
from postroad.ill.wanted import Wanted
from postroad.web.shared.one_press import OnePress
from postroad.web.shared.pick_up import WhatElse

LIKE = ("number", "title", "author")  # by which the union catalog is asked
SHOWN = 200  # characters that an address brings


class BlankForm(OnePress, WhatElse):
    """What is known of the thing, by its material, and when it is needed."""

    note = forms.CharField(
        label=gettext_lazy("Note to your own library"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Staff at your library and the ILL center read it; no library that lends it does."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: QueryDict | None,
        material: Material,
        *,
        begun: Mapping[str, Any] | None = None,
        today: date | None = None,
        looks_at: str = "",
    ) -> None:
        super().__init__(data, initial=dict(begun or {}), today=today)
        self.material, self.sheet = material, materials.SHEETS[material]
        for name in self.sheet.fields:
            self.fields[name] = text_field(material, name)
        if len(self.sheet.formats) > 1:
            self.fields["format"] = forms.ChoiceField(
                label=gettext_lazy("Kind"),
                choices=[(code, Format(code).label) for code in self.sheet.formats],
                initial=self.sheet.formats[0],
                widget=forms.RadioSelect,
            )
        self.looks_at = looks_at

    @property
    def called(self) -> str:
        return words.label(words.materials.MATERIALS, self.material)

    def of_the_thing(self) -> list[forms.BoundField]:
        """The fields that say what it is, in their order; its kind before all."""
        kind = [self["format"]] if "format" in self.fields else []
        return [*kind, *(self[name] for name in self.sheet.fields)]

    def citation(self) -> Citation:
        said = {name: str(self.cleaned_data.get(name) or "") for name in self.sheet.fields}
        return materials.tidied(self.material, said, self.cleaned_data.get("format", ""))

    def clean(self) -> None:
        for name, wrong in materials.troubles(self.citation(), self.today.year).items():
            if name not in self.errors:
                self.add_error(name, words.materials.trouble(self.material, name, wrong))


def text_field(material: Material, name: Field) -> forms.CharField:
    made = forms.CharField(
        label=words.materials.field(material, name),
        required=name in materials.SHEETS[material].demanded,
        max_length=materials.LENGTHS.get(name, materials.LENGTH),
    )
    if name == Field.YEAR:
        made.widget.attrs |= {"inputmode": "numeric", "size": "6"}
    return made


def material_of(request: HttpRequest) -> Material | None:
    chosen = request.GET.get("material", "")
    return Material(chosen) if chosen in list(Material) else None


def begun(request: HttpRequest) -> dict[str, Any]:
    """What the address says already: of the thing, and that any edition will do."""
    typed = {name: _plain(request.GET.get(name, "")) for name in Field}
    found: dict[str, Any] = {name: text for name, text in typed.items() if text}
    return {**found, "any_edition": request.GET.get("any_edition") == "on"}


def _plain(text: str) -> str:
    return "".join(sign for sign in text[:SHOWN] if sign.isprintable())


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that may be what is meant, and where it is asked for."""

    record: Record
    title: str
    author: str
    address: str


Address = Callable[[Record], str]  # of the page on which a record is asked for


def hits(alike: Alike, address: Address) -> list[Hit]:
    return [
        Hit(each, written.as_read(each.title), written.person(each.author), address(each))
        for each in alike.records
    ]


def looked_up(request: HttpRequest, address: Address) -> HttpResponse:
    """What the catalog has for what is typed so far: a part of the page, for a script."""
    typed = {name: _plain(request.GET.get(name, "")) for name in LIKE}
    alike = catalogued.alike(typed["title"], typed["author"], typed["number"])
    context = {"alike": alike, "hits": hits(alike, address)}
    return render(request, "shared/blank/_alike.html", context)


def with_query(path: str, **facts: str) -> str:
    typed = urlencode({name: text for name, text in facts.items() if text})
    return f"{path}?{typed}" if typed else path


def choices(request: HttpRequest, path: str, **kept: str) -> list[tuple[str, str, str]]:
    """Each material with an example and the address of its form, which keeps what is known."""
    known = {name: text for name, text in begun(request).items() if name != "any_edition"}
    return [
        (
            str(words.materials.MATERIALS[each]),
            str(words.materials.EXAMPLES[each]),
            with_query(path, material=each.value, **kept, **known),
        )
        for each in Material
    ]


def of_form(form: BlankForm) -> Alike:
    """What the catalog has for a form that is filled in."""
    citation = form.citation()
    said = (citation.of(name) for name in (Field.TITLE, Field.AUTHOR, Field.NUMBER))
    return catalogued.alike(*said)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a form: a request, or what its page shows."""

    ill: Request | None = None
    alike: Alike = field(default_factory=Alike)
    may_insist: bool = False
    status: int = 200


def sent(form: BlankForm, data: QueryDict, wanted: Callable[[], Wanted], act: Act) -> Answer:
    """A form that was sent: checked against the union catalog first, until somebody says that it is
    none of what was found. What a rule says no to stands at the field that it is about."""
    if not form.is_valid():
        return Answer(status=422)
    if "sure" not in data and ((found := of_form(form)).records or found.not_lent):
        return Answer(alike=found)
    try:
        return Answer(ill=asking.ask_blank(wanted(), act))
    except CannotAsk as no:
        about_the_day = isinstance(no, NeedByTooSoon | NeedByPassed)
        form.add_error("need_by" if about_the_day else None, words.refusal(no))
        return Answer(may_insist=isinstance(no, AlreadyAsked | NeedByTooSoon), status=409)


def known(request: HttpRequest) -> Alike:
    """What the catalog has for what the address says already."""
    typed = begun(request)
    return catalogued.alike(*(str(typed.get(name, "")) for name in ("title", "author", "number")))
