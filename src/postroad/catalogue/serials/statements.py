"""What a library wrote of its holdings, line by line."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from postroad.catalogue.serials import tokens, words
from postroad.catalogue.serials.grammar import Grammar
from postroad.catalogue.serials.runs import Kind, Reading, Rolling, Run, doubting, merged

COPIES = "copy "  # groups of what stands on a copy
MOST = 20_000  # signs of a statement: the longest known has 9,000
ROLLING = re.compile(
    r"^(?P<more>[^,:;]*[,:;]\s*)?(?:library\s+(?:has|keeps|retains)\s+|retains?\s+|keeps?\s+|kept\s+)?"
    r"(?:for\s+)?(?:only\s+)?(?:the\s+)?"
    r"(?:current|latest|last|most\s+recent|newest|previous|past|laufende[sr]?|letzte[nrs]?|aktuelle[sr]?"
    r"|derni[eè]re?s?|última?s?|ultim[aieo]s?)\b"
    r"\s*(?:and\s+(?:previous|last|past)\s+)?"
    r"(?P<count>\d+|[a-z]+)?[\s-]*"
    r"(?P<unit>years?|yrs?|months?|mos?|weeks?|wks?|days?|issues?|numbers?|volumes?|quarters?|jahre?s?|jahrg[äa]nge?|jg"
    r"|monate?|wochen?|ann[ée]es?|an[si]|mois|années|años|meses|anni|mesi|hefte?|numéros?)\b\.?"
    r"\s*(?:'s)?\s*(?:issues?)?\s*(?P<rest>only|retained|kept|are kept|held|on display)?[.\s]*$",
    re.I,
)
KEEPS = re.compile(
    r"^(?:library\s+)?(?:retains?|keeps?|retention|kept)\b\s*:?\s*(?:for\s+)?(?P<count>\d+|[a-z]+)\s*"
    r"(?P<unit>years?|yrs?|months?|mos?|weeks?)\b\.?\s*(?:only)?[.\s]*$",
    re.I,
)
COUNTED = re.compile(rf"^\s*\d+\s+(?:{words.UNITS}|v|vols?|volumes?|bde?|t)\b\.?\s*$", re.I)
COPY = re.compile(r"^\s*(?:copy|c\.)\s*\d+\s*(?::|$)\s*", re.I)
PROMISES = re.compile(r"^(?:library\s+has|holdings?|has|bestand|holds)\s*:\s*", re.I)


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of a library's holdings. Those of one group belong to the same copy."""

    text: str
    kind: Kind = Kind.BASIC
    note: str = ""  # a remark beside it, which may take something away
    group: str = ""
    run: Run | None = None  # where it was coded, and is not to be read as text
    inner: str = ""  # a remark that is not for the public

    @property
    def is_copy(self) -> bool:
        """Whether it stands on a copy, and says of that alone that it is there."""
        return self.group.startswith(COPIES)


def read(statements: Iterable[Statement]) -> Reading:
    """What they say together. Each copy stands for itself: what is not understood of one takes
    nothing from the others, and what no copy is may be there all the same."""
    groups: dict[tuple[str, Kind], list[Statement]] = {}
    for each in statements:
        groups.setdefault((each.group, each.kind), []).append(each)
    whole, copies = Reading(), Reading()
    for (_, kind), lines in groups.items():
        if lines[0].is_copy:
            copies += of_copy(lines, kind)
        else:
            whole += of_copy(lines, kind)
    if copies == Reading():
        return whole
    more = Reading(tuple(merged(list(copies.runs))), listed=whole == Reading())
    return whole + more


def of_copy(lines: list[Statement], kind: Kind) -> Reading:
    """What is said of one copy: the lacks are of what stands before them."""
    coded = tuple(each.run for each in lines if each.run)
    said = Reading(runs=coded)
    for line in joined(lines):
        said += of_line(line.text, kind)
    for line in lines:
        said += of_note(line.note)
        said += of_note(line.inner)
    runs = tuple(doubting(list(said.runs)))
    if said.partial:
        runs = tuple(replace(run, partial=True) for run in runs)
    return within(replace(said, runs=runs, partial=said.partial and not runs))


