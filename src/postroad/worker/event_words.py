"""What jobs, lanes and events are called, for whoever runs the house."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from postroad import words
from postroad.cases.models import CaseEvent, TalkEvent, refs
from postroad.delivery import models as delivery
from postroad.directory.models import Closure, Effect, Happening, State
from postroad.guides.models import Announcement
from postroad.ill import models as ill
from postroad.ill.access import Sight
from postroad.ill.lifecycle import Verb
from postroad.telling import Told
from postroad.web.shared import history
from postroad.web.templatetags.postroad import group_by_four
from postroad.worker.timetable import Lane

JOBS: Mapping[str, Promise] = {
    "mail": gettext_lazy("e-mail"),
    "search index": gettext_lazy("search index updates"),
    "links of resources": gettext_lazy("looking by night whether licensed links answer"),
    "dead links": gettext_lazy("telling the center of dead links"),
    "old files of title lists": gettext_lazy("removing title lists whose upload broke off"),
    "title lists that came in": gettext_lazy("uploaded title lists of licensed resources"),
    "records read anew": gettext_lazy("reading a library's own records anew"),
    "catalog audit": gettext_lazy("comparing a sample of the catalog with itself and its index"),
    "clocks": gettext_lazy("clocks of requests and supplies"),
    "days of parcels": gettext_lazy("expected dates of parcels"),
    "clocks of the road": gettext_lazy("clocks of loans in transit"),
    "clocks of cases": gettext_lazy("reminders of cases"),
    "names of strangers": gettext_lazy("removing names of strangers who told of a library"),
    "letters of old cases": gettext_lazy("removing letters to staff that name forgotten askers"),
    "old cases": gettext_lazy("removing addresses from old cases"),
    "old copies": gettext_lazy("deleting copies that have had their day"),
    "files of copies": gettext_lazy("comparing the files of copies with what should be there"),
    "scans that nobody filed": gettext_lazy("deleting scans that nobody filed in time"),
    "old codes of copies": gettext_lazy("removing mailed codes that are over"),
    "old uses": gettext_lazy("removing copyright records that are no longer kept"),
    "late parcels": gettext_lazy("late parcels"),
    "files of scans": gettext_lazy("scans from uploaded files"),
    "holds that are over": gettext_lazy("forgetting holds whose day has passed"),
    "timetables of the day": gettext_lazy("timetables that take effect on their first day"),
    "claims of what was found": gettext_lazy("withdrawing claims for what was found"),
    "claims of the month": gettext_lazy("the monthly file of claims for the carrier"),
    "shelves to look on": gettext_lazy("asking libraries to look for what did not arrive"),
    "moved records": gettext_lazy("requests for records that were joined to others"),
    "need-by days": gettext_lazy("need-by dates that passed"),
    "closed days": gettext_lazy("dates moved by a closure"),
    "closed lenders": gettext_lazy("requests held by closed lenders"),
    "scheduled pages": gettext_lazy("guides published or taken down on schedule"),
    "forgotten patrons": gettext_lazy("removing names from finished loans"),
    "due soon": gettext_lazy("reminders before the due date"),
    "announcements": gettext_lazy("pages that were published and not announced"),
    "updates": gettext_lazy("e-mail updates"),
    "links to updates": gettext_lazy("links to change or leave e-mail updates"),
    "notices to staff": gettext_lazy("reminders of notices to staff"),
    "old sign-ups": gettext_lazy("clearing sign-ups that nobody confirmed"),
    "letters to desks": gettext_lazy("daily e-mail to desks"),
    "pages to review": gettext_lazy("reminders to read guides again"),
    "wrong clocks": gettext_lazy("work that a wrong clock postponed"),
    "old sessions": gettext_lazy("clearing old sign-ins"),
    "deleted pages": gettext_lazy("removing deleted data from the disk"),
    "old addresses": gettext_lazy("clearing old e-mail addresses"),
    "situations": gettext_lazy("situations that begin or end today"),
    "counts of the van": gettext_lazy("counting what the van left and took"),
    "usual days": gettext_lazy("how many days each step usually takes"),
    "lists of cards": gettext_lazy("cards from uploaded lists"),
    "records that came in": gettext_lazy("uploaded files of records"),
    "lists of statuses": gettext_lazy("statuses from uploaded lists"),
    "lists from elsewhere": gettext_lazy("fetching lists of statuses"),
    "harvests": gettext_lazy("records from libraries' systems"),
    "money that ends": gettext_lazy("notices of money for e-resources that ends, or goes on"),
    "resources that end": gettext_lazy("notices of e-resources that end soon"),
    "harvests to look after": gettext_lazy("notices of harvests that fail or ask"),
    "words ahead of time": gettext_lazy("statuses whose date has come"),
    "silent libraries": gettext_lazy("asking silent libraries for their status"),
    "unanswered requests": gettext_lazy("suggesting pauses for libraries that do not answer"),
    "doubts of joined records": gettext_lazy(
        "moving doubts about holdings to the records that stand"
    ),
    "requests by mail": gettext_lazy("requests mailed to lenders without an account"),
    "old lists": gettext_lazy("clearing old uploaded lists"),
}

LANES: Mapping[Lane, Promise] = {
    Lane.HOUSE: gettext_lazy("events and clocks"),
    Lane.POST: gettext_lazy("mail"),
    Lane.NET: gettext_lazy("other systems"),
    Lane.INDEX: gettext_lazy("search index"),
    Lane.NIGHT: gettext_lazy("long work"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """An event in words."""

    what: str
    of: str = ""  # what it happened to
    link: str = ""  # its page
    is_number: bool = False

    @property
    def shown(self) -> str:
        return group_by_four(self.of) if self.is_number else self.of


def said_of_request(event: ill.Event) -> Said:
    sentence = history.FOR_STAFF.get(Verb(event.verb))
    what = str(sentence) % history.facts(event, Sight.OPERATOR) if sentence else event.verb
    ref = event.request.ref
    return Said(what, ref, reverse("staff-request", args=[ref]), is_number=True)


OF_PAGES: Mapping[str, Promise] = {
    "publish": gettext_lazy("A page was published."),
    "announce": gettext_lazy("A page was announced again."),
}


def said_of_page(announcement: Announcement) -> Said:
    page = announcement.page
    what = str(OF_PAGES.get(announcement.verb, announcement.verb))
    return Said(what, page.title, reverse("wagtail_serve", args=[page_path(page)]))


def page_path(page: Any) -> str:
    """As Wagtail's door takes it: without the slash before it."""
    _site, _root, path = page.get_url_parts() or (None, None, "/")
    return str(path).removeprefix("/")


