"""The form for what no catalog lists, and for a copy of a part, for a reader and for staff who ask
for one: first what kind of thing it is, then what is known of it, then whether the union catalog
has it after all, or a licensed copy answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from postroad import words
from postroad.catalogue import citation as written
from postroad.catalogue import pasted
from postroad.catalogue.models import Format, Record
from postroad.directory.models import Library
from postroad.ill import asking, catalogued, materials
from postroad.ill.acts import Act
from postroad.ill.asking import AlreadyAsked, CannotAsk, NeedByPassed, NeedByTooSoon
from postroad.ill.catalogued import Alike
from postroad.ill.materials import COPIED, Citation, Field, Material
from postroad.ill.models import Request
from postroad.ill.wanted import Wanted
from postroad.web.shared import copies, parts, referred
from postroad.web.shared.copies import ALL_THE_SAME, Known
from postroad.web.shared.one_press import OnePress
from postroad.web.shared.pick_up import WhatElse

LIKE = ("number", "title", "author")  # by which the union catalog is asked
SHORT = (Field.YEAR, Field.VOLUME, Field.ISSUE, Field.PAGES)
FOLDED = ("max_cost", "note_for_lender", "note")


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
            self.fields[name] = field_of(material, name)
        if len(self.sheet.formats) > 1:
            self.fields["format"] = forms.ChoiceField(
                label=gettext_lazy("Kind"),
                choices=[(code, Format(code).label) for code in self.sheet.formats],
                initial=self.sheet.formats[0],
                widget=forms.RadioSelect,
            )
        self.looks_at = looks_at
        self.is_copy = material in COPIED
        if self.is_copy:
            self._be_for_a_copy()

    def _be_for_a_copy(self) -> None:
        self.be_for_a_copy()
        if any(self[name].value() for name in self.sheet.enough):
            for name in self.sheet.demanded:
                self.fields[name].required = False
        self.fields["rush"] = forms.BooleanField(
            label=gettext_lazy("I need it quickly"),
            help_text=gettext_lazy("Check this only if it would be of no use later."),
            required=False,
        )

    @property
    def called(self) -> str:
        return words.label(words.materials.MATERIALS, self.material)

    @property
    def heading(self) -> str:
        """Above the form."""
        said = words.materials.ASKED.get(self.material)
        return str(said or gettext("Ask for what is not in the catalog"))

    def of_the_thing(self) -> list[forms.BoundField]:
        """The fields that say what it is, in their order; its kind before all."""
        kind = [self["format"]] if "format" in self.fields else []
        names = list(self.sheet.fields)
        if self.is_copy:  # whose number it is stands before it
            names.remove(Field.NUMBER)
            names.insert(names.index(Field.CONTAINER) + 1, Field.NUMBER)
        return [*kind, *(self[name] for name in names)]

    def rows(self) -> list[list[forms.BoundField]]:
        """The same: those that take a few signs stand side by side."""
        groups = groupby(self.of_the_thing(), lambda bound: bound.name in SHORT)
        found: list[list[forms.BoundField]] = []
        for is_short, bound in groups:
            found += [list(bound)] if is_short else [[each] for each in bound]
        return found

    @property
    def says_more(self) -> bool:
        """Whether something stands in what is folded away, or is mistaken there."""
        return any(self[name].value() or self[name].errors for name in FOLDED)

    def citation(self) -> Citation:
        said = {name: str(self.cleaned_data.get(name) or "") for name in self.sheet.fields}
        if self.cleaned_data.get(Field.ALSO):
            said[Field.ALSO] = materials.TITLE_PAGE
        return materials.tidied(self.material, said, self.cleaned_data.get("format", ""))

    def begun(self) -> Citation:
        """What is known of it before anything is sent."""
        said = {name: str(self.initial.get(name) or "") for name in self.sheet.fields}
        return materials.tidied(self.material, said)

    def clean(self) -> None:
        for name, wrong in materials.troubles(self.citation(), self.today.year).items():
            if name not in self.errors:
                self.add_error(name, words.materials.trouble(self.material, name, wrong))


def field_of(material: Material, name: Field) -> forms.Field:
    if name == Field.ALSO:
        label = gettext_lazy("Copy with it: the title page and its back (verso)")
        return forms.BooleanField(label=label, required=False)
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
    known = Material(chosen) if chosen in list(Material) else None
    return referred.material(referred.read(request), known)


def begun(request: HttpRequest) -> dict[str, Any]:
    """What the address says already: of the thing, and that any edition will do; and what was
    pasted."""
    typed = {name: _plain(request.GET.get(name, ""), name) for name in Field}
    found: dict[str, Any] = {name: text for name, text in typed.items() if text}
    material = material_of(request)
    if material == Material.CHAPTER and request.method != "POST":
        found[Field.ALSO] = materials.TITLE_PAGE
    if material is not None:
        told = referred.fields(referred.read(request), material)
        found |= {str(name): text for name, text in told.items()}
    return {**found, "any_edition": request.GET.get("any_edition") == "on"}


def _plain(text: str, name: Field) -> str:
    longest = materials.LENGTHS.get(name, materials.LENGTH)
    return "".join(sign for sign in text[:longest] if sign.isprintable())


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


def of_catalog(alike: Alike, address: Address, form: str, **kept: str) -> dict[str, Any]:
    """What the catalog has, as the pages show it; of a journal, where its articles are asked
    for."""
    shown: dict[str, Any] = {"alike": alike, "hits": hits(alike, address)}
    if alike.not_lent:
        numbers = alike.not_lent.identifiers.all()
        shown["part"] = parts.address(form, alike.not_lent, numbers, kept=kept)
        shown["part_label"] = parts.label(alike.not_lent)
    return shown


def looked_up(request: HttpRequest, address: Address, **kept: str) -> HttpResponse:
    """What the catalog has for what is typed so far: a part of the page, for a script."""
    typed = {name: _plain(request.GET.get(name, ""), Field(name)) for name in LIKE}
    alike = catalogued.alike(typed["title"], typed["author"], typed["number"])
    context = of_catalog(alike, address, request.path, **kept)
    return render(request, "shared/blank/_alike.html", context)


def with_query(path: str, **facts: str) -> str:
    typed = urlencode({name: text for name, text in facts.items() if text})
    return f"{path}?{typed}" if typed else path


def said(request: HttpRequest) -> dict[str, str]:
    """What is known of the thing, for the address of another form; and that a licensed copy did not
    open."""
    left_out = ("any_edition", Field.ALSO)
    known = {str(name): text for name, text in begun(request).items() if name not in left_out}
    return {**known, "asked": copies.ALL_THE_SAME} if copies.is_insisted(request) else known


def choices(request: HttpRequest, path: str, **kept: str) -> list[tuple[str, str, str]]:
    """Each material with an example and the address of its form, which keeps what is known."""
    known = said(request)
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
    known: Known | None = None  # of a copy
    alike: Alike = field(default_factory=Alike)
    may_insist: bool = False
    status: int = 200


def sent(
    form: BlankForm, data: QueryDict, wanted: Callable[[], Wanted], act: Act, home: Library
) -> Answer:
    """A form that was sent: checked against the union catalog first, until somebody says that it is
    none of what was found. What a rule says no to stands at the field that it is about."""
    if not form.is_valid():
        return Answer(status=422)
    if form.is_copy:
        return _sent_for_a_copy(form, data, wanted(), act, home)
    if "sure" not in data and ((found := of_form(form)).records or found.not_lent):
        return Answer(alike=found)
    try:
        return Answer(ill=asking.ask_blank(wanted(), act))
    except CannotAsk as no:
        return _refused(form, no)


def _sent_for_a_copy(
    form: BlankForm, data: QueryDict, wanted: Wanted, act: Act, home: Library
) -> Answer:
    """A copy that her own library licenses answers first, until somebody says that it does not; the
    record that the copy is of goes along."""
    known = copies.known(form.citation(), home, form.today)
    if known.link and ALL_THE_SAME not in data:
        return Answer(known=known)
    try:
        ill = asking.ask_blank(replace(wanted, record=known.record), act)
    except CannotAsk as no:
        return replace(_refused(form, no), known=known)
    if known.link and data[ALL_THE_SAME] == copies.REPORT:
        copies.report(known.link, act.at)
    return Answer(ill=ill)


def _refused(form: BlankForm, no: CannotAsk) -> Answer:
    about_the_day = isinstance(no, NeedByTooSoon | NeedByPassed)
    form.add_error("need_by" if about_the_day else None, words.refusal(no))
    return Answer(may_insist=isinstance(no, AlreadyAsked | NeedByTooSoon), status=409)


def before(request: HttpRequest, form: BlankForm, home: Library) -> Answer:
    """What is known by what the address says already, before anything is sent."""
    if form.is_copy:
        known_copy = copies.known(form.begun(), home, form.today)
        if known_copy.record is not None:
            _fill_in(form, known_copy.record)
        return Answer(known=known_copy)
    return Answer(alike=known(request))


def _fill_in(form: BlankForm, whole: Record) -> None:
    """What nobody told of the book or the journal, the catalog knows."""
    said = {Field.CONTAINER: written.as_read(whole.title)[: materials.LENGTHS[Field.CONTAINER]]}
    if form.material != Material.ARTICLE and whole.year:
        said[Field.YEAR] = str(whole.year)
    for name, text in said.items():
        if name in form.fields and not form.initial.get(name):
            form.initial[name] = text


def of_a_copy(request: HttpRequest, answer: Answer) -> dict[str, Any]:
    """What the page shows of a copy, and of what was pasted."""
    typed = request.GET.get(referred.PASTE, "")
    return {
        "known": answer.known,
        "all_the_same": copies.is_insisted(request),
        "typed": typed[: pasted.LONGEST],
        "unread": bool(typed.strip()) and not referred.read(request),
    }


def known(request: HttpRequest) -> Alike:
    """What the catalog has for what the address says already."""
    typed = begun(request)
    return catalogued.alike(*(str(typed.get(name, "")) for name in ("title", "author", "number")))
