"""The verbs of what is counted: record a copy, change its mark, say what was done beyond the free
ones, take it back; and what is no longer kept."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from postroad.directory.models import Library
from postroad.documents import copyright as rule
from postroad.documents.copyright import Basis, Choice, Citation, Rights, Verdict
from postroad.documents.models import Use
from postroad.errors import Refusal

BATCH = 1000
MOST = 14  # numbers of a title that its row holds; hardly any has more than three


class ReasonMissing(Refusal):
    code = "mark-without-reason"


class NotFilled(Refusal):
    """What was declined has no mark and costs nothing."""

    code = "copy-was-declined"


class WasFilled(Refusal):
    """A copy that was made cannot be declined: it is taken back."""

    code = "copy-was-made"


@dataclass(frozen=True, slots=True)
class Asked:
    """A copy as it is counted. It names neither a reader nor a request."""

    library: Library  # that asked
    citation: Citation
    at: datetime  # when it was asked for
    rights: Rights = field(default_factory=Rights)

    @property
    def on(self) -> date:
        """The day of the request where the library is."""
        return self.library.day_of(self.at)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the library does about a copy beyond the free ones."""

    choice: Choice = Choice.NONE
    cost: Decimal | None = None


def verdict(asked: Asked) -> Verdict:
    """What the count says before a copy is made: one statement."""
    kind = asked.citation.is_periodical
    rows = Use.objects.which_may_count(asked.library, asked.on, is_periodical=kind)
    return rule.judge(rows, asked.citation, asked.on, asked.rights)


@transaction.atomic
def record(
    asked: Asked,
    filled_at: datetime,
    *,
    chosen: Chosen | None = None,
    already: int | None = None,
) -> Use:
    """Count a copy that was filled. The caller keeps the id of the row and gives it back as
    `already`: then a second press counts nothing anew."""
    # Two at once wait here for each other, so that one of them is the sixth
    library = Library.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.library.pk)
    if already is not None and (use := Use.objects.filter(pk=already).first()):
        return use
    chosen = chosen or Chosen()
    if chosen.choice is Choice.DECLINED:
        raise WasFilled
    found = verdict(asked)
    counts = found.basis is Basis.CCG and chosen.choice is Choice.NONE
    nth = found.count + 1 if counts or found.over else 0
    row = _row(asked, found.basis, chosen, nth)
    row.filled_on = library.day_of(filled_at)
    row.save()
    return row


@transaction.atomic
def decline(asked: Asked) -> Use:
    """The library wants no copy beyond the free ones: kept for the report, and never counted."""
    found = verdict(asked)
    row = _row(asked, found.basis, Chosen(Choice.DECLINED), found.count + 1)
    row.save()
    return row


def _row(asked: Asked, basis: Basis, chosen: Chosen, nth: int) -> Use:
    citation = asked.citation
    longest = Use._meta.get_field("title").max_length
    span = rule.published(citation)
    return Use(
        library=asked.library,
        title_key=rule.key_of(citation)[:longest],
        numbers=" ".join(sorted(rule.numbers_of(citation))[:MOST]),
        title=citation.title[:longest],
        is_periodical=citation.is_periodical,
        published=citation.published.strip()[:10] if span else "",
        asked_in=asked.on.year,
        basis=basis,
        first_basis=basis,
        count_then=nth,
        choice=chosen.choice,
        cost=chosen.cost,
        purge_on=rule.purge_on(asked.on),
    )


@transaction.atomic
def change_mark(use: Use, basis: Basis, reason: str, *, by: str) -> None:
    """Staff know better than the count; why stands beside it."""
    row = Use.objects.select_for_update().get(pk=use.pk)
    if row.choice == Choice.DECLINED:
        raise NotFilled
    if not (reason := reason.strip()):
        raise ReasonMissing
    row.basis, row.reason, row.marked_by = basis, reason[:300], by[:150]
    row.save(update_fields=["basis", "reason", "marked_by"])


@transaction.atomic
def restore_mark(use: Use) -> None:
    """The mark that the count set holds again. Twice is once."""
    Use.objects.filter(pk=use.pk).update(basis=F("first_basis"), reason="", marked_by="")


@transaction.atomic
def choose(use: Use, choice: Choice, cost: Decimal | None = None) -> None:
    """Say afterwards what was done about a copy; nothing chosen undoes it."""
    row = Use.objects.select_for_update().get(pk=use.pk)
    if row.choice == Choice.DECLINED:
        raise NotFilled
    if choice is Choice.DECLINED:
        raise WasFilled
    row.choice, row.cost = choice, cost
    row.save(update_fields=["choice", "cost"])


def take_back(use_id: int) -> None:
    """The delivery was undone: nothing was copied. Twice is once."""
    Use.objects.filter(pk=use_id).delete()


def purge(now: datetime) -> int:
    """Job: remove what is no longer kept, by the date of each library."""
    ahead = now.date() + timedelta(days=1)  # where the day begins before ours
    old = (
        Use.objects.filter(purge_on__lte=ahead).select_related("library").order_by("purge_on", "pk")
    )
    due = [use.pk for use in old[:BATCH] if use.purge_on <= use.library.day_of(now)]
    Use.objects.filter(pk__in=due).delete()
    return len(due)
