"""One end of a run in a row of tokens: a volume, an issue, a date."""

from dataclasses import dataclass, field
from typing import NamedTuple

from postroad.catalogue.serials import dates
from postroad.catalogue.serials.dates import Date, Dates
from postroad.catalogue.serials.tokens import Token, What

CAPTIONS = {What.VOLUME, What.NUMBER}


class Count(NamedTuple):
    """A number and what it counts."""

    what: What
    low: int
    high: int


@dataclass(slots=True)
class End:
    """One end of a run, as it was written."""

    series: str = ""
    counts: list[Count] = field(default_factory=list)
    date: Dates | None = None
    captioned: bool = False
    by_year: bool = False  # the year stands in the place of the volume: 1986:no.2
    odd: bool = False


class Ends:
    """Reads ends from a row of tokens, from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.series = ""
        self.renumbered = False

    def peek(self, ahead: int = 0) -> What | None:
        at = self.at + ahead
        return self.tokens[at].what if at < len(self.tokens) else None

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def end(self, before: End | None) -> End | None:
        end = End(series=self.series_here())
        if self.peek() in CAPTIONS and self.peek(1) is What.NUM:
            self.captioned(end, before)
        elif self.peek() is What.NUM and self.may_be_bare(before, end):
            self.uncaptioned(end, before)
        elif (at := dates.bare(self.tokens, self.at)) > self.at:
            end.date = dates.one(self.tokens[self.at : at], before.date if before else None)
            self.at = at
            return self.numbered_by_year(end) if end.date else None
        else:
            return None
        self.dated(end)
        return end

    def series_here(self) -> str:
        """It holds until another is named."""
        if self.peek() is What.SERIES:
            self.series = self.take().text
            while self.peek() in {What.COMMA, What.COLON}:
                self.take()
            return self.series
        return self.series

    def captioned(self, end: End, before: End | None) -> None:
        while self.peek() in CAPTIONS and self.peek(1) is What.NUM:
            caption, number = self.take(), self.take()
            if end.counts and not self.is_lower(end, caption.what):
                self.at -= 2
                break
            end.odd |= number.odd
            end.counts.append(Count(caption.what, number.low, number.high))
            end.captioned = True
            self.equals()
            self.step_down(end)
        if before and len(before.counts) > 1 and end.counts:
            what, under = before.counts[0].what, before.counts[-1].what
            if end.counts[0].what is under is not what:  # no.24-no.36: of the same volume
                end.odd |= len(end.counts) > 1  # v.46:no.1-no.46:no.3
                end.counts = [*before.counts[:-1], *end.counts]

    def is_lower(self, end: End, what: What) -> bool:
        return what is What.NUMBER and len(end.counts) < 3

    def step_down(self, end: End) -> None:
        """To what stands under the number just read: v.5:no.3, or v. 5, no. 3, or v.5:3."""
        if self.peek() is What.COLON and self.peek(1) is What.NUM:
            self.take()
            number = self.take()
            end.odd |= number.odd
            end.counts.append(Count(What.NUMBER, number.low, number.high))
        elif self.peek(1) is What.NUMBER and (
            self.peek() is What.COLON
            or (self.peek() is What.COMMA and end.counts[-1].what is What.VOLUME)
        ):
            self.take()

    def equals(self) -> None:
        """v.1=no.1: another count of the same, which is left alone."""
        if self.peek() is What.EQUALS:
            self.take()
            self.renumbered = True
            while self.peek() in CAPTIONS | {What.NUM}:
                self.take()

    def may_be_bare(self, before: End | None, end: End) -> bool:
        """A number without a caption counts what the one before it counts."""
        if dates.bare(self.tokens, self.at) > self.at and not (before and before.counts):
            return False
        if before and before.counts:
            return True
        ordinal = not self.tokens[self.at].text[-1].isdigit() and not self.tokens[self.at].odd
        if self.peek(1) is What.COLON and self.peek(2) is What.NUM:  # 1:3 (1980)
            return self.peek(3) is What.LEFT
        return ordinal or bool(end.series) or self.peek(1) is What.LEFT

    def uncaptioned(self, end: End, before: End | None) -> None:
        number = self.take()
        counts = before.counts if before else []
        what = counts[-1].what if counts else What.VOLUME
        low, high = number.low, number.high
        if counts and high < counts[-1].low and len(str(low)) < len(str(counts[-1].low)):
            digits = 10 ** len(str(low))  # 4986-88
            low += counts[-1].low - counts[-1].low % digits
            high = low
        end.odd |= number.odd
        end.counts = [*counts[:-1], Count(what, low, high)]
        if what is What.VOLUME:
            self.step_down(end)
            if self.peek() is What.NUMBER:
                self.captioned(end, None)

    def dated(self, end: End) -> None:
        """(1925/26), or 1925 after a space."""
        while self.peek() is What.COLON and self.peek(1) is What.MONTH:
            self.take()
        if self.peek() is What.MONTH and self.peek(1) is What.LEFT:
            month = self.take()
            found = self.in_parentheses()
            if found:
                part = Date(
                    found[0].first.low, found[0].first.high, month.low == 1, month.low == 12
                )
                end.date = Dates(part, part)
            return
        if self.peek() is What.LEFT:
            start = self.at
            found = self.in_parentheses()
            if found is None or len(found) > 1 or found[0].is_range:
                self.at = start  # of more than this end
            else:
                end.date = found[0]
        else:
            end.date = self.bare_date()
        self.published(end)
        if end.date and self.peek() is What.COLON and self.peek(1) in {What.NUM, What.NUMBER}:
            self.step_down(end)  # v.55(2017):1
            if self.peek() is What.NUMBER:
                self.captioned(end, None)

    def published(self, end: End) -> None:
        """1961/62(1963): the year in which it came out is no year of the thing."""
        if end.date and self.peek() is What.LEFT:
            start, found = self.at, self.in_parentheses()
            if found is None or len(found) > 1 or found[0].is_range:
                self.at = start

    def bare_date(self) -> Dates | None:
        """1925, Feb. 1925, or Oct.-17 Nov. 2000 after a space."""
        at = dates.bare(self.tokens, self.at)
        found = dates.one(self.tokens[self.at : at]) if at > self.at else None
        if found is None and self.at < at < len(self.tokens) and self.tokens[at].what is What.DASH:
            at = dates.bare(self.tokens, at + 1)
            found = dates.one(self.tokens[self.at : at])
        if found:
            self.at = at
        return found

    def numbered_by_year(self, end: End) -> End:
        """1986:no.2, and 1981 no. 15 (Apr. 6/19, 1981)"""
        self.published(end)
        colon = self.peek() is What.COLON
        if self.peek() is What.VOLUME:  # 1987 v.12
            self.captioned(end, None)
            return end
        if self.peek(1 if colon else 0) in CAPTIONS and self.peek(2 if colon else 1) is What.NUM:
            if colon:
                self.take()
            date = end.date
            while self.peek() in CAPTIONS and self.peek(1) is What.NUM and len(end.counts) < 2:
                self.take()
                number = self.take()
                end.odd |= number.odd
                end.counts.append(Count(What.NUMBER, number.low, number.high))
                if self.peek() is What.COLON and self.peek(1) in CAPTIONS:
                    self.take()
            end.by_year = True
            if self.peek() is What.LEFT:
                self.dated(end)
            end.date = date
        return end

    def in_parentheses(self) -> list[Dates] | None:
        depth, at = 0, self.at
        while at < len(self.tokens):
            depth += {What.LEFT: 1, What.RIGHT: -1}.get(self.tokens[at].what, 0)
            at += 1
            if not depth:
                break
        inside = [
            token
            for token in self.tokens[self.at : at]
            if token.what not in {What.LEFT, What.RIGHT}
        ]
        found = dates.dates_in(inside)
        if found:
            self.at = at
        return found