def within(said: Reading) -> Reading:
    """The lacks as parts of the runs, so that those of another copy stay whole."""
    if not said.lacks:
        return said
    return replace(said, runs=tuple(replace(run, lacks=said.lacks) for run in said.runs), lacks=())


def joined(lines: list[Statement]) -> Iterator[Statement]:
    """A line that ends in a comma, or within parentheses, goes on in the next."""
    waiting: Statement | None = None
    for line in lines:
        if line.run:
            continue
        if waiting:
            whole = replace(line, text=f"{waiting.text} {line.text}")
        else:
            whole = line
        waiting = whole if goes_on(whole.text) else None
        if waiting is None:
            yield whole
    if waiting:
        yield waiting


def goes_on(text: str) -> bool:
    return text.rstrip().endswith(",") or text.count("(") > text.count(")")


def of_line(text: str, kind: Kind = Kind.BASIC) -> Reading:
    """One line by itself."""
    text = PROMISES.sub("", COPY.sub("", tokens.plain(text[:MOST]))).strip()
    if not text:
        return Reading()
    if found := rolling(text):
        return found
    if words.HARMLESS.search(text) and not words.LACKS.search(text):
        return Reading()
    if COUNTED.match(text):
        return Reading(unread=(text,))
    has, lacks = apart(text)
    said = of_text(has, kind)
    return said + lacking(lacks) if lacks else said


def apart(text: str) -> tuple[str, str]:
    """What is there, and what is not: v.1-20 (lacks v.3)."""
    found = words.LACKS.search(text)
    if found is None:
        return text, ""
    before, after = re.sub(r"\s-\s*$", "", text[: found.start()]), text[found.end() :]
    before = before.rstrip(" (;,[")
    if before.count("(") > before.count(")"):
        before += ")"
    return before, after.strip(" )]") or "?"


def of_text(text: str, kind: Kind) -> Reading:
    if not text:
        return Reading()
    found = Grammar(tokens.tokens(text)).read()
    runs = [replace(run, kind=kind) if kind is not Kind.BASIC else run for run in found.runs]
    unread = tuple(found.unread)
    if unread:  # it may take something away
        runs = [replace(run, partial=True) for run in runs]
    return Reading(
        runs=tuple(runs),
        unread=(" ".join(unread),) if unread else (),
        partial=found.partial,
        renumbered=found.renumbered,
    )


def lacking(text: str) -> Reading:
    """What somebody misses. What of that is not understood may be anything."""
    found = Grammar(tokens.tokens(text)).read()
    if found.unread or not found.runs or found.partial:
        return Reading(lacks=tuple(found.runs), partial=True)
    return Reading(lacks=tuple(found.runs))


def of_note(note: str) -> Reading:
    """A remark counts only if it takes something away."""
    note = tokens.plain(note[:MOST])
    if not note or words.HARMLESS.search(note) or rolling(note):
        return Reading()
    if words.NEVER.search(note):
        return lacking(words.NEVER.split(note)[0])
    if words.LACKS.search(note):
        return lacking(apart(note)[1])
    return Reading(partial=bool(words.REVOKES.search(note)))


def rolling(text: str) -> Reading | None:
    """Latest 5 years only, current issues only."""
    found = ROLLING.match(text) or KEEPS.match(text)
    if found is None:
        return None
    said = (found["count"] or "1").lower()
    count = int(said) if said.isdigit() else words.NUMBER_WORDS.get(said, 0)
    years = found["unit"].lower().startswith(("year", "yr", "jahr", "jg", "ann", "an", "año"))
    more = found.groupdict().get("more")
    exact = years and count > 0 and not more
    return Reading(
        rolling=(Rolling(count if years else max(1, count // 12), exact),),
        unread=(more.strip(" ,:;"),) if more else (),
    )
