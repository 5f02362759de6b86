"""The words of a question between two sides: what is asked, and what may be answered."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.ill.lifecycle import Owner, Verb
from postroad.ill.lifecycle.questions import Answer, QuestionKind
from postroad.ill.models import ChargeKind, ChargeState
from postroad.words.ill import NO_RENEWAL, OWNERS
from postroad.words.labels import Words, day, label

# What the question is called, in a list and over its page
KINDS: Words = {
    QuestionKind.RENEWAL: gettext_lazy("Renewal asked"),
    QuestionKind.RECALL: gettext_lazy("Recalled by its library"),
    QuestionKind.WRONG_ITEM: gettext_lazy("Wrong item sent"),
    QuestionKind.SECOND_COPY: gettext_lazy("A second copy came"),
    QuestionKind.MISSING_PARTS: gettext_lazy("Parts are missing"),
    QuestionKind.DAMAGED: gettext_lazy("Damaged"),
    QuestionKind.NOT_RECEIVED: gettext_lazy("Has not arrived"),
    QuestionKind.LOST: gettext_lazy("Reported lost"),
    QuestionKind.CLAIMED_RETURNED: gettext_lazy("Patron says it was returned"),
    QuestionKind.BLOCKED: gettext_lazy("Patron’s card is blocked"),
    QuestionKind.HOLD: gettext_lazy("Held for a person to look at"),
    QuestionKind.ASK_PATRON: gettext_lazy("Question to the patron"),
}

# The same, as its patron reads it, of those that are hers to read
KINDS_FOR_PATRON: Words = {
    **KINDS,
    QuestionKind.RENEWAL: gettext_lazy("You asked to keep it longer"),
    QuestionKind.RECALL: gettext_lazy("Its library needs it back"),
    QuestionKind.LOST: gettext_lazy("It cannot be found"),
    QuestionKind.CLAIMED_RETURNED: gettext_lazy("You brought it back"),
    QuestionKind.BLOCKED: gettext_lazy("Your card is blocked"),
    QuestionKind.ASK_PATRON: gettext_lazy("A question from your library"),
}

# What is asked of whoever answers
ASKS: Words = {
    QuestionKind.RENEWAL: gettext_lazy("May it be kept longer?"),
    QuestionKind.RECALL: gettext_lazy("Its library needs it back. Send it home by this day."),
    QuestionKind.WRONG_ITEM: gettext_lazy(
        "This is not what was asked for. What should happen now?"
    ),
    QuestionKind.SECOND_COPY: gettext_lazy("Another copy of the same title is here already."),
    QuestionKind.MISSING_PARTS: gettext_lazy(
        "Something that belongs to it is not here. Do you have it?"
    ),
    QuestionKind.DAMAGED: gettext_lazy("It is damaged. Is it fine as it is, or is there a charge?"),
    QuestionKind.NOT_RECEIVED: gettext_lazy(
        "It should have arrived. Please look whether it is with you."
    ),
    QuestionKind.LOST: gettext_lazy("It is reported lost. Close the loan as lost, or wait?"),
    QuestionKind.CLAIMED_RETURNED: gettext_lazy(
        "The patron says it was returned. Look on your shelves."
    ),
    QuestionKind.BLOCKED: gettext_lazy("The card was blocked after the request was made."),
    QuestionKind.HOLD: gettext_lazy("It goes on when somebody has looked at it."),
    QuestionKind.ASK_PATRON: gettext_lazy("Your library has a question about your request."),
}

# What becomes of it, as its patron reads it, who does not answer these
ASKS_FOR_PATRON: Words = {
    **ASKS,
    QuestionKind.RENEWAL: gettext_lazy("The library that owns it says whether you may keep it."),
    QuestionKind.RECALL: gettext_lazy("Please bring it back before this day."),
    QuestionKind.LOST: gettext_lazy(
        "The library that owns it decides whether to wait for it or to call it lost."
    ),
    QuestionKind.CLAIMED_RETURNED: gettext_lazy("Your library looks for it on its shelves."),
    QuestionKind.BLOCKED: gettext_lazy("Your library decides whether you can have it."),
    QuestionKind.HOLD: gettext_lazy("Somebody looks at it before any library is asked."),
}

ANSWERS: Words = {
    Answer.GRANT: gettext_lazy("Renew"),
    Answer.DENY: gettext_lazy("Do not renew"),
    Answer.RELEASE: gettext_lazy("No longer needed"),
    Answer.SEND_AGAIN: gettext_lazy("Send the right one"),
    Answer.KEEP: gettext_lazy("Keep it for the patron"),
    Answer.NO_MORE: gettext_lazy("Send it home; no other will come"),
    Answer.FOUND: gettext_lazy("Found"),
    Answer.ACCEPT: gettext_lazy("Fine as it is"),
    Answer.CHARGE: gettext_lazy("There is a charge"),
    Answer.NOT_HERE: gettext_lazy("Not here"),
    Answer.WRITE_OFF: gettext_lazy("Close the loan as lost"),
    Answer.WAIT: gettext_lazy("Wait"),
    Answer.NOT_FOUND: gettext_lazy("Not found"),
    Answer.UNBLOCK: gettext_lazy("Lend it all the same"),
    Answer.ANSWERED: gettext_lazy("Answer"),
}

# What the button says by which it is asked
OPENS: Words = {
    QuestionKind.RENEWAL: gettext_lazy("Ask to keep it longer"),
    QuestionKind.RECALL: gettext_lazy("Ask for it back early"),
    QuestionKind.WRONG_ITEM: gettext_lazy("The wrong item came"),
    QuestionKind.SECOND_COPY: gettext_lazy("A second copy came"),
    QuestionKind.MISSING_PARTS: gettext_lazy("Parts are missing"),
    QuestionKind.DAMAGED: gettext_lazy("It is damaged"),
    QuestionKind.NOT_RECEIVED: gettext_lazy("It has not arrived"),
    QuestionKind.LOST: gettext_lazy("Report it lost"),
    QuestionKind.CLAIMED_RETURNED: gettext_lazy("The patron says it was returned"),
    QuestionKind.BLOCKED: gettext_lazy("The card is blocked"),
    QuestionKind.HOLD: gettext_lazy("Hold it for a person to look at"),
    QuestionKind.ASK_PATRON: gettext_lazy("Ask the patron"),
}
OPENS_FOR_PATRON: Words = {
    **OPENS,
    QuestionKind.LOST: gettext_lazy("I cannot find it"),
    QuestionKind.CLAIMED_RETURNED: gettext_lazy("I brought it back already"),
}

# What follows when it is asked
HAPPENS: Words = {
    QuestionKind.RENEWAL: gettext_lazy(
        "The library that owns it decides. Until it answers, the due date stays."
    ),
    QuestionKind.RECALL: gettext_lazy(
        "The borrowing library is asked to send it home by this day. It cannot be renewed "
        "meanwhile."
    ),
    QuestionKind.WRONG_ITEM: gettext_lazy(
        "Its library says what to do. Until then it is not lent to the patron."
    ),
    QuestionKind.SECOND_COPY: gettext_lazy("Until you decide, it is not lent to the patron."),
    QuestionKind.MISSING_PARTS: gettext_lazy("The other library is asked whether it has them."),
    QuestionKind.DAMAGED: gettext_lazy("Its library says whether there is a charge."),
    QuestionKind.NOT_RECEIVED: gettext_lazy("The other library is asked to look for it."),
    QuestionKind.LOST: gettext_lazy(
        "Its library decides whether to wait or to close the loan as lost. Until then it cannot "
        "be renewed. If it turns up, bring it back as usual."
    ),
    QuestionKind.CLAIMED_RETURNED: gettext_lazy(
        "Staff look for it on the shelves. Until then it cannot be renewed."
    ),
    QuestionKind.BLOCKED: gettext_lazy("Until you decide, it is not lent to the patron."),
    QuestionKind.HOLD: gettext_lazy("No library is asked until somebody has released it."),
    QuestionKind.ASK_PATRON: gettext_lazy("The patron reads this exactly as you write it."),
}

# What the day in it is
DAYS: Words = {
    QuestionKind.RENEWAL: gettext_lazy("Wished until"),
    QuestionKind.RECALL: gettext_lazy("Needed back by"),
    QuestionKind.LOST: gettext_lazy("Waiting until"),
}

# How it ended, where no answer did
ENDED_OTHERWISE: Words = {Verb.WITHDRAW_QUESTION: gettext_lazy("Withdrawn")}

# What one library owes another
CHARGES: Words = {ChargeKind(code): name for code, name in ChargeKind.choices}
# The button that makes it so
BECOMES: Words = {
    ChargeState.OWED: gettext_lazy("It is owed after all"),
    ChargeState.PAID: gettext_lazy("It was paid"),
    ChargeState.WAIVED: gettext_lazy("Waive it"),
    ChargeState.REFUNDED: gettext_lazy("It was given back"),
}
CHARGE_STATES: Words = {ChargeState(code): name for code, name in ChargeState.choices}


# Why a lender renews no longer, as it may say by hand and the reader hears
NOT_RENEWED: Words = {
    code: NO_RENEWAL[code]
    for code in ("needed-back", "others-wait", "no-more", "never", "lender-said-no")
}


def opens(side: str) -> Words:
    """The words of a button for this side."""
    return OPENS_FOR_PATRON if side == Owner.PATRON else OPENS


def kind(code: str, *, hers: bool = False) -> str:
    """What it is called, for her or for all others."""
    return label(KINDS_FOR_PATRON if hers else KINDS, code)


def asks(kind: str, owner: str, *, hers: bool = False) -> str:
    """What is asked of whoever's turn it is. The center has no shelf on which it could look."""
    if hers:
        return label(ASKS_FOR_PATRON, kind)
    if kind == QuestionKind.NOT_RECEIVED and owner == Owner.CENTRE:
        return _("It should have arrived. Please ask its lender whether it is there.")
    return label(ASKS, kind)


