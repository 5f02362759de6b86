"""Finding something in the union catalogue, and looking at it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import User
from postroad.catalogue import citation, holdings, identifiers, members, search
from postroad.catalogue.holdings import Holding
from postroad.catalogue.models import Format, Record
from postroad.catalogue.query import LAST_PAGE, PAGE
from postroad.catalogue.search import SORTS, Answer, NoIndex, Query
from postroad.directory import closures, network_rules
from postroad.directory.models import Library
from postroad.ill import asking, rota, wanted
from postroad.ill.models import Request
from postroad.web.public import beside, facets, near, not_listed, owners, part, scopes
from postroad.web.public.owners import Owner
from postroad.web.public.serials import Volumes, volumes_of
from postroad.web.shared import gates, mileposts, parts
from postroad.web.shared.copies import ALL_THE_SAME
from postroad.web.shared.pieces import Choice, Facet

FACETS = (*facets.TITLES, near.NEAR)
NARROWING = (*FACETS, facets.FIRST, facets.LAST)
FORMATS = dict(Format.choices)  # `get_format_display` would make such a table for each hit
NEAREST = 12  # owners before "all others"


@dataclass(frozen=True, slots=True)
class Hit:
    """A record in a list."""

    record: Record
    title: str
    author: str
    format: str
    holds: str  # who has it, in a sentence
    asked: Request | None = None  # by this reader, who waits for it or has it at home
    asked_status: str = ""
    also: str = ""  # in which other formats the work is to be had
    coins: str = ""  # for programs that keep references
    part: str = ""  # where an article is asked for, of what nobody lends
    part_label: str = ""


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    return results_in(request)


def results_in(request: HttpRequest, within: scopes.Within | None = None) -> HttpResponse:
    """What answers, in all libraries or within a network."""
    centre, placed = near.centre(request.GET, home_of(request)), members.now(timezone.now())
    query = replace(query_of(request), rings=centre.rings(placed), within=centre.miles)
    if within is not None:
        query = replace(query, scope=within.codes)
    page = number(request.GET.get("page", ""), 1)
    try:
        answer = search.find(query, page)
    except NoIndex:
        kept_too = {"query": query, "kept": kept(request), **scopes.shown(request, within)}
        return render(request, "public/search_later.html", kept_too, status=503)
    if within is not None:
        answer.facets.pop("network", None)  # there is one
    shown = facets.shown(answer.facets, request.GET, placed, centre)
    found = hits(request, answer.hits or answer.nearest, within)
    return render(
        request,
        "public/search.html",
        {
            "query": query,
            "answer": answer,
            "hits": found if answer.hits else [],
            "nearest": [] if answer.hits else found,
            "facets": shown,
            "chosen": list(chosen(shown)),
            "mistake": facets.years(request.GET).mistake,
            "kept": kept(request),
            "asked": bool(query.words or query.author or query.number),
            "narrowed": query.narrowed,
            "wider": facets.without(request.GET, *NARROWING),
            "instead": instead(request, answer.suggestion),
            "page": page_of(answer),
            "blank": "" if answer.hits else blank(request, query),
            "pasted": "" if answer.hits else not_listed.meant(query.words),
            "everywhere": scopes.everywhere(query) if within and not answer.hits else 0,
            **scopes.shown(request, within),
        },
    )


def blank(request: HttpRequest, query: Query) -> str:
    """Where what no catalog lists can be asked for, with what was typed: herself, or by staff."""
    if not (start := not_listed.form(request)):
        return ""
    number = query.number or (query.words if identifiers.typed(query.words) else "")
    facts = {"number": number, "title": "" if number else query.words, "author": query.author}
    typed = urlencode({name: text[:200] for name, text in facts.items() if text})
    return f"{start}?{typed}"


def query_of(request: HttpRequest) -> Query:
    """What the address asks. What makes no sense in it is left out."""
    typed = request.GET
    sort, years = typed.get("sort", ""), facets.years(typed)
    return Query(
        words=typed.get("q", ""),
        author=typed.get("author", ""),
        number=typed.get("number", ""),
        formats=frozenset(facets.values(typed, "format")) & frozenset(Format.values),
        languages=frozenset(code for code in facets.values(typed, "language") if len(code) == 3),
        libraries=frozenset(facets.values(typed, "library")),
        networks=frozenset(facets.values(typed, "network")),
        collections=frozenset(facets.values(typed, "collection")),
        lendable="yes" in facets.values(typed, "lendable"),
        years=frozenset(
            int(year) for year in facets.values(typed, "year") if facets.is_decade(year)
        ),
        since=years.since,
        until=years.until,
        sort=sort if sort in SORTS else "relevance",
    )


def chosen(shown: list[Facet]) -> Iterator[Choice]:
    """What narrows the search just now: each leads to where it is left out."""
    for facet in shown:
        yield from (each for each in facet.choices if each.chosen)
        if facet.span and facet.span.chosen:
            yield facet.span.chosen


def number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def home_of(request: HttpRequest) -> Library | None:
    """The library on the reader's card."""
    card = roles.card_of(request.user)
    return card.library if card else None


