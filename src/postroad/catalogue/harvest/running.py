"""A harvest, step by step: one question, its answer written, and where it goes on kept with it.

The first run takes the whole list, the others what changed since the newest datestamp seen. That is
the source's own clock, and its boundary is asked for again: what bears that very datestamp may have
come behind us. A resumption token is kept in the run's row, so whoever is killed is followed by
another who goes on there. A token that is refused costs the list from the newest datestamp on, or,
where datestamps did not come in order, from where this run began. Nothing leaves by that.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from postroad.catalogue.harvest import client, leaving, taking
from postroad.catalogue.harvest.rows import Harvest, HarvestRun
from postroad.catalogue.loading import BATCH, batches
from postroad.errors import Refusal
from postroad.protocols.oai import answers, asking, stamps
from postroad.protocols.oai.listing import Listing
from postroad.protocols.oai.values import Error, Identity, Token, Verb

OVERLAP = timedelta(minutes=5)  # a record may be stamped before it can be seen
AHEAD = timedelta(days=1)  # by which a datestamp may be ahead of us, where no clock is told
MOST_STALE = 20  # pages in a row without a record that is new to the run: the list has no end
RESTARTS = 5
State = HarvestRun.State


class Given(Refusal):
    """The server says no, and asking again now would not help."""

    code = "oai-error"


class Repeats(Refusal):
    """The list goes round and round."""

    code = "oai-repeats"


class Endless(Refusal):
    """Page after page brings nothing new."""

    code = "oai-endless"


class TokenRefused(Refusal):
    """Its resumption tokens do not hold as long as its own list."""

    code = "oai-token-refused"


class TokenTooLong(Refusal):
    """The list goes on where no address leads."""

    code = "oai-token-too-long"


# Of this run; all else is tried again soon.
FINAL = (Given, Repeats, Endless, TokenRefused, TokenTooLong)


@dataclass(slots=True)
class Answer:
    """What a page left behind, once its records are written."""

    token: Token
    errors: tuple[Error, ...]
    new: int = 0
    mended: bool = False
    answered_at: datetime | None = None


def current(harvest: Harvest) -> HarvestRun | None:
    return HarvestRun.objects.filter(harvest=harvest, state=State.READING).first()


def begin(harvest: Harvest, now: datetime, *, whole: bool = False, by: str = "") -> HarvestRun:
    """A new run: of what changed, or of all where nothing was seen so far."""
    since = None if whole else since_of(harvest)
    return HarvestRun.objects.create(
        harvest=harvest, whole=since is None, since=since, begun_at=now, by=by
    )


def since_of(harvest: Harvest) -> datetime | None:
    if harvest.newest is None:
        return None
    return harvest.newest if harvest.by_day else harvest.newest - OVERLAP


def identify(harvest: Harvest, run: HarvestRun) -> None:
    """Ask who it is, for the form of its datestamps and what its clock says."""
    connection = harvest.connection
    said = client.body(connection, asking.question(connection.address, Verb.IDENTIFY))
    who = answers.identity(said)
    if isinstance(who, Identity):
        harvest.by_day = harvest.seconds_refused or who.granularity != stamps.SECONDS
        harvest.save(update_fields=["by_day"])
        run.report = {"source": who.name, "deleted_policy": who.deleted, **run.report}
        run.answered_at = who.answered_at
        run.save(update_fields=["report", "answered_at"])


def step(harvest: Harvest, run: HarvestRun, now: datetime) -> bool:
    """Ask for a page, write it, and keep where it goes on; whether it goes on. Whoever is killed
    within has done nothing that would not be done again."""
    if not run.pages and not run.report:
        identify(harvest, run)
    answer = page(harvest, run)
    if answer.errors and not answer.new:
        return refused(harvest, run, answer.errors, now)
    if answer.token.is_too_long:
        raise TokenTooLong(length=len(answer.token.said))
    with transaction.atomic():
        turn_page(run, answer, now)
        Harvest.objects.filter(pk=harvest.pk).update(
            moved_at=now, failures=0, trouble="", trouble_facts={}, told_at=None
        )
    if answer.token.said:
        return True
    finish(harvest, run, now)
    return False


def page(harvest: Harvest, run: HarvestRun) -> Answer:
    connection = harvest.connection
    address = asking.records(
        connection.address,
        prefix=client.prefix_of(connection),
        spec=client.set_of(connection),
        since=run.since,
        by_day=harvest.by_day,
        token=run.token,
    )
    listing, new = Listing(client.body(connection, address)), 0
    for batch in batches(listing, BATCH):
        new += taking.take(batch, run, connection.library)
        if all(each.by_day for each in batch if each.stamp) and not harvest.by_day:
            harvest.by_day = any(each.stamp for each in batch)
    return Answer(listing.token, listing.errors, new, listing.mended, listing.answered_at)


def turn_page(run: HarvestRun, answer: Answer, now: datetime) -> None:
    """Keep where the list goes on, unless it goes round."""
    used, run.token = run.token, answer.token.said
    run.stale = 0 if answer.new and run.stale >= 0 else run.stale + 1
    mark = hashlib.md5(run.token.encode(), usedforsecurity=False).hexdigest()
    if run.token and run.stale > 0 and (run.token == used or mark == run.watched):
        raise Repeats(pages=run.pages + 1)
    if run.stale > MOST_STALE:
        raise Endless(pages=run.stale)
    here = HarvestRun.objects.filter(pk=run.pk, pages=run.pages, state=State.READING)
    run.pages += 1
    if run.pages & (run.pages - 1) == 0:  # a token met again behind this one: whatever the round
        run.watched = mark
    run.size = answer.token.size or run.size
    run.answered_at = run.answered_at or answer.answered_at
    if answer.mended:
        run.report["mended_pages"] = run.report.get("mended_pages", 0) + 1
    if not here.update(
        token=run.token,
        stale=run.stale,
        watched=run.watched,
        pages=run.pages,
        size=run.size,
        answered_at=run.answered_at,
        report=run.report,
    ):
        raise taking.Overtaken


def refused(harvest: Harvest, run: HarvestRun, errors: Iterable[Error], now: datetime) -> bool:
    """The server answers with one of the protocol's errors."""
    codes = {error.code for error in errors}
    if "noRecordsMatch" in codes:
        finish(harvest, run, now)
        return False
    if "badResumptionToken" in codes and run.token:
        restart(run)
        return True
    if codes & {"badArgument", "badResumptionToken"} and run.since and not run.token:
        ask_otherwise(harvest, run)
        return True
    error = next(iter(errors))
    raise Given(error=error.code, said=error.said)


