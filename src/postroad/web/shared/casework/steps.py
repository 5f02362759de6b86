"""What is done with a case, each at an address of its own: answer, assign, put off, close ..."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import reference_numbers, words
from postroad.cases import handling, lifecycle, merging, returns
from postroad.cases.handling import WrittenMeanwhile
from postroad.cases.lifecycle import Ending, OutOfTurn, Side, State, Verb
from postroad.cases.models import Case
from postroad.web.shared.casework import page
from postroad.web.shared.casework.forms import (
    AssignForm,
    CloseForm,
    ConfirmForm,
    MessageForm,
    PutOffForm,
)
from postroad.web.shared.casework.room import Room
from postroad.web.shared.gates import SignedIn

TEMPLATE = "shared/cases/case.html"


def show(
    request: SignedIn, room: Room, case: Case, side: Side, status: int = 200, **typed: object
) -> HttpResponse:
    now = timezone.now()
    shown = page.context(room, case, side, now, **typed)
    if request.method == "GET":
        handling.saw(case, room.user, at=now)
    return render(request, TEMPLATE, shown, status=status)


def act(request: SignedIn, room: Room, number: str, step: str) -> HttpResponse:
    """One of the steps; opened as a page, only an answer has one."""
    if step not in STEPS:
        raise Http404
    case, side = room.case(number)
    if request.method != "POST":
        if step == "answer" and lifecycle.may(State(case.state), Verb.ANSWER, side):
            handling.begin_answering(case, room.user, at=timezone.now())
            return show(request, room, case, side, writing=True)
        return redirect(room.url("case", case.number))
    verb = OF_ONE_SIDE.get(step)
    if verb is not None and side not in lifecycle.TABLE[verb].sides:
        raise OutOfTurn(case=case.number, verb=str(verb), side=str(side))
    return STEPS[step](request, room, case, side)


def back(room: Room, case: Case) -> HttpResponse:
    return redirect(room.url("case", case.number))


def answer(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    """Either side writes; a ready text is put behind what was typed, and sent by no mistake."""
    if "canned" in request.POST:
        return insert(request, room, case, side)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return show(request, room, case, side, 422, form=form, writing=True)
    given = form.cleaned_data
    try:
        if side == Side.ANSWERER:
            closes = Ending.ANSWERED if "close" in request.POST else None
            handling.answer(
                case,
                given["text"],
                by=room.user,
                name=room.signs_as,
                closes=closes,
                seen=given["seen"],
                key=given["key"],
            )
        else:
            handling.reply(
                case,
                given["text"],
                by=room.user,
                name=room.signs_as,
                seen=given["seen"],
                key=given["key"],
            )
    except WrittenMeanwhile as no:
        messages.warning(request, words.refusal(no))
        again = MessageForm(
            initial={"text": given["text"], "key": given["key"], "seen": last(case)}
        )
        return show(request, room, case, side, 409, form=again, writing=True)
    messages.success(request, _("Sent."))
    return back(room, case)


def insert(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    chosen = request.POST["canned"]
    ready = room.canned().filter(removed_at=None)
    text = ready.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 18 else None
    typed = request.POST.get("text", "").rstrip()
    whole = "\n\n".join(part for part in (typed, text.text if text else "") if part)
    again = MessageForm(
        initial={
            "text": whole,
            "key": request.POST.get("key", ""),
            "seen": request.POST.get("seen", ""),
        }
    )
    return show(request, room, case, side, form=again, writing=True)


def last(case: Case) -> int | None:
    newest = handling.messages(case).last()
    return newest.pk if newest else None


def assign(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    data = request.POST
    if "me" in data:
        handling.assign(case, room.user, by=room.user, name=room.signs_as)
        return back(room, case)
    form = AssignForm(data, people=room.colleagues(case.thread), prefix="assign")
    if not form.is_valid():
        return show(request, room, case, side, 422, assign=form)
    handling.assign(case, form.cleaned_data["to"], by=room.user, name=room.signs_as)
    messages.success(request, _("Assigned."))
    return back(room, case)


def put_off(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    form = PutOffForm(request.POST, prefix="off")
    if not form.is_valid():
        return show(request, room, case, side, 422, put_off=form)
    until = form.cleaned_data["until"]
    handling.put_off(case, until, by=room.user, name=room.signs_as, why=form.cleaned_data["why"])
    messages.success(request, _("Put off. It comes back on %(day)s.") % {"day": words.day(until)})
    return back(room, case)


def close(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    form = CloseForm(request.POST, prefix="close")
    if side == Side.ANSWERER and not form.is_valid():
        return show(request, room, case, side, 422, close=form)
    ending = Ending(form.cleaned_data["ending"]) if side == Side.ANSWERER else Ending.WITHDRAWN
    handling.close(case, ending, by=room.user, name=room.signs_as, side=side)
    messages.success(request, _("Closed. It can be reopened here."))
    return back(room, case)


def reopen(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    handling.reopen(case, by=room.user, name=room.signs_as)
    messages.success(request, _("It is open again."))
    return back(room, case)


def follow(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    if side == Side.ANSWERER:
        handling.follow(case, room.user, follows="stop" not in request.POST)
    return back(room, case)


def merge(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    """Two cases of the same two become one: asked first, and `reopen` undoes it."""
    into, other_side = room.case(request.POST.get("into", ""))
    if other_side != side:
        raise Http404
    if "sure" not in request.POST:
        facts = {
            "one": reference_numbers.grouped(case.number),
            "other": reference_numbers.grouped(into.number),
        }
        return render(
            request,
            "shared/sure.html",
            {
                "title": _("Merge case %(one)s with %(other)s?") % facts,
                "happens": _(
                    "Their messages stand together in %(other)s, and %(one)s is closed. Whoever "
                    "asked is not told. You can take them apart again."
                )
                % facts,
                "verb": _("Merge them"),
                "fields": {"into": into.number},
                "back": room.url("case", case.number),
            },
        )
    merging.merge(case, into, by=room.user, name=room.signs_as)
    messages.success(request, _("Merged. To take them apart, reopen the closed one."))
    return back(room, into)


def confirm(request: SignedIn, room: Room, case: Case, side: Side) -> HttpResponse:
    """The owner said whether it takes returns (R3)."""
    form = ConfirmForm(request.POST, prefix="confirm")
    if page.confirm_form(case) is None:
        raise Http404
    if not form.is_valid():
        return show(request, room, case, side, 422, confirm=form)
    given = form.cleaned_data
    library, accepts = given["library"], given["accepts"] == "yes"
    returns.confirm(case, library, accepts, by=room.user, name=room.signs_as, note=given["note"])
    messages.success(
        request,
        _("Recorded on the page of %(library)s, and the case is closed.")
        % {"library": library.name},
    )
    return back(room, case)


# What both sides may do says itself as which of them; of the others the table of verbs says whose
# they are.
OF_ONE_SIDE: Mapping[str, Verb] = {
    "assign": Verb.ASSIGN,
    "put-off": Verb.PUT_OFF,
    "reopen": Verb.REOPEN,
    "merge": Verb.MERGE,
    "confirm": Verb.CONFIRM,
}
Step = Callable[[SignedIn, Room, Case, Side], HttpResponse]
STEPS: Mapping[str, Step] = {
    "answer": answer,
    "assign": assign,
    "put-off": put_off,
    "close": close,
    "reopen": reopen,
    "follow": follow,
    "merge": merge,
    "confirm": confirm,
}
