"""What may happen to a request, by name; what each does stands in `verbs`."""

from enum import StrEnum


class Verb(StrEnum):
    """What happened, as events keep it."""

    # to the wish
    ASK = "ask"
    REVIEW = "review"
    AMEND = "amend"  # the need-by day, the pick-up library, what else would do or a note
    MATCH = "match"  # a blank request, to the record that lists it
    UNMATCH = "unmatch"  # it was another thing after all
    APPROVE = "approve"
    REFER = "refer"
    ESCALATE = "escalate"
    REFER_OUTSIDE = "refer_outside"
    REFER_AGAIN = "refer_again"
    CANCEL = "cancel"
    DECLINE = "decline"
    EXPIRE = "expire"
    REMIND = "remind"
    WAIT = "wait"  # until a lender can send it that said "later"
    # to an attempt
    PROMISE = "promise"
    OFFER = "offer"  # yes, on conditions
    CHANGE_OFFER = "change_offer"
    ACCEPT_OFFER = "accept_offer"
    DECLINE_OFFER = "decline_offer"  # by the borrower, or by its silence
    RETRY = "retry"  # not now: after a day that the lender names
    NOT_FOUND = "not_found"  # this copy; another of the lender's is in
    FIND = "find"  # the copy stands on its shelf after all
    REFUSE = "refuse"
    LAPSE = "lapse"
    RESUME = "resume"  # by one that had let it go
    WITHDRAW = "withdraw"  # for the sake of `resume`
    REMIND_LENDER = "remind_lender"  # one outside; a member's silence lapses
    # to a thing
    SHIP = "ship"
    SHIP_LATE = "ship_late"  # by a lender whose attempt had ended
    ENTER = "enter"  # a loan that was made without us, after the fact
    UNDO_ENTER = "undo_enter"  # there was no such loan
    UNDO_SHIP = "undo_ship"
    STAY_HOME = "stay_home"  # back at its lender, while something else is out for the same wish
    COME_BACK = "come_back"
    MORE_TO_SEND = "more_to_send"  # how many things will follow what is out
    COUNT_PIECES = "count_pieces"  # of one thing: a book and its discs
    NOT_WANTED = "not_wanted"  # by the patron, once it is under way or on the hold shelf
    WANTED = "wanted"  # she wants it all the same
    REROUTE = "reroute"  # to another pick-up library, while it travels
    RECEIVE = "receive"
    UNDO_RECEIVE = "undo_receive"
    CHECK_OUT = "check_out"  # to the patron
    UNDO_CHECK_OUT = "undo_check_out"
    POSTPONE = "postpone"  # its due day has become a closed day
    HOLD_LONGER = "hold_longer"  # a closure falls into its time on the hold shelf
    RENEW = "renew"
    REFUSE_RENEWAL = "refuse_renewal"
    CHANGE_DUE = "change_due"  # by the lender: longer unasked, or recalled
    RETURN = "return"  # by the patron
    UNDO_RETURN = "undo_return"
    SHIP_RETURN = "ship_return"
    UNDO_SHIP_RETURN = "undo_ship_return"
    CHECK_IN = "check_in"  # by the lender
    CHECK_IN_OPEN = "check_in_open"  # the same, where it still has something to send for it
    UNDO_CHECK_IN = "undo_check_in"
    REMIND_LOAN = "remind_loan"
    WRITE_OFF = "write_off"  # the lender gives it up
    UNDO_WRITE_OFF = "undo_write_off"
    RECOVER = "recover"  # it has turned up
    # to a copy
    DELIVER = "deliver"
    UNDO_DELIVER = "undo_deliver"  # it was not hers, or not this
    DELIVER_AGAIN = "deliver_again"  # another file in its place, unasked
    REJECT_COPY = "reject_copy"  # by its reader or her library: the lender sends it once more
    UNDO_REJECT_COPY = "undo_reject_copy"
    HAND_OVER = "hand_over"  # her library's staff open it, to give it to her on paper
    FINISH = "finish"  # nobody complained
    CHANGE_SERVICE = "change_service"  # a copy instead of a loan, or the reverse
    CHOOSE_COPYRIGHT = "choose_copyright"  # what is done about a copy beyond the free ones
    # to a question between two sides (questions.py)
    ASK_QUESTION = "ask_question"
    ANSWER = "answer"
    WITHDRAW_QUESTION = "withdraw_question"
    REMIND_QUESTION = "remind_question"
    # to money that is owed for a thing
    CHARGE = "charge"
    SETTLE_CHARGE = "settle_charge"  # paid, waived or given back
    # to the record of it
    FORGET = "forget"
    ASSIGN = "assign"  # who of the center looks after it
    UNASSIGN = "unassign"
    CORRECT = "correct"  # which outside lender was asked, and how
    NUMBER_ENTERED = "number_entered"
    NUMBER_CORRECTED = "number_corrected"
    NUMBER_TAKEN_OFF = "number_taken_off"
    NUMBER_PUT_BACK = "number_put_back"