def restart(run: HarvestRun) -> None:
    """Its token holds no longer: begin again at the newest datestamp seen, if nothing older can
    still come; else where this run began."""
    if run.restarts >= RESTARTS:
        raise TokenRefused(times=run.restarts)
    run.restarts += 1
    if run.in_order and run.rises and run.newest is not None:
        run.since = run.newest
    run.token, run.watched, run.stale = "", "", -run.pages
    run.in_order = True
    run.save(update_fields=["restarts", "since", "token", "watched", "stale", "in_order"])


def ask_otherwise(harvest: Harvest, run: HarvestRun) -> None:
    """It does not take the day from which we ask: written as a day, then not at all."""
    if not harvest.by_day:
        harvest.by_day = harvest.seconds_refused = True
        harvest.save(update_fields=["by_day", "seconds_refused"])
        return
    run.since, run.whole = None, True
    run.save(update_fields=["since", "whole"])


def finish(harvest: Harvest, run: HarvestRun, now: datetime) -> None:
    """The list is at its end: from now on what changed since."""
    clock = run.answered_at or now + AHEAD
    newest = min(run.newest, clock) if run.newest else None
    if newest and (harvest.newest is None or newest > harvest.newest or run.whole):
        harvest.newest = newest
    again = now + timedelta(hours=harvest.connection.every_hours)
    with transaction.atomic():
        run.state, run.ended_at, run.token = State.DONE, now, ""
        run.save(update_fields=["state", "ended_at", "token"])
        harvest.due_at = again
        harvest.failures, harvest.trouble, harvest.trouble_facts = 0, "", {}
        harvest.told_at, harvest.moved_at = None, now
        harvest.save(
            update_fields=[
                *("newest", "by_day", "due_at", "failures", "trouble", "trouble_facts"),
                *("told_at", "moved_at"),
            ]
        )
    leaving.forget_unseen(harvest, run)
    leaving.settle(harvest, run, harvest.connection.library, now)
