"""What stands on a record's page beside where it is: what there is to say of it, its other
editions, what programs read there, and for staff, what was asked for here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import BORROWING, Role
from postroad.catalogue import citation, cited, editions, holdings
from postroad.catalogue.holdings import Holding
from postroad.catalogue.models import Format, Record
from postroad.ill import asked_here, wanted
from postroad.ill.asked_here import AskedHere
from postroad.protocols.citing import Cited, coins, schema
from postroad.web.public.owners import Owner
from postroad.web.shared import gates
from postroad.words.ill import LISTED, OUTCOMES
from postroad.words.labels import label

FEW = 6  # editions on the page of a record; all of them have a page of their own
MOST_OFFERS = 30  # libraries that search engines are told of


@dataclass(frozen=True, slots=True)
class Edition:
    """Another edition or format of the same work."""

    record: Record
    title: str
    details: str  # year, edition, publisher
    form: str
    language: str
    held: str  # by how many libraries, and on how many of their shelves


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for this title, as staff of any library may know it."""

    ref: str
    address: str  # of its page, where it is open to her
    asked_at: datetime
    library: str
    stands: str
    lender: str
    took: str


def of_record(request: HttpRequest, shown: Record, owners: list[Owner]) -> dict[str, Any]:
    told = cited_of(request, shown)
    others = other_editions(shown)
    staff = roles.has_any(request.user, (*gates.STAFF, Role.CENTRE))
    return {
        "editions": others[:FEW],
        "more_editions": len(others) if len(others) > FEW else 0,
        "coins": coins.render(told, request.get_host()),
        "schema": as_script(schema.render(told, offers(request, shown, owners))),
        "asked_here": asked(request, shown) if staff else [],
        "says": staff,
    }


def subtitle(title: str) -> str:
    """What follows the short title."""
    rest = title.removeprefix(citation.short_title(title)).strip(" :/")
    return citation.as_read(rest)


def facts(shown: Record) -> list[tuple[str, str]]:
    """What there is to say of the edition."""
    numbers = sorted((each.get_kind_display(), each.value) for each in shown.identifiers.all())
    known = [
        (_("With"), "; ".join(citation.person(name) for name in shown.contributors)),
        (_("Also called"), "; ".join(shown.other_titles)),
        (_("Part"), shown.part if shown.part.isdigit() else ""),
        (_("Edition"), shown.edition),
        (_("Publisher"), ": ".join(filter(None, (shown.place, shown.publisher)))),
        (_("Extent"), shown.extent),
        (_("Series"), shown.series),
        (_("Language"), words.languages.name(shown.language)),
        *numbers,
    ]
    return [(term, value) for term, value in known if value]


def address_of(subject: str) -> str:
    """The titles under the same subject heading."""
    phrase = subject.replace('"', " ").replace(" -- ", " ")
    return reverse("search") + "?" + urlencode({"q": f'"{phrase}"'})


def other_editions(shown: Record) -> list[Edition]:
    """What a library has first; then what is only listed."""
    found = editions.others(shown)
    counts = holdings.counts_of(each.pk for each in found) if found else {}
    told = [edition(each, counts.get(each.pk, [])) for each in found]
    return sorted(told, key=lambda each: not counts.get(each.record.pk))


def edition(record: Record, held: list[Holding]) -> Edition:
    return Edition(
        record=record,
        title=citation.as_read(record.title),
        details=", ".join(filter(None, (str(record.year or ""), record.edition, record.publisher))),
        form=words.catalogue.form(record.get_format_display(), record.carrier),
        language=words.languages.name(record.language),
        held=how_many(held, lent=record.format not in wanted.NOT_LENT),
    )


def how_many(held: list[Holding], *, lent: bool) -> str:
    if not held:
        return str(words.catalogue.NO_COPY) if lent else ""
    libraries, there = len(held), sum(1 for each in held if each.on_shelf)
    said = ngettext("%(n)s library", "%(n)s libraries", libraries) % {"n": libraries}
    shelf = words.catalogue.on_shelf(there)
    return f"{said}, {shelf}" if lent else said


def asked(request: HttpRequest, shown: Record) -> list[Asked]:
    center = roles.has(request.user, Role.CENTRE)
    borrows = {post.library_id for post in roles.posts(request.user) if post.role in BORROWING}
    page = "office-centre-request" if center else "staff-request"
    return [
        Asked(
            ref=each.ref,
            address=reverse(page, args=[each.ref]) if center or each.library.pk in borrows else "",
            asked_at=each.asked_at,
            library=each.library.name,
            stands=label(OUTCOMES, each.outcome) if each.closed else label(LISTED, each.state),
            lender=each.lender.name if each.lender else "",
            took=took(each),
        )
        for each in asked_here.of_record(shown.pk, timezone.now())
    ]


def took(each: AskedHere) -> str:
    """How long: until it was there, or until it ended without."""
    days = ngettext("%(n)s day", "%(n)s days", each.days) % {"n": each.days}
    if each.arrived:
        return _("%(days)s until it was there") % {"days": days}
    return days if each.closed else _("%(days)s so far") % {"days": days}


def cited_of(request: HttpRequest, record: Record) -> Cited:
    """As programs are told of it. Its identifiers should be prefetched."""
    url = request.build_absolute_uri(reverse("record", args=[record.pk]))
    return cited.of(record, record.identifiers.all(), pk=record.pk, url=url)


def of_hits(request: HttpRequest, records: list[Record]) -> dict[int, tuple[str, str]]:
    """For each hit in which other formats its work is to be had, and its citation for programs; in
    two queries."""
    prefetch_related_objects(records, "identifiers")
    formats, host = editions.formats_beside(records), request.get_host()
    home = request.build_absolute_uri("/")[:-1]
    told: dict[int, tuple[str, str]] = {}
    for each in records:
        url = home + reverse("record", args=[each.pk])
        said = cited.of(each, each.identifiers.all(), pk=each.pk, url=url)
        told[each.pk] = (also(formats.get(each.pk, [])), coins.render(said, host))
    return told


def also(formats: list[Format]) -> str:
    """ "also as audiobook, large print"."""
    names = ", ".join(str(each.label) for each in formats)
    return _("Also as %(formats)s") % {"formats": names} if names else ""


def offers(request: HttpRequest, shown: Record, owners: list[Owner]) -> list[schema.Held]:
    """Who lends it; nobody, of what is never lent."""
    if shown.format in wanted.NOT_LENT:
        return []
    return [
        schema.Held(
            library=each.library.name,
            url=request.build_absolute_uri(reverse("library", args=[each.library.code])),
            lends=each.able and each.opens is None,
            in_library_only=each.holding.in_library_only == each.holding.copies,
        )
        for each in owners[:MOST_OFFERS]
    ]


def as_script(text: str) -> SafeString:
    """`schema` has hidden whatever HTML could take for its own."""
    return mark_safe(text)  # noqa: S308
