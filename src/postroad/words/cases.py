"""The words of a case: where it stands, what happened in it, how it ended."""

from django.utils.translation import gettext_lazy

from postroad.cases.lifecycle import Ending, State, Verb
from postroad.words.labels import Words, label

REFUSALS: Words = {
    "no-such-case": gettext_lazy("There is no such case."),
    "case-out-of-turn": gettext_lazy(
        "Case %(case)s has moved on in the meantime, so this no longer fits. Nothing was "
        "changed. Look at where it stands now."
    ),
    "case-moved": gettext_lazy(
        "Somebody else has just changed case %(case)s. What you sent was not saved: look at the "
        "case, and send it again if it is still right."
    ),
    "case-nothing-written": gettext_lazy("Nothing was written. Write a message first."),
    "case-number-wanted": gettext_lazy(
        "To ask whether a return is accepted, give the Clio ID or the ILL number of the loan, and "
        "both if you know them. Nothing was sent yet."
    ),
    "case-day-passed": gettext_lazy(
        "A case is put off until a day after today. Nothing was changed: choose another day."
    ),
    "case-other-parties": gettext_lazy(
        "These two cases are of different people, so they cannot be merged: nobody may read "
        "another's words. Nothing was changed."
    ),
    "case-not-theirs": gettext_lazy(
        "%(who)s does not work where this case is answered. Nothing was changed."
    ),
    "case-written-meanwhile": gettext_lazy(
        "Something was written in case %(case)s while you were writing. Your answer was not "
        "sent yet: read the new message, then send it or change it."
    ),
    "case-nothing-to-confirm": gettext_lazy(
        "Whether a library accepts returns is said in a case about a return, by an office or by "
        "that library itself. Nothing was changed."
    ),
    "network-takes-no-applications": gettext_lazy(
        "%(network)s takes no applications here just now. Nothing was sent."
    ),
    "application-decided-already": gettext_lazy(
        "Somebody decided about %(name)s meanwhile. Look at the decision first. Nothing was "
        "changed."
    ),
    "application-not-decided": gettext_lazy("Nothing was decided yet. Nothing was changed."),
    "application-reason-wanted": gettext_lazy("Write why: they read it. Nothing was changed."),
    "application-of-a-known-library": gettext_lazy(
        "%(library)s is known here already, and anybody may have sent this form. The ILL center "
        "asks that library and takes it in. Nothing was changed."
    ),
    "application-of-another-network": gettext_lazy(
        "%(library)s belongs to another network. Change that in its record first. Nothing was "
        "changed."
    ),
}

# Where a case stands, as whoever answers reads it.
STATES: Words = {
    State.NEW: gettext_lazy("new, not answered yet"),
    State.OURS: gettext_lazy("waiting for us"),
    State.THEIRS: gettext_lazy("waiting for the asker"),
    State.PUT_OFF: gettext_lazy("put off"),
    State.CLOSED: gettext_lazy("closed"),
}

# The same, as the asker reads it.
ASKED_STATES: Words = {
    State.NEW: gettext_lazy("sent, not answered yet"),
    State.OURS: gettext_lazy("sent, not answered yet"),
    State.THEIRS: gettext_lazy("answered"),
    State.PUT_OFF: gettext_lazy("being worked on"),
    State.CLOSED: gettext_lazy("closed"),
}

ENDINGS: Words = {
    Ending.ANSWERED: gettext_lazy("answered"),
    Ending.SETTLED: gettext_lazy("settled"),
    Ending.CONFIRMED: gettext_lazy("the library has said whether it accepts returns"),
    Ending.NOTHING: gettext_lazy("nothing more can be done"),
    Ending.WITHDRAWN: gettext_lazy("nothing more is needed"),
    Ending.NOT_FOR_US: gettext_lazy("not for us"),
    Ending.NO_REPLY: gettext_lazy("no reply came"),
    Ending.MERGED: gettext_lazy("merged with another case"),
}

VERBS: Words = {
    Verb.ASK: gettext_lazy("The case was opened."),
    Verb.ANSWER: gettext_lazy("It was answered."),
    Verb.REPLY: gettext_lazy("The asker wrote again."),
    Verb.PUT_OFF: gettext_lazy("It was put off."),
    Verb.ASSIGN: gettext_lazy("It was assigned."),
    Verb.CLOSE: gettext_lazy("It was closed."),
    Verb.CONFIRM: gettext_lazy("The library said whether it accepts returns."),
    Verb.REOPEN: gettext_lazy("It was reopened."),
    Verb.MERGE: gettext_lazy("It was merged with another case."),
    Verb.UNMERGE: gettext_lazy("It was taken apart from the other case again."),
    Verb.WAKE: gettext_lazy("Its day came."),
    Verb.REMIND: gettext_lazy("A reminder was sent."),
    Verb.LAPSE: gettext_lazy("It was closed because no reply came."),
}


def standing(state: str, *, to_asker: bool) -> str:
    """Where a case stands, for whoever asked or for whoever answers."""
    return label(ASKED_STATES if to_asker else STATES, state)
