"""The pages to which notices lead, by name: they stand above us, so no import shows the arrow.

What a notice is about decides, and who reads it: `Notice.about` is a word of `PAGES`, and after a
colon the page's argument ("request:4K7Q2M9A", "library:LEE", "desk"). A test opens each of them as
each of its readers. Who has no account comes to no page that asks them to sign in; a page that lets
them in by a signed token is given as the notice's own `link`.
"""

from collections.abc import Mapping
from typing import Protocol

from django.conf import settings
from django.urls import reverse

REQUEST, CASE, QUESTION = "request", "case", "question"

# Who reads it: an office reads by the name of its role.
PERSON, LIBRARY, VISITOR = "person", "library", "visitor"

# A page with a name of each reader; VISITOR's needs no sign-in, and is everybody's who has none of
# their own. Where there is neither, the notice leads to where its reader's work begins.
PAGES: Mapping[str, Mapping[str, str]] = {
    REQUEST: {
        PERSON: "patron-request",
        LIBRARY: "staff-request",
        "centre": "office-centre-request",
        "operator": "staff-request",
    },
    "requests": {PERSON: "patron-requests"},
    "desk": {LIBRARY: "staff"},
    "borrowing": {LIBRARY: "staff-borrowing"},
    "lending": {LIBRARY: "staff-lending"},
    "policies": {LIBRARY: "staff-library"},
    "status": {LIBRARY: "staff-status"},
    "library": {VISITOR: "library"},
    "centre": {"centre": "office-centre"},
    "harvest": {LIBRARY: "office-harvest", "centre": "office-harvest"},
    "title lists": {"centre": "office-title-lists"},
    "delivery": {"delivery": "office-delivery"},
    "parcel": {"delivery": "office-delivery-parcel"},
    "e-resources": {VISITOR: "library-e-resources"},
    "funding": {"centre": "office-funding"},
    "upkeep": {"editor": "guides-upkeep"},
    QUESTION: {
        LIBRARY: "staff-question",
        "centre": "staff-question",
        "delivery": "staff-question",
    },
    CASE: {LIBRARY: "staff-case", "centre": "office-case", "delivery": "office-case"},
}
# A case as a person reads it: as a reader, at a library, in an office, or by a signed token.
CASES: Mapping[str, str] = {
    PERSON: "patron-case",
    LIBRARY: "staff-case",
    "office": "office-case",
    VISITOR: "case",
}
START: Mapping[str, str] = {
    PERSON: "account-start",
    LIBRARY: "staff",
    "centre": "office-centre",
    "delivery": "office-delivery",
    "driver": "courier-route",
    "editor": "wagtailadmin_home",
    "operator": "office-operations",
}
FRONT = ("wagtail_serve", "")  # the front page, and of which page of the guides that is


def say(token: str) -> str:
    """The page on which a library without signing in says how it stands."""
    return reverse("say", args=[token])


def lend(token: str, step: str = "") -> str:
    """The page on which a library answers a request without signing in, or one of its steps."""
    return reverse("lend-step", args=[token, step]) if step else reverse("lend", args=[token])


def question(token: str) -> str:
    """The page on which a patron answers a question without signing in."""
    return reverse("question-by-mail", args=[token])


def copy(token: str) -> str:
    """The page on which a reader opens a copy that was delivered."""
    return reverse("copy", args=[token])


class Leads(Protocol):
    """What a link goes by: a notice, saved or not."""

    about: str
    link: str
    office: str
    user_id: int | None
    library_id: int | None


def path(notice: Leads) -> str:
    """The page that it leads to, for its recipient."""
    if notice.link:
        return notice.link
    reader = read_by(notice)
    word, _colon, argument = notice.about.partition(":")
    pages = PAGES[word] if word else {}
    if name := pages.get(reader) or pages.get(VISITOR):
        return reverse(name, args=[argument] if argument else [])
    if name := START.get(reader):
        return reverse(name)
    return reverse(FRONT[0], args=[FRONT[1]])


def read_by(notice: Leads) -> str:
    if notice.user_id is not None:
        return PERSON
    if notice.library_id is not None:
        return LIBRARY
    return notice.office or VISITOR


def address(notice: Leads) -> str:
    """The same with the name of this house, as it stands in a letter."""
    return whole(path(notice))


def whole(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def of_ours(path: str) -> str:
    """A path that somebody gives, which no trick makes another house's."""
    if path and (not path.startswith("/") or path.startswith("//")):
        raise ValueError(f"a notice leads to a path of ours, not to {path!r}")
    return path


def of_request(ref: str) -> str:
    """What a notice about this request is about."""
    return f"{REQUEST}:{ref}"


def of_question(key: int) -> str:
    """What a notice about this question is about, to those who work on it."""
    return f"{QUESTION}:{key}"


def application(network: str, key: int) -> str:
    """The page on which it is decided whether a library is taken into a network."""
    return reverse("office-network-application", args=[network, key])


def of_case(number: str) -> str:
    """What a notice about this case is about."""
    return f"{CASE}:{number}"


def case_page(reader: str, argument: str) -> str:
    """The page of a case, by its number or by a token, for a person who reads it as this."""
    return reverse(CASES[reader], args=[argument])


def request(about: str) -> str:
    """The number of the request that this is about, if it is about one."""
    word, _colon, ref = about.partition(":")
    return ref if word == REQUEST else ""


def updates(page: str, token: str) -> str:
    """A page of e-mail updates that lets its reader in by a signed token: "confirm", "mine",
    "leave"."""
    return reverse(f"updates-{page}", args=[token])


def today() -> str:
    return reverse(START[LIBRARY])


def library(code: str) -> str:
    return reverse(PAGES["library"][VISITOR], args=[code])


def libraries() -> str:
    return reverse("libraries")
