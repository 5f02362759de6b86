"""One case, as whoever answers it reads it, or as the desk or office that asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from postroad import reference_numbers, words
from postroad.accounts.models import User
from postroad.cases import handling, lifecycle, merging
from postroad.cases.lifecycle import Side, State, Verb
from postroad.cases.models import Application, Between, Case, CaseEvent, Kind, Message, refs
from postroad.ill.access import Sight, sight
from postroad.ill.models import Request
from postroad.web.shared.casework.forms import (
    AssignForm,
    CloseForm,
    ConfirmForm,
    MessageForm,
    PutOffForm,
)
from postroad.web.shared.casework.room import Context, Room
from postroad.web.shared.pieces import Told

LINKED = 8  # requests whose numbers stand in a case


@dataclass(frozen=True, slots=True)
class Said:
    """A message, as its reader sees it."""

    message: Message
    mine: bool  # this side's
    who: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A request of which a number was typed, or that the case is about."""

    ill: Request
    address: str
    stands: str


def said(case: Case, side: Side) -> list[Said]:
    return [
        Said(each, each.side == side, each.name_shown or str(_("(no longer kept)")))
        for each in handling.messages(case)
    ]


def context(room: Room, case: Case, side: Side, now: datetime, **typed: Any) -> Context:
    """The page; `typed` are forms that came back."""
    told, answers = said(case, side), side == Side.ANSWERER
    may = {verb.value: lifecycle.may(State(case.state), verb, side) for verb in lifecycle.TABLE}
    last = told[-1].message.pk if told else ""
    context: Context = {
        "room": room,
        "act": f"{room.name}-case-act",
        "list": room.url("cases"),
        "case": case,
        "answers": answers,
        "stands": stands(case, answers=answers),
        "said": told,
        "may": may,
        "linked": linked(room.user, case),
        "kind": str(case.get_kind_display()),
        "contact": contact(case) if answers else [],
        "form": MessageForm(initial={"seen": last}),
    }
    if answers:
        people = room.colleagues(case.thread) if may["assign"] else []
        context |= {
            "history": history(case),
            "others": handling.others_answering(case, room.user, at=now),
            "twins": merging.twins(case, now),
            "follows": case.followers.filter(user=room.user).exists(),
            "canned": room.canned().filter(removed_at=None),
            "assign": AssignForm(people=people, initial={"to": case.assigned_id}, prefix="assign"),
            "put_off": PutOffForm(prefix="off"),
            "close": CloseForm(prefix="close"),
            "confirm": confirm_form(case) if may["confirm"] else None,
            "application": application(case),
        }
    return context | typed


def stands(case: Case, *, answers: bool) -> str:
    said = words.cases.standing(case.state, to_asker=not answers)
    if case.state == State.CLOSED:
        ending = words.label(words.cases.ENDINGS, case.ending)
        return _("%(state)s: %(ending)s") % {"state": said, "ending": ending}
    return said


def confirm_form(case: Case) -> ConfirmForm | None:
    """Only of a return, and not by its reader's library."""
    if case.kind != Kind.RETURN or case.thread.between == Between.PATRON_LIBRARY:
        return None
    library = case.library.code if case.library else ""
    return ConfirmForm(initial={"library": library}, prefix="confirm")


def application(case: Case) -> str:
    """Where it is decided whether a library is taken in, of a case about that."""
    if case.kind != Kind.JOINING:
        return ""
    asked = Application.objects.select_related("network").filter(case=case).first()
    if asked is None:
        return ""
    return reverse("office-network-application", args=[asked.network.code, asked.pk])


def contact(case: Case) -> list[tuple[str, str]]:
    """Who asked and how to reach her; for whoever answers."""
    facts = [
        (_("From"), case.asker),
        (_("E-mail"), case.from_email),
        (_("Clio ID"), case.clio_id),
        (_("ILL number"), case.ill_number),
    ]
    return [(name, value) for name, value in facts if value]


def linked(user: User, case: Case) -> list[Linked]:
    """The requests of the numbers in a case, as far as this person may see them: a case gives
    nobody a right to a request."""
    about = case.mentions.exclude(about="").values_list("about", flat=True)
    found = dict.fromkeys(refs([case.about, *about]))
    if not found:
        return []
    ills = (
        Request.objects.shown()
        .filter(ref__in=list(found)[:LINKED])
        .prefetch_related("supplies__lender")
        .order_by("-asked_at", "-pk")
    )
    seen = ((ill, sight(user, ill)) for ill in ills)
    return [
        Linked(ill, address_of(ill, how), words.label(words.ill.STATES, ill.state))
        for ill, how in seen
        if how is not None and how is not Sight.PATRON
    ]


def address_of(ill: Request, how: Sight) -> str:
    name = "office-centre-request" if how is Sight.CENTRE else "staff-request"
    return reverse(name, args=[ill.ref])


def history(case: Case) -> list[Told]:
    """What happened besides what was written, newest first; for whoever answers."""
    events = case.events.exclude(verb__in=(Verb.ANSWER, Verb.REPLY)).order_by("-at", "-pk")
    return [told(event) for event in events]


def told(event: CaseEvent) -> Told:
    facts = event.facts
    sentence, note = words.label(words.cases.VERBS, event.verb), str(facts.get("why", ""))
    match event.verb:
        case Verb.PUT_OFF if facts.get("until"):
            sentence = _("Put off until %(day)s.") % {"day": words.day(facts["until"])}
        case Verb.ASSIGN if "to" in facts:
            to = facts["to"]
            sentence = _("Assigned to %(who)s.") % {"who": to} if to else _("Assigned to nobody.")
        case Verb.CLOSE if facts.get("ending"):
            ending = words.label(words.cases.ENDINGS, facts["ending"])
            sentence = _("Closed: %(ending)s.") % {"ending": ending}
        case Verb.MERGE if facts.get("into"):
            into = reference_numbers.grouped(facts["into"])
            sentence = _("Merged with case %(into)s.") % {"into": into}
        case Verb.CONFIRM if facts.get("library"):
            yes = (
                _("%(library)s accepts returns.")
                if facts["accepts"]
                else _("%(library)s does not accept returns now.")
            )
            sentence = yes % {"library": facts["library"]}
    return Told(sentence, event.at, event.name, note)
