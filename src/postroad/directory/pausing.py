"""A library that leaves requests unanswered: the center is told, and may let it rest by one press.

Nothing is paused by itself. Who counts the unanswered ones stands above, in `ill`.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from postroad.directory import saying
from postroad.directory.saying import Words
from postroad.directory.standing import Service
from postroad.directory.statements import PauseSuggestion, Source, Statement, Verdict
from postroad.errors import Refusal


class Decided(Refusal):
    """Somebody else was faster."""

    code = "suggestion-decided"


def suggest(unanswered: Mapping[int, tuple[int, datetime]], now: datetime) -> int:
    """Suggest these libraries, with how many they left and since when; each once.

    One that was dismissed is suggested again only for requests that came after that.
    """
    made = 0
    for library, (count, since) in unanswered.items():
        try:
            with transaction.atomic():
                PauseSuggestion.objects.create(
                    library_id=library, unanswered=count, since=since, made_at=now
                )
                made += 1
        except IntegrityError:  # it stands already
            open_ = PauseSuggestion.objects.filter(library=library, decided_at=None)
            open_.update(unanswered=count, since=since)
    return made


@transaction.atomic
def pause(suggestion: PauseSuggestion, *, note: str, by: str, at: datetime) -> Statement:
    """It lends no more until somebody says that it does."""
    _claim(suggestion, by, at)
    statement = saying.say(
        suggestion.library,
        Words({Service.LENDING: False}, note=note),
        source=Source.TEAM,
        said_by=by,
        at=at,
    )
    PauseSuggestion.objects.filter(pk=suggestion.pk).update(statement=statement)
    return statement


def dismiss(suggestion: PauseSuggestion, *, by: str, at: datetime) -> None:
    _claim(suggestion, by, at)


@transaction.atomic
def undo(suggestion: PauseSuggestion, *, by: str, at: datetime) -> None:
    """The suggestion stands again; what it had paused lends again."""
    suggestion.refresh_from_db()
    if suggestion.statement is not None:
        saying.decide(suggestion.statement, Verdict.REFUSED, by=by, at=at)
    newer = PauseSuggestion.objects.filter(library=suggestion.library, decided_at=None)
    if not newer.exists():
        PauseSuggestion.objects.filter(pk=suggestion.pk).update(
            decided_by="", decided_at=None, statement=None
        )


def _claim(suggestion: PauseSuggestion, by: str, at: datetime) -> None:
    stands = PauseSuggestion.objects.filter(pk=suggestion.pk, decided_at=None)
    if not stands.update(decided_by=by, decided_at=at):
        raise Decided
