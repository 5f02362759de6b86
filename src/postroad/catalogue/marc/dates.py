"""The year of publication: of coded dates that stand the wrong way round, and of imprints in which
another calendar's year stands before ours."""

import re

from postroad.catalogue.marc.fields import Fields, control, join

YEAR = re.compile(r"(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")
IN_BRACKETS = re.compile(r"\[[^\]]*?(?<![0-9])(1[0-9]{3}|20[0-9]{2})(?![0-9])")


def year_of(fields: Fields) -> int | None:
    """From the coded dates (008), or else from the imprint."""
    coded = control(fields, "008")
    if YEAR.fullmatch(coded[7:11]):
        dates = [coded[7:11]]
        if coded[6:7] == "r" and YEAR.fullmatch(coded[11:15]):
            dates.append(coded[11:15])  # a reprint, and its original: by rule the reprint is first
        return max(map(int, dates))
    for tag in ("264", "260"):
        for field in fields.get(tag, ()):
            if year := of_imprint(join(field, "c")):
                return year
    return None


def of_imprint(text: str) -> int | None:
    """ "1388 [2009 or 2010]": the year in brackets explains what stands before it."""
    first = YEAR.search(text)
    explained = IN_BRACKETS.search(text)
    years = [int(match.group(1)) for match in (first, explained) if match]
    return max(years, default=None)
