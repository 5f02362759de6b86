"""Numbers that were typed where one was demanded: the check digit is right, and they are of
nothing. Whatever bears one would else be the same title as all the others that do.

No Django here.
"""

COUNTED = {"123456789", "012345678", "987654321"}


def is_filler_issn(issn: str) -> bool:
    core = issn.replace("-", "").replace(" ", "")[:7]
    return len(set(core)) == 1 or core == "1234567"


def is_filler_isbn(isbn: str) -> bool:
    """Of 13 digits."""
    core = isbn[3:12]
    return len(set(core)) == 1 or core in COUNTED