OF_LIBRARIES: Mapping[str, Promise] = {
    "close": gettext_lazy("A closure was entered: %(effect)s, %(days)s."),
    "reopen": gettext_lazy("A closure was ended: %(effect)s, %(days)s."),
    "amend": gettext_lazy("A closure has other days: %(effect)s, %(days)s."),
    "put_back": gettext_lazy("A closure is in effect again: %(effect)s, %(days)s."),
}


def said_of_libraries(happening: Happening) -> Said:
    sentence, facts = OF_LIBRARIES.get(happening.verb), happening.facts
    if sentence is None:
        return Said(happening.verb, happening.subject)
    first, last = words.day(facts["first_day"]), words.day(facts["last_day"])
    until = _("%(first)s to %(last)s") % {"first": first, "last": last}
    if facts["last_day"] == Closure.FURTHER_NOTICE.isoformat():
        until = _("from %(first)s until further notice") % {"first": first}
    what = str(sentence) % {"effect": Effect(facts["effect"]).label, "days": until}
    if happening.library is not None:
        library = happening.library
        return Said(what, library.name, reverse("library", args=[library.code]))
    if facts["libraries"]:
        number = facts["libraries"]
        return Said(what, ngettext("%(n)s library", "%(n)s libraries", number) % {"n": number})
    return Said(what, str(State(facts["state"]).label if facts["state"] else _("all libraries")))


OF_DELIVERY: Mapping[str, Promise] = {
    "announce": gettext_lazy("A delay of the van was entered."),
    "end": gettext_lazy("A delay of the van was ended."),
    "put_back": gettext_lazy("A delay of the van is in effect again."),
    "later": gettext_lazy("A parcel comes later than expected."),
}


def said_of_delivery(happening: delivery.Happening) -> Said:
    """No word of what is in a parcel."""
    sentence = OF_DELIVERY.get(happening.verb)
    what = str(sentence) if sentence else happening.verb
    if happening.parcel is not None:
        number = happening.parcel.number
        return Said(what, number, reverse("office-delivery-parcel", args=[number]), is_number=True)
    return Said(what, happening.delay.reason if happening.delay else "")


def said_of_case(event: CaseEvent) -> Said:
    """No word of the case: an operator is no party."""
    what = words.label(words.cases.VERBS, event.verb)
    return Said(what, event.case.number, is_number=True)


def said_of_talk(event: TalkEvent) -> Said:
    """No word of it, and not between whom."""
    ref = next(iter(refs([event.talk.about])), "")
    return Said(_("A message about a request was written."), ref, is_number=True)


# How the events of each room are worded, and what is read with them for that.
WORDS: Mapping[type[Told], Callable[[Any], Said]] = {
    ill.Event: said_of_request,
    Happening: said_of_libraries,
    delivery.Happening: said_of_delivery,
    Announcement: said_of_page,
    CaseEvent: said_of_case,
    TalkEvent: said_of_talk,
}

BRINGS: Mapping[type[Told], tuple[str, ...]] = {
    ill.Event: ("request",),
    Happening: ("library",),
    delivery.Happening: ("delay", "parcel"),
    Announcement: ("page",),
    CaseEvent: ("case",),
    TalkEvent: ("talk",),
}
