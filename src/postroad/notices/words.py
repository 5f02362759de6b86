"""The words of a notice: three templates for each kind, filled with a few facts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from postroad import numbers
from postroad.catalogue import citation
from postroad.notices.models import Kind

SUBJECT_LENGTH = 200
SHORT = 70  # signs of a title in a subject


@dataclass(frozen=True, slots=True)
class Facts:
    """What the templates may say."""

    ref: str = ""  # these two are empty in what is about no request
    title: str = ""
    library: str = ""  # where it is fetched, or whose desk it is
    link: str = ""
    author: str = ""
    place: str = ""  # the town or lender from which it comes, or to which it goes home
    day: date | None = None  # expected, due, or until when it waits
    why: str | Promise = ""
    again: bool = False  # told before: this is a reminder
    homeward: bool = False  # on its way back to the lender
    number: int = 0  # how much waits at a desk; in lines, and some of the titles
    lines: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A notice, ready to be read."""

    subject: str
    text: str
    html: str


def write(kind: Kind, facts: Facts) -> Words:
    title = citation.as_read(facts.title)
    context = {
        **asdict(facts),
        "title": title,
        "number": numbers.grouped(facts.ref) if facts.ref else "",
        "waiting": facts.number,
        "short": Truncator(title).chars(SHORT),
        "day": date_format(facts.day, "l j F") if facts.day else "",
    }
    subject, text, html = (
        render_to_string(f"notices/{kind}.{ending}", context)
        for ending in ("subject.txt", "txt", "html")
    )
    return Words(" ".join(subject.split())[:SUBJECT_LENGTH], text.strip() + "\n", html.strip())


# Why the lender's policy says no to a renewal (ill.renewals.why_not).
NOT_RENEWED: Mapping[str, Promise] = {
    "never": _("Its library does not renew it."),
    "no-more": _("It was renewed as often as its library allows."),
    "overdue": _("It is overdue already."),
    "others-wait": _("Somebody else waits for it."),
    "blocked": _("Your library card is blocked. Ask at your library's desk."),
}

# Why intake leaves a request to staff (ill.intake.Concern, and the sweep's "not-checked").
CONCERNS: Mapping[str, Promise] = {
    "no-card": _("There is no card for this account."),
    "blocked": _("The card is blocked."),
    "limit": _("There are as many open requests already as your policy allows."),
    "own-copy": _("A copy is on the shelf at the reader's own library."),
    "duplicate": _("The reader has asked for this title already."),
    "need-by-passed": _("The day until which it is needed has passed."),
    "staff-approve": _("Your policy is that staff approve each request."),
    "not-checked": _("The checks did not run."),
}
