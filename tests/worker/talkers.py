"""Desks that ask, answer, withdraw and charge without end, as a process: a test kills it."""

import random
import sys
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import django


def main(seed: str) -> None:
    django.setup()
    print("working", seed, flush=True)
    chance = random.Random(int(seed))
    while True:
        something_is_said(chance)


def something_is_said(chance: random.Random) -> None:
    from django.utils import timezone

    from postroad.errors import Refusal
    from postroad.ill import charging, questions
    from postroad.ill.acts import Act
    from postroad.ill.lifecycle import Owner
    from postroad.ill.lifecycle.questions import QUESTIONS, Answer, QuestionKind
    from postroad.ill.models import ChargeKind, Loan, Question

    now = timezone.now()
    loan = chance.choice(list(Loan.objects.shown().order_by("pk")))
    waiting = list(Question.objects.shown().filter(loan=loan, due_at__isnull=False))
    with suppress(Refusal):
        if waiting and chance.random() < 0.6:
            question = chance.choice(waiting)
            row = QUESTIONS[QuestionKind(question.kind)]
            given = chance.choice(sorted(row.answers - {Answer.WAIT}))
            side = min(row.whose_answer(Owner(question.owner), Owner(question.side)))
            said = questions.Said(cost=Decimal(9) if given == Answer.CHARGE else None)
            questions.answer(question, given, Act(at=now, role=side), said)
        elif chance.random() < 0.3:
            kind = chance.choice(list(ChargeKind))
            charging.charge(loan, Act(at=now), kind=kind, amount=Decimal(5))
        else:
            kind_ = chance.choice(
                [QuestionKind.DAMAGED, QuestionKind.LOST, QuestionKind.RENEWAL, QuestionKind.RECALL]
            )
            day = (loan.due_back or now.date()) + timedelta(days=7)
            asking = questions.Asking(kind_, loan.request, loan, questions.Said(day=day))
            questions.ask(asking, Act(at=now, role=min(QUESTIONS[kind_].by)))


if __name__ == "__main__":
    main(sys.argv[1])