def answer(code: str, *, lends: bool) -> str:
    """The words of its button: who borrows knows no charge, but may ask for one."""
    if code == Answer.CHARGE and not lends:
        return _("We do not have it; charge us")
    return label(ANSWERS, code)


def ended(answer: str) -> str:
    """How a question ended: by an answer, withdrawn, or by what happened to the loan."""
    if answer in ANSWERS:
        return _("Answered: %(answer)s") % {"answer": ANSWERS[answer]}
    return label(ENDED_OTHERWISE, answer) if answer in ENDED_OTHERWISE else _("Settled")


def answered_with(kind: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was said with an answer, each by its name: until when it was renewed, why not, and the
    amount of a charge."""
    said = []
    if until := facts.get("due_back"):
        said.append((_("Renewed until"), day(until)))
    if kind == QuestionKind.RENEWAL and (why := facts.get("reason")):
        said.append((_("Reason"), label(NO_RENEWAL, str(why))))
    if cost := facts.get("cost"):
        said.append((_("Charge"), f"{cost} USD"))
    return said


def said(facts: Mapping[str, Any], *, hers: bool = False) -> dict[str, str]:
    """The facts of an event about a question, or about a charge, in words."""
    code = str(facts["kind"])
    if "amount" in facts:
        return {
            "charge": label(CHARGES, code),
            "settled": label(CHARGE_STATES, str(facts.get("state", ""))),
        }
    named, answer = kind(code, hers=hers), str(facts.get("answer", ""))
    if turn := str(facts.get("turn", "")):  # several are asked the same at once
        named = _("%(kind)s, asked of %(who)s") % {"kind": named, "who": label(OWNERS, turn)}
    return {"kind": named, "answer": label(ANSWERS, answer)}
