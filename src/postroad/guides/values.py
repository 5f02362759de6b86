"""Numbers that a text names and never spells out: "late after [[courier-late]]" (R14).

No Django here. What a name stands for is said where the text is shown.
"""

import re
from collections.abc import Callable

NAME = re.compile(r"\[\[([^\[\]]*)\]\]")


def named(text: str) -> list[str]:
    """The names in a text, in order."""
    return [found.strip() for found in NAME.findall(text)]


def fill(text: str, value: Callable[[str], str]) -> str:
    """The text with the value in the place of each name."""
    return NAME.sub(lambda found: value(found[1].strip()), text)
