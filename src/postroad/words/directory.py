"""The words of libraries, their closures and the thresholds."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy, ngettext

from postroad.directory import recurrence, thresholds
from postroad.words.labels import Words

REFUSALS: Words = {
    "closure-not-ended": gettext_lazy(
        "This closure has not been ended, so there is nothing to put back. Nothing was changed."
    ),
    "closure-over": gettext_lazy(
        "The days of this closure are over already. They stay on record. Nothing was changed."
    ),
    "ends-before-it-starts": gettext_lazy(
        "The last day is before the first day. Nothing was saved: enter the days again."
    ),
    "calendar-unreadable": gettext_lazy(
        "This is no calendar file that can be read here, or it is too large. Export it from your "
        "calendar program as .ics, only the closures. Nothing was changed."
    ),
    "link-unknown": gettext_lazy(
        "This is no link of ours, or a part of it is missing. Open it from the mail once more, or "
        "copy all of it. Nothing was recorded."
    ),
    "link-too-old": gettext_lazy(
        "The days of this link are over: it worked for %(days)s days. Nothing was recorded. Sign "
        "in, or call the center."
    ),
    "suggestion-decided": gettext_lazy(
        "Somebody has decided this just before you. Nothing more was changed."
    ),
    "link-used": gettext_lazy(
        "This link has been used already, and works once. What was said with it is recorded."
    ),
    "symbol-taken": gettext_lazy(
        "%(symbol)s is the symbol of %(library)s. Check it, or leave it empty. Nothing was changed."
    ),
    "library-code-taken": gettext_lazy(
        "Another library has the code %(library)s, maybe one that no longer takes part. Choose "
        "another code. Nothing was changed."
    ),
    "agreed-already": gettext_lazy(
        "“%(name)s” begins on %(day)s between the same two sides already. Choose another day, or "
        "take that one back if it has not begun. Nothing was changed."
    ),
    "agreement-has-begun": gettext_lazy(
        "It has held since %(day)s, so it stays in the history. Enter what holds from a later day "
        "on. Nothing was changed."
    ),
    "agreement-has-numbers": gettext_lazy(
        "Numbers of days are entered under “%(name)s”. Take those back first, under Thresholds. "
        "Nothing was changed."
    ),
    "threshold-entered-already": gettext_lazy(
        "%(days)s is entered from %(day)s on already. Choose another day, or take that one back "
        "if it has not begun. Nothing was changed."
    ),
    "threshold-has-begun": gettext_lazy(
        "It has held since %(day)s, so it stays in the history. Enter another number from a later "
        "day on. Nothing was changed."
    ),
    "network-changed-since": gettext_lazy(
        "This was changed again since, so it was not put back. Put back the later change first. "
        "Nothing was changed."
    ),
    "network-undone-already": gettext_lazy("This was put back already. Nothing was changed."),
    "network-rules-hold-already": gettext_lazy(
        "Rules that begin on %(day)s are entered already. Take those back first, or choose "
        "another day. Nothing was changed."
    ),
    "network-rules-have-begun": gettext_lazy(
        "These rules have held since %(day)s, so they stay in the history. Enter others from a "
        "later day. Nothing was changed."
    ),
    "network-rules-nothing-before": gettext_lazy(
        "There are no rules to go back from. Nothing was changed."
    ),
}

# What each threshold counts, for a heading. The days follow.
# Why the days on which an event of a calendar file repeats are not worked out.
RECURRENCE: Words = {
    recurrence.Why.TOO_OFTEN: gettext_lazy(
        "it repeats within a day, and a closure lasts whole days."
    ),
    recurrence.Why.NOT_KNOWN: gettext_lazy("we cannot read the rule by which it repeats."),
    recurrence.Why.TOO_FAR: gettext_lazy(
        "it would take too long to work out; give it a beginning near today."
    ),
}
THRESHOLDS: Words = {
    "courier-late": gettext_lazy("Late by delivery after"),
    "mail-late": gettext_lazy("Late by mail after"),
    "centre-answer": gettext_lazy("The ILL center answers within"),
    "staff-answer": gettext_lazy("Your library's staff answer within"),
    "conditional-answer": gettext_lazy("A lender’s conditions are accepted or declined within"),
    "desk-answer": gettext_lazy("A question of another library is answered within"),
    "patron-answer": gettext_lazy("A reader is reminded of a question after"),
    "search": gettext_lazy("Who looks for an item is reminded after"),
    "look-again": gettext_lazy("A library that did not find an item is asked again after"),
    "claim-from": gettext_lazy("A lost item may be claimed from the carrier after"),
    "claim-until": gettext_lazy("An item may be claimed from the carrier until"),
    "claim-cap": gettext_lazy("The carrier pays for one item at most"),
    "desk": gettext_lazy("A returned item is sent home within"),
    "closure-patience": gettext_lazy("A request waits for a closed library for"),
    "overdue-repeat": gettext_lazy("Reminders of an overdue item come every"),
    "overdue-desk": gettext_lazy("The desk talks to the reader when overdue for"),
    "way-home": gettext_lazy("Due at the borrower before it is due at its lender, by"),
    "overdue-lender": gettext_lazy("Settled with the lender when overdue for"),
    "due-soon": gettext_lazy("Reminder before the due date"),
    "status-ask": gettext_lazy("A library that says nothing is asked how it stands after"),
    "status-stale": gettext_lazy("A library's word counts as not confirmed after"),
    "status-evidence": gettext_lazy("What a library's website said counts for"),
    "status-link": gettext_lazy("The link in a mail works for"),
    "answer-link": gettext_lazy("The link by which a request is answered works after its end for"),
    "pause-after": gettext_lazy("A pause is suggested after, left unanswered,"),
    "forget-after-loan": gettext_lazy("The reader's name is kept after a loan for"),
    "forget-after-unfilled": gettext_lazy(
        "The reader's name is kept after an unfilled request for"
    ),
    "acknowledge": gettext_lazy("Staff are reminded to acknowledge a notice after"),
    "resource-ends": gettext_lazy("Libraries are warned of a licensed resource’s end before it by"),
    "resource-ends-soon": gettext_lazy("Libraries are warned once more of that end before it by"),
    "bounces": gettext_lazy("An address is written to no more after"),
    "updates-weekday": gettext_lazy("Weekly updates go out on"),
    "case-new": gettext_lazy("A new question waits for its first answer at most"),
    "case-ours": gettext_lazy("An answer to a question waits at most"),
    "case-theirs": gettext_lazy("A question is closed when its asker is silent for"),
    "copy-days": gettext_lazy("A delivered copy may be opened for"),
    "copy-views": gettext_lazy("A delivered copy may be opened"),
    "scan-days": gettext_lazy("An uploaded scan waits to be filed for"),
    "copy-hours": gettext_lazy("A copy is sent within, counted while the lender is at work,"),
    "copy-hours-rush": gettext_lazy("The same of a copy that is needed soon"),
    "copy-hours-unverified": gettext_lazy(
        "The same of a copy of which it has to be found out who has it"
    ),
    "case-addresses": gettext_lazy("The address of who asked is kept after the end for"),
}


def amount(threshold: str, count: int) -> str:
    """A number with what it counts: "14 days"."""
    if threshold in thresholds.REQUESTS:
        return ngettext("%(n)s request", "%(n)s requests", count) % {"n": count}
    if threshold in thresholds.LETTERS:
        return ngettext("%(n)s returned letter", "%(n)s returned letters", count) % {"n": count}
    if threshold in thresholds.HOURS:
        return ngettext("%(n)s hour", "%(n)s hours", count) % {"n": count}
    if threshold in thresholds.VIEWS:
        return ngettext("%(n)s time", "%(n)s times", count) % {"n": count}
    if threshold in thresholds.MONTHS:
        return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}
    if threshold in thresholds.DOLLARS:
        return f"${count}"
    if threshold in thresholds.WEEKDAYS:
        return str(WEEKDAYS[(count - 1) % len(WEEKDAYS)])
    if threshold in thresholds.WORKING:
        return ngettext("%(n)s working day", "%(n)s working days", count) % {"n": count}
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
