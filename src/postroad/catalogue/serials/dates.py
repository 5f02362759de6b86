"""Years and parts of years in a row of tokens."""

from typing import NamedTuple

from postroad.catalogue.serials.tokens import Token, What

DAYS = 31


class Date(NamedTuple):
    """The years of one end, and whether it is only a part of them."""

    low: int | None
    high: int | None
    from_start: bool = True  # no later than January
    to_end: bool = True  # no earlier than December


class Dates(NamedTuple):
    first: Date
    last: Date
    is_range: bool = False
    is_open: bool = False


def dates_in(tokens: list[Token]) -> list[Dates] | None:
    """What stands between parentheses: 1984-1992, 1993:Jan.-Mar., Jan. 4, 1895. None if any of it
    is something else."""
    groups: list[list[Token]] = [[]]
    for at, token in enumerate(tokens):
        between = token.what in {What.COMMA, What.SEMICOLON}
        if between and not belongs(groups[-1], tokens[at + 1 :]):
            groups.append([])
        elif not between:
            groups[-1].append(token)
    found: list[Dates] = []
    for group in reversed([group for group in groups if group]):
        read = one(group, found[0] if found else None)  # Apr-Jul, Oct-Dec 1920
        if read is None:
            return None
        found.insert(0, read)
    return found or None


def belongs(before: list[Token], after: list[Token]) -> bool:
    """Whether a comma stands within a date: Jan. 4, 1895."""
    side = before
    for at, token in enumerate(before):
        if token.what is What.DASH:
            side = before[at + 1 :]
    named = any(token.what is What.MONTH for token in side)
    dated = any(token.what is What.YEAR for token in side)
    return is_rest(after) and named and not dated


def one(tokens: list[Token], before: Dates | None = None) -> Dates | None:
    """A date, or two with a dash between them. A month alone is of the year before."""
    sides: list[list[Token]] = [[]]
    for token in tokens:
        if token.what is What.DASH:
            sides.append([])
        else:
            sides[-1].append(token)
    is_open = len(sides) == 2 and all(token.what is What.OPEN for token in sides[1])
    if is_open:
        sides = sides[:1]
    read = [date(side) for side in sides]
    if len(read) > 2 or None in read:
        return None
    first, last = read[0], read[-1]
    assert first is not None
    assert last is not None
    if first.low is None:
        first = first._replace(low=last.low, high=last.low)
    if last.low is None:
        last = last._replace(low=first.high, high=first.high)
    if first.low is None and before:
        year = before.first.low
        first, last = first._replace(low=year, high=year), last._replace(low=year, high=year)
    if first.low is None:
        return None
    return Dates(first, last, len(read) > 1, is_open)


def date(tokens: list[Token]) -> Date | None:
    """One end. A part without a year has that of the other end."""
    years = [token for token in tokens if token.what is What.YEAR]
    months = [token for token in tokens if token.what is What.MONTH]
    days = [token for token in tokens if token.what is What.NUM]
    known = {What.YEAR, What.MONTH, What.NUM, What.COLON, What.COMMA, What.SLASH}
    if not (years or months or days) or any(token.what not in known for token in tokens):
        return None
    if any(day.odd or day.low > DAYS for day in days):
        return None
    if days and not months and years:
        months_by_number = all(day.low <= 12 for day in days) and len(days) <= 2
        if not months_by_number:
            return None
    low = years[0].low if years else None
    high = years[-1].high if years else None
    from_start = not days and (not months or months[0].low == 1)
    to_end = not days and (not months or months[-1].low == 12)
    return Date(low, high, from_start, to_end)


def bare(tokens: list[Token], at: int) -> int:
    """Where a date ends that begins here without parentheses; `at` if none does."""
    named = dated = False
    start = at
    while at < len(tokens):
        token = tokens[at]
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.what is What.YEAR and not dated:
            dated = True
        elif token.what is What.MONTH:
            named = True
        elif token.what is What.SLASH and named:
            pass
        elif token.what is What.NUM and token.low <= DAYS and not token.odd:
            if not named and not (after and after.what is What.MONTH):
                break
        elif (token.what is What.COLON and after and after.what is What.MONTH) or (
            token.what is What.COMMA and named and not dated and is_rest(tokens[at + 1 :])
        ):
            pass
        else:
            break
        at += 1
    return at if named or dated else start


def is_rest(tokens: list[Token]) -> bool:
    """The year of a date whose month and day stand before."""
    return bool(tokens) and tokens[0].what is What.YEAR