def hits(
    request: HttpRequest, records: list[Record], within: scopes.Within | None = None
) -> list[Hit]:
    held = holdings.counts_of(record.pk for record in records)
    if within is not None:
        held = {key: [each for each in rows if within.has(each)] for key, rows in held.items()}
    hers = asked_for(request, [record.pk for record in records])
    home, asked = home_of(request), {ill.record_id: ill for ill in hers}
    told = beside.of_hits(request, records)
    return [
        hit(
            each,
            held.get(each.pk, []),
            home,
            asked.get(each.pk),
            *told[each.pk],
            copied(request, each),
        )
        for each in records
    ]


def copied(request: HttpRequest, record: Record) -> tuple[str, str]:
    """Of what nobody lends, where a copy of a part is asked for."""
    return part.of(request, record) if parts.is_only_copied(record) else ("", "")


def hit(
    record: Record,
    held: list[Holding],
    home: Library | None,
    asked: Request | None,
    also: str = "",
    coins: str = "",
    copied: tuple[str, str] = ("", ""),
) -> Hit:
    return Hit(
        part=copied[0],
        part_label=copied[1],
        also=also,
        coins=coins,
        record=record,
        title=citation.as_read(record.title),
        author=citation.person(record.author),
        format=words.catalogue.form(str(FORMATS.get(record.format, "")), record.carrier),
        holds=holds(held, home, lent=record.format not in wanted.NOT_LENT),
        asked=asked,
        asked_status=mileposts.status(asked, timezone.now()).sentence if asked else "",
    )


