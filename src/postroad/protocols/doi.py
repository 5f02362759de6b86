"""Where a DOI begins and ends in what people and databases write around it.

No Django here. A DOI cut short is another article's, or nobody's: nothing is taken off that one may
end in.
"""

import re
from html import unescape
from urllib.parse import unquote

DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+", re.ASCII)
ESCAPED = re.compile(
    r"&(?:lt|gt|amp|#\d{2,3}|#x[0-9a-f]{2});", re.I
)  # "<" as a page's source has it
BEHIND = re.compile(
    r"(?:/(?:abstract|full(?:text)?|e?pdf(?:direct)?|meta|html?|summary|references|figures|citations?"
    r"|download|supplementary-material)(?=[/?#]|$)|\.(?:pdf|full|abstract|html?)$|[?#&|]|</).*$",
    re.I | re.S,
)
PAIRS = {"(": ")", "[": "]", "<": ">"}
ENDS = ".,;:!?'\"’”»*/"
MOST_CODED = 3  # times that one system after another has coded it


def cut(doi: str) -> str:
    """Without what an address or a sentence puts behind it."""
    for _ in range(MOST_CODED):
        if "%" not in doi:
            break
        doi = unquote(doi)
    doi = BEHIND.sub("", ESCAPED.sub(lambda match: unescape(match.group()), doi))
    while doi:
        last = doi[-1]
        opening = next((each for each, closing in PAIRS.items() if closing == last), "")
        if last in ENDS or last in PAIRS or (opening and doi.count(last) > doi.count(opening)):
            doi = doi[:-1]
        else:
            break
    return doi[:300]


def first_of(texts: list[str]) -> str:
    """The first that one of these names; empty if none does."""
    found = (DOI.search(text) for text in texts)
    return next((cut(match.group()) for match in found if match), "")
