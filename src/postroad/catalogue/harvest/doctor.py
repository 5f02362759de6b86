"""What is wrong with a source, on first contact: some questions, a sample of twenty records.

Each finding has a code (its words are in `words.harvests`), a weight and facts. `examine` asks;
what follows from an answer is said by the functions under it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from postroad import fetching
from postroad.catalogue import mapping
from postroad.catalogue.harvest import client
from postroad.catalogue.marc import Reading, texts
from postroad.catalogue.marc.copies import copies_of
from postroad.catalogue.marc.fields import by_tag
from postroad.directory.models import Connection
from postroad.errors import Refusal
from postroad.protocols.marc.results import Read, Trouble
from postroad.protocols.oai import answers, asking, stamps
from postroad.protocols.oai.listing import Listing
from postroad.protocols.oai.values import (
    CutShort,
    Error,
    Format,
    Harvested,
    Identity,
    NotOai,
    Sets,
    Verb,
)

SAMPLE = 20
SECONDS = 20.0  # for each answer
GUESS_SECONDS = 6.0
PAGES = 3  # looked at until there is a sample
SETS = 200
WORDS = 10
SKEW = timedelta(minutes=5)
BAD, WARN, NOTE, GOOD = "no", "warn", "note", "ok"
ORDER = (BAD, GOOD, WARN, NOTE)
MARC = "marc21/slim"
MARC_PREFIXES = ("marcxml", "marc21", "marc21_withholdings", "marc", "MARC21", "oai_marc")
# By what a system is known: a part of its address.
SYSTEMS: Mapping[str, str] = {
    "/koha/": "koha",
    "oai.pl": "koha",
    "/extras/oai": "evergreen",
    "/view/oai/": "alma",
    "polaris": "polaris",
    "iii.com": "sierra",
    "/iii/": "sierra",
    "folio": "folio",
    "sirsi": "symphony",
}
REFUSED = frozenset({401, 403})
BUSY = frozenset({429, 503})


@dataclass(slots=True)
class Checkup:
    """What he has found so far."""

    connection: Connection
    now: datetime
    findings: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    who: Identity | None = None
    formats: tuple[Format, ...] = ()
    sets: list[tuple[str, str]] = field(default_factory=list)
    records: list[Harvested] = field(default_factory=list)
    deleted: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)

    def find(self, code: str, weight: str, **facts: Any) -> None:
        self.findings.append((code, weight, facts))

    def ask(self, verb: Verb, **arguments: str) -> bytes:
        address = asking.question(self.connection.address, verb, **arguments)
        return client.body(self.connection, address, seconds=SECONDS)

    @property
    def prefix(self) -> str:
        return client.prefix_of(self.connection)

    @property
    def system(self) -> str:
        """Which system it seems to be."""
        known = f"{self.connection.address} {self.who.base if self.who else ''}".lower()
        found = next((name for part, name in SYSTEMS.items() if part in known), "")
        prefixes = {each.prefix for each in self.formats}
        return found or ("folio" if "marc21_withholdings" in prefixes else "")

    def as_json(self) -> dict[str, Any]:
        return {
            "findings": [[code, weight, facts] for code, weight, facts in self.findings],
            "source": self.who.name if self.who else "",
            "system": self.system,
            "formats": [each.prefix for each in self.formats],
            "sets": self.sets,
            "sample": self.rows,
        }


def examine(connection: Connection, now: datetime) -> dict[str, Any]:
    """Ask it, and say in codes what is wrong. Never raises for what a server does."""
    checkup = Checkup(connection, now)
    try:
        if look_who(checkup):
            look_at_formats(checkup)
            look_at_sets(checkup)
            look_at_records(checkup)
            look_at_changes(checkup)
    except Refusal as no:
        unanswered(checkup, no)
    if all(weight != BAD for _code, weight, _facts in checkup.findings):
        checkup.find("well", GOOD)
    checkup.findings.sort(key=lambda each: ORDER.index(each[1]))
    return checkup.as_json()


# Who is there


def look_who(checkup: Checkup) -> bool:
    """Whether somebody who speaks OAI-PMH is there."""
    connection = checkup.connection
    address = asking.question(connection.address, Verb.IDENTIFY)
    try:
        found = client.ask(connection, address, seconds=SECONDS)
        if moved := moved_to(connection.address, found.address):
            checkup.find("moved", WARN, address=moved)
        who = answers.identity(found.body or b"")
    except (NotOai, CutShort, fetching.NotFetched) as no:
        unanswered(checkup, no)
        suggest(checkup, no)
        return False
    if not isinstance(who, Identity):
        checkup.find("identify-refused", BAD, error=who[0].code, said=who[0].said)
        return False
    checkup.who = who
    look_at_identity(checkup, who)
    return True


def moved_to(asked: str, ended: str) -> str:
    """The address at the end of redirects, if it is another."""
    ended = asking.base_of(ended)
    return "" if ended.rstrip("/") == asking.base_of(asked).rstrip("/") else ended


def unanswered(checkup: Checkup, no: Refusal) -> None:
    """Why there was no answer that could be read."""
    code, facts = no.code, dict(no.facts)
    match no:
        case fetching.Answered():
            status = facts["status"]
            said = no.body.decode("utf-8", "replace")
            if status in REFUSED:
                code = "password-wanted"
            elif "OAI-PMH service is disabled" in said:  # as Koha says it
                code = "koha-switched-off"
            elif status in BUSY:
                code, facts["wait"] = "busy", no.wait or 0
        case NotOai():
            code = f"not-oai-{facts['reason']}"
    checkup.find(code, BAD, **{name: str(fact)[:200] for name, fact in facts.items()})


def suggest(checkup: Checkup, no: Refusal) -> None:
    """Where on the same server OAI-PMH is spoken, if at one of the usual addresses."""
    there = (NotOai, fetching.Answered)
    if not isinstance(no, there) or getattr(no, "facts", {}).get("status") in REFUSED | BUSY:
        return
    connection = checkup.connection
    for base in asking.other_bases(connection.address):
        try:
            said = client.body(
                connection, asking.question(base, Verb.IDENTIFY), seconds=GUESS_SECONDS
            )
            if isinstance(answers.identity(said), Identity):
                checkup.find("try-instead", WARN, address=base)
                return
        except Refusal:
            continue


def look_at_identity(checkup: Checkup, who: Identity) -> None:
    if who.version and not who.version.startswith("2"):
        checkup.find("old-version", WARN, version=who.version)
    if who.deleted == "no":
        checkup.find("no-deletions", WARN)
    elif who.deleted not in {"transient", "persistent"}:
        checkup.find("deletions-unknown", WARN, said=who.deleted or "-")
    if who.granularity not in {stamps.SECONDS, stamps.DAYS}:
        checkup.find("granularity-unknown", WARN, said=who.granularity or "-")
    if who.answered_at and abs(who.answered_at - checkup.now) > SKEW:
        ahead = who.answered_at > checkup.now
        minutes = int(abs(who.answered_at - checkup.now).total_seconds() // 60)
        checkup.find("clock-ahead" if ahead else "clock-behind", WARN, minutes=minutes)
    typed, named = host_of(checkup.connection.address), host_of(who.base)
    if named and named != typed:
        checkup.find("calls-itself", NOTE, address=who.base)


def host_of(address: str) -> str:
    """The server of this address; nothing if it is none, whatever a source calls itself."""
    try:
        return fetching.split(address).hostname or ""
    except fetching.BadAddress:
        return ""


# What it has


def look_at_formats(checkup: Checkup) -> None:
    found = answers.formats(checkup.ask(Verb.FORMATS))
    checkup.formats = tuple(each for each in found if isinstance(each, Format))
    named = [each.prefix for each in checkup.formats]
    marc = [each.prefix for each in checkup.formats if is_marc(each)]
    if checkup.prefix in named and (checkup.prefix in marc or not marc):
        if checkup.prefix not in marc:
            checkup.find("format-strange", WARN, prefix=checkup.prefix)
        elif checkup.prefix != "marc21_withholdings" and "marc21_withholdings" in marc:
            checkup.find("format-with-items", WARN, prefix="marc21_withholdings")
    elif marc:
        checkup.find("format-other", BAD, prefix=checkup.prefix, others=", ".join(marc))
    else:
        checkup.find("format-none", BAD, others=", ".join(named[:WORDS]) or "-")


def is_marc(each: Format) -> bool:
    return (
        MARC in each.namespace.lower()
        or MARC in each.schema.lower()
        or (each.prefix in MARC_PREFIXES)
    )


def look_at_sets(checkup: Checkup) -> None:
    """Its sets, to be chosen from; whether the one that was typed is there."""
    wanted, token, ended = client.set_of(checkup.connection), "", False
    for _page in range(PAGES):
        try:
            found = answers.sets(checkup.ask(Verb.SETS, resumptionToken=token))
        except Refusal:
            checkup.find("sets-unanswered", NOTE)
            return
        if not isinstance(found, Sets):
            if wanted and "noSetHierarchy" in errors_of(found):
                checkup.find("no-sets", BAD, set=wanted)
            return
        checkup.sets += [(each.spec, each.name) for each in found.sets]
        token, before = found.token.said, token
        ended = not token
        if ended or token == before or found.token.is_too_long:
            break
    checkup.sets = checkup.sets[:SETS]
    if wanted and ended and wanted not in {spec for spec, _name in checkup.sets}:
        checkup.find("set-unknown", BAD, set=wanted)


# What its records are like


def look_at_records(checkup: Checkup) -> None:
    """A sample, and whether the list goes on as it should."""
    connection, token, seen = checkup.connection, "", set[str]()
    for page in range(PAGES):
        address = asking.records(
            connection.address,
            prefix=checkup.prefix,
            spec=client.set_of(connection),
            token=token,
        )
        listing = Listing(client.body(connection, address, seconds=SECONDS))
        found = list(listing)
        if listing.errors and not found:
            list_refused(checkup, listing.errors[0], bool(page))
            break
        if page and (listing.token.said == token or {e.identifier for e in found} <= seen):
            checkup.find("token-repeats", BAD)
            break
        if listing.mended:
            checkup.find("characters", WARN)
        seen |= {each.identifier for each in found}
        checkup.deleted += sum(each.deleted for each in found)
        checkup.records += [each for each in found if not each.deleted]
        token = listing.token.said
        if listing.token.is_too_long:
            checkup.find("token-too-long", BAD, length=len(token))
            break
        if not token or (page and len(checkup.records) >= SAMPLE):
            break
    checkup.records = checkup.records[:SAMPLE]
    describe(checkup)


def list_refused(checkup: Checkup, error: Error, later: bool) -> None:
    if error.code == "noRecordsMatch":
        checkup.find("no-records", BAD if not checkup.deleted else WARN)
    elif later and error.code == "badResumptionToken":
        checkup.find("token-refused", BAD, said=error.said)
    else:
        checkup.find("list-refused", BAD, error=error.code, said=error.said)


def describe(checkup: Checkup) -> None:
    """What is said of the sample, and what its copies would say."""
    if not checkup.records:
        if checkup.deleted:
            checkup.find("only-deleted", WARN, count=checkup.deleted)
        return
    read = [each.marc for each in checkup.records if isinstance(each.marc, Read)]
    troubles = [each.marc for each in checkup.records if isinstance(each.marc, Trouble)]
    for reason, count in Counter(each.reason for each in troubles).most_common(WORDS):
        checkup.find("unreadable", BAD if not read else WARN, reason=reason, count=count)
    look_at_items(checkup, read)
    without = sum(not each.control_number for each in read)
    if without:
        checkup.find("without-number", WARN, count=without, of=len(read))
    mended = Counter(each.what for one in read for each in one.complaints)
    for what, count in mended.most_common(WORDS):
        checkup.find("mended", NOTE, what=what, count=count)
    look_at_stamps(checkup)


def look_at_items(checkup: Checkup, read: list[Read]) -> None:
    library = checkup.connection.library
    items = mapping.of(library) or Reading(mapping.guess(each.record for each in read).layout)
    strange, bare = Counter[str](), 0
    for each in read:
        fields = by_tag(each.record)
        copies = copies_of(fields, Reading(items.layout, only=items.only))
        bare += not copies
        strange.update(copy.strange for copy in copies if copy.strange)
        checkup.rows.append(
            {
                "number": each.control_number,
                "title": texts.titles_of(fields)[0][:200],
                "copies": [
                    [copy.barcode, copy.call_number, copy.location, copy.status, copy.strange]
                    for copy in copies[:WORDS]
                ],
                "more": max(len(copies) - WORDS, 0),
            }
        )
    if read and bare == len(read):
        advice = checkup.system or (items.layout.system if items.layout else "")
        checkup.find("without-items", BAD, system=advice)
    elif bare:
        checkup.find("some-without-items", NOTE, count=bare, of=len(read))
    if strange:
        words = ", ".join(word for word, _count in strange.most_common(WORDS))
        checkup.find("statuses-unknown", WARN, words=words)


def look_at_stamps(checkup: Checkup) -> None:
    stamped = [each for each in checkup.records if each.stamp]
    missing = len(checkup.records) - len(stamped)
    if missing:
        checkup.find("stamps-missing", WARN, count=missing)
    who = checkup.who
    if stamped and who and who.granularity == stamps.SECONDS and all(e.by_day for e in stamped):
        checkup.find("granularity-days", WARN)
    clock = who.answered_at if who and who.answered_at else checkup.now
    ahead = sum(bool(each.stamp and each.stamp > clock + SKEW) for each in stamped)
    if ahead:
        checkup.find("stamps-ahead", WARN, count=ahead)


def look_at_changes(checkup: Checkup) -> None:
    """Whether it can be asked for what changed since a moment, as every later harvest does."""
    newest = max((e.stamp for e in checkup.records if e.stamp), default=None)
    if newest is None or checkup.who is None:
        return
    by_day = checkup.who.granularity != stamps.SECONDS
    address = asking.records(
        checkup.connection.address,
        prefix=checkup.prefix,
        spec=client.set_of(checkup.connection),
        since=newest,
        by_day=by_day,
    )
    listing = Listing(client.body(checkup.connection, address, seconds=SECONDS))
    count = sum(1 for _each in listing)
    codes = errors_of(listing.errors)
    if "badArgument" in codes:
        checkup.find("granularity-refused", WARN, said=listing.errors[0].said)
    elif not count and "noRecordsMatch" in codes:
        checkup.find("boundary-lost", WARN)


def errors_of(errors: Iterable[Error]) -> set[str]:
    return {error.code for error in errors}