def holds(held: list[Holding], home: Library | None, *, lent: bool = True) -> str:
    """Who has it now."""
    on_shelf = {holding.library_id for holding in held if holding.on_shelf}
    if home and home.pk in on_shelf:
        return gettext("On the shelf at %(library)s") % {"library": home.name}
    if on_shelf:
        said = ngettext(
            "On the shelf at %(n)s library", "On the shelf at %(n)s libraries", len(on_shelf)
        )
        return said % {"n": len(on_shelf)}
    if held:
        said = ngettext(
            "%(n)s library owns it; no copy is on the shelf now",
            "%(n)s libraries own it; no copy is on the shelf now",
            len(held),
        )
        return said % {"n": len(held)}
    if not lent:
        return gettext("No library lists a copy")
    return gettext("No library lists a copy; ask, and we will look farther away")


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What a new search in the form keeps of the old one: the narrowing."""
    names = FACETS if facets.years(request.GET).mistake else NARROWING
    return [(name, value) for name in names for value in facets.values(request.GET, name)]


def instead(request: HttpRequest, suggestion: Query | None) -> str:
    """The address of the same search with the words that may have been meant."""
    if suggestion is None:
        return ""
    asked = request.GET.copy()
    asked["q"] = suggestion.words
    if suggestion.author:
        asked["author"] = suggestion.author
    asked.pop("page", None)
    return "?" + asked.urlencode()


def page_of(answer: Answer) -> Page[int]:
    """The numbers of the page, for turning it. The hits themselves are in the answer."""
    places = range(min(answer.total, LAST_PAGE * PAGE))
    return Paginator(places, PAGE).get_page(answer.page)


@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    shown = Record.objects.prefetch_related("identifiers").filter(pk=pk).first()
    if shown is None:
        raise Http404
    if shown.moved_to_id:
        return redirect("record", shown.moved_to_id)
    home = home_of(request)
    found = owners.of(shown, home)
    able = [owner for owner in found if owner.able]
    first_asked = min(able, key=lambda owner: owner.turn, default=None)
    return render(
        request,
        "public/record.html",
        {
            "record": shown,
            "author": citation.person(shown.author),
            "short_title": citation.short_title(shown.title),
            "subtitle": beside.subtitle(shown.title),
            "facts": beside.facts(shown),
            "subjects": [(subject, beside.address_of(subject)) for subject in shown.subjects],
            "home": home,
            "owners": found,
            "lent": shown.format not in wanted.NOT_LENT,
            "at_home": next((owner for owner in found if home and owner.library == home), None),
            "nearest": found[:NEAREST],
            "others": found[NEAREST:],
            "able": len(able),
            "able_today": sum(owner.opens is None for owner in able),
            "here": closures.today([home], timezone.now())[home.pk] if home else None,
            "soonest": first_asked.arrives if first_asked else None,
            "volumes": volumes_in(request, shown, found),
            **beside.of_record(request, shown, found),
            "ask": offer_to_ask(request, shown, sum(each.holding.copies for each in found)),
            "link": part.link(request, shown),
        },
    )


def volumes_in(request: HttpRequest, shown: Record, found: list[Owner]) -> Volumes | None:
    libraries = [each.library for each in found]
    return volumes_of(shown, request.GET, libraries, timezone.localdate())


@dataclass(frozen=True, slots=True)
class Asking:
    """How this reader may ask for a title, and what she has asked for already."""

    herself: str = ""  # the address of each, where it is open to her
    for_reader: str = ""
    order: str = ""  # for whoever asks for a reader: who is asked first, who then
    no: str = ""  # why not, in place of a button
    asked: Request | None = None
    asked_status: str = ""
    part: str = ""  # where a copy of a part is asked for
    part_label: str = ""
    instead: str = ""  # of what nobody lends

    @property
    def part_all_the_same(self) -> str:
        """The same, where a licensed copy did not open."""
        return f"{self.part}&asked={ALL_THE_SAME}" if self.part else ""


def offer_to_ask(request: HttpRequest, shown: Record, copies: int) -> Asking:
    """Only what leads somewhere: a patron asks herself, borrowing staff for a reader, and whoever
    is not signed in is asked to sign in first. Who has asked may ask again only for what is left of
    the copies that we know of."""
    address, label = part.of(request, shown)
    return replace(whole(request, shown, copies), part=address, part_label=label)


def whole(request: HttpRequest, shown: Record, copies: int) -> Asking:
    if parts.is_only_copied(shown):
        return Asking(no=str(words.catalogue.NOT_LENT), instead=str(words.catalogue.INSTEAD))
    if shown.format in wanted.NOT_LENT:
        return Asking(no=words.refusal(asking.NotLent()))
    for_reader, order = "", ""
    if roles.has_any(request.user, not_listed.BORROWING) and gates.at_hand(
        request, not_listed.BORROWING
    ):
        for_reader = f"{reverse('staff-ask')}?{urlencode({'record': shown.pk})}"
        order = ask_order(gates.desk(request).library)
    if roles.card_of(request.user) is not None or not request.user.is_authenticated:
        hers = asked_for(request, [shown.pk])
        asked = hers[-1] if hers else None
        status = mileposts.status(asked, timezone.now()).sentence if asked else ""
        again = reverse("patron-ask", args=[shown.pk]) if not hers or len(hers) < copies else ""
        return Asking(again, for_reader, order, "", asked, status)
    no = "" if roles.held(request.user) else words.refusal(asking.NoCard())
    return Asking(for_reader=for_reader, order=order, no=no)


def ask_order(library: Library) -> str:
    """Who is asked first for this library's patrons, who then."""
    terms = network_rules.terms(library, library.day_of(timezone.now()))
    steps = terms.ask_order.split()
    if library.network is None and len(steps) > 1:
        steps = [step for step in steps if step != rota.Step.NETWORK]
    network = library.network.name if library.network else ""
    return words.wanted.ask_order(steps, network)


def asked_for(request: HttpRequest, records: Iterable[int]) -> list[Request]:
    """By which requests the reader waits for these titles or has them at home; the newest last."""
    if roles.card_of(request.user) is None:
        return []
    hers = Request.objects.outstanding().of(cast("User", request.user)).filter(record__in=records)
    return list(hers.shown().order_by("asked_at", "pk"))
