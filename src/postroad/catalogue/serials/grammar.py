"""Runs of volumes in a row of tokens. What is no run is kept as unread."""

from dataclasses import dataclass, replace

from postroad.catalogue.serials import dates, words
from postroad.catalogue.serials.dates import Date, Dates
from postroad.catalogue.serials.ends import CAPTIONS, End, Ends
from postroad.catalogue.serials.runs import Found, Kind, Level, Point, Run
from postroad.catalogue.serials.tokens import FIRST_YEAR, Token, What

BETWEEN = {What.COMMA, What.SEMICOLON}


@dataclass(slots=True)
class Piece:
    """A run at work."""

    first: End
    last: End
    is_open: bool = False

    @property
    def within_one(self) -> bool:
        """Numbers of one volume."""
        one, other = self.first.counts, self.last.counts
        return len(one) > 1 and len(other) > 1 and one[0] == other[0]


class Grammar(Ends):
    """Reads runs."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self.found = Found()
        self.kind = Kind.BASIC
        self.partial = False

    def read(self) -> Found:
        while self.at < len(self.tokens):
            what = self.peek()
            if what in BETWEEN or what is What.RIGHT or self.is_before_kind():
                self.take()
                self.kind, self.partial = Kind.BASIC, self.partial and what is What.RIGHT
            elif what in {What.SUPPLEMENT, What.INDEX}:
                self.named_kind()
            elif what is What.PARTIAL:
                self.remark()
            elif self.skipped():
                pass
            elif what is What.LEFT and (found := self.in_parentheses()):
                self.finish(
                    [Piece(End(date=only(each.first)), End(date=only(each.last))) for each in found]
                )
            elif pieces := self.pieces():
                self.finish(pieces)
            else:
                self.found.unread.append(self.take().text)
        self.found.renumbered = self.renumbered
        return self.found

    def skipped(self) -> bool:
        """Of what it is made takes nothing away: microfilm: 1970-1990, 1991- (paper)."""
        start = self.at
        in_parentheses = self.peek() is What.LEFT
        self.at += in_parentheses
        while self.at < len(self.tokens) and self.tokens[self.at].text in words.KEPT:
            self.take()
        behind = What.RIGHT if in_parentheses else What.COLON
        if self.at > start + in_parentheses and (self.peek() is behind or not in_parentheses):
            self.at += self.peek() is behind
            return True
        self.at = start
        return False

    def is_before_kind(self) -> bool:
        """v.266:supp."""
        return self.peek() is What.COLON and self.peek(1) in {What.SUPPLEMENT, What.INDEX}

    def named_kind(self) -> None:
        """A supplement or an index: of what comes, or of what came just before."""
        what = self.take().what
        kind = Kind.SUPPLEMENT if what is What.SUPPLEMENT else Kind.INDEX
        before = self.tokens[self.at - 2] if self.at > 1 else None
        follows = before is not None and before.what not in BETWEEN and bool(self.found.runs)
        if follows and self.peek() in {None, *BETWEEN, What.LEFT, What.RIGHT}:
            self.found.runs[-1] = replace(self.found.runs[-1], kind=kind)
            if self.peek() is What.LEFT:
                self.date_of_last()
        elif self.peek() not in {None, *BETWEEN}:
            self.kind = kind

    def date_of_last(self) -> None:
        """v.266:supp.(1990)"""
        if found := self.in_parentheses():
            run = self.found.runs[-1]
            first = run.first._replace(year=found[0].first.low)
            last = run.last._replace(year=found[-1].last.high)
            self.found.runs[-1] = replace(run, first=first, last=last)

    def remark(self) -> None:
        """Something is missing: of what comes, or of all that came."""
        self.take()
        if self.peek() in CAPTIONS | {What.NUM, What.YEAR}:
            self.partial = True
        else:
            self.found.partial = True

    def pieces(self) -> list[Piece]:
        """A run, and those that go on at its lowest level: no.1,3-4,6 (2006)."""
        start = self.at
        first = self.piece(None)
        if first is None:
            self.at = start
            return []
        found = [first]
        while self.goes_on(found[-1]):
            self.take()
            after = self.piece(found[-1].last)
            if after is None:
                break
            found.append(after)
        self.date_all(found)
        return found

    def goes_on(self, piece: Piece) -> bool:
        if self.peek() is not What.COMMA or piece.last.date or not piece.last.counts:
            return False
        return self.peek(1) is What.NUM and not piece.is_open

    def piece(self, before: End | None) -> Piece | None:
        first = self.end(before)
        if first is None:
            return None
        if self.peek() is What.DASH or (self.peek() is What.OPEN and first.counts):
            piece = self.to_its_end(first)
            while piece and self.has_another_end(piece):
                piece = self.to_another_end(piece)
            return piece
        return Piece(first, first, bool(first.date and first.date.is_open))

    def to_its_end(self, first: End) -> Piece | None:
        dash = self.peek() is What.DASH and self.take()
        if self.peek() is What.OPEN:
            self.take()
            return Piece(first, first, is_open=True)
        if dash and self.peek() in {None, What.RIGHT, *BETWEEN, What.LEFT}:
            return Piece(first, first, is_open=True)
        last = self.end(first)
        if last is None:
            self.found.unread.append("-")
            return Piece(first, replace(first, counts=[], date=None, odd=True))
        self.up_to(last)
        if not last.series:
            last.series = first.series
        piece = Piece(first, last, bool(last.date and last.date.is_open))
        self.second_date(piece)
        return piece

    def has_another_end(self, piece: Piece) -> bool:
        """v.23 no.3-4-v.29 no.3-4"""
        higher = {What.VOLUME, What.SERIES}
        return piece.within_one and self.peek() is What.DASH and self.peek(1) in higher

    def to_another_end(self, piece: Piece) -> Piece | None:
        first = piece.first
        first.date = first.date or piece.last.date
        return self.to_its_end(first)

    def up_to(self, last: End) -> None:
        """v.51 nos.1-2 (2006): the last of those."""
        if self.peek() is not What.DASH or self.peek(1) is not What.NUM or last.date:
            return
        if len(last.counts) > 1 and self.peek(2) is not What.MONTH:
            self.take()
            last.counts[-1] = last.counts[-1]._replace(high=self.take().high)
            self.dated(last)

    def second_date(self, piece: Piece) -> None:
        """v.1-38 1857-1876: the dates of both stand behind both."""
        last = piece.last
        if self.peek() is not What.DASH or piece.first.date or not last.date or not last.counts:
            return
        if (end := dates.bare(self.tokens, self.at + 1)) > self.at + 1:
            other = dates.one(self.tokens[self.at + 1 : end])
            if other:
                self.at = end
                piece.first.date = last.date
                last.date = other

    def date_all(self, pieces: list[Piece]) -> None:
        """The dates that stand behind several: v.1-16 (1984-1992), no.1,3 (1990,1992)."""
        if self.dates_behind_comma(pieces):
            return
        if self.peek() is not What.LEFT or any(piece.first.date for piece in pieces):
            if len(pieces) == 1 or any(piece.first.date for piece in pieces):
                self.share(pieces)
                return
        elif found := self.in_parentheses():
            spread(found, pieces)
        self.share(pieces)

    def dates_behind_comma(self, pieces: list[Piece]) -> bool:
        """v.1-5, 1990-1994"""
        dated = any(piece.first.date or piece.last.date for piece in pieces)
        if dated or not pieces[-1].last.counts or self.peek() is not What.COMMA:
            return False
        end = dates.bare(self.tokens, self.at + 1)
        if end == self.at + 1:
            return False
        if end < len(self.tokens) and self.tokens[end].what is What.DASH:
            end = max(dates.bare(self.tokens, end + 1), end)
        found = dates.one(self.tokens[self.at + 1 : end])
        if found is None:
            return False
        self.at = end
        if self.peek() is What.DASH and self.peek(1) in {None, What.OPEN, *BETWEEN}:
            self.take()
            found = found._replace(is_open=True)
            if self.peek() is What.OPEN:
                self.take()
        spread([found], pieces)
        return True

    def share(self, pieces: list[Piece]) -> None:
        """v.17:no.47-53(1941), no.1-3(1996): one date for what is written as one."""
        last = pieces[-1].last
        if not last.date or (len(pieces) > 1 and pieces[0].first.date):
            return
        for piece in pieces:
            together = not piece.last.captioned or piece.within_one or len(pieces) > 1
            if together and piece.first.date is None:
                piece.first.date = last.date
            piece.last.date = piece.last.date or (last.date if len(pieces) > 1 else None)

    def finish(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            run = run_of(piece, self.kind, partial=self.partial)
            self.found.runs.append(run)


def spread(found: list[Dates], pieces: list[Piece]) -> None:
    first, last = pieces[0], pieces[-1]
    one_year = found[0].first.low == found[-1].last.high
    if (
        len(pieces) == 1
        and one_year
        and last.last.captioned
        and not last.within_one
        and last.first is not last.last
    ):
        last.last.date = only(found[-1].last)  # no.30-no.68 (Jan.-Dec. 1995): of the end
        return
    if len(found) == len(pieces):
        for each, piece in zip(found, pieces, strict=True):
            piece.first.date, piece.last.date = only(each.first), only(each.last)
            piece.is_open |= each.is_open
        return
    first.first.date, last.last.date = only(found[0].first), only(found[-1].last)
    last.is_open |= found[-1].is_open
    if len(found) == 1 and not found[0].is_range and found[0].first.low == found[0].last.high:
        for piece in pieces:  # all of one year
            piece.first.date = piece.last.date = found[0]


def only(date: Date) -> Dates:
    return Dates(date, date)


def run_of(piece: Piece, kind: Kind, *, partial: bool) -> Run:
    first, last = piece.first, piece.last
    by_year = first.by_year or last.by_year or not (first.counts or last.counts)
    level = Level.NONE if by_year else level_of(first)
    return Run(
        first=point(first, by_year=by_year, low=True),
        last=Point() if piece.is_open else point(last, by_year=by_year, low=False),
        level=level,
        kind=kind,
        is_open=piece.is_open,
        partial=partial or is_odd(first) or is_odd(last) or level_of(last) is not level_of(first),
    )


def is_odd(end: End) -> bool:
    """A letter behind the number, or a year where a volume should be."""
    return end.odd or any(
        count.what is What.VOLUME and count.low >= FIRST_YEAR for count in end.counts
    )


def level_of(end: End) -> Level:
    if not end.counts or end.by_year:
        return Level.NONE
    return Level.VOLUME if end.counts[0].what is What.VOLUME else Level.NUMBER


def point(end: End, *, by_year: bool, low: bool) -> Point:
    counts = [count.low if low else count.high for count in end.counts]
    if by_year:
        counts = [None, *counts]  # type: ignore[list-item]  # years in place of volumes
    padded = [*counts, None, None]
    date = end.date.first if end.date and low else end.date.last if end.date else None
    year = (date.low if low else date.high) if date else None
    whole = (date.from_start if low else date.to_end) if date else True
    if date and date.low != date.high:  # 1925/26: the volume has only a part of each
        whole = False
    return Point(end.series, padded[0], padded[1], year, whole)
