"""The years that a library has, to be drawn."""

from datetime import date
from typing import NamedTuple

from postroad.catalogue.serials.runs import Reading, Run


class Span(NamedTuple):
    first: int
    last: int
    is_open: bool = False
    is_sure: bool = True  # nothing of it is missing, as far as anybody says


def spans(reading: Reading, today: date) -> list[Span]:
    """From the first on; those that touch and are alike as one."""
    found = sorted(span for run in reading.basic if (span := span_of(run, today)))
    for rolling in reading.rolling:
        since = today.year - max(rolling.years, 1) + 1
        found.append(Span(since, today.year, True, rolling.exact))
    joined: list[Span] = []
    for span in sorted(found):
        if joined and touches(joined[-1], span):
            before = joined[-1]
            is_open = before.is_open or span.is_open
            joined[-1] = Span(before.first, max(before.last, span.last), is_open, span.is_sure)
        else:
            joined.append(span)
    return joined


def span_of(run: Run, today: date) -> Span | None:
    first, last = run.first.year, today.year if run.is_open else run.last.year
    if first is None or last is None or run.doubted or last < first:
        return None
    return Span(first, last, run.is_open, not (run.partial or run.lacks))


def touches(before: Span, span: Span) -> bool:
    return span.first <= before.last + 1 and span.is_sure is before.is_sure
