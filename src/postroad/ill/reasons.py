"""Why a lender says no, or not now, as other systems say it: ISO 10161 by number, ISO 18626 by
word.

Pure, and total both ways: each of ours has a number and a word, and whatever arrives has one of
ours. What we do not know is `other`, never a more hopeful one.
"""

from collections.abc import Mapping

from postroad.ill.lifecycle.states import Later, Reason

R, L = Reason, Later

# ISO 10161, reason-unfilled. The last three are of OCLC, which sends them under these numbers.
NUMBERS: Mapping[Reason, int] = {
    R.ON_LOAN: 1,
    R.IN_PROCESS: 2,
    R.MISSING: 3,
    R.REFERENCE: 4,
    R.NOT_OWNED: 5,
    R.ON_ORDER: 6,
    R.NOT_YET_OUT: 7,
    R.BINDERY: 8,
    R.LACKS_PART: 9,
    R.NOT_ON_SHELF: 10,
    R.RESERVE: 11,
    R.CONDITION: 12,
    R.COST: 13,
    R.CHARGES: 14,
    R.PREPAYMENT: 15,
    R.COPYRIGHT: 16,
    R.NOT_AS_CITED: 17,
    R.LOCATIONS: 18,
    R.ON_HOLD: 19,
    R.POLICY: 20,
    R.DELIVERY: 23,
    R.TOO_LATE: 24,
    R.OTHER: 27,
    R.LICENCE: 20,
    R.BRANCH: 20,
    R.TECHNICAL: 2,
}
_SHARE_A_NUMBER = frozenset({R.LICENCE, R.BRANCH, R.TECHNICAL})
_OF_NUMBER = {number: of for of, number in NUMBERS.items() if of not in _SHARE_A_NUMBER}

# ISO 18626, reasonUnfilled: the default list has these six.
WORDS: Mapping[Reason, str] = {
    **dict.fromkeys(R, "NotAvailableForILL"),
    R.NOT_ON_SHELF: "NotOnShelf",
    R.MISSING: "NotOnShelf",
    R.NOT_OWNED: "NotHeld",
    R.LACKS_PART: "NotHeld",
    R.LOCATIONS: "NotHeld",
    R.REFERENCE: "NonCirculating",
    R.RESERVE: "NonCirculating",
    R.CONDITION: "PoorCondition",
    **dict.fromkeys(
        (R.POLICY, R.BRANCH, R.LICENCE, R.COPYRIGHT, R.CHARGES, R.PREPAYMENT, R.COST),
        "PolicyProblem",
    ),
}
# What arrives: those six, and the words of reasonRetry, by which others end an attempt, too.
_OF_WORD: Mapping[str, Reason] = {
    "notonshelf": R.NOT_ON_SHELF,
    "notheld": R.NOT_OWNED,
    "noncirculating": R.REFERENCE,
    "poorcondition": R.CONDITION,
    "policyproblem": R.POLICY,
    "onloan": R.ON_LOAN,
    "onorder": R.ON_ORDER,
    "atbindery": R.BINDERY,
    "notfoundascited": R.NOT_AS_CITED,
    "costexceedsmaxcost": R.COST,
    "multivolavail": R.LACKS_PART,
    "couriernotsupp": R.DELIVERY,
    "reqdelmethodnotsupp": R.DELIVERY,
    "reqdeldatenotpossible": R.TOO_LATE,
    "reqpaymethodnotsupported": R.PREPAYMENT,
}

# ISO 18626, reasonRetry, and back.
RETRY_WORDS: Mapping[Later, str] = {
    L.IN_USE: "OnLoan",
    L.ON_ORDER: "OnOrder",
    L.BINDERY: "AtBindery",
    L.CLOSED: "NotCurrentAvailableForILL",
    L.BUSY: "NotCurrentAvailableForILL",
    L.OTHER: "NotCurrentAvailableForILL",
}
_OF_RETRY_WORD: Mapping[str, Later] = {
    "onloan": L.IN_USE,
    "onorder": L.ON_ORDER,
    "atbindery": L.BINDERY,
}

# The likeliest first, as one lender counted them over a year.
LIKELY = (
    *(R.NOT_ON_SHELF, R.ON_LOAN, R.LACKS_PART, R.RESERVE, R.NOT_AS_CITED),
    *(R.REFERENCE, R.BINDERY, R.MISSING),
)
IN_ORDER = (*LIKELY, *(reason for reason in R if reason not in (*LIKELY, R.OTHER)), R.OTHER)


def number(reason: Reason) -> int:
    """The number of ISO 10161 that says it, or most nearly."""
    return NUMBERS[reason]


def of_number(number: int) -> Reason:
    return _OF_NUMBER.get(number, R.OTHER)


def word(reason: Reason) -> str:
    """The word of ISO 18626 that says it, or most nearly."""
    return WORDS[reason]


def of_word(word: str) -> Reason:
    """However it is spelled: some write capitals or blanks of their own."""
    return _OF_WORD.get(_plain(word), R.OTHER)


def retry_word(reason: Later) -> str:
    return RETRY_WORDS[reason]


def of_retry_word(word: str) -> Later:
    return _OF_RETRY_WORD.get(_plain(word), L.OTHER)


def _plain(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())
