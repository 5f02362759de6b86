"""Markup in one line: how its templates are laid out does not matter to a page."""

import re
from typing import Any


def tight(page: Any) -> str:
    """An answer, or markup: one space for any, and none beside a tag."""
    markup = page if isinstance(page, str) else page.content.decode()
    one_line = re.sub(r"[ \t\r\n\f]+", " ", markup)  # a space that holds words together stays
    return re.sub(r"(?<=>) | (?=[<>])", "", one_line)
